//! KakaoTalk Share's look at a template, on the wire.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{ApiCall, message};
use crate::fault::ApiFault;
use crate::http::kakao_json;
use crate::live::LiveWorld;
use crate::world::chat::MessageKind;
use crate::world::share::{Shareable, ValidateShare};
use crate::world::wording::Wording;

/// What stands for the templates that Kakao has for template objects and pages; its own numbers are not known.
const KAKAOS_TEMPLATES: [&str; 6] = ["feed", "list", "location", "commerce", "text", "calendar"];

#[derive(Serialize)]
struct ShareAnswer {
    template_id: i64,
    template_args: BTreeMap<String, String>,
    template_msg: Value,
    warning_msg: Map<String, Value>,
    argument_msg: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme_params: Option<Value>,
}

pub(super) async fn default(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let wording = message::by_template_object(&call.parameters);
    validate(&live, &call, wording)
}

pub(super) async fn custom(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let wording = Wording::Custom(message::by_template(&call.parameters));
    validate(&live, &call, wording)
}

pub(super) async fn scrap(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let wording = message::by_page(&live, &call.app_call(), &call.parameters).await;
    validate(&live, &call, wording)
}

fn validate(live: &LiveWorld, call: &ApiCall, wording: Wording) -> Result<Response, ApiFault> {
    let shareable = live.apply(ValidateShare { call: call.app_call(), wording })?;
    let Shareable { app_name, kind, template_object, warnings, missing } = shareable;
    let shape = template_object["object_type"].as_str().unwrap_or_default();
    let kakaos = KAKAOS_TEMPLATES.iter().zip(1..).find(|(name, _)| **name == shape);
    let kakaos = kakaos.map_or(0, |(_, number)| number);
    let (template_id, template_args) = match kind {
        MessageKind::Default => (kakaos, BTreeMap::new()),
        MessageKind::Scrap { template_id, template_args, .. } => {
            (template_id.unwrap_or(kakaos), template_args)
        }
        MessageKind::Custom { template_id, template_args } => (template_id, template_args),
    };
    let argument_msg =
        missing.into_iter().map(|name| (name, "값이 없습니다. There is no value.".into())).collect();
    let scheme_params = match call.parameters.get("scheme_params") {
        Some(text) => Some(serde_json::from_str(text).map_err(|_| ApiFault::unparsable("scheme_params"))?),
        None => None,
    };
    let answer = ShareAnswer {
        template_id,
        template_args,
        template_msg: json!({ "P": { "TP": shape, "SNM": app_name }, "C": template_object }),
        warning_msg: warnings
            .into_iter()
            .map(|warning| (warning.place.clone(), warning.text().into()))
            .collect(),
        argument_msg,
        scheme_params,
    };
    Ok(kakao_json(200, &answer))
}
