//! `POST /compose/preview`: how a phone shows what has been typed so far, and what is to be said about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRef, FromRequestParts, State};
use axum::http::request::Parts;
use serde::Serialize;

use super::{Fields, read};
use crate::app::App;
use crate::compose::{Composition, Note};
use crate::session::Access;
use crate::web::language::Reader;
use crate::web::refusal::Refusal;
use crate::web::signed_in::Visitor;
use crate::web::site::{self, Verdict};

use super::view::Seen;

/// Somebody signed in who types on our own page: what they ask for by that does not count towards their pace.
pub(super) struct Typing;

impl<S> FromRequestParts<S> for Typing
where
    Arc<App>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        if site::judge(&parts.method, &parts.headers) != Verdict::Ours {
            return Err(Refusal::cross_site());
        }
        match Visitor::from_request_parts(parts, state).await?.0 {
            Access::Write(_) => Ok(Self),
            Access::Read(_) => Err(Refusal::cross_site()),
            Access::Anonymous => Err(Refusal::not_signed_in()),
        }
    }
}

/// What the page shows anew after a keystroke.
#[derive(Serialize)]
pub(super) struct Preview {
    bubble: String,
    /// By the path of the field.
    fields: BTreeMap<String, Vec<Note>>,
    whole: Vec<Note>,
    /// By the word for the language.
    code: BTreeMap<&'static str, String>,
    variables: Vec<String>,
}

/// `POST /compose/preview`: asks neither Kakao nor the database, but for the session.
pub(super) async fn preview(
    State(app): State<Arc<App>>,
    Reader(language): Reader,
    _: Typing,
    form: Fields,
) -> Result<Json<Preview>, Refusal> {
    let seen = Seen::of(&app, &Composition::of_form(&read(form)?), language);
    Ok(Json(Preview {
        bubble: seen.bubble,
        fields: seen.notes.fields,
        whole: seen.notes.whole,
        code: seen.samples.into_iter().map(|sample| (sample.word, sample.code)).collect(),
        variables: seen.variables,
    }))
}
