//! `/setup`: how this gateway is set up, and what to enter where in Kakao's console. Anybody may look; no secret is shown.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::tz::{Offset, TimeZone};
use katok_bubble::Language;
use katok_client::codes::Explanation;
use katok_client::{KakaoCode, codes};

use super::language::Reader;
use super::pages::{Frame, render};
use crate::app::App;
use crate::config::{KakaoAt, Oidc};
use crate::setup::Trouble;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/setup", get(setup))
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    frame: Frame,
    /// Whether somebody was signing in when Kakao refused.
    at_sign_in: bool,
    at_emulator: bool,
    trouble: Option<Told>,
    steps: Vec<Step>,
}

/// What Kakao has refused, in the language of the page.
struct Told {
    code: &'static str,
    cause: &'static str,
    /// In Korean time; none when it happened just now.
    at: Option<String>,
}

/// One setting: what to do about it, and where.
#[derive(Default)]
struct Step {
    /// Also the anchor of its place on the page: Kakao's code, where there is one.
    id: &'static str,
    title: &'static str,
    /// How it is set here.
    state: Option<&'static str>,
    advice: String,
    /// The menu of Kakao's console.
    menu: &'static str,
    /// What to enter there.
    value: Option<String>,
    /// What to switch on there, by its name and Kakao's word for it.
    items: Vec<(&'static str, &'static str)>,
    /// What is wrong with it, if Kakao has said so.
    wrong: Option<&'static str>,
}

impl Step {
    fn has_code(&self) -> bool {
        self.id.starts_with("KOE")
    }
}

/// `GET /setup`
async fn setup(State(app): State<Arc<App>>, Reader(language): Reader) -> Response {
    let last = app.trouble.get();
    let at = last.map(|(_, at)| {
        at.to_zoned(TimeZone::fixed(Offset::constant(9))).strftime("%Y-%m-%d %H:%M").to_string()
    });
    render(&page(&app, language, last.map(|(trouble, _)| trouble), at))
}

/// The same for somebody whose sign-in Kakao has just refused.
pub(super) fn at_sign_in(app: &App, Reader(language): Reader, trouble: Trouble) -> Response {
    let page = SetupPage { at_sign_in: true, ..page(app, language, Some(trouble), None) };
    (StatusCode::BAD_GATEWAY, render(&page)).into_response()
}

fn page(app: &App, language: Language, trouble: Option<Trouble>, at: Option<String>) -> SetupPage {
    let told = trouble.map(|trouble| {
        let explanation = trouble.explanation();
        let cause = language.choose(explanation.cause_ko, explanation.cause_en);
        Told { code: trouble.code(), cause, at }
    });
    let mut steps = steps(app, language);
    let secret_is_set = app.settings.kakao.keys.client_secret.is_some();
    for step in &mut steps {
        step.wrong = trouble
            .filter(|trouble| trouble.code() == step.id)
            .map(|trouble| what_is_wrong(trouble, secret_is_set, language));
    }
    // What is wrong comes first.
    steps.sort_by_key(|step| step.wrong.is_none());
    let at_emulator = app.settings.kakao.at == KakaoAt::Emulator;
    SetupPage {
        frame: Frame::of(app, language).at("/setup"),
        at_sign_in: false,
        at_emulator,
        trouble: told,
        steps,
    }
}

fn what_is_wrong(trouble: Trouble, secret_is_set: bool, language: Language) -> &'static str {
    match trouble {
        Trouble::RedirectUri => language.choose(
            "아래 주소가 이 REST API 키에 등록되어 있지 않습니다. 포트와 끝의 /까지 그대로 등록하세요.",
            "The address below is not registered with this REST API key. Register it as it stands, with its port and no other slash.",
        ),
        Trouble::ClientSecret if secret_is_set => language.choose(
            "KAKAO_CLIENT_SECRET에 넣은 값이 이 REST API 키의 시크릿과 다릅니다. 콘솔의 값을 다시 복사하세요. 같은 앱이라도 키마다 시크릿이 다릅니다.",
            "KAKAO_CLIENT_SECRET is not the secret of this REST API key. Copy it from the console again; each key of an app has its own.",
        ),
        Trouble::ClientSecret => language.choose(
            "이 REST API 키는 시크릿이 켜져 있는데 KAKAO_CLIENT_SECRET이 비어 있습니다. 콘솔의 값을 넣으세요.",
            "This REST API key has its secret switched on, and KAKAO_CLIENT_SECRET is not set. Copy it from the console.",
        ),
        Trouble::AppKey => language.choose(
            "KAKAO_REST_API_KEY에 넣은 값을 카카오가 모릅니다. JavaScript 키나 어드민 키가 아닌 REST API 키를 넣으세요.",
            "Kakao does not know the key in KAKAO_REST_API_KEY. Use the REST API key, not the JavaScript or admin key.",
        ),
        Trouble::ConsentItem => language.choose(
            "앱에 설정하지 않은 동의항목을 요청했습니다. 아래 동의항목을 모두 설정하세요.",
            "A consent item was asked for that the app has not set up. Set up all of those below.",
        ),
    }
}

