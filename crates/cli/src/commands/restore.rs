//! `katok restore`: puts a backup in the place of the database, while no gateway runs.

use std::path::Path;
use std::sync::Arc;

use katok_client::{SystemChance, SystemClock};
use katok_gateway::{DataFolder, Restored, Sentence};
use serde_json::json;

use crate::args::Args;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::storage;

pub(super) async fn run(args: &Args, file: &Path, output: Output) -> Result<Exit, Failure> {
    let storage = storage::of(args)?;
    let folder =
        DataFolder::take(&storage.data).map_err(|error| Failure::both(Exit::Usage, &error.to_string()))?;
    let restored = storage.restore(&folder, file, Arc::new(SystemClock), Arc::new(SystemChance)).await;
    let restored = restored.map_err(|error| Failure::both(Exit::Usage, &error.to_string()))?;
    let Restored { former, vault } = &restored;
    let accounts = vault.accounts;
    let (ko, en) = former.as_ref().map_or_else(Default::default, |path| {
        let path = path.display();
        (
            format!(" 전에 있던 데이터베이스는 {path}에 두었습니다."),
            format!(" The database that was there is kept as {path}."),
        )
    });
    output.done(
        &json!(restored),
        &Sentence::new(
            format!(
                "백업을 되돌렸습니다(계정 {accounts}개). 백업한 뒤에 로그아웃하거나 끊은 것은 다시 살아나 있습니다.{ko}"
            ),
            format!(
                "Restored the backup ({accounts} accounts). What was signed out or revoked since it was made is back.{en}"
            ),
        ),
    )?;
    Ok(Exit::Done)
}
