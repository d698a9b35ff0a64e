//! Random lives of a small world, and what must hold in all of them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use url::form_urlencoded;

use super::authorize::{
    Authorize, AuthorizeRequest, Authorized, ConsentAnswer, DecideConsent, Decided, Visitor,
};
use super::consent::Ticked;
use super::credentials::Credentials;
use super::message::{SendToFriends, SendToMe};
use super::profile::Me;
use super::scopes::RevokeScopes;
use super::token::{IssueTokens, IssuedTokens};
use super::user::{Logout, Unlink};
use super::wording::Wording;
use super::*;
use crate::seed::PersonKey;

const PEOPLE: [&str; 3] = ["ryan", "apeach", "muzi"];
const ITEMS: [&str; 5] = ["profile_nickname", "profile_image", "friends", "talk_message", "account_email"];
const REQUIRED: &str = "profile_nickname";
/// Low, so that random lives run into it.
const DAILY: u32 = 1;

/// Something that happens.
#[derive(Clone, Debug)]
enum Event {
    /// A person follows a login link that names these items, and ticks those.
    Authorize {
        person: usize,
        scope: BTreeSet<&'static str>,
        ticked: Option<BTreeSet<&'static str>>,
    },
    /// One of the codes seen so far is presented, perhaps again.
    Exchange {
        code: usize,
    },
    /// One of the refresh tokens seen so far.
    Refresh {
        token: usize,
    },
    /// One of the access tokens seen so far sends to oneself, or to a friend.
    SendToMe {
        token: usize,
    },
    SendToFriend {
        token: usize,
        friend: usize,
    },
    Logout {
        token: usize,
    },
    /// An item is taken back.
    Revoke {
        token: usize,
        item: &'static str,
    },
    Unlink {
        token: usize,
    },
    Wait {
        minutes: i64,
    },
}

fn items() -> impl Strategy<Value = BTreeSet<&'static str>> {
    let some = proptest::collection::btree_set(proptest::sample::select(&ITEMS[..]), 0..=ITEMS.len());
    prop_oneof![some, Just(BTreeSet::from(ITEMS))]
}

fn event() -> impl Strategy<Value = Event> {
    let person = 0..PEOPLE.len();
    prop_oneof![
        4 => (person.clone(), items(), proptest::option::weighted(0.9, items()))
            .prop_map(|(person, scope, ticked)| Event::Authorize { person, scope, ticked }),
        4 => (0..20_usize).prop_map(|code| Event::Exchange { code }),
        2 => (0..20_usize).prop_map(|token| Event::Refresh { token }),
        3 => (0..20_usize).prop_map(|token| Event::SendToMe { token }),
        4 => (0..20_usize, person).prop_map(|(token, friend)| Event::SendToFriend { token, friend }),
        1 => (0..20_usize).prop_map(|token| Event::Logout { token }),
        2 => (0..20_usize, proptest::sample::select(&ITEMS[..]))
            .prop_map(|(token, item)| Event::Revoke { token, item }),
        1 => (0..20_usize).prop_map(|token| Event::Unlink { token }),
        1 => prop_oneof![1..20_i64, Just(7 * 60), Just(40 * 24 * 60)].prop_map(|minutes| Event::Wait { minutes }),
    ]
}

/// The world together with what a careful observer knows of it.
struct Observed {
    world: World,
    now: Timestamp,
    codes: Vec<String>,
    spent: BTreeSet<String>,
    access: Vec<(PersonKey, String)>,
    refresh: Vec<(PersonKey, String)>,
    /// Tokens that must be dead for good.
    dead: BTreeSet<String>,
    /// What each person ever ticked since they last unlinked, on a page that asked for it.
    ticked: BTreeMap<PersonKey, BTreeSet<String>>,
    sent: BTreeMap<PersonKey, usize>,
    sent_today: BTreeMap<(jiff::civil::Date, PersonKey), u32>,
}

