//! The unlink webhook (연결 해제 웹훅): somebody has parted from the app on Kakao's side.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::endpoint::{Reply, Unreadable};
use crate::{AdminKey, KakaoUserId};

/// Kakao sends some hundred bytes.
const LARGEST: usize = 16 * 1024;

/// Reads what Kakao sends when somebody disconnects the app, deletes their account, or is unlinked by Kakao.
///
/// Kakao shows the app's primary admin key, and wants **200 within 3 seconds whatever the service does with the
/// news**, also for a user it does not know; so note it and do the work later. Unlinking by
/// [`Unlink`](crate::Unlink) is not told. It may come by GET, or by POST with a form or JSON: all are read.
/// See [Kakao Docs/Kakao Login, Unlink webhook].
///
/// ```
/// use http::StatusCode;
/// use katok_client::{AdminKey, UnlinkWebhook};
///
/// /// What the service answers; in axum, `let (parts, body) = request.into_parts();`
/// fn told(parts: &http::request::Parts, body: &[u8]) -> StatusCode {
///     let webhook = UnlinkWebhook::new(AdminKey::new("the app's primary admin key")).app_id("1000001");
///     match webhook.receive(parts, body) {
///         Ok(notice) => {
///             println!("{} has left: {:?}", notice.user_id, notice.referrer_type);
///             StatusCode::OK
///         }
///         Err(error) => error.status(),
///     }
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct UnlinkWebhook {
    primary_admin_key: AdminKey,
    app_id: Option<String>,
}

/// Somebody has parted from the app: their tokens are dead.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UnlinkNotice {
    /// The app, by the number in Kakao's console.
    #[serde(deserialize_with = "number_or_text")]
    pub app_id: String,
    /// Who has left.
    pub user_id: KakaoUserId,
    /// How it came to that.
    pub referrer_type: UnlinkReason,
    /// The person's name in a group of apps, for apps in one.
    pub group_user_token: Option<String>,
}

/// How somebody parted from an app.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnlinkReason {
    /// The person deleted their Kakao Account.
    AccountDelete,
    /// Kakao deleted the account: it slept too long, or customer service was asked to.
    ForcedAccountDelete,
    /// Kakao's staff unlinked the person.
    UnlinkFromAdmin,
    /// The person disconnected the app, on the page of their account or in KakaoTalk.
    UnlinkFromApps,
    /// The person did not finish signing up within 24 hours.
    IncompleteSignUp,
    /// The service unlinked the person; only in account status webhooks.
    UnlinkFromService,
    /// The person withdrew from the terms of the account's service; only in account status webhooks.
    RevokeAccountServiceTerms,
    /// A word of Kakao's this crate does not know.
    Other(String),
}

impl<'de> Deserialize<'de> for UnlinkReason {
    fn deserialize<D: Deserializer<'de>>(word: D) -> Result<Self, D::Error> {
        Ok(match String::deserialize(word)?.as_str() {
            "ACCOUNT_DELETE" => Self::AccountDelete,
            "FORCED_ACCOUNT_DELETE" => Self::ForcedAccountDelete,
            "UNLINK_FROM_ADMIN" => Self::UnlinkFromAdmin,
            "UNLINK_FROM_APPS" => Self::UnlinkFromApps,
            "INCOMPLETE_SIGN_UP" => Self::IncompleteSignUp,
            "UNLINK_FROM_SERVICE" => Self::UnlinkFromService,
            "REVOKE_ACCOUNT_SERVICE_TERMS" => Self::RevokeAccountServiceTerms,
            other => Self::Other(other.to_owned()),
        })
    }
}

