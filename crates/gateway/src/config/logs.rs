//! What is logged, and how a line looks.

use super::{Environment, SettingsFile, set};
use crate::sentence::Sentence;

/// `KATOK_LOG` and `KATOK_LOG_FORMAT`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logs {
    /// What is told, in the words of `tracing`; `None` is only what went wrong.
    pub filter: Option<String>,
    /// For people or for programs.
    pub format: LogFormat,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Logs {
    /// Reads both from environment and file.
    pub fn read(env: Environment<'_>, file: &SettingsFile, problems: &mut Vec<Sentence>) -> Self {
        let text = |name, from_file: &Option<String>| set(env, name).or_else(|| from_file.clone());
        let format = match text("KATOK_LOG_FORMAT", &file.gateway.log_format).as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(_) => {
                problems.push(Sentence::new(
                    "KATOK_LOG_FORMAT 값은 text나 json이어야 합니다.",
                    "KATOK_LOG_FORMAT must be text or json.",
                ));
                LogFormat::Text
            }
        };
        Self { filter: text("KATOK_LOG", &file.gateway.log), format }
    }
}
