//! The codes of the authorization server. See [Kakao Docs/Kakao Login, Troubleshooting].

use super::{Entry, entry};

pub(super) const CODES: &[Entry<&str>] = &[
    entry(
        "KOE001",
        [
            "요청 형식이나 헤더가 잘못되었습니다.",
            "The request is malformed, or its headers are not accepted.",
        ],
        [
            "파라미터와 헤더를 문서와 비교해 고치세요.",
            "Compare the parameters and headers with the documents.",
        ],
    ),
    entry(
        "KOE002",
        ["요청 주소가 잘못되었습니다.", "The address of the request is wrong."],
        ["주소의 경로를 확인하세요.", "Check the path of the address."],
    ),
    entry(
        "KOE003",
        ["카카오 인증 서버의 일시적인 오류입니다.", "Kakao's authorization server has a passing fault."],
        ["잠시 후 다시 시도하세요.", "Try again in a moment."],
    ),
    entry(
        "KOE004",
        ["앱에서 카카오 로그인이 꺼져 있습니다.", "Kakao Login is switched off for the app."],
        [
            "[카카오 로그인] > [사용 설정]에서 상태를 ON으로 바꾸세요.",
            "Switch it on under [Kakao Login] > [General].",
        ],
    ),
    entry(
        "KOE005",
        [
            "테스트 앱인데 사용자가 앱 멤버가 아닙니다.",
            "This is a test app and the user is not one of its members.",
        ],
        ["[앱 설정] > [멤버]에 사용자를 초대하세요.", "Invite the user under [App] > [Members]."],
    ),
    entry(
        "KOE006",
        ["등록되지 않은 리다이렉트 URI입니다.", "The redirect URI is not registered."],
        [
            "[앱] > [플랫폼 키] > [REST API 키]에 똑같은 주소를 등록하세요. 포트와 끝의 / 까지 같아야 합니다.",
            "Register exactly this address under [App] > [Platform key] > [REST API key]; port and final slash count.",
        ],
    ),
    entry(
        "KOE007",
        ["등록되지 않은 로그아웃 리다이렉트 URI입니다.", "The logout redirect URI is not registered."],
        ["[카카오 로그인] > [고급]에 등록하세요.", "Register it under [Kakao Login] > [Advanced]."],
    ),
    entry(
        "KOE008",
        ["이 환경에 맞지 않는 종류의 앱 키입니다.", "The app key is of the wrong kind for this use."],
        ["서버에서는 REST API 키를 사용하세요.", "On a server, use the REST API key."],
    ),
    entry(
        "KOE009",
        [
            "등록되지 않은 플랫폼에서 토큰을 요청했습니다.",
            "The token was asked for from a platform that is not registered.",
        ],
        [
            "[앱] > [플랫폼 키]에서 플랫폼 정보를 확인하세요.",
            "Check the platform under [App] > [Platform key].",
        ],
    ),
    entry(
        "KOE010",
        ["클라이언트 시크릿이 없거나 틀렸습니다.", "The client secret is missing or wrong."],
        [
            "[앱] > [플랫폼 키] > [REST API 키]의 클라이언트 시크릿 값을 설정하세요. 새 키는 시크릿이 켜진 채로 만들어집니다.",
            "Set the client secret shown under [App] > [Platform key] > [REST API key]; new keys have it switched on.",
        ],
    ),
    entry(
        "KOE101",
        ["앱 키가 틀렸거나 종류가 다릅니다.", "The app key is wrong, or of another kind."],
        [
            "[앱] > [플랫폼 키]의 REST API 키를 client_id로 쓰는지 확인하세요.",
            "Make sure client_id is the REST API key shown under [App] > [Platform key].",
        ],
    ),
    entry(
        "KOE201",
        ["지원하지 않는 response_type입니다.", "The response_type is not supported."],
        ["response_type=code 를 사용하세요.", "Use response_type=code."],
    ),
    entry(
        "KOE205",
        [
            "앱에 설정하지 않은 동의항목을 요청했습니다.",
            "A consent item was asked for that the app has not set up.",
        ],
        [
            "[카카오 로그인] > [동의항목]에서 설정하거나 scope에서 빼세요.",
            "Set it up under [Kakao Login] > [Consent items], or leave it out of scope.",
        ],
    ),
    entry(
        "KOE237",
        ["한 사용자의 토큰을 너무 자주 발급받았습니다.", "Too many tokens were issued for one user."],
        [
            "10분 뒤 다시 시도하고, 발급받은 토큰을 만료될 때까지 다시 쓰세요.",
            "Try again in ten minutes, and reuse each token until it expires.",
        ],
    ),
    entry(
        "KOE303",
        [
            "인가 코드를 받을 때와 다른 리다이렉트 URI로 토큰을 요청했습니다.",
            "The token was asked for with another redirect URI than the code.",
        ],
        ["두 요청에 같은 redirect_uri를 쓰세요.", "Use the same redirect_uri in both requests."],
    ),
    entry(
        "KOE310",
        ["지원하지 않는 grant_type입니다.", "The grant_type is not supported."],
        ["authorization_code 또는 refresh_token을 쓰세요.", "Use authorization_code or refresh_token."],
    ),
    entry(
        "KOE319",
        ["리프레시 토큰이 요청에 없습니다.", "The request has no refresh token."],
        ["refresh_token 파라미터를 보내세요.", "Send the refresh_token parameter."],
    ),
    entry(
        "KOE320",
        [
            "인가 코드가 이미 쓰였거나 만료되었거나 잘못되었습니다.",
            "The authorization code is used, expired or unknown.",
        ],
        [
            "로그인을 처음부터 다시 하세요. 인가 코드는 한 번만 쓸 수 있으니 콜백 페이지를 새로고침하지 마세요.",
            "Start the login again. A code works once, so do not reload the callback page.",
        ],
    ),
    entry(
        "KOE322",
        [
            "리프레시 토큰이 만료되었거나 교체되었거나 연결이 해제되었습니다.",
            "The refresh token is expired or replaced, or the user has unlinked the app.",
        ],
        [
            "다시 로그인하세요. 갱신할 때 받은 새 리프레시 토큰은 반드시 저장해야 합니다.",
            "Sign in again. A new refresh token that comes with a refresh must be stored.",
        ],
    ),
    entry(
        "KOE400",
        ["ID 토큰이 올바르지 않습니다.", "The ID token is not valid."],
        [
            "만료되지 않은 ID 토큰을 그대로 보내세요. 액세스 토큰은 ID 토큰이 아닙니다.",
            "Send an ID token as it came, before it expires. An access token is none.",
        ],
    ),
];
