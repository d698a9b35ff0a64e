//! What a careful observer knows of a world by what went in and out of it, without a look at its rules.

mod talk;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use url::form_urlencoded;

use super::super::account::Disconnect;
use super::super::aging::{AgeRefreshToken, ExpireAccessToken};
use super::super::authorize::{
    Authorize, AuthorizeRequest, Authorized, ConsentAnswer, DecideConsent, Decided, Visitor,
};
use super::super::consent::Ticked;
use super::super::credentials::Credentials;
use super::super::event::UnlinkReason;
use super::super::membership::EditConsents;
use super::super::scopes::RevokeScopes;
use super::super::signup::SignUp;
use super::super::token::{IssueTokens, IssuedTokens};
use super::super::user::{AccessTokenInfo, Logout, Unlink};
use super::super::*;
use super::happening::Event;
use crate::seed::{PersonKey, Quotas};

/// Ryan is a friend of the two others, who are none of each other's.
pub(super) const PEOPLE: [&str; 3] = ["ryan", "apeach", "muzi"];
pub(super) const ITEMS: [&str; 5] =
    ["profile_nickname", "profile_image", "friends", "talk_message", "account_email"];
pub(super) const REQUIRED: &str = "profile_nickname";

const SHOP: &str = r#"{"key": "shop", "client_secret": null, "automatic_linking": false,
    "redirect_uris": ["https://shop.example/back"], "web_domains": ["http://localhost:4000"],
    "permissions": ["friends", "message"], "consent_items": [{"id": "profile_nickname", "level": "required"},
    {"id": "profile_image", "level": "optional"}, {"id": "friends", "level": "optional"},
    {"id": "talk_message", "level": "optional"}, {"id": "account_email", "level": "in_use"}]}"#;

const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
const ACCESS_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_secs(6 * 60 * 60 - 1);
const REFRESH_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(60 * 24);
/// A refresh token with less than this to live is replaced.
const LAST_MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);
const TIME_TO_SIGN_UP: SignedDuration = SignedDuration::from_hours(24);
/// How long the world promises to remember what went through on a day.
const DAYS_REMEMBERED: i32 = 31;

/// Somebody at an app, both by their numbers.
type Who = (usize, usize);

#[derive(Clone)]
pub(super) struct SeenCode {
    who: Who,
    pub(super) code: String,
    at: Timestamp,
    spent: bool,
}

#[derive(Clone)]
pub(super) struct SeenToken {
    who: Who,
    pub(super) token: String,
    /// The code it comes from.
    login: usize,
    ends_at: Timestamp,
    dead: bool,
    /// It has ended once, even if the clock was turned back since: the world may have forgotten it.
    has_ended: bool,
}

/// The world together with what the observer knows of it.
pub(super) struct Observed {
    pub(super) world: World,
    pub(super) now: Timestamp,
    quotas: [Quotas; 2],
    user_ids: BTreeMap<Who, i64>,
    pub(super) codes: Vec<SeenCode>,
    access: Vec<SeenToken>,
    pub(super) refresh: Vec<SeenToken>,
    /// What each person agreed to at each app and has not taken back since.
    agreed: BTreeMap<Who, BTreeSet<String>>,
    linked: BTreeSet<Who>,
    /// Since when people wait for being signed up.
    preregistered: BTreeMap<Who, Timestamp>,
    /// By which app and from whom the messages of each person are.
    inboxes: [Vec<(i64, usize)>; 3],
    /// App, sender and receiver of each message.
    sent: Vec<(Date, usize, usize, usize)>,
    /// When tokens were made, and whether with a refresh token.
    issued: Vec<(Timestamp, Who, bool)>,
}

impl Observed {
    pub(super) fn new() -> Self {
        Self::of(Quotas::default(), Quotas::default())
    }

    /// Random lives run into every one of them.
    pub(super) fn with_low_quotas() -> Self {
        let demo = Quotas {
            access_tokens_per_10_minutes: 4,
            refresh_tokens_per_60_minutes: 3,
            messages_per_day: 6,
            messages_per_sender_per_day: 3,
            messages_per_receiver_per_day: 3,
            messages_per_pair_per_day: 2,
            ..Quotas::default()
        };
        let shop = Quotas { messages_per_sender_per_month: Some(2), ..Quotas::default() };
        Self::of(demo, shop)
    }

