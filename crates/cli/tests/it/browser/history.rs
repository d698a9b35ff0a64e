//! The history of one's messages, in a real browser.

use serde_json::{Value, json};

use super::Desk;

impl Desk {
    /// Sends as the page's own scripts would, and tells the message's name.
    pub(super) async fn post_message(&self, message: Value) -> String {
        let script =
            "return fetch('/v1/messages', { method: 'POST', headers: { 'content-type': 'application/json' },
            body: JSON.stringify(arguments[0]) }).then((answer) => answer.json())";
        let accepted: Value = self.browser.execute(script, vec![message]).await.unwrap().convert().unwrap();
        accepted["id"].as_str().unwrap_or_else(|| panic!("{accepted}")).to_owned()
    }

    /// The uuid of a friend of whoever is signed in.
    async fn friend(&self, nickname: &str) -> Value {
        let script = "return fetch('/v1/friends').then((answer) => answer.json())";
        let answer: Value = self.browser.execute(script, Vec::new()).await.unwrap().convert().unwrap();
        let friends = answer["friends"].as_array().unwrap();
        friends.iter().find(|friend| friend["profile_nickname"] == nickname).unwrap()["uuid"].clone()
    }
}

#[tokio::test]
async fn open_history_follows_what_happens_and_names_friends() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in().await;
    desk.browser.press_named("nav a", "기록").await;
    desk.browser.see("#none", "아직 보낸 메시지가 없습니다").await;
    desk.browser.fits("history-empty").await;
    desk.browser.execute("document.body.dataset.stays = 'yes'", Vec::new()).await.unwrap();

    desk.post_message(json!({"to": "me", "text": "저절로 나타나는 글"})).await;
    desk.browser.see(".message .ktb-bubble", "저절로 나타나는 글").await;
    desk.browser.see(".message h2 .state", "보냄").await;
    desk.browser.see_gone("#none").await;
    let apeach = desk.friend("어피치").await;
    let to_friends = json!({"to": {"friends": [apeach, "nobody-1"]}, "text": "친구에게"});
    desk.post_message(to_friends).await;
    desk.browser.see(".message .receivers", "어피치").await;
    desk.browser.see(".message:first-child h2 .state", "일부만 보냄").await;
    desk.browser.see("body[data-stays=yes] .message:nth-child(2)", "나에게").await;
    desk.browser.close(&[]).await;
}

#[tokio::test]
async fn history_works_without_scripts_and_in_english() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in().await;
    let tomorrow = "return new Date(Date.now() + 86400000).toISOString()";
    let send_at: Value = desk.browser.execute(tomorrow, Vec::new()).await.unwrap().convert().unwrap();
    desk.post_message(json!({"to": "me", "text": "내일 아침에 보는 글", "send_at": send_at})).await;
    desk.browser.without_scripts().await;
    desk.browser.press_named("nav a", "기록").await;
    desk.browser.press_named("nav a", "English").await;
    desk.browser.see("h1", "History").await;
    desk.browser.see(".message h2 .state", "Scheduled").await;
    desk.browser.fits("history-english").await;
    desk.browser.press_named(".message button", "Cancel").await;
    desk.browser.see(".message:target h2 .state", "Cancelled").await;
    desk.browser.press_named(".message button", "Send again").await;
    desk.browser.press_named(".filters button", "Show").await;
    desk.browser.press_named(".message h2 a", "To me").await;
    desk.browser.see("h1", "One message").await;
    desk.browser.fits("message-english").await;
    desk.browser.close(&[]).await;
}

/// For the pictures: each state in which a message can stay.
#[tokio::test]
async fn every_state_of_the_history_fits_a_desk_and_a_phone() {
    let Some(desk) = Desk::with(|machine| machine.set("KATOK_QUOTA_SENDER", "3")).await else { return };
    desk.sign_in().await;
    let apeach = desk.friend("어피치").await;
    let to_apeach = json!({"friends": [apeach]});
    desk.post_message(json!({"to": to_apeach, "text": "오늘 저녁 7시, 강남역 11번 출구"})).await;
    desk.post_message(json!({"to": {"friends": [apeach, "nobody-1"]}, "text": "같이 볼 사람?"})).await;
    let feed = json!({
        "object_type": "feed",
        "content": {
            "title": "딸기 치즈 케이크", "description": "#케익 #딸기 #삼평동 #카페 #분위기",
            "link": {"web_url": "http://localhost:4000"},
        },
        "social": {"like_count": 286, "comment_count": 45},
        "buttons": [{"title": "웹으로 이동", "link": {"web_url": "http://localhost:4000"}}],
    });
    desk.post_message(json!({"to": "me", "template": feed})).await;
    desk.browser.press_named("nav a", "기록").await;
    // What Kakao refused has used up nothing.
    desk.browser.see(".group .state.refused", "보내지 못함").await;
    for text in ["오늘의 마지막", "한도가 차서 내일 가는 글"] {
        desk.post_message(json!({"to": to_apeach, "text": text})).await;
    }
    desk.browser.see(".state.waiting_quota", "내일 보낼 예정").await;
    desk.browser.fits("history").await;
    desk.browser.press_named(".message h2 a", "친구 2명에게").await;
    desk.browser.see("h1", "메시지 하나").await;
    desk.browser.see(".receivers", "어피치").await;
    desk.browser.fits("message").await;
    desk.browser.close(&[]).await;
}
