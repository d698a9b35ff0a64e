//! Every code of Kakao's tables: how it is reached, with which status, and that none is missing.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::{Answer, Kakao, REST_API_KEY, text};

/// The emulator's tables and the refusals that a state leads to, as they are written.
const LISTED: &str = include_str!("../../src/fault/listed.rs");
const REFUSALS: [&str; 2] =
    [include_str!("../../src/fault/api.rs"), include_str!("../../src/fault/login.rs")];

/// The tests that bring about a state which leads to a code.
const TESTS: [(&str, &str); 14] = [
    ("authorize", include_str!("authorize.rs")),
    ("channels", include_str!("channels.rs")),
    ("consent", include_str!("consent.rs")),
    ("friends", include_str!("friends.rs")),
    ("gate", include_str!("gate.rs")),
    ("images", include_str!("images.rs")),
    ("logout", include_str!("logout.rs")),
    ("messages", include_str!("messages.rs")),
    ("oidc", include_str!("oidc.rs")),
    ("profile", include_str!("profile.rs")),
    ("receivers", include_str!("receivers.rs")),
    ("signup", include_str!("signup.rs")),
    ("token", include_str!("token.rs")),
    ("user", include_str!("user.rs")),
];

/// How a code comes about.
#[derive(Clone, Copy)]
enum Reached {
    /// By a state of the world: in this module, by this test.
    By(&'static str, &'static str),
    /// By a scripted fault alone: it is about Kakao's insides, or about what is left out.
    ScriptedOnly,
}
use Reached::{By, ScriptedOnly};

const API: [(i32, u16, Reached); 42] = [
    (-1, 400, ScriptedOnly),
    (-2, 400, By("messages", "every_receiver_fault_of_the_documents_is_minus_2_with_its_text")),
    (-3, 403, By("gate", "what_the_admin_key_may_not_call_is_minus_3_for_it_alone")),
    (-4, 403, By("gate", "a_suspended_account_is_minus_4")),
    (-5, 403, By("messages", "without_the_permission_messages_go_between_members_only")),
    (-6, 403, ScriptedOnly),
    (-7, 400, ScriptedOnly),
    (-8, 400, ScriptedOnly),
    (-9, 400, By("user", "unknown_calls_are_refused_as_kapi_refuses")),
    (-10, 400, By("gate", "calls_over_the_quota_of_the_month_are_minus_10_until_the_next_one_in_korea")),
    (-11, 400, ScriptedOnly),
    (-12, 403, By("gate", "a_suspended_app_is_minus_12")),
    (-101, 400, By("user", "admin_calls_name_whom_they_are_about")),
    (-102, 400, By("signup", "with_automatic_linking_everybody_is_signed_up_already")),
    (-103, 400, By("gate", "a_dormant_account_is_minus_103")),
    (-201, 400, By("profile", "unknown_property_keys_are_minus_201_and_change_nothing")),
    (-301, 400, ScriptedOnly),
    (-401, 401, By("gate", "a_caller_who_is_not_in_the_ip_allow_list_is_minus_401")),
    (-402, 403, By("friends", "without_consent_it_is_minus_402_and_says_what_to_ask_for")),
    (-405, 403, ScriptedOnly),
    (-406, 401, By("gate", "somebody_under_14_is_minus_406_unless_the_app_allows_them")),
    (-501, 400, By("messages", "who_does_not_use_kakaotalk_gets_minus_501")),
    (-502, 400, By("messages", "one_receivers_failure_is_the_calls_own")),
    (-504, 400, By("receivers", "what_a_receivers_phone_does_not_take_has_its_code")),
    (-530, 400, By("receivers", "what_a_receivers_phone_does_not_take_has_its_code")),
    (-531, 400, By("receivers", "a_senders_month_is_limited_where_the_seed_says_so")),
    (-532, 400, By("messages", "each_daily_quota_has_its_code")),
    (-533, 400, By("messages", "each_daily_quota_has_its_code")),
    (-536, 400, By("messages", "the_day_of_the_quotas_is_koreas")),
    (-541, 400, By("channels", "channels_that_cannot_be_asked_about_have_their_codes")),
    (-544, 400, By("channels", "channels_that_cannot_be_asked_about_have_their_codes")),
    (-602, 400, By("images", "what_is_wrong_with_an_upload_has_its_code")),
    (-603, 400, By("images", "images_of_this_machine_are_fetched_and_others_refused")),
    (-606, 400, By("images", "what_is_wrong_with_an_upload_has_its_code")),
    (-815, 400, ScriptedOnly),
    (-816, 400, ScriptedOnly),
    (-817, 400, ScriptedOnly),
    (-818, 400, ScriptedOnly),
    (-819, 400, By("channels", "channels_that_cannot_be_asked_about_have_their_codes")),
    (-903, 400, ScriptedOnly),
    (-911, 400, By("images", "what_is_wrong_with_an_upload_has_its_code")),
    (-9798, 503, ScriptedOnly),
];

