//! The living tokens: whose they are, for which app, and how long they have left.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::SignedDuration;
use serde::Deserialize;

use super::form::Filled;
use super::frame::{Frame, Section, done, missing, show};
use super::language::Language;
use super::words::Words;
use crate::live::LiveWorld;
use crate::seed::{AppKey, PersonKey};
use crate::world::living_token::{LivingToken, ShortenToken, TokenKind};
use crate::world::quota::korean_time;

/// How many tokens a page shows; a load test leaves thousands behind.
const SHOWN: usize = 200;

/// A refresh token with less than a month left is replaced at its next use; this is a day less.
const NEARLY_SPENT: SignedDuration = SignedDuration::from_hours(29 * 24);

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    frame: Frame,
    t: &'static Words,
    asked: Asked,
    people: Vec<(PersonKey, String)>,
    apps: Vec<AppKey>,
    tokens: Vec<TokenRow>,
    /// How many more there are.
    left_out: usize,
}

/// Which tokens to show; empty means all.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    person: String,
    app: String,
    done: Option<String>,
}

/// A token as the page shows it.
pub(super) struct TokenRow {
    /// Names it in forms.
    digest: String,
    pub(super) is_access: bool,
    short: String,
    person: PersonKey,
    nickname: String,
    app: AppKey,
    scopes: String,
    remaining: String,
    expires_at: String,
    /// A refresh token that will be replaced when it is used.
    is_nearly_spent: bool,
}

pub(super) async fn list(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    Query(asked): Query<Asked>,
) -> Response {
    let fits = |token: &LivingToken| {
        (asked.person.is_empty() || token.person.as_str() == asked.person)
            && (asked.app.is_empty() || token.app.as_str() == asked.app)
    };
    let page = live.read(|world, now| {
        let tokens: Vec<LivingToken> = world.living_tokens(now).into_iter().filter(fits).collect();
        let row = |token: &LivingToken| TokenRow {
            digest: token.digest.base64url(),
            is_access: token.kind == TokenKind::Access,
            short: token.digest.hex()[..8].to_owned(),
            nickname: world
                .person(token.person.as_str())
                .map(|person| person.nickname.clone())
                .unwrap_or_default(),
            person: token.person.clone(),
            app: token.app.clone(),
            scopes: token.scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" "),
            remaining: language.duration(token.expires_at.duration_since(now)),
            expires_at: korean_time(token.expires_at).strftime("%Y-%m-%d %H:%M").to_string(),
            is_nearly_spent: token.expires_at.duration_since(now) <= NEARLY_SPENT,
        };
        TokensPage {
            frame: Frame::new(language, Section::Tokens).saying_done(asked.done.is_some().then_some("done")),
            t: language.words(),
            people: world.people().iter().map(|p| (p.key.clone(), p.nickname.clone())).collect(),
            apps: world.apps().iter().map(|app| app.key.clone()).collect(),
            left_out: tokens.len().saturating_sub(SHOWN),
            tokens: tokens.iter().take(SHOWN).map(row).collect(),
            asked: asked.clone(),
        }
    });
    show(&page)
}

pub(super) async fn shorten(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    filled: Filled,
) -> Response {
    let remaining = match filled.text("action") {
        "expire" => SignedDuration::ZERO,
        "age" => NEARLY_SPENT,
        _ => return missing(language),
    };
    let Ok(digest) = filled.text("token").to_owned().try_into() else { return missing(language) };
    match live.apply(ShortenToken { digest, remaining }) {
        Ok(()) => done("/_emulator/tokens"),
        Err(_) => missing(language),
    }
}
