//! Logging in and out as a service does it: by addresses, and by what browsers bring back from them.

use katok_client::{
    AccountLogout, AuthorizationCode, AuthorizationError, AuthorizationErrorCode, AuthorizationResponse,
    Authorize, CodeVerifier, Error, ExchangeCode, IssuedTokens, ListScopes, ListServiceTerms, Logout, Me,
    Nonce, Prompt, RedirectUri, Remedy, RevokeScopes, Scope, ScopeSet, State, SystemChance, Unlink,
};
use katok_emulator::Decision;
use url::Url;

use crate::service::Service;
use crate::shop;

fn redirect_uri() -> RedirectUri {
    "https://svc.example/cb".parse().unwrap()
}

/// A login as far as the browser that comes back from it.
fn come_back(
    service: &Service,
    authorize: Authorize,
    decision: &Decision,
) -> Result<AuthorizationCode, AuthorizationError> {
    let state = State::generate(&SystemChance);
    let address = service.client.authorize_url(&authorize.state(&state));
    let back = service.kakao.approve(&address, "mina", decision).unwrap();
    AuthorizationResponse::parse(back.query().unwrap())?.code(&state)
}

async fn log_in(service: &Service, authorize: Authorize) -> Result<IssuedTokens, Error> {
    let verifier = CodeVerifier::generate(&SystemChance);
    let authorize = authorize.code_challenge(verifier.challenge());
    let exchange = ExchangeCode {
        redirect_uri: redirect_uri(),
        code: come_back(service, authorize, &Decision::Allow).unwrap(),
        code_verifier: Some(verifier),
    };
    let tokens = service.client.exchange_code(&exchange).await?;
    // The code is good once.
    assert_eq!(service.client.exchange_code(&exchange).await.unwrap_err().remedy(), Remedy::SignInAgain);
    Ok(tokens)
}

/// Where a browser without any session is sent on to, or the page it is shown instead.
async fn open(address: Url) -> Result<Url, String> {
    let browser = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let answer = browser.build().unwrap().get(address).send().await.unwrap();
    match answer.headers().get("location") {
        Some(location) => Ok(location.to_str().unwrap().parse().unwrap()),
        None => Err(answer.text().await.unwrap()),
    }
}

#[tokio::test]
async fn from_the_first_login_to_the_deletion_of_the_account() {
    let service = shop::open().await;
    let tokens = log_in(&service, Authorize::new(&redirect_uri())).await.unwrap();
    let user = service.client.call(&Me, &tokens.access_token).await.unwrap().id;

    let needed = ScopeSet::parse("profile_nickname,talk_message");
    let agreed = service.client.call(&ListScopes::all(), &tokens.access_token).await.unwrap().agreed();
    let missing = needed.missing_from(&agreed);
    assert_eq!(missing, ScopeSet::parse("talk_message"));
    let ask = Authorize::new(&redirect_uri()).scopes(&missing);
    let token = log_in(&service, ask).await.unwrap().access_token;
    let agreed = service.client.call(&ListScopes::all(), &token).await.unwrap().agreed();
    assert!(needed.missing_from(&agreed).is_empty());
    let left = service.client.call(&RevokeScopes::new([Scope::TALK_MESSAGE]), &token).await.unwrap().agreed();
    assert_eq!(needed.missing_from(&left), missing);

    assert_eq!(service.client.call(&Logout, &token).await.unwrap().id, user);
    assert_eq!(service.client.call(&Me, &token).await.unwrap_err().remedy(), Remedy::RefreshToken);

    let state = State::generate(&SystemChance);
    let logout = AccountLogout::new(&"https://svc.example/out".parse().unwrap()).state(&state);
    let back = open(service.client.account_logout_url(&logout)).await.unwrap();
    assert_eq!(back.path(), "/out");
    assert!(AccountLogout::has_ended(back.query().unwrap(), &state));

    service.admin().call_for(user, &Unlink).await.unwrap();
    assert!(service.admin().call_for(user, &Unlink).await.unwrap_err().is_not_linked());
}

#[tokio::test]
async fn further_consent_with_a_nonce_brings_a_new_id_token() {
    let service = shop::open().await;
    log_in(&service, Authorize::new(&redirect_uri())).await.unwrap();
    let ask = Authorize::new(&redirect_uri()).scopes(&ScopeSet::parse("gender"));
    assert!(log_in(&service, ask.clone()).await.unwrap().id_token.is_none());
    let tokens = log_in(&service, ask.nonce(&Nonce::generate(&SystemChance))).await.unwrap();
    assert!(tokens.id_token.is_some());
}

#[tokio::test]
async fn terms_named_in_the_address_are_agreed_to_with_the_login() {
    let service = shop::open().await;
    let sync =
        Authorize::new(&redirect_uri()).service_terms(["service", "news"]).channel_public_ids(["_ZeUTxl"]);
    let token = log_in(&service, sync).await.unwrap().access_token;
    let terms = service.client.call(&ListServiceTerms::agreed(), &token).await.unwrap().service_terms;
    assert!(terms.iter().map(|term| term.tag.as_str()).eq(["service", "news"]));
}

#[tokio::test]
async fn who_comes_back_without_a_code_is_told_why() {
    let service = shop::open().await;
    let ask = || Authorize::new(&redirect_uri());
    for (authorize, decision, expected) in [
        (ask(), Decision::Deny, AuthorizationErrorCode::AccessDenied),
        (ask().prompt(Prompt::None), Decision::Allow, AuthorizationErrorCode::ConsentRequired),
    ] {
        match come_back(&service, authorize, &decision) {
            Err(AuthorizationError::Refused { error, description: Some(_) }) => assert_eq!(error, expected),
            other => panic!("{other:?}"),
        }
    }

    let state = State::new("STATE");
    let silent = service.client.authorize_url(&ask().prompt(Prompt::None).login_hint("mina").state(&state));
    let back = open(silent).await.unwrap();
    let error = AuthorizationResponse::parse(back.query().unwrap()).unwrap().code(&state).unwrap_err();
    assert!(
        matches!(error, AuthorizationError::Refused { error: AuthorizationErrorCode::LoginRequired, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_logout_to_an_address_that_is_not_registered_ends_on_kakaos_page() {
    let service = shop::open().await;
    let logout = AccountLogout::new(&"https://svc.example/elsewhere".parse().unwrap());
    assert!(open(service.client.account_logout_url(&logout)).await.unwrap_err().contains("KOE007"));
}
