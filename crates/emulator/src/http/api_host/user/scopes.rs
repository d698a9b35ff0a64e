//! What a user has agreed to, on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::fault::ApiFault;
use crate::http::api_host::ApiCall;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::world::scopes::{Consent, ListScopes, RevokeScopes, Scope, ScopeKind, UserScopes};

#[derive(Serialize)]
struct ScopesAnswer {
    id: i64,
    scopes: Vec<ScopeAnswer>,
}

#[derive(Serialize)]
struct ScopeAnswer {
    id: String,
    display_name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    using: bool,
    agreed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocable: Option<bool>,
}

impl From<UserScopes> for ScopesAnswer {
    fn from(UserScopes { user_id, scopes }: UserScopes) -> Self {
        Self { id: user_id, scopes: scopes.into_iter().map(ScopeAnswer::from).collect() }
    }
}

impl From<Scope> for ScopeAnswer {
    fn from(scope: Scope) -> Self {
        let revocable = match scope.consent {
            Consent::NotGiven => None,
            Consent::Given { revocable } => Some(revocable),
        };
        Self {
            id: scope.id,
            display_name: scope.display_name,
            kind: match scope.kind {
                ScopeKind::Privacy => "PRIVACY",
                ScopeKind::Service => "SERVICE",
            },
            using: scope.using,
            agreed: revocable.is_some(),
            revocable,
        }
    }
}

pub(super) async fn list(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let scopes = call.parameters.owned("scopes");
    let listed = live.apply(ListScopes { credentials: call.credentials, scopes })?;
    Ok(kakao_json(200, &ScopesAnswer::from(listed)))
}

pub(super) async fn revoke(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let scopes = call.parameters.owned("scopes");
    let left = live.apply(RevokeScopes { credentials: call.credentials, scopes })?;
    Ok(kakao_json(200, &ScopesAnswer::from(left)))
}
