//! Keeps a login alive over restarts: `cargo run -p katok-client --example keep_tokens_in_a_file`.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

mod kakao;

use std::error::Error;

use jiff::SignedDuration;
use katok_client::{
    AuthorizationResponse, Authorize, Client, ExchangeCode, FileTokenStore, Me, RedirectUri, State,
    SystemChance, TokenKeeper, Tokens,
};

/// What a run of the program does: it opens the file and asks.
async fn run(client: &Client, store: &FileTokenStore) -> Result<(), Box<dyn Error>> {
    let keeper = TokenKeeper::new(client.clone(), store.clone());
    let profile = keeper.call(&"ryan".to_owned(), &Me).await?;
    println!("hello, {}", profile.nickname().unwrap_or("you"));
    // Before a program ends it waits for a refresh that is under way, whose token would be lost.
    keeper.settled().await;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kakao = kakao::start().await?;
    let folder = tempfile::tempdir()?;
    let store = FileTokenStore::new(folder.path().join("my-program/tokens.json"));

    // The first run signs in and stores.
    let redirect_uri: RedirectUri = "http://localhost:4000/redirect".parse()?;
    let state = State::generate(&SystemChance);
    let back = kakao.ryan_agrees(&Authorize::new(&redirect_uri).state(&state))?;
    let code = AuthorizationResponse::parse(back.query().unwrap_or_default())?.code(&state)?;
    let issued =
        kakao.client.exchange_code(&ExchangeCode { redirect_uri, code, code_verifier: None }).await?;
    let now = kakao.client.clock().now();
    store.put("ryan", Tokens::issued(issued, now), now).await?;
    run(&kakao.client, &store).await?;

    // Seven hours later the access token has ended at Kakao; the keeper hears so, and gets the next one.
    kakao.emulator.advance(SignedDuration::from_hours(7))?;
    run(&kakao.client, &store).await
}
