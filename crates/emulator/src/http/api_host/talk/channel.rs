//! KakaoTalk channels on the wire.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;

use super::ApiCall;
use crate::fault::ApiFault;
use crate::http::kakao_json;
use crate::http::parameters::Parameters;
use crate::live::LiveWorld;
use crate::seed::ChannelRelation;
use crate::world::channel::{ChosenChannels, ListChannels, ListChannelsOfPeople, Relation, Relations};

#[derive(Serialize)]
struct RelationsAnswer {
    user_id: i64,
    channels: Vec<RelationAnswer>,
}

#[derive(Serialize)]
struct RelationAnswer {
    channel_uuid: String,
    channel_public_id: String,
    relation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<String>,
}

impl From<Relations> for RelationsAnswer {
    fn from(Relations { user_id, channels }: Relations) -> Self {
        Self { user_id, channels: channels.into_iter().map(RelationAnswer::from).collect() }
    }
}

impl From<Relation> for RelationAnswer {
    fn from(Relation { channel, made }: Relation) -> Self {
        let relation = match made {
            Some((ChannelRelation::Added, _)) => "ADDED",
            Some((ChannelRelation::Blocked, _)) => "BLOCKED",
            None => "NONE",
        };
        let to_the_second = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Self {
            channel_uuid: channel.uuid,
            channel_public_id: channel.public_id,
            relation,
            updated_at: made.map(|(_, at)| to_the_second(at)),
        }
    }
}

pub(super) async fn all(State(live): State<Arc<LiveWorld>>, call: ApiCall) -> Result<Response, ApiFault> {
    let channels = chosen(&call.parameters, "channel_ids");
    let relations = live.apply(ListChannels { credentials: call.credentials, channels })?;
    Ok(kakao_json(200, &RelationsAnswer::from(relations)))
}

/// The older call, which leaves out the channels that the user never added or blocked.
pub(super) async fn added_or_blocked(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let channels = chosen(&call.parameters, "channel_public_ids");
    let mut relations = live.apply(ListChannels { credentials: call.credentials, channels })?;
    relations.channels.retain(|relation| relation.made.is_some());
    Ok(kakao_json(200, &RelationsAnswer::from(relations)))
}

pub(super) async fn of_several_people(
    State(live): State<Arc<LiveWorld>>,
    call: ApiCall,
) -> Result<Response, ApiFault> {
    let ApiCall { credentials, parameters, .. } = call;
    let relations = live.apply(ListChannelsOfPeople {
        credentials,
        target_ids: parameters.owned("target_ids"),
        channels: chosen(&parameters, "channel_ids"),
    })?;
    let answer: Vec<RelationsAnswer> = relations.into_iter().map(RelationsAnswer::from).collect();
    Ok(kakao_json(200, &answer))
}

fn chosen(parameters: &Parameters, ids: &str) -> ChosenChannels {
    ChosenChannels { ids: parameters.owned(ids), id_type: parameters.owned("channel_id_type") }
}
