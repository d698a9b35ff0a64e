//! A message is refused for want of consent: asks for what is missing, and sends again.
//! `cargo run -p katok-client --example ask_for_missing_consent`.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

mod kakao;

use std::error::Error;

use katok_client::{
    AccessToken, AuthorizationResponse, Authorize, ExchangeCode, Link, RedirectUri, Remedy, SendToMe, State,
    SystemChance, Text,
};
use katok_emulator::Seed;
use katok_emulator::seed::ConsentLevel;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // An app that asks for messages only when it needs them (이용 중 동의).
    let mut seed = Seed::built_in();
    for item in &mut seed.apps[0].consent_items {
        if item.id == "talk_message" {
            item.level = ConsentLevel::InUse;
        }
    }
    let kakao = kakao::start_in(seed).await?;
    let mut token: AccessToken = kakao.token_of_ryan().await?;

    let link = Link::web(&"http://localhost:4000/".parse()?);
    let message = SendToMe::new(Text::new("이제 보낼 수 있어요", link)?);
    // Kakao looks at the consent before all else: a call refused for it has sent nothing.
    if let Err(error) = kakao.client.call(&message, &token).await {
        let Remedy::AskConsent(missing) = error.remedy() else { return Err(error.into()) };
        println!("missing: {missing}");

        // Show the person why you ask, and send the browser to this address.
        let redirect_uri: RedirectUri = "http://localhost:4000/redirect".parse()?;
        let state = State::generate(&SystemChance);
        let login = Authorize::new(&redirect_uri).state(&state).scopes(&missing);
        let back = kakao.ryan_agrees(&login)?;

        let code = AuthorizationResponse::parse(back.query().unwrap_or_default())?.code(&state)?;
        let exchange = ExchangeCode { redirect_uri, code, code_verifier: None };
        // Only the new tokens carry the new consent.
        token = kakao.client.exchange_code(&exchange).await?.access_token;
        kakao.client.call(&message, &token).await?;
    }
    kakao.show_messages("ryan");
    Ok(())
}
