//! `katok whoami`: who is signed in.

use katok_client::Me;
use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::output::Output;
use crate::printable::printable;

pub(super) async fn run(kakao: &Kakao, output: Output) -> Result<Exit, Failure> {
    let profile = kakao.call_json(&Me).await?;
    print(output, &profile)?;
    Ok(Exit::Done)
}

/// Prints a profile: Kakao's own JSON, or nickname and user id.
pub(super) fn print(output: Output, profile: &Value) -> Result<(), Failure> {
    output.data(profile, || {
        let nickname = profile.pointer("/kakao_account/profile/nickname").and_then(Value::as_str);
        let unknown = || output.words("(닉네임에 동의하지 않음)", "(no consent to the nickname)");
        format!("{}\t{}", nickname.map_or_else(unknown, printable), profile["id"])
    })
}
