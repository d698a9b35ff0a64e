//! A received message as tests and the control API see it.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::time::sleep;

use crate::live::LiveWorld;
use crate::seed::PersonKey;
use crate::world::World;
use crate::world::chat::Message;
pub use crate::world::chat::MessageKind;

/// A message that somebody received in KakaoTalk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReceivedMessage {
    /// Grows with every message of the world.
    pub id: u64,
    /// When it arrived.
    pub at: Timestamp,
    /// The app that sent it.
    pub app_id: i64,
    /// The room it arrived in.
    pub chat: Chat,
    /// On whose behalf it was sent.
    pub from: PersonKey,
    /// By which of Kakao's ways it was written.
    #[serde(flatten)]
    pub kind: MessageKind,
    /// The template object: as it was sent, or as Kakao made it of a template or a page.
    pub template_object: Value,
    /// What the phone shows otherwise than the sender may think.
    pub warnings: Vec<String>,
}

/// A kind of chat room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Chat {
    /// 나와의 채팅: with oneself.
    Memo,
    /// With a friend.
    Direct,
}

impl ReceivedMessage {
    /// What somebody received after the message of this number, oldest first; none if there is no such person.
    pub(crate) fn all_of(live: &LiveWorld, person: &str, since: u64) -> Option<Vec<Self>> {
        live.read(|world, _| Self::in_world(world, person, since))
    }

    /// The same as soon as there is something, or after this time.
    pub(crate) async fn awaited(
        live: &LiveWorld,
        person: &str,
        since: u64,
        patience: Duration,
    ) -> Option<Vec<Self>> {
        let arrived = live.wait_for(|world| match Self::in_world(world, person, since) {
            Some(messages) if messages.is_empty() => None,
            arrived_or_nobody => Some(arrived_or_nobody),
        });
        tokio::select! {
            arrived = arrived => arrived,
            () = sleep(patience) => Some(Vec::new()),
            // Whoever waits must not hold up the stop.
            () = live.stopped() => Some(Vec::new()),
        }
    }

    fn in_world(world: &World, person: &str, since: u64) -> Option<Vec<Self>> {
        let inbox = world.inbox(&world.person(person)?.key);
        Some(inbox.into_iter().filter(|message| message.id > since).map(Self::new).collect())
    }

    fn new(message: &Message) -> Self {
        Self {
            id: message.id,
            at: message.at,
            app_id: message.app_id,
            chat: if message.from == message.to { Chat::Memo } else { Chat::Direct },
            from: message.from.clone(),
            kind: message.kind.clone(),
            template_object: message.template_object.clone(),
            warnings: message.warnings.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::clock::Clock;
    use crate::seed::Seed;

    #[tokio::test]
    async fn nobody_waits_for_a_message_once_the_emulator_stops() {
        let (seed, clock, stop) = (Seed::built_in(), Clock::system(), CancellationToken::new());
        let live = LiveWorld::new(World::new(&seed, clock.now()), clock, seed, stop.clone());
        let mut waiting = std::pin::pin!(ReceivedMessage::awaited(&live, "ryan", 0, Duration::MAX));
        // It gets a turn first, and has nothing to say.
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("nothing has arrived"),
            () = std::future::ready(()) => {}
        }
        stop.cancel();
        assert_eq!(waiting.await, Some(Vec::new()));
    }
}
