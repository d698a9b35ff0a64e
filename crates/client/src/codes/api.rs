//! The codes of the API server. See [Kakao Docs/REST API error codes].

use super::{Entry, entry};

pub(super) const CODES: &[Entry<i64>] = &[
    entry(
        -1,
        ["카카오 서버 내부 오류입니다.", "Kakao's server has an internal fault."],
        [
            "잠시 후 다시 시도하세요. 메시지라면 도착했는지 먼저 확인하세요.",
            "Try again in a moment; if it was a message, look first whether it arrived.",
        ],
    ),
    entry(
        -2,
        [
            "파라미터가 없거나 형식 또는 범위가 잘못되었습니다.",
            "A parameter is missing, of the wrong type or out of range.",
        ],
        [
            "카카오의 오류 메시지에 나온 파라미터를 고치세요.",
            "Correct the parameter that Kakao's message names.",
        ],
    ),
    entry(
        -3,
        [
            "앱에 필요한 기능이나 동의항목이 설정되지 않았습니다.",
            "The app lacks a feature or consent item the call needs.",
        ],
        [
            "[카카오 로그인] > [동의항목]과 해당 제품 설정에서 켜세요. 어드민 키라면 허용된 API인지 확인하세요.",
            "Switch it on under [Kakao Login] > [Consent items] or the product's settings; for an admin key, allow the API.",
        ],
    ),
    entry(
        -4,
        ["제재된 계정이거나 제한된 동작입니다.", "The account is sanctioned, or the action is restricted."],
        ["사용자가 카카오 고객센터에 문의해야 합니다.", "The user has to ask Kakao's customer centre."],
    ),
    entry(
        -5,
        ["앱에 이 API를 쓸 권한이 없습니다.", "The app has no permission for this API."],
        [
            "[앱] > [추가 기능 신청]에서 권한을 신청하세요.",
            "Apply for it under [App] > [Request additional features].",
        ],
    ),
    entry(
        -7,
        [
            "카카오 서비스 점검 또는 내부 문제입니다.",
            "Kakao is under maintenance or has an internal problem.",
        ],
        ["카카오 공지를 확인하고 잠시 후 다시 시도하세요.", "Look at Kakao's notices and try again later."],
    ),
    entry(
        -8,
        ["요청 헤더가 잘못되었습니다.", "A header of the request is wrong."],
        ["요청 헤더를 문서와 비교해 고치세요.", "Compare the headers with the documents."],
    ),
    entry(
        -9,
        ["서비스가 종료된 API입니다.", "The API has been discontinued."],
        ["이 프로그램을 새 버전으로 올리세요.", "Use a newer version of this program."],
    ),
    entry(
        -10,
        ["앱의 쿼터를 모두 썼습니다.", "The app's quota is used up."],
        [
            "[쿼터]에서 사용량을 확인하고 다음 기간까지 기다리세요.",
            "See the usage under [Quota] and wait for the next period.",
        ],
    ),
    entry(
        -12,
        ["앱 또는 개발자 계정이 제재되었습니다.", "The app or its developer's account is sanctioned."],
        ["카카오디벨로퍼스에 문의하세요.", "Ask Kakao Developers."],
    ),
    entry(
        -101,
        ["사용자가 앱과 연결되어 있지 않습니다.", "The user is not linked to the app."],
        ["카카오 로그인으로 다시 연결하세요.", "Sign in with Kakao to link again."],
    ),
    entry(
        -102,
        ["이미 가입한 사용자입니다.", "The user has signed up already."],
        ["그대로 진행하세요. 다시 가입시킬 필요가 없습니다.", "Go on: there is nothing left to sign up for."],
    ),
    entry(
        -201,
        ["정의하지 않은 사용자 프로퍼티 키입니다.", "The user property key is not defined."],
        [
            "카카오 로그인 > 고급에서 사용자 프로퍼티 키를 만드세요.",
            "Define the user property key in the console, under Kakao Login > Advanced.",
        ],
    ),
    entry(
        -401,
        [
            "액세스 토큰이나 앱 키가 유효하지 않거나 호출 정보가 등록된 것과 다릅니다.",
            "The access token or app key is not valid, or the caller differs from what is registered.",
        ],
        [
            "토큰을 갱신하고, 그래도 안 되면 다시 로그인하세요. ip mismatched라면 허용 IP 주소를 고치세요.",
            "Refresh the token, or else sign in again; for `ip mismatched`, correct the app's allowed IP addresses.",
        ],
    ),
    entry(
        -402,
        [
            "사용자가 필요한 동의항목에 동의하지 않았습니다.",
            "The user has not agreed to a consent item the call needs.",
        ],
        [
            "추가 동의를 받은 뒤 새 토큰으로 호출하세요.",
            "Ask for the additional consent and use the new token.",
        ],
    ),
    entry(
        -406,
        ["사용자가 앱의 연령 제한보다 어립니다.", "The user is under the app's age limit."],
        ["[앱] > [연령 제한] 설정을 확인하세요.", "Check the age limit in the app's settings."],
    ),
    entry(
        -501,
        ["카카오톡 사용자가 아닙니다.", "The person does not use KakaoTalk."],
        [
            "이 카카오계정으로 카카오톡에 가입해야 합니다.",
            "KakaoTalk must be connected to this Kakao Account.",
        ],
    ),
    entry(
        -502,
        ["받는 사람이 보내는 사람의 친구가 아닙니다.", "The receiver is not a friend of the sender."],
        [
            "방금 친구가 되었다면 친구 목록이 갱신되는 10분 뒤에 다시 보내세요.",
            "If they have just become friends, send again in ten minutes, when the friend list is new.",
        ],
    ),
    entry(
        -530,
        ["받는 사람이 메시지 수신을 거부했습니다.", "The receiver refuses messages."],
        ["이 사람에게는 보낼 수 없습니다.", "Leave this receiver out."],
    ),
    entry(
        -531,
        ["보내는 사람의 월간 한도를 넘었습니다.", "The sender's monthly limit is used up."],
        ["다음 달에 다시 보내세요.", "Send again next month."],
    ),
    entry(
        -532,
        ["보내는 사람의 일간 한도를 넘었습니다.", "The sender's daily limit is used up."],
        ["내일 다시 보내세요.", "Send again tomorrow."],
    ),
    entry(
        -533,
        ["받는 사람의 일간 한도를 넘었습니다.", "The receiver's daily limit is used up."],
        ["내일 다시 보내세요.", "Send again tomorrow."],
    ),
    entry(
        -536,
        ["이 두 사람 사이의 일간 한도를 넘었습니다.", "The daily limit between these two people is used up."],
        ["내일 다시 보내세요.", "Send again tomorrow."],
    ),
    entry(
        -9798,
        ["카카오 서비스 점검 중입니다.", "Kakao is under maintenance."],
        ["점검이 끝난 뒤 다시 시도하세요.", "Try again when it is over."],
    ),
];
