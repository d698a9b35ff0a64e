//! Saved templates: kept for their owner alone, filled in when they are sent.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::database::Database;
use crate::house::House;

fn greeting() -> Value {
    json!({
        "name": " 배포 알림 ",
        "template": {
            "object_type": "text",
            "text": "${version} 배포 완료, ${누가} ($${version})",
            "link": {"web_url": "https://example.com/${version}"}
        }
    })
}

async fn saved(browser: &Browser, wish: Value) -> String {
    browser.post("/v1/templates", wish).await.is(201)["id"].as_str().unwrap().to_owned()
}

async fn put(house: &House, browser: &Browser, id: &str, wish: Value) -> Page {
    let address = house.url.join(&format!("/v1/templates/{id}")).unwrap();
    browser.send(crate::browser::http().put(address).json(&wish)).await
}

async fn delete(browser: &Browser, id: &str) -> Page {
    browser.request_with(Method::DELETE, &format!("/v1/templates/{id}"), &[]).await
}

#[tokio::test]
async fn a_template_is_kept_changed_and_deleted_by_its_owner_alone() {
    let house = House::open().await;
    let (ryan, apeach) = (house.signed_in("ryan").await, house.signed_in("apeach").await);
    let made = ryan.post("/v1/templates", greeting()).await.is(201);
    assert_eq!((&made["name"], &made["variables"]), (&json!("배포 알림"), &json!(["version", "누가"])));
    assert_eq!(made["template"], greeting()["template"]);
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/templates/{id}");
    assert_eq!(ryan.get(&path).await.is(200), made);
    house.advance(SignedDuration::from_mins(1));
    let other = json!({"name": "다른 이름", "template": {"object_type": "feed"}});
    apeach.get(&path).await.is(404);
    put(&house, &apeach, id, other.clone()).await.is(404);
    delete(&apeach, id).await.is(404);
    assert_eq!(apeach.get("/v1/templates").await.is(200)["templates"], json!([]));
    let changed = put(&house, &ryan, id, other).await.is(200);
    assert_eq!((&changed["name"], &changed["variables"]), (&json!("다른 이름"), &json!([])));
    assert_eq!(changed["created_at"], made["created_at"]);
    assert_eq!(changed["changed_at"], "2026-01-01T03:01:00Z");
    let second = saved(&ryan, greeting()).await;
    let list = ryan.get("/v1/templates").await.is(200);
    assert_eq!((&list["templates"][0]["id"], &list["templates"][1]["id"]), (&json!(second), &json!(id)));
    assert_eq!(delete(&ryan, id).await.status, 204);
    delete(&ryan, id).await.is(404);
    ryan.get(&path).await.is(404);
}

#[tokio::test]
async fn what_cannot_be_saved_is_refused_with_its_reason() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let with = |name: &str, template: Value| json!({"name": name, "template": template});
    let text = |text: &str| json!({"object_type": "text", "text": text});
    for (wish, why) in [
        (with(" ", text("a")), "name"),
        (with("a\nb", text("a")), "name"),
        (with(&"이".repeat(61), text("a")), "60"),
        (with("a", text("${b c}")), "text: after ${"),
        (with("a", text(&"긴".repeat(6_000))), "16 KiB"),
        (with("a", json!("{}")), "template"),
        (json!({"name": "a"}), "template"),
    ] {
        let refused = browser.post("/v1/templates", wish.clone()).await.is(422);
        let told = refused["remedy"]["en"].as_str().unwrap().to_owned() + refused["detail"].as_str().unwrap();
        assert!(told.contains(why) || told.contains("not what it should be"), "{wish}: {told}");
    }
    let nothing = json!({"name": "아직 비어 있는 것", "template": {}});
    for _ in 0..100 {
        saved(&browser, nothing.clone()).await;
    }
    assert_eq!(browser.post("/v1/templates", nothing).await.is(409)["code"], "too_many_templates");
}

