//! Where on this gateway Kakao may send people back to: any path that is not already something else.

use katok_client::RedirectUri;

use crate::sentence::Sentence;

/// What the gateway itself answers at; what ends in `/` is taken with all that is below.
const TAKEN: &[&str] = &[
    "/index.html",
    "/authorize",
    "/profile",
    "/friends",
    "/message",
    "/friend-message",
    "/logout",
    "/logout/",
    "/logged-out",
    "/unlink",
    "/account",
    "/account/",
    "/compose",
    "/compose/",
    "/consent/",
    "/history",
    "/history/",
    "/setup",
    "/sign-in/",
    "/kakao/unlink",
    "/kakao/account-status",
    "/v1/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/static/",
];

/// Refuses a redirect address whose path is one of the gateway's own.
pub(crate) fn check(redirect_uri: &RedirectUri) -> Result<(), Sentence> {
    let path = redirect_uri.url().path();
    if !is_taken(path) {
        return Ok(());
    }
    Err(Sentence::new(
        format!(
            "KAKAO_REDIRECT_URI의 경로 {path}는 이 게이트웨이가 이미 씁니다. 다른 경로(예: /redirect)를 카카오에 등록하고 설정하세요."
        ),
        format!(
            "The path {path} of KAKAO_REDIRECT_URI is the gateway's own. Register another one at Kakao, such as /redirect, and set it."
        ),
    ))
}

fn is_taken(path: &str) -> bool {
    TAKEN.iter().any(|taken| path == *taken || taken.ends_with('/') && path.starts_with(taken))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn paths_of_the_gateway_are_taken_and_others_are_free() {
        for taken in ["/profile", "/v1/me", "/static/x/katok.css", "/healthz", "/consent/act_1"] {
            assert!(is_taken(taken), "{taken}");
        }
        for free in ["/", "/redirect", "/profile/", "/kakao/callback", "/login/oauth2/code/kakao"] {
            assert!(!is_taken(free), "{free}");
        }
    }

    #[test]
    fn every_route_of_the_gateway_is_taken() {
        let web = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web");
        let files = std::fs::read_dir(web).unwrap().map(|entry| entry.unwrap().path());
        let read = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default();
        let source: String = files.chain([format!("{web}.rs").into()]).map(read).collect();
        let source: String = source.split_whitespace().collect();
        let routes: Vec<&str> =
            source.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(routes.len() > 10, "{routes:?}");
        for route in routes.iter().filter(|route| **route != "/") {
            assert!(is_taken(route), "add {route} to TAKEN");
        }
    }
}
