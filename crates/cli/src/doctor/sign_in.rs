//! Who is signed in here, until when, and with which consents. Nothing is refreshed: that would use tokens up.

use jiff::{SignedDuration, Timestamp};
use katok_client::{
    Client, GetAccessTokenInfo, KakaoCode, ListScopes, Scope, ScopeSet, TokenStore as _, Tokens,
};
use katok_gateway::explain;

use super::Check;
use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::pasted::Mention;
use crate::profile::Profile;
use crate::tokens::can_refresh;

/// A login that ends so soon is worth a word.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Nobody needs to be signed in here where messages go through a gateway.
pub(crate) async fn checks(kakao: &Kakao, client: &Client, is_needed: bool) -> Vec<Check> {
    let failed = |failure: Failure| Check::of_failure("signed_in", failure.of_profile(&kakao.profile));
    let tokens = match kakao.tokens.load(&kakao.key).await {
        Ok(Some(stored)) => stored.value,
        Ok(None) if is_needed => return vec![failed(Failure::not_signed_in())],
        Ok(None) => {
            return vec![Check::skipped(
                "signed_in",
                "여기에는 로그인하지 않았고, 메시지는 게이트웨이를 거칩니다.",
                "Nobody is signed in here, and messages go through a gateway.",
            )];
        }
        Err(error) => return vec![failed(error.into())],
    };
    let now = client.clock().now();
    let login = login(&tokens, &kakao.profile, now);
    let has_ended = matches!(login.state, super::State::Failed(_));
    let mut checks = vec![login];
    if has_ended {
        return checks;
    }
    let mut scopes = tokens.scopes.clone();
    if now < tokens.access_token_expires_at {
        let check = access_token(client, &tokens, &kakao.profile).await;
        if check.state == super::State::Fine
            && let Ok(answer) = client.call(&ListScopes::all(), &tokens.access_token).await
        {
            scopes = answer.agreed();
        }
        checks.push(check);
    } else {
        checks.push(Check::skipped(
            "access_token",
            "액세스 토큰은 만료되었고, 다음 명령이 새로 받습니다.",
            "The access token has ended; the next command gets a new one.",
        ));
    }
    checks.push(consents(&scopes, &kakao.profile));
    checks
}

fn login(tokens: &Tokens, profile: &Profile, now: Timestamp) -> Check {
    let end = tokens.refresh_token_expires_at;
    let left = now.duration_until(end);
    if left.is_negative() || left.is_zero() {
        return Check::failed(
            "signed_in",
            Exit::SignInNeeded,
            format!("로그인이 {end:.0}에 만료되었습니다."),
            format!("The login expired at {end:.0}."),
        )
        .command(profile, "katok login");
    }
    if !can_refresh(tokens) {
        return Check::warning(
            "signed_in",
            format!("액세스 토큰만 있어, 로그인이 {end:.0}에 끝납니다."),
            format!("There is an access token alone, so this login ends at {end:.0}."),
        )
        .command(profile, "katok login");
    }
    let days = left.as_hours() / 24;
    let ko = format!("로그인되어 있습니다. 리프레시 토큰이 {days}일 남았고, 쓰는 동안 늘어납니다.");
    let en = format!("Signed in. The refresh token has {days} days left, and more whenever it is used.");
    if left < SOON {
        Check::warning("signed_in", ko, en).command(profile, "katok whoami")
    } else {
        Check::fine("signed_in", ko, en)
    }
}

async fn access_token(client: &Client, tokens: &Tokens, profile: &Profile) -> Check {
    match client.call(&GetAccessTokenInfo, &tokens.access_token).await {
        Ok(info) => {
            let minutes = info.expires_in.as_mins();
            Check::fine(
                "access_token",
                format!("액세스 토큰이 {minutes}분 남았습니다."),
                format!("The access token has {minutes} minutes left."),
            )
        }
        // See [Kakao Docs/Security guideline]; the words are all that tells it from other refusals.
        Err(error) if error.kakao_message().is_some_and(|words| words.starts_with("ip mismatched")) => {
            Check::failed(
                "access_token",
                Exit::Refused,
                "이 컴퓨터의 IP 주소가 앱의 허용 IP 주소에 없습니다(-401).",
                "The IP address of this machine is not one that the app admits (-401).",
            )
            .explained_by(&Mention::Code(KakaoCode::Api(-401)))
            .remedy("콘솔의 허용 IP 주소에 이 컴퓨터의 주소를 더하세요.", "Add the address of this machine to those that the app admits.")
        }
        Err(error) if error.kakao_code() == Some(KakaoCode::Api(-401)) => Check::failed(
            "access_token",
            Exit::SignInNeeded,
            "카카오가 저장된 액세스 토큰을 받지 않습니다(-401). 카카오에서 로그인이 끝났거나 시계가 다릅니다.",
            "Kakao does not take the stored access token (-401): the login was ended at Kakao, or the clocks differ.",
        )
        .command(profile, "katok login"),
        Err(error) => {
            let sentence = explain(&error);
            Check::skipped("access_token", sentence.ko, sentence.en)
        }
    }
}

fn consents(agreed: &ScopeSet, profile: &Profile) -> Check {
    let needed: ScopeSet = [Scope::TALK_MESSAGE, Scope::FRIENDS].into_iter().collect();
    let missing = needed.missing_from(agreed);
    if missing.is_empty() {
        return Check::fine(
            "consents",
            "메시지와 친구 목록에 동의했습니다.",
            "You have agreed to messages and to the friends list.",
        );
    }
    let ko = format!("아직 동의하지 않은 항목이 있습니다: {missing}.");
    let en = format!("You have not agreed to these yet: {missing}.");
    let check = if missing.contains(&Scope::TALK_MESSAGE) {
        Check::failed("consents", Exit::SignInNeeded, ko, en)
    } else {
        Check::warning("consents", ko, en)
    };
    check.command(profile, &format!("katok login --scope {missing}"))
}
