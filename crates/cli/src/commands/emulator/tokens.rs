//! `katok emulator expire-token` and `age-token`: moving the end of a token, which is never an argument.

use std::io::IsTerminal as _;
use std::time::Duration;

use katok_gateway::Sentence;
use serde_json::{Value, json};

use crate::control::Control;
use crate::failure::{Exit, Failure};
use crate::korean_time::korean_time;
use crate::output::Output;
use crate::printable::printable;
use crate::standard_input;

pub(super) async fn expire(control: &Control, output: Output) -> Result<Exit, Failure> {
    let access_token = token(output).await?;
    told(&control.post(&["tokens", "expire"], &json!({"access_token": access_token})).await?, output)
}

pub(super) async fn age(control: &Control, remaining: Duration, output: Output) -> Result<Exit, Failure> {
    let refresh_token = token(output).await?;
    let aged = json!({"refresh_token": refresh_token, "remaining_seconds": remaining.as_secs()});
    told(&control.post(&["tokens", "age"], &aged).await?, output)
}

async fn token(output: Output) -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        output.say(&Sentence::new("토큰을 붙여 넣으세요:", "Paste the token:"));
    }
    let token = standard_input::line().await.unwrap_or_default().trim().to_owned();
    if token.is_empty() {
        return Err(Failure::usage(
            "토큰이 없습니다. 표준 입력으로 넣으세요.",
            "There is no token. Give it on standard input.",
        ));
    }
    Ok(token)
}

fn told(aged: &Value, output: Output) -> Result<Exit, Failure> {
    let text = |name: &str| printable(aged[name].as_str().unwrap_or_default());
    let at = text("expires_at").parse().map(|at| korean_time(at).strftime("%Y-%m-%d %H:%M:%S").to_string());
    let (person, app, at) = (text("person"), text("app"), at.unwrap_or_default());
    let said = Sentence::new(
        format!("{person}@{app}의 토큰은 에뮬레이터 시각 {at}에 만료됩니다."),
        format!("The token of {person}@{app} ends at {at} by the emulator's clock."),
    );
    output.done(aged, &said)?;
    Ok(Exit::Done)
}
