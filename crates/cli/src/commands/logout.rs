//! `katok logout`: ends the tokens at Kakao and forgets them here.

use katok_client::{Logout, TokenError};
use katok_gateway::Sentence;

use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::output::Output;

pub(super) async fn run(kakao: &Kakao, output: Output) -> Result<Exit, Failure> {
    let answer = kakao.call_json(&Logout).await;
    // Signed out here whatever Kakao says; if Kakao does not know, the failure tells so.
    if !matches!(answer, Err(TokenError::NotSignedIn)) {
        kakao.tokens.forget(&kakao.key)?;
    }
    match answer {
        Ok(receipt) => {
            output.data(&receipt, || "로그아웃했습니다. Signed out.".to_owned());
            Ok(Exit::Done)
        }
        Err(TokenError::SignInAgain { .. }) => {
            output.say(&Sentence::new(
                "카카오에서는 이미 로그아웃되어 있었습니다. 이 컴퓨터의 토큰을 지웠습니다.",
                "Kakao had signed you out already. The tokens on this machine are deleted.",
            ));
            Ok(Exit::Done)
        }
        Err(error) => Err(error.into()),
    }
}
