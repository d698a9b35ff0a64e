//! Tokens that were issued to another program: shown to Kakao, and only then kept.

use jiff::{SignedDuration, Timestamp};
use katok_client::{
    AccessToken, GetAccessTokenInfo, IssueLog, ListScopes, RefreshToken, Remedy, ScopeSet, TokenStore as _,
    Tokens, Versioned,
};
use katok_gateway::Sentence;

use crate::failure::{Exit, Failure};
use crate::kakao::Kakao;
use crate::korean_time::korean_time;
use crate::output::Output;
use crate::tokens::access_only;
use crate::tokens::given::{self, GivenTokens, NotGiven};

/// A refresh token that Kakao does not replace has at least this long to live.
const AT_LEAST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Finds tokens in a text, has Kakao confirm them, and keeps them in place of those there are.
pub(crate) async fn import(kakao: &Kakao, text: &str, output: Output) -> Result<(), Failure> {
    let given = given::find(text, &kakao.key).map_err(not_given)?;
    let now = kakao.client.clock().now();
    // Before Kakao is asked, who may replace the refresh token: what cannot be written shows while nothing has happened.
    let backup = kakao.tokens.back_up(&kakao.key, now).await?;
    // Between Kakao's answer and the store, the only refresh token there is might be the one in the answer.
    let finishing = kakao.finishing().await;
    let tokens = match confirmed(kakao, given, output, now).await {
        Ok(tokens) => tokens,
        Err(failure) => {
            // It is what is still in place.
            let _ = backup.map(std::fs::remove_file);
            return Err(failure);
        }
    };
    kakao.tokens.put(&kakao.key, tokens, now).await?;
    drop(finishing);
    if let Some(backup) = backup {
        let backup = backup.display();
        output.say(&Sentence::new(
            format!("전에 있던 토큰을 남겨 두었습니다: {backup}"),
            format!("The tokens that were there before are kept in {backup}"),
        ));
    }
    // They are stored and good: to know the scopes as well is not worth a failure.
    let _ = note_scopes(kakao).await;
    Ok(())
}

async fn confirmed(
    kakao: &Kakao,
    given: GivenTokens,
    output: Output,
    now: Timestamp,
) -> Result<Tokens, Failure> {
    match given {
        GivenTokens::Refreshing(token) => refreshed(kakao, &token, now).await.map_err(refused),
        GivenTokens::AccessOnly(token) => living(kakao, token, output, now).await,
        GivenTokens::Bare(token) => match refreshed(kakao, &RefreshToken::new(token.secret()), now).await {
            Err(error) if error.remedy() == Remedy::SignInAgain => living(kakao, token, output, now).await,
            tokens => tokens.map_err(refused),
        },
    }
}

/// Proves a refresh token by using it: Kakao takes it from the app alone that it was issued to.
async fn refreshed(
    kakao: &Kakao,
    refresh_token: &RefreshToken,
    now: Timestamp,
) -> Result<Tokens, katok_client::Error> {
    let answer = kakao.client.refresh(refresh_token).await?;
    let given = Tokens {
        access_token: AccessToken::new(""),
        access_token_expires_at: now,
        refresh_token: refresh_token.clone(),
        refresh_token_expires_at: now.saturating_add(AT_LEAST).unwrap_or(now),
        scopes: ScopeSet::default(),
        issue_log: IssueLog::default(),
    };
    Ok(given.refreshed(answer, now))
}

/// Takes an access token that nobody can refresh.
async fn living(
    kakao: &Kakao,
    token: AccessToken,
    output: Output,
    now: Timestamp,
) -> Result<Tokens, Failure> {
    let info = kakao.client.call(&GetAccessTokenInfo, &token).await.map_err(refused)?;
    let ends_at = now.saturating_add(info.expires_in).unwrap_or(now);
    let until = korean_time(ends_at).strftime("%Y-%m-%d %H:%M");
    output.say(&Sentence::new(
        format!(
            "앱 {}의 액세스 토큰입니다. 리프레시 토큰이 없어 {until}까지만 쓸 수 있습니다(한국 시각).",
            info.app_id
        ),
        format!(
            "This is an access token of app {}. Without a refresh token it serves until {until} in Korea.",
            info.app_id
        ),
    ));
    Ok(access_only(token, ends_at, now))
}

/// Notes what the person has agreed to, which a refresh does not tell.
async fn note_scopes(kakao: &Kakao) -> Result<(), Failure> {
    let scopes = kakao.call(&ListScopes::all()).await?.agreed();
    if let Some(Versioned { version, value }) = kakao.tokens.load(&kakao.key).await? {
        kakao.tokens.replace(&kakao.key, version, &Tokens { scopes, ..value }).await?;
    }
    Ok(())
}

fn not_given(reason: NotGiven) -> Failure {
    match reason {
        NotGiven::None => Failure::usage(
            "토큰을 찾지 못했습니다. access_token이나 refresh_token이 있는 JSON, YAML 또는 NAME=value 줄이 필요합니다.",
            "No tokens were found. JSON, YAML or NAME=value lines with access_token or refresh_token are needed.",
        ),
        NotGiven::Several => Failure::usage(
            "여러 사람의 토큰이 있습니다. 한 사람의 것만 남기고, 사람마다 --profile을 달리해 가져오세요.",
            "There are the tokens of several people. Leave those of one, and import each under a --profile of their own.",
        ),
    }
    .hint("katok token import --help")
}

/// Kakao's refusal, in the words of somebody who has a token from elsewhere.
fn refused(error: katok_client::Error) -> Failure {
    let is_dead = matches!(error.remedy(), Remedy::SignInAgain | Remedy::RefreshToken);
    let failure = Failure::from(error);
    if !is_dead {
        return failure;
    }
    Failure {
        sentence: Sentence::new(
            "카카오가 이 토큰을 받지 않습니다. 끝났거나, 지금 설정된 앱의 토큰이 아닙니다. 다시 로그인하세요.",
            "Kakao does not take this token: it has ended, or belongs to another app than the one that is set. Sign in again.",
        ),
        ..Failure { exit: Exit::SignInNeeded, ..failure }
    }
}
