//! Codes with which requests for tokens are refused. See [Kakao Docs/Kakao Login, Troubleshooting].

use super::console::{CLIENT_SECRET, PLATFORM_KEY, REDIRECT_URI};
use super::{Entry, entry};

const SOURCE: &str = "Kakao Docs/Kakao Login, Troubleshooting";

pub(super) const CODES: &[Entry<&str>] = &[
    entry(
        "KOE009",
        Some(400),
        [
            "등록되지 않은 플랫폼에서 토큰을 요청했습니다.",
            "The token was asked for from a platform that is not registered.",
        ],
        [
            "Android 키 해시, iOS 번들 ID, 웹 도메인을 그 앱 키에 등록한 값과 같게 하세요. 서버라면 android_key_hash, ios_bundle_id, client_origin을 빼고 REST API 키로 요청하세요.",
            "Make the Android key hash, iOS bundle id or web domain the one registered with the app key. On a server, leave android_key_hash, ios_bundle_id and client_origin out and use the REST API key.",
        ],
        Some(PLATFORM_KEY),
        SOURCE,
    ),
    entry(
        "KOE010",
        Some(401),
        ["클라이언트 시크릿이 없거나 틀렸습니다.", "The client secret is missing or wrong."],
        [
            "요청에 쓴 REST API 키의 클라이언트 시크릿을 client_secret으로 보내세요. 2025년 12월부터 새 키는 시크릿이 켜진 채로 만들어지며, 같은 앱의 다른 키의 시크릿은 쓸 수 없습니다.",
            "Send the client secret of the very REST API key you use, as client_secret. Since December 2025 new keys have it switched on, and the secret of another key of the same app does not do.",
        ],
        Some(CLIENT_SECRET),
        SOURCE,
    ),
    entry(
        "KOE237",
        None,
        [
            "한 사용자의 토큰을 너무 자주 발급받았습니다. 액세스 토큰은 10분에 20개, 리프레시 토큰은 1시간에 30개까지입니다.",
            "Too many tokens were issued for one user. The limits are 20 access tokens in 10 minutes and 30 refresh tokens in an hour.",
        ],
        [
            "10분 뒤(리프레시 토큰이라면 1시간 뒤) 다시 시도하세요. 호출마다 새로 받지 말고, 받은 토큰을 저장해 만료될 때까지 쓰세요.",
            "Try again in ten minutes, or an hour for refresh tokens. Store each token and use it until it expires instead of getting a new one for every call.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "KOE303",
        Some(400),
        [
            "인가 코드를 받을 때와 다른 redirect_uri로 토큰을 요청했습니다.",
            "The token was asked for with another redirect_uri than the code.",
        ],
        [
            "두 요청에 똑같은 redirect_uri를 보내세요. 둘 다 등록된 주소라도 서로 다르면 거절됩니다.",
            "Send the same redirect_uri in both requests. Two different ones are refused even if both are registered.",
        ],
        Some(REDIRECT_URI),
        SOURCE,
    ),
    entry(
        "KOE310",
        None,
        ["지원하지 않는 grant_type입니다.", "The grant_type is not supported."],
        [
            "grant_type에 authorization_code나 refresh_token을 쓰세요.",
            "Use authorization_code or refresh_token as grant_type.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "KOE319",
        None,
        ["갱신 요청에 리프레시 토큰이 없습니다.", "The request to refresh has no refresh token."],
        [
            "저장해 둔 리프레시 토큰을 refresh_token 파라미터로 보내세요. 갱신 응답에 refresh_token이 없으면 쓰던 것을 그대로 두어야 합니다.",
            "Send the stored refresh token as refresh_token. When the answer to a refresh has none, the one you have must be kept.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "KOE320",
        Some(400),
        [
            "인가 코드가 이미 쓰였거나 만료되었거나 잘못되었습니다.",
            "The authorization code is used, expired or unknown.",
        ],
        [
            "로그인을 처음부터 다시 하세요. 코드는 한 번만 쓸 수 있으니, 콜백 페이지 새로고침이나 React strict mode, 서버 두 대가 같은 코드를 두 번 보내지 않게 하세요.",
            "Start the login again. A code works once: see that a reload of the callback page, React's strict mode or two servers do not send it twice.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "KOE322",
        Some(400),
        [
            "리프레시 토큰이 만료되었거나 새것으로 바뀌었거나, 사용자가 연결을 끊었습니다.",
            "The refresh token is expired or replaced, or the user has unlinked the app.",
        ],
        [
            "다시 로그인하세요. 갱신할 때 새 리프레시 토큰이 오면 옛 토큰은 바로 쓸 수 없게 되니, 새 토큰을 꼭 저장하세요.",
            "Sign in again. When a refresh brings a new refresh token, the old one is dead at once, so always store the new one.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "KOE400",
        Some(400),
        ["ID 토큰이 올바르지 않거나 만료되었습니다.", "The ID token is not valid, or has expired."],
        [
            "새로 받은 ID 토큰을 그대로 보내세요. 액세스 토큰은 ID 토큰이 아닙니다.",
            "Send a fresh ID token as it came. An access token is not an ID token.",
        ],
        None,
        "Kakao Docs/Kakao Login, REST API",
    ),
];