/// Why a request to the unlink webhook is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnlinkWebhookError {
    /// It shows no admin key, or another.
    #[error(
        "the request does not show the app's primary admin key: it is not Kakao's, or the key in Kakao's console is another by now"
    )]
    Unauthorized,
    /// It is neither GET nor POST.
    #[error("the unlink webhook comes by GET or POST")]
    Method,
    /// It is larger than 16 KiB.
    #[error("the request is larger than any of Kakao's")]
    TooLarge,
    /// It shows the right key, and says nothing that can be read.
    #[error("the unlink webhook cannot be read: {0}")]
    Unreadable(Unreadable),
    /// It is about another app.
    #[error("the unlink webhook is about another app: see which app has this address in Kakao's console")]
    OtherApp,
}

impl UnlinkWebhookError {
    /// What to answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::OtherApp => StatusCode::FORBIDDEN,
        }
    }
}

impl UnlinkWebhook {
    /// For the app with this primary admin key (대표 어드민 키).
    pub fn new(primary_admin_key: AdminKey) -> Self {
        Self { primary_admin_key, app_id: None }
    }

    /// Takes only news about the app of this id.
    pub fn app_id(mut self, app_id: impl Into<String>) -> Self {
        self.app_id = Some(app_id.into());
        self
    }

    /// Reads a request, whose body the web server has gathered.
    pub fn receive(&self, request: &Parts, body: &[u8]) -> Result<UnlinkNotice, UnlinkWebhookError> {
        if !self.is_kakaos(&request.headers) {
            return Err(UnlinkWebhookError::Unauthorized);
        }
        let query = request.uri.query().unwrap_or_default();
        if body.len() > LARGEST || query.len() > LARGEST {
            return Err(UnlinkWebhookError::TooLarge);
        }
        let fields = match request.method {
            Method::GET => form(query.as_bytes()),
            // The documents say form in one place and JSON in another, and not what the header says then.
            Method::POST if body.trim_ascii_start().starts_with(b"{") => Bytes::copy_from_slice(body),
            Method::POST => form(body),
            _ => return Err(UnlinkWebhookError::Method),
        };
        let notice: UnlinkNotice = Reply { body: fields }.json().map_err(UnlinkWebhookError::Unreadable)?;
        if self.app_id.as_ref().is_some_and(|app_id| *app_id != notice.app_id) {
            return Err(UnlinkWebhookError::OtherApp);
        }
        Ok(notice)
    }

    fn is_kakaos(&self, headers: &HeaderMap) -> bool {
        let shown = || {
            let (scheme, key) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
            scheme.eq_ignore_ascii_case("KakaoAK").then(|| AdminKey::new(key.trim()))
        };
        // A key that was forgotten in the configuration opens to nobody.
        !self.primary_admin_key.secret().is_empty()
            && shown().is_some_and(|key| key == self.primary_admin_key)
    }
}

/// A form as a JSON object.
fn form(text: &[u8]) -> Bytes {
    let fields = form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), Value::from(value)));
    Value::Object(fields.collect::<Map<_, _>>()).to_string().into()
}

fn number_or_text<'de, D: Deserializer<'de>>(id: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Wire {
        Number(i64),
        Text(String),
    }
    Ok(match Wire::deserialize(id)? {
        Wire::Number(id) => id.to_string(),
        Wire::Text(id) => id,
    })
}

#[cfg(test)]
mod tests {
    use http::Request;
    use proptest::prelude::*;

    use super::*;

    const FORM: &str = "app_id=1000001&user_id=4820000001&referrer_type=UNLINK_FROM_APPS";

    fn webhook() -> UnlinkWebhook {
        UnlinkWebhook::new(AdminKey::new("ADMIN_KEY"))
    }

    fn request(method: &str, uri: &str, authorization: &str) -> Parts {
        let request = Request::builder().method(method).uri(uri).header("authorization", authorization);
        request.body(()).unwrap().into_parts().0
    }

    fn post() -> Parts {
        request("POST", "/kakao/unlink", "KakaoAK ADMIN_KEY")
    }

    fn receive(request: &Parts, body: &str) -> Result<UnlinkNotice, UnlinkWebhookError> {
        webhook().receive(request, body.as_bytes())
    }

