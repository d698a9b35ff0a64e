//! The emulator's own pages.

use serde_json::json;

use crate::support::{Kakao, Shown, hello};

async fn open(kakao: &Kakao, path: &str) -> Shown {
    kakao.browser().open(&kakao.url(path)).await
}

#[tokio::test]
async fn the_overview_says_that_nothing_reaches_kakao_and_who_there_is() {
    let kakao = Kakao::start().await;
    for path in ["/", "/_emulator", "/_emulator/"] {
        let page = open(&kakao, path).await;
        assert_eq!(page.status, 200);
        for words in [
            "아무것도 카카오로 전송되지 않습니다",
            "nothing reaches Kakao",
            "라이언",
            "demo",
            "2026-03-01 09:00:00",
        ] {
            assert!(page.html.contains(words), "{path}: {words}");
        }
        assert!(page.policy.starts_with("default-src 'none'"), "{}", page.policy);
    }
}

#[tokio::test]
async fn a_persons_rooms_show_what_arrived_in_korean_time() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    kakao.send_to_me(&token, &hello("장보기 목록")).await.ok();
    let apeach = kakao.uuid(&token, "어피치").await;
    kakao.send_to_friends(&token, &[&apeach], "주말에 뭐 해?").await.ok();

    let rooms = open(&kakao, "/_emulator/people/ryan").await.html;
    assert!(rooms.contains("나와의 채팅") && rooms.contains("장보기 목록") && rooms.contains("어피치"));
    let memo = open(&kakao, "/_emulator/people/ryan/rooms/ryan").await;
    assert!(memo.html.contains("장보기 목록") && memo.html.contains("ktb-bubble"));
    assert!(memo.html.contains("09:00") && memo.html.contains("2026. 3. 1."));
    let direct = open(&kakao, "/_emulator/people/apeach/rooms/ryan").await;
    assert!(direct.html.contains("주말에 뭐 해?") && direct.html.contains("라이언"));
    assert!(!direct.html.contains("장보기 목록"));
}

#[tokio::test]
async fn rooms_show_warnings_and_escape_what_people_wrote() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let nasty = json!({"object_type": "text", "text": "<script>alert(1)</script>",
        "link": {"web_url": "https://elsewhere.example/\"><b>"}});
    kakao.send_to_me(&token, &nasty).await.ok();
    let page = open(&kakao, "/_emulator/people/ryan/rooms/ryan").await.html;
    assert!(!page.contains("<script>alert") && !page.contains("\"><b>"), "{page}");
    assert!(page.contains("등록되지 않은 도메인"));
}

#[tokio::test]
async fn rooms_of_nobody_are_not_found() {
    let kakao = Kakao::start().await;
    for path in ["/_emulator/people/nobody", "/_emulator/people/ryan/rooms/nobody"] {
        assert_eq!(open(&kakao, path).await.status, 404);
    }
}

#[tokio::test]
async fn pages_load_only_what_the_emulator_serves() {
    let kakao = Kakao::start().await;
    for (path, kind) in
        [("emulator.css", "text/css"), ("bubble.css", "text/css"), ("room.js", "text/javascript")]
    {
        let response = kakao.get(&format!("/_emulator/assets/{path}")).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with(kind));
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    }
    let room = open(&kakao, "/_emulator/people/ryan/rooms/ryan").await;
    assert!(room.policy.contains("script-src 'self'") && room.policy.contains("connect-src 'self'"));
    for page in [room, open(&kakao, "/").await] {
        assert!(!page.html.contains("style=") && !page.html.contains("onclick"));
        assert!(page.policy.contains("frame-ancestors 'none'"));
    }
}
