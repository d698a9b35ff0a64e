//! The refusals of kauth.kakao.com, each with its KOE code.
//!
//! See [Kakao Docs/Kakao Login: Troubleshooting]. `FIDELITY.md` says which statuses and texts are documented.

use std::fmt::Write as _;

/// Why kauth refuses; shown as an error page at `/oauth/authorize` and as JSON at `/oauth/token`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LoginFault {
    MalformedRequest,
    NoSuchAddress,
    LoginSwitchedOff,
    NotOfTheTeam,
    RedirectUriNotRegistered,
    LogoutRedirectUriNotRegistered,
    WrongKindOfKey,
    WrongPlatform,
    BadClientSecret,
    NoSuchClient { client_id: Option<String> },
    NoChannel,
    UnsupportedResponseType { response_type: String },
    ImplicitGrant,
    RequiredItemsRefused { items: Vec<String> },
    InvalidParameter { name: &'static str },
    ItemsNotConfigured { items: Vec<String> },
    MissingParameter { name: &'static str },
    TooManyTokens,
    RedirectUriMismatch,
    UnsupportedGrantType { grant_type: Option<String> },
    MissingRefreshToken,
    NoSuchCode { code: Option<String> },
    WrongCodeVerifier,
    NoSuchRefreshToken,
    InvalidIdToken { problem: &'static str },
}

impl LoginFault {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::BadClientSecret | Self::NoSuchClient { .. } => 401,
            Self::NoSuchAddress => 404,
            _ => 400,
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::MalformedRequest => "KOE001",
            Self::NoSuchAddress => "KOE002",
            Self::LoginSwitchedOff => "KOE004",
            Self::NotOfTheTeam => "KOE005",
            Self::RedirectUriNotRegistered => "KOE006",
            Self::LogoutRedirectUriNotRegistered => "KOE007",
            Self::WrongKindOfKey => "KOE008",
            Self::WrongPlatform => "KOE009",
            Self::BadClientSecret => "KOE010",
            Self::NoSuchClient { .. } => "KOE101",
            Self::NoChannel => "KOE102",
            Self::UnsupportedResponseType { .. } => "KOE201",
            Self::ImplicitGrant => "KOE202",
            Self::RequiredItemsRefused { .. } => "KOE203",
            Self::InvalidParameter { .. } => "KOE204",
            Self::ItemsNotConfigured { .. } => "KOE205",
            Self::MissingParameter { .. } => "KOE207",
            Self::TooManyTokens => "KOE237",
            Self::RedirectUriMismatch => "KOE303",
            Self::UnsupportedGrantType { .. } => "KOE310",
            Self::MissingRefreshToken => "KOE319",
            Self::NoSuchCode { .. } | Self::WrongCodeVerifier => "KOE320",
            Self::NoSuchRefreshToken => "KOE322",
            Self::InvalidIdToken { .. } => "KOE400",
        }
    }

    pub(crate) fn error(&self) -> &'static str {
        match self {
            Self::BadClientSecret | Self::NoSuchClient { .. } | Self::NoChannel => "invalid_client",
            Self::WrongPlatform => "misconfigured",
            Self::InvalidIdToken { .. } => "invalid_token",
            Self::ItemsNotConfigured { .. } => "invalid_scope",
            Self::RequiredItemsRefused { .. } => "access_denied",
            Self::UnsupportedGrantType { .. } => "unsupported_grant_type",
            Self::RedirectUriMismatch
            | Self::MissingRefreshToken
            | Self::NoSuchCode { .. }
            | Self::WrongCodeVerifier
            | Self::NoSuchRefreshToken => "invalid_grant",
            Self::MalformedRequest
            | Self::NoSuchAddress
            | Self::LoginSwitchedOff
            | Self::NotOfTheTeam
            | Self::RedirectUriNotRegistered
            | Self::LogoutRedirectUriNotRegistered
            | Self::WrongKindOfKey
            | Self::UnsupportedResponseType { .. }
            | Self::ImplicitGrant
            | Self::InvalidParameter { .. }
            | Self::MissingParameter { .. }
            | Self::TooManyTokens => "invalid_request",
        }
    }

    pub(crate) fn description(&self) -> String {
        // Kakao's server prints what it did not get the Java way.
        let or_null = |value: &Option<String>| value.clone().unwrap_or_else(|| "null".to_owned());
        match self {
            Self::MalformedRequest => "malformed request".to_owned(),
            Self::NoSuchAddress => "wrong URL".to_owned(),
            Self::LoginSwitchedOff => "Kakao Login is switched off for this app".to_owned(),
            Self::NotOfTheTeam => {
                "This is a test app, and the account is not a member of its team".to_owned()
            }
            Self::RedirectUriNotRegistered => "Admin Settings Issue".to_owned(),
            Self::LogoutRedirectUriNotRegistered => "Logout redirect URI mismatch".to_owned(),
            Self::WrongKindOfKey => "This kind of app key cannot be used here".to_owned(),
            Self::WrongPlatform => "invalid android_key_hash or ios_bundle_id or web_site_url".to_owned(),
            Self::BadClientSecret => "Bad client credentials".to_owned(),
            Self::NoSuchClient { client_id } => format!("Not exist client_id [{}]", or_null(client_id)),
            Self::NoChannel => "Required PLUS_FRIENDS_ON_AGREEMENT_SUPPORTED permission".to_owned(),
            Self::UnsupportedResponseType { response_type } => {
                format!("Unsupported response type: {response_type}")
            }
            Self::ImplicitGrant => "Unsupported response type: token".to_owned(),
            Self::RequiredItemsRefused { items } => {
                format!("필수 동의 항목에 동의하지 않았습니다: {}", items.join(", "))
            }
            Self::InvalidParameter { name } => format!("invalid parameter: {name}"),
            Self::ItemsNotConfigured { items } => {
                let mut text =
                    "설정하지 않은 카카오 로그인 동의 항목을 포함해 인가 코드를 요청했습니다.".to_owned();
                let _ = write!(text, " 설정하지 않은 동의 항목: {}", items.join(", "));
                text
            }
            Self::MissingParameter { name } => format!("missing parameter: {name}"),
            Self::TooManyTokens => "token request rate limit exceeded".to_owned(),
            Self::RedirectUriMismatch => "Redirect URI mismatch.".to_owned(),
            Self::UnsupportedGrantType { grant_type } => {
                format!("unsupported grant_type [{}]", or_null(grant_type))
            }
            Self::MissingRefreshToken => "Not exist refresh_token [null]".to_owned(),
            Self::NoSuchCode { code } => format!("authorization code not found for code={}", or_null(code)),
            Self::WrongCodeVerifier => "code_verifier mismatch".to_owned(),
            Self::NoSuchRefreshToken => "expired_or_invalid_refresh_token".to_owned(),
            Self::InvalidIdToken { problem } => (*problem).to_owned(),
        }
    }

    /// What the developer should change, in Korean and English.
    pub(crate) fn remedy(&self) -> (&'static str, &'static str) {
        match self {
            Self::RedirectUriNotRegistered => (
                "요청한 redirect_uri를 앱의 리다이렉트 URI로 등록하세요. 포트와 슬래시까지 같아야 합니다.",
                "Register the redirect_uri for the app: every character counts, also port and slash.",
            ),
            Self::LoginSwitchedOff => {
                ("앱 설정에서 카카오 로그인을 켜세요.", "Switch Kakao Login on in the settings of the app.")
            }
            Self::NotOfTheTeam => (
                "앱의 멤버로 초대하거나, 테스트 앱이 아닌 앱을 쓰세요.",
                "Invite the account to the team of the app, or use an app that is no test app.",
            ),
            Self::LogoutRedirectUriNotRegistered => (
                "요청한 logout_redirect_uri를 앱의 로그아웃 리다이렉트 URI로 등록하세요.",
                "Register the logout_redirect_uri for the app, character by character.",
            ),
            Self::WrongKindOfKey => (
                "웹 주소로 돌아가려면 REST API 키나 JavaScript 키를 쓰세요.",
                "Use the REST API key or the JavaScript key to return to a web address.",
            ),
            Self::NoChannel => (
                "앱에 카카오톡 채널을 연결하거나 channel_public_id를 빼세요.",
                "Link a KakaoTalk channel to the app, or leave out channel_public_id.",
            ),
            Self::NoSuchClient { .. } => {
                ("client_id에 앱의 REST API 키를 넣으세요.", "Put the REST API key of an app into client_id.")
            }
            Self::ItemsNotConfigured { .. } => (
                "동의 항목을 앱에 설정하거나 scope에서 빼세요.",
                "Configure the consent items for the app, or leave them out of scope.",
            ),
            Self::UnsupportedResponseType { .. } | Self::ImplicitGrant => {
                ("response_type은 code만 쓸 수 있습니다.", "response_type can only be code.")
            }
            Self::RequiredItemsRefused { .. } => (
                "필수 동의 항목에 동의해야 로그인할 수 있습니다.",
                "Nobody can log in without agreeing to the required items.",
            ),
            _ => ("요청 주소와 파라미터를 확인하세요.", "Check the address and parameters of the request."),
        }
    }
}
