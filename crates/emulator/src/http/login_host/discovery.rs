//! `/.well-known/`: what clients of OpenID Connect and receivers of security events find out by themselves.

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::http::{host, kakao_json};
use crate::jws;

/// In the order of Kakao's document.
#[derive(Serialize)]
struct OpenIdConfiguration {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: [&'static str; 1],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
    request_uri_parameter_supported: bool,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    code_challenge_methods_supported: [&'static str; 1],
    claims_supported: [&'static str; 10],
}

pub(super) async fn openid_configuration(request: Request) -> Response {
    let issuer = host::login_base(request.headers(), request.uri());
    let api = host::api_base(request.headers(), request.uri());
    let configuration = OpenIdConfiguration {
        authorization_endpoint: format!("{issuer}/oauth/authorize"),
        token_endpoint: format!("{issuer}/oauth/token"),
        userinfo_endpoint: format!("{api}/v1/oidc/userinfo"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        token_endpoint_auth_methods_supported: ["client_secret_post"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
        request_uri_parameter_supported: false,
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "refresh_token"],
        code_challenge_methods_supported: ["S256"],
        claims_supported: [
            "iss",
            "aud",
            "sub",
            "auth_time",
            "exp",
            "iat",
            "nonce",
            "nickname",
            "picture",
            "email",
        ],
        issuer,
    };
    let mut response = kakao_json(200, &configuration);
    // Here alone Kakao writes the charset small.
    let json = HeaderValue::from_static("application/json;charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

pub(super) async fn jwks() -> Response {
    ([(header::CONTENT_TYPE, "application/json;charset=UTF-8")], jws::JWKS).into_response()
}

/// What receivers of account status webhooks need, under its old name and its new one.
#[derive(Serialize)]
struct EventsConfiguration {
    issuer: String,
    jwks_uri: String,
    delivery_methods_supported: &'static str,
}

pub(super) async fn events_configuration(request: Request) -> Response {
    let issuer = host::login_base(request.headers(), request.uri());
    let jwks_uri = format!("{issuer}/.well-known/jwks.json");
    let delivery_methods_supported = "http://schemas.openid.net/secevent/risc/delivery-method/push";
    kakao_json(200, &EventsConfiguration { issuer, jwks_uri, delivery_methods_supported })
}
