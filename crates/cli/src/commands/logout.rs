//! `katok logout`: ends the tokens at Kakao and forgets them here.

use katok_client::{Logout, Remedy};
use katok_gateway::Sentence;
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::kakao::{Kakao, has_ended};
use crate::output::Output;

pub(super) async fn run(kakao: &Kakao, output: Output) -> Result<Exit, Failure> {
    match kakao.call_json(&Logout).await {
        Ok(receipt) => {
            kakao.tokens.remove(&kakao.key).await?;
            output.done(&receipt, &Sentence::new("로그아웃했습니다.", "Signed out."))?;
            Ok(Exit::Done)
        }
        Err(error) if has_ended(&error) => {
            kakao.tokens.remove(&kakao.key).await?;
            let sentence = Sentence::new(
                "카카오에서는 이미 로그아웃되어 있었습니다. 이 컴퓨터의 토큰을 지웠습니다.",
                "Kakao had signed you out already. The tokens on this machine are deleted.",
            );
            output.done(&json!({}), &sentence)?;
            Ok(Exit::Done)
        }
        // Forgotten here, they would live on at Kakao with nobody left to end them.
        Err(error) if matches!(error.remedy(), Remedy::Retry { .. }) => Err(Failure::system(
            "로그아웃하지 못했습니다. 카카오의 답이 없어 토큰을 그대로 두었으니 잠시 뒤 다시 해 보세요.",
            "Not signed out: Kakao does not answer, so the tokens were kept. Try again in a moment.",
        )
        .hint("katok logout")),
        Err(error) => Err(error.into()),
    }
}
