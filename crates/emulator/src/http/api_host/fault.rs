//! A refusal of kapi on the wire.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::fault::{ApiFault, KeyKind};
use crate::http::kakao_json;

#[derive(Serialize)]
struct Refusal<'a> {
    msg: String,
    code: i32,
    #[serde(flatten)]
    missing_consent: Option<MissingConsent<'a>>,
}

#[derive(Serialize)]
struct MissingConsent<'a> {
    api_type: &'a str,
    required_scopes: [&'a str; 1],
    allowed_scopes: Vec<&'a str>,
}

impl IntoResponse for ApiFault {
    fn into_response(self) -> Response {
        let missing_consent = match &self {
            Self::InsufficientScopes { api, required, allowed } => Some(MissingConsent {
                api_type: api,
                required_scopes: [required],
                allowed_scopes: allowed.iter().map(String::as_str).collect(),
            }),
            _ => None,
        };
        let body = Refusal { msg: self.text(), code: self.code(), missing_consent };
        let mut response = kakao_json(self.status(), &body);
        if let Some(kind) = self.refused_key() {
            // Kakao leaves the value unquoted.
            let challenge = HeaderValue::from_static(match kind {
                KeyKind::AccessToken => "Bearer error=invalid_token",
                KeyKind::AdminKey => "KakaoAK error=invalid_token",
            });
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
