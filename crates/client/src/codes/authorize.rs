//! Codes that the login page shows. See [Kakao Docs/Kakao Login, Troubleshooting].
//!
//! Most of them a person sees on a page of Kakao's, and nothing of them reaches the service: the statuses of these
//! pages are not documented.

use super::console::{ADVANCED, CHANNEL, CONSENT_ITEMS, KAKAO_LOGIN, MEMBERS, REDIRECT_URI, REST_API_KEY};
use super::{Entry, entry};

const SOURCE: &str = "Kakao Docs/Kakao Login, Troubleshooting";

pub(super) const CODES: &[Entry<&str>] = &[
    entry(
        "KOE001",
        None,
        [
            "요청의 파라미터 형식이나 헤더가 잘못되었습니다.",
            "The request is malformed, or one of its headers is not accepted.",
        ],
        [
            "파라미터를 개발 문서와 비교해 고치세요. 토큰 요청이 HTTP 406이라면 Node의 fetch가 붙이는 accept-language: * 헤더를 ko 같은 값으로 바꾸세요.",
            "Compare the parameters with the documents. If a token request got HTTP 406, replace the header accept-language: * that Node's fetch adds by a value such as ko.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "KOE002",
        None,
        ["요청을 보낸 주소가 잘못되었습니다.", "The request went to a wrong address."],
        [
            "주소의 경로를 확인하세요. 로그인은 /oauth/authorize, 토큰은 /oauth/token입니다.",
            "Check the path of the address: /oauth/authorize for the login, /oauth/token for tokens.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "KOE003",
        None,
        ["카카오 인증 서버에 일시적인 오류가 났습니다.", "Kakao's authorization server has a passing fault."],
        [
            "잠시 뒤 다시 시도하고, 계속되면 데브톡(devtalk.kakao.com)에 문의하세요.",
            "Try again in a moment; if it goes on, ask on DevTalk (devtalk.kakao.com).",
        ],
        None,
        SOURCE,
    ),
    entry(
        "KOE004",
        None,
        ["앱에서 카카오 로그인이 꺼져 있습니다.", "Kakao Login is switched off for the app."],
        ["카카오 로그인의 상태를 ON으로 바꾸세요.", "Set the state of Kakao Login to ON."],
        Some(KAKAO_LOGIN),
        SOURCE,
    ),
    entry(
        "KOE005",
        None,
        [
            "테스트 앱인데 사용자가 앱 멤버가 아닙니다.",
            "This is a test app, and the user is not one of its members.",
        ],
        [
            "사용자를 앱 멤버로 초대하거나, 테스트 앱이 아닌 서비스 앱의 키를 사용하세요.",
            "Invite the user as a member, or use the key of the service's own app instead of the test app's.",
        ],
        Some(MEMBERS),
        SOURCE,
    ),
    entry(
        "KOE006",
        None,
        [
            "요청의 redirect_uri가 등록된 리다이렉트 URI와 다릅니다.",
            "The redirect_uri of the request is not a registered redirect URI.",
        ],
        [
            "요청에 넣은 redirect_uri를 글자 하나까지 그대로 등록하세요. http와 https, 포트, 경로, 끝의 /, 쿼리까지 같아야 하고, 요청에 쓴 그 키에 등록해야 합니다.",
            "Register the redirect_uri exactly as the request has it, with the key that makes the request. Scheme, port, path, a final slash and the query all count.",
        ],
        Some(REDIRECT_URI),
        SOURCE,
    ),
    entry(
        "KOE007",
        None,
        [
            "요청의 logout_redirect_uri가 등록된 로그아웃 리다이렉트 URI와 다릅니다.",
            "The logout_redirect_uri of the request is not a registered logout redirect URI.",
        ],
        [
            "요청에 넣은 logout_redirect_uri를 글자 하나까지 그대로 등록하세요.",
            "Register the logout_redirect_uri exactly as the request has it.",
        ],
        Some(ADVANCED),
        SOURCE,
    ),
    entry(
        "KOE008",
        None,
        ["이 환경에 쓸 수 없는 종류의 앱 키입니다.", "The app key is of the wrong kind for this use."],
        ["서버에서는 client_id에 REST API 키를 넣으세요.", "On a server, use the REST API key as client_id."],
        Some(REST_API_KEY),
        SOURCE,
    ),
    entry(
        "KOE023",
        None,
        [
            "JavaScript SDK의 팝업 로그인을 쓸 수 없습니다.",
            "The JavaScript SDK's login in a popup cannot be used.",
        ],
        [
            "팝업 대신 Kakao.Auth.authorize처럼 페이지를 옮겨 가는 로그인을 사용하세요.",
            "Use a login that moves the page, such as Kakao.Auth.authorize, instead of the popup.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "KOE101",
        Some(401),
        [
            "앱 키가 틀렸거나 종류가 다르거나, 요청에 client_id가 없습니다.",
            "The app key is wrong or of another kind, or the request has no client_id.",
        ],
        [
            "client_id에 REST API 키를 넣으세요. 메시지가 [null]로 끝나면 HTTP Basic 인증이나 JSON 본문으로 보낸 것이니 폼에 client_id와 client_secret을 넣고(client_secret_post), []로 끝나면 환경 변수가 비어 있는지 확인하세요.",
            "Use the REST API key as client_id. If the message ends in [null], it was sent by HTTP Basic or as JSON: put client_id and client_secret into a form (client_secret_post). If it ends in [], look for an empty environment variable.",
        ],
        Some(REST_API_KEY),
        SOURCE,
    ),
    entry(
        "KOE102",
        None,
        [
            "카카오톡 채널을 연결하지 않은 앱에서 channel_public_id를 보냈습니다.",
            "The request has a channel_public_id, and the app has no KakaoTalk channel.",
        ],
        [
            "카카오톡 채널을 앱에 연결하거나 channel_public_id를 빼세요.",
            "Connect a KakaoTalk channel to the app, or leave channel_public_id out.",
        ],
        Some(CHANNEL),
        SOURCE,
    ),
    entry(
        "KOE201",
        None,
        ["지원하지 않는 response_type입니다.", "The response_type is not supported."],
        ["response_type=code를 사용하세요.", "Use response_type=code."],
        None,
        SOURCE,
    ),
    entry(
        "KOE202",
        None,
        [
            "response_type=token(implicit grant)은 지원하지 않습니다.",
            "The implicit grant, response_type=token, is not supported.",
        ],
        [
            "response_type=code로 인가 코드를 받아 서버에서 토큰으로 바꾸세요.",
            "Ask for a code with response_type=code and exchange it on your server.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "KOE203",
        None,
        [
            "사용자가 필수 동의항목에 동의하지 않았습니다.",
            "The user did not agree to a required consent item.",
        ],
        [
            "필수 항목에 동의해야 로그인할 수 있다고 안내하고 다시 로그인하게 하세요. 꼭 필요한 항목이 아니라면 선택 동의로 바꾸세요.",
            "Tell the user that the login needs the required items, and start it again. If you can do without the item, make it optional.",
        ],
        Some(CONSENT_ITEMS),
        SOURCE,
    ),
    entry(
        "KOE204",
        None,
        ["잘못된 파라미터가 들어 있습니다.", "The request has an invalid parameter."],
        [
            "로그인 주소의 파라미터 이름과 값을 개발 문서와 비교해 고치세요.",
            "Compare the names and values in the login address with the documents.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "KOE205",
        None,
        [
            "앱에 설정하지 않은 동의항목을 scope로 요청했습니다.",
            "The scope has a consent item that the app has not set up.",
        ],
        [
            "화면에 나온 동의항목을 설정하거나 scope에서 빼세요. account_email은 비즈 앱만 설정할 수 있는데, Supabase와 Better Auth 같은 라이브러리는 말하지 않아도 요청하니 그 설정에서 빼세요.",
            "Set up the consent item that the page names, or leave it out of scope. Only a biz app can set up account_email, which libraries such as Supabase and Better Auth ask for unasked: take it out of their settings.",
        ],
        Some(CONSENT_ITEMS),
        SOURCE,
    ),
    entry(
        "KOE207",
        None,
        ["필수 파라미터가 빠졌습니다.", "A required parameter is missing."],
        [
            "로그인 주소에 client_id, redirect_uri, response_type=code가 모두 있는지 확인하세요.",
            "Make sure the login address has client_id, redirect_uri and response_type=code.",
        ],
        None,
        SOURCE,
    ),
];
