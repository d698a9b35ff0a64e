//! Codes with which every call to the API server may be refused. See [Kakao Docs/REST API error codes].

use super::console::{
    ADDITIONAL_FEATURES, CONSENT_OR_ADMIN_KEY, PAID_API, PLATFORM_KEY, QUOTA, REST_API_KEY,
};
use super::{Entry, entry};

const SOURCE: &str = "Kakao Docs/REST API error codes";

pub(super) const CODES: &[Entry<i64>] = &[
    entry(
        -1,
        Some(400),
        ["카카오 서버에서 내부 오류가 났습니다.", "Kakao's server had an internal error."],
        [
            "잠시 뒤 다시 시도하세요. 메시지를 보내던 중이었다면 대화방에 도착했는지 먼저 확인하세요.",
            "Try again in a moment. If you were sending a message, look in the chat room first: it may have arrived.",
        ],
        None,
        SOURCE,
    ),
    entry(
        -2,
        Some(400),
        [
            "필수 파라미터가 빠졌거나 파라미터의 형식 또는 범위가 잘못되었습니다.",
            "A required parameter is missing, or a parameter is of the wrong type or out of range.",
        ],
        [
            "카카오의 메시지(msg)에 나온 파라미터를 고치세요. 본문은 JSON이 아니라 폼이어야 하고, receiver_uuids는 [\"uuid\"]처럼 따옴표가 있는 JSON 배열이며 보내는 본인이나 다른 앱의 uuid는 넣을 수 없습니다.",
            "Correct the parameter that Kakao's msg names. The body must be a form, not JSON; receiver_uuids is a JSON array with quotes, [\"uuid\"], and takes neither the sender nor uuids of another app.",
        ],
        None,
        SOURCE,
    ),
    entry(
        -3,
        Some(403),
        [
            "앱에서 필요한 기능이나 동의항목이 꺼져 있거나, 이 어드민 키로는 호출할 수 없는 API입니다.",
            "A feature or consent item that the call needs is switched off, or this admin key may not call the API.",
        ],
        [
            "카카오의 메시지(msg)에 나온 기능이나 동의항목을 켜세요. 어드민 키로 호출했다면 그 키가 호출할 수 있는 API에 추가하세요. 2025년 12월부터 어드민 키마다 따로 정합니다.",
            "Switch on the feature or consent item that Kakao's msg names. With an admin key, add the API to those this key may call: since December 2025 each admin key has its own list.",
        ],
        Some(CONSENT_OR_ADMIN_KEY),
        SOURCE,
    ),
    entry(
        -4,
        Some(403),
        [
            "제재된 카카오계정이거나 이 계정에 제한된 동작입니다.",
            "The Kakao Account is sanctioned, or may not do this.",
        ],
        [
            "이 사용자가 카카오 고객센터에 문의하도록 안내하세요.",
            "Tell this user to ask Kakao's customer centre.",
        ],
        None,
        SOURCE,
    ),
    entry(
        -5,
        Some(403),
        ["앱에 이 API를 쓸 권한이 없습니다.", "The app has no permission for this API."],
        [
            "권한을 신청하고 심사를 받으세요. 친구 목록과 친구에게 보내는 메시지는 그때까지 앱 멤버끼리만 쓸 수 있습니다.",
            "Apply for the permission and have it reviewed. Until then the friends list and messages to friends work among the app's members only.",
        ],
        Some(ADDITIONAL_FEATURES),
        SOURCE,
    ),
    entry(
        -6,
        Some(403),
        ["카카오 서비스가 허용하지 않는 동작입니다.", "Kakao's service does not allow this action."],
        [
            "개발 문서가 허용하는 범위에서 요청하세요. 이유를 알 수 없다면 데브톡(devtalk.kakao.com)에 문의하세요.",
            "Stay within what the documents allow. If the reason is not clear, ask on DevTalk (devtalk.kakao.com).",
        ],
        None,
        SOURCE,
    ),
    entry(
        -7,
        Some(400),
        [
            "카카오 서비스가 점검 중이거나 내부에 문제가 있습니다.",
            "Kakao is under maintenance or has an internal problem.",
        ],
        [
            "카카오디벨로퍼스의 공지를 확인하고 잠시 뒤 다시 시도하세요. 메시지를 보내던 중이었다면 도착했는지 먼저 확인하세요.",
            "Look at the notices of Kakao Developers and try again later. If you were sending a message, look first whether it arrived.",
        ],
        None,
        SOURCE,
    ),
    entry(
        -8,
        Some(400),
        ["요청 헤더가 잘못되었습니다.", "A header of the request is wrong."],
        [
            "Authorization과 Content-Type 헤더를 개발 문서와 비교해 고치세요. 폼을 보낼 때는 application/x-www-form-urlencoded;charset=utf-8을 쓰세요.",
            "Compare the headers Authorization and Content-Type with the documents. For a form it is application/x-www-form-urlencoded;charset=utf-8.",
        ],
        None,
        SOURCE,
    ),
    entry(
        -9,
        Some(400),
        ["서비스가 종료된 API입니다.", "The API has been discontinued."],
        [
            "카카오디벨로퍼스의 공지에서 대신할 API를 찾고, 이 호출을 하는 라이브러리나 프로그램을 새 버전으로 올리세요.",
            "Find its successor in the notices of Kakao Developers, and use a newer version of the library or program that makes this call.",
        ],
        None,
        SOURCE,
    ),
    entry(
        -10,
        Some(400),
        ["앱의 호출 쿼터를 모두 썼습니다.", "The app's quota of calls is used up."],
        [
            "사용량을 확인하고 일간 쿼터라면 내일, 월간 쿼터라면 다음 달에 다시 시도하세요. /v1/user/ids는 1분에 100번까지이니 1분 뒤에 다시 시도하세요.",
            "See the usage, and try again tomorrow for a daily quota or next month for a monthly one. /v1/user/ids allows 100 calls a minute: wait a minute.",
        ],
        Some(QUOTA),
        SOURCE,
    ),
    entry(
        -11,
        Some(400),
        [
            "유료 API의 일간 또는 월간 사용 한도 금액을 넘었습니다.",
            "The daily or monthly spending limit of a paid API is reached.",
        ],
        [
            "사용 한도를 올리거나 다음 날 또는 다음 달까지 기다리세요.",
            "Raise the limit, or wait for the next day or month.",
        ],
        Some(PAID_API),
        SOURCE,
    ),
    entry(
        -12,
        Some(403),
        ["앱 또는 개발자 계정이 제재되었습니다.", "The app or its developer's account is sanctioned."],
        [
            "데브톡(devtalk.kakao.com)에 앱 ID를 적어 문의하세요. 풀릴 때까지 모든 호출이 실패합니다.",
            "Ask on DevTalk (devtalk.kakao.com) and give the app's id. Until it is lifted every call fails.",
        ],
        None,
        SOURCE,
    ),
    entry(
        -301,
        None,
        ["앱 키에 해당하는 앱이 없습니다.", "There is no app with this app key."],
        [
            "삭제된 앱의 키가 아닌지 확인하고 지금 쓰는 앱의 키로 바꾸세요.",
            "Make sure the key is not that of a deleted app, and use the key of the app you have now.",
        ],
        Some(PLATFORM_KEY),
        "Kakao SDKs, error codes",
    ),
    entry(
        -401,
        Some(401),
        [
            "액세스 토큰이나 앱 키가 유효하지 않거나, 호출한 곳이 등록된 정보와 다릅니다.",
            "The access token or app key is not valid, or the caller differs from what is registered.",
        ],
        [
            "토큰을 갱신하고, 그래도 안 되면 다시 로그인하세요. 카카오의 메시지(msg)가 ip mismatched이면 [호출 허용 IP 주소]에 이 서버를 등록하고, appKey나 다른 mismatched이면 앱 키와 그 키에 등록한 정보를 고치고, no authentication key!이면 Authorization 헤더를 보내세요.",
            "Refresh the token, or else sign in again. If Kakao's msg says `ip mismatched`, allow this server's IP address; if it says `appKey` or another `mismatched`, correct the app key and what is registered with it; if it says `no authentication key!`, send the Authorization header.",
        ],
        Some(REST_API_KEY),
        SOURCE,
    ),
    entry(
        -402,
        Some(403),
        [
            "사용자가 이 호출에 필요한 동의항목에 동의하지 않았습니다.",
            "The user has not agreed to a consent item that the call needs.",
        ],
        [
            "required_scopes에 나온 항목을 scope에 넣어 추가 동의를 받고, 그때 새로 받은 토큰으로 다시 호출하세요. OpenID Connect를 쓴다면 scope에 openid도 넣어야 ID 토큰이 다시 나옵니다.",
            "Ask for consent with the items of required_scopes as scope, and call again with the new token that this brings. With OpenID Connect, scope must also hold openid, or no new ID token comes.",
        ],
        None,
        SOURCE,
    ),
    entry(
        -903,
        Some(400),
        [
            "등록되지 않은 개발자의 앱 키나 토큰입니다.",
            "The app key or token belongs to a developer who is not registered.",
        ],
        [
            "카카오디벨로퍼스에 등록된 개발자 계정의 앱 키를 사용하세요.",
            "Use an app key of an account that is registered with Kakao Developers.",
        ],
        Some(PLATFORM_KEY),
        SOURCE,
    ),
    entry(
        -9798,
        Some(503),
        ["카카오 서비스 점검 중입니다.", "Kakao is under maintenance."],
        [
            "점검이 끝난 뒤 다시 시도하세요. 점검 시간은 카카오디벨로퍼스의 공지에 있습니다.",
            "Try again when it is over. The notices of Kakao Developers say until when it lasts.",
        ],
        None,
        SOURCE,
    ),
];
