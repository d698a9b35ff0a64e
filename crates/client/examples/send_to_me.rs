//! Sends a text to oneself: `cargo run -p katok-client --example send_to_me`.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

mod kakao;

use std::error::Error;

use katok_client::{Link, SendToMe, Text};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kakao = kakao::start().await?;
    let token = kakao.token_of_ryan().await?;

    // The page must be on a domain that is registered for the app, or the link will not open.
    let link = Link::web(&"http://localhost:4000/deployments/7".parse()?);
    let text = Text::new("배포 완료", link)?.button_title("보기");
    match kakao.client.call(&SendToMe::new(text), &token).await {
        Ok(()) => println!("sent"),
        Err(error) => println!("{error}; now: {:?}", error.remedy()),
    }

    kakao.show_messages("ryan");
    Ok(())
}