const LOGIN: [(&str, u16, Reached); 26] = [
    ("KOE001", 400, By("token", "a_body_too_large_to_read_is_koe001")),
    ("KOE002", 404, By("authorize", "faults_of_the_app_show_a_page_and_send_nothing_to_the_service")),
    ("KOE003", 500, ScriptedOnly),
    ("KOE004", 400, By("authorize", "kakao_login_switched_off_is_koe004")),
    ("KOE005", 400, By("authorize", "only_its_team_logs_in_to_a_test_app_others_see_koe005")),
    ("KOE006", 400, By("authorize", "faults_of_the_app_show_a_page_and_send_nothing_to_the_service")),
    ("KOE007", 400, By("logout", "logout_redirect_uris_that_are_not_registered_are_koe007")),
    ("KOE008", 400, By("authorize", "an_admin_key_is_no_client_and_a_native_key_does_not_return_to_the_web")),
    ("KOE009", 400, By("token", "a_platform_that_is_not_registered_is_koe009")),
    ("KOE010", 401, By("token", "a_wrong_or_missing_client_secret_is_koe010_and_spends_nothing")),
    ("KOE023", 400, ScriptedOnly),
    ("KOE101", 401, By("token", "unknown_clients_are_koe101_by_name")),
    ("KOE102", 400, By("authorize", "a_channel_of_an_app_without_channels_is_koe102")),
    ("KOE201", 400, By("authorize", "faults_of_the_app_show_a_page_and_send_nothing_to_the_service")),
    ("KOE202", 400, By("authorize", "faults_of_the_app_show_a_page_and_send_nothing_to_the_service")),
    ("KOE203", 400, By("consent", "required_terms_cannot_be_left_out")),
    ("KOE204", 400, By("authorize", "faults_of_the_app_show_a_page_and_send_nothing_to_the_service")),
    ("KOE205", 400, By("authorize", "faults_of_the_app_show_a_page_and_send_nothing_to_the_service")),
    ("KOE207", 400, By("authorize", "faults_of_the_app_show_a_page_and_send_nothing_to_the_service")),
    ("KOE237", 400, By("token", "the_twenty_first_access_token_in_ten_minutes_is_koe237")),
    ("KOE303", 400, By("token", "another_redirect_uri_than_the_codes_is_koe303")),
    ("KOE310", 400, By("token", "other_grant_types_are_koe310")),
    ("KOE319", 400, By("token", "a_refresh_token_two_months_old_is_koe322_and_a_missing_one_koe319")),
    ("KOE320", 400, By("token", "code_used_twice_is_koe320")),
    ("KOE322", 400, By("token", "in_its_last_month_a_refresh_token_is_replaced_and_the_old_one_dies")),
    ("KOE400", 400, By("oidc", "tokeninfo_refuses_what_is_no_id_token_of_now_with_koe400")),
];

