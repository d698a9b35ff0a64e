//! Service terms on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::datetime;
use crate::fault::ApiFault;
use crate::http::api_host::ApiCall;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::world::link::AgreedBy;
use crate::world::service_terms::{
    ListServiceTerms, RevokeServiceTerms, Terms, UpgradeServiceTerms, UserServiceTerms,
};

#[derive(Serialize)]
struct ListAnswer {
    id: i64,
    service_terms: Vec<TermsAnswer>,
}

#[derive(Serialize)]
struct RevokedAnswer {
    id: i64,
    revoked_service_terms: Vec<TermsAnswer>,
}

#[derive(Serialize)]
struct AgreedAnswer {
    id: i64,
    agreed_service_terms: Vec<TermsAnswer>,
}

#[derive(Serialize)]
struct TermsAnswer {
    tag: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<bool>,
    agreed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agreed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agreed_by: Option<&'static str>,
}

impl TermsAnswer {
    /// As the list has them.
    fn whole(terms: Terms) -> Self {
        let required = terms.required;
        Self { required: Some(required), revocable: Some(!required), ..Self::changed(terms) }
    }

    /// As they stand in the answer of a call that just changed them.
    fn changed(Terms { tag, agreed, .. }: Terms) -> Self {
        Self {
            tag,
            required: None,
            agreed: agreed.is_some(),
            revocable: None,
            agreed_at: agreed.map(|(at, _)| datetime(at)),
            agreed_by: agreed.map(|(_, by)| match by {
                AgreedBy::Kauth => "KAUTH",
                AgreedBy::Kapi => "KAPI",
            }),
        }
    }
}

pub(super) async fn list(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let ApiCall { credentials, parameters, .. } = call;
    let (result, tags) = (parameters.owned("result"), parameters.owned("tags"));
    let UserServiceTerms { user_id: id, terms } =
        live.apply(ListServiceTerms { credentials, result, tags })?;
    let service_terms = terms.into_iter().map(TermsAnswer::whole).collect();
    Ok(kakao_json(200, &ListAnswer { id, service_terms }))
}

pub(super) async fn revoke(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let tags = call.parameters.owned("tags");
    let UserServiceTerms { user_id: id, terms } =
        live.apply(RevokeServiceTerms { credentials: call.credentials, tags })?;
    let revoked_service_terms = terms.into_iter().map(TermsAnswer::changed).collect();
    Ok(kakao_json(200, &RevokedAnswer { id, revoked_service_terms }))
}

pub(super) async fn upgrade(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let tags = call.parameters.owned("tags");
    let UserServiceTerms { user_id: id, terms } =
        live.apply(UpgradeServiceTerms { credentials: call.credentials, tags })?;
    let agreed_service_terms = terms.into_iter().map(TermsAnswer::changed).collect();
    Ok(kakao_json(200, &AgreedAnswer { id, agreed_service_terms }))
}