    fn of(demo: Quotas, shop: Quotas) -> Self {
        let mut document = serde_json::to_value(Seed::built_in()).unwrap();
        let apps = document["apps"].as_array_mut().unwrap();
        apps.push(serde_json::from_str(SHOP).unwrap());
        for (app, quotas) in apps.iter_mut().zip([demo, shop]) {
            app["quotas"] = serde_json::to_value(quotas).unwrap();
            let body = serde_json::json!({ "content": { "title": "${name}님", "link": {} } });
            app["templates"] = serde_json::json!([{ "id": 7, "kind": "feed", "body": body }]);
            app["webhooks"] = serde_json::json!({ "account_status": { "url": "https://svc.example/set" } });
        }
        let seed = Seed::parse(&document.to_string()).unwrap();
        let now = "2026-03-01T00:00:00Z".parse().unwrap();
        let number = |person: &PersonKey| PEOPLE.iter().position(|key| *key == person.as_str());
        let links =
            seed.links.iter().filter_map(|link| Some(((0, number(&link.person)?), link.scopes.clone())));
        let agreed: BTreeMap<Who, BTreeSet<String>> = links.collect();
        let ids = |app: usize| {
            let key = &seed.apps[app].key;
            seed.people
                .iter()
                .filter_map(move |person| Some(((app, number(&person.key)?), person.user_ids[key])))
        };
        let user_ids: BTreeMap<Who, i64> = ids(0).chain(ids(1)).collect();
        assert_eq!(user_ids.values().collect::<BTreeSet<_>>().len(), 6, "one id for two");
        Self {
            world: World::new(&seed, now),
            now,
            quotas: [demo, shop],
            user_ids,
            codes: Vec::new(),
            access: Vec::new(),
            refresh: Vec::new(),
            linked: agreed.keys().copied().collect(),
            agreed,
            preregistered: BTreeMap::new(),
            inboxes: Default::default(),
            sent: Vec::new(),
            issued: Vec::new(),
        }
    }

    pub(super) fn live(&mut self, event: Event) {
        match event {
            Event::Authorize { app, person, scope, ticked } => self.authorize(app, person, &scope, ticked),
            Event::Exchange { code, by_another_app } => self.exchange(code, usize::from(by_another_app)),
            Event::Refresh { token, by_another_app } => self.refresh(token, by_another_app),
            Event::SignUp { token } => self.sign_up(token),
            Event::SendToMe { token, written } => self.send_to_me(token, written),
            Event::SendToFriends { token, friends, written, by_another_app } => {
                self.send_to_friends(token, &friends, written, by_another_app);
            }
            Event::ListFriends { token } => self.list_friends(token),
            Event::Revoke { token, item } => self.revoke(token, item),
            Event::EditConsents { app, person, items } => self.edit_consents((app, person), &items),
            Event::Logout { token } => {
                if let Some((seen, credentials)) = self.bearer(token)
                    && self.world.apply(self.now, Logout { credentials }).is_ok()
                {
                    self.bury(|token| token.login == seen.login);
                }
            }
            Event::LogoutByAdmin { app, person, by_another_app } => {
                let credentials = self.admin((app, person), by_another_app);
                if self.world.apply(self.now, Logout { credentials }).is_ok() {
                    assert!(!by_another_app, "an app logged out another's user");
                    self.bury(|token| token.who == (app, person));
                }
            }
            Event::Unlink { token } => {
                if let Some((seen, credentials)) = self.bearer(token)
                    && self.world.apply(self.now, Unlink { credentials }).is_ok()
                {
                    self.parted(seen.who);
                }
            }
            Event::UnlinkByAdmin { app, person, by_another_app } => {
                let credentials = self.admin((app, person), by_another_app);
                if self.world.apply(self.now, Unlink { credentials }).is_ok() {
                    assert!(!by_another_app, "an app unlinked another's user");
                    self.parted((app, person));
                }
            }
            Event::Part { app, person } => {
                let LinkKey { app: app_key, person: person_key } = self.link((app, person));
                let reason = UnlinkReason::UnlinkFromApps;
                let part = Disconnect { person: person_key.to_string(), app: app_key.to_string(), reason };
                let was_linked = self.world.apply(self.now, part).is_ok();
                assert_eq!(was_linked, self.linked.contains(&(app, person)));
                if was_linked {
                    self.parted((app, person));
                }
            }
            Event::Expire { token } => {
                let Some(token) = place(&self.access, token) else { return };
                let access_token = self.access[token].token.clone();
                if self.world.apply(self.now, ExpireAccessToken { access_token }).is_ok() {
                    let token = &mut self.access[token];
                    (token.ends_at, token.has_ended) = (token.ends_at.min(self.now), true);
                }
            }
            Event::Age { token, days } => {
                let Some(token) = place(&self.refresh, token) else { return };
                let remaining = SignedDuration::from_hours(24 * days);
                let refresh_token = self.refresh[token].token.clone();
                if self.world.apply(self.now, AgeRefreshToken { refresh_token, remaining }).is_ok() {
                    self.refresh[token].ends_at = self.now + remaining;
                }
            }
            Event::Wait { minutes } => self.turn_clock(self.now + SignedDuration::from_mins(minutes)),
            Event::GoToMidnight { seconds } => {
                let midnight = korean(self.now).tomorrow().unwrap().start_of_day().unwrap().timestamp();
                self.turn_clock(midnight + SignedDuration::from_secs(seconds));
            }
        }
    }

