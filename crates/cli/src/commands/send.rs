//! `katok send`: to me, or to friends by nickname or uuid.

use std::io::Read as _;
use std::path::Path;

use katok_client::{
    Friend, FriendUuid, Link, MessageTemplate, Receivers, Refusal, SendReport, SendToFriends, SendToMe, Text,
};
use katok_gateway::Sentence;
use serde_json::{Value, json};

use super::friends;
use crate::args;
use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::output::Output;

/// What KakaoTalk shows of a text.
const SHOWN_CHARACTERS: usize = 200;

pub(super) async fn run(kakao: &Kakao, args: &args::Send, output: Output) -> Result<Exit, Failure> {
    let template = template(kakao, args, output)?;
    if args.to.is_empty() {
        to_me(kakao, template, output).await
    } else {
        to_friends(kakao, &args.to, template, output).await
    }
}

fn template(kakao: &Kakao, args: &args::Send, output: Output) -> Result<MessageTemplate, Failure> {
    if let Some(path) = &args.template {
        return read_template(path);
    }
    let text = match args.text.as_deref() {
        None | Some("-") => standard_input()?,
        Some(text) => text.to_owned(),
    };
    if text.chars().count() > SHOWN_CHARACTERS {
        output.say(&Sentence::new(
            format!(
                "글이 {}자입니다. 카카오톡은 {SHOWN_CHARACTERS}자까지만 보여 줍니다.",
                text.chars().count()
            ),
            format!(
                "The text has {} characters. KakaoTalk shows only {SHOWN_CHARACTERS}.",
                text.chars().count()
            ),
        ));
    }
    let link = Link::web(args.link.as_ref().unwrap_or(&kakao.link));
    let text = Text::new(text, link).map_err(|_| {
        Failure::usage("보낼 글이 비어 있습니다.", "The text is empty.").hint("katok send \"배포 완료\"")
    })?;
    Ok(MessageTemplate::Text(text))
}

/// All of standard input, without the newline that `echo` adds.
fn standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).map_err(|error| {
        Failure::usage(
            format!("표준 입력을 UTF-8 글로 읽을 수 없습니다({error})."),
            format!("Standard input cannot be read as UTF-8 text ({error})."),
        )
    })?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text)
}

fn read_template(path: &Path) -> Result<MessageTemplate, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::usage(
            format!("템플릿 파일 {}을 읽을 수 없습니다({error}).", path.display()),
            format!("The template file {} cannot be read ({error}).", path.display()),
        )
    })?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Ok(MessageTemplate::Raw(object)),
        Ok(_) => Err(Failure::usage("템플릿은 JSON 객체여야 합니다.", "The template must be a JSON object.")),
        Err(error) => Err(Failure::usage(
            format!("템플릿 파일 {}에 잘못이 있습니다: {error}", path.display()),
            format!("The template file {} has a mistake: {error}", path.display()),
        )),
    }
}

async fn to_me(kakao: &Kakao, template: MessageTemplate, output: Output) -> Result<Exit, Failure> {
    let answer = kakao.call_json(&SendToMe::new(template)).await?;
    output.data(&answer, || "나와의 채팅으로 보냈습니다. Sent to your own chat.".to_owned());
    Ok(Exit::Done)
}

/// What became of all calls together.
#[derive(Default)]
struct Report {
    delivered: Vec<FriendUuid>,
    refused: Vec<Refusal>,
    /// Kakao's answer named them nowhere: they may or may not have it.
    unconfirmed: Vec<FriendUuid>,
}

impl Report {
    fn exit(&self) -> Exit {
        match (self.unconfirmed.is_empty(), self.refused.is_empty()) {
            (false, _) => Exit::Unconfirmed,
            (true, false) => Exit::Refused,
            (true, true) => Exit::Done,
        }
    }

