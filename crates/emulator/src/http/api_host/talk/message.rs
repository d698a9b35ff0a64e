//! Sending messages, on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;

use super::ApiCall;
use crate::fault::ApiFault;
use crate::http::kakao_json;
use crate::http::parameters::Parameters;
use crate::live::LiveWorld;
use crate::world::app_call::AppCall;
use crate::world::message::{SendFailure, SendToFriends, SendToMe};
use crate::world::wording::{CustomWording, Scraped, Wording};

pub(super) async fn default_to_me(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let wording = by_template_object(&call.parameters);
    send_to_me(&live, call, wording)
}

pub(super) async fn scrap_to_me(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let wording = by_page(&live, &call.app_call(), &call.parameters).await;
    send_to_me(&live, call, wording)
}

pub(super) async fn custom_to_me(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let wording = Wording::Custom(by_template(&call.parameters));
    send_to_me(&live, call, wording)
}

pub(super) async fn default_to_friends(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let wording = by_template_object(&call.parameters);
    send_to_friends(&live, call, wording)
}

pub(super) async fn scrap_to_friends(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let wording = by_page(&live, &call.app_call(), &call.parameters).await;
    send_to_friends(&live, call, wording)
}

pub(super) async fn custom_to_friends(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let wording = Wording::Custom(by_template(&call.parameters));
    send_to_friends(&live, call, wording)
}

pub(super) fn by_template_object(parameters: &Parameters) -> Wording {
    Wording::Default { template_object: parameters.owned("template_object") }
}

pub(super) fn by_template(parameters: &Parameters) -> CustomWording {
    CustomWording {
        template_id: parameters.owned("template_id"),
        template_args: parameters.owned("template_args"),
    }
}

/// Looks at the page before the world is locked, and only for a call that may have it looked at.
pub(super) async fn by_page(live: &LiveWorld, call: &AppCall, parameters: &Parameters) -> Wording {
    let request_url = parameters.owned("request_url");
    let page = live.read(|world, now| world.page_to_scrape(call, request_url.as_deref(), now));
    let scraped = match page {
        Some(page) => live.scraper().page(&page).await,
        // The world refuses the call, and nobody sees this.
        None => Scraped::Unreadable,
    };
    Wording::Scrap { request_url, template: by_template(parameters), scraped }
}

fn send_to_me(live: &LiveWorld, call: ApiCall, wording: Wording) -> Result<Response, ApiFault> {
    let ApiCall { credentials, json_body, .. } = call;
    live.apply(SendToMe { credentials, wording }).map_err(|fault| heard(fault, json_body))?;
    Ok(kakao_json(200, &json!({ "result_code": 0 })))
}

/// Kakao looks for parameters in a form; it tells a JSON body from a parameter that is not there.
fn heard(fault: ApiFault, json_body: bool) -> ApiFault {
    let required = ["receiver_uuids", "template_object", "request_url", "template_id"];
    let unheard = required.iter().find(|name| json_body && fault == ApiFault::missing(name));
    unheard.map_or(fault, |name| ApiFault::unparsable(name))
}

#[derive(Serialize)]
struct SentAnswer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    successful_receiver_uuids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failure_info: Vec<FailureInfo>,
}

#[derive(Serialize)]
struct FailureInfo {
    code: i32,
    msg: String,
    receiver_uuids: Vec<String>,
}

impl From<SendFailure> for FailureInfo {
    fn from(SendFailure { fault, receiver_uuids }: SendFailure) -> Self {
        Self { code: fault.code(), msg: fault.text(), receiver_uuids }
    }
}

fn send_to_friends(live: &LiveWorld, call: ApiCall, wording: Wording) -> Result<Response, ApiFault> {
    let ApiCall { credentials, parameters, json_body, .. } = call;
    let receiver_uuids = parameters.owned("receiver_uuids");
    let sent = live.apply(SendToFriends { credentials, receiver_uuids, wording });
    let sent = sent.map_err(|fault| heard(fault, json_body))?;
    let answer = SentAnswer {
        successful_receiver_uuids: sent.successful_receiver_uuids,
        failure_info: sent.failures.into_iter().map(FailureInfo::from).collect(),
    };
    Ok(kakao_json(200, &answer))
}
