//! API keys on the account page: made, shown once, revoked.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{Shown, page};
use crate::api_key::{self, KeyScope, KeyWish, NotMade};
use crate::app::App;
use crate::sentence::Sentence;
use crate::store::ApiKeyId;
use crate::web::language::Reader;
use crate::web::refusal::Refusal;
use crate::web::signed_in::Acting;

/// A key as the form asks for it: a box a scope, days in place of a date.
#[derive(Clone, Deserialize)]
pub(super) struct KeyForm {
    pub(super) name: String,
    pub(super) send_me: Option<String>,
    pub(super) send_friends: Option<String>,
    pub(super) read: Option<String>,
    pub(super) days: String,
    pub(super) daily_cap: String,
}

impl Default for KeyForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            send_me: Some("on".to_owned()),
            send_friends: None,
            read: None,
            days: "90".to_owned(),
            daily_cap: String::new(),
        }
    }
}

impl KeyForm {
    fn wish(self, now: Timestamp) -> Result<KeyWish, Sentence> {
        let boxes = [
            (self.send_me, KeyScope::SendMe),
            (self.send_friends, KeyScope::SendFriends),
            (self.read, KeyScope::Read),
        ];
        let number = |text: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse::<i64>().map(Some).map_err(|_| {
                Sentence::new("하루 한도와 만료는 수로 적으세요.", "Give cap and expiry as numbers.")
            }),
        };
        let days = number(&self.days)?.map(|days| SignedDuration::from_hours(days.clamp(0, 3650) * 24));
        Ok(KeyWish {
            name: self.name,
            scopes: boxes.into_iter().filter_map(|(ticked, scope)| ticked.and(Some(scope))).collect(),
            expires_at: days.map(|days| now + days),
            daily_cap: number(&self.daily_cap)?,
        })
    }
}

/// `POST /account/keys`: answers with the page that shows the key, this once.
pub(super) async fn make_key(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    reader: Reader,
    form: Result<Form<KeyForm>, FormRejection>,
) -> Result<Response, Refusal> {
    let Form(form) = form.map_err(|error| Refusal::unreadable_form(error.status()))?;
    let made = match form.clone().wish(app.clock.now()) {
        Ok(wish) => api_key::make(&app, &session.account, wish).await,
        Err(wrong) => Err(NotMade::Malformed(wrong)),
    };
    match made {
        Ok((key, _)) => {
            let shown = Shown { made: Some(key.as_str().to_owned()), ..Shown::default() };
            page(&app, reader, session, shown).await
        }
        Err(NotMade::Malformed(wrong)) => {
            let page = page(&app, reader, session, Shown { made: None, wrong: Some(wrong), form }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/keys/{id}/revoke`
pub(super) async fn revoke_key(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(id): Path<String>,
) -> Result<Redirect, Refusal> {
    let id = ApiKeyId::presented(&id).ok_or_else(Refusal::not_found)?;
    api_key::revoke(&app, &session.account, &id).await?;
    Ok(Redirect::to("/account#keys"))
}
