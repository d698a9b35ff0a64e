//! `katok emulator faults`: making Kakao fail, and letting it recover.

use std::path::Path;

use katok_client::KakaoCode;
use katok_gateway::Sentence;
use serde_json::{Value, json};

use crate::args::emulator::{AddFault, FaultsCommand, Match, Then};
use crate::columns::aligned;
use crate::control::Control;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::standard_input;

/// How much of a text of a fault the list shows.
const FIRST_LETTERS: usize = 40;

pub(super) async fn run(
    control: &Control,
    command: Option<&FaultsCommand>,
    output: Output,
) -> Result<Exit, Failure> {
    match command {
        None | Some(FaultsCommand::List) => {
            let faults = control.get(&["faults"]).await?;
            let listed = faults.as_array().cloned().unwrap_or_default();
            output.data(&json!({ "faults": faults }), || table(&listed, output))?;
        }
        Some(FaultsCommand::Add(fault)) => {
            let fault = match &fault.json_fault {
                Some(file) => control.post_document(&["faults"], document(file).await?).await?,
                None => control.post(&["faults"], &written(fault)).await?,
            };
            output.data(&fault, || table(std::slice::from_ref(&fault), output))?;
        }
        Some(FaultsCommand::Clear { id }) => {
            let id = id.map(|id| id.to_string());
            let path: Vec<&str> = ["faults"].into_iter().chain(id.as_deref()).collect();
            let removed = control.delete(&path).await?;
            let count = &removed["removed"];
            let said = Sentence::new(
                format!("장애 {count}개를 없앴습니다."),
                format!("Faults taken back: {count}."),
            );
            output.done(&removed, &said)?;
        }
    }
    Ok(Exit::Done)
}

async fn document(file: &Path) -> Result<String, Failure> {
    let text =
        if file == Path::new("-") { standard_input::all().await } else { std::fs::read_to_string(file) };
    text.map_err(|error| {
        let file = file.display();
        Failure::usage(
            format!("장애 문서를 읽을 수 없습니다: {file} ({error})"),
            format!("The fault document cannot be read: {file} ({error})"),
        )
    })
}

/// The fault as the control API takes it.
fn written(fault: &AddFault) -> Value {
    let AddFault { matching, times, then, .. } = fault;
    let Match { method, path, person, app } = matching;
    let Then { status, code, msg, delay, drop } = then;
    let delay = delay.map(|delay| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX));
    let mut then = json!({"status": status, "delay_ms": delay, "drop": drop});
    // kapi and kauth refuse each in their own form.
    match code {
        Some(KakaoCode::Api(number)) => {
            then["code"] = json!(number);
            then["msg"] = json!(msg);
        }
        Some(KakaoCode::Login(name)) => {
            then["error_code"] = json!(name);
            then["error_description"] = json!(msg);
        }
        None => {}
    }
    let matching = json!({"method": method, "path": path, "person": person, "app": app});
    json!({"match": matching, "times": times, "then": then})
}

fn table(faults: &[Value], output: Output) -> String {
    if faults.is_empty() {
        return output.text(&Sentence::new("장애가 없습니다.", "There are no faults."));
    }
    let mut rows = vec![[
        output.words("번호", "id"),
        output.words("대상", "match"),
        output.words("결과", "then"),
        output.words("남은 횟수", "remaining"),
        output.words("일어난 횟수", "applied"),
    ]];
    rows.extend(faults.iter().map(|fault| {
        let remaining = &fault["remaining"];
        [
            fault["id"].to_string(),
            fields(&fault["match"]).unwrap_or_else(|| output.words("모두", "all")),
            fields(&fault["then"]).unwrap_or_default(),
            if remaining.is_null() { output.words("계속", "no end") } else { remaining.to_string() },
            fault["applied"].to_string(),
        ]
    }));
    aligned(&rows)
}

/// `path=/v2/user/me person=ryan`; none if nothing is said.
fn fields(object: &Value) -> Option<String> {
    let field = |(name, value): (&String, &Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={}", value.chars().take(FIRST_LETTERS).collect::<String>())
    };
    let fields: Vec<String> = object.as_object()?.iter().map(field).collect();
    (!fields.is_empty()).then(|| fields.join(" "))
}
