//! Signs people in to a web service made with axum: `cargo run -p katok-client --example sign_in_from_axum`.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

mod kakao;

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{RawQuery, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use katok_client::{
    AuthorizationResponse, Authorize, Client, CodeVerifier, ExchangeCode, IdTokenVerifier, Nonce,
    RedirectUri, State, SystemChance,
};

#[derive(Clone)]
struct Service {
    client: Client,
    redirect_uri: RedirectUri,
    /// Logins that have begun, by their state. A real service lets them go after ten minutes.
    begun: Arc<Mutex<HashMap<String, Login>>>,
}

struct Login {
    verifier: CodeVerifier,
    nonce: Nonce,
}

async fn login(Shared(service): Shared<Service>) -> Response {
    let (state, nonce) = (State::generate(&SystemChance), Nonce::generate(&SystemChance));
    let verifier = CodeVerifier::generate(&SystemChance);
    let authorize = Authorize::new(&service.redirect_uri)
        .state(&state)
        .nonce(&nonce)
        .code_challenge(verifier.challenge());
    let address = service.client.authorize_url(&authorize);
    // The cookie ties the login to this browser; over https it is also `Secure`.
    let cookie = format!("login={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=600", state.secret());
    let mut begun = service.begun.lock().unwrap_or_else(PoisonError::into_inner);
    begun.insert(state.secret().to_owned(), Login { verifier, nonce });
    ([(header::SET_COOKIE, cookie)], Redirect::to(address.as_str())).into_response()
}

async fn callback(
    Shared(service): Shared<Service>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<String, (StatusCode, String)> {
    let refused = |error: &dyn Error| (StatusCode::BAD_REQUEST, error.to_string());
    let cookie = headers.get(header::COOKIE).and_then(|cookie| cookie.to_str().ok()).unwrap_or_default();
    let state = cookie.split("; ").find_map(|cookie| cookie.strip_prefix("login=")).unwrap_or_default();

    let response =
        AuthorizationResponse::parse(&query.unwrap_or_default()).map_err(|error| refused(&error))?;
    let code = response.code(&State::new(state)).map_err(|error| refused(&error))?;
    let login = service.begun.lock().unwrap_or_else(PoisonError::into_inner).remove(state);
    let login = login.ok_or((StatusCode::BAD_REQUEST, "this login has ended: sign in again".to_owned()))?;

    let exchange = ExchangeCode {
        redirect_uri: service.redirect_uri.clone(),
        code,
        code_verifier: Some(login.verifier),
    };
    let tokens = service.client.exchange_code(&exchange).await.map_err(|error| refused(&error))?;
    let verifier = IdTokenVerifier::new(&service.client);
    let claims = verifier.verify_login(&tokens, Some(&login.nonce)).await.map_err(|error| refused(&error))?;
    // Here a real service begins a session of its own and keeps the tokens in its database.
    Ok(format!("hello, {}", claims.nickname.unwrap_or_default()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let kakao = kakao::start().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let callback_address = format!("{address}/kakao/callback");
    kakao.emulator.register_redirect_uri("demo", &callback_address.parse()?)?;

    let client = kakao.client.clone();
    let service = Service { client, redirect_uri: callback_address.parse()?, begun: Arc::default() };
    let router =
        Router::new().route("/login", get(login)).route("/kakao/callback", get(callback)).with_state(service);
    tokio::spawn(async move { axum::serve(listener, router).await });

    // A browser: it goes to the service, from there to Kakao, and back.
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let sent_away = browser.get(format!("{address}/login")).send().await?;
    let cookie = sent_away.headers()["set-cookie"].to_str()?.split(';').next().unwrap_or_default();
    let at_kakao = sent_away.headers()["location"].to_str()?.parse()?;
    let back = kakao.ryan_agrees_at(&at_kakao)?;
    println!("{}", browser.get(back.clone()).header("cookie", cookie).send().await?.text().await?);
    println!("{}", browser.get(back).send().await?.text().await?);
    Ok(())
}
