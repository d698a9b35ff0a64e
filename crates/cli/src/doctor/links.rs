//! Whether the links of messages open: Kakao opens those to the app's web domains alone, and tells nobody which these are.

use katok_client::Transport;
use katok_client::template::{LintOptions, lint};
use katok_gateway::KakaoApp;
use serde_json::{Value, json};
use url::Url;

use super::{Check, reach};

const WEB_DOMAINS: [&str; 2] =
    ["[앱] > [제품 링크 관리] > [웹 도메인]", "[App] > [Product Link] > [Web domain]"];

/// Looks at the domain of the link that a text without one is given.
pub(crate) async fn check(wire: &dyn Transport, app: &KakaoApp, link: &Url) -> Check {
    let domain = link.origin().ascii_serialization();
    let Some(domains) = registered(wire, app).await else {
        return Check::skipped(
            "link_domain",
            format!("링크 도메인: 카카오가 알려 주지 않습니다. {domain}을 콘솔에서 확인하세요."),
            format!("Link domain: Kakao does not tell. Look for {domain} in the console."),
        )
        .at(WEB_DOMAINS);
    };
    let text = json!({"object_type": "text", "text": "katok", "link": {"web_url": link.as_str()}});
    if lint(&text, &LintOptions::new().web_domains(domains)).is_empty() {
        return Check::fine(
            "link_domain",
            format!("메시지의 링크 도메인이 등록되어 있습니다: {domain}."),
            format!("The domain of messages' links is registered: {domain}."),
        );
    }
    Check::warning(
        "link_domain",
        format!("메시지의 링크가 열리지 않습니다: {domain}은 등록된 웹 도메인이 아닙니다."),
        format!("Links in messages do not open: {domain} is no registered web domain."),
    )
    .remedy(
        format!("{domain}을 웹 도메인에 등록하거나, 등록된 도메인의 주소를 --link로 보내세요."),
        format!("Register {domain} as a web domain, or send with --link to one that is."),
    )
    .at(WEB_DOMAINS)
}

/// What an emulator says of itself.
async fn registered(wire: &dyn Transport, app: &KakaoApp) -> Option<Vec<Url>> {
    if app.api_base_url.host_str() == Some("kapi.kakao.com") {
        return None;
    }
    let world = app.api_base_url.join("/_emulator/v1/world").ok()?;
    let answer = reach::get(wire, &world, None).await?;
    let world: Value = serde_json::from_slice(answer.body()).ok()?;
    let key = app.keys.rest_api_key.secret();
    let ours = world["apps"].as_array()?.iter().find(|app| app["rest_api_key"] == *key)?;
    let domains = ours["web_domains"].as_array()?;
    Some(domains.iter().filter_map(|domain| Url::parse(domain.as_str()?).ok()).collect())
}
