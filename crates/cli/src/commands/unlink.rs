//! `katok unlink`: withdraws all consents; asks first.

use std::io::{BufRead as _, IsTerminal as _};

use katok_client::{TokenError, Unlink};
use katok_gateway::Sentence;

use crate::args;
use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::output::Output;

pub(super) async fn run(kakao: &Kakao, args: &args::Unlink, output: Output) -> Result<Exit, Failure> {
    if !args.yes && !confirmed(output)? {
        return Err(Failure::usage("연결을 끊지 않았습니다.", "Nothing was unlinked."));
    }
    match kakao.call_json(&Unlink).await {
        Ok(receipt) => {
            kakao.tokens.forget(&kakao.key)?;
            output.data(&receipt, || "연결을 끊었습니다. Unlinked.".to_owned());
            Ok(Exit::Done)
        }
        // -101: not linked. What was asked for holds already.
        Err(TokenError::Kakao(error))
            if error.kakao_code().is_some_and(|code| code.to_string() == "-101") =>
        {
            kakao.tokens.forget(&kakao.key)?;
            output.say(&Sentence::new("이미 연결이 끊겨 있었습니다.", "It was unlinked already."));
            Ok(Exit::Done)
        }
        Err(error) => Err(error.into()),
    }
}

fn confirmed(output: Output) -> Result<bool, Failure> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::usage(
            "물어볼 터미널이 없습니다. 정말 끊으려면 --yes를 붙이세요.",
            "There is no terminal to ask on. Add --yes to unlink.",
        )
        .hint("katok unlink --yes"));
    }
    output.say(&Sentence::new(
        "이 앱과의 연결과 모든 동의, 토큰이 사라집니다. 계속하려면 yes를 입력하세요:",
        "The link to this app, all consents and the tokens will be gone. Type yes to go on:",
    ));
    let mut line = String::new();
    Ok(stdin.lock().read_line(&mut line).is_ok() && line.trim() == "yes")
}
