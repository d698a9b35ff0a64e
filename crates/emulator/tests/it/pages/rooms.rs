//! Chat rooms as on a phone.

use serde_json::json;

use super::open;
use crate::support::{Answer, Kakao, hello};

#[tokio::test]
async fn a_persons_rooms_show_what_arrived_in_korean_time() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    kakao.send_to_me(&token, &hello("장보기 목록")).await.ok();
    let apeach = kakao.uuid(&token, "어피치").await;
    kakao.send_to_friends(&token, &[&apeach], "주말에 뭐 해?").await.ok();

    for path in ["/_emulator/people/ryan", "/_emulator/people/ryan/rooms"] {
        let rooms = open(&kakao, path).await.html;
        assert!(rooms.contains("나와의 채팅") && rooms.contains("장보기 목록") && rooms.contains("어피치"));
    }
    let memo = open(&kakao, "/_emulator/people/ryan/rooms/ryan").await;
    assert!(memo.html.contains("장보기 목록") && memo.html.contains("ktb-bubble"));
    assert!(memo.html.contains("09:00") && memo.html.contains("2026. 3. 1."));
    let direct = open(&kakao, "/_emulator/people/apeach/rooms/ryan").await;
    assert!(direct.html.contains("주말에 뭐 해?") && direct.html.contains("라이언"));
    assert!(!direct.html.contains("장보기 목록"));
}

#[tokio::test]
async fn buttons_of_a_bubble_can_be_tapped() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    kakao.send_to_me(&token, &hello("눌러 보세요")).await.ok();
    let room = open(&kakao, "/_emulator/people/ryan/rooms/ryan").await.html;
    let (_, button) = room.split_once("class=\"ktb-button\"").unwrap();
    assert!(button.contains("href=\"http://localhost:4000/\""), "{room}");
}

#[tokio::test]
async fn feed_is_drawn_with_its_picture_and_says_what_is_cut_once() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let link = json!({"web_url": "http://localhost:4000/"});
    let social = json!({"like_count": 12, "comment_count": 3, "shared_count": 10_000, "view_count": 5});
    let feed = json!({"object_type": "feed", "social": social, "content": {"title": "주말 케이크",
        "image_url": "https://img.example/cake.png", "image_width": 640, "image_height": 640, "link": link}});
    kakao.send_to_me(&token, &feed).await.ok();
    let room = open(&kakao, "/_emulator/people/ryan/rooms/ryan").await.html;
    assert!(room.contains("ktb-picture ktb-ratio-100") && room.contains("공유 1만"), "{room}");
    assert!(room.contains("소셜 정보는 앞의 세 개만") && !room.contains("ktb-marks"), "{room}");
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
async fn open_page_hears_of_a_change_and_of_nothing_else() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let changes = async |query: &str| {
        Answer::of(kakao.get(&format!("/_emulator/changes{query}"))).await.ok().as_u64().unwrap()
    };
    let latest = changes("").await;
    kakao.me(&token).await.ok();
    assert_eq!(changes("").await, latest);
    let since = format!("?since={latest}");
    let (heard, _) =
        tokio::join!(changes(&since), async { kakao.send_to_me(&token, &hello("새 글")).await.ok() });
    assert!(heard > latest);
}
