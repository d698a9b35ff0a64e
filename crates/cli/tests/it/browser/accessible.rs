//! Every page of the gateway is accessible as far as axe-core can tell: in both languages, on a desk and a phone.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::Desk;
use super::chromium::Chromium;
use crate::third_party::third_party;

/// Desk and phone.
const SIZES: [(u32, u32); 2] = [(1280, 900), (360, 780)];

impl Chromium {
    /// What axe-core finds wrong with the page that is open, as it is now.
    async fn violations(&self, axe: &str) -> Vec<String> {
        self.execute(axe, Vec::new()).await.unwrap();
        let script = "const done = arguments[0];
            axe.run(document, { resultTypes: ['violations'] }).then((found) => done(found.violations), (error) => done(String(error)));";
        let found = self.execute_async(script, Vec::new()).await.unwrap();
        let Value::Array(found) = found.json().clone() else { panic!("axe-core failed: {}", found.json()) };
        let told = |violation: &Value| {
            let nodes = violation["nodes"].as_array().unwrap().iter().map(|node| &node["html"]);
            format!("{}: {} {}", violation["id"], violation["help"], json!(nodes.collect::<Vec<_>>()))
        };
        found.iter().map(told).collect()
    }
}

#[tokio::test]
async fn axe_finds_nothing_on_any_page_of_the_gateway() {
    let Some(modules) = third_party("KATOK_TEST_NODE_MODULES") else { return };
    let axe = fs::read_to_string(Path::new(&modules).join("axe-core/axe.min.js")).unwrap();
    let Some(desk) = Desk::new().await else { return };
    let mut found = Vec::new();
    look_at(&desk, &axe, &["/", "/index.html", "/setup", "/nowhere", "/logged-out"], &mut found).await;
    desk.sign_in().await;
    let message = desk.post_message(json!({"to": "me", "text": "모두가 읽을 수 있는 글"})).await;
    let message = format!("/history/{message}");
    let pages = [
        message.as_str(),
        "/",
        "/history",
        "/index.html",
        "/account",
        "/account/unlink",
        "/message",
        "/unlink",
    ];
    look_at(&desk, &axe, &pages, &mut found).await;
    for kind in ["feed", "list", "commerce"] {
        look_at_composer(&desk, &axe, kind, &mut found).await;
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    // These answer with a page and the status of what they did not do.
    desk.browser.close(&["/nowhere", "/logged-out", "/message", "/unlink"]).await;
}

/// With a message in it that has everything, by day and by night.
async fn look_at_composer(desk: &Desk, axe: &str, kind: &str, found: &mut Vec<String>) {
    desk.browser.open_page(desk.gateway.as_str()).await;
    desk.browser.press(&format!(".kind[value={kind}]")).await;
    desk.browser.see(&format!(".kind[value={kind}][aria-pressed=true]"), "").await;
    desk.browser.press("button[value=example]").await;
    desk.browser.see("#phone .ktb-bubble", "").await;
    for shade in ["light", "dark"] {
        desk.browser.press(&format!("input[name=shade][value={shade}]")).await;
        desk.browser.see(&format!("#phone.ktb-{shade}"), "").await;
        found.extend(
            desk.browser.violations(axe).await.iter().map(|wrong| format!("{kind}, {shade}: {wrong}")),
        );
    }
}

async fn look_at(desk: &Desk, axe: &str, pages: &[&str], found: &mut Vec<String>) {
    for language in ["ko", "en"] {
        let chosen = format!("document.cookie = 'katok_language={language}; path=/'");
        desk.browser.execute(&chosen, Vec::new()).await.unwrap();
        for page in pages {
            desk.browser.open_page(desk.gateway.join(page).unwrap().as_str()).await;
            for (width, height) in SIZES {
                desk.browser.resize(width, height).await;
                let violations = desk.browser.violations(axe).await;
                found.extend(violations.iter().map(|wrong| format!("{page} ({language}, {width}): {wrong}")));
            }
        }
    }
}
