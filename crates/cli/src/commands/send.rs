//! `katok send`: to me, or to friends by nickname or uuid.

use katok_client::{
    Friend, FriendUuid, Link, MessageTemplate, Receivers, Refusal, Remedy, SendReport, SendToFriends,
    SendToMe, Text,
};
use katok_gateway::Sentence;
use serde_json::{Value, json};

use super::friends;
use crate::args;
use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::output::Output;
use crate::printable::printable;
use crate::standard_input;
use crate::template_file;

pub(super) async fn run(kakao: &Kakao, args: &args::Send, output: Output) -> Result<Exit, Failure> {
    let template = template(kakao, args, output).await?;
    if args.to.is_empty() {
        to_me(kakao, template, output).await
    } else {
        to_friends(kakao, &args.to, template, output).await
    }
}

async fn template(kakao: &Kakao, args: &args::Send, output: Output) -> Result<MessageTemplate, Failure> {
    if let Some(path) = &args.template {
        return Ok(MessageTemplate::Raw(template_file::read(path).await?));
    }
    let text = match args.text.as_deref() {
        None | Some("-") => piped().await?,
        Some(text) => text.to_owned(),
    };
    let link = Link::web(args.link.as_ref().unwrap_or(&kakao.link));
    let text = Text::new(text, link).map_err(|_| {
        Failure::usage("보낼 글이 비어 있습니다.", "The text is empty.").hint("katok send TEXT")
    })?;
    let hidden = text.hidden_characters();
    if hidden > 0 {
        let shown = Text::SHOWN;
        output.say(&Sentence::new(
            format!("카카오톡은 {shown}자까지만 보여 줍니다. 끝의 {hidden}자는 보이지 않습니다."),
            format!("KakaoTalk shows only {shown} characters. The last {hidden} will not be seen."),
        ));
    }
    Ok(MessageTemplate::Text(text))
}

/// All of standard input, without the newline that `echo` adds.
async fn piped() -> Result<String, Failure> {
    let mut text = standard_input::all().await.map_err(|error| {
        Failure::usage(
            format!("표준 입력을 UTF-8 글로 읽을 수 없습니다({error})."),
            format!("Standard input cannot be read as UTF-8 text ({error})."),
        )
    })?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text)
}

async fn to_me(kakao: &Kakao, template: MessageTemplate, output: Output) -> Result<Exit, Failure> {
    let answer = kakao.call_json(&SendToMe::new(template)).await?;
    output
        .done(&answer, &Sentence::new("나와의 채팅으로 보냈습니다.", "Sent to your own chat."))
        .map_err(untold)?;
    Ok(Exit::Done)
}

/// What was sent is not worth sending again because the outcome could not be printed.
fn untold(failure: Failure) -> Failure {
    Failure { exit: Exit::Unconfirmed, ..failure }
}

/// What became of all calls together: everybody is in one list.
#[derive(Default)]
struct Report {
    delivered: Vec<FriendUuid>,
    refused: Vec<Refusal>,
    /// They may or may not have it: Kakao's answer was lost, or names them nowhere.
    unconfirmed: Vec<FriendUuid>,
    not_sent: Vec<FriendUuid>,
}

impl Report {
    /// Whether Kakao has neither taken the message nor refused it for anybody.
    fn is_empty(&self) -> bool {
        self.delivered.is_empty() && self.refused.is_empty() && self.unconfirmed.is_empty()
    }

    fn exit(&self) -> Exit {
        if !self.unconfirmed.is_empty() {
            Exit::Unconfirmed
        } else if !self.refused.is_empty() || !self.not_sent.is_empty() {
            Exit::Refused
        } else {
            Exit::Done
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
    let mut failed = None;
    for part in uuids.chunks(Receivers::MAX) {
        if failed.is_some() {
            report.not_sent.extend_from_slice(part);
            continue;
        }
        let receivers = Receivers::try_from(part.to_vec()).expect("a part has some friends, each once");
        match kakao.call(&SendToFriends::new(receivers, template.clone())).await {
            Ok(answer) => report.add(part, answer),
            Err(error) => {
                let concerned = match error.remedy() {
                    Remedy::Unconfirmed => &mut report.unconfirmed,
                    _ => &mut report.not_sent,
                };
                concerned.extend_from_slice(part);
                failed = Some(Failure::from(error));
            }
        }
    }
    match failed {
        Some(failure) if report.is_empty() => Err(failure),
        Some(failure) => {
            print(&report, &friends, output)?;
            Err(failure.for_some(report.exit()))
        }
        None => {
            print(&report, &friends, output)?;
            Ok(report.exit())
        }
    }
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
                    format!("목록에 없는 친구입니다: {name}. 이 앱에 로그인하고 동의한 친구만 받을 수 있습니다."),
                    format!("No friend in the list is called {name}. Only friends who signed in to this app and agreed can receive."),
                )
                .hint("katok friends"));
            }
            [friend] => friend.uuid.clone(),
            several => {
                let uuids: Vec<_> = several.iter().map(|friend| printable(friend.uuid.as_str())).collect();
                let uuids = uuids.join(", ");
                return Err(Failure::usage(
                    format!("닉네임이 같은 친구가 여럿입니다: {name}. uuid로 골라 주세요: {uuids}"),
                    format!("Several friends are called {name}. Choose by uuid: {uuids}"),
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

/// Prints who has it and who has not: Kakao's shape and more as JSON, one line each for people.
fn print(report: &Report, friends: &[Friend], output: Output) -> Result<(), Failure> {
    let failures: Vec<Value> = report
        .refused
        .iter()
        .map(|refusal| json!({"code": refusal.code, "msg": refusal.msg, "receiver_uuids": refusal.receiver_uuids}))
        .collect();
    let value = json!({
        "successful_receiver_uuids": report.delivered,
        "failure_info": failures,
        "unconfirmed_receiver_uuids": report.unconfirmed,
        "not_sent_receiver_uuids": report.not_sent,
    });
    output.data(&value, || lines(report, friends, output)).map_err(untold)
}

fn lines(report: &Report, friends: &[Friend], output: Output) -> String {
    let name = |uuid: &FriendUuid| {
        let friend = friends.iter().find(|friend| friend.uuid == *uuid);
        printable(friend.and_then(|friend| friend.profile_nickname.as_deref()).unwrap_or(uuid.as_str()))
    };
    let maybe = output.words("받았는지 확인되지 않음", "unconfirmed");
    let not_sent = output.words("보내지 않음", "not sent");
    let mut lines: Vec<String> = report.delivered.iter().map(|uuid| format!("✓ {}", name(uuid))).collect();
    for Refusal { code, msg, receiver_uuids, .. } in &report.refused {
        let why = printable(msg);
        lines.extend(receiver_uuids.iter().map(|uuid| format!("✗ {} ({code} {why})", name(uuid))));
    }
    lines.extend(report.unconfirmed.iter().map(|uuid| format!("? {} ({maybe})", name(uuid))));
    lines.extend(report.not_sent.iter().map(|uuid| format!("- {} ({not_sent})", name(uuid))));
    lines.join("\n")
}