impl Observed {
    fn new() -> Self {
        let mut seed = Seed::built_in();
        seed.apps[0].quotas.messages_per_sender_per_day = DAILY;
        let now = "2026-03-01T00:00:00Z".parse().unwrap();
        Self {
            world: World::new(&seed, now),
            now,
            codes: Vec::new(),
            spent: BTreeSet::new(),
            access: Vec::new(),
            refresh: Vec::new(),
            dead: BTreeSet::new(),
            ticked: seed.links.iter().map(|link| (link.person.clone(), link.scopes.clone())).collect(),
            sent: BTreeMap::new(),
            sent_today: BTreeMap::new(),
        }
    }

    fn live(&mut self, event: Event) {
        match event {
            Event::Authorize { person, scope, ticked } => self.authorize(person, &scope, ticked),
            Event::Exchange { code } => self.exchange(code),
            Event::Refresh { token } => {
                if let Some((person, token)) = pick(&self.refresh, token) {
                    let dead = self.dead.contains(&token);
                    let request = IssueTokens {
                        grant_type: Some("refresh_token".to_owned()),
                        refresh_token: Some(token.clone()),
                        ..self.request()
                    };
                    if let Ok(issued) = self.world.apply(self.now, request) {
                        assert!(!dead, "a dead refresh token brought tokens");
                        if issued.refresh.is_some() {
                            self.dead.insert(token);
                        }
                        self.keep(&person, issued);
                    }
                }
            }
            Event::SendToMe { token } => {
                if let Some((person, token)) = pick(&self.access, token) {
                    let command = SendToMe {
                        credentials: Credentials::Token(token.clone()),
                        wording: Wording::Default { template_object: Some(hello()) },
                    };
                    if self.world.apply(self.now, command).is_ok() {
                        self.must_be_allowed_to_send(&person, &token);
                        *self.sent.entry(person).or_default() += 1;
                    }
                }
            }
            Event::SendToFriend { token, friend } => self.send_to_friend(token, friend),
            Event::Logout { token } => {
                if let Some((_, token)) = pick(&self.access, token) {
                    let credentials = Credentials::Token(token.clone());
                    if self.world.apply(self.now, Logout { credentials }).is_ok() {
                        self.dead.insert(token);
                    }
                }
            }
            Event::Revoke { token, item } => {
                if let Some((person, token)) = pick(&self.access, token) {
                    let credentials = Credentials::Token(token);
                    let scopes = Some(format!("[\"{item}\"]"));
                    if self.world.apply(self.now, RevokeScopes { credentials, scopes }).is_ok() {
                        assert_ne!(item, REQUIRED, "a required item was taken back");
                        self.ticked.get_mut(&person).map(|ticked| ticked.remove(item));
                    }
                }
            }
            Event::Unlink { token } => {
                if let Some((person, token)) = pick(&self.access, token) {
                    let credentials = Credentials::Token(token);
                    if self.world.apply(self.now, Unlink { credentials }).is_ok() {
                        let theirs = self.access.iter().chain(&self.refresh).filter(|(of, _)| *of == person);
                        self.dead.extend(theirs.map(|(_, token)| token.clone()));
                        self.ticked.remove(&person);
                    }
                }
            }
            Event::Wait { minutes } => self.now += SignedDuration::from_mins(minutes),
        }
    }