    pub(super) fn authorize(
        &mut self,
        app: usize,
        person: usize,
        scope: &BTreeSet<&'static str>,
        ticked: Option<BTreeSet<&'static str>>,
    ) {
        let (who, key) = ((app, person), PEOPLE[person].parse().unwrap());
        let scope: Vec<&str> = scope.iter().copied().collect();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.world.apps[app].rest_api_key)
            .append_pair("redirect_uri", &self.world.apps[app].redirect_uris[0])
            .append_pair("response_type", "code")
            .append_pair("scope", &scope.join(","))
            .finish();
        let request = AuthorizeRequest::from_query(&query);
        let visitor = Visitor::JustSignedIn(key);
        let authorize = Authorize { request: request.clone(), visitor: visitor.clone() };
        let address = match self.world.apply(self.now, authorize).unwrap() {
            Authorized::Redirect(address) => Some(address),
            Authorized::Consent(_, _, questions) => {
                let answer = ticked.as_ref().map_or(ConsentAnswer::Cancel, |items| {
                    ConsentAnswer::Agree(Ticked { items: owned(items), ..Ticked::default() })
                });
                match self.world.apply(self.now, DecideConsent { request, visitor, answer }) {
                    Ok(Decided::Redirect(address)) => {
                        let ticked = ticked.unwrap_or_default();
                        let asked = questions.items.into_iter().map(|item| item.id);
                        let agreed = asked.filter(|item| ticked.contains(item.as_str()));
                        self.agreed.entry(who).or_default().extend(agreed);
                        Some(address)
                    }
                    Ok(Decided::OpenAgain) => panic!("nobody is suspended here"),
                    Err(_) => None,
                }
            }
            other => panic!("{other:?}"),
        };
        if let Some((_, code)) = address.as_deref().and_then(|address| address.split_once("?code=")) {
            self.codes.push(SeenCode { who, code: code.to_owned(), at: self.now, spent: false });
        }
    }

    /// Presents a code; an app so many further on than the one it was made for does it.
    pub(super) fn exchange(&mut self, code: usize, further: usize) {
        let Some(code) = place(&self.codes, code) else { return };
        let SeenCode { who, code: given, at, spent } = self.codes[code].clone();
        let request = IssueTokens {
            grant_type: Some("authorization_code".to_owned()),
            redirect_uri: Some(self.world.apps[who.0].redirect_uris[0].clone()),
            code: Some(given),
            ..self.request((who.0 + further) % 2)
        };
        let Ok(issued) = self.world.apply(self.now, request) else { return };
        assert!(!spent, "a code was spent twice, or after the person had left");
        assert_eq!(further, 0, "an app spent another's code");
        assert!(self.now < at + CODE_LIFETIME, "a code was spent too late");
        self.codes[code].spent = true;
        let mut scopes = issued.scopes.clone().unwrap();
        // No page asks for it: it only says that there is an ID token.
        scopes.remove("openid");
        assert!(scopes.contains(REQUIRED), "a login without a required item");
        let agreed = &self.agreed[&who];
        assert!(scopes.is_subset(agreed), "{scopes:?} without consent, only {agreed:?}");
        self.now_linked(who);
        self.keep(who, code, issued);
    }

    fn refresh(&mut self, token: usize, by_another_app: bool) {
        let Some(token) = place(&self.refresh, token) else { return };
        let SeenToken { who, token: given, login, ends_at, dead, .. } = self.refresh[token].clone();
        let request = IssueTokens {
            grant_type: Some("refresh_token".to_owned()),
            refresh_token: Some(given),
            ..self.request((who.0 + usize::from(by_another_app)) % 2)
        };
        let Ok(issued) = self.world.apply(self.now, request) else { return };
        assert!(!dead && self.now < ends_at, "a dead refresh token brought tokens");
        assert!(!by_another_app, "an app refreshed another's token");
        let is_replaced = ends_at.duration_since(self.now) < LAST_MONTH;
        assert_eq!(issued.refresh.is_some(), is_replaced, "a refresh token is replaced in its last month");
        self.refresh[token].dead = is_replaced;
        self.keep(who, login, issued);
    }

    fn sign_up(&mut self, token: usize) {
        let Some((seen, credentials)) = self.bearer(token) else { return };
        if self.world.apply(self.now, SignUp { credentials, properties: None }).is_ok() {
            self.must_live(&seen);
            assert!(self.preregistered.remove(&seen.who).is_some(), "signed up without need");
        }
    }

    fn revoke(&mut self, token: usize, item: &'static str) {
        let Some((seen, credentials)) = self.bearer(token) else { return };
        let scopes = Some(format!("[\"{item}\"]"));
        if self.world.apply(self.now, RevokeScopes { credentials, scopes }).is_ok() {
            self.must_live(&seen);
            assert_ne!(item, REQUIRED, "a required item was taken back");
            self.agreed.entry(seen.who).or_default().remove(item);
        }
    }

    fn edit_consents(&mut self, who: Who, items: &BTreeSet<&'static str>) {
        let command = EditConsents { link: self.link(who), scopes: owned(items) };
        let Ok(done) = self.world.apply(self.now, command);
        assert!(done);
        self.now_linked(who);
        let mut agreed = owned(items);
        agreed.insert(REQUIRED.to_owned());
        self.agreed.insert(who, agreed);
    }

    fn turn_clock(&mut self, to: Timestamp) {
        if to < self.now {
            // Nobody remembers the tokens of a time to come.
            self.issued.clear();
        }
        self.now = to;
        self.world.sweep(to);
        for token in self.access.iter_mut().chain(&mut self.refresh) {
            token.has_ended |= token.ends_at <= to;
        }
        let waited = |at: &Timestamp| to.duration_since(*at) >= TIME_TO_SIGN_UP;
        let late: Vec<Who> =
            self.preregistered.iter().filter(|(_, at)| waited(at)).map(|(who, _)| *who).collect();
        for who in late {
            self.parted(who);
        }
        let today = korean(to).date();
        self.sent.retain(|(day, ..)| day.until(today).unwrap().get_days().abs() <= DAYS_REMEMBERED);
    }

    fn keep(&mut self, who: Who, login: usize, issued: IssuedTokens) {
        let now = self.now;
        assert_eq!(issued.expires_in, ACCESS_TOKEN_LIFETIME.as_secs());
        let seen = |token, lifetime| SeenToken {
            who,
            token,
            login,
            ends_at: now + lifetime,
            dead: false,
            has_ended: false,
        };
        let refresh = issued.refresh.map(|refresh| seen(refresh.refresh_token, REFRESH_TOKEN_LIFETIME));
        self.issued.push((now, who, refresh.is_some()));
        self.access.push(seen(issued.access_token, ACCESS_TOKEN_LIFETIME));
        self.refresh.extend(refresh);
        let quotas = &self.quotas[who.0];
        let lately = |minutes, refreshed: bool| {
            let since = now - SignedDuration::from_mins(minutes);
            let fits = |at: Timestamp, of: Who, with: bool| at > since && of == who && (with || !refreshed);
            self.issued.iter().filter(|(at, of, with)| fits(*at, *of, *with)).count()
        };
        assert!(lately(10, false) <= quotas.access_tokens_per_10_minutes, "too many access tokens");
        assert!(lately(60, true) <= quotas.refresh_tokens_per_60_minutes, "too many refresh tokens");
    }

    fn now_linked(&mut self, who: Who) {
        // Only the shop signs people up by hand.
        if self.linked.insert(who) && who.0 == 1 {
            self.preregistered.insert(who, self.now);
        }
    }

    fn parted(&mut self, who: Who) {
        self.linked.remove(&who);
        self.agreed.remove(&who);
        self.preregistered.remove(&who);
        self.codes.iter_mut().filter(|code| code.who == who).for_each(|code| code.spent = true);
        self.bury(|token| token.who == who);
    }

    fn bury(&mut self, died: impl Fn(&SeenToken) -> bool) {
        let tokens = self.access.iter_mut().chain(&mut self.refresh);
        tokens.filter(|token| died(token)).for_each(|token| token.dead = true);
    }

    fn must_live(&self, seen: &SeenToken) {
        assert!(!seen.dead && self.now < seen.ends_at, "a dead token did something");
    }

    /// What must hold after everything that happens.
    pub(super) fn check(&mut self) {
        for SeenToken { who, token, ends_at, dead, has_ended, .. } in &self.access {
            let credentials = Credentials::Token(token.clone());
            match self.world.apply(self.now, AccessTokenInfo { credentials }) {
                Ok(info) => {
                    assert!(!dead && self.now < *ends_at, "a dead token lives");
                    assert_eq!(info.user_id, self.user_ids[who], "a token speaks for somebody else");
                    assert_eq!(info.app_id, self.world.apps[who.0].app_id, "a token acts for another app");
                }
                Err(fault) => assert!(*dead || *has_ended, "a living token is refused: {fault:?}"),
            }
        }
        for (person, expected) in PEOPLE.into_iter().zip(&self.inboxes) {
            let inbox = self.world.inbox(&person.parse().unwrap());
            let number = |key: &PersonKey| PEOPLE.iter().position(|person| *person == key.as_str()).unwrap();
            let arrived: Vec<_> =
                inbox.iter().map(|message| (message.app_id, number(&message.from))).collect();
            assert_eq!(arrived, *expected, "the inbox is not what was sent");
        }
        for who in self.user_ids.keys() {
            let is_linked = self.world.links.contains_key(&self.link(*who));
            assert_eq!(is_linked, self.linked.contains(who), "{who:?} is linked, or is not");
        }
    }

    /// The world as its state file has it.
    pub(super) fn written_down(&self) -> String {
        serde_json::to_string(&self.world).unwrap()
    }

    pub(super) fn request(&self, app: usize) -> IssueTokens {
        let app = &self.world.apps[app];
        IssueTokens {
            client_id: Some(app.rest_api_key.clone()),
            client_secret: app.client_secret.as_ref().map(|secret| secret.secret().to_owned()),
            ..IssueTokens::default()
        }
    }

    fn bearer(&self, token: usize) -> Option<(SeenToken, Credentials)> {
        let seen = self.access[place(&self.access, token)?].clone();
        let credentials = Credentials::Token(seen.token.clone());
        Some((seen, credentials))
    }

    fn admin(&self, who: Who, by_another_app: bool) -> Credentials {
        let app = &self.world.apps[(who.0 + usize::from(by_another_app)) % 2];
        Credentials::AdminKey {
            key: app.admin_key.secret().to_owned(),
            target_id_type: Some("user_id".to_owned()),
            target_id: Some(self.user_ids[&who].to_string()),
        }
    }

    fn link(&self, (app, person): Who) -> LinkKey {
        LinkKey::new(&self.world.apps[app].key, &PEOPLE[person].parse().unwrap())
    }
}

fn place<T>(seen: &[T], index: usize) -> Option<usize> {
    (!seen.is_empty()).then(|| index % seen.len())
}

fn owned(items: &BTreeSet<&'static str>) -> BTreeSet<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

/// Korea has had no summer time since 1988.
fn korean(at: Timestamp) -> jiff::Zoned {
    at.to_zoned(TimeZone::fixed(Offset::constant(9)))
}
