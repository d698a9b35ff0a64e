//! Codes of messages, images and channels. See [Kakao Docs/KakaoTalk Message, Troubleshooting].

use super::console::CHANNEL;
use super::{Entry, entry};

const COMMON: &str = "Kakao Docs/REST API error codes";
const MESSAGE: &str = "Kakao Docs/KakaoTalk Message, Troubleshooting";
const CHANNELS: &str = "Kakao Docs/KakaoTalk Channel, Troubleshooting";
const SDKS: &str = "Kakao SDKs, error codes";

pub(super) const CODES: &[Entry<i64>] = &[
    entry(
        -501,
        Some(400),
        [
            "이 카카오계정은 카카오톡에 연결되어 있지 않거나 휴면 상태입니다.",
            "The Kakao Account is not connected to KakaoTalk, or is dormant there.",
        ],
        [
            "사용자가 이 카카오계정으로 카카오톡에 로그인한 뒤 다시 시도하게 하세요.",
            "Let the user log in to KakaoTalk with this Kakao Account, and try again.",
        ],
        None,
        COMMON,
    ),
    entry(
        -502,
        Some(400),
        [
            "받는 사람이 보내는 사람의 카카오톡 친구가 아닙니다.",
            "The receiver is not a KakaoTalk friend of the sender.",
        ],
        [
            "방금 친구가 되었거나 동의했다면 친구 목록이 갱신되는 10분 뒤에 다시 보내세요. 그래도 안 되면 친구 목록을 새로 조회해 거기 있는 사람에게만 보내세요.",
            "If they have just become friends or agreed, send again in ten minutes, when Kakao's friend list is new. Otherwise fetch the friends list again and send only to people on it.",
        ],
        None,
        MESSAGE,
    ),
    entry(
        -504,
        None,
        [
            "받는 사람의 기기가 이 메시지를 지원하지 않습니다.",
            "The receiver's device does not support this message.",
        ],
        ["이 사람을 빼고 보내세요.", "Send it without this receiver."],
        None,
        SDKS,
    ),
    entry(
        -530,
        Some(400),
        [
            "받는 사람이 메시지 수신을 거부했거나 프로필을 비공개로 해 두었습니다.",
            "The receiver refuses messages or has a private profile.",
        ],
        [
            "이 사람을 빼고 보내세요. 받는 사람만 카카오톡에서 이 설정을 바꿀 수 있습니다.",
            "Send it without this receiver. Only the receiver can change this, in KakaoTalk.",
        ],
        None,
        MESSAGE,
    ),
    entry(
        -531,
        None,
        [
            "보내는 사람이 한 달에 보낼 수 있는 메시지를 다 썼습니다.",
            "The sender has used up the messages of this month.",
        ],
        ["다음 달에 다시 보내세요.", "Send again next month."],
        None,
        SDKS,
    ),
    entry(
        -532,
        Some(400),
        [
            "보내는 사람이 하루에 보낼 수 있는 메시지(100건)를 다 썼습니다.",
            "The sender has used up the messages of this day (100).",
        ],
        [
            "내일 다시 보내세요. 이 한도는 늘릴 수 없습니다.",
            "Send again tomorrow. This limit cannot be raised.",
        ],
        None,
        MESSAGE,
    ),
    entry(
        -533,
        Some(400),
        [
            "받는 사람이 하루에 받을 수 있는 메시지(100건)를 다 받았습니다.",
            "The receiver has got all the messages they can get in a day (100).",
        ],
        [
            "이 사람에게는 내일 다시 보내세요. 이 한도는 늘릴 수 없습니다.",
            "Send to this receiver again tomorrow. This limit cannot be raised.",
        ],
        None,
        MESSAGE,
    ),
    entry(
        -536,
        Some(400),
        [
            "같은 사람에게 하루에 보낼 수 있는 메시지(20건)를 다 썼습니다.",
            "The sender has used up the messages of this day to this receiver (20).",
        ],
        [
            "이 사람에게는 내일 다시 보내세요. 이 한도는 늘릴 수 없습니다.",
            "Send to this receiver again tomorrow. This limit cannot be raised.",
        ],
        None,
        MESSAGE,
    ),
    entry(
        -541,
        Some(400),
        ["존재하지 않는 카카오톡 채널입니다.", "There is no such KakaoTalk channel."],
        [
            "채널 프로필 ID를 확인하세요. _ZeUTxl처럼 밑줄로 시작하는 값이며, 채널 검색용 아이디(@이름)가 아닙니다.",
            "Check the channel's profile id. It begins with an underscore, such as _ZeUTxl, and is not the @name people search for.",
        ],
        None,
        CHANNELS,
    ),
    entry(
        -544,
        Some(400),
        ["제재된 카카오톡 채널입니다.", "The KakaoTalk channel is sanctioned."],
        [
            "카카오톡 채널 관리자센터에서 제재 사유를 확인하세요. 풀릴 때까지 이 채널을 요청에서 빼세요.",
            "See the reason in the KakaoTalk Channel admin centre. Leave the channel out of requests until it is lifted.",
        ],
        None,
        CHANNELS,
    ),
    entry(
        -602,
        Some(400),
        ["이미지 파일이 너무 큽니다.", "The image file is too large."],
        ["5MB 이하로 줄여서 다시 올리세요.", "Make it 5 MB or less and upload it again."],
        None,
        COMMON,
    ),
    entry(
        -603,
        Some(400),
        ["카카오가 제한 시간 안에 처리하지 못했습니다.", "Kakao did not finish in time."],
        [
            "잠시 뒤 다시 시도하세요. 이미지 주소를 보냈다면 카카오 서버가 접속할 수 있는 주소인지 확인하고, 메시지를 보내던 중이었다면 도착했는지 먼저 확인하세요.",
            "Try again in a moment. If you sent the address of an image, make sure Kakao's servers can reach it; if you were sending a message, look first whether it arrived.",
        ],
        None,
        COMMON,
    ),
    entry(
        -606,
        Some(400),
        ["한 번에 보낸 이미지가 너무 많습니다.", "There are too many images in one request."],
        ["이미지를 한 요청에 하나씩 올리세요.", "Upload one image per request."],
        None,
        COMMON,
    ),
    entry(
        -815,
        Some(400),
        ["카카오톡 채널 서버에 내부 오류가 났습니다.", "The KakaoTalk Channel server had an internal error."],
        [
            "잠시 뒤 다시 시도하고, 계속되면 데브톡(devtalk.kakao.com)에 문의하세요.",
            "Try again in a moment; if it goes on, ask on DevTalk (devtalk.kakao.com).",
        ],
        None,
        CHANNELS,
    ),
    entry(
        -816,
        Some(400),
        ["고객파일 ID가 잘못되었습니다.", "The id of the customer file is wrong."],
        [
            "고객파일을 조회해 맞는 ID를 확인하고 그 값으로 요청하세요.",
            "Look the customer files up and use the id you find there.",
        ],
        None,
        CHANNELS,
    ),
    entry(
        -817,
        Some(400),
        [
            "이미 있거나 쓸 수 없는 고객파일 이름입니다.",
            "The name of the customer file is taken or forbidden.",
        ],
        ["다른 file_name으로 요청하세요.", "Use another file_name."],
        None,
        CHANNELS,
    ),
    entry(
        -818,
        Some(400),
        [
            "고객파일은 30개까지만 만들 수 있습니다.",
            "There are 30 customer files already, and no more are allowed.",
        ],
        [
            "카카오톡 채널 관리자센터에서 쓰지 않는 고객파일을 지우고 다시 요청하세요.",
            "Delete customer files you do not need in the KakaoTalk Channel admin centre, and ask again.",
        ],
        None,
        CHANNELS,
    ),
    entry(
        -819,
        Some(400),
        [
            "카카오톡 채널이 앱에 연결되어 있지 않습니다.",
            "The KakaoTalk channel is not connected to the app.",
        ],
        [
            "채널을 앱에 연결하거나, 이미 연결한 채널의 프로필 ID로 요청하세요.",
            "Connect the channel to the app, or use the profile id of a channel that is connected.",
        ],
        Some(CHANNEL),
        CHANNELS,
    ),
    entry(
        -911,
        Some(400),
        ["지원하지 않는 이미지 형식입니다.", "The image format is not supported."],
        ["JPG나 PNG로 바꾸어 다시 올리세요.", "Convert it to JPG or PNG and upload it again."],
        None,
        COMMON,
    ),
];
