//! Kakao's tables of codes: the status and text of each, also of those that no state of the world leads to.
//!
//! See [Kakao Docs/REST API: Error code] and [Kakao Docs/Kakao Login: Troubleshooting].

/// A refusal of kapi as the table has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListedApiFault {
    pub(crate) status: u16,
    pub(crate) code: i32,
    pub(crate) text: &'static str,
}

/// A refusal of kauth as the table has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListedLoginFault {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) error: &'static str,
    pub(crate) description: &'static str,
}

/// Where the documents name no status, 400 stands, or 401 and 403 beside what they resemble.
const API: &[(i32, u16, &str)] = &[
    (-1, 400, "internal error"),
    (-2, 400, "wrong parameter"),
    (-3, 403, "this feature is not enabled for the app."),
    (-4, 403, "the account is restricted."),
    (-5, 403, "permission denied"),
    (-6, 403, "not allowed by the Kakao service."),
    (-7, 400, "the service is under maintenance or has an internal problem."),
    (-8, 400, "wrong header"),
    (-9, 400, "this API is terminated."),
    (-10, 400, "API limit has been exceeded."),
    (-11, 400, "the spending limit of this paid API has been exceeded."),
    (-12, 403, "the app or its developer is restricted."),
    (-101, 400, "NotRegisteredUserException"),
    (-102, 400, "already registered"),
    (-103, 400, "the Kakao account is dormant or does not exist."),
    (-201, 400, "user property not found"),
    (-301, 400, "the app does not exist."),
    (-401, 401, "this access token does not exist"),
    (-402, 403, "insufficient scopes."),
    (-405, 403, "required age verification."),
    (-406, 401, "the user is under 14."),
    (-501, 400, "given account is not connected to any talk user"),
    (-502, 400, "the receiver is not a friend of the sender."),
    (-504, 400, "the receiver's device is not supported."),
    (-530, 400, "the receiver refuses messages."),
    (-531, 400, "monthly message limit per sender has been exceeded."),
    (-532, 400, "daily message limit per sender has been exceeded."),
    (-533, 400, "daily message limit per receiver has been exceeded."),
    (-536, 400, "daily message limit per sender and receiver has been exceeded."),
    (-541, 400, "the channel does not exist."),
    (-544, 400, "the channel is restricted."),
    (-602, 400, "the image is too large."),
    (-603, 400, "timeout"),
    (-606, 400, "too many images."),
    (-815, 400, "internal channel error"),
    (-816, 400, "wrong customer file id"),
    (-817, 400, "duplicate or forbidden file name"),
    (-818, 400, "too many customer files"),
    (-819, 400, "the channel is not connected to the app."),
    (-903, 400, "the developer of this app key is not registered."),
    (-911, 400, "unsupported image format"),
    (-9798, 503, "the service is under maintenance."),
];

const LOGIN: &[(&str, u16, &str, &str)] = &[
    ("KOE001", 400, "invalid_request", "malformed request"),
    ("KOE002", 404, "invalid_request", "wrong URL"),
    ("KOE003", 500, "server_error", "temporary failure of the authorization server"),
    ("KOE004", 400, "misconfigured", "Kakao Login is not activated"),
    ("KOE005", 400, "misconfigured", "the user is not a member of the test app"),
    ("KOE006", 400, "invalid_request", "Admin Settings Issue"),
    ("KOE007", 400, "invalid_request", "logout_redirect_uri is not registered"),
    ("KOE008", 400, "misconfigured", "wrong kind of app key"),
    ("KOE009", 400, "misconfigured", "invalid android_key_hash or ios_bundle_id or web_site_url"),
    ("KOE010", 401, "invalid_client", "Bad client credentials"),
    ("KOE023", 400, "invalid_request", "login by popup cannot be used"),
    ("KOE101", 401, "invalid_client", "Not exist client_id"),
    ("KOE102", 400, "invalid_client", "Required PLUS_FRIENDS_ON_AGREEMENT_SUPPORTED permission"),
    ("KOE201", 400, "invalid_request", "Unsupported response type"),
    ("KOE202", 400, "invalid_request", "Unsupported response type: token"),
    ("KOE203", 400, "access_denied", "필수 동의 항목에 동의하지 않았습니다."),
    ("KOE204", 400, "invalid_request", "invalid parameter"),
    (
        "KOE205",
        400,
        "invalid_scope",
        "설정하지 않은 카카오 로그인 동의 항목을 포함해 인가 코드를 요청했습니다.",
    ),
    ("KOE207", 400, "invalid_request", "missing parameter"),
    ("KOE237", 400, "invalid_request", "token request rate limit exceeded"),
    ("KOE303", 400, "invalid_grant", "Redirect URI mismatch."),
    ("KOE310", 400, "unsupported_grant_type", "unsupported grant_type"),
    ("KOE319", 400, "invalid_grant", "Not exist refresh_token"),
    ("KOE320", 400, "invalid_grant", "authorization code not found"),
    ("KOE322", 400, "invalid_grant", "expired_or_invalid_refresh_token"),
    ("KOE400", 400, "invalid_token", "invalid id_token"),
];

pub(crate) fn listed_api_fault(code: i32) -> Option<ListedApiFault> {
    let (code, status, text) = API.iter().copied().find(|(listed, ..)| *listed == code)?;
    Some(ListedApiFault { status, code, text })
}

pub(crate) fn listed_login_fault(code: &str) -> Option<ListedLoginFault> {
    let (code, status, error, description) = LOGIN.iter().copied().find(|(listed, ..)| *listed == code)?;
    Some(ListedLoginFault { status, code, error, description })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{ApiFault, LoginFault};

    #[test]
    fn the_tables_agree_with_the_refusals_that_a_state_leads_to() {
        for fault in [
            ApiFault::NotPermitted,
            ApiFault::QuotaExceeded,
            ApiFault::NotLinked,
            ApiFault::NoSuchToken,
            ApiFault::NotTalkUser,
            ApiFault::NotFriends,
            ApiFault::RefusesMessages,
            ApiFault::SenderQuotaExceeded,
            ApiFault::ReceiverQuotaExceeded,
            ApiFault::PairQuotaExceeded,
        ] {
            let listed = listed_api_fault(fault.code()).unwrap();
            assert_eq!((listed.status, listed.text), (fault.status(), fault.text().as_str()), "{fault:?}");
        }
        for fault in [
            LoginFault::MalformedRequest,
            LoginFault::NoSuchAddress,
            LoginFault::RedirectUriNotRegistered,
            LoginFault::BadClientSecret,
            LoginFault::TooManyTokens,
            LoginFault::RedirectUriMismatch,
            LoginFault::NoSuchRefreshToken,
        ] {
            let listed = listed_login_fault(fault.code()).unwrap();
            let told = (fault.status(), fault.error(), fault.description());
            assert_eq!((listed.status, listed.error, listed.description.to_owned()), told, "{fault:?}");
        }
    }
}
