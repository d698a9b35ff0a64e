//! The overview: what this is, where programs reach it, and who there is.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::apps::AppRow;
use super::frame::{Frame, Section, show};
use super::language::Language;
use super::people::PersonRow;
use super::words::Words;
use crate::http::host;
use crate::live::LiveWorld;
use crate::world::quota::korean_time;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    t: &'static Words,
    /// What programs put in the place of Kakao's two addresses.
    login_base: String,
    api_base: String,
    now: String,
    people: Vec<PersonRow>,
    apps: Vec<AppRow>,
}

pub(super) async fn look(
    State(live): State<Arc<LiveWorld>>,
    language: Language,
    headers: HeaderMap,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Response {
    let api_base = host::api_base(&headers, &uri);
    let overview = live.read(|world, now| Overview {
        frame: Frame::new(language, Section::Overview).saying_done(query.as_deref()),
        t: language.words(),
        login_base: api_base.replace("//kapi.", "//kauth."),
        api_base,
        now: korean_time(now).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        people: PersonRow::all(world),
        apps: AppRow::all(world),
    });
    show(&overview)
}
