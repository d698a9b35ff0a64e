//! The world: apps, people, consents, tokens and chat rooms, changed by commands alone.
//!
//! Nothing in here knows HTTP, asks for the time or for chance: `now` comes with each command, and what looks random is
//! drawn from a generator that begins with the seed. The same seed and the same commands give the same world.

pub(crate) mod account;
pub(crate) mod aging;
pub(crate) mod app_call;
pub(crate) mod app_users;
pub(crate) mod authorize;
mod call_quota;
pub(crate) mod channel;
pub(crate) mod chat;
pub(crate) mod client;
pub(crate) mod consent;
pub(crate) mod console;
pub(crate) mod credentials;
pub(crate) mod event;
pub(crate) mod friends;
pub(crate) mod friendship;
pub(crate) mod gate;
mod generator;
pub(crate) mod id_token;
pub(crate) mod image;
pub(crate) mod involved;
pub(crate) mod link;
pub(crate) mod living_token;
pub(crate) mod logout;
pub(crate) mod membership;
pub(crate) mod message;
pub(crate) mod profile;
pub(crate) mod properties;
pub(crate) mod quota;
pub(crate) mod scopes;
pub(crate) mod service_terms;
pub(crate) mod session;
pub(crate) mod share;
pub(crate) mod shipping_address;
pub(crate) mod signup;
pub(crate) mod talk_profile;
pub(crate) mod template;
pub(crate) mod token;
pub(crate) mod user;
pub(crate) mod userinfo;
pub(crate) mod wording;

use std::collections::{BTreeMap, VecDeque};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::seed::{App, AppKey, Person, Seed, Webhooks};
use call_quota::CallCounts;
use chat::Rooms;
use event::Happened;
use friends::FriendList;
use friendship::Friendships;
use generator::Generator;
use image::Images;
use link::{Link, LinkKey};
use quota::{DayCounts, TokenCounts};
use session::Browser;
use token::{AccessToken, AuthorizationCode, LatestTokens, RefreshToken};

/// How often what has died is swept out; between two sweeps it only takes up room.
const SWEEP: SignedDuration = SignedDuration::from_mins(10);

/// Everything there is.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct World {
    apps: Vec<App>,
    people: Vec<Person>,
    friendships: Friendships,
    links: BTreeMap<LinkKey, Link>,
    browsers: BTreeMap<Digest, Browser>,
    codes: BTreeMap<Digest, AuthorizationCode>,
    access_tokens: BTreeMap<Digest, AccessToken>,
    refresh_tokens: BTreeMap<Digest, RefreshToken>,
    latest_access_tokens: LatestTokens,
    latest_refresh_tokens: LatestTokens,
    rooms: Rooms,
    token_counts: BTreeMap<LinkKey, TokenCounts>,
    call_counts: BTreeMap<AppKey, CallCounts>,
    events: VecDeque<Happened>,
    /// How many ID tokens there have been.
    id_tokens: u64,
    day_counts: BTreeMap<AppKey, BTreeMap<Date, DayCounts>>,
    #[serde(skip)]
    friend_lists: BTreeMap<LinkKey, FriendList>,
    #[serde(skip)]
    images: Images,
    generator: Generator,
    swept_at: Timestamp,
}

/// Something that is asked of the world, together with what it answers and how it refuses.
pub(crate) trait Command {
    /// What the world answers.
    type Reply;
    /// How the world refuses.
    type Fault;
    /// Whether there can be anything new to write down afterwards.
    const CHANGES_THE_WORLD: bool = true;

    fn run(self, world: &mut World, now: Timestamp) -> Result<Self::Reply, Self::Fault>;
}

impl World {
    /// The world as a seed describes it.
    pub(crate) fn new(seed: &Seed, now: Timestamp) -> Self {
        let mut world = Self {
            apps: seed.apps.clone(),
            people: seed.people.clone(),
            friendships: seed.friendships.clone().into(),
            links: BTreeMap::new(),
            browsers: BTreeMap::new(),
            codes: BTreeMap::new(),
            access_tokens: BTreeMap::new(),
            refresh_tokens: BTreeMap::new(),
            latest_access_tokens: LatestTokens::default(),
            latest_refresh_tokens: LatestTokens::default(),
            rooms: Rooms::default(),
            token_counts: BTreeMap::new(),
            call_counts: BTreeMap::new(),
            events: VecDeque::new(),
            id_tokens: 0,
            day_counts: BTreeMap::new(),
            friend_lists: BTreeMap::new(),
            images: Images::default(),
            generator: Generator::new(seed.digest()),
            swept_at: now,
        };
        for link in &seed.links {
            world.link_as_seeded(link, now);
        }
        // Whoever was signed up before the world began did not sign up now.
        world.events.clear();
        world
    }

