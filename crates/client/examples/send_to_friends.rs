//! Sends to friends, until Kakao has had enough for today: `cargo run -p katok-client --example send_to_friends`.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

mod kakao;

use std::error::Error;

use futures_util::TryStreamExt;
use katok_client::{Friend, Link, ListFriends, Receivers, Remedy, SendToFriends, Text};
use katok_emulator::Seed;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // A Kakao that lets everybody send only five messages a day.
    let mut seed = Seed::built_in();
    seed.apps[0].quotas.messages_per_sender_per_day = 5;
    let kakao = kakao::start_in(seed).await?;
    let token = kakao.token_of_ryan().await?;

    let friends: Vec<Friend> = kakao.client.stream(ListFriends::new(), &token).try_collect().await?;
    for round in 1..=2 {
        println!("round {round}");
        // One call takes up to five receivers.
        for receivers in Receivers::groups(friends.iter().map(|friend| friend.uuid.clone())) {
            let text = Text::new("같이 갈래?", Link::web(&"http://localhost:4000/events/3".parse()?))?;
            let report = kakao.client.call(&SendToFriends::new(receivers, text), &token).await?;
            println!("{} got it", report.delivered.len());
            for refusal in &report.refused {
                match refusal.remedy() {
                    Remedy::WaitForQuota(quota) => {
                        let again = quota.refilled_at(kakao.client.clock().now());
                        println!("{} not today, again after {again}", refusal.receiver_uuids.len());
                    }
                    remedy => println!("{}: {remedy:?}", refusal.kakao_code()),
                }
            }
        }
    }
    Ok(())
}