/// The whole list: code, status, way.
fn codes() -> BTreeMap<String, (u16, Reached)> {
    let api = API.iter().map(|(code, status, reached)| (code.to_string(), (*status, *reached)));
    let login = LOGIN.iter().map(|(code, status, reached)| ((*code).to_owned(), (*status, *reached)));
    api.chain(login).collect()
}

/// Whether a code stands in a text, and not as the beginning of a longer one.
fn stands_in(code: &str, text: &str) -> bool {
    text.match_indices(code)
        .any(|(at, _)| !text[at + code.len()..].starts_with(|next: char| next.is_ascii_digit()))
}

/// The lines of a test, from its name to its end.
fn body_of(module: &str, test: &str) -> &'static str {
    let (_, source) = TESTS.iter().find(|(name, _)| *name == module).unwrap();
    let begin = source
        .find(&format!("::test]\nasync fn {test}() {{"))
        .unwrap_or_else(|| panic!("no test {module}::{test}"));
    let body = &source[begin..];
    &body[..body.find("\n}\n").unwrap()]
}

#[test]
fn the_list_has_the_codes_and_statuses_of_the_emulators_tables_and_no_others() {
    let table = LISTED.split("pub(crate) fn").next().unwrap().replace("\n        ", " ");
    let rows = table.lines().filter_map(|line| line.trim().strip_prefix('(')).filter_map(|row| {
        let mut cells = row.trim().split(", ");
        let code = cells.next()?.trim_matches('"').to_owned();
        Some((code, cells.next()?.parse::<u16>().ok()?))
    });
    let listed: BTreeMap<String, u16> = rows.collect();
    let here: BTreeMap<String, u16> = codes().into_iter().map(|(code, (status, _))| (code, status)).collect();
    assert_eq!(here, listed);
}

#[test]
fn the_test_that_is_named_for_a_code_is_there_and_speaks_of_it() {
    for (code, (_, reached)) in codes() {
        if let By(module, test) = reached {
            assert!(stands_in(&code, body_of(module, test)), "{module}::{test} says nothing of {code}");
        }
    }
}

#[test]
fn codes_that_are_scripted_only_are_those_no_refusal_of_the_world_has() {
    for (code, (_, reached)) in codes() {
        let refused = |source: &str| {
            let cell = if code.starts_with('-') { format!("=> {code}") } else { format!("\"{code}\"") };
            stands_in(&cell, source)
        };
        let by_state = REFUSALS.iter().any(|source| refused(source));
        assert_eq!(by_state, matches!(reached, By(..)), "{code}");
    }
}

#[tokio::test]
async fn every_code_is_met_by_its_number_alone_with_kakaos_status_and_a_text() {
    let kakao = Kakao::start().await;
    let script = async |fault| Answer::of(kakao.post("/_emulator/v1/faults").json(&fault)).await.ok();
    for (code, status, _) in API {
        script(json!({"times": 1, "then": {"code": code}})).await;
        let (answered, body) = Answer::spoilt(kakao.get("/v2/user/me")).await.refusal();
        assert_eq!((answered, &body["code"]), (status, &json!(code)));
        assert!(LISTED.contains(&format!("({code}, {status}, {})", body["msg"])), "{body}");
    }
    for (code, status, _) in LOGIN {
        script(json!({"times": 1, "then": {"error_code": code}})).await;
        let form = [("client_id", REST_API_KEY), ("grant_type", "authorization_code")];
        let (answered, body) = Answer::spoilt(kakao.post("/oauth/token").form(&form)).await.refusal();
        assert_eq!((answered, &body["error_code"]), (status, &json!(code)));
        assert!(LISTED.contains(&format!("{}", body["error"])), "{body}");
        assert!(LISTED.contains(&format!("{}", body["error_description"])), "{body}");

        script(json!({"times": 1, "then": {"error_code": code}})).await;
        let page = Answer::spoilt(kakao.client.get(kakao.authorize_url(&[]))).await;
        assert_eq!(page.status, status, "{code}");
        assert!(text(&page.body).contains(&format!("({code})")), "{code}: {}", text(&page.body));
    }
}
