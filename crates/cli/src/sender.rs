//! By which way messages go: by one's own tokens, or through a gateway.

pub(crate) mod addressees;
mod direct;
pub(crate) mod send_at;
mod through_gateway;

use std::time::Duration;

use indicatif::ProgressBar;
use jiff::Timestamp;
use katok_client::Receivers;
use katok_gateway::Sentence;
use serde_json::Value;

use crate::draft::Draft;
use crate::failure::{Exit, Failure};
use crate::gateway_api::GatewayApi;
use crate::kakao::Kakao;
use crate::output::Output;
use crate::sender::addressees::Addressees;

/// A way to send.
pub(crate) enum Sender {
    Direct(Box<Kakao>),
    Gateway(GatewayApi),
}

/// How a message is to be sent, whatever it says.
pub(crate) struct Order<'a> {
    pub(crate) to: &'a Addressees,
    /// Only a gateway can wait until then.
    pub(crate) send_at: Option<Timestamp>,
    /// How long to wait until the gateway has sent it; directly one always hears.
    pub(crate) wait: Option<Duration>,
    pub(crate) progress: &'a ProgressBar,
}

/// What became of a message of which somebody has taken notice.
pub(crate) struct Outcome {
    /// For programs.
    pub(crate) answer: Value,
    /// For people.
    pub(crate) lines: String,
    pub(crate) exit: Exit,
    /// Why it did not go well, where that is more than the lines say.
    pub(crate) failure: Option<Failure>,
    /// What will not be seen as it was meant.
    pub(crate) warnings: Vec<Sentence>,
}

/// Nothing more was begun because of a signal.
pub(crate) fn stopped() -> Failure {
    Failure::new(
        Exit::Refused,
        "멈추라는 신호를 받아 나머지는 보내지 않았습니다.",
        "A signal came, so the rest was not sent.",
    )
}

impl Sender {
    /// Finds those who were named.
    pub(crate) async fn addressees(&self, names: &[String]) -> Result<Addressees, Failure> {
        if names.is_empty() {
            return Ok(Addressees::default());
        }
        match self {
            Self::Direct(kakao) => Addressees::among(&kakao.friends().await?, names),
            Self::Gateway(gateway) => through_gateway::addressees(gateway, names).await,
        }
    }

    /// Whether somebody has asked to stop.
    pub(crate) fn is_to_stop(&self) -> bool {
        matches!(self, Self::Direct(kakao) if kakao.is_to_stop())
    }

    /// How many calls a message to these makes.
    pub(crate) fn calls(&self, to: &Addressees) -> usize {
        match self {
            Self::Direct(_) => to.uuids().len().div_ceil(Receivers::MAX).max(1),
            Self::Gateway(_) => 1,
        }
    }

    /// Sends one message. An error means that nobody has it, unless its exit status says that this is not known.
    pub(crate) async fn send(
        &self,
        draft: &mut Draft,
        order: &Order<'_>,
        output: Output,
    ) -> Result<Outcome, Failure> {
        match self {
            Self::Direct(kakao) => direct::send(kakao, draft, order, output).await,
            Self::Gateway(gateway) => through_gateway::send(gateway, draft, order, output).await,
        }
    }
}
