//! What a login brings back to the redirect URI instead of a code. See [Kakao Docs/Kakao Login, REST API].

use super::console::{CONSENT_ITEMS, REST_API_KEY};
use super::{Entry, entry};

const SOURCE: &str = "Kakao Docs/Kakao Login, REST API";
const SDKS: &str = "Kakao SDKs, login errors";

pub(super) const ERRORS: &[Entry<&str>] = &[
    entry(
        "access_denied",
        Some(302),
        [
            "사용자가 로그인을 취소했거나, 만 14세 미만을 허용하지 않는 앱입니다.",
            "The user cancelled the login, or is under 14 and the app does not admit that.",
        ],
        [
            "로그인하기 전 화면으로 돌려보내고, 원하면 다시 로그인하게 하세요. error_description이 Not allowed under age 14라면 이 사용자는 로그인할 수 없습니다.",
            "Lead the user back to where they came from and let them log in again if they wish. If error_description says `Not allowed under age 14`, this user cannot log in.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "login_required",
        Some(302),
        [
            "prompt=none으로 요청했지만 이 브라우저는 카카오계정에 로그인되어 있지 않습니다.",
            "With prompt=none, this browser must be logged in to a Kakao Account, and it is not.",
        ],
        [
            "로그인하지 않은 화면을 보여 주고, 사용자가 로그인을 누르면 prompt 없이 요청하세요.",
            "Show the page of a visitor, and ask without prompt when the user chooses to log in.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "consent_required",
        Some(302),
        [
            "prompt=none으로 요청했지만 사용자가 앱에 연결되지 않았거나 동의할 것이 남아 있습니다.",
            "With prompt=none, nothing may be left to agree to, but the user is not linked to the app or has still to agree.",
        ],
        [
            "로그인하지 않은 화면을 보여 주고, 사용자가 로그인을 누르면 prompt 없이 요청해 동의를 받으세요.",
            "Show the page of a visitor, and ask without prompt when the user chooses to log in, so that they can agree.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "interaction_required",
        Some(302),
        [
            "prompt=none으로 요청했지만 사용자가 카카오에서 할 일이 있습니다. 추가 정보 입력, 약관 동의, 제재 확인 가운데 하나입니다.",
            "With prompt=none, nothing may be left to do, but the user has to give more details, agree to Kakao's terms or see a sanction.",
        ],
        [
            "prompt 없이 다시 요청해 사용자가 카카오 화면에서 마치게 하세요.",
            "Ask again without prompt, and let the user finish it on Kakao's pages.",
        ],
        None,
        SOURCE,
    ),
    entry(
        "unauthorized_client",
        None,
        ["앱 또는 개발자 계정이 제재되었습니다.", "The app or its developer's account is sanctioned."],
        [
            "데브톡(devtalk.kakao.com)에 앱 ID를 적어 문의하세요. 풀릴 때까지 아무도 로그인할 수 없습니다.",
            "Ask on DevTalk (devtalk.kakao.com) and give the app's id. Until it is lifted nobody can log in.",
        ],
        None,
        SDKS,
    ),
    entry(
        "server_error",
        None,
        ["카카오 인증 서버에 오류가 났습니다.", "Kakao's authorization server had an error."],
        [
            "잠시 뒤 로그인을 다시 시작하고, 계속되면 데브톡(devtalk.kakao.com)에 문의하세요.",
            "Start the login again in a moment; if it goes on, ask on DevTalk (devtalk.kakao.com).",
        ],
        None,
        SDKS,
    ),
    entry(
        "invalid_request",
        None,
        [
            "로그인 주소에 필수 파라미터가 없거나 잘못된 값이 있습니다.",
            "The login address lacks a required parameter or has a wrong one.",
        ],
        [
            "client_id, redirect_uri, response_type=code가 모두 있는지 확인하고 값을 개발 문서와 비교하세요.",
            "Make sure it has client_id, redirect_uri and response_type=code, and compare the values with the documents.",
        ],
        None,
        SDKS,
    ),
    entry(
        "invalid_client",
        None,
        ["앱 키가 틀렸거나 종류가 다릅니다.", "The app key is wrong, or of another kind."],
        ["client_id에 REST API 키를 넣으세요.", "Use the REST API key as client_id."],
        Some(REST_API_KEY),
        SDKS,
    ),
    entry(
        "invalid_scope",
        None,
        [
            "앱에 설정하지 않은 동의항목을 scope로 요청했습니다.",
            "The scope has a consent item that the app has not set up.",
        ],
        [
            "error_description에 나온 동의항목을 설정하거나 scope에서 빼세요.",
            "Set up the consent item that error_description names, or leave it out of scope.",
        ],
        Some(CONSENT_ITEMS),
        SDKS,
    ),
];
