//! Who signed in, by Kakao's own signature: the ID token of a sign-in, if the app has OpenID Connect.

use katok_client::{
    ErrorKind, IdTokenError, IdTokenVerifier, IssuedTokens, KakaoUserId, Nonce, SignedTokenError,
};

use crate::app::App;
use crate::config::Oidc;
use crate::sentence::Sentence;

/// Checks the ID token that came with a sign-in; `None` if there is none and none is needed.
pub(super) async fn signed_user(
    app: &App,
    issued: &IssuedTokens,
    nonce: &Nonce,
) -> Result<Option<KakaoUserId>, IdTokenError> {
    let settings = &app.settings.sign_in;
    if issued.id_token.is_none() && settings.oidc == Oidc::Auto {
        return Ok(None);
    }
    let mut verifier = IdTokenVerifier::new(&app.client);
    if let Some(issuer) = &settings.issuer {
        verifier = verifier.issuer(issuer);
    }
    let claims = verifier.verify_login(issued, Some(nonce)).await?;
    Ok(Some(claims.sub))
}

/// Whether Kakao took too long to show its keys.
pub(crate) fn is_unanswered(error: &IdTokenError) -> bool {
    matches!(error, IdTokenError::Untrusted(SignedTokenError::KeysUnavailable(error)) if error.kind() == ErrorKind::Unanswered)
}

/// Why nobody was signed in, and who can do something about it.
pub(crate) fn explain(error: &IdTokenError) -> Sentence {
    match error {
        IdTokenError::Untrusted(SignedTokenError::KeysUnavailable(_)) => Sentence::new(
            "카카오의 공개키를 받지 못해 누가 로그인했는지 확인할 수 없었습니다. 잠시 뒤 다시 로그인하세요.",
            "Kakao's public keys could not be fetched, so it is not known who signed in. Sign in again in a moment.",
        ),
        IdTokenError::Absent => Sentence::new(
            "카카오가 ID 토큰을 주지 않았습니다. 운영자: 카카오디벨로퍼스에서 OpenID Connect를 켜거나 KATOK_OIDC=auto로 설정하세요.",
            "Kakao gave no ID token. Operator: switch OpenID Connect on at Kakao Developers, or set KATOK_OIDC=auto.",
        ),
        IdTokenError::Issuer { .. } => Sentence::new(
            "ID 토큰의 발급자가 설정된 카카오가 아닙니다. 운영자: 카카오 앞에 프록시가 있다면 KATOK_OIDC_ISSUER를 설정하세요.",
            "The ID token was not issued by the configured Kakao. Operator: if there is a proxy before Kakao, set KATOK_OIDC_ISSUER.",
        ),
        IdTokenError::Expired | IdTokenError::IssuedInFuture => Sentence::new(
            "ID 토큰의 유효 시간이 맞지 않습니다. 다시 로그인하고, 계속되면 운영자가 서버의 시계를 확인해야 합니다.",
            "The times of the ID token do not fit. Sign in again; if it stays so, the operator has to check the server's clock.",
        ),
        _ => Sentence::new(
            "카카오의 ID 토큰이 이 로그인의 것이 아니어서 아무도 로그인하지 않았습니다. 처음부터 다시 로그인하세요.",
            "Kakao's ID token does not belong to this sign-in, so nobody was signed in. Sign in again from the start.",
        ),
    }
}
