//! The emulator's own pages.

mod apps;
mod journal;
mod people;
mod rooms;

use reqwest::header::{ACCEPT_LANGUAGE, COOKIE};
use serde_json::{Value, json};

use crate::support::{Answer, Kakao, Shown};

async fn open(kakao: &Kakao, path: &str) -> Shown {
    kakao.browser().open(&kakao.url(path)).await
}

/// Sends a form off and follows to the page that says that it is done.
async fn fill_in(kakao: &Kakao, path: &str, fields: &[(&str, &str)]) -> Shown {
    let shown = kakao.browser().submit(path, fields).await;
    assert_eq!(shown.status, 303, "{}", shown.html);
    let page = open(kakao, &shown.location.unwrap()).await;
    assert_eq!(page.status, 200);
    assert!(page.html.contains("role=\"status\""), "{}", page.html);
    page
}

async fn world(kakao: &Kakao) -> Value {
    Answer::of(kakao.get("/_emulator/v1/world")).await.ok()
}

/// The element of a list with this key.
fn with_key<'a>(list: &'a Value, key: &str) -> &'a Value {
    list.as_array().unwrap().iter().find(|element| element["key"] == key).unwrap()
}

/// Everything that the settings of a page hold: what is typed, ticked and chosen.
fn fields_of(page: &Shown) -> Vec<(String, String)> {
    let form = page.html.split("class=\"settings\"").nth(1).unwrap().split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        Some(rest.split('"').next().unwrap().replace("&#34;", "\"").replace("&#38;", "&"))
    };
    let mut fields = Vec::new();
    for tag in form.split('<').skip(1) {
        let name = attribute(tag, " name");
        if tag.starts_with("input") && tag.contains("checkbox") {
            if tag.contains(" checked") {
                fields.push((name.unwrap(), attribute(tag, " value").unwrap_or("on".to_owned())));
            }
        } else if tag.starts_with("input") {
            fields.push((name.unwrap(), attribute(tag, " value").unwrap_or_default()));
        } else if tag.starts_with("textarea") {
            let text = tag.split_once('>').unwrap().1.replace("&#34;", "\"");
            fields.push((name.unwrap(), text));
        } else if tag.starts_with("select") {
            fields.push((name.unwrap(), String::new()));
        } else if tag.starts_with("option") && (tag.contains(" selected")) {
            let text = tag.split_once('>').unwrap().1.to_owned();
            fields.last_mut().unwrap().1 = attribute(tag, " value").unwrap_or(text);
        }
    }
    fields
}

