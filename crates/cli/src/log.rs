//! What the commands that run until they are stopped tell whoever runs them.

use std::io::IsTerminal as _;

use katok_gateway::Sentence;
use katok_gateway::config::{LogFormat, Logs};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::traces::Traces;

/// What is told when nobody chose: what went wrong.
const USUAL: &str = "warn";

/// Begins to log; `KATOK_LOG` chooses what is told: routes and codes only, never what people write.
pub(crate) fn to_stderr(logs: &Logs, traces: &Traces) {
    let filter =
        EnvFilter::try_new(logs.filter.as_deref().unwrap_or(USUAL)).unwrap_or_else(|_| EnvFilter::new(USUAL));
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = match logs.format {
        LogFormat::Json => layer.json().flatten_event(true).with_span_list(false).boxed(),
        LogFormat::Text => {
            let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            layer.with_ansi(colours).boxed()
        }
    };
    tracing_subscriber::registry().with(layer.with_filter(filter)).with(traces.layer()).init();
}

/// What is wrong with the filter, if anything.
pub(crate) fn problem(logs: &Logs) -> Option<Sentence> {
    let error = EnvFilter::try_new(logs.filter.as_deref()?).err()?;
    Some(Sentence::new(
        format!("KATOK_LOG 값을 읽을 수 없습니다({error}). 예: info 또는 warn,katok_gateway=debug"),
        format!("KATOK_LOG cannot be read ({error}). Examples: info, or warn,katok_gateway=debug"),
    ))
}
