//! `katok vault`: looks after the vault keys while gateways run.

use std::sync::Arc;

use katok_client::{SystemChance, SystemClock};
use katok_gateway::{Inspection, KeyInUse, Rotation, Sentence};
use serde_json::json;

use crate::args::{Args, VaultCommand};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::storage;

pub(super) async fn run(args: &Args, command: &VaultCommand, output: Output) -> Result<Exit, Failure> {
    match command {
        VaultCommand::Rotate => rotate(args, output).await,
        VaultCommand::Check => check(args, output).await,
    }
}

async fn rotate(args: &Args, output: Output) -> Result<Exit, Failure> {
    let done = storage::of(args)?.rotate_vault_key(Arc::new(SystemClock), Arc::new(SystemChance)).await;
    let Rotation { from, to, made_in, sealed_anew, damaged } =
        done.map_err(|error| Failure::both(Exit::Usage, &error.to_string()))?;
    let json = json!({
        "former_key": from, "writing_key": to, "new_key_in": made_in,
        "sealed_anew": sealed_anew, "damaged": damaged,
    });
    output.data(&json, || {
        let (ko, en) = match made_in.as_ref().map(|path| path.display()) {
            Some(path) => (
                format!("새 금고 키 {to}를 {path}에 두었습니다."),
                format!("Put the new vault key {to} into {path}."),
            ),
            None => (format!("이제 금고 키 {to}로 봉인합니다."), format!("The vault key {to} seals now.")),
        };
        output.text(&Sentence::new(
            format!(
                "{ko} 계정 {sealed_anew}개의 데이터 키를 다시 봉인했습니다. 전에 쓰던 키는 지금보다 먼저 만든 백업에만 필요합니다."
            ),
            format!(
                "{en} The data keys of accounts sealed anew: {sealed_anew}. Former keys are needed only for backups made before now."
            ),
        ))
    })?;
    all_opened(damaged)
}

async fn check(args: &Args, output: Output) -> Result<Exit, Failure> {
    let found = storage::of(args)?.check_vault(Arc::new(SystemClock), Arc::new(SystemChance)).await;
    let found = found.map_err(|error| Failure::both(Exit::Refused, &error.to_string()))?;
    output.data(&json!(found), || text(output, &found))?;
    all_opened(found.damaged)
}

fn text(output: Output, found: &Inspection) -> String {
    let Inspection { writing_key, keys, accounts, opened, .. } = found;
    let mut lines = vec![output.text(&Sentence::new(
        format!("계정 {accounts}개, 열린 봉인 {opened}개"),
        format!("{accounts} accounts, {opened} sealed values opened"),
    ))];
    for KeyInUse { id, accounts } in keys {
        let writes = id.as_ref() == Some(writing_key);
        let writes = if writes { output.words("쓰는 키", "writes") } else { String::new() };
        lines.push(format!("{}\t{accounts}\t{writes}", id.as_deref().unwrap_or("-")));
    }
    lines.join("\n")
}

/// What does not open although its key is here is damaged; nobody but its person can bring it back.
fn all_opened(damaged: u64) -> Result<Exit, Failure> {
    if damaged == 0 {
        return Ok(Exit::Done);
    }
    Err(Failure::new(
        Exit::Refused,
        format!(
            "열리지 않는 봉인이 {damaged}개 있습니다. 손상된 것이니 백업을 되돌리거나, 그 사람이 다시 로그인해야 합니다."
        ),
        format!(
            "Sealed values that do not open: {damaged}. They are damaged: restore a backup, or their people have to sign in again."
        ),
    ))
}
