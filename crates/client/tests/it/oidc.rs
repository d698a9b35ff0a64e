//! ID tokens: whose are believed, what each forgery is refused for, and how seldom Kakao is asked for its keys.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use katok_client::{
    AuthorizationCode, Authorize, Client, ExchangeCode, GetEventsConfiguration, GetIdTokenInfo, GetJwks,
    GetProviderMetadata, GetUserInfo, IdToken, IdTokenError, IdTokenVerifier, IssuedTokens, ManualClock,
    Nonce, Remedy, Retries, SignedTokenError, SystemChance,
};
use katok_emulator::{Clock, Decision, Emulator, Options, Seed};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::kakao::{Answer, Kakao, Received, client_at};
use crate::service;

const JWKS: &str = "GET /.well-known/jwks.json";
const REDIRECT_URI: &str = "http://localhost:4000/redirect";

fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// The emulator and a client of its built-in app, each with a clock that stands at noon.
struct Desk {
    kakao: Emulator,
    clock: Arc<ManualClock>,
    client: Client,
}

impl Desk {
    async fn new() -> Self {
        Self::new_but(|_| {}).await
    }

    async fn new_but(change: impl FnOnce(&mut Seed)) -> Self {
        let mut seed = Seed::built_in();
        change(&mut seed);
        let options = Options { seed, clock: Some(Clock::stopped_at(noon())), ..Options::default() };
        let kakao = Emulator::start(options).await.unwrap();
        let clock = Arc::new(ManualClock::new(noon()));
        let client = service::builder(&kakao).clock(clock.clone()).build().unwrap();
        Self { kakao, clock, client }
    }

    /// A whole login with this nonce, by browser and code.
    async fn log_in(&self, nonce: &Nonce) -> IssuedTokens {
        let redirect_uri = REDIRECT_URI.parse().unwrap();
        let login = self.client.authorize_url(&Authorize::new(&redirect_uri).nonce(nonce));
        let back = self.kakao.approve(&login, "ryan", &Decision::Allow).unwrap();
        let (_, code) = back.query_pairs().find(|(name, _)| name == "code").unwrap();
        let code = AuthorizationCode::new(code);
        self.client.exchange_code(&ExchangeCode { redirect_uri, code, code_verifier: None }).await.unwrap()
    }
}

#[tokio::test]
async fn the_id_token_of_a_login_says_who_signed_in() {
    let desk = Desk::new().await;
    let verifier = IdTokenVerifier::new(&desk.client);
    let mut last = None;
    // The emulator signs with two keys in turn.
    for _ in 0..3 {
        let nonce = Nonce::generate(&SystemChance);
        let issued = desk.log_in(&nonce).await;
        let claims = verifier.verify_login(&issued, Some(&nonce)).await.unwrap();
        assert_eq!(claims.aud, service::REST_API_KEY);
        assert_eq!((claims.iat, claims.auth_time), (noon(), Some(noon())));
        assert_eq!(claims.nickname.as_deref(), Some("라이언"));
        let user = desk.client.call(&GetUserInfo, &issued.access_token).await.unwrap();
        assert_eq!((user.sub, user.nickname.as_deref()), (claims.sub, Some("라이언")));
        last = Some((issued, nonce));
    }
    let fetches = desk.kakao.journal(0).iter().filter(|asked| asked.path == "/.well-known/jwks.json").count();
    assert_eq!(fetches, 1);

    // After a refresh nobody logs in, so there is no nonce to compare.
    let (issued, nonce) = last.unwrap();
    let refreshed = desk.client.refresh(&issued.refresh_token).await.unwrap();
    verifier.verify(refreshed.id_token.as_ref().unwrap(), None).await.unwrap();

    let other = Nonce::generate(&SystemChance);
    let error = verifier.verify_login(&issued, Some(&other)).await.unwrap_err();
    assert!(matches!(error, IdTokenError::Nonce), "{error}");

    desk.clock.advance(SignedDuration::from_hours(24));
    let error = verifier.verify_login(&issued, Some(&nonce)).await.unwrap_err();
    assert!(matches!(error, IdTokenError::Expired), "{error}");
}

