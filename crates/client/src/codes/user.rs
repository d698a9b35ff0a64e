//! Codes about the person of a call. See [Kakao Docs/Kakao Login, Troubleshooting].

use super::console::USER_PROPERTIES;
use super::{Entry, entry};

const SOURCE: &str = "Kakao Docs/Kakao Login, Troubleshooting";

pub(super) const CODES: &[Entry<i64>] = &[
    entry(
        -101,
        Some(400),
        ["사용자가 앱과 연결되어 있지 않습니다.", "The user is not linked to the app."],
        [
            "카카오 로그인으로 다시 연결하세요. 연결을 끊는 중이었다면 이미 끊겨 있으니 끝난 것으로 처리하세요.",
            "Sign in with Kakao to link again. If you were unlinking, it is done already: take it as success.",
        ],
        None,
        SOURCE,
    ),
    entry(
        -102,
        Some(400),
        [
            "이미 앱과 연결된 사용자를 다시 연결(signup)하려 했습니다.",
            "The user to be signed up is linked to the app already.",
        ],
        ["그대로 진행하세요. 다시 연결할 필요가 없습니다.", "Go on: there is nothing left to sign up for."],
        None,
        SOURCE,
    ),
    entry(
        -103,
        Some(400),
        [
            "휴면 상태이거나 존재하지 않는 카카오계정입니다.",
            "The Kakao Account is dormant or does not exist.",
        ],
        [
            "사용자가 카카오계정의 휴면을 풀고 다시 로그인하도록 안내하세요.",
            "Tell the user to wake the Kakao Account and to sign in again.",
        ],
        None,
        SOURCE,
    ),
    entry(
        -201,
        Some(400),
        ["앱에 만들지 않은 사용자 프로퍼티 키입니다.", "The app has no user property with this key."],
        [
            "사용자 프로퍼티 키를 먼저 만들거나, 요청의 키를 만들어 둔 것과 똑같이 고치세요.",
            "Define the user property first, or write its key in the request exactly as it is defined.",
        ],
        Some(USER_PROPERTIES),
        SOURCE,
    ),
    entry(
        -405,
        None,
        ["사용자의 연령 인증이 필요합니다.", "The user's age must be verified."],
        [
            "사용자가 카카오계정에서 연령 인증을 마친 뒤 다시 시도하게 하세요. 연령 인증을 쓰지 않는 앱이라면 데브톡(devtalk.kakao.com)에 문의하세요.",
            "Let the user verify their age with the Kakao Account and try again. If your app does not verify ages, ask on DevTalk (devtalk.kakao.com).",
        ],
        None,
        "Kakao SDKs, error codes",
    ),
    entry(
        -406,
        Some(401),
        [
            "만 14세 미만 사용자를 허용하지 않는 앱입니다.",
            "The app does not admit users under 14, and this user is.",
        ],
        [
            "이 사용자에게는 서비스를 쓸 수 없다고 안내하세요. 앱에서 정한 제한이 아니라면 데브톡(devtalk.kakao.com)에 문의하세요.",
            "Tell the user that the service is not open to them. If the app should have no such limit, ask on DevTalk (devtalk.kakao.com).",
        ],
        None,
        SOURCE,
    ),
];