#[tokio::test]
async fn a_message_is_made_of_a_saved_template_and_its_variables() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let id = saved(&browser, greeting()).await;
    let message = |more: Value| {
        let mut message = json!({"to": "me", "saved_template": id});
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        message
    };
    let variables = json!({"version": "v2", "누가": "${version} <b>라이언</b>"});
    browser.post("/v1/messages", message(json!({"variables": variables}))).await.is(202);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["v2 배포 완료, ${version} <b>라이언</b> (${version})"]);
    let refused =
        browser.post("/v1/messages", message(json!({"variables": {"version": "v3"}}))).await.is(422);
    assert!(refused["detail"].as_str().unwrap().contains("누가"), "{refused}");
    for more in [
        json!({}),
        json!({"variables": {"version": 3}}),
        json!({"variables": variables, "template": {"object_type": "text"}}),
        json!({"variables": variables, "text": "하나만"}),
        json!({"variables": variables, "saved_template": "tpl_0"}),
        json!({"variables": variables, "saved_template": null}),
    ] {
        browser.post("/v1/messages", message(more)).await.is(422);
    }
    let without = json!({"to": "me", "text": "변수 없이", "variables": {}});
    browser.post("/v1/messages", without).await.is(422);
    let apeach = house.signed_in("apeach").await;
    apeach.post("/v1/messages", message(json!({"variables": variables}))).await.is(422);
    // What Kakao would refuse is found once it is filled in.
    let broken = json!({"name": "종류", "template": {"object_type": "${kind}", "text": "a", "link": {}}});
    let broken = saved(&browser, broken).await;
    let refused = json!({"to": "me", "saved_template": broken, "variables": {"kind": "letter"}});
    browser.post("/v1/messages", refused).await.is(422);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan").len(), 1);
}

#[tokio::test]
async fn who_asks_for_the_same_message_again_gets_it_though_the_template_is_another_by_now() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let id = saved(&browser, greeting()).await;
    let ask = async |person: &str| {
        let message =
            json!({"to": "me", "saved_template": id, "variables": {"version": "v2", "누가": person}});
        let request = crate::browser::http().post(house.url.join("/v1/messages").unwrap()).json(&message);
        browser.send(request.header("idempotency-key", "deploy-2")).await
    };
    let first = ask("라이언").await.is(202);
    put(&house, &browser, &id, json!({"name": "a", "template": {"object_type": "feed", "text": "${new}"}}))
        .await
        .is(200);
    assert_eq!(ask("라이언").await.is(202), first);
    assert_eq!(delete(&browser, &id).await.status, 204);
    assert_eq!(ask("라이언").await.is(202), first);
    ask("어피치").await.is(422);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan"), ["v2 배포 완료, 라이언 (${version})"]);
}

#[tokio::test]
async fn a_key_that_reads_sees_templates_and_no_key_changes_them() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    let id = saved(&browser, greeting()).await;
    let key = async |scope: &str| {
        let key = browser.post("/v1/keys", json!({"name": "봇", "scopes": [scope]})).await.is(201);
        format!("Bearer {}", key["key"].as_str().unwrap())
    };
    let (reads, sends) = (key("read").await, key("send:me").await);
    let program = house.visitor();
    let path = format!("/v1/templates/{id}");
    for path in ["/v1/templates", &path] {
        program.get_with(path, &[("authorization", &reads)]).await.is(200);
        program.get_with(path, &[("authorization", &sends)]).await.is(403);
        program.get(path).await.is(401);
    }
    program.request_with(Method::DELETE, &path, &[("authorization", &reads)]).await.is(403);
    let message = json!({"to": "me", "saved_template": id, "variables": {"version": "v2", "누가": "봇"}});
    let request = crate::browser::http().post(house.url.join("/v1/messages").unwrap()).json(&message);
    program.send(request.header("authorization", &sends)).await.is(202);
    house.gateway.do_what_is_due().await;
    assert_eq!(house.texts("ryan").len(), 1);
}

#[tokio::test]
async fn they_are_sealed_outlive_a_restart_and_a_key_and_go_with_their_account() {
    let house = House::open_on(Database::new().await).await;
    let browser = house.signed_in("ryan").await;
    let id = saved(&browser, greeting()).await;
    house.advance(SignedDuration::from_secs(1));
    saved(&browser, json!({"name": "둘째", "template": {}})).await;
    house.rotate().await;
    let house = house.restart().await;
    let found = browser.get(&format!("/v1/templates/{id}")).await.is(200);
    assert_eq!(found["name"], "배포 알림");
    assert_eq!(house.number("SELECT count(*) FROM saved_templates").await, 2);
    let found = house.check().await.unwrap();
    assert_eq!((found.opened, found.damaged), (4, 0));
    house
        .sql(
            "UPDATE saved_templates SET sealed = (SELECT sealed FROM saved_templates t ORDER BY id LIMIT 1)
             WHERE id = (SELECT MAX(id) FROM saved_templates)",
        )
        .await;
    let found = house.check().await.unwrap();
    assert_eq!((found.opened, found.damaged), (3, 1));
    browser.post("/unlink", json!({})).await.is(200);
    assert_eq!(house.number("SELECT count(*) FROM saved_templates").await, 0);
}
