//! What the sample's page does with Kakao's JavaScript SDK, which stands in for itself here: it comes from Kakao's host.

use serde_json::{Value, json};

use super::Desk;

/// Adds to the page what it has with a JavaScript key, and an SDK that notes what it is asked.
const WITH_SDK: &str = r#"
    window.asked = [];
    const note = (what) => (with_what) => { asked.push([what, with_what]); };
    window.Kakao = { init: note("init"), Share: { sendDefault: note("share") }, Auth: { authorize: note("authorize") } };
    document.body.insertAdjacentHTML("beforeend", `<div id="kakao-sdk" data-key="key" data-state="sdk" data-sample="안녕"
        data-home="https://katok.example/" data-redirect-uri="https://katok.example/redirect"></div>
        <a id="sdk-login" href="/authorize">SDK</a><button id="share" hidden>Share</button>`);
    const style = document.querySelector("link[rel=stylesheet]").href;
    return import(new URL("kakao.js", style)).then(() => true);"#;

#[tokio::test]
async fn sdk_signs_in_with_the_state_of_the_gateway_and_shares_what_is_typed() {
    let Some(desk) = Desk::new().await else { return };
    desk.sign_in().await;
    desk.browser.execute(WITH_SDK, Vec::new()).await.unwrap();
    desk.browser.press("#share").await;
    desk.browser.write("#text", "함께 볼 글").await;
    desk.browser.press("#share").await;
    desk.browser.press("#sdk-login").await;
    let asked = desk.browser.execute("return asked", Vec::new()).await.unwrap();
    let link = json!({"mobileWebUrl": "https://katok.example/", "webUrl": "https://katok.example/"});
    let shared = |text: &str| json!(["share", {"objectType": "text", "text": text, "link": link}]);
    let signed_in = json!(["authorize",
        {"redirectUri": "https://katok.example/redirect", "state": "sdk", "throughTalk": false}]);
    let wanted: Value = json!([["init", "key"], shared("안녕"), shared("함께 볼 글"), signed_in]);
    assert_eq!(*asked.json(), wanted);
    desk.browser.close(&[]).await;
}
