//! Scripting faults, over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Body, ControlFault, Named, read};
use crate::live::LiveWorld;
use crate::scenario::{Fault, FaultError, ScriptedFault};

impl From<FaultError> for ControlFault {
    fn from(error: FaultError) -> Self {
        Self::bad_request("bad_fault", error.to_string())
    }
}

pub(super) async fn add(
    State(live): State<Arc<LiveWorld>>,
    Body(body): Body,
) -> Result<Json<ScriptedFault>, ControlFault> {
    let fault: Fault = read(&body)?;
    Ok(Json(live.add_fault(fault)?))
}

pub(super) async fn list(State(live): State<Arc<LiveWorld>>) -> Json<Vec<ScriptedFault>> {
    Json(live.scenario(|scenario| scenario.list()))
}

pub(super) async fn clear(State(live): State<Arc<LiveWorld>>) -> Json<Value> {
    let removed = live.scenario(crate::scenario::Scenario::clear);
    Json(json!({ "removed": removed }))
}

pub(super) async fn remove(
    State(live): State<Arc<LiveWorld>>,
    Named(id): Named<u64>,
) -> Result<Json<Value>, ControlFault> {
    if live.scenario(|scenario| scenario.remove(id)) {
        return Ok(Json(json!({ "removed": 1 })));
    }
    let description = format!(
        "{id}번 장애가 없습니다. GET /_emulator/v1/faults로 확인하세요. \
         There is no fault {id}: look at GET /_emulator/v1/faults."
    );
    Err(ControlFault {
        status: StatusCode::NOT_FOUND,
        ..ControlFault::bad_request("no_such_fault", description)
    })
}
