//! Sending by one's own tokens: to oneself, or to friends in calls of at most five.

use katok_client::template::Finding;
use katok_client::{
    FriendUuid, MessageTemplate, Receivers, Refusal, Remedy, SendReport, SendToFriends, SendToMe,
};
use katok_gateway::Sentence;
use serde_json::{Value, json};

use super::{Order, Outcome, stopped};
use crate::draft::{Draft, is_refused};
use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::output::Output;
use crate::printable::printable;
use crate::sender::addressees::Addressees;

pub(super) async fn send(
    kakao: &Kakao,
    draft: &mut Draft,
    order: &Order<'_>,
    output: Output,
) -> Result<Outcome, Failure> {
    let findings = draft.findings(&kakao.link);
    if let Some(finding) = findings.iter().find(|finding| is_refused(finding)) {
        let Sentence { ko, en } = told(finding);
        return Err(Failure::new(
            Exit::Refused,
            format!("카카오가 거절할 메시지라 보내지 않았습니다. {ko}"),
            format!("Kakao would refuse this message, so it was not sent. {en}"),
        )
        .hint("katok send --dry-run …"));
    }
    draft.upload(kakao).await?;
    let template = draft.template(&kakao.link).expect("saved templates are refused before");
    let outcome = if order.to.is_oneself() {
        to_me(kakao, template, output).await?
    } else {
        to_friends(kakao, order, template, output).await?
    };
    Ok(Outcome { warnings: findings.iter().map(told).collect(), ..outcome })
}

fn told(finding: &Finding) -> Sentence {
    let Finding { path, cause_ko, cause_en, remedy_ko, remedy_en, .. } = finding;
    let place = if path.is_empty() { String::new() } else { format!("{}: ", printable(path)) };
    Sentence::new(
        format!("{place}{} {}", printable(cause_ko), printable(remedy_ko)),
        format!("{place}{} {}", printable(cause_en), printable(remedy_en)),
    )
}

async fn to_me(kakao: &Kakao, template: MessageTemplate, output: Output) -> Result<Outcome, Failure> {
    let answer = kakao.call_json(&SendToMe::new(template)).await?;
    let sentence = Sentence::new("나와의 채팅으로 보냈습니다.", "Sent to your own chat.");
    let lines = output.text(&sentence);
    Ok(Outcome { answer, lines, exit: Exit::Done, failure: None, warnings: Vec::new() })
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

    /// Who has it and who has not: Kakao's shape and more as JSON, one line each for people.
    fn outcome(&self, to: &Addressees, failure: Option<Failure>, output: Output) -> Outcome {
        let failures: Vec<Value> = self
            .refused
            .iter()
            .map(|refusal| json!({"code": refusal.code, "msg": refusal.msg, "receiver_uuids": refusal.receiver_uuids}))
            .collect();
        let answer = json!({
            "successful_receiver_uuids": self.delivered,
            "failure_info": failures,
            "unconfirmed_receiver_uuids": self.unconfirmed,
            "not_sent_receiver_uuids": self.not_sent,
        });
        let exit = self.exit();
        let failure = failure.map(|failure| failure.for_some(exit));
        Outcome { answer, lines: self.lines(to, output), exit, failure, warnings: Vec::new() }
    }

    fn lines(&self, to: &Addressees, output: Output) -> String {
        let name = |uuid: &FriendUuid| to.name(uuid.as_str());
        let maybe = output.words("받았는지 확인되지 않음", "unconfirmed");
        let not_sent = output.words("보내지 않음", "not sent");
        let mut lines: Vec<String> = self.delivered.iter().map(|uuid| format!("✓ {}", name(uuid))).collect();
        for Refusal { code, msg, receiver_uuids, .. } in &self.refused {
            let why = printable(msg);
            lines.extend(receiver_uuids.iter().map(|uuid| format!("✗ {} ({code} {why})", name(uuid))));
        }
        lines.extend(self.unconfirmed.iter().map(|uuid| format!("? {} ({maybe})", name(uuid))));
        lines.extend(self.not_sent.iter().map(|uuid| format!("- {} ({not_sent})", name(uuid))));
        lines.join("\n")
    }
}

async fn to_friends(
    kakao: &Kakao,
    order: &Order<'_>,
    template: MessageTemplate,
    output: Output,
) -> Result<Outcome, Failure> {
    let mut report = Report::default();
    let mut failed = None;
    for part in order.to.uuids().chunks(Receivers::MAX) {
        if failed.is_none() && !report.is_empty() && kakao.is_to_stop() {
            failed = Some(stopped());
        }
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
        order.progress.inc(1);
    }
    match failed {
        Some(failure) if report.is_empty() => Err(failure),
        failed => Ok(report.outcome(order.to, failed, output)),
    }
}
