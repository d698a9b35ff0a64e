//! `katok send`: long texts, the forms that need no template file, and `--dry-run`.

use serde_json::{Value, json};

use super::{signed_in, signed_in_over_a_wire};
use crate::program::Machine;
use crate::wire::Trouble;

const MEMO: &str = "/v2/api/talk/memo/default/send";

/// Three paragraphs of a hundred and fifty characters each.
fn three_paragraphs() -> (String, [String; 3]) {
    let paragraphs = ["가", "나", "다"].map(|letter| format!("{}.", letter.repeat(149)));
    (paragraphs.join("\n\n"), paragraphs)
}

#[tokio::test]
async fn text_longer_than_kakaotalk_shows_is_an_error_that_names_both_ways_out() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let refused = machine.katok(&["send", &"🍑".repeat(238)]).exits(2);
    let refused = refused.says("238자").says("238 characters").says("--split").says("--truncate");
    assert_eq!(refused.stdout, "");
    machine.katok(&["send", "--split", "--truncate", "안녕"]).exits(2);
    assert_eq!(emulator.messages("ryan").await.len(), 0);
    machine.katok(&["send", &"🍑".repeat(200)]).exits(0);
    assert_eq!(emulator.messages("ryan").await.len(), 1);
}

#[tokio::test]
async fn split_sends_all_of_a_long_text_in_order() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let (text, paragraphs) = three_paragraphs();
    let sent = machine.katok_reading(&["--json", "send", "--split", "-"], &text).exits(0).json();
    assert_eq!(emulator.texts("ryan").await, paragraphs);
    let states = ["done"; 3].map(|state| json!(state));
    assert_eq!(
        sent["parts"].as_array().unwrap().iter().map(|part| part["state"].clone()).collect::<Vec<_>>(),
        states
    );
    assert_eq!(sent["parts"][2], json!({"part": 3, "state": "done", "answer": {"result_code": 0}}));

    machine.katok(&["send", "--split", "--to", "어피치", &text]).exits(0);
    assert_eq!(emulator.texts("apeach").await, paragraphs);
    machine.katok(&["send", "--split", "짧은 글"]).exits(0);
    assert_eq!(emulator.texts("ryan").await[3..], ["짧은 글"]);
    machine.katok_reading(&["send", "--split", "-"], &"가".repeat(200 * 31)).exits(2).says("31");
    assert_eq!(emulator.messages("ryan").await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn split_stops_at_the_first_part_that_is_not_sent_and_says_which_were() {
    let (mut machine, wire, _running, emulator) = signed_in_over_a_wire().await;
    let (text, paragraphs) = three_paragraphs();
    let refusal = || Trouble::Answer(400, r#"{"msg": "API limit has been exceeded.", "code": -10}"#);
    let states = |told: &Value| {
        let parts = told["parts"].as_array().unwrap();
        parts.iter().map(|part| part["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let split = ["--json", "send", "--split", &text];

    wire.next(MEMO, [Trouble::None, refusal()]);
    let told = machine.katok(&split).exits(1).says("-10").says("가지 않은 부분만");
    assert_eq!(states(&told.json()), ["done", "failed", "not_sent"]);
    assert_eq!(emulator.texts("ryan").await, paragraphs[..1]);

    wire.next(MEMO, [Trouble::None, Trouble::LostAnswer]);
    let told = machine.katok(&split).exits(5);
    assert_eq!(states(&told.json()), ["done", "unconfirmed", "not_sent"]);
    assert_eq!(emulator.texts("ryan").await.len(), 3);

    // Nothing has been sent, so that all of it may be sent again.
    wire.next(MEMO, [Trouble::Answer(503, r#"{"msg": "under maintenance", "code": -9798}"#)]);
    assert_eq!(machine.katok(&split).exits(4).stdout, "");

    machine.set("LANG", "ko_KR.UTF-8");
    wire.next(MEMO, [Trouble::None, refusal()]);
    let told = machine.katok(&split[1..]).exits(1).stdout;
    assert_eq!(told, "✓ 1/3 보냄\n✗ 2/3 보내지 못함\n- 3/3 보내지 않음\n");
}

#[tokio::test]
async fn truncate_sends_the_beginning_up_to_a_word() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    machine.katok(&["send", "--truncate", &"배포 완료 ".repeat(50)]).exits(0);
    let text = &emulator.texts("ryan").await[0];
    assert!(text.chars().count() <= 200 && text.ends_with("완료…"), "{text}");
    machine.katok(&["send", "--truncate", "짧은 글"]).exits(0);
    assert_eq!(emulator.texts("ryan").await[1], "짧은 글");
}

#[tokio::test]
async fn buttons_lead_where_they_say() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let (one, two) = ("열기=http://localhost:4000/?a=b", "닫기=http://localhost:4000/");
    machine.katok(&["send", "--button", one, "--button", two, "안녕"]).exits(0);
    machine.katok(&["send", "--button-title", "보기", "--link", "http://localhost:4000/c", "안녕"]).exits(0);
    let messages = emulator.messages("ryan").await;
    let buttons = &messages[0]["template_object"]["buttons"];
    assert_eq!(
        (&buttons[0]["title"], &buttons[0]["link"]["web_url"]),
        (&json!("열기"), &json!("http://localhost:4000/?a=b"))
    );
    assert_eq!(buttons[1]["title"], "닫기");
    let template = &messages[1]["template_object"];
    assert_eq!(
        (&template["button_title"], &template["link"]["web_url"]),
        (&json!("보기"), &json!("http://localhost:4000/c"))
    );
    for wrong in [
        &["--button", "열기"][..],
        &["--button", "=http://localhost:4000/"],
        &["--button", "열기=javascript:alert(1)"],
        &["--button", one, "--button", two, "--button", one],
        &["--button", one, "--button-title", "보기"],
    ] {
        machine.katok(&[&["send", "안녕"], wrong].concat()).exits(2);
    }
    assert_eq!(emulator.messages("ryan").await.len(), 2);
}

#[tokio::test]
async fn standard_input_that_does_not_end_is_not_read_for_ever() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    for args in [&["send", "-"][..], &["send", "--template", "-"]] {
        let mut begun = machine.begin(args);
        begun.write(&"a".repeat(2 * 1024 * 1024 + 1));
        begun.line_of_talk("error: Standard input is longer than 2 MiB");
        assert_eq!(begun.status(), Some(2), "{args:?}");
    }
    assert_eq!(emulator.messages("ryan").await.len(), 0);
    let mut begun = machine.begin(&["explain", "-"]);
    begun.write(&"a".repeat(64 * 1024 * 1024 + 1));
    begun.line_of_talk("error: Standard input is longer than 64 MiB");
    assert_eq!(begun.status(), Some(2));
}

#[tokio::test]
async fn feed_shows_an_uploaded_picture() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    // One transparent pixel.
    let gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;";
    let picture = machine.file("pixel.gif", "");
    std::fs::write(&picture, gif).unwrap();
    let feed = ["send", "--feed", "새 글", "--description", "읽어 보세요", "--image", &picture];
    machine
        .katok(
            &[&feed[..], &["--link", "http://localhost:4000/1", "--button", "읽기=http://localhost:4000/2"]]
                .concat(),
        )
        .exits(0);
    let template = &emulator.messages("ryan").await[0]["template_object"];
    assert_eq!((&template["object_type"], &template["content"]["title"]), (&json!("feed"), &json!("새 글")));
    assert_eq!(template["content"]["description"], "읽어 보세요");
    assert_eq!(template["content"]["link"]["web_url"], "http://localhost:4000/1");
    assert_eq!(
        (&template["content"]["image_width"], &template["buttons"][0]["title"]),
        (&json!(1), &json!("읽기"))
    );
    let kept = template["content"]["image_url"].as_str().unwrap();
    assert!(kept.starts_with("http"), "{kept}");

    let address = "https://img.example.com/cake.png";
    machine.katok(&["send", "--feed", "케이크", "--image-url", address]).exits(0);
    assert_eq!(emulator.messages("ryan").await[1]["template_object"]["content"]["image_url"], address);

    let text = machine.file("notes.txt", "그림이 아님");
    let large = machine.file("large.gif", &format!("GIF89a{}", "0".repeat(5 * 1024 * 1024)));
    machine.katok(&["send", "--feed", "글", "--image", &text]).exits(2).says("JPEG");
    machine.katok(&["send", "--feed", "글", "--image", &large]).exits(2).says("5 MB");
    // It never ends.
    #[cfg(unix)]
    machine.katok(&["send", "--feed", "글", "--image", "/dev/zero"]).exits(2).says("/dev/zero");
    machine.katok(&["send", "--feed", "글", "--image", "/nowhere/a.png"]).exits(2).says("/nowhere/a.png");
    machine.katok(&["send", "글", "--image", &picture]).exits(2).says("--feed").says("--item");
    machine.katok(&["send", "--feed", "글", "--image", &picture, "--image-url", address]).exits(2);
    machine.katok(&["send", "--feed", "글", "글"]).exits(2);
    machine.katok(&["send", "--description", "글", "글"]).exits(2);
    assert_eq!(emulator.messages("ryan").await.len(), 2);
}

#[tokio::test]
async fn list_has_two_or_three_rows() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let whole = "탁구|스포츠|https://img.example.com/a.png|http://localhost:4000/a";
    machine.katok(&["send", "--list", "오늘", "--item", whole, "--item", "커피"]).exits(0);
    let template = &emulator.messages("ryan").await[0]["template_object"];
    assert_eq!((&template["object_type"], &template["header_title"]), (&json!("list"), &json!("오늘")));
    let [first, second] = [0, 1].map(|place| template["contents"][place].clone());
    assert_eq!(
        (&first["description"], &first["image_url"]),
        (&json!("스포츠"), &json!("https://img.example.com/a.png"))
    );
    assert_eq!(first["link"]["web_url"], "http://localhost:4000/a");
    assert_eq!((&second["title"], &second["link"]), (&json!("커피"), &template["header_link"]));

    machine
        .katok(&["send", "--list", "오늘", "--item", "a", "--item", "b", "--item", "c", "--to", "무지"])
        .exits(0);
    assert_eq!(emulator.messages("muzi").await[0]["template_object"]["contents"][2]["title"], "c");
    for wrong in [
        &["--item", "하나"][..],
        &["--item", "a", "--item", "b", "--item", "c", "--item", "d"],
        &["--item", "a", "--item", "|설명"],
        &["--item", "a", "--item", "b|c|그림.png"],
        &[],
    ] {
        machine.katok(&[&["send", "--list", "오늘"], wrong].concat()).exits(2);
    }
    machine.katok(&["send", "--item", "a", "--item", "b", "글"]).exits(2);
    machine.katok(&["send", "--split", "--feed", "글"]).exits(2);
    assert_eq!(emulator.messages("ryan").await.len(), 1);
}

#[tokio::test]
async fn what_kakao_would_refuse_is_not_sent_and_what_it_shows_otherwise_is_told() {
    let (machine, _running, emulator) = signed_in("ryan").await;
    let unknown = machine.file("unknown.json", r#"{"object_type": "hologram"}"#);
    let refused =
        machine.katok(&["send", "--template", &unknown]).exits(1).says("object_type").says("--dry-run");
    assert_eq!(refused.stdout, "");
    assert_eq!(emulator.messages("ryan").await.len(), 0);

    let long = json!({"object_type": "text", "text": "가".repeat(201), "link": {"web_url": "http://localhost:4000"}});
    let long = machine.file("long.json", &long.to_string());
    machine.katok(&["send", "--template", &long]).exits(0).says("경고: text").says("warning: text");
    assert_eq!(emulator.messages("ryan").await.len(), 1);
}

/// Nobody has signed in, nothing listens, and Kakao cannot be reached.
#[test]
fn dry_run_shows_what_would_be_sent_and_needs_nobody() {
    let mut machine = Machine::new();
    machine.set("LANG", "ko_KR.UTF-8");
    let shown =
        machine.katok(&["send", "--dry-run", "--button", "열기=https://svc.example", "배포 완료"]).exits(0);
    let shown = shown.says("보내지 않았습니다");
    assert!(shown.stdout.contains("배포 완료") && shown.stdout.contains("[ 열기 ]"), "{shown:#?}");
    let (text, _) = three_paragraphs();
    let shown = machine.katok(&["--json", "send", "--dry-run", "--split", &text]).exits(0).json();
    assert_eq!((&shown["is_sendable"], shown["messages"].as_array().unwrap().len()), (&json!(true), 3));
    assert_eq!(shown["messages"][0]["template"]["object_type"], "text");
    let picture = machine.file("a.png", "\u{89}PNG");
    machine.katok(&["send", "--dry-run", "--feed", "글", "--image", &picture]).exits(2);

    let unknown = machine.file("unknown.json", r#"{"object_type": "hologram"}"#);
    let refused = machine.katok(&["send", "--dry-run", "--template", &unknown]).exits(1);
    assert!(refused.stdout.contains("오류: object_type"), "{refused:#?}");
    let refused = machine.katok(&["--json", "send", "--dry-run", "--template", &unknown]).exits(1).json();
    assert_eq!(refused["is_sendable"], false);
    assert_eq!(refused["messages"][0]["findings"][0]["path"], "object_type");
    machine.katok(&["send", "--dry-run", &"가".repeat(201)]).exits(2).says("--split");
}

#[test]
fn what_only_a_gateway_can_do_says_so() {
    let machine = Machine::new();
    for only in [&["--at", "내일 09:00", "안녕"][..], &["--saved", "주문"]] {
        let refused = machine.katok(&[&["send"], only].concat()).exits(2);
        refused.says(only[0]).says("KATOK_GATEWAY_URL").says("works only through a gateway");
    }
}
