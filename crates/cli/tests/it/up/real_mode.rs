//! With a Kakao key the same gateway talks to the configured addresses, and nothing of the emulator starts.

use serde_json::{Value, json};
use url::Url;

use crate::curl::Curl;
use crate::emulator::seed;
use crate::program::{Machine, free_port};

#[tokio::test]
async fn with_a_key_login_and_messages_go_where_the_settings_say() {
    let port = free_port().to_string();
    let gateway = Url::parse(&format!("http://localhost:{port}")).unwrap();
    let kakao = Machine::new();
    let seed = kakao.file("seed.yaml", &seed(gateway.join("/redirect").unwrap().as_str()));
    let (_kakao_running, kakao) = kakao.emulator_with(&["--port", "0", "--seed", &seed]);

    let mut machine = Machine::new();
    machine.connect_to(&kakao).await;
    let running = machine.start(&["--json", "up", "--port", &port]);
    assert_eq!(
        running.json(),
        json!({"gateway": gateway, "kakao": "kakao", "emulator": null, "database": null})
    );
    for left_out in ["emulator.json", "running.json"] {
        assert!(!machine.data().join(left_out).exists(), "{left_out}");
    }

    let mut curl = Curl::new();
    assert_eq!(curl.get(gateway.join("/healthz").unwrap()).await.json()["kakao"], "kakao");
    let page = curl.get(gateway.clone()).await.body;
    assert!(page.contains("실제 카카오톡에 도착합니다") && !page.contains("에뮬레이터"), "{page}");

    curl.sign_in(&gateway, &kakao, "ryan").await;
    curl.post(gateway.join("/message").unwrap(), &json!({"text": "나에게"})).await.json();
    let friends = curl.get(gateway.join("/friends").unwrap()).await.json();
    let apeach = friends["elements"][0]["uuid"].as_str().unwrap();
    let draft = json!({"text": "친구에게", "uuid": [apeach]});
    let report = curl.post(gateway.join("/friend-message").unwrap(), &draft).await.json();
    assert_eq!(report["successful_receiver_uuids"], json!([apeach]));
    assert_eq!(kakao.texts("ryan").await, ["나에게"]);
    assert_eq!(kakao.texts("apeach").await, ["친구에게"]);
    running.stop("TERM");
}

#[tokio::test]
async fn without_kakao_the_page_still_comes_and_the_login_leads_to_kakao() {
    let mut machine = Machine::new();
    let nowhere = format!("http://localhost:{}", free_port());
    machine.set("KAKAO_REST_API_KEY", "0123456789abcdef0123456789abcdef");
    machine.set("KAKAO_AUTH_BASE_URL", &nowhere);
    machine.set("KAKAO_API_BASE_URL", &nowhere);
    let running = machine.start(&["--json", "up", "--port", "0"]);
    assert_eq!(running.json()["emulator"], Value::Null);
    let gateway = Url::parse(running.json()["gateway"].as_str().unwrap()).unwrap();
    let mut curl = Curl::new();
    assert_eq!(curl.get(gateway.clone()).await.status, 200);
    let kakao = curl.get(gateway.join("/authorize").unwrap()).await.location;
    assert!(kakao.starts_with(&format!("{nowhere}/oauth/authorize?")), "{kakao}");
}
