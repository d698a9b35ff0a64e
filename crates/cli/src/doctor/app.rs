//! The app at Kakao, as its answers show it: keys, secret, redirect addresses, consent items, OpenID Connect.
//!
//! Two harmless questions tell it: a token request with a code that Kakao never gave, and an authorize request of
//! nobody (`prompt=none`, no cookies), of which the answer is read and not followed.

use http::{Request, header};
use hyper::body::Bytes;
use katok_client::{
    AdminKey, AuthorizationCode, Authorize, Client, Error, ExchangeCode, KakaoCode, KakaoUserId, Me, Prompt,
    RedirectUri, Retries, Scope, ScopeSet,
};
use katok_gateway::KakaoApp;
use katok_gateway::config::Oidc;
use tokio::time::timeout;

use super::{Check, PATIENCE};
use crate::failure::Exit;
use crate::pasted::{Mention, mentions};
use crate::printable::printable;

const LOGIN: [&str; 2] = ["[카카오 로그인] > [사용 설정]", "[Kakao Login] > [Enable]"];
const OPENID_CONNECT: [&str; 2] = ["[카카오 로그인] > [OpenID Connect]", "[Kakao Login] > [OpenID Connect]"];

/// A client that does not try for long.
pub(crate) fn client(app: &KakaoApp, with_secret: bool) -> Result<Client, Error> {
    let mut builder = Client::builder(app.keys.rest_api_key.clone())
        .auth_base_url(app.auth_base_url.clone())
        .api_base_url(app.api_base_url.clone())
        .timeout(PATIENCE)
        .retries(Retries::NONE);
    if let Some(secret) = app.keys.client_secret.as_ref().filter(|_| with_secret) {
        builder = builder.client_secret(secret.clone());
    }
    builder.build()
}

/// Whether Kakao knows the key, and whether the secret fits.
pub(crate) async fn key_and_secret(app: &KakaoApp, redirect_uri: &RedirectUri) -> Result<Vec<Check>, Error> {
    let said = token_request(&client(app, true)?, redirect_uri).await;
    let has_secret = app.keys.client_secret.is_some();
    let no_secret_check = || {
        Check::skipped(
            "client_secret",
            "시크릿: 키가 맞아야 알 수 있습니다.",
            "Secret: only a right key would tell.",
        )
    };
    let known = || Check::fine("app_key", "카카오가 REST API 키를 압니다.", "Kakao knows the REST API key.");
    Ok(match said.as_deref() {
        Some("KOE101") => vec![unknown_key(app, &client(app, true)?).await, no_secret_check()],
        Some(code @ ("KOE008" | "KOE009")) => vec![another_kind_of_key(code), no_secret_check()],
        Some(code @ "KOE010") => {
            let (ko, en) = if has_secret {
                (
                    "KAKAO_CLIENT_SECRET이 이 REST API 키의 시크릿과 다릅니다.",
                    "KAKAO_CLIENT_SECRET is not the secret of this REST API key.",
                )
            } else {
                (
                    "이 REST API 키는 시크릿이 켜져 있는데 KAKAO_CLIENT_SECRET이 없습니다.",
                    "This REST API key has its secret switched on, and KAKAO_CLIENT_SECRET is not set.",
                )
            };
            let wrong =
                Check::failed("client_secret", Exit::Refused, with_code(ko, code), with_code(en, code));
            vec![known(), wrong.explained_by(&mention(code)).remedy(
                "콘솔에서 바로 이 키의 시크릿을 복사해 KAKAO_CLIENT_SECRET이나 KAKAO_CLIENT_SECRET_FILE에 넣으세요. 키마다 시크릿이 다릅니다.",
                "Copy the secret of this very key from the console into KAKAO_CLIENT_SECRET or KAKAO_CLIENT_SECRET_FILE; each key has its own.",
            )]
        }
        // It got as far as the code, which is none.
        Some("KOE320" | "KOE303") => vec![known(), secret(app, redirect_uri, has_secret).await?],
        Some(code) => vec![refused("app_key", &mention(code)), no_secret_check()],
        None => vec![
            Check::skipped(
                "app_key",
                "카카오가 코드로 답하지 않았습니다.",
                "Kakao gave no code in its answer.",
            ),
            no_secret_check(),
        ],
    })
}

/// The code with which Kakao refuses a code that it never gave.
async fn token_request(client: &Client, redirect_uri: &RedirectUri) -> Option<String> {
    let exchange = ExchangeCode {
        redirect_uri: redirect_uri.clone(),
        code: AuthorizationCode::new("katok-doctor"),
        code_verifier: None,
    };
    client.exchange_code(&exchange).await.err()?.kakao_code().map(|code| code.to_string())
}

