//! `katok backup`: copies the database while the gateway runs.

use std::path::Path;

use katok_gateway::Sentence;
use serde_json::json;

use crate::args::Args;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::storage;

pub(super) async fn run(args: &Args, file: &Path, output: Output) -> Result<Exit, Failure> {
    let made = storage::of(args)?.back_up(file).await;
    let made = made.map_err(|error| Failure::both(Exit::Usage, &error.to_string()))?;
    let path = made.file.display();
    output.done(
        &json!(made),
        &Sentence::new(
            format!(
                "{path}에 백업했습니다({}바이트). 금고 키는 들어 있지 않으니 따로 보관하세요. 키가 없으면 백업은 쓸모가 없습니다.",
                made.bytes
            ),
            format!(
                "Backed up to {path} ({} bytes). The vault key is not in it: keep that one apart. Without it the backup is useless.",
                made.bytes
            ),
        ),
    )?;
    Ok(Exit::Done)
}
