//! The pages: what they say of themselves, and what they must never allow.

use crate::house::House;

#[tokio::test]
async fn every_page_says_that_this_is_the_emulator() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for (path, status) in [("/", 200), ("/index.html", 200), ("/redirect", 400), ("/nothing", 404)] {
        let page = browser.get(path).await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert!(page.body.contains("에뮬레이터"), "{path}");
    }
    assert_eq!(browser.get("/healthz").await.json()["kakao"], "emulator");
}

#[tokio::test]
async fn every_answer_forbids_foreign_scripts_frames_and_caches() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    for path in ["/", "/profile", "/nothing", "/redirect"] {
        let page = browser.get(path).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert_eq!(page.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn pages_hold_no_inline_script_or_style_and_their_assets_exist() {
    let house = House::open().await;
    for browser in [house.visitor(), house.signed_in("ryan").await] {
        let page = browser.get("/").await.body;
        assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("onclick="), "{page}");
        let assets: Vec<&str> = page.split('"').filter(|part| part.starts_with("/static/")).collect();
        assert!(!assets.is_empty());
        for asset in assets {
            let answer = browser.get(asset).await;
            assert_eq!(answer.status, 200, "{asset}");
            assert!(answer.headers["cache-control"].to_str().unwrap().contains("immutable"));
        }
    }
}

#[tokio::test]
async fn the_page_offers_sign_in_to_nobody_and_work_to_somebody() {
    let house = House::open().await;
    let anonymous = house.visitor().get("/").await.body;
    assert!(anonymous.contains("카카오 로그인") && !anonymous.contains("id=\"send-me\""));
    let signed_in = house.signed_in("ryan").await.get("/index.html").await.body;
    assert!(signed_in.contains("id=\"send-me\"") && signed_in.contains("로그아웃"));
    assert!(!signed_in.contains("라이언"), "the page itself holds nothing personal");
}
