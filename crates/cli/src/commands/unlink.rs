//! `katok unlink`: withdraws all consents; asks first.

use std::io::IsTerminal as _;

use katok_client::Unlink;
use katok_gateway::Sentence;
use serde_json::json;

use crate::args;
use crate::failure::{Exit, Failure};
use crate::kakao::{Kakao, has_ended};
use crate::output::Output;
use crate::standard_input;

pub(super) async fn run(kakao: &Kakao, args: &args::Unlink, output: Output) -> Result<Exit, Failure> {
    let question = Sentence::new(
        "이 앱과의 연결과 모든 동의, 토큰이 사라집니다. 계속하려면 yes를 입력하세요:",
        "The link to this app, all consents and the tokens will be gone. Type yes to go on:",
    );
    if !args.yes && !confirmed(output, &question, "katok unlink --yes").await? {
        return Err(Failure::usage("연결을 끊지 않았습니다.", "Nothing was unlinked."));
    }
    match kakao.call_json(&Unlink).await {
        Ok(receipt) => {
            kakao.tokens.remove(&kakao.key).await?;
            output.done(&receipt, &Sentence::new("연결을 끊었습니다.", "Unlinked."))?;
            Ok(Exit::Done)
        }
        // Also after an unlink whose answer was lost.
        Err(error) if has_ended(&error) => {
            kakao.tokens.remove(&kakao.key).await?;
            let sentence = Sentence::new(
                "이 컴퓨터는 더 이상 연결되어 있지 않습니다. 이미 연결이 끊겼거나 다른 곳에서 로그아웃했습니다.",
                "This machine is no longer connected: it was unlinked already, or signed out elsewhere.",
            );
            output.done(&json!({}), &sentence)?;
            Ok(Exit::Done)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the person at the terminal types yes.
pub(super) async fn confirmed(output: Output, question: &Sentence, hint: &str) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "물어볼 터미널이 없습니다. 묻지 않고 하려면 --yes를 붙이세요.",
            "There is no terminal to ask on. Add --yes to go on without.",
        )
        .hint(hint));
    }
    output.say(question);
    Ok(standard_input::line().await.is_ok_and(|line| line.trim() == "yes"))
}