#[tokio::test]
async fn an_app_without_openid_connect_is_told_what_to_switch_on() {
    let desk = Desk::new_but(|seed| seed.apps[0].oidc = false).await;
    let nonce = Nonce::generate(&SystemChance);
    let issued = desk.log_in(&nonce).await;
    let error = IdTokenVerifier::new(&desk.client).verify_login(&issued, Some(&nonce)).await.unwrap_err();
    assert!(matches!(error, IdTokenError::Absent), "{error}");
    assert_eq!(error.remedy(), Remedy::TellOperator);
    let error = desk.client.call(&GetUserInfo, &issued.access_token).await.unwrap_err();
    assert_eq!(error.status(), Some(403));
}

#[tokio::test]
async fn kakaos_documents_about_itself_fit_its_tokens() {
    let Desk { kakao, client, .. } = Desk::new().await;
    let metadata = client.call_as_app(&GetProviderMetadata).await.unwrap();
    let events = client.call_as_app(&GetEventsConfiguration).await.unwrap();
    assert_eq!(metadata.jwks_uri, events.jwks_uri);
    assert_eq!(client.call_as_app(&GetJwks).await.unwrap().keys.len(), 2);
    let token = kakao.sign_in("demo", "ryan", &[]).await.unwrap().id_token.unwrap();
    let info = client.call_as_app(&GetIdTokenInfo::new(IdToken::new(&token))).await.unwrap();
    assert_eq!(info.unchecked.iss, metadata.issuer);
    assert_eq!(
        info.unchecked,
        IdTokenVerifier::new(&client).verify(&IdToken::new(token), None).await.unwrap()
    );
}

/// Keys that nobody knows before the test begins.
static FIRST: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("first"));
static SECOND: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("second"));

struct SigningKey {
    kid: &'static str,
    pair: KeyPair,
}

