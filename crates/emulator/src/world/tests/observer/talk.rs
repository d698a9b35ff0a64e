//! What the observer knows of messages and friend lists.

use std::collections::{BTreeMap, BTreeSet};

use super::{Observed, PEOPLE, SeenToken, korean};
use crate::world::friends::ListFriends;
use crate::world::message::{SendToFriends, SendToMe};
use crate::world::tests::happening::Written;
use crate::world::wording::{CustomWording, OpenGraph, Scraped, Wording};

impl Observed {
    pub(super) fn send_to_me(&mut self, token: usize, written: Written) {
        let Some((seen, credentials)) = self.bearer(token) else { return };
        let command = SendToMe { credentials, wording: wording(written) };
        if self.world.apply(self.now, command).is_ok() {
            self.arrived(&seen, seen.who.1);
        }
    }

    pub(super) fn send_to_friends(
        &mut self,
        token: usize,
        friends: &BTreeSet<usize>,
        written: Written,
        by_another_app: bool,
    ) {
        let Some((seen, credentials)) = self.bearer(token) else { return };
        let app = (seen.who.0 + usize::from(by_another_app)) % 2;
        let links = friends.iter().filter_map(|friend| {
            let link = self.world.links.get(&self.link((app, *friend)))?;
            Some((link.uuid.clone(), *friend))
        });
        let uuids: BTreeMap<String, usize> = links.collect();
        let receiver_uuids = serde_json::to_string(&uuids.keys().collect::<Vec<_>>()).unwrap();
        let command =
            SendToFriends { credentials, receiver_uuids: Some(receiver_uuids), wording: wording(written) };
        let Ok(sent) = self.world.apply(self.now, command) else { return };
        assert!(!by_another_app, "people were reached under another app's names");
        let failed: usize = sent.failures.iter().map(|failure| failure.receiver_uuids.len()).sum();
        assert_eq!(sent.successful_receiver_uuids.len() + failed, uuids.len(), "a receiver is missing");
        for uuid in &sent.successful_receiver_uuids {
            let friend = uuids[uuid];
            let ryan = PEOPLE[0];
            assert_ne!(PEOPLE[seen.who.1] == ryan, PEOPLE[friend] == ryan, "these two are no friends");
            let receiver_agreed = &self.agreed[&(app, friend)];
            assert!(receiver_agreed.contains("friends") && receiver_agreed.contains("talk_message"));
            self.arrived(&seen, friend);
        }
    }

    pub(super) fn list_friends(&mut self, token: usize) {
        let Some((seen, credentials)) = self.bearer(token) else { return };
        let list = ListFriends { credentials, offset: None, limit: None, order: None, friend_order: None };
        let Ok(page) = self.world.apply(self.now, list) else { return };
        self.must_live(&seen);
        assert!(self.agreed[&seen.who].contains("friends"), "a friend list without consent");
        for friend in page.friends {
            let known = self.user_ids.iter().find(|(_, id)| **id == friend.user_id);
            // The others of the built-in world do nothing here.
            let Some((who, _)) = known else { continue };
            assert_eq!(who.0, seen.who.0, "a friend is told by another app's id");
            assert!(!self.preregistered.contains_key(who), "a friend is told who has not signed up");
            assert!(self.agreed[who].contains("friends"), "a friend is told who did not agree");
        }
    }

    /// A message went through, and arrives once.
    fn arrived(&mut self, seen: &SeenToken, to: usize) {
        self.must_live(seen);
        let (app, from) = seen.who;
        assert!(self.agreed[&seen.who].contains("talk_message"), "a message without consent");
        self.inboxes[to].push((self.world.apps[app].app_id, from));
        let today = korean(self.now).date();
        self.sent.push((today, app, from, to));
        let quotas = &self.quotas[app];
        let count = |fits: &dyn Fn(usize, usize) -> bool| {
            let of_today = self.sent.iter().filter(|(day, by, ..)| (*day, *by) == (today, app));
            u32::try_from(of_today.filter(|(.., from, to)| fits(*from, *to)).count()).unwrap()
        };
        assert!(count(&|_, _| true) <= quotas.messages_per_day, "more messages than an app's day has");
        if from == to {
            return;
        }
        let by_sender = count(&|sender, receiver| sender == from && receiver != from);
        assert!(by_sender <= quotas.messages_per_sender_per_day, "more messages than a sender's day has");
        let by_receiver = count(&|sender, receiver| receiver == to && sender != to);
        assert!(by_receiver <= quotas.messages_per_receiver_per_day, "more than a receiver's day has");
        let by_pair = count(&|sender, receiver| (sender, receiver) == (from, to));
        assert!(by_pair <= quotas.messages_per_pair_per_day, "more than a pair's day has");
        let this_month = self.sent.iter().filter(|(day, by, sender, receiver)| {
            (day.first_of_month()..=today).contains(day)
                && day.first_of_month() == today.first_of_month()
                && (*by, *sender) == (app, from)
                && sender != receiver
        });
        let most = quotas.messages_per_sender_per_month.map_or(usize::MAX, |most| most as usize);
        assert!(this_month.count() <= most, "more messages than a sender's month has");
    }
}

fn wording(written: Written) -> Wording {
    let custom = |template_id: Option<&str>| CustomWording {
        template_id: template_id.map(str::to_owned),
        template_args: Some(r#"{"name":"라이언"}"#.to_owned()),
    };
    match written {
        Written::Default => Wording::Default {
            template_object: Some(r#"{"object_type":"text","text":"안녕","link":{}}"#.to_owned()),
        },
        Written::Scrap => Wording::Scrap {
            request_url: Some("http://localhost:4000/cake".to_owned()),
            template: custom(None),
            scraped: Scraped::Page(OpenGraph { title: Some("케이크".to_owned()), ..OpenGraph::default() }),
        },
        Written::Custom => Wording::Custom(custom(Some("7"))),
    }
}
