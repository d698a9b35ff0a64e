//! Signs in from a command-line program, by a redirect to this machine:
//! `cargo run -p katok-client --example sign_in_from_a_cli`.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

mod kakao;

use std::error::Error;

use katok_client::{
    AuthorizationResponse, Authorize, CodeVerifier, ExchangeCode, Me, RedirectUri, State, SystemChance,
};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use url::Url;

const DONE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n\
    이 창을 닫아도 됩니다. You may close this window.\n";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kakao = kakao::start().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/callback", listener.local_addr()?);
    // On Kakao you register one address with a fixed port, once, in the console.
    kakao.emulator.register_redirect_uri("demo", &address.parse()?)?;

    let redirect_uri: RedirectUri = address.parse()?;
    let (state, verifier) = (State::generate(&SystemChance), CodeVerifier::generate(&SystemChance));
    let login = Authorize::new(&redirect_uri).state(&state).code_challenge(verifier.challenge());
    println!("open {}", kakao.client.authorize_url(&login).host_str().unwrap_or_default());
    let browser = tokio::spawn(reqwest::get(kakao.ryan_agrees(&login)?));

    let code = came_back(&listener).await?.code(&state)?;
    let exchange = ExchangeCode { redirect_uri, code, code_verifier: Some(verifier) };
    let tokens = kakao.client.exchange_code(&exchange).await?;
    let profile = kakao.client.call(&Me, &tokens.access_token).await?;
    println!("hello, {}", profile.nickname().unwrap_or("you"));

    println!("the browser says: {}", browser.await??.text().await?.trim());
    Ok(())
}

/// Waits for a request that brings an answer of Kakao's; browsers also ask for `/favicon.ico`.
async fn came_back(listener: &TcpListener) -> Result<AuthorizationResponse, Box<dyn Error>> {
    loop {
        let (connection, _) = listener.accept().await?;
        let mut lines = BufReader::new(connection.take(16 * 1024));
        let mut first = String::new();
        lines.read_line(&mut first).await?;
        // GET /callback?code=… HTTP/1.1
        let target = first.split(' ').nth(1).unwrap_or("/");
        let asked = Url::parse("http://localhost")?.join(target)?;
        lines.into_inner().into_inner().write_all(DONE.as_bytes()).await?;
        if let ("/callback", Some(query)) = (asked.path(), asked.query()) {
            return Ok(AuthorizationResponse::parse(query)?);
        }
    }
}