    fn add(&mut self, asked: &[FriendUuid], answer: SendReport) {
        let named = |uuid: &FriendUuid| {
            answer.delivered.contains(uuid)
                || answer.refused.iter().any(|refusal| refusal.receiver_uuids.contains(uuid))
        };
        self.unconfirmed.extend(asked.iter().filter(|uuid| !named(uuid)).cloned());
        self.delivered.extend(answer.delivered);
        self.refused.extend(answer.refused);
    }
}

async fn to_friends(
    kakao: &Kakao,
    names: &[String],
    template: MessageTemplate,
    output: Output,
) -> Result<Exit, Failure> {
    let friends = friends::all(kakao).await?;
    let uuids = receivers(names, &friends)?;
    let mut report = Report::default();
    for part in uuids.chunks(Receivers::MAX) {
        let receivers = Receivers::try_from(part.to_vec())
            .map_err(|error| Failure::usage(error.to_string(), error.to_string()))?;
        match kakao.call(&SendToFriends::new(receivers, template.clone())).await {
            Ok(answer) => report.add(part, answer),
            Err(failure) => {
                // Whoever came before has the message already: say so before failing.
                if part.first() != uuids.first() {
                    print(&report, &friends, output);
                }
                return Err(failure.into());
            }
        }
    }
    print(&report, &friends, output);
    Ok(report.exit())
}

/// Finds each receiver by uuid or by nickname; an ambiguous nickname is refused with its candidates.
fn receivers(names: &[String], friends: &[Friend]) -> Result<Vec<FriendUuid>, Failure> {
    let mut uuids = Vec::new();
    for name in names {
        let found: Vec<&Friend> = friends
            .iter()
            .filter(|friend| friend.uuid.as_str() == name || friend.profile_nickname.as_deref() == Some(name))
            .collect();
        let uuid = match found.as_slice() {
            [] => {
                return Err(Failure::usage(
                    format!("'{name}'(이)라는 친구가 목록에 없습니다. 이 앱에 로그인하고 동의한 친구만 받을 수 있습니다."),
                    format!("No friend in the list is called '{name}'. Only friends who signed in to this app and agreed can receive."),
                )
                .hint("katok friends"));
            }
            [friend] => friend.uuid.clone(),
            several => {
                let candidates: Vec<_> = several.iter().map(|friend| friend.uuid.to_string()).collect();
                return Err(Failure::usage(
                    format!(
                        "'{name}'(이)라는 친구가 여럿입니다. uuid로 골라 주세요: {}",
                        candidates.join(", ")
                    ),
                    format!("Several friends are called '{name}'. Choose by uuid: {}", candidates.join(", ")),
                )
                .hint("katok friends"));
            }
        };
        if !uuids.contains(&uuid) {
            uuids.push(uuid);
        }
    }
    Ok(uuids)
}

/// Prints who has it and who has not: Kakao's shape as JSON, one line each for people.
fn print(report: &Report, friends: &[Friend], output: Output) {
    let failures: Vec<Value> = report
        .refused
        .iter()
        .map(|refusal| json!({"code": refusal.code, "msg": refusal.msg, "receiver_uuids": refusal.receiver_uuids}))
        .collect();
    let value = json!({"successful_receiver_uuids": report.delivered, "failure_info": failures});
    let name = |uuid: &FriendUuid| {
        let friend = friends.iter().find(|friend| friend.uuid == *uuid);
        friend.and_then(|friend| friend.profile_nickname.clone()).unwrap_or_else(|| uuid.to_string())
    };
    output.data(&value, || {
        let delivered = report.delivered.iter().map(|uuid| format!("✓ {}", name(uuid)));
        let refused = report.refused.iter().flat_map(|refusal| {
            refusal
                .receiver_uuids
                .iter()
                .map(move |uuid| format!("✗ {} ({} {})", name(uuid), refusal.code, refusal.msg))
        });
        let unconfirmed =
            report.unconfirmed.iter().map(|uuid| format!("? {} (확인되지 않음 · unconfirmed)", name(uuid)));
        delivered.chain(refused).chain(unconfirmed).collect::<Vec<_>>().join("\n")
    });
}
