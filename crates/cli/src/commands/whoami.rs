//! `katok whoami`: who is signed in.

use katok_client::Me;
use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::output::Output;

pub(super) async fn run(kakao: &Kakao, output: Output) -> Result<Exit, Failure> {
    let profile = kakao.call_json(&Me).await?;
    print(output, &profile);
    Ok(Exit::Done)
}

/// Prints a profile: Kakao's own JSON, or nickname and user id.
pub(super) fn print(output: Output, profile: &Value) {
    output.data(profile, || {
        let nickname = profile.pointer("/kakao_account/profile/nickname").and_then(Value::as_str);
        format!("{}\t{}", nickname.unwrap_or("(닉네임 동의 없음)"), profile["id"])
    });
}
