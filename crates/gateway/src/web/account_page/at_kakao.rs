//! What Kakao says of the person on their account page: profile, consents, and how long the login lasts.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Redirect;
use jiff::Timestamp;
use katok_client::{ConsentItem, ListScopes, Me, Profile, RevokeScopes, Scope};

use crate::account;
use crate::app::App;
use crate::sentence::Sentence;
use crate::store::AccountId;
use crate::web::refusal::Refusal;
use crate::web::signed_in::Acting;

/// As far as Kakao answered.
#[derive(Default)]
pub(super) struct AtKakao {
    pub(super) profile: Option<Profile>,
    pub(super) consents: Vec<ConsentItem>,
    pub(super) login: Option<Login>,
    pub(super) trouble: Option<Trouble>,
}

/// Until when the gateway may act for the person.
pub(super) struct Login {
    pub(super) access_token_until: Timestamp,
    pub(super) refresh_token_until: Timestamp,
    pub(super) issued_at: Option<Timestamp>,
}

/// Why Kakao did not answer, and what to do.
pub(super) struct Trouble {
    pub(super) sentence: Sentence,
    pub(super) asks_to_sign_in: bool,
}

impl AtKakao {
    /// Asks Kakao; the rest of the page is there without it.
    pub(super) async fn read(app: &App, account: &AccountId) -> Self {
        let all = ListScopes::all();
        let (me, scopes) = tokio::join!(
            account::call_with_tokens(app, account, &Me),
            account::call_with_tokens(app, account, &all),
        );
        let mut read = Self::default();
        match scopes {
            Ok(((scopes, _), _)) => read.consents = scopes.scopes,
            Err(error) => read.trouble = Some(Trouble::of(error.into())),
        }
        match me {
            Ok(((profile, _), tokens)) => {
                read.profile = Some(profile);
                read.login = Some(Login {
                    access_token_until: tokens.access_token_expires_at,
                    refresh_token_until: tokens.refresh_token_expires_at,
                    issued_at: tokens.issue_log.newest(),
                });
            }
            Err(error) => read.trouble = Some(Trouble::of(error.into())),
        }
        read
    }

    pub(super) fn picture(&self) -> Option<&str> {
        let profile = self.profile.as_ref()?.kakao_account.as_ref()?.profile.as_ref()?;
        profile.thumbnail_image_url.as_deref().filter(|_| profile.is_default_image != Some(true))
    }

    pub(super) fn email(&self) -> Option<&str> {
        self.profile.as_ref()?.kakao_account.as_ref()?.email.as_deref()
    }
}

impl Trouble {
    fn of(refusal: Refusal) -> Self {
        Self { asks_to_sign_in: refusal.action() == Some("sign_in"), sentence: refusal.sentence }
    }
}

/// `POST /account/consents/{scope}/withdraw`
pub(super) async fn withdraw(
    State(app): State<Arc<App>>,
    Acting(session): Acting,
    Path(scope): Path<String>,
) -> Result<Redirect, Refusal> {
    account::call(&app, &session.account, &RevokeScopes::new([Scope::new(scope)])).await?;
    Ok(Redirect::to("/account#consents"))
}
