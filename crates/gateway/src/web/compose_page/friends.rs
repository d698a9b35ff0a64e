//! The friends one can choose from: favourites first, a page of Kakao's list at a time.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use katok_bubble::Language;
use katok_client::ListFriends;
use serde::Deserialize;

use crate::account;
use crate::app::App;
use crate::compose::Composition;
use crate::sentence::Sentence;
use crate::store::AccountId;
use crate::web::language::Reader;
use crate::web::pages::render;
use crate::web::refusal::Refusal;
use crate::web::signed_in::SignedIn;

/// As many pages as are read for one look at the list: Kakao is asked for each.
const MOST_PAGES: u32 = 20;

/// The part of the list of friends that is shown.
#[derive(Template)]
#[template(path = "compose_friends.html")]
pub(super) struct Shown {
    friends: Vec<Friend>,
    pages: u32,
    there_are_more: bool,
    trouble: Option<Trouble>,
    language: Language,
}

struct Friend {
    uuid: String,
    name: String,
    picture: Option<String>,
    is_favorite: bool,
    is_chosen: bool,
}

/// Why the list cannot be shown, and the way to where that can be mended.
struct Trouble {
    sentence: String,
    remedy: Option<(String, &'static str)>,
}

impl Shown {
    fn say<'a>(&self, korean: &'a str, english: &'a str) -> &'a str {
        self.language.choose(korean, english)
    }

    /// Adds a page of the list, and says whether another may follow.
    async fn read_page(&mut self, app: &App, account: &AccountId, chosen: &[String]) -> Result<(), Refusal> {
        let list = ListFriends::new().offset(self.pages * ListFriends::MAX_LIMIT);
        let ((page, _), _) = account::call_with_tokens(app, account, &list).await?;
        let nameless = self.say("(이름 없음)", "(no name)").to_owned();
        self.friends.extend(page.elements.into_iter().map(|friend| Friend {
            name: friend.profile_nickname.filter(|name| !name.is_empty()).unwrap_or_else(|| nameless.clone()),
            picture: friend.profile_thumbnail_image.filter(|address| !address.is_empty()),
            is_favorite: friend.favorite == Some(true),
            is_chosen: chosen.iter().any(|uuid| uuid == friend.uuid.as_str()),
            uuid: friend.uuid.as_str().to_owned(),
        }));
        self.pages += 1;
        self.there_are_more = page.after_url.is_some() && self.pages < MOST_PAGES;
        Ok(())
    }

    /// Whether somebody stands in this part of the list.
    pub(super) fn lists(&self, uuid: &str) -> bool {
        self.friends.iter().any(|friend| friend.uuid == uuid)
    }

    fn is_empty(&self) -> bool {
        self.friends.is_empty() && self.trouble.is_none()
    }
}

impl Trouble {
    fn of(refusal: &Refusal, language: Language) -> Self {
        let Sentence { ko, en } = &refusal.sentence;
        let href = refusal.body.get("remedy").and_then(|remedy| remedy.get("href")?.as_str());
        let label = match refusal.action() {
            Some("ask_consent") => language.choose("동의하기", "Agree at Kakao"),
            _ => language.choose("다시 로그인", "Sign in again"),
        };
        let back = |href: &str| {
            let joint = if href.contains('?') { '&' } else { '?' };
            (format!("{href}{joint}next=/"), label)
        };
        Self { sentence: language.choose(ko, en).clone(), remedy: href.map(back) }
    }
}

/// The pages of the list that somebody has asked for so far.
pub(super) async fn shown(
    app: &App,
    account: &AccountId,
    composition: &Composition,
    language: Language,
) -> Option<Shown> {
    let mut shown = Shown { friends: Vec::new(), pages: 0, there_are_more: true, trouble: None, language };
    if !composition.to_friends {
        return None;
    }
    while shown.there_are_more && shown.pages < composition.friend_pages.max(1) {
        if let Err(refusal) = shown.read_page(app, account, &composition.friends).await {
            shown.trouble = Some(Trouble::of(&refusal, language));
            break;
        }
    }
    Some(shown)
}

#[derive(Default, Deserialize)]
pub(super) struct Part {
    #[serde(default)]
    page: u32,
}

/// `GET /compose/friends?page=`: one page of the list, as a piece of the page.
pub(super) async fn more(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
    SignedIn(session): SignedIn,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(Part { page }) = part.unwrap_or_default();
    let pages = page.min(MOST_PAGES);
    let mut shown = Shown { friends: Vec::new(), pages, there_are_more: false, trouble: None, language };
    if let Err(refusal) = shown.read_page(&app, &session.account, &[]).await {
        shown.trouble = Some(Trouble::of(&refusal, language));
    }
    Ok(render(&shown))
}
