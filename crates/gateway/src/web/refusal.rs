//! How a request is refused: Kakao's own JSON where there is one, and always what to do next.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use katok_client::{ErrorKind, LoginEnd, Remedy};
use serde_json::{Map, Value, json};

use crate::account::ActError;
use crate::seal::DoesNotOpen;
use crate::sentence::{Sentence, explain};
use crate::store::StoreError;
use crate::vault::TokenVaultError;

/// A refused request, as JSON.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    body: Map<String, Value>,
}

impl Refusal {
    fn new(status: StatusCode, code: &str, sentence: Sentence) -> Self {
        let mut body = Map::new();
        body.insert("error".into(), code.into());
        Self { status, body }.with_remedy(None, sentence)
    }

    fn with_remedy(mut self, action: Option<Value>, sentence: Sentence) -> Self {
        let mut remedy = match action {
            Some(Value::Object(action)) => action,
            _ => Map::new(),
        };
        remedy.insert("ko".into(), sentence.ko.into());
        remedy.insert("en".into(), sentence.en.into());
        self.body.insert("remedy".into(), remedy.into());
        self
    }

    /// Answers as Kakao does to a call without a living token, since the sample passed that on.
    fn sign_in(sentence: Sentence) -> Self {
        let mut body = Map::new();
        body.insert("msg".into(), "this access token does not exist".into());
        body.insert("code".into(), (-401).into());
        Self { status: StatusCode::UNAUTHORIZED, body }
            .with_remedy(Some(json!({"action": "sign_in", "href": "/authorize"})), sentence)
    }

    pub(super) fn not_signed_in() -> Self {
        Self::sign_in(Sentence::new(
            "로그인하지 않았거나 로그인이 끝났습니다. 다시 로그인하세요.",
            "Nobody is signed in here any more. Sign in again.",
        ))
    }

    /// The person is known here, and Kakao takes their tokens no longer.
    fn login_ended(ended: LoginEnd) -> Self {
        Self::sign_in(match ended {
            LoginEnd::Expired => Sentence::new(
                "오래 쓰지 않아 카카오 로그인이 만료되었습니다. 다시 로그인하세요.",
                "Kakao's login was not used for so long that it expired. Sign in again.",
            ),
            LoginEnd::AnswerLost => Sentence::new(
                "카카오의 새 토큰을 받다가 답이 끊겨 토큰을 잃었습니다. 다시 로그인하세요.",
                "Kakao's answer with new tokens was lost on the way, and the old ones no longer work. Sign in again.",
            ),
            _ => Sentence::new(
                "카카오에서 로그아웃했거나 연결을 끊었거나 다른 곳에서 토큰이 바뀌어 카카오 로그인이 끝났습니다. 다시 로그인하세요.",
                "This login was ended at Kakao: you signed out or unlinked this app there, or its tokens were replaced elsewhere. Sign in again.",
            ),
        })
    }

    pub(super) fn cross_site() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "cross_site_request",
            Sentence::new(
                "다른 사이트에서 온 요청이라 실행하지 않았습니다. katok 페이지에서 직접 실행하세요.",
                "This request came from another site and was not carried out. Do it on katok's own page.",
            ),
        )
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            Sentence::new(
                "이 주소는 이 메서드를 받지 않습니다. GET이나 POST를 쓰세요.",
                "This address does not take this method. Use GET or POST.",
            ),
        )
    }

    pub(super) fn too_slow() -> Self {
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "too_slow",
            Sentence::new(
                "제때 끝내지 못했습니다. 보내는 중이었다면 대화방을 먼저 확인하세요.",
                "This took too long. If you were sending, look in the chat room first.",
            ),
        )
    }

    pub(super) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            Sentence::new(
                "katok 안에서 잘못되었습니다. 운영자에게 시각을 알려 주세요.",
                "Something went wrong inside katok. Tell its operator when it happened.",
            ),
        )
    }

    pub(super) fn bad_request(sentence: Sentence) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", sentence)
    }

    fn kakao(error: &katok_client::Error) -> Self {
        if let Some(api_error) = error.api_error() {
            let status = error.status().and_then(|status| StatusCode::from_u16(status).ok());
            let body = match serde_json::to_value(api_error) {
                Ok(Value::Object(body)) => body,
                _ => Map::new(),
            };
            let refusal = Self { status: status.unwrap_or(StatusCode::BAD_GATEWAY), body };
            return refusal.with_remedy(Some(action(&error.remedy())), explain(error));
        }
        let status = match error.kind() {
            ErrorKind::Unanswered => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        };
        let mut refusal = Self::new(status, "kakao_unavailable", explain(error))
            .with_remedy(Some(action(&error.remedy())), explain(error));
        if let Some(code) = error.kakao_code() {
            refusal.body.insert("kakao_code".into(), code.to_string().into());
        }
        refusal
    }

    fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            Sentence::new(
                "카카오 토큰을 제때 새로 받지 못해 아무것도 하지 않았습니다. 잠시 뒤 다시 해 보세요.",
                "Kakao's tokens could not be refreshed in time, so nothing was done. Try again in a moment.",
            ),
        )
    }

    fn storage(error: &StoreError) -> Self {
        let code = if matches!(error, StoreError::Full(_)) { "storage_full" } else { "storage_unavailable" };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, storage_trouble(error))
    }
}

