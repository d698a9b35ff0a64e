//! `katok doctor`: what is set, what Kakao says to it, and what to change where.

use std::path::Path;

use katok_client::RedirectUri;
use katok_gateway::{KakaoAt, Sentence};
use serde_json::json;

use crate::args::Args;
use crate::data_dir;
use crate::doctor::{Check, State, app, clock, files, gateway, links, reach, settings, sign_in};
use crate::failure::{Exit, Failure};
use crate::gateway_api::GatewayApi;
use crate::kakao::Kakao;
use crate::output::{Colour, Output};
use crate::up_settings::UpSettings;

pub(super) async fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let data = data_dir::of(args)?;
    let checks = all(args, &data).await?;
    let failed = checks.iter().find_map(|check| match check.state {
        State::Failed(exit) => Some(exit),
        _ => None,
    });
    let as_json: Vec<_> = checks.iter().map(Check::as_json).collect();
    output.data(&json!({"checks": as_json, "ok": failed.is_none()}), || {
        checks.iter().map(|check| lines(check, output)).collect::<Vec<_>>().join("\n")
    })?;
    Ok(failed.unwrap_or(Exit::Done))
}

/// From what one has in hand to what others say: what fails first is what to mend first.
async fn all(args: &Args, data: &Path) -> Result<Vec<Check>, Failure> {
    let (mut checks, settings) = settings::checks(args, data);
    let are_wrong = checks.iter().any(|check| matches!(check.state, State::Failed(_)));
    checks.extend(files::checks(data, &data.join("tokens.json")));
    let gateway = GatewayApi::of_settings(args);
    match Kakao::find(args).await {
        Ok(kakao) => {
            let needs_login = matches!(gateway, Ok(None));
            checks.extend(at_kakao(&kakao, &settings, needs_login).await?);
        }
        Err(_) if are_wrong => checks.push(Check::skipped(
            "kakao",
            "카카오와 로그인: 설정을 먼저 고쳐야 알 수 있습니다.",
            "Kakao and login: mend the settings first.",
        )),
        Err(_) if matches!(gateway, Ok(Some(_))) => checks.push(Check::skipped(
            "kakao",
            "카카오와 로그인: 여기에는 카카오 키가 없고, 메시지는 게이트웨이를 거칩니다.",
            "Kakao and login: there is no Kakao key here, and messages go through a gateway.",
        )),
        Err(failure) => checks.push(Check::of_failure("kakao", failure)),
    }
    match gateway {
        Ok(Some(gateway)) => checks.extend(gateway::checks(&gateway).await),
        Ok(None) => checks.push(Check::skipped(
            "gateway",
            "게이트웨이와 쿼터: KATOK_GATEWAY_URL이 없습니다. 쿼터는 게이트웨이만 셉니다.",
            "Gateway and quota: KATOK_GATEWAY_URL is not set, and only a gateway counts the quota.",
        )),
        // Of the settings file it has been told already.
        Err(_) if are_wrong => {}
        Err(failure) => checks.push(Check::of_failure("gateway", failure)),
    }
    Ok(checks)
}

async fn at_kakao(kakao: &Kakao, settings: &UpSettings, needs_login: bool) -> Result<Vec<Check>, Failure> {
    let client = app::client(&kakao.set_up, true)?;
    let wire = client.transport().as_ref();
    let mut checks = Vec::new();
    if kakao.at == KakaoAt::Emulator {
        checks.push(Check::skipped(
            "kakao",
            "KAKAO_REST_API_KEY가 없어 이 컴퓨터의 에뮬레이터를 봅니다.",
            "KAKAO_REST_API_KEY is not set: this looks at the emulator on this machine.",
        ));
    }
    let auth = reach::auth(wire, &kakao.set_up.auth_base_url).await;
    let api = reach::api(wire, &kakao.set_up.api_base_url).await;
    let both_answer = auth.is_kakao() && api.is_kakao();
    let date = auth.date.or(api.date);
    checks.extend([auth.check, api.check]);
    checks.extend(date.map(|date| clock::check(date, client.clock().now())));
    if both_answer {
        checks.extend(app::key_and_secret(&kakao.set_up, &kakao.redirect_uri).await?);
        let of_gateway = gateway_redirect(kakao, settings);
        let oidc = settings.listen.sign_in.oidc;
        checks.extend(app::login(&client, &kakao.redirect_uri, of_gateway.as_ref(), oidc).await);
        checks.extend(sign_in::checks(kakao, &client, needs_login).await);
        checks.push(links::check(wire, &kakao.set_up, &kakao.link).await);
    } else {
        checks.push(Check::skipped(
            "app_key",
            "앱과 로그인: 카카오가 답해야 알 수 있습니다.",
            "App and login: only Kakao could tell.",
        ));
    }
    Ok(checks)
}

/// Where the gateway's sign-ins come back to, unless `katok login` uses the same address. At the emulator
/// `katok up` registers its own.
fn gateway_redirect(kakao: &Kakao, settings: &UpSettings) -> Option<RedirectUri> {
    if kakao.at == KakaoAt::Emulator {
        return None;
    }
    let listen = &settings.listen;
    let own =
        || listen.public_url(None, listen.address.port()).ok()?.join("/redirect").ok()?.as_str().parse().ok();
    settings.redirect_uri.clone().or_else(own).filter(|redirect_uri| *redirect_uri != kakao.redirect_uri)
}

/// `✗ what is wrong`, and below it what helps.
fn lines(check: &Check, output: Output) -> String {
    let (mark, colour) = match check.state {
        State::Fine => ("✓", Colour::Green),
        State::Warning => ("!", Colour::Yellow),
        State::Failed(_) => ("✗", Colour::Red),
        State::Skipped => ("–", Colour::Grey),
    };
    let indented = |sentence: &Sentence| output.text(sentence).replace('\n', "\n  ");
    let finding = format!("{} {}", colour.paint(mark), indented(&check.sentence));
    let help = [("→", &check.remedy), ("⚙", &check.console)].into_iter().filter_map(|(mark, sentence)| {
        let sentence = indented(sentence.as_ref()?);
        Some(format!("\n  {mark} {}", sentence.replace('\n', "\n  ")))
    });
    finding + &help.collect::<String>()
}