    #[test]
    fn query_form_and_json_say_the_same() {
        let by_get = request("GET", &format!("/kakao/unlink?{FORM}"), "KakaoAK ADMIN_KEY");
        let text = r#"{"app_id":"1000001","user_id":"4820000001","referrer_type":"UNLINK_FROM_APPS"}"#;
        let numbers =
            r#" {"app_id":1000001,"user_id":4820000001,"referrer_type":"UNLINK_FROM_APPS","new":{}}"#;
        let notice = receive(&post(), FORM).unwrap();
        assert_eq!(notice.app_id, "1000001");
        assert_eq!(notice.user_id, KakaoUserId::new(4_820_000_001));
        assert_eq!((&notice.referrer_type, &notice.group_user_token), (&UnlinkReason::UnlinkFromApps, &None));
        for same in [receive(&by_get, ""), receive(&post(), text), receive(&post(), numbers)] {
            assert_eq!(same, Ok(notice.clone()));
        }
    }

    #[test]
    fn what_kakao_may_add_is_kept() {
        let body = "app_id=1&user_id=2&referrer_type=MOVED_TO_MARS&group_user_token=g%2B1&x=y";
        let notice = receive(&post(), body).unwrap();
        assert_eq!(notice.referrer_type, UnlinkReason::Other("MOVED_TO_MARS".to_owned()));
        assert_eq!(notice.group_user_token.as_deref(), Some("g+1"));
    }

    #[test]
    fn only_who_shows_the_admin_key_is_believed() {
        for authorization in [
            "",
            "KakaoAK",
            "KakaoAK ",
            "KakaoAK OTHER_KEY",
            "KakaoAK ADMIN_KEY2",
            "Bearer ADMIN_KEY",
            "ADMIN_KEY",
        ] {
            let error = receive(&request("POST", "/", authorization), FORM).unwrap_err();
            assert_eq!(
                (&error, error.status().as_u16()),
                (&UnlinkWebhookError::Unauthorized, 401),
                "{authorization}"
            );
        }
        assert!(receive(&request("POST", "/", "kakaoak ADMIN_KEY"), FORM).is_ok());

        let nameless = Request::post("/").body(()).unwrap().into_parts().0;
        assert_eq!(receive(&nameless, FORM), Err(UnlinkWebhookError::Unauthorized));
        let keyless = UnlinkWebhook::new(AdminKey::new(""));
        let error = keyless.receive(&request("POST", "/", "KakaoAK "), FORM.as_bytes());
        assert_eq!(error, Err(UnlinkWebhookError::Unauthorized));
    }

    #[test]
    fn another_app_is_somebody_elses_business() {
        let ours = webhook().app_id("1000001");
        assert!(ours.receive(&post(), FORM.as_bytes()).is_ok());
        let error = webhook().app_id("1000002").receive(&post(), FORM.as_bytes()).unwrap_err();
        assert_eq!((&error, error.status().as_u16()), (&UnlinkWebhookError::OtherApp, 403));
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_place() {
        let error =
            receive(&post(), "app_id=1&user_id=mina@example.com&referrer_type=UNLINK_FROM_APPS").unwrap_err();
        assert_eq!(error.status().as_u16(), 400);
        assert!(error.to_string().ends_with("at user_id"), "{error}");
        assert!(!format!("{error} {error:?}").contains("mina"));
        for body in ["", "{", "user_id=1", "[1]"] {
            assert_eq!(receive(&post(), body).unwrap_err().status().as_u16(), 400, "{body}");
        }
        let put = request("PUT", "/", "KakaoAK ADMIN_KEY");
        assert_eq!(receive(&put, FORM).unwrap_err().status().as_u16(), 405);
        let error = receive(&post(), &"x".repeat(LARGEST + 1)).unwrap_err();
        assert_eq!(error.status().as_u16(), 413);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, json in r#"\{"(app_id|user_id|x)":("?[0-9-]{0,30}"?|\[\]|null)\}"#) {
            let _ = webhook().receive(&post(), &bytes);
            let _ = webhook().receive(&post(), json.as_bytes());
        }
    }
}
