//! Refuses a seed that contradicts itself, or says what Kakao's console does not take.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

use url::Url;

use super::app::ip_block;
use super::lines::{Entry, Misfit};
use super::{App, AppKey, Link, PersonKey, Secret, Seed, SeedError};

/// How many redirect URIs an app may register. See [Kakao Docs/Kakao Login: Prerequisites].
const REDIRECT_URIS: usize = 10;

/// How many friends a page may hold.
const FRIENDS_PER_PAGE: RangeInclusive<usize> = 1..=100;

pub(super) fn check(seed: &Seed) -> Result<(), Misfit> {
    check_apps(&seed.apps)?;
    let app_keys: BTreeSet<&AppKey> = seed.apps.iter().map(|app| &app.key).collect();
    let mut people = BTreeSet::new();
    let mut emails = BTreeSet::new();
    each(Entry::Person, &seed.people, |person| {
        let twice = |what: &str| wrong(&person.key, what, "another person has it already".to_owned());
        if !people.insert(&person.key) {
            return Err(twice("key"));
        }
        if !emails.insert(person.email.to_lowercase()) {
            return Err(twice("email"));
        }
        match person.user_ids.keys().find(|app| !app_keys.contains(app)) {
            Some(app) => Err(wrong(&person.key, "user_ids", format!("there is no app {app}"))),
            None => Ok(()),
        }
    })?;

    let known = |person: &PersonKey, place: &str| {
        if people.contains(person) { Ok(()) } else { Err(nobody(person, place)) }
    };
    each(Entry::App, &seed.apps, |app| app.members.iter().try_for_each(|member| known(member, "members")))?;
    each(Entry::Friendship, &seed.friendships, |friendship| {
        known(&friendship.of, "friendships")?;
        known(&friendship.with, "friendships")?;
        if friendship.of == friendship.with {
            return Err(wrong(&friendship.of, "friendships", "nobody is their own friend".to_owned()));
        }
        Ok(())
    })?;
    let mut linked = BTreeSet::new();
    each(Entry::Link, &seed.links, |link| {
        known(&link.person, "links")?;
        let Some(app) = seed.apps.iter().find(|app| app.key == link.app) else {
            return Err(wrong(&link.person, "links", format!("there is no app {}", link.app)));
        };
        check_link(link, app)?;
        if !linked.insert((&link.app, &link.person)) {
            return Err(wrong(&link.person, "links", format!("is linked to {} twice", link.app)));
        }
        Ok(())
    })
}

/// Checks entry by entry, and says which one is wrong.
fn each<'seed, T>(
    entry: fn(usize) -> Entry,
    entries: &'seed [T],
    mut check: impl FnMut(&'seed T) -> Result<(), SeedError>,
) -> Result<(), Misfit> {
    let misfit = |index, error| Misfit { entry: entry(index), error };
    let mut numbered = entries.iter().enumerate();
    numbered.try_for_each(|(index, entry)| check(entry).map_err(|error| misfit(index, error)))
}

/// Checks each app by itself and against the others.
fn check_apps(apps: &[App]) -> Result<(), Misfit> {
    let mut app_keys = BTreeSet::new();
    let mut app_ids = BTreeSet::new();
    let mut client_ids = BTreeSet::new();
    let mut admin_keys = BTreeSet::new();
    each(Entry::App, apps, |app| {
        let twice = |what: &str| wrong(&app.key, what, "another app has it already".to_owned());
        if !app_keys.insert(&app.key) {
            return Err(twice("key"));
        }
        if !app_ids.insert(app.app_id) {
            return Err(twice("app_id"));
        }
        // Each of the three is a `client_id`, which has to name one key of one app.
        for (name, key) in [
            ("rest_api_key", &app.rest_api_key),
            ("javascript_key", &app.javascript_key),
            ("native_app_key", &app.native_app_key),
        ] {
            if !client_ids.insert(key) {
                let problem = "another app, or another key of this one, has it already".to_owned();
                return Err(wrong(&app.key, name, problem));
            }
        }
        if !admin_keys.insert(app.admin_key.secret()) {
            return Err(twice("admin_key"));
        }
        check_app(app)
    })
}

