//! The words of the emulator's own pages, each in Korean and in English.

macro_rules! words {
    ($($name:ident: $korean:literal, $english:literal;)+) => {
        /// Every word of the pages in one language.
        pub(in crate::http) struct Words {
            $(pub(in crate::http) $name: &'static str,)+
        }

        pub(super) static KOREAN: Words = Words { $($name: $korean,)+ };
        pub(super) static ENGLISH: Words = Words { $($name: $english,)+ };
    };
}

words! {
    // The frame.
    emulator: "카카오 에뮬레이터", "Kakao emulator";
    nothing_reaches_kakao: "에뮬레이터입니다. 아무것도 카카오로 전송되지 않습니다.", "An emulator: nothing reaches Kakao.";
    skip: "본문으로 건너뛰기", "Skip to the content";
    pages: "페이지", "Pages";
    languages: "언어", "Language";
    overview: "개요", "Overview";
    people: "사람", "People";
    apps: "앱", "Apps";
    tokens: "토큰", "Tokens";
    journal: "기록", "Journal";
    faults: "장애", "Faults";
    clock: "시계", "Clock";
    done: "저장했습니다.", "Done.";
    save: "저장", "Save";
    add: "추가", "Add";
    remove: "삭제", "Remove";
    show: "보기", "Show";
    all: "전체", "All";
    none: "없음", "None";
    problem: "저장하지 못했습니다. 표시된 곳을 고쳐 주세요.", "Nothing was saved. Please correct what is marked.";
    missing: "이 주소에는 아무것도 없습니다", "There is nothing at this address";
    missing_remedy: "지워졌거나 처음부터 다시 시작했을 수 있습니다.", "It may have been removed, or the world begun again.";
    back_to_overview: "개요로 가기", "Go to the overview";
    copy: "복사", "Copy";
    copied: "복사했습니다", "Copied";
    key: "키", "Key";
    key_hint: "영문자, 숫자, -, _ 로 64자까지. 에뮬레이터 안에서만 쓰는 이름입니다.", "Up to 64 letters, digits, - and _. A name used within the emulator only.";
    not_a_key: "키는 영문자, 숫자, -, _ 로 1자에서 64자까지입니다.", "A key is made of 1 to 64 letters, digits, - and _.";
    not_a_number: "0 이상의 숫자를 적어 주세요.", "Write a number that is not below 0.";
    not_a_time: "1970년과 9000년 사이의 날짜와 시각을 적어 주세요.", "Write a date and time between 1970 and 9000.";
    one_a_line: "한 줄에 하나씩", "One a line";
    unknown: "정하지 않음", "Not said";

    // The overview.
    what_this_is: "이 서버가 카카오 로그인(kauth.kakao.com)과 카카오 API(kapi.kakao.com)를 대신합니다.", "This server stands in for Kakao Login (kauth.kakao.com) and Kakao's API (kapi.kakao.com).";
    addresses: "서비스 연결하기", "Connect a service";
    addresses_how: "katok으로 만든 프로그램은 이 두 변수면 됩니다.", "A program that reads these two variables needs nothing else.";
    exec_how: "고칠 수 없는 프로그램은 이렇게 실행하면 카카오 대신 에뮬레이터를 만납니다.", "A program that cannot be changed meets the emulator in Kakao's place when it is run like this.";
    received: "받은 메시지", "Messages received";
    linked_to: "연결된 앱", "Linked apps";
    not_linked: "연결된 앱 없음", "Linked to no app";
    app_id: "앱 ID", "App ID";
    now: "지금", "Now";
    korean_time: "한국 시각", "Korean time";
    begin_again: "처음부터 다시", "Begin again";
    begin_again_means: "메시지, 토큰, 동의, 바꾼 설정이 모두 사라지고, 시작할 때의 앱과 사람으로 돌아갑니다. 시계도 실제 시각으로 맞춥니다.", "Messages, tokens, consents and changed settings are lost; the apps and people are again those the emulator was started with. The clock shows the real time again.";
    begin_again_really: "모두 지우고 다시 시작", "Erase everything and begin again";

    // People.
    add_person: "사람 추가", "Add a person";
    nickname: "닉네임", "Nickname";
    chats: "채팅", "Chats";
    chats_of: "님의 채팅", "’s chats";
    phone: "휴대폰 화면으로 보기", "Look at it as on a phone";
    memo: "나와의 채팅", "Chat with me";
    no_messages: "아직 메시지가 없습니다.", "No messages yet.";
    to_chats: "채팅 목록으로", "To the chat list";
    to_person: "사람 페이지로", "To the person";
    warning: "주의", "Warning";
    account: "카카오계정", "Kakao Account";
    about_the_person: "개인정보", "About the person";
    email: "이메일", "E-mail";
    password: "비밀번호", "Password";
    is_email_valid: "이메일이 유효함", "E-mail is valid";
    is_email_verified: "이메일을 인증함", "E-mail is verified";
    talk: "카카오톡 사용", "Uses KakaoTalk";
    refuses_messages: "앱 메시지 수신 거부", "Refuses messages from apps";
    unsupported_device: "메시지를 지원하지 않는 기기", "Device too old for messages";
    under_14: "만 14세 미만", "Under 14";
    person_suspended: "이용 정지된 계정", "Suspended account";
    dormant: "휴면 계정", "Dormant account";
    name: "이름", "Name";
    gender: "성별", "Gender";
    female: "여성", "Female";
    male: "남성", "Male";
    age_range: "연령대 (예: 20~29)", "Age range (such as 20~29)";
    birthyear: "출생 연도 (YYYY)", "Year of birth (YYYY)";
    birthday: "생일 (MMDD)", "Birthday (MMDD)";
    birthday_type: "생일의 달력", "Calendar of the birthday";
    solar: "양력", "Solar";
    lunar: "음력", "Lunar";
    is_leap_month: "윤달 생일", "Birthday in a leap month";
    phone_number: "전화번호", "Phone number";
    ci: "연계정보 (CI)", "Connecting information (CI)";
    profile_image_url: "프로필 사진 주소", "Address of the profile picture";
    thumbnail_image_url: "작은 프로필 사진 주소", "Address of the small picture";
    is_default_nickname: "운영정책으로 바뀐 기본 닉네임", "Nickname replaced by Kakao";
    shipping_addresses: "배송지 (JSON)", "Shipping addresses (JSON)";
    channel_relations: "카카오톡 채널 관계 (JSON)", "KakaoTalk channels (JSON)";
    friends: "친구", "Friends";
    no_friends: "친구가 없습니다.", "No friends.";
    favorite: "즐겨찾기", "Favourite";
    hidden: "숨김", "Hidden";
    blocked: "차단", "Blocked";
    add_friend: "친구 추가", "Add a friend";
    mutual: "서로 친구", "Both ways";
    linked_since: "연결한 때", "Linked since";
    preregistered: "사전 등록됨 (가입 전)", "Preregistered (not signed up yet)";
    not_linked_yet: "이 앱에 연결되어 있지 않습니다.", "Not linked to this app.";
    user_id: "회원번호", "User ID";
    friend_uuid: "친구 UUID", "Friend UUID";
    consents: "동의", "Consents";
    required: "필수", "Required";
    save_consents: "동의 저장", "Save the consents";
    link_app: "동의하고 연결", "Agree and link";
    unlink_app: "연결 끊기", "Unlink";
    unlink_means: "이 앱의 토큰이 모두 무효가 되고 동의가 사라집니다.", "All tokens for this app die, and the consents are gone.";
    unlink_reason: "누가 끊나요? (referrer_type)", "Who unlinks? (referrer_type)";
    unlink_from_apps: "본인, 카카오계정 페이지에서", "The person, on their Kakao account's pages";
    unlink_from_admin: "카카오 관리자", "Kakao's staff";
    account_delete: "본인, 카카오계정 탈퇴", "The person, by leaving Kakao";
    forced_account_delete: "카카오, 계정 강제 탈퇴", "Kakao, by deleting the account";
    incomplete_sign_up: "가입하지 않은 사전 등록의 만료", "Nobody: a preregistration ran out";
    sessions: "로그인된 브라우저", "Browsers signed in";
    no_sessions: "로그인된 브라우저가 없습니다.", "Signed in nowhere.";
    signed_in_since: "로그인한 때", "Signed in";
    end_sessions: "모두 로그아웃", "Sign out everywhere";

    // Apps.
    add_app: "앱 추가", "Add an app";
    app_name: "앱 이름", "App name";
    app_keys_made_up: "키와 시크릿은 자동으로 만들어집니다.", "Keys and secrets are made up.";
    settings: "설정", "Settings";
    keys: "앱 키", "App keys";
    rest_api_key: "REST API 키", "REST API key";
    client_secret: "클라이언트 시크릿 (비우면 사용 안 함)", "Client secret (empty: switched off)";
    new_client_secret: "클라이언트 시크릿 새로 발급", "Issue a new client secret";
    new_client_secret_means: "지금의 시크릿은 바로 무효가 됩니다. 저장하지 않은 변경은 사라집니다.", "The present secret is void at once. Changes not saved are lost.";
    admin_key: "어드민 키", "Admin key";
    javascript_key: "JavaScript 키", "JavaScript key";
    native_app_key: "네이티브 앱 키", "Native app key";
    login_settings: "카카오 로그인", "Kakao Login";
    login: "카카오 로그인 사용", "Kakao Login is on";
    oidc: "OpenID Connect 사용", "OpenID Connect is on";
    automatic_linking: "로그인하면 자동으로 연결", "A login links automatically";
    allows_under_14: "만 14세 미만 로그인 허용", "People under 14 may log in";
    test_app: "테스트 앱 (팀만 사용)", "Test app (team only)";
    app_suspended: "정지된 앱", "Suspended app";
    redirect_uris: "리다이렉트 URI", "Redirect URIs";
    logout_redirect_uris: "로그아웃 리다이렉트 URI", "Logout redirect URIs";
    web_domains: "웹 도메인", "Web domains";
    consent_items: "동의 항목", "Consent items";
    consent_items_are: "항목별 동의 단계", "Level of each item";
    level_none: "사용 안 함", "Not used";
    level_required: "필수 동의", "Required";
    level_optional: "선택 동의", "Optional";
    level_in_use: "이용 중 동의", "In use";
    team_and_permissions: "팀과 권한", "Team and permissions";
    permissions: "심사로 받은 권한", "Permissions after a review";
    permission_friends: "팀 밖의 친구 목록", "Friend list beyond the team";
    permission_message: "팀 밖의 친구에게 메시지", "Messages beyond the team";
    members: "팀원", "Team members";
    webhooks: "웹훅", "Webhooks";
    webhook_unlink: "연결 해제", "Unlink";
    webhook_account_status: "계정 상태 변경", "Account status";
    webhook_share: "카카오톡 공유", "KakaoTalk Share";
    webhook_channel: "카카오톡 채널", "KakaoTalk Channel";
    method: "메서드", "Method";
    quotas: "쿼터", "Quotas";
    quota_access_tokens: "10분에 한 사람의 액세스 토큰", "Access tokens of a person in 10 minutes";
    quota_refresh_tokens: "60분에 한 사람의 리프레시 토큰", "Refresh tokens of a person in 60 minutes";
    quota_messages: "하루에 앱이 보내는 메시지", "Messages of the app in a day";
    quota_sender: "하루에 한 사람이 보내는 메시지", "Messages from a person in a day";
    quota_receiver: "하루에 한 사람이 받는 메시지", "Messages to a person in a day";
    quota_pair: "하루에 두 사람 사이의 메시지", "Messages between two people in a day";
    quota_requests: "한 달에 앱의 호출", "Calls of the app in a month";
    quota_talk_profiles: "하루에 카카오톡 프로필 조회", "KakaoTalk profile calls in a day";
    quota_user_ids: "1분에 사용자 목록 조회", "User list calls in a minute";
    quota_code_lifetime: "인가 코드의 수명(초)", "Seconds a code lives";
    quota_friends_cache: "친구 목록 캐시(초)", "Seconds a friend list is cached";
    quota_image_retention: "이미지 보관(일)", "Days an image is kept";
    quota_friends_per_page: "한 쪽의 친구 수", "Friends on a page";
    more_settings: "그 밖의 설정", "More settings";
    properties: "사용자 프로퍼티 키", "User property keys";
    javascript_domains: "JavaScript SDK 도메인", "JavaScript SDK domains";
    android_key_hashes: "Android 키 해시", "Android key hashes";
    ios_bundle_ids: "iOS 번들 ID", "iOS bundle IDs";
    ip_allow_list: "호출 허용 IP 주소", "Allowed IP addresses";
    admin_key_denied: "어드민 키로 부를 수 없는 경로", "Paths closed to the admin key";
    service_terms: "서비스 약관 (JSON)", "Service terms (JSON)";
    channels: "카카오톡 채널 (JSON)", "KakaoTalk channels (JSON)";
    templates: "사용자 정의 템플릿 (JSON)", "Custom templates (JSON)";

    // Tokens.
    tokens_are: "토큰 자체는 저장되지 않습니다. 지문은 토큰의 SHA-256 앞 8자리입니다.", "The tokens themselves are not kept. The fingerprint is the first 8 digits of a token's SHA-256.";
    no_tokens: "살아 있는 토큰이 없습니다.", "No token lives.";
    access_token: "액세스 토큰", "Access token";
    refresh_token: "리프레시 토큰", "Refresh token";
    kind: "종류", "Kind";
    fingerprint: "지문", "Fingerprint";
    person: "사람", "Person";
    app: "앱", "App";
    remaining: "남은 시간", "Time left";
    scopes: "동의 항목", "Scopes";
    actions: "작업", "Actions";
    expire: "만료시키기", "Expire";
    age: "30일 미만으로", "Below 30 days";
    nearly_spent: "다음 갱신 때 교체", "Replaced at its next use";
    more_tokens: "개가 더 있습니다. 사람이나 앱을 골라 보세요.", "more. Choose a person or an app.";

    // The journal.
    journal_is: "카카오의 두 호스트에 온 요청과 그 응답입니다. 비밀은 줄여서 보여 줍니다. 새 기록은 저절로 나타납니다.", "What came to Kakao's two hosts and what was answered. Secrets are shortened. What is new appears by itself.";
    no_exchanges: "아직 기록이 없습니다.", "Nothing yet.";
    path_contains: "경로에 들어 있는 글", "Path contains";
    result: "결과", "Result";
    results_ok: "성공", "Answered well";
    results_refused: "거절되거나 끊김", "Refused or broken off";
    time: "시각", "Time";
    request: "요청", "Request";
    response: "응답", "Answer";
    headers: "헤더", "Headers";
    query: "쿼리", "Query";
    form: "폼", "Form";
    body: "본문", "Body";
    duration: "걸린 시간", "Took";
    spoilt_by: "적용된 장애", "Fault applied";
    dropped: "응답 없이 끊음", "closed without an answer";
    gone: "부른 쪽이 먼저 끊음", "the caller left first";
    back_to_journal: "기록 목록으로", "To the journal";

    // Faults.
    faults_are: "카카오가 실패하는 경우를 만들어 둡니다. 카카오의 주소에만 적용됩니다.", "Lets Kakao fail on purpose. Only Kakao's own addresses are touched.";
    no_faults: "걸어 둔 장애가 없습니다.", "Nothing is scripted to fail.";
    matches: "대상", "What it is about";
    every_exchange: "모든 요청", "every request";
    then: "일어나는 일", "What happens";
    applied: "적용된 횟수", "Applied";
    times_left: "남은 횟수", "Left";
    no_end: "계속", "no end";
    remove_all: "모두 삭제", "Remove all";
    presets: "자주 쓰는 장애", "Common faults";
    preset_quota_exceeded: "다음 나에게 보내기를 -10으로 (쿼터 초과)", "Next message to me: -10 (quota exceeded)";
    preset_friend_refuses: "다음 친구에게 보내기를 -530으로 (수신 거부)", "Next message to friends: -530 (refused)";
    preset_expired_token: "다음 API 호출을 -401로 (토큰 만료)", "Next API call: -401 (token expired)";
    preset_maintenance: "모든 API를 -9798로 (서비스 점검)", "Every API call: -9798 (maintenance)";
    preset_wrong_code: "다음 토큰 요청을 KOE320으로", "Next token request: KOE320";
    preset_slow: "다음 요청을 3초 늦게", "Next request: three seconds late";
    preset_drop_before: "다음 나에게 보내기를 하지 않고 끊기", "Next message to me: closed, not sent";
    preset_drop_after: "다음 나에게 보내기를 한 뒤 응답 없이 끊기", "Next message to me: sent, then closed without an answer";
    add_fault: "장애 추가", "Add a fault";
    path_of_fault: "경로 (끝의 *는 무엇이든)", "Path (* at the end: anything)";
    method_any: "메서드 (비우면 모두)", "Method (empty: any)";
    times: "횟수 (비우면 계속)", "Times (empty: no end)";
    probability: "확률 0~1 (비우면 언제나)", "Probability 0 to 1 (empty: always)";
    delay: "먼저 기다릴 시간 (밀리초)", "Wait first (milliseconds)";
    then_only_delay: "늦게 응답하기만", "Only be late";
    then_code: "카카오 API 오류 코드", "Error code of the API";
    then_error_code: "카카오 로그인 오류 코드 (KOE)", "Error code of the login (KOE)";
    then_status: "HTTP 상태만", "HTTP status only";
    then_truncate: "응답 본문을 이만큼만 (바이트)", "Cut the body after (bytes)";
    then_drop_before: "일하지 않고 끊기", "Close, do nothing";
    then_drop_after: "일한 뒤 응답 없이 끊기", "Do it, then close without an answer";
    value: "값 (-10, KOE320, 503, …)", "Value (-10, KOE320, 503, …)";

    // The clock.
    clock_means: "에뮬레이터의 시각입니다. 앞으로 돌리면 토큰이 만료되고 쿼터가 새로 시작됩니다.", "The emulator's time. Turned ahead, tokens expire and quotas begin anew.";
    plus_hour: "+1시간", "+1 hour";
    plus_day: "+1일", "+1 day";
    plus_month: "+1개월", "+1 month";
    real_time: "실제 시각으로", "Back to the real time";
    set_clock: "시각 정하기 (한국 시각)", "Set the time (Korean time)";
    set: "맞추기", "Set";
    turned_ahead: "실제 시각보다 앞섬", "ahead of the real time";
    turned_back: "실제 시각보다 늦음", "behind the real time";
    on_time: "실제 시각과 같습니다.", "It shows the real time.";
}