/// Kakao takes the secret as it is set; what is left is whether it needs one.
async fn secret(app: &KakaoApp, redirect_uri: &RedirectUri, has_secret: bool) -> Result<Check, Error> {
    if !has_secret {
        return Ok(Check::fine(
            "client_secret",
            "시크릿이 꺼져 있고, 설정에도 없습니다.",
            "The secret is switched off, and none is set.",
        ));
    }
    Ok(match token_request(&client(app, false)?, redirect_uri).await.as_deref() {
        Some("KOE010") => Check::fine("client_secret", "시크릿이 맞습니다.", "The secret is right."),
        Some("KOE320" | "KOE303") => Check::warning(
            "client_secret",
            "KAKAO_CLIENT_SECRET이 있는데 카카오는 시크릿 없이도 받습니다. 콘솔에서 꺼져 있거나 REST API 키가 아닙니다.",
            "KAKAO_CLIENT_SECRET is set, and Kakao asks for none: it is switched off in the console, or this is no REST API key.",
        )
        .explained_by(&mention("KOE010"))
        .remedy(
            "콘솔에서 시크릿을 켜거나, KAKAO_CLIENT_SECRET을 지우세요. 켜는 것이 안전합니다.",
            "Switch it on in the console, or take KAKAO_CLIENT_SECRET away. Switching it on is safer.",
        ),
        _ => Check::skipped("client_secret", "시크릿이 필요한지 알 수 없습니다.", "Whether a secret is needed cannot be told."),
    })
}

/// A key that the authorization server does not know may be the admin key, which the API server knows.
async fn unknown_key(app: &KakaoApp, client: &Client) -> Check {
    let as_admin = client.admin(AdminKey::new(app.keys.rest_api_key.secret()));
    // Nobody has this id, so nobody's data can come back.
    let said = as_admin.call_for(KakaoUserId::new(0), &Me).await;
    let is_admin_key = match &said {
        Ok(_) => true,
        Err(error) => matches!(error.kakao_code(), Some(KakaoCode::Api(code)) if code != -401),
    };
    let code = "KOE101";
    let check = if is_admin_key {
        Check::failed(
            "app_key",
            Exit::Refused,
            with_code(
                "KAKAO_REST_API_KEY에 어드민 키가 들어 있습니다. 어드민 키는 모든 사용자에게 통하니 아무 데나 두지 마세요.",
                code,
            ),
            with_code(
                "KAKAO_REST_API_KEY holds an admin key, which opens every user's data: keep it out of the way.",
                code,
            ),
        )
    } else {
        Check::failed(
            "app_key",
            Exit::Refused,
            with_code("카카오가 KAKAO_REST_API_KEY의 키를 모릅니다.", code),
            with_code("Kakao does not know the key in KAKAO_REST_API_KEY.", code),
        )
    };
    check.explained_by(&mention(code)).remedy(
        "네이티브 앱 키, JavaScript 키, 어드민 키가 아닌 REST API 키를 KAKAO_REST_API_KEY에 넣으세요.",
        "Set KAKAO_REST_API_KEY to the REST API key: not the native app key, JavaScript key or admin key.",
    )
}

fn another_kind_of_key(code: &str) -> Check {
    Check::failed(
        "app_key",
        Exit::Refused,
        with_code("KAKAO_REST_API_KEY에 JavaScript 키나 네이티브 앱 키가 들어 있습니다.", code),
        with_code("KAKAO_REST_API_KEY holds a JavaScript key or a native app key.", code),
    )
    .explained_by(&mention("KOE008"))
    .remedy(
        "같은 앱의 REST API 키를 KAKAO_REST_API_KEY에 넣으세요.",
        "Set KAKAO_REST_API_KEY to the REST API key of the same app.",
    )
}

/// What an authorize request of nobody came to.
enum Opened {
    /// Kakao would let somebody sign in.
    Fine,
    Refused(Mention),
    Unclear,
}

async fn open(client: &Client, redirect_uri: &RedirectUri, scopes: &str) -> Opened {
    let authorize = Authorize::new(redirect_uri).scopes(&ScopeSet::parse(scopes)).prompt(Prompt::None);
    let url = client.authorize_url(&authorize);
    let Ok(request) = Request::get(url.as_str()).body(Bytes::new()) else { return Opened::Unclear };
    let Ok(Ok(answer)) = timeout(PATIENCE, client.transport().send(request)).await else {
        return Opened::Unclear;
    };
    let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let said = location.map_or_else(|| String::from_utf8_lossy(answer.body()), Into::into);
    let on_the_page = |mention: &Mention| !matches!(mention, Mention::Code(KakaoCode::Api(_)));
    match mentions(&said).into_iter().find(on_the_page) {
        // That nobody is signed in is what this way of asking comes to.
        Some(Mention::Word(word))
            if matches!(&*word, "login_required" | "consent_required" | "interaction_required") =>
        {
            Opened::Fine
        }
        Some(Mention::Word(_)) if location.is_none() => Opened::Unclear,
        Some(refusal) => Opened::Refused(refusal),
        None if location.is_some() => Opened::Fine,
        None => Opened::Unclear,
    }
}

