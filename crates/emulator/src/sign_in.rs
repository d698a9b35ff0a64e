//! Signing in without a browser: what a test needs before it can begin.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::approval::{self, ApproveError, Decision};
use crate::http;
use crate::live::LiveWorld;
use crate::seed::App;

/// Tokens of somebody who signed in, as `/oauth/token` answers them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tokens {
    /// For calls to kapi.
    pub access_token: String,
    /// What it is: `bearer`.
    pub token_type: String,
    /// For new access tokens.
    pub refresh_token: String,
    /// Who signed in, signed; with OpenID Connect only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// Seconds that the access token is good for.
    pub expires_in: i64,
    /// What it is good for, separated by spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Seconds that the refresh token is good for.
    pub refresh_token_expires_in: i64,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// Why somebody could not be signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// There is no app of this key.
    #[error("{0} 키를 가진 앱이 없습니다. There is no app with the key {0}.")]
    NoSuchApp(String),
    /// The app has nowhere to send people back to.
    #[error(
        "{0} 앱에 리다이렉트 URI가 없습니다. seed의 redirect_uris에 적으세요. \
         The app {0} has no redirect URI: name one in the seed's redirect_uris."
    )]
    NoRedirectUri(String),
    /// The person could not agree.
    #[error(transparent)]
    NotApproved(#[from] ApproveError),
    /// Kakao gave no tokens for the code.
    #[error("토큰을 받지 못했습니다. No tokens were issued: {0}")]
    NoTokens(String),
}

/// Signs somebody in, lets them agree to all that is asked, and exchanges the code. Scripted faults stay away.
pub(crate) async fn sign_in(
    live: &Arc<LiveWorld>,
    issuer: &str,
    app: &str,
    person: &str,
    scopes: &BTreeSet<String>,
) -> Result<Tokens, SignInError> {
    let known = live.read(|world, _| world.app_named(app).cloned());
    let app = known.ok_or_else(|| SignInError::NoSuchApp(app.to_owned()))?;
    let redirect_uri =
        app.redirect_uris.first().ok_or_else(|| SignInError::NoRedirectUri(app.key.to_string()))?;
    let authorize = authorize_url(&app, redirect_uri, scopes);
    let back = approval::approve(live, &authorize, person, &Decision::Allow)?;
    let answer = back.split_once('?').map_or("", |(_, query)| query);
    let code = form_urlencoded::parse(answer.as_bytes()).find(|(name, _)| name == "code");
    let (_, code) = code.ok_or_else(|| SignInError::NoTokens(answer.to_owned()))?;
    let answer = http::ask_for_tokens(live.clone(), issuer, token_form(&app, redirect_uri, &code)).await;
    serde_json::from_slice(&answer)
        .map_err(|_| SignInError::NoTokens(String::from_utf8_lossy(&answer).into_owned()))
}

fn authorize_url(app: &App, redirect_uri: &str, scopes: &BTreeSet<String>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", &app.rest_api_key).append_pair("redirect_uri", redirect_uri);
    query.append_pair("response_type", "code");
    if !scopes.is_empty() {
        query.append_pair("scope", &scopes.iter().cloned().collect::<Vec<_>>().join(","));
    }
    format!("http://localhost/oauth/authorize?{}", query.finish())
}

fn token_form(app: &App, redirect_uri: &str, code: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code").append_pair("client_id", &app.rest_api_key);
    form.append_pair("redirect_uri", redirect_uri).append_pair("code", code);
    if let Some(secret) = &app.client_secret {
        form.append_pair("client_secret", secret.secret());
    }
    form.finish()
}
