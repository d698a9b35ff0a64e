//! `katok login`: by the browser, or by an address that is pasted back.

use katok_client::{AuthorizationResponse, Me, ScopeSet};
use katok_gateway::Sentence;
use serde_json::json;
use url::Url;

use super::whoami;
use crate::args;
use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::loopback::Loopback;
use crate::output::Output;
use crate::sign_in::{self, SignIn};
use crate::standard_input;
use crate::token_import;

pub(super) async fn run(kakao: &Kakao, args: &args::Login, output: Output) -> Result<Exit, Failure> {
    if args.with_token {
        let text = standard_input::all().await.map_err(|error| unreadable(&error))?;
        token_import::import(kakao, &text, output).await?;
        return greet(kakao, output).await;
    }
    let sign_in = SignIn::begin(kakao, &ScopeSet::parse(&args.scope));
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
        // It may say that all is well where there is no display, so the address is printed as well.
        let _ = webbrowser::open(sign_in.address.as_str());
        loopback.wait().await.ok_or_else(|| {
            Failure::system("로그인을 기다리다 멈췄습니다.", "Stopped waiting for the sign-in.")
        })?
    };
    sign_in.finish(kakao, returned).await?;
    greet(kakao, output).await
}

/// Says where the tokens are that there are now, and whose.
pub(super) async fn greet(kakao: &Kakao, output: Output) -> Result<Exit, Failure> {
    let path = kakao.tokens.path().display();
    output.say(&Sentence::new(
        format!("토큰은 나만 읽을 수 있는 파일에 있습니다: {path}"),
        format!("The tokens are in a file that only you can read: {path}"),
    ));
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