/// Whether people can sign in: Kakao Login, the redirect addresses, the consent items, OpenID Connect.
///
/// The second address is the gateway's own, where it is another one.
pub(crate) async fn login(
    client: &Client,
    redirect_uri: &RedirectUri,
    of_gateway: Option<&RedirectUri>,
    oidc: Oidc,
) -> Vec<Check> {
    let opened = open(client, redirect_uri, "").await;
    let mut checks = Vec::new();
    match &opened {
        Opened::Refused(code) if code.to_string() == "KOE004" => {
            let off = Check::failed(
                "kakao_login",
                Exit::Refused,
                with_code("앱에서 카카오 로그인이 꺼져 있습니다.", "KOE004"),
                with_code("Kakao Login is switched off for the app.", "KOE004"),
            );
            checks.push(off.explained_by(code).at(LOGIN));
        }
        Opened::Refused(code) if code.to_string() == "KOE006" => {
            checks.push(login_is_on());
            checks.push(not_registered("redirect_uri", redirect_uri));
        }
        Opened::Refused(code) if code.to_string() == "KOE008" => checks.push(another_kind_of_key("KOE008")),
        Opened::Refused(code) => checks.push(refused("kakao_login", code)),
        Opened::Fine => {
            checks.push(login_is_on());
            let address = printable(redirect_uri.as_str());
            checks.push(Check::fine(
                "redirect_uri",
                format!("리다이렉트 URI가 등록되어 있습니다: {address}."),
                format!("The redirect URI is registered: {address}."),
            ));
        }
        Opened::Unclear => checks.push(Check::skipped(
            "redirect_uri",
            "카카오 로그인과 리다이렉트 URI: 카카오의 답에서 알 수 없습니다.",
            "Kakao Login and the redirect URI: Kakao's answer does not tell.",
        )),
    }
    let of_gateway_fits = match of_gateway {
        Some(other) => {
            let opened = open(client, other, "").await;
            checks.extend(gateway_redirect(&opened, other));
            matches!(opened, Opened::Fine)
        }
        None => false,
    };
    // What Kakao looks at after the address can only be seen by one that is right.
    let usable = match (&opened, of_gateway) {
        (Opened::Fine, _) => Some(redirect_uri),
        (_, Some(other)) if of_gateway_fits => Some(other),
        _ => None,
    };
    match usable {
        Some(redirect_uri) => {
            checks.extend(consent_items(client, redirect_uri).await);
            checks.push(openid_connect(client, redirect_uri, oidc).await);
        }
        None => checks.push(Check::skipped(
            "consent_items",
            "동의항목과 OpenID Connect: 등록된 리다이렉트 URI가 있어야 알 수 있습니다.",
            "Consent items and OpenID Connect: only a registered redirect URI would tell.",
        )),
    }
    checks
}

fn login_is_on() -> Check {
    Check::fine("kakao_login", "카카오 로그인이 켜져 있습니다.", "Kakao Login is switched on.")
}

fn not_registered(name: &'static str, redirect_uri: &RedirectUri) -> Check {
    let address = printable(redirect_uri.as_str());
    Check::failed(
        name,
        Exit::Refused,
        format!("리다이렉트 URI가 등록되어 있지 않습니다(KOE006): {address}."),
        format!("The redirect URI is not registered (KOE006): {address}."),
    )
    .explained_by(&mention("KOE006"))
    .remedy(
        format!("이 REST API 키에 {address} 주소를 글자 하나까지 그대로 등록하거나, 등록된 주소를 KAKAO_REDIRECT_URI에 넣으세요(katok login만이라면 KATOK_LOGIN_REDIRECT_URI)."),
        format!("Register {address} with this REST API key exactly so, or set KAKAO_REDIRECT_URI to one that is registered (KATOK_LOGIN_REDIRECT_URI for katok login alone)."),
    )
}