/// What to say when nothing was done for want of the database.
pub(super) fn storage_trouble(error: &StoreError) -> Sentence {
    match error {
        StoreError::Full(_) => Sentence::new(
            "저장 공간이 가득 찼습니다. 아무것도 하지 않았으니 운영자에게 알려 주세요.",
            "The disk is full. Nothing was done: tell the operator.",
        ),
        _ => Sentence::new(
            "저장소가 답하지 않아 아무것도 하지 않았습니다. 잠시 뒤 다시 해 보세요.",
            "The storage did not answer, so nothing was done. Try again in a moment.",
        ),
    }
}

/// What to say when something is sealed with a vault key that is not here.
pub(super) fn vault_key_missing() -> Sentence {
    Sentence::new(
        "금고 키가 없어 저장된 것을 열지 못했습니다. 잃어버린 것은 없으니 운영자에게 알려 주세요.",
        "The vault key for what is stored is not here. Nothing is lost: tell the operator.",
    )
}

/// What the page's button should do.
fn action(remedy: &Remedy) -> Value {
    match remedy {
        Remedy::AskConsent(scopes) => {
            let list: Vec<String> = scopes
                .iter()
                .map(|scope| url::form_urlencoded::byte_serialize(scope.as_str().as_bytes()).collect())
                .collect();
            json!({"action": "ask_consent", "scopes": scopes, "href": format!("/authorize?scope={}", list.join(","))})
        }
        Remedy::SignInAgain | Remedy::RefreshToken => json!({"action": "sign_in", "href": "/authorize"}),
        Remedy::Retry { .. } => json!({"action": "retry"}),
        Remedy::WaitForQuota(_) => json!({"action": "wait_for_quota"}),
        Remedy::Unconfirmed => json!({"action": "check_first"}),
        Remedy::FixRequest { .. } => json!({"action": "fix_request"}),
        _ => json!({"action": "tell_operator"}),
    }
}

impl From<ActError> for Refusal {
    fn from(error: ActError) -> Self {
        match error {
            ActError::SignInAgain(None) => Self::not_signed_in(),
            ActError::SignInAgain(Some(ended)) => Self::login_ended(ended),
            ActError::Kakao(error) => Self::kakao(&error),
            ActError::Tokens(error) => Self::from(error),
            ActError::Busy => Self::busy(),
            ActError::SignedOutHereOnly(error) => {
                tracing::warn!(%error, "account.logout.unconfirmed");
                Self::new(
                    StatusCode::BAD_GATEWAY,
                    "signed_out_here_only",
                    Sentence::new(
                        "여기서는 로그아웃했지만 카카오에는 알리지 못했습니다. 카카오의 토큰은 다음 로그인 때 바뀝니다.",
                        "Signed out here, but Kakao could not be told. Its tokens are replaced at the next sign-in.",
                    ),
                )
            }
        }
    }
}

impl From<TokenVaultError> for Refusal {
    fn from(error: TokenVaultError) -> Self {
        match error {
            TokenVaultError::Store(error) => Self::from(error),
            // Nothing is lost: whoever runs katok brings the key back.
            TokenVaultError::DoesNotOpen(missing @ DoesNotOpen::KeyMissing(_)) => {
                tracing::error!(error = %missing, "vault.key_missing");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "vault_key_missing", vault_key_missing())
            }
            TokenVaultError::DoesNotOpen(DoesNotOpen::Damaged) => {
                tracing::error!("vault.tokens_do_not_open");
                Self::not_signed_in()
            }
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "store.failed");
        Self::storage(&error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}
