//! Fills in what a seed document leaves out, the same way every time, and refuses what contradicts itself.

use std::collections::BTreeSet;

use url::Url;

use super::document::{AppEntry, ClientSecretEntry, LinkEntry, PersonEntry, SeedDocument};
use super::{App, AppKey, ConsentLevel, Link, Person, PersonKey, Secret, Seed, SeedError};
use crate::digest::Digest;

pub(super) fn fill(document: SeedDocument) -> Result<Seed, SeedError> {
    let apps: Vec<App> = document.apps.into_iter().map(app).collect();
    let mut people: Vec<Person> = document.people.into_iter().map(person).collect();
    for app in &apps {
        fill_user_ids(&app.key, &mut people)?;
    }
    let links = document.links.into_iter().map(|entry| link(entry, &apps)).collect();
    let seed = Seed { apps, people, friendships: document.friendships, links };
    check(&seed)?;
    Ok(seed)
}

fn app(entry: AppEntry) -> App {
    let key = entry.key;
    let made_up = |what: &str| Digest::of(&["app", key.as_str(), what]).hex()[..32].to_owned();
    let number = || 1_000_000 + i64::from(Digest::of(&["app", key.as_str(), "app_id"]).number() % 9_000_000);
    App {
        app_id: entry.app_id.unwrap_or_else(number),
        rest_api_key: entry.rest_api_key.unwrap_or_else(|| made_up("rest_api_key")),
        client_secret: match entry.client_secret {
            ClientSecretEntry::Unsaid => Some(Secret(made_up("client_secret"))),
            ClientSecretEntry::Off => None,
            ClientSecretEntry::Secret(secret) => Some(Secret(secret)),
        },
        admin_key: Secret(entry.admin_key.unwrap_or_else(|| made_up("admin_key"))),
        javascript_key: entry.javascript_key.unwrap_or_else(|| made_up("javascript_key")),
        oidc: entry.oidc,
        redirect_uris: entry.redirect_uris,
        logout_redirect_uris: entry.logout_redirect_uris,
        web_domains: entry.web_domains,
        consent_items: entry.consent_items,
        permissions: entry.permissions,
        members: entry.members,
        properties: entry.properties,
        templates: entry.templates,
        webhooks: entry.webhooks,
        quotas: entry.quotas,
        key,
    }
}

fn person(entry: PersonEntry) -> Person {
    let key = entry.key;
    Person {
        nickname: entry.nickname.unwrap_or_else(|| key.to_string()),
        email: entry.email.unwrap_or_else(|| format!("{key}@example.com")),
        password: Secret(entry.password.unwrap_or_else(|| format!("pw-{key}"))),
        talk: entry.talk.unwrap_or(true),
        thumbnail_image_url: entry.thumbnail_image_url.or_else(|| entry.profile_image_url.clone()),
        profile_image_url: entry.profile_image_url,
        user_ids: entry.user_ids,
        key,
    }
}

/// Ids left out depend on the two keys alone, so that adding somebody to a seed changes nobody else's.
fn fill_user_ids(app: &AppKey, people: &mut [Person]) -> Result<(), SeedError> {
    let mut taken = BTreeSet::new();
    for person in people.iter() {
        if let Some(id) = person.user_ids.get(app)
            && !taken.insert(*id)
        {
            return Err(wrong(
                &person.key,
                "user_ids",
                format!("{id} is somebody else's id in the app {app}"),
            ));
        }
    }
    for person in people {
        person.user_ids.entry(app.clone()).or_insert_with(|| {
            let hash = Digest::of(&["user_id", app.as_str(), person.key.as_str()]).number();
            let mut id = 4_820_000_000 + i64::from(hash % 100_000_000);
            while !taken.insert(id) {
                id += 1;
            }
            id
        });
    }
    Ok(())
}

/// Scopes left out are what somebody agrees to who declines nothing at the first login.
fn link(entry: LinkEntry, apps: &[App]) -> Link {
    let asked_at_login = || {
        let app = apps.iter().find(|app| app.key == entry.app);
        let items = app.into_iter().flat_map(|app| &app.consent_items);
        items.filter(|item| item.level != ConsentLevel::InUse).map(|item| item.id.clone()).collect()
    };
    Link { scopes: entry.scopes.unwrap_or_else(asked_at_login), app: entry.app, person: entry.person }
}

fn check(seed: &Seed) -> Result<(), SeedError> {
    let mut app_keys = BTreeSet::new();
    let mut app_ids = BTreeSet::new();
    let mut rest_api_keys = BTreeSet::new();
    for app in &seed.apps {
        let twice = |what: &str| wrong(&app.key, what, "another app has it already".to_owned());
        if !app_keys.insert(&app.key) {
            return Err(twice("key"));
        }
        if !app_ids.insert(app.app_id) {
            return Err(twice("app_id"));
        }
        if !rest_api_keys.insert(&app.rest_api_key) {
            return Err(twice("rest_api_key"));
        }
        let uris = app.redirect_uris.iter().chain(&app.logout_redirect_uris);
        if let Some(uri) = uris.into_iter().find(|uri| !is_redirect_uri(uri)) {
            return Err(wrong(&app.key, "redirect_uris", format!("{uri} is not an http or https address")));
        }
        let mut items = BTreeSet::new();
        if let Some(item) = app.consent_items.iter().find(|item| !items.insert(&item.id)) {
            return Err(wrong(&app.key, "consent_items", format!("{} is listed twice", item.id)));
        }
    }

    let mut people = BTreeSet::new();
    let mut emails = BTreeSet::new();
    for person in &seed.people {
        let twice = |what: &str| wrong(&person.key, what, "another person has it already".to_owned());
        if !people.insert(&person.key) {
            return Err(twice("key"));
        }
        if !emails.insert(person.email.to_lowercase()) {
            return Err(twice("email"));
        }
        if let Some(app) = person.user_ids.keys().find(|app| !app_keys.contains(app)) {
            return Err(wrong(&person.key, "user_ids", format!("there is no app {app}")));
        }
    }

    let known = |person: &PersonKey, place: &str| {
        if people.contains(person) { Ok(()) } else { Err(nobody(person, place)) }
    };
    for app in &seed.apps {
        app.members.iter().try_for_each(|member| known(member, "members"))?;
    }
    for friendship in &seed.friendships {
        known(&friendship.of, "friendships")?;
        known(&friendship.with, "friendships")?;
        if friendship.of == friendship.with {
            return Err(wrong(&friendship.of, "friendships", "nobody is their own friend".to_owned()));
        }
    }
    let mut linked = BTreeSet::new();
    for link in &seed.links {
        known(&link.person, "links")?;
        if !app_keys.contains(&link.app) {
            return Err(wrong(&link.person, "links", format!("there is no app {}", link.app)));
        }
        if !linked.insert((&link.app, &link.person)) {
            return Err(wrong(&link.person, "links", format!("is linked to {} twice", link.app)));
        }
    }
    Ok(())
}

/// As Kakao's console takes them.
fn is_redirect_uri(uri: &str) -> bool {
    let web = |url: Url| matches!(url.scheme(), "http" | "https");
    uri.chars().all(|c| c.is_ascii_graphic()) && Url::parse(uri).is_ok_and(web)
}

fn wrong(whose: &impl std::fmt::Display, what: &str, problem: String) -> SeedError {
    SeedError::Wrong { place: format!("{what} ({whose})"), problem }
}

fn nobody(person: &PersonKey, place: &str) -> SeedError {
    SeedError::Wrong { place: place.to_owned(), problem: format!("there is no person {person}") }
}