    fn authorize(
        &mut self,
        person: usize,
        scope: &BTreeSet<&'static str>,
        ticked: Option<BTreeSet<&'static str>>,
    ) {
        let person: PersonKey = PEOPLE[person].parse().unwrap();
        let app = &self.world.apps[0];
        let scope: Vec<&str> = scope.iter().copied().collect();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &app.rest_api_key)
            .append_pair("redirect_uri", &app.redirect_uris[0])
            .append_pair("response_type", "code")
            .append_pair("scope", &scope.join(","))
            .finish();
        let request = AuthorizeRequest::from_query(&query);
        let visitor = Visitor::JustSignedIn(person.clone());
        let authorize = Authorize { request: request.clone(), visitor: visitor.clone() };
        let address = match self.world.apply(self.now, authorize).unwrap() {
            Authorized::Redirect(address) => Some(address),
            Authorized::Consent(_, _, questions) => {
                let owned = |items: &BTreeSet<&str>| items.iter().map(|item| (*item).to_owned()).collect();
                let answer = ticked.as_ref().map_or(ConsentAnswer::Cancel, |items| {
                    ConsentAnswer::Agree(Ticked { items: owned(items), ..Ticked::default() })
                });
                match self.world.apply(self.now, DecideConsent { request, visitor, answer }) {
                    Ok(Decided::Redirect(address)) => {
                        let ticked = ticked.unwrap_or_default();
                        let asked = questions.items.into_iter().map(|item| item.id);
                        let agreed = asked.filter(|item| ticked.contains(item.as_str()));
                        self.ticked.entry(person).or_default().extend(agreed);
                        Some(address)
                    }
                    Ok(Decided::OpenAgain) => panic!("nobody is suspended here"),
                    Err(_) => None,
                }
            }
            other => panic!("{other:?}"),
        };
        if let Some((_, code)) = address.as_deref().and_then(|address| address.split_once("?code=")) {
            self.codes.push(code.to_owned());
        }
    }

    fn exchange(&mut self, code: usize) {
        let Some(code) = pick(&self.codes, code) else {
            return;
        };
        let request = IssueTokens {
            grant_type: Some("authorization_code".to_owned()),
            redirect_uri: Some(self.world.apps[0].redirect_uris[0].clone()),
            code: Some(code.clone()),
            ..self.request()
        };
        if let Ok(issued) = self.world.apply(self.now, request) {
            assert!(self.spent.insert(code), "a code was spent twice");
            let mut scopes = issued.scopes.clone().unwrap();
            // No page asks for it: it only says that there is an ID token.
            scopes.remove("openid");
            assert!(scopes.contains(REQUIRED), "a login without a required item");
            let credentials = Credentials::Token(issued.access_token.clone());
            let id = self.world.apply(self.now, Me { credentials }).unwrap().user_id;
            let person = self.world.people.iter().find(|person| person.user_ids["demo"] == id).unwrap();
            let person = person.key.clone();
            let ticked = self.ticked.get(&person).cloned().unwrap_or_default();
            assert!(scopes.is_subset(&ticked), "{scopes:?} without consent, only {ticked:?}");
            self.keep(&person, issued);
        }
    }

    fn send_to_friend(&mut self, token: usize, friend: usize) {
        let Some((person, token)) = pick(&self.access, token) else {
            return;
        };
        let friend: PersonKey = PEOPLE[friend].parse().unwrap();
        let key = link::LinkKey::new(&self.world.apps[0].key, &friend);
        let Some(uuid) = self.world.links.get(&key).map(|link| link.uuid.clone()) else {
            return;
        };
        let command = SendToFriends {
            credentials: Credentials::Token(token.clone()),
            receiver_uuids: Some(format!("[\"{uuid}\"]")),
            wording: Wording::Default { template_object: Some(hello()) },
        };
        if self.world.apply(self.now, command).is_ok() {
            self.must_be_allowed_to_send(&person, &token);
            let receiver_agreed = &self.ticked[&friend];
            assert!(receiver_agreed.contains("friends") && receiver_agreed.contains("talk_message"));
            *self.sent.entry(friend).or_default() += 1;
            let day = quota::korean_time(self.now).date();
            let today = self.sent_today.entry((day, person)).or_default();
            *today += 1;
            assert!(*today <= DAILY, "more messages than a day has");
        }
    }

    fn must_be_allowed_to_send(&self, person: &PersonKey, token: &str) {
        assert!(!self.dead.contains(token), "a dead token sent a message");
        assert!(self.ticked[person].contains("talk_message"), "a message without consent");
    }

    fn request(&self) -> IssueTokens {
        let app = &self.world.apps[0];
        IssueTokens {
            client_id: Some(app.rest_api_key.clone()),
            client_secret: app.client_secret.as_ref().map(|secret| secret.secret().to_owned()),
            ..IssueTokens::default()
        }
    }

    fn keep(&mut self, person: &PersonKey, issued: IssuedTokens) {
        self.access.push((person.clone(), issued.access_token));
        self.refresh.extend(issued.refresh.map(|refresh| (person.clone(), refresh.refresh_token)));
    }

    /// What must hold after everything that happens.
    fn check(&mut self) {
        for (_, token) in &self.access {
            let credentials = Credentials::Token(token.clone());
            let alive = self.world.apply(self.now, Me { credentials }).is_ok();
            assert!(!(alive && self.dead.contains(token)), "a dead token lives");
        }
        for person in PEOPLE {
            let person: PersonKey = person.parse().unwrap();
            let sent = self.sent.get(&person).copied().unwrap_or(0);
            assert_eq!(self.world.inbox(&person).len(), sent, "the inbox is not what was sent");
        }
    }
}