/// Of use to whoever runs `katok up`.
fn gateway_redirect(opened: &Opened, redirect_uri: &RedirectUri) -> Option<Check> {
    match opened {
        Opened::Fine => {
            let address = printable(redirect_uri.as_str());
            Some(Check::fine(
                "gateway_redirect_uri",
                format!("katok up의 리다이렉트 URI가 등록되어 있습니다: {address}."),
                format!("The redirect URI of katok up is registered: {address}."),
            ))
        }
        Opened::Refused(code) if code.to_string() == "KOE006" => {
            let Check { mut sentence, remedy, console, .. } =
                not_registered("gateway_redirect_uri", redirect_uri);
            sentence.ko.push_str(" katok up에서 로그인할 수 없습니다.");
            sentence.en.push_str(" Nobody can sign in at katok up.");
            let warning = Check::warning("gateway_redirect_uri", sentence.ko, sentence.en);
            Some(Check { remedy, console, ..warning })
        }
        _ => None,
    }
}

async fn consent_items(client: &Client, redirect_uri: &RedirectUri) -> Vec<Check> {
    let mut missing = Vec::new();
    let mut refusal = None;
    for item in [Scope::TALK_MESSAGE, Scope::FRIENDS] {
        match open(client, redirect_uri, item.as_str()).await {
            Opened::Fine => {}
            Opened::Refused(code) => {
                missing.push(item);
                refusal = Some(code);
            }
            Opened::Unclear => {
                return vec![Check::skipped(
                    "consent_items",
                    "동의항목: 카카오의 답에서 알 수 없습니다.",
                    "Consent items: Kakao's answer does not tell.",
                )];
            }
        }
    }
    let Some(refusal) = refusal else {
        return vec![Check::fine(
            "consent_items",
            "메시지와 친구 목록의 동의항목이 설정되어 있습니다.",
            "The consent items for messages and friends are set up.",
        )];
    };
    let names = missing.iter().map(Scope::as_str).collect::<Vec<_>>().join(", ");
    let ko = format!("앱에 설정하지 않은 동의항목이 있습니다({refusal}): {names}.");
    let en = format!("The app has not set up these consent items ({refusal}): {names}.");
    let check = if missing.contains(&Scope::TALK_MESSAGE) {
        Check::failed("consent_items", Exit::Refused, ko, en)
    } else {
        // Enough for messages to oneself.
        Check::warning("consent_items", ko, en)
    };
    vec![check.explained_by(&mention("KOE205")).remedy(
        format!("동의항목에서 {names} 항목을 설정하세요. 메시지에는 talk_message, 친구에게 보내려면 friends도 필요합니다."),
        format!("Set up {names}. Messages need talk_message, and messages to friends friends as well."),
    )]
}

async fn openid_connect(client: &Client, redirect_uri: &RedirectUri, oidc: Oidc) -> Check {
    match (open(client, redirect_uri, Scope::OPENID.as_str()).await, oidc) {
        (Opened::Fine, _) => {
            Check::fine("oidc", "OpenID Connect가 켜져 있습니다.", "OpenID Connect is switched on.")
        }
        (Opened::Unclear, _) => Check::skipped(
            "oidc",
            "OpenID Connect: 카카오의 답에서 알 수 없습니다.",
            "OpenID Connect: Kakao's answer does not tell.",
        ),
        (Opened::Refused(code), Oidc::Required) => Check::failed(
            "oidc",
            Exit::Refused,
            format!(
                "KATOK_OIDC=required인데 OpenID Connect가 꺼져 있습니다({code}). 아무도 로그인할 수 없습니다."
            ),
            format!("KATOK_OIDC=required, and OpenID Connect is switched off ({code}): nobody can sign in."),
        )
        .remedy(
            "OpenID Connect를 켜거나 KATOK_OIDC를 auto로 바꾸세요.",
            "Switch OpenID Connect on, or set KATOK_OIDC to auto.",
        )
        .at(OPENID_CONNECT),
        (Opened::Refused(code), Oidc::Auto) => Check::warning(
            "oidc",
            format!("OpenID Connect가 꺼져 있어 ID 토큰이 오지 않습니다({code}). katok은 없어도 됩니다."),
            format!("OpenID Connect is switched off, so no ID tokens come ({code}); katok can do without."),
        )
        .remedy(
            "ID 토큰이 필요하면 OpenID Connect를 켜세요.",
            "Switch OpenID Connect on if you need ID tokens.",
        )
        .at(OPENID_CONNECT),
    }
}

fn refused(name: &'static str, said: &Mention) -> Check {
    let cause = said.explanation();
    let (ko, en) = cause.map_or(("카카오가 거절했습니다.", "Kakao refused."), |cause| {
        (cause.cause_ko, cause.cause_en)
    });
    let said_so = said.to_string();
    Check::failed(name, Exit::Refused, with_code(ko, &said_so), with_code(en, &said_so)).explained_by(said)
}

fn with_code(sentence: &str, code: &str) -> String {
    format!("{sentence} ({})", printable(code))
}

fn mention(code: &str) -> Mention {
    KakaoCode::parse(code).map_or_else(|| Mention::Word(code.to_owned()), Mention::Code)
}