fn steps(app: &App, language: Language) -> Vec<Step> {
    let say = |ko, en| language.choose(ko, en);
    let keys = &app.settings.kakao.keys;
    let set = |is_set: bool| Some(if is_set { say("설정됨", "set") } else { say("없음", "not set") });
    let at_emulator = app.settings.kakao.at == KakaoAt::Emulator;
    let here = app.settings.public_url.origin().ascii_serialization();
    let mut steps = vec![
        Step {
            id: "KOE101",
            title: say("REST API 키", "REST API key"),
            state: set(!at_emulator),
            advice: say(
                "카카오디벨로퍼스에서 앱을 만들고, 그 앱의 REST API 키를 KAKAO_REST_API_KEY에 넣어 katok을 다시 시작하세요.",
                "Make an app at Kakao Developers, set KAKAO_REST_API_KEY to its REST API key, and start katok again.",
            )
            .to_owned(),
            menu: menu("KOE101", language),
            ..Step::default()
        },
        Step {
            id: "KOE006",
            title: say("리다이렉트 URI", "Redirect URI"),
            advice: say(
                "로그인을 마친 브라우저가 돌아오는 주소입니다. REST API 키의 리다이렉트 URI에 그대로 등록하세요. 다른 주소를 등록했다면 KAKAO_REDIRECT_URI에 그 주소를 넣으세요.",
                "Where browsers come back to after the sign-in. Register it with the REST API key exactly so. If you registered another one, set KAKAO_REDIRECT_URI to that.",
            )
            .to_owned(),
            menu: menu("KOE006", language),
            value: Some(app.redirect_uri.url().to_string()),
            ..Step::default()
        },
        Step {
            id: "KOE010",
            title: say("클라이언트 시크릿", "Client secret"),
            state: set(!at_emulator && keys.client_secret.is_some()),
            advice: say(
                "2025년 12월부터 새 키는 시크릿이 켜진 채로 만들어집니다. 켜져 있으면 그 값을 KAKAO_CLIENT_SECRET에 넣고, 꺼져 있으면 비워 두세요.",
                "Since December 2025 new keys have it switched on. If it is on, set KAKAO_CLIENT_SECRET to it; if it is off, leave that empty.",
            )
            .to_owned(),
            menu: menu("KOE010", language),
            ..Step::default()
        },
        consent_items(app, language),
        Step {
            id: "web-domain",
            title: say("웹 도메인", "Web domain"),
            advice: say(
                "메시지의 링크는 여기 등록한 도메인으로만 열립니다. 링크에 쓸 다른 도메인도 함께 등록하세요.",
                "Links in messages open only if their domain is registered here. Add the other domains you link to.",
            )
            .to_owned(),
            menu: say("[앱] > [제품 링크 관리] > [웹 도메인]", "[App] > [Product Link] > [Web domain]"),
            value: Some(here.clone()),
            ..Step::default()
        },
        Step {
            id: "logout",
            title: say("로그아웃 리다이렉트 URI", "Logout redirect URI"),
            advice: say(
                "카카오계정과 함께 로그아웃할 때만 필요합니다.",
                "Needed only for logging out of the Kakao account as well.",
            )
            .to_owned(),
            menu: menu("KOE007", language),
            value: Some(app.logout_redirect_uri.url().to_string()),
            ..Step::default()
        },
    ];
    if keys.javascript_key.is_some() {
        steps.push(javascript_key(here, language));
    }
    steps
}

/// For the sample's page, which loads Kakao's SDK.
fn javascript_key(here: String, language: Language) -> Step {
    let say = |ko, en| language.choose(ko, en);
    Step {
        id: "javascript-key",
        title: say("JavaScript 키", "JavaScript key"),
        state: Some(say("설정됨", "set")),
        advice: say(
            "아래 주소를 이 키의 JavaScript SDK 도메인으로, 위의 리다이렉트 URI를 이 키의 리다이렉트 URI로도 등록하세요.",
            "Register the address below as a JavaScript SDK domain of this key, and the redirect URI above as one of this key too.",
        )
        .to_owned(),
        menu: say("[앱] > [플랫폼 키] > [JavaScript 키]", "[App] > [Platform key] > [JavaScript key]"),
        value: Some(here),
        ..Step::default()
    }
}

fn consent_items(app: &App, language: Language) -> Step {
    let say = |ko, en| language.choose(ko, en);
    let items = [
        ("profile_nickname", "닉네임", "Nickname"),
        ("profile_image", "프로필 사진", "Profile image"),
        ("friends", "친구 목록", "Friends list"),
        ("talk_message", "카카오톡 메시지 전송", "Sending KakaoTalk messages"),
    ];
    let mut advice = say(
        "먼저 [카카오 로그인] > [사용 설정]에서 카카오 로그인을 켜고, 아래 동의항목을 설정하세요. friends와 talk_message가 없으면 친구 목록과 메시지를 쓸 수 없습니다.",
        "First switch Kakao Login on under [Kakao Login] > [Enable], then set up the consent items below. Without friends and talk_message there are no friends and no messages.",
    )
    .to_owned();
    if app.settings.sign_in.oidc == Oidc::Required {
        advice.push_str(say(
            " KATOK_OIDC=required이므로 OpenID Connect도 켜야 합니다.",
            " As KATOK_OIDC=required, OpenID Connect must be on as well.",
        ));
    }
    Step {
        id: "KOE205",
        title: say("카카오 로그인과 동의항목", "Kakao Login and consent items"),
        advice,
        menu: menu("KOE205", language),
        items: items.map(|(id, ko, en)| (say(ko, en), id)).to_vec(),
        ..Step::default()
    }
}

/// The menu of Kakao's console that helps with a code.
fn menu(code: &str, language: Language) -> &'static str {
    let explanation = codes::explain(&KakaoCode::Login(code.to_owned()));
    let menu = |Explanation { console_ko, console_en, .. }| language.choose(console_ko, console_en);
    explanation.and_then(menu).unwrap_or_default()
}