fn pick<T: Clone>(seen: &[T], index: usize) -> Option<T> {
    (!seen.is_empty()).then(|| seen[index % seen.len()].clone())
}

fn hello() -> String {
    r#"{"object_type":"text","text":"안녕","link":{}}"#.to_owned()
}

proptest! {
    #[test]
    fn codes_are_spent_once_dead_tokens_stay_dead_and_nothing_happens_without_consent(
        events in proptest::collection::vec(event(), 1..60)
    ) {
        let mut observed = Observed::new();
        for event in events {
            observed.live(event);
            observed.check();
        }
    }
}

#[test]
fn a_room_forgets_its_oldest_messages() {
    let mut observed = Observed::new();
    let everything: BTreeSet<&'static str> = ITEMS.into();
    observed.authorize(0, &everything, Some(everything.clone()));
    observed.exchange(0);
    for _ in 0..1_003 {
        observed.live(Event::SendToMe { token: 0 });
    }
    let inbox = observed.world.inbox(&"ryan".parse().unwrap());
    assert_eq!((inbox.len(), inbox[0].id), (1_000, 4));
}

#[test]
fn what_has_died_is_swept_out() {
    let mut observed = Observed::new();
    let everything: BTreeSet<&'static str> = ITEMS.into();
    for _ in 0..3 {
        observed.authorize(0, &everything, Some(everything.clone()));
    }
    observed.exchange(0);
    let months_later = observed.now + SignedDuration::from_hours(24 * 100);
    let credentials = Credentials::Missing;
    let _ = observed.world.apply(months_later, Me { credentials });
    let world = &observed.world;
    assert!(world.codes.is_empty() && world.access_tokens.is_empty() && world.refresh_tokens.is_empty());
    assert!(world.token_counts.is_empty());
    assert_eq!(world.links.len(), Seed::built_in().links.len() + 1);
}

#[test]
fn what_happens_between_a_person_and_an_app_is_told_in_order() {
    let mut observed = Observed::new();
    observed.authorize(0, &BTreeSet::new(), Some(BTreeSet::from([REQUIRED])));
    observed.exchange(0);
    observed.authorize(0, &BTreeSet::from(["friends"]), Some(BTreeSet::from(["friends"])));
    observed.exchange(1);
    observed.live(Event::Revoke { token: 1, item: "friends" });
    observed.live(Event::Revoke { token: 1, item: "friends" });
    observed.live(Event::Logout { token: 0 });
    observed.live(Event::Unlink { token: 1 });
    let told: Vec<event::Happened> = observed.world.take_events().into();
    let scopes = |item: &str| BTreeSet::from([item.to_owned()]);
    let expected = [
        event::Event::Linked,
        event::Event::ScopesAgreed { scopes: scopes(REQUIRED) },
        event::Event::TokenIssued,
        event::Event::ScopesAgreed { scopes: scopes("friends") },
        event::Event::TokenIssued,
        event::Event::ScopesWithdrawn { scopes: scopes("friends") },
        event::Event::TokenRevoked,
        event::Event::Unlinked { reason: event::UnlinkReason::UnlinkFromService },
    ];
    assert_eq!(told.iter().map(|told| &told.event).collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());
    assert!(told.iter().all(|told| told.person.as_str() == "ryan" && told.app.as_str() == "demo"));
    assert!(observed.world.take_events().is_empty());
}

