//! `katok login`: by the browser, or by an address that is pasted back.

use katok_client::{AuthorizationResponse, Me, ScopeSet};
use katok_gateway::Sentence;
use serde_json::json;
use url::Url;

use super::whoami;
use crate::args;
use crate::failure::{Exit, Failure};
use crate::kakao::{Kakao, environment};
use crate::korean_time::korean_time;
use crate::output::Output;
use crate::printable::printable;
use crate::sign_in::loopback::Loopback;
use crate::sign_in::qr_code;
use crate::sign_in::relayed::{Offer, RelayedSignIn};
use crate::sign_in::{self, SignIn};
use crate::standard_input;
use crate::tokens::KeptIn;
use crate::tokens::import;

pub(super) async fn run(kakao: &Kakao, args: &args::Login, output: Output) -> Result<Exit, Failure> {
    if args.with_token {
        let text = standard_input::all().await.map_err(|error| unreadable(&error))?;
        import::import(kakao, &text, output).await?;
        return greet(kakao, output).await;
    }
    let scopes = ScopeSet::parse(&args.scope);
    if args.qr {
        by_qr_code(kakao, &scopes, output).await?;
        return greet(kakao, output).await;
    }
    let sign_in = SignIn::begin(kakao, &scopes);
    let returned = if args.no_browser {
        output.say(&Sentence::new(
            "이 주소를 브라우저에서 열어 로그인한 뒤, 돌아온 주소 전체를 주소창에서 복사해 붙여넣으세요. 돌아온 페이지가 열리지 않아도 정상입니다.",
            "Open this address in a browser, sign in, and paste the whole address you come back to. That page need not open.",
        ));
        output.data(&json!({"authorize_url": sign_in.address}), || sign_in.address.to_string())?;
        pasted().await?
    } else {
        let loopback = Loopback::bind(&kakao.redirect_uri, sign_in.state.clone()).await?;
        output.say(&Sentence::new(
            format!("브라우저에서 로그인하세요. 열리지 않으면 이 주소를 여세요:\n{}", sign_in.address),
            format!("Sign in with the browser. If it does not open, open this address:\n{}", sign_in.address),
        ));
        if is_far_from_a_browser() {
            output.say(&Sentence::new(
                "이 컴퓨터에 브라우저가 없으면: katok login --qr 또는 katok login --no-browser",
                "If there is no browser on this machine: katok login --qr, or katok login --no-browser",
            ));
        }
        // It may say that all is well where there is no display, so the address is printed as well.
        let _ = webbrowser::open(sign_in.address.as_str());
        loopback.wait().await.ok_or_else(|| {
            Failure::system("로그인을 기다리다 멈췄습니다.", "Stopped waiting for the sign-in.")
        })?
    };
    sign_in.finish(kakao, returned).await?;
    greet(kakao, output).await
}

/// Shows a QR code and waits until a browser that opened it has come back to the gateway.
async fn by_qr_code(kakao: &Kakao, scopes: &ScopeSet, output: Output) -> Result<(), Failure> {
    let sign_in = RelayedSignIn::begin(kakao, gateway(kakao)?, scopes).await?;
    let Offer { page, number, expires_at, .. } = &sign_in.offer;
    let number = printable(number);
    let until = korean_time(*expires_at).strftime("%H:%M");
    output.say(&Sentence::new(
        format!("휴대폰으로 QR 코드를 찍거나 아래 주소를 여세요. 그 페이지의 번호가 {number}이면 로그인하세요. {until}까지 기다립니다(한국 시각)."),
        format!("Scan the QR code with a phone, or open the address below it. Sign in if that page shows the number {number}. This waits until {until} in Korea."),
    ));
    output.data(&json!({"page": page, "number": number, "expires_at": expires_at}), || {
        qr_code::drawn(page).map_or_else(|| page.to_string(), |drawn| format!("{drawn}\n{page}"))
    })?;
    let exchange = sign_in.wait().await?;
    sign_in::redeem(kakao, &exchange).await
}

fn gateway(kakao: &Kakao) -> Result<Url, Failure> {
    let missing = || {
        Failure::usage(
            "KATOK_GATEWAY_URL에 게이트웨이의 주소를 넣으세요. QR 로그인은 게이트웨이를 거칩니다.",
            "Set KATOK_GATEWAY_URL to the address of a gateway, through which a sign-in by QR code goes.",
        )
        .hint("katok login --no-browser")
    };
    let address = kakao.gateway.as_ref().ok_or_else(missing)?;
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let mut url = url.ok_or_else(missing)?;
    // Addresses below it are joined to it.
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// Whether a browser that opens here is likely to be seen by nobody.
fn is_far_from_a_browser() -> bool {
    let is_set = |name: &str| environment(name).is_some_and(|value| !value.is_empty());
    let has_display = !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    is_set("SSH_CONNECTION") || !has_display
}

/// Says where the tokens are that there are now, and whose.
pub(super) async fn greet(kakao: &Kakao, output: Output) -> Result<Exit, Failure> {
    output.say(&match kakao.tokens.kept_in(&kakao.key).await? {
        KeptIn::File(path) => Sentence::new(
            format!("토큰은 나만 읽을 수 있는 파일에 있습니다: {}", path.display()),
            format!("The tokens are in a file that only you can read: {}", path.display()),
        ),
        KeptIn::Keyring => Sentence::new(
            "토큰은 시스템 키링에 있습니다. 키링이 잠겨 있을 때도 도는 cron이나 서버에서 쓰려면 KATOK_TOKENS=file로 로그인하세요.",
            "The tokens are in the system keyring. For cron jobs and servers, which run while it is locked, sign in with KATOK_TOKENS=file.",
        ),
    });
    whoami::print(output, &kakao.call_json(&Me).await?)?;
    Ok(Exit::Done)
}

fn unreadable(error: &std::io::Error) -> Failure {
    Failure::usage(
        format!("표준 입력을 읽을 수 없습니다({error})."),
        format!("Standard input cannot be read ({error})."),
    )
}

async fn pasted() -> Result<AuthorizationResponse, Failure> {
    let line = standard_input::line().await.unwrap_or_default();
    let address = Url::parse(line.trim()).map_err(|_| {
        Failure::usage(
            "붙여넣은 것이 주소가 아닙니다. 브라우저 주소창의 전체 주소(http://…?code=…&state=…)가 필요합니다.",
            "What was pasted is no address. The whole address of the browser is needed (http://…?code=…&state=…).",
        )
    })?;
    AuthorizationResponse::parse(address.query().unwrap_or_default())
        .map_err(|error| sign_in::failure(&error))
}
