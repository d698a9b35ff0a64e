//! Fills in what a seed document leaves out, the same way every time.

use std::collections::BTreeSet;

use super::check::{check, wrong};
use super::document::{AppEntry, ClientSecretEntry, LinkEntry, PersonEntry, SeedDocument};
use super::lines::{Entry, Misfit};
use super::{App, AppKey, ConsentLevel, Link, Person, Secret, Seed};
use crate::digest::Digest;

pub(super) fn fill(document: SeedDocument) -> Result<Seed, Misfit> {
    let apps: Vec<App> = document.apps.unwrap_or_default().into_iter().map(app).collect();
    let mut people: Vec<Person> = document.people.unwrap_or_default().into_iter().map(person).collect();
    for app in &apps {
        fill_user_ids(&app.key, &mut people)?;
    }
    let links = document.links.unwrap_or_default();
    let links = links.into_iter().map(|entry| link(entry, &apps)).collect();
    let seed = Seed { apps, people, friendships: document.friendships.unwrap_or_default(), links };
    check(&seed)?;
    Ok(seed)
}

/// Adds an app to a seed, with everything made up that the entry leaves out.
pub(super) fn add_app(seed: &mut Seed, entry: AppEntry) -> Result<(), Misfit> {
    let app = app(entry);
    fill_user_ids(&app.key, &mut seed.people)?;
    seed.apps.push(app);
    check(seed)
}

/// Adds a person to a seed, likewise.
pub(super) fn add_person(seed: &mut Seed, entry: PersonEntry) -> Result<(), Misfit> {
    seed.people.push(person(entry));
    for app in &seed.apps {
        fill_user_ids(&app.key, &mut seed.people)?;
    }
    check(seed)
}

fn app(entry: AppEntry) -> App {
    let key = entry.key;
    let made_up = |what: &str| Digest::of(&["app", key.as_str(), what]).hex()[..32].to_owned();
    let number = || 1_000_000 + i64::from(Digest::of(&["app", key.as_str(), "app_id"]).number() % 9_000_000);
    App {
        name: entry.name.unwrap_or_else(|| key.to_string()),
        app_id: entry.app_id.unwrap_or_else(number),
        rest_api_key: entry.rest_api_key.unwrap_or_else(|| made_up("rest_api_key")),
        client_secret: match entry.client_secret {
            ClientSecretEntry::Unsaid => Some(Secret(made_up("client_secret"))),
            ClientSecretEntry::Off => None,
            ClientSecretEntry::Secret(secret) => Some(Secret(secret)),
        },
        admin_key: Secret(entry.admin_key.unwrap_or_else(|| made_up("admin_key"))),
        javascript_key: entry.javascript_key.unwrap_or_else(|| made_up("javascript_key")),
        native_app_key: entry.native_app_key.unwrap_or_else(|| made_up("native_app_key")),
        login: entry.login,
        test_app: entry.test_app,
        suspended: entry.suspended,
        automatic_linking: entry.automatic_linking,
        allows_under_14: entry.allows_under_14,
        oidc: entry.oidc,
        redirect_uris: entry.redirect_uris,
        logout_redirect_uris: entry.logout_redirect_uris,
        web_domains: entry.web_domains,
        javascript_domains: entry.javascript_domains,
        android_key_hashes: entry.android_key_hashes,
        ios_bundle_ids: entry.ios_bundle_ids,
        ip_allow_list: entry.ip_allow_list,
        admin_key_denied: entry.admin_key_denied,
        consent_items: entry.consent_items,
        permissions: entry.permissions,
        members: entry.members,
        properties: entry.properties,
        service_terms: entry.service_terms,
        channels: entry.channels,
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
        is_email_valid: entry.is_email_valid,
        is_email_verified: entry.is_email_verified,
        talk: entry.talk,
        refuses_messages: entry.refuses_messages,
        unsupported_device: entry.unsupported_device,
        under_14: entry.under_14,
        suspended: entry.suspended,
        dormant: entry.dormant,
        is_default_nickname: entry.is_default_nickname,
        profile_image_url: entry.profile_image_url.clone().or(entry.thumbnail_image_url.clone()),
        thumbnail_image_url: entry.thumbnail_image_url.or(entry.profile_image_url),
        name: entry.name,
        gender: entry.gender,
        age_range: entry.age_range,
        birthyear: entry.birthyear,
        birthday: entry.birthday,
        birthday_type: entry.birthday_type,
        is_leap_month: entry.is_leap_month,
        phone_number: entry.phone_number,
        ci: entry.ci,
        shipping_addresses: entry.shipping_addresses,
        channels: entry.channels,
        user_ids: entry.user_ids,
        key,
    }
}

/// Ids left out depend on the two keys alone, so that adding somebody to a seed changes nobody else's.
fn fill_user_ids(app: &AppKey, people: &mut [Person]) -> Result<(), Misfit> {
    let mut taken = BTreeSet::new();
    for (index, person) in people.iter().enumerate() {
        if let Some(id) = person.user_ids.get(app)
            && !taken.insert(*id)
        {
            let problem = format!("{id} is somebody else's id in the app {app}");
            let error = wrong(&person.key, "user_ids", problem);
            return Err(Misfit { entry: Entry::Person(index), error });
        }
    }
    for person in people {
        person.fill_user_id(app, &mut taken);
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
    Link {
        scopes: entry.scopes.unwrap_or_else(asked_at_login),
        service_terms: entry.service_terms,
        properties: entry.properties,
        registered: entry.registered,
        app: entry.app,
        person: entry.person,
    }
}