#[test]
fn events_that_nobody_takes_are_forgotten_oldest_first() {
    let mut observed = Observed::new();
    let link = link::LinkKey::new(&"demo".parse().unwrap(), &"ryan".parse().unwrap());
    observed.world.tell(&link, event::Event::Linked, observed.now);
    for _ in 0..1_000 {
        observed.world.tell(&link, event::Event::TokenIssued, observed.now);
    }
    let told = observed.world.take_events();
    assert_eq!(told.len(), 1_000);
    assert!(told.iter().all(|told| told.event == event::Event::TokenIssued));
}

#[test]
fn who_is_not_signed_up_in_time_is_unlinked_by_kakao() {
    let mut seed = Seed::built_in();
    seed.apps[0].automatic_linking = false;
    seed.links[0].registered = false;
    let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
    let mut world = World::new(&seed, now);
    world.sweep(now + SignedDuration::from_hours(23));
    assert!(world.take_events().is_empty());
    let a_day_later = now + SignedDuration::from_hours(24);
    world.sweep(a_day_later);
    let told = world.take_events();
    assert_eq!(told.len(), 1);
    let reason = event::UnlinkReason::IncompleteSignUp;
    assert_eq!((told[0].at, &told[0].event), (a_day_later, &event::Event::Unlinked { reason }));
    assert_eq!(told[0].person.as_str(), "apeach");
    assert_eq!(told[0].user_id, seed.people[1].user_ids["demo"]);
}

#[test]
fn what_was_made_for_an_app_is_dead_once_kakao_suspends_it() {
    let mut observed = Observed::new();
    let everything: BTreeSet<&'static str> = ITEMS.into();
    for _ in 0..2 {
        observed.authorize(0, &everything, Some(everything.clone()));
    }
    observed.exchange(0);
    observed.world.apps[0].suspended = true;
    let exchange = IssueTokens {
        grant_type: Some("authorization_code".to_owned()),
        code: Some(observed.codes[1].clone()),
        ..observed.request()
    };
    let refresh = IssueTokens {
        grant_type: Some("refresh_token".to_owned()),
        refresh_token: Some(observed.refresh[0].1.clone()),
        ..observed.request()
    };
    for (request, code) in [(exchange, "KOE320"), (refresh, "KOE322")] {
        let refused = observed.world.apply(observed.now, request).err().unwrap();
        assert_eq!(refused.code(), code);
    }
}

#[test]
fn openid_connect_switched_off_stops_id_tokens_at_once_and_what_is_taken_back_is_claimed_no_more() {
    let mut observed = Observed::new();
    observed.world.apps[0].oidc = true;
    let everything: BTreeSet<&'static str> = ITEMS.into();
    observed.authorize(0, &everything, Some(everything.clone()));
    observed.exchange(0);
    let refresh = |observed: &mut Observed| {
        let request = IssueTokens {
            grant_type: Some("refresh_token".to_owned()),
            refresh_token: Some(observed.refresh[0].1.clone()),
            ..observed.request()
        };
        let issued = observed.world.apply(observed.now, request).unwrap();
        issued.id_token.map(|token| serde_json::to_value(token.claims).unwrap())
    };
    assert!(refresh(&mut observed).unwrap().get("email").is_some());
    let link = observed.world.links.values_mut().find(|link| link.scopes.len() == ITEMS.len()).unwrap();
    link.scopes.remove("account_email");
    assert!(refresh(&mut observed).unwrap().get("email").is_none());
    observed.world.apps[0].oidc = false;
    assert_eq!(refresh(&mut observed), None);
}
