//! What the world does beyond what one command answers: it forgets, tells and ends; and random lives of it.

mod happening;
mod lives;
mod observer;

use std::collections::BTreeSet;

use super::credentials::Credentials;
use super::profile::Me;
use super::token::IssueTokens;
use super::*;
use crate::seed::{Webhook, Webhooks};
use happening::{Event, Written};
use observer::{ITEMS, Observed, REQUIRED};

#[test]
fn a_room_forgets_its_oldest_messages() {
    let mut observed = Observed::new();
    let everything: BTreeSet<&'static str> = ITEMS.into();
    observed.authorize(0, 0, &everything, Some(everything.clone()));
    observed.exchange(0, 0);
    for _ in 0..1_003 {
        observed.live(Event::SendToMe { token: 0, written: Written::Default });
    }
    let inbox = observed.world.inbox(&"ryan".parse().unwrap());
    assert_eq!((inbox.len(), inbox[0].id), (1_000, 4));
}

#[test]
fn what_has_died_is_swept_out() {
    let mut observed = Observed::new();
    let everything: BTreeSet<&'static str> = ITEMS.into();
    for _ in 0..3 {
        observed.authorize(0, 0, &everything, Some(everything.clone()));
    }
    observed.exchange(0, 0);
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
    observed.authorize(0, 0, &BTreeSet::new(), Some(BTreeSet::from([REQUIRED])));
    observed.exchange(0, 0);
    observed.authorize(0, 0, &BTreeSet::from(["friends"]), Some(BTreeSet::from(["friends"])));
    observed.exchange(1, 0);
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
fn an_app_without_webhooks_is_told_nothing() {
    let mut observed = Observed::new();
    observed.world.apps[0].webhooks = Webhooks::default();
    observed.authorize(0, 0, &BTreeSet::new(), Some(BTreeSet::from([REQUIRED])));
    observed.exchange(0, 0);
    assert!(!observed.world.has_events());
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
    let webhook = Webhook { url: "https://svc.example/unlink".to_owned(), method: "POST".to_owned() };
    let mut seed = Seed::built_in();
    seed.apps[0].automatic_linking = false;
    seed.apps[0].webhooks.unlink = Some(webhook);
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
        observed.authorize(0, 0, &everything, Some(everything.clone()));
    }
    observed.exchange(0, 0);
    observed.world.apps[0].suspended = true;
    let exchange = IssueTokens {
        grant_type: Some("authorization_code".to_owned()),
        code: Some(observed.codes[1].code.clone()),
        ..observed.request(0)
    };
    let refresh = IssueTokens {
        grant_type: Some("refresh_token".to_owned()),
        refresh_token: Some(observed.refresh[0].token.clone()),
        ..observed.request(0)
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
    observed.authorize(0, 0, &everything, Some(everything.clone()));
    observed.exchange(0, 0);
    let refresh = |observed: &mut Observed| {
        let request = IssueTokens {
            grant_type: Some("refresh_token".to_owned()),
            refresh_token: Some(observed.refresh[0].token.clone()),
            ..observed.request(0)
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