    /// Does what is asked, or says why not.
    pub(crate) fn apply<C: Command>(&mut self, now: Timestamp, command: C) -> Result<C::Reply, C::Fault> {
        if now.duration_since(self.swept_at).abs() >= SWEEP {
            self.sweep(now);
        }
        command.run(self, now)
    }

    /// The world as the seed document that would make it, leaving out what seeds cannot say, such as tokens.
    pub(crate) fn to_seed(&self) -> Seed {
        Seed {
            apps: self.apps.clone(),
            people: self.people.clone(),
            friendships: self.friendships.written().to_vec(),
            links: self.links.iter().map(|(key, link)| link.to_seed(key)).collect(),
        }
    }

    pub(crate) fn apps(&self) -> &[App] {
        &self.apps
    }

    pub(crate) fn people(&self) -> &[Person] {
        &self.people
    }

    pub(crate) fn person(&self, key: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.key.as_str() == key)
    }

    pub(crate) fn app_named(&self, key: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.key.as_str() == key)
    }

    pub(crate) fn app(&self, key: &AppKey) -> Option<&App> {
        self.apps.iter().find(|app| app.key == *key)
    }

    fn app_to_configure(&mut self, key: &str) -> Option<&mut App> {
        self.apps.iter_mut().find(|app| app.key.as_str() == key)
    }

    /// Registers another redirect URI for an app; answers whether there is such an app.
    pub(crate) fn register_redirect_uri(&mut self, app: &str, redirect_uri: &str) -> bool {
        let Some(app) = self.app_to_configure(app) else { return false };
        if app.redirect_uris.iter().all(|registered| registered != redirect_uri) {
            app.redirect_uris.push(redirect_uri.to_owned());
        }
        true
    }

    /// Registers another logout redirect URI for an app; answers whether there is such an app.
    pub(crate) fn register_logout_redirect_uri(&mut self, app: &str, uri: &str) -> bool {
        let Some(app) = self.app_to_configure(app) else { return false };
        if app.logout_redirect_uris.iter().all(|registered| registered != uri) {
            app.logout_redirect_uris.push(uri.to_owned());
        }
        true
    }

    /// Registers another web domain for an app; answers whether there is such an app.
    pub(crate) fn register_web_domain(&mut self, app: &str, origin: &str) -> bool {
        let Some(app) = self.app_to_configure(app) else { return false };
        if app.web_domains.iter().all(|registered| registered != origin) {
            app.web_domains.push(origin.to_owned());
        }
        true
    }

    /// Registers webhooks for an app, each in place of the one before; answers whether there is such an app.
    pub(crate) fn register_webhooks(&mut self, app: &str, webhooks: Webhooks) -> bool {
        let Some(app) = self.app_to_configure(app) else { return false };
        let Webhooks { unlink, account_status, share, channel } = webhooks;
        let former = &mut app.webhooks;
        *former = Webhooks {
            unlink: unlink.or(former.unlink.take()),
            account_status: account_status.or(former.account_status.take()),
            share: share.or(former.share.take()),
            channel: channel.or(former.channel.take()),
        };
        true
    }

    /// Lets happen what time brings by itself, and forgets what has died.
    pub(crate) fn sweep(&mut self, now: Timestamp) {
        self.swept_at = now;
        self.browsers.retain(|_, browser| browser.is_alive(now));
        self.codes.retain(|_, code| code.is_alive(now));
        self.access_tokens.retain(|_, token| token.is_worth_keeping(now));
        self.refresh_tokens.retain(|_, token| token.is_alive(now));
        self.images.forget_expired(now);
        self.token_counts.retain(|_, counts| counts.is_worth_keeping(now));
        self.end_incomplete_sign_ups(now);
    }
}

#[cfg(test)]
mod tests;
