//! Believes an ID token after every check, and refuses one of another login:
//! `cargo run -p katok-client --example verify_id_token`.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

mod kakao;

use std::error::Error;

use katok_client::{
    AuthorizationResponse, Authorize, ExchangeCode, IdTokenVerifier, Nonce, RedirectUri, State, SystemChance,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kakao = kakao::start().await?;
    let redirect_uri: RedirectUri = "http://localhost:4000/redirect".parse()?;
    let (state, nonce) = (State::generate(&SystemChance), Nonce::generate(&SystemChance));
    let back = kakao.ryan_agrees(&Authorize::new(&redirect_uri).state(&state).nonce(&nonce))?;
    let code = AuthorizationResponse::parse(back.query().unwrap_or_default())?.code(&state)?;
    let issued =
        kakao.client.exchange_code(&ExchangeCode { redirect_uri, code, code_verifier: None }).await?;

    // Keep one verifier: Kakao's keys are fetched once, and again when a token names a new one.
    let verifier = IdTokenVerifier::new(&kakao.client);
    let claims = verifier.verify_login(&issued, Some(&nonce)).await?;
    println!("{} is who signed in", claims.nickname.unwrap_or_default());

    let of_another_login = Nonce::generate(&SystemChance);
    if let Err(error) = verifier.verify_login(&issued, Some(&of_another_login)).await {
        println!("{error}");
    }
    Ok(())
}
