//! The menus of Kakao's console (앱 관리 페이지), as they are laid out since 3 December 2025.
//!
//! See [Kakao Docs/Changes to app and app keys].

/// The way to a setting, in Korean and in English.
pub(super) type Menu = [&'static str; 2];

pub(super) const PLATFORM_KEY: Menu = ["[앱] > [플랫폼 키]", "[App] > [Platform key]"];
pub(super) const REST_API_KEY: Menu =
    ["[앱] > [플랫폼 키] > [REST API 키]", "[App] > [Platform key] > [REST API key]"];
pub(super) const REDIRECT_URI: Menu = [
    "[앱] > [플랫폼 키] > [REST API 키] > [리다이렉트 URI]",
    "[App] > [Platform key] > [REST API key] > [Redirect URI]",
];
pub(super) const CLIENT_SECRET: Menu = [
    "[앱] > [플랫폼 키] > [REST API 키] > [클라이언트 시크릿]",
    "[App] > [Platform key] > [REST API key] > [Client secret]",
];
pub(super) const CONSENT_OR_ADMIN_KEY: Menu = [
    "[카카오 로그인] > [동의항목], 어드민 키는 [앱] > [플랫폼 키] > [어드민 키]",
    "[Kakao Login] > [Consent items], for an admin key [App] > [Platform key] > [Admin key]",
];
pub(super) const MEMBERS: Menu = ["[앱] > [멤버]", "[App] > [Member]"];
pub(super) const ADDITIONAL_FEATURES: Menu =
    ["[앱] > [추가 기능 신청]", "[App] > [Request additional features]"];
pub(super) const CHANNEL: Menu = [
    "[앱] > [추가 기능 신청] > [카카오톡 채널 연결]",
    "[App] > [Request additional features] > [Connect KakaoTalk Channel]",
];
pub(super) const KAKAO_LOGIN: Menu = ["[카카오 로그인] > [사용 설정]", "[Kakao Login] > [Enable]"];
pub(super) const CONSENT_ITEMS: Menu = ["[카카오 로그인] > [동의항목]", "[Kakao Login] > [Consent items]"];
pub(super) const ADVANCED: Menu = ["[카카오 로그인] > [고급]", "[Kakao Login] > [Advanced]"];
pub(super) const USER_PROPERTIES: Menu =
    ["[카카오 로그인] > [고급] > [사용자 프로퍼티]", "[Kakao Login] > [Advanced] > [User properties]"];
pub(super) const QUOTA: Menu = ["[통계] > [쿼터]", "[Statistics] > [Quotas]"];
pub(super) const PAID_API: Menu =
    ["[유료 API] > [일반] > [유료 API 사용 한도]", "[Paid API] > [General] > [Paid API usage limit]"];
