//! How a request is refused: Kakao's own JSON where there is one, and always what to do next.

mod api_key;
mod recurring;
mod saved_template;
mod webhook;

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use katok_client::{ErrorKind, KakaoCode, LoginEnd, Remedy, ScopeSet};
use serde_json::{Map, Value, json};

use super::request_log::StorageFailed;
use crate::account::ActError;
use crate::outbox::explain_code;
use crate::seal::DoesNotOpen;
use crate::sentence::{Sentence, explain, explain_missing_consent};
use crate::store::{MessageId, StoreError};
use crate::vault::TokenVaultError;

/// A refused request: JSON as the sample's routes answer it, unless `envelope` gives it another form.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// Our own word for it.
    pub(super) code: &'static str,
    pub(super) kakao_code: Option<KakaoCode>,
    pub(super) sentence: Sentence,
    pub(super) body: Map<String, Value>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, sentence: Sentence) -> Self {
        let mut body = Map::new();
        body.insert("error".into(), code.into());
        Self::with_body(status, code, body, None, sentence)
    }

    fn with_body(
        status: StatusCode,
        code: &'static str,
        body: Map<String, Value>,
        action: Option<Value>,
        sentence: Sentence,
    ) -> Self {
        let refusal = Self { status, code, kakao_code: None, sentence, body, header: None };
        refusal.with_action(action)
    }

    /// Adds what a button or a program should do.
    /// The same in other words, for a page as for a program.
    pub(super) fn saying(self, sentence: Sentence) -> Self {
        Self { sentence, ..self }.with_action(None)
    }

    fn with_action(mut self, action: Option<Value>) -> Self {
        let mut remedy = match action {
            Some(Value::Object(action)) => action,
            _ => Map::new(),
        };
        remedy.insert("ko".into(), self.sentence.ko.as_str().into());
        remedy.insert("en".into(), self.sentence.en.as_str().into());
        self.body.insert("remedy".into(), remedy.into());
        self
    }

    fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("our own header values are printable");
        self.header = Some((name, value));
        self
    }

    /// The word for what helps, as buttons and programs read it.
    pub(super) fn action(&self) -> Option<&str> {
        self.body.get("remedy")?.get("action")?.as_str()
    }

    /// Answers as Kakao does to a call without a living token, since the sample passed that on.
    fn sign_in(sentence: Sentence) -> Self {
        let mut body = Map::new();
        body.insert("msg".into(), "this access token does not exist".into());
        body.insert("code".into(), (-401).into());
        Self::with_body(
            StatusCode::UNAUTHORIZED,
            "not_signed_in",
            body,
            Some(json!({"action": "sign_in", "href": "/authorize"})),
            sentence,
        )
        .with_header(header::WWW_AUTHENTICATE, r#"Bearer realm="katok""#)
    }

    pub(super) fn not_signed_in() -> Self {
        Self::sign_in(Sentence::new(
            "로그인하지 않았거나 로그인이 끝났습니다. 다시 로그인하세요.",
            "Nobody is signed in here any more. Sign in again.",
        ))
    }

    /// The person is known here, and Kakao takes their tokens no longer.
    pub(super) fn login_ended(ended: LoginEnd) -> Self {
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

    /// Nothing of this name, or somebody else's.
    pub(super) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            Sentence::new("이 주소에는 아무것도 없습니다.", "There is nothing at this address."),
        )
    }

    /// A body of the wrong kind, too long, or not what it should be.
    pub(super) fn unreadable(status: StatusCode) -> Self {
        let (code, sentence) = match status {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => (
                "unsupported_media_type",
                Sentence::new(
                    "본문을 JSON으로 보내고 Content-Type: application/json을 붙이세요.",
                    "Send the body as JSON, with Content-Type: application/json.",
                ),
            ),
            StatusCode::PAYLOAD_TOO_LARGE => (
                "too_large",
                Sentence::new("본문이 너무 깁니다(256 KiB까지).", "The body is too long (up to 256 KiB)."),
            ),
            _ => (
                "bad_request",
                Sentence::new("본문이 올바른 JSON이 아닙니다.", "The body is not sound JSON."),
            ),
        };
        Self::new(status, code, sentence)
    }

    /// A form that is not the one of our page.
    pub(super) fn unreadable_form(status: StatusCode) -> Self {
        let sentence = Sentence::new(
            "양식을 읽을 수 없습니다. 페이지를 다시 열고 보내세요.",
            "The form cannot be read. Open the page again and send it.",
        );
        Self::new(status, "bad_request", sentence)
    }

    /// A body that was read and asks for something that cannot be.
    pub(super) fn invalid(sentence: Sentence) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", sentence)
    }

    /// What was asked for is over, or was never so.
    pub(super) fn too_late(sentence: Sentence) -> Self {
        Self::new(StatusCode::CONFLICT, "too_late", sentence)
    }

    /// A terminal whose settings name another Kakao app than ours.
    pub(super) fn other_app() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "other_app",
            Sentence::new(
                "이 게이트웨이는 다른 카카오 앱을 씁니다. 두 곳의 KAKAO_REST_API_KEY를 같게 하세요.",
                "This gateway uses another Kakao app. Give KAKAO_REST_API_KEY the same value in both places.",
            ),
        )
    }

    /// Another message under the same idempotency key.
    pub(super) fn conflict() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "idempotency_conflict",
            Sentence::new(
                "같은 Idempotency-Key로 다른 메시지를 이미 받았습니다. 새 메시지에는 새 키를 쓰세요.",
                "Another message was accepted under this Idempotency-Key. Use a new key for a new message.",
            ),
        )
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

    pub(super) fn too_many(seconds: u64) -> Self {
        let mut refusal = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            Sentence::new(
                format!("너무 자주 요청했습니다. {seconds}초 뒤에 다시 해 보세요."),
                format!("Too many requests. Try again in {seconds} seconds."),
            ),
        );
        refusal.body.insert("retry_after".into(), seconds.into());
        refusal.with_header(header::RETRY_AFTER, &seconds.to_string())
    }

    /// As much is waiting to be sent as one account may have.
    pub(super) fn outbox_full() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "outbox_full",
            Sentence::new(
                "보내야 할 메시지가 너무 많이 밀려 있어 받지 않았습니다. 일부가 전송된 뒤 다시 보내거나, 기다리는 것을 취소하세요.",
                "Too much is still waiting to be sent, so this was not accepted. Try again when some of it has gone, or cancel what waits.",
            ),
        )
    }

    pub(super) fn no_host() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "host_missing",
            Sentence::new("요청에 Host 헤더가 하나 있어야 합니다.", "A request needs one Host header."),
        )
    }

    pub(super) fn misdirected() -> Self {
        Self::new(
            StatusCode::MISDIRECTED_REQUEST,
            "unknown_host",
            Sentence::new(
                "이 이름으로는 답하지 않습니다. 이 게이트웨이의 주소라면 KATOK_PUBLIC_URL에, 다른 이름이라면 KATOK_ALLOWED_HOSTS에 넣으세요.",
                "This gateway does not answer to this name. If it is its address, set KATOK_PUBLIC_URL; if it is another name, add it to KATOK_ALLOWED_HOSTS.",
            ),
        )
    }

    pub(super) fn head_too_large(limit: usize) -> Self {
        let kib = limit / 1024;
        Self::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "head_too_large",
            Sentence::new(
                format!(
                    "요청의 주소와 헤더가 {kib} KiB를 넘습니다. 이 사이트의 쿠키를 지우고 다시 해 보세요."
                ),
                format!(
                    "The request's address and headers exceed {kib} KiB. Delete this site's cookies and try again."
                ),
            ),
        )
    }

    pub(super) fn body_too_large(limit: usize) -> Self {
        let kib = limit / 1024;
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            Sentence::new(
                format!("요청 본문이 {kib} KiB를 넘습니다. 줄여서 다시 보내세요."),
                format!("The request body exceeds {kib} KiB. Send a smaller one."),
            ),
        )
    }

    pub(super) fn body_too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "body_too_slow",
            Sentence::new(
                "요청 본문이 끝까지 오지 않아 아무것도 하지 않았습니다. 다시 보내세요.",
                "The request body did not arrive in full, so nothing was done. Send it again.",
            ),
        )
    }

    pub(super) fn metrics_are_local() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "metrics_are_local",
            Sentence::new(
                "지표는 이 컴퓨터와 사설망에서, 프록시를 거치지 않고만 볼 수 있습니다. KATOK_METRICS=open으로 바꿀 수 있습니다.",
                "The metrics are for this machine and private networks, and not through a proxy. KATOK_METRICS=open changes that.",
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

    pub(super) fn kakao(error: &katok_client::Error) -> Self {
        if let Some(api_error) = error.api_error() {
            let status = error.status().and_then(|status| StatusCode::from_u16(status).ok());
            let body = match serde_json::to_value(api_error) {
                Ok(Value::Object(body)) => body,
                _ => Map::new(),
            };
            let refusal = Self::with_body(
                status.unwrap_or(StatusCode::BAD_GATEWAY),
                "kakao_refused",
                body,
                Some(action(&error.remedy())),
                explain(error),
            );
            return Self { kakao_code: error.kakao_code(), ..refusal };
        }
        let status = match error.kind() {
            ErrorKind::Unanswered => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        };
        let mut refusal =
            Self::new(status, "kakao_unavailable", explain(error)).with_action(Some(action(&error.remedy())));
        if let Some(code) = error.kakao_code() {
            refusal.body.insert("kakao_code".into(), code.to_string().into());
            refusal.kakao_code = Some(code);
        }
        refusal
    }

    /// As Kakao would have refused it, had it been asked, or did refuse it when another gateway asked.
    pub(super) fn kakao_code(code: &str) -> Self {
        let mut body = Map::new();
        body.insert("msg".into(), "refused".into());
        match KakaoCode::parse(code) {
            Some(KakaoCode::Api(number)) => body.insert("code".into(), number.into()),
            _ => body.insert("error".into(), code.into()),
        };
        let refusal =
            Self::with_body(StatusCode::BAD_REQUEST, "kakao_refused", body, None, explain_code(code));
        Self { kakao_code: KakaoCode::parse(code), ..refusal }
    }

    /// As Kakao refused it when another gateway asked.
    pub(super) fn waiting_for(scopes: &ScopeSet, message: &MessageId) -> Self {
        let mut body = Map::new();
        body.insert("msg".into(), "insufficient scopes.".into());
        body.insert("code".into(), (-402).into());
        body.insert("required_scopes".into(), json!(scopes));
        let mut action = action(&Remedy::AskConsent(scopes.clone()));
        action["href"] = format!("/consent/{message}").into();
        let sentence = explain_missing_consent(scopes);
        let refusal = Self::with_body(StatusCode::FORBIDDEN, "kakao_refused", body, Some(action), sentence);
        Self { kakao_code: Some(KakaoCode::Api(-402)), ..refusal }
    }

    /// As Kakao refused it, but the way to the consent is one that goes on with it.
    pub(super) fn waiting(error: &katok_client::Error, message: &MessageId) -> Self {
        let mut refusal = Self::kakao(error);
        if let Some(Value::Object(remedy)) = refusal.body.get_mut("remedy") {
            remedy.insert("href".into(), format!("/consent/{message}").into());
        }
        refusal
    }

    pub(super) fn busy() -> Self {
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
                        "여기서는 로그아웃하고 토큰을 지웠지만 카카오에는 알리지 못했습니다. 카카오에서는 토큰의 기한이 지나면 끝납니다.",
                        "Signed out here and the tokens are deleted, but Kakao could not be told. There they end when they expire.",
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
        let mut response = (self.status, Json(&self.body)).into_response();
        if let Some((name, value)) = &self.header {
            response.headers_mut().insert(name, value.clone());
        }
        if self.body.get("error").and_then(Value::as_str).is_some_and(|error| error.starts_with("storage_")) {
            response.extensions_mut().insert(StorageFailed);
        }
        response.extensions_mut().insert(self);
        response
    }
}