/// Sends the settings of a page off with some changed; an empty list of values leaves one out.
async fn save(kakao: &Kakao, page: &str, action: &str, changes: &[(&str, &[&str])]) -> Shown {
    let mut fields = fields_of(&open(kakao, page).await);
    for (name, values) in changes {
        fields.retain(|(given, _)| given != name);
        fields.extend(values.iter().map(|value| ((*name).to_owned(), (*value).to_owned())));
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    kakao.browser().submit(action, &fields).await
}

const PAGES: [&str; 11] = [
    "/_emulator/",
    "/_emulator/people",
    "/_emulator/people/ryan",
    "/_emulator/people/ryan/rooms",
    "/_emulator/people/ryan/rooms/ryan",
    "/_emulator/apps",
    "/_emulator/apps/demo",
    "/_emulator/tokens",
    "/_emulator/journal",
    "/_emulator/faults",
    "/_emulator/clock",
];

#[tokio::test]
async fn every_page_keeps_to_itself_and_says_that_nothing_reaches_kakao() {
    let kakao = Kakao::start().await;
    for path in PAGES {
        let page = open(&kakao, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.html.contains("아무것도 카카오로 전송되지 않습니다"), "{path}");
        assert!(page.policy.starts_with("default-src 'none'"), "{}", page.policy);
        assert!(page.policy.contains("script-src 'self'") && page.policy.contains("frame-ancestors 'none'"));
        assert!(!page.html.contains("style=") && !page.html.contains("onclick"), "{path}");
        assert_eq!(page.html.matches("<h1").count(), 1, "{path}");
        assert_eq!(page.html.matches("<main").count(), 1, "{path}");
    }
}

#[tokio::test]
async fn pages_load_only_what_the_emulator_serves() {
    let kakao = Kakao::start().await;
    for (path, kind) in [
        ("emulator.css", "text/css"),
        ("console.css", "text/css"),
        ("bubble.css", "text/css"),
        ("live.js", "text/javascript"),
        ("copy.js", "text/javascript"),
    ] {
        let response = kakao.get(&format!("/_emulator/assets/{path}")).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with(kind));
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn browser_gets_its_language_and_a_choice_is_remembered() {
    let kakao = Kakao::start().await;
    for path in PAGES {
        let english = kakao.get(path).header(ACCEPT_LANGUAGE, "en-GB,en;q=0.9").send().await.unwrap();
        let english = english.text().await.unwrap();
        assert!(
            english.contains("<html lang=\"en\">") && english.contains("nothing reaches Kakao"),
            "{path}"
        );
        assert!(!english.contains("전송되지"), "{path}");
        assert!(open(&kakao, path).await.html.contains("<html lang=\"ko\">"), "{path}");
    }
    let chosen = open(&kakao, "/_emulator/tokens?app=demo&lang=en").await;
    assert_eq!(
        (chosen.status.as_u16(), chosen.location.as_deref()),
        (303, Some("/_emulator/tokens?app=demo"))
    );
    let cookie = chosen.cookie.unwrap();
    let again = kakao.get("/_emulator/tokens").header(ACCEPT_LANGUAGE, "ko").header(COOKIE, &cookie);
    assert!(again.send().await.unwrap().text().await.unwrap().contains("<html lang=\"en\">"));
    assert_eq!(open(&kakao, "/_emulator/tokens?lang=%3Cb%3E").await.status, 200);
}

#[tokio::test]
async fn overview_says_who_there_is_and_which_addresses_to_use() {
    let kakao = Kakao::start().await;
    let base = kakao.url("/");
    let base = base.as_str().trim_end_matches('/');
    for path in ["/", "/_emulator", "/_emulator/"] {
        let page = open(&kakao, path).await;
        assert_eq!(page.status, 200);
        for words in [
            "라이언",
            "demo",
            "2026-03-01 09:00:00",
            &format!("KAKAO_AUTH_BASE_URL={base}"),
            &format!("KAKAO_API_BASE_URL={base}"),
            "katok emulator exec",
        ] {
            assert!(page.html.contains(words), "{path}: {words}");
        }
    }
    let named = kakao.get("/_emulator/").header("host", "kauth.kakao.com").send().await.unwrap().text().await;
    let named = named.unwrap();
    assert!(named.contains("KAKAO_AUTH_BASE_URL=https://kauth.kakao.com"));
    assert!(named.contains("KAKAO_API_BASE_URL=https://kapi.kakao.com"));
}

#[tokio::test]
async fn pages_of_nobody_are_not_found() {
    let kakao = Kakao::start().await;
    for path in [
        "/_emulator/people/nobody",
        "/_emulator/people/nobody/rooms",
        "/_emulator/people/ryan/rooms/nobody",
        "/_emulator/apps/nothing",
    ] {
        let page = open(&kakao, path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.html.contains("이 주소에는 아무것도 없습니다"), "{path}");
    }
    for (path, fields) in [
        ("/_emulator/people/nobody/account", [("nickname", "x")]),
        ("/_emulator/people/nobody/friends", [("with", "ryan")]),
        ("/_emulator/people/ryan/friends", [("with", "ryan")]),
        ("/_emulator/people/nobody/sessions/end", [("", "")]),
        ("/_emulator/people/ryan/apps/nothing", [("action", "consents")]),
        ("/_emulator/people/ryan/apps/demo", [("action", "dance")]),
        ("/_emulator/apps/nothing", [("name", "x")]),
        ("/_emulator/apps/nothing/secret", [("", "")]),
        ("/_emulator/tokens", [("token", "none")]),
    ] {
        assert_eq!(kakao.browser().submit(path, &fields).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn forms_of_other_sites_do_nothing() {
    let kakao = Kakao::start().await;
    let before = world(&kakao).await;
    for path in [
        "/_emulator/people",
        "/_emulator/people/ryan/account",
        "/_emulator/people/ryan/friends",
        "/_emulator/people/apeach/apps/demo",
        "/_emulator/people/ryan/sessions/end",
        "/_emulator/apps",
        "/_emulator/apps/demo",
        "/_emulator/apps/demo/secret",
        "/_emulator/tokens",
        "/_emulator/faults",
        "/_emulator/faults/remove",
        "/_emulator/clock",
        "/_emulator/reset",
    ] {
        let form = [("key", "eve"), ("action", "unlink"), ("by", "hour"), ("with", "apeach")];
        let request = kakao.post(path).form(&form).header("origin", "https://evil.example");
        assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
    }
    assert_eq!(world(&kakao).await, before);
}

#[tokio::test]
async fn clock_is_turned_by_buttons_and_set_in_korean_time() {
    let kakao = Kakao::start().await;
    for (by, expected) in
        [("hour", "2026-03-01 10:00:00"), ("day", "2026-03-02 10:00:00"), ("month", "2026-04-02 10:00:00")]
    {
        assert!(fill_in(&kakao, "/_emulator/clock", &[("by", by)]).await.html.contains(expected), "{by}");
    }
    let set = fill_in(&kakao, "/_emulator/clock", &[("by", "set"), ("set", "2027-01-02T03:04")]).await;
    assert!(set.html.contains("2027-01-02 03:04:00"));
    let now = Answer::of(kakao.get("/_emulator/v1/clock")).await.ok();
    assert_eq!(now["now"], "2027-01-01T18:04:00Z");
    assert!(
        fill_in(&kakao, "/_emulator/clock", &[("by", "real")]).await.html.contains("2026-03-01 09:00:00")
    );

    for set in ["", "tomorrow", "1969-01-01T00:00", "9999-01-01T00:00", "\"><b>"] {
        let page = kakao.browser().submit("/_emulator/clock", &[("by", "set"), ("set", set)]).await;
        assert!(page.html.contains("role=\"alert\"") && !page.html.contains("\"><b>"), "{set}");
    }
}

#[tokio::test]
async fn reset_brings_back_the_world_that_the_emulator_began_with() {
    let seed = katok_emulator::Seed::parse("people: [{key: dana}]\napps: [{key: shop}]\n").unwrap();
    let kakao = Kakao::start_from(seed).await;
    let before = world(&kakao).await;
    fill_in(&kakao, "/_emulator/people", &[("key", "eve"), ("nickname", "")]).await;
    assert_ne!(world(&kakao).await, before);
    let page = fill_in(&kakao, "/_emulator/reset", &[]).await;
    assert!(page.html.contains("dana") && !page.html.contains("eve"));
    assert_eq!(world(&kakao).await, before);
}

#[tokio::test]
async fn tokens_show_their_remaining_life_and_can_be_shortened() {
    let kakao = Kakao::start().await;
    assert!(open(&kakao, "/_emulator/tokens").await.html.contains("살아 있는 토큰이 없습니다"));
    let tokens = kakao.log_in("ryan").await;
    let (access, refresh) =
        (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let page = open(&kakao, "/_emulator/tokens").await.html;
    assert!(page.contains("5시간 59분") && page.contains("59일 23시간"), "{page}");
    assert!(!page.contains(access) && !page.contains(refresh));
    for (filter, is_shown) in
        [("person=ryan", true), ("person=apeach", false), ("app=demo", true), ("app=x", false)]
    {
        let page = open(&kakao, &format!("/_emulator/tokens?{filter}")).await.html;
        assert_eq!(page.contains("5시간 59분"), is_shown, "{filter}");
    }

    // The refresh token lives longest and stands first.
    let digests: Vec<&str> =
        page.split("name=\"token\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let [refresh_digest, access_digest] = digests[..] else { panic!("{digests:?}") };
    fill_in(&kakao, "/_emulator/tokens", &[("token", access_digest), ("action", "expire")]).await;
    assert_eq!(kakao.me(access).await.status, 401);
    let page = fill_in(&kakao, "/_emulator/tokens", &[("token", refresh_digest), ("action", "age")]).await;
    assert!(page.html.contains("29일") && page.html.contains("다음 갱신 때 교체"), "{}", page.html);
    let refreshed = kakao.refresh(refresh).await.ok();
    assert_ne!(refreshed["refresh_token"], refresh);
    assert!(refreshed["refresh_token"].is_string());
}

#[tokio::test]
async fn buttons_of_a_room_open_registered_domains_alone_and_scraps_say_their_page() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let link = |url: &str| json!({"web_url": url});
    let message = json!({"object_type": "text", "text": "안녕", "link": link("http://localhost:4000/"), "buttons": [
        {"title": "열림", "link": link("http://localhost:4000/p/1")},
        {"title": "막힘", "link": link("https://elsewhere.example/p/2")}]});
    kakao.send_to_me(&token, &message).await.ok();
    let page = "https://developers.kakao.com/docs";
    kakao.call(&token, "/v2/api/talk/memo/scrap/send", &[("request_url", page)]).await.ok();
    let room = open(&kakao, "/_emulator/people/ryan/rooms/ryan").await.html;
    let opens = r#"href="http://localhost:4000/p/1" rel="noreferrer noopener" target="_blank">열림"#;
    assert!(room.contains(opens), "{room}");
    assert!(room.contains("ktb-blocked") && !room.contains(r#"href="https://elsewhere.example"#), "{room}");
    assert!(room.contains("· https://developers.kakao.com/docs"), "{room}");
}
