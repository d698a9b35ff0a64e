//! `/oauth/token`: answers in JSON, whatever happens.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::fault::LoginFault;
use crate::http::parameters::{Parameters, UnreadableBody};
use crate::http::{host, kakao_json};
use crate::jws;
use crate::live::LiveWorld;
use crate::world::client::Platform;
use crate::world::id_token::Claims;
use crate::world::token::IssueTokens;

/// In the order in which Kakao's answers have them.
#[derive(Serialize)]
struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token_expires_in: Option<i64>,
}

#[derive(Serialize)]
struct Refusal {
    error: &'static str,
    error_description: String,
    error_code: &'static str,
}

/// A refusal of kauth as a client sees it that is no browser.
pub(super) struct TokenRefused(LoginFault);

impl From<LoginFault> for TokenRefused {
    fn from(fault: LoginFault) -> Self {
        Self(fault)
    }
}

impl IntoResponse for TokenRefused {
    fn into_response(self) -> Response {
        let Self(fault) = self;
        let body = Refusal {
            error: fault.error(),
            error_description: fault.description(),
            error_code: fault.code(),
        };
        kakao_json(fault.status(), &body)
    }
}

/// The claims of an ID token, complete.
#[derive(Serialize)]
struct SignedClaims<'a> {
    iss: &'a str,
    #[serde(flatten)]
    claims: &'a Claims,
}

/// Takes GET and parameters in the query as well: both have been seen to work at Kakao.
pub(super) async fn issue(
    State(live): State<Arc<LiveWorld>>,
    request: Request,
) -> Result<Response, TokenRefused> {
    let issuer = host::login_base(request.headers(), request.uri());
    let parameters = Parameters::read(request, &live).await;
    let parameters = parameters.map_err(|UnreadableBody| LoginFault::MalformedRequest)?;
    let tokens = live.apply(asked_for(&parameters))?;
    let (refresh_token, refresh_token_expires_in) =
        tokens.refresh.map(|refresh| (refresh.refresh_token, refresh.expires_in)).unzip();
    let scopes = tokens.scopes.filter(|scopes| !scopes.is_empty());
    let id_token = tokens
        .id_token
        .map(|token| jws::sign(token.turn, "JWT", &SignedClaims { iss: &issuer, claims: &token.claims }));
    Ok(kakao_json(
        200,
        &TokenAnswer {
            access_token: tokens.access_token,
            token_type: "bearer",
            refresh_token,
            id_token,
            expires_in: tokens.expires_in,
            scope: scopes.map(|scopes| scopes.into_iter().collect::<Vec<_>>().join(" ")),
            refresh_token_expires_in,
        },
    ))
}

fn asked_for(parameters: &Parameters) -> IssueTokens {
    IssueTokens {
        client_id: parameters.owned("client_id"),
        client_secret: parameters.owned("client_secret"),
        platform: Platform {
            android_key_hash: parameters.owned("android_key_hash"),
            ios_bundle_id: parameters.owned("ios_bundle_id"),
            client_origin: parameters.owned("client_origin"),
        },
        grant_type: parameters.owned("grant_type"),
        code: parameters.owned("code"),
        redirect_uri: parameters.owned("redirect_uri"),
        code_verifier: parameters.owned("code_verifier"),
        refresh_token: parameters.owned("refresh_token"),
    }
}