impl SigningKey {
    fn generate(kid: &'static str) -> Self {
        Self { kid, pair: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    fn jwk(&self) -> Value {
        let key = self.pair.public_key();
        let part = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
        let (n, e) = (
            part(key.modulus().big_endian_without_leading_zero()),
            part(key.exponent().big_endian_without_leading_zero()),
        );
        json!({"kid": self.kid, "kty": "RSA", "alg": "RS256", "use": "sig", "n": n, "e": e})
    }

    fn sign(&self, header: &Value, claims: &Value) -> IdToken {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        IdToken::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn id_token(&self, kakao: &Kakao) -> IdToken {
        self.sign(&header(self.kid), &claims(kakao))
    }

    /// One that lives longer than keys are kept.
    fn lasting_id_token(&self, kakao: &Kakao) -> IdToken {
        let mut claims = claims(kakao);
        claims["exp"] = json!(noon().as_second() + 200_000);
        self.sign(&header(self.kid), &claims)
    }
}

fn header(kid: &str) -> Value {
    json!({"kid": kid, "typ": "JWT", "alg": "RS256"})
}

fn claims(kakao: &Kakao) -> Value {
    let issuer = kakao.url().as_str().trim_end_matches('/').to_owned();
    let iat = noon().as_second();
    json!({"iss": issuer, "aud": "REST_API_KEY", "sub": "4820000001", "iat": iat, "exp": iat + 21_600, "nonce": "n-1"})
}

/// A Kakao with these keys, of which the test decides; and a client whose clock stands at noon.
struct KeyDesk {
    kakao: Kakao,
    published: Arc<Mutex<Vec<Value>>>,
    is_down: Arc<AtomicBool>,
    clock: Arc<ManualClock>,
    client: Client,
}

impl KeyDesk {
    async fn publishing(keys: &[&SigningKey]) -> Self {
        let published = Arc::new(Mutex::new(keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()));
        let is_down = Arc::new(AtomicBool::new(false));
        let kakao = Kakao::start({
            let (published, is_down) = (published.clone(), is_down.clone());
            move |_| {
                if is_down.load(Ordering::SeqCst) {
                    return Answer::Page(503, "text/html", "maintenance".to_owned());
                }
                Answer::Json(200, json!({"keys": *published.lock().unwrap()}))
            }
        })
        .await;
        let clock = Arc::new(ManualClock::new(noon()));
        let client = client_at(&kakao.url()).clock(clock.clone()).retries(Retries::NONE).build().unwrap();
        Self { kakao, published, is_down, clock, client }
    }

    fn publish(&self, keys: &[&SigningKey]) {
        *self.published.lock().unwrap() = keys.iter().map(|key| key.jwk()).collect();
    }

    async fn verify(&self, token: &IdToken) -> Result<(), IdTokenError> {
        IdTokenVerifier::new(&self.client).verify(token, None).await.map(drop)
    }

    fn fetches(&self) -> usize {
        self.kakao.count(JWKS)
    }
}

/// The token with one of its parts replaced.
fn with_part(token: &IdToken, which: usize, part: &str) -> IdToken {
    let mut parts: Vec<_> = token.secret().split('.').collect();
    parts[which] = part;
    IdToken::new(parts.join("."))
}

type Expected = fn(&IdTokenError) -> bool;

#[tokio::test]
async fn each_single_defect_is_refused_for_what_it_is() {
    let desk = KeyDesk::publishing(&[&FIRST]).await;
    let verifier = IdTokenVerifier::new(&desk.client);
    let nonce = Nonce::new("n-1");
    let good = FIRST.id_token(&desk.kakao);
    verifier.verify(&good, Some(&nonce)).await.unwrap();

    let claims = claims(&desk.kakao);
    let but = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let iat = noon().as_second();
    let signature = good.secret().rsplit('.').next().unwrap();
    let mut altered = URL_SAFE_NO_PAD.decode(signature).unwrap();
    altered[100] ^= 1;
    let without = |name: &str| {
        let mut claims = claims.clone();
        claims.as_object_mut().unwrap().remove(name);
        FIRST.sign(&header("first"), &claims)
    };
    let signed = |claims: &Value| FIRST.sign(&header("first"), claims);
    let headed = |header: Value| FIRST.sign(&header, &claims);
    let cases: Vec<(&str, IdToken, Expected)> = vec![
        ("other payload", with_part(&good, 1, &part(&but("sub", json!("1")))), is_signature),
        ("other signature", with_part(&good, 2, &URL_SAFE_NO_PAD.encode(altered)), is_signature),
        ("no signature", with_part(&good, 2, ""), is_signature),
        ("another's signature under a known name", SECOND.sign(&header("first"), &claims), is_signature),
        ("unsigned", with_part(&with_part(&good, 0, &part(&json!({"alg": "none"}))), 2, ""), is_algorithm),
        ("HS256", headed(json!({"alg": "HS256", "kid": "first"})), is_algorithm),
        ("RS512", headed(json!({"alg": "RS512", "kid": "first"})), is_algorithm),
        ("unknown kid", headed(header("third")), is_unknown_key),
        ("no kid", headed(json!({"alg": "RS256"})), is_unknown_key),
        ("security event", headed(json!({"alg": "RS256", "kid": "first", "typ": "secevent+jwt"})), |error| {
            matches!(error, IdTokenError::Untrusted(SignedTokenError::Type))
        }),
        ("an access token", IdToken::new("vB7xkQ2-opaque"), |error| {
            matches!(error, IdTokenError::Untrusted(SignedTokenError::Malformed))
        }),
        ("far too long", IdToken::new("a".repeat(1 << 20)), |error| {
            matches!(error, IdTokenError::Untrusted(SignedTokenError::TooLong))
        }),
        ("iss", signed(&but("iss", json!("https://kauth.kakao.com.example"))), |error| {
            matches!(error, IdTokenError::Issuer { .. })
        }),
        ("aud", signed(&but("aud", json!("ANOTHER_KEY"))), |error| matches!(error, IdTokenError::Audience)),
        ("list of aud", signed(&but("aud", json!(["REST_API_KEY"]))), is_claims),
        ("nonce", signed(&but("nonce", json!("n-2"))), |error| matches!(error, IdTokenError::Nonce)),
        ("no nonce", without("nonce"), |error| matches!(error, IdTokenError::Nonce)),
        ("exp", signed(&but("exp", json!(iat - 60))), |error| matches!(error, IdTokenError::Expired)),
        ("no exp", without("exp"), is_claims),
        ("exp beyond all calendars", signed(&but("exp", json!(i64::MAX))), is_claims),
        ("iat", signed(&but("iat", json!(iat + 61))), |error| matches!(error, IdTokenError::IssuedInFuture)),
        ("sub", signed(&but("sub", json!("somebody"))), is_claims),
        ("no claims", signed(&json!([])), is_claims),
    ];
    for (what, token, is_expected) in cases {
        let error = verifier.verify(&token, Some(&nonce)).await.expect_err(what);
        assert!(is_expected(&error), "{what}: {error:?}");
        let said = format!("{error} {error:?}");
        for part in token.secret().split('.').filter(|part| part.len() > 8) {
            assert!(!said.contains(part), "{what}: {said}");
        }
        assert!(!said.contains("somebody") && !said.contains("n-2") && !said.contains("ANOTHER"), "{said}");
    }
    assert_eq!(desk.fetches(), 1, "within a minute, unknown names cause no fetch");
}

fn is_signature(error: &IdTokenError) -> bool {
    matches!(error, IdTokenError::Untrusted(SignedTokenError::Signature))
}

fn is_algorithm(error: &IdTokenError) -> bool {
    matches!(error, IdTokenError::Untrusted(SignedTokenError::Algorithm))
}

fn is_unknown_key(error: &IdTokenError) -> bool {
    matches!(error, IdTokenError::Untrusted(SignedTokenError::UnknownKey))
}

fn is_claims(error: &IdTokenError) -> bool {
    matches!(error, IdTokenError::Untrusted(SignedTokenError::Claims(_)))
}

#[tokio::test]
async fn another_algorithm_is_refused_without_asking_for_keys() {
    let desk = KeyDesk::publishing(&[&FIRST]).await;
    let token = FIRST.sign(&json!({"alg": "HS256", "kid": "first"}), &claims(&desk.kakao));
    assert!(is_algorithm(&desk.verify(&token).await.unwrap_err()));
    assert_eq!(desk.fetches(), 0);
}

#[tokio::test]
async fn a_token_cannot_bring_its_own_key() {
    let desk = KeyDesk::publishing(&[&FIRST]).await;
    let elsewhere = KeyDesk::publishing(&[&SECOND]).await;
    let url = elsewhere.kakao.url();
    for kid in ["first", "second"] {
        let header = json!({"alg": "RS256", "kid": kid, "jku": url, "x5u": url, "jwk": SECOND.jwk()});
        let error = desk.verify(&SECOND.sign(&header, &claims(&desk.kakao))).await.unwrap_err();
        assert!(if kid == "first" { is_signature(&error) } else { is_unknown_key(&error) }, "{error}");
    }
    assert_eq!(elsewhere.kakao.received().len(), 0);
}

#[tokio::test]
async fn new_keys_are_found_and_old_ones_forgotten() {
    let desk = KeyDesk::publishing(&[&FIRST]).await;
    let (first, second) = (FIRST.id_token(&desk.kakao), SECOND.id_token(&desk.kakao));
    desk.verify(&first).await.unwrap();
    desk.publish(&[&SECOND]);
    assert!(is_unknown_key(&desk.verify(&second).await.unwrap_err()), "the keys were just fetched");
    desk.clock.advance(SignedDuration::from_mins(1));
    desk.verify(&second).await.unwrap();
    assert!(is_unknown_key(&desk.verify(&first).await.unwrap_err()));
    assert_eq!(desk.fetches(), 2);
}

#[tokio::test]
async fn a_withdrawn_key_is_noticed_within_a_day() {
    let desk = KeyDesk::publishing(&[&FIRST]).await;
    let first = FIRST.lasting_id_token(&desk.kakao);
    desk.verify(&first).await.unwrap();
    desk.publish(&[&SECOND]);
    desk.clock.advance(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    desk.verify(&first).await.unwrap();
    desk.clock.advance(SignedDuration::from_secs(1));
    assert!(is_unknown_key(&desk.verify(&first).await.unwrap_err()));
}

#[tokio::test]
async fn a_flood_of_unknown_keys_makes_one_fetch_a_minute() {
    let desk = KeyDesk::publishing(&[&FIRST]).await;
    for minute in 1..=3 {
        for forged in 0..50 {
            let token = SECOND.sign(&header(&format!("{minute}-{forged}")), &claims(&desk.kakao));
            assert!(is_unknown_key(&desk.verify(&token).await.unwrap_err()));
        }
        assert_eq!(desk.fetches(), minute);
        desk.clock.advance(SignedDuration::from_mins(1));
    }
    desk.verify(&FIRST.id_token(&desk.kakao)).await.unwrap();
}

#[tokio::test]
async fn old_keys_serve_while_the_server_of_keys_is_down() {
    let desk = KeyDesk::publishing(&[&FIRST]).await;
    let first = FIRST.lasting_id_token(&desk.kakao);
    desk.verify(&first).await.unwrap();
    desk.is_down.store(true, Ordering::SeqCst);
    desk.clock.advance(SignedDuration::from_hours(30));
    for _ in 0..10 {
        desk.verify(&first).await.unwrap();
    }
    assert_eq!(desk.fetches(), 2);

    // Nothing is known of a new key: neither believed nor called a forgery.
    let error = desk.verify(&SECOND.id_token(&desk.kakao)).await.unwrap_err();
    assert!(matches!(error, IdTokenError::Untrusted(SignedTokenError::KeysUnavailable(_))), "{error}");

    desk.is_down.store(false, Ordering::SeqCst);
    desk.clock.advance(SignedDuration::from_secs(10));
    desk.verify(&first).await.unwrap();
    assert_eq!(desk.fetches(), 3);
}

#[tokio::test]
async fn a_hundred_verifications_at_once_fetch_the_keys_once() {
    let desk = KeyDesk::publishing(&[&FIRST]).await;
    let token = FIRST.id_token(&desk.kakao);
    let verifications: Vec<_> = (0..100)
        .map(|_| {
            let (client, token) = (desk.client.clone(), token.clone());
            tokio::spawn(async move { IdTokenVerifier::new(&client).verify(&token, None).await.map(drop) })
        })
        .collect();
    for verification in verifications {
        verification.await.unwrap().unwrap();
    }
    assert_eq!(desk.fetches(), 1);
}

/// A Kakao that publishes the first key each time it is given leave, and tells when it is asked.
async fn hesitant() -> (Kakao, Arc<Notify>, Arc<Notify>) {
    let (asked, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let answer = {
        let (asked, leave) = (asked.clone(), leave.clone());
        move |_: &Received| {
            asked.notify_one();
            Answer::After(leave.clone(), Box::new(Answer::Json(200, json!({"keys": [FIRST.jwk()]}))))
        }
    };
    (Kakao::start(answer).await, asked, leave)
}

#[tokio::test]
async fn a_server_of_keys_that_hangs_holds_up_one_caller() {
    let (kakao, asked, leave) = hesitant().await;
    let clock = Arc::new(ManualClock::new(noon()));
    let client = client_at(&kakao.url()).clock(clock.clone()).build().unwrap();
    let verifier = IdTokenVerifier::new(&client);
    let token = FIRST.lasting_id_token(&kakao);
    leave.notify_one();
    verifier.verify(&token, None).await.unwrap();
    asked.notified().await;

    clock.advance(SignedDuration::from_hours(25));
    let held_up = tokio::spawn({
        let (verifier, token) = (verifier.clone(), token.clone());
        async move { verifier.verify(&token, None).await.map(drop) }
    });
    asked.notified().await;
    verifier.verify(&token, None).await.unwrap();
    leave.notify_one();
    held_up.await.unwrap().unwrap();
    assert_eq!(kakao.count(JWKS), 2);
}

#[tokio::test]
async fn a_caller_who_gives_up_does_not_stop_the_fetch() {
    let (kakao, asked, leave) = hesitant().await;
    let client = client_at(&kakao.url()).clock(Arc::new(ManualClock::new(noon()))).build().unwrap();
    let token = FIRST.id_token(&kakao);
    let caller = tokio::spawn({
        let (client, token) = (client.clone(), token.clone());
        async move { IdTokenVerifier::new(&client).verify(&token, None).await.map(drop) }
    });
    asked.notified().await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    leave.notify_one();
    IdTokenVerifier::new(&client).verify(&token, None).await.unwrap();
    assert_eq!(kakao.count(JWKS), 1);
}
