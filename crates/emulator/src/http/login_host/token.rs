//! `/oauth/token`: answers in JSON, whatever happens.

use std::sync::Arc;

use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::fault::LoginFault;
use crate::http::kakao_json;
use crate::http::parameters::{Parameters, UnreadableBody};
use crate::live::LiveWorld;
use crate::world::token::IssueTokens;

/// In the order in which Kakao's answers have them.
#[derive(Serialize)]
struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
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
pub(crate) struct TokenRefused(LoginFault);

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

impl FromRequest<Arc<LiveWorld>> for IssueTokens {
    type Rejection = TokenRefused;

    async fn from_request(request: Request, live: &Arc<LiveWorld>) -> Result<Self, TokenRefused> {
        let parameters = Parameters::read(request, live).await;
        let parameters = parameters.map_err(|UnreadableBody| LoginFault::MalformedRequest)?;
        Ok(Self {
            client_id: parameters.owned("client_id"),
            client_secret: parameters.owned("client_secret"),
            grant_type: parameters.owned("grant_type"),
            code: parameters.owned("code"),
            redirect_uri: parameters.owned("redirect_uri"),
            code_verifier: parameters.owned("code_verifier"),
            refresh_token: parameters.owned("refresh_token"),
        })
    }
}

/// Takes GET and parameters in the query as well: both have been seen to work at Kakao.
pub(super) async fn issue(
    State(live): State<Arc<LiveWorld>>,
    request: IssueTokens,
) -> Result<Response, TokenRefused> {
    let issued = live.apply(request)?;
    let (refresh_token, refresh_token_expires_in) =
        issued.refresh.map(|refresh| (refresh.refresh_token, refresh.expires_in)).unzip();
    let scopes = issued.scopes.filter(|scopes| !scopes.is_empty());
    Ok(kakao_json(
        200,
        &TokenAnswer {
            access_token: issued.access_token,
            token_type: "bearer",
            refresh_token,
            expires_in: issued.expires_in,
            scope: scopes.map(|scopes| scopes.into_iter().collect::<Vec<_>>().join(" ")),
            refresh_token_expires_in,
        },
    ))
}