fn check_app(app: &App) -> Result<(), SeedError> {
    let wrong = |what: &str, problem: String| Err(wrong(&app.key, what, problem));
    let keys = [
        ("rest_api_key", Some(app.rest_api_key.as_str())),
        ("client_secret", app.client_secret.as_ref().map(Secret::secret)),
        ("admin_key", Some(app.admin_key.secret())),
        ("javascript_key", Some(app.javascript_key.as_str())),
        ("native_app_key", Some(app.native_app_key.as_str())),
    ];
    if let Some((name, _)) = keys.iter().find(|(_, key)| *key == Some("")) {
        return wrong(name, "it is empty; leave it out to have one made up".to_owned());
    }
    for (name, uris) in
        [("redirect_uris", &app.redirect_uris), ("logout_redirect_uris", &app.logout_redirect_uris)]
    {
        if let Some(uri) = uris.iter().find(|uri| !is_redirect_uri(uri)) {
            return wrong(name, format!("{uri} is not an http or https address without a fragment"));
        }
    }
    if app.redirect_uris.len() > REDIRECT_URIS {
        return wrong("redirect_uris", format!("there are more than {REDIRECT_URIS}"));
    }
    if let Some(domain) = app.web_domains.iter().find(|domain| !is_origin(domain)) {
        return wrong(
            "web_domains",
            format!("{domain} is not of the form https://host or https://host:port"),
        );
    }
    if let Some(block) = app.ip_allow_list.iter().find(|block| ip_block(block).is_none()) {
        return wrong("ip_allow_list", format!("{block} is neither an IP address nor a block of them"));
    }
    if !FRIENDS_PER_PAGE.contains(&app.quotas.friends_per_page) {
        return wrong("quotas.friends_per_page", "it must be between 1 and 100".to_owned());
    }
    let mut templates = BTreeSet::new();
    for template in &app.templates {
        if !templates.insert(template.id) {
            return wrong("templates", format!("{} is listed twice", template.id));
        }
        if !template.body.is_object() {
            return wrong("templates", format!("the body of {} is not an object", template.id));
        }
    }
    let mut items = BTreeSet::new();
    match app.consent_items.iter().find(|item| !items.insert(&item.id)) {
        Some(item) => wrong("consent_items", format!("{} is listed twice", item.id)),
        None => Ok(()),
    }
}

/// What is stored of somebody is what the app can store.
fn check_link(link: &Link, app: &App) -> Result<(), SeedError> {
    let wrong = |problem: String| Err(wrong(&link.person, "links", problem));
    if let Some(key) = link.properties.keys().find(|key| !app.properties.contains(key)) {
        return wrong(format!("the app {} has no user property {key}", app.key));
    }
    let has = |tag: &String| app.service_terms.iter().any(|terms| terms.tag == *tag);
    if let Some(tag) = link.service_terms.iter().find(|tag| !has(tag)) {
        return wrong(format!("the app {} has no service terms {tag}", app.key));
    }
    if !link.registered && app.automatic_linking {
        return wrong(format!("the app {} signs everybody up by itself (automatic_linking)", app.key));
    }
    Ok(())
}

/// As Kakao's console takes them.
fn is_redirect_uri(uri: &str) -> bool {
    uri.chars().all(|c| c.is_ascii_graphic()) && !uri.contains('#') && is_web(uri)
}

fn is_origin(text: &str) -> bool {
    let beyond = |c: char| c.is_whitespace() || "/\\?#@".contains(c);
    text.split_once("://").is_some_and(|(_, authority)| !authority.contains(beyond)) && is_web(text)
}

fn is_web(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

pub(super) fn wrong(whose: &impl fmt::Display, what: &str, problem: String) -> SeedError {
    SeedError::Wrong { place: format!("{what} ({whose})"), problem }
}

fn nobody(person: &PersonKey, place: &str) -> SeedError {
    SeedError::Wrong { place: place.to_owned(), problem: format!("there is no person {person}") }
}
