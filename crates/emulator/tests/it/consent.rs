//! What the consent page asks beyond consent items: service terms and channels (Kakao Sync).

use std::collections::BTreeSet;

use katok_emulator::seed::{Channel, ChannelRelation, Link, ServiceTerms};
use katok_emulator::{Decision, Seed};

use crate::support::{Browser, Kakao, Shown, parameter};

async fn kakao() -> Kakao {
    let mut seed = Seed::built_in();
    let terms = |tag: &str, title: Option<&str>, required| ServiceTerms {
        tag: tag.to_owned(),
        title: title.map(str::to_owned),
        required,
    };
    seed.apps[0].service_terms =
        vec![terms("tos", Some("이용약관"), true), terms("news", None, false), terms("ads", None, false)];
    let channel = |id: &str| Channel { public_id: id.to_owned(), uuid: format!("@{id}"), suspended: false };
    seed.apps[0].channels = vec![channel("_shop"), channel("_help")];
    Kakao::start_from(seed).await
}

/// The tags of the terms on the page.
fn terms(page: &Shown) -> Vec<String> {
    boxes(page, "service_terms")
}

fn boxes(page: &Shown, name: &str) -> Vec<String> {
    let start = format!("name=\"{name}\" value=\"");
    page.html.split(&start).skip(1).map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

async fn agree(browser: &mut Browser<'_>, page: &Shown, fields: &[(&str, &str)]) -> Shown {
    let fields = [&[("scope", "profile_nickname"), ("decision", "agree")], fields].concat();
    browser.submit(&page.form_action("consent"), &fields).await
}

/// Exchanges the code that came back, which is when a link takes effect.
async fn link(kakao: &Kakao, back: &Shown, person: &str) -> Link {
    let code = parameter(&back.redirect(), "code").unwrap();
    kakao.token(&[("code", &code)]).await.ok();
    let links = kakao.emulator.world().links;
    links.into_iter().find(|link| link.person.as_str() == person).unwrap()
}

#[tokio::test]
async fn the_first_login_shows_the_terms_and_keeps_what_was_agreed_to() {
    let kakao = kakao().await;
    let mut browser = kakao.browser();
    let page = browser.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    assert_eq!(terms(&page), ["tos", "news", "ads"]);
    assert!(page.html.contains("[필수] 이용약관") && page.html.contains("[선택] news"), "{}", page.html);
    let fields = [("service_terms", "tos"), ("service_terms", "ads"), ("service_terms", "unknown")];
    let back = agree(&mut browser, &page, &fields).await;
    let expected: BTreeSet<String> = ["tos", "ads"].map(str::to_owned).into();
    assert_eq!(link(&kakao, &back, "ryan").await.service_terms, expected);
}

#[tokio::test]
async fn service_terms_choose_the_terms_if_one_of_them_is_required() {
    let kakao = kakao().await;
    for (named, shown) in [("tos,ads", &["tos", "ads"][..]), ("news,ads", &[]), ("", &[]), ("other", &[])] {
        let url = format!("{}&service_terms={named}", kakao.authorize_url(&[]));
        let page = kakao.browser().sign_in(&url.parse().unwrap(), "ryan").await;
        assert_eq!(terms(&page), shown, "{named}");
    }
}

#[tokio::test]
async fn somebody_linked_is_asked_for_the_terms_that_are_named_and_missing() {
    let kakao = kakao().await;
    let mut browser = kakao.browser();
    browser.sign_in(&kakao.authorize_url(&[]), "apeach").await.redirect();
    let url = kakao.authorize_url(&[("service_terms", "tos,news")]);
    let silent = kakao.authorize_url(&[("service_terms", "tos,news"), ("prompt", "none")]);
    let refused = browser.open(&silent).await.redirect();
    assert_eq!(parameter(&refused, "error").unwrap(), "consent_required");
    let page = browser.open(&url).await;
    assert_eq!(terms(&page), ["tos", "news"]);
    let back = agree(&mut browser, &page, &[("service_terms", "tos"), ("service_terms", "news")]).await;
    link(&kakao, &back, "apeach").await;
    browser.open(&url).await.redirect();
}

#[tokio::test]
async fn required_terms_cannot_be_left_out() {
    let kakao = kakao().await;
    let mut browser = kakao.browser();
    let page = browser.sign_in(&kakao.authorize_url(&[]), "ryan").await;
    let shown = agree(&mut browser, &page, &[("service_terms", "news")]).await;
    assert!(shown.html.contains("KOE203") && shown.html.contains("tos"), "{}", shown.html);
}

#[tokio::test]
async fn a_channel_that_is_offered_and_taken_is_added() {
    let kakao = kakao().await;
    let mut browser = kakao.browser();
    let url = kakao.authorize_url(&[("channel_public_id", "_shop,_help,_other")]);
    let page = browser.sign_in(&url, "ryan").await;
    assert_eq!(boxes(&page, "channel"), ["_shop", "_help"]);
    let fields = [("service_terms", "tos"), ("channel", "_help"), ("channel", "_other")];
    agree(&mut browser, &page, &fields).await.redirect();
    let world = kakao.emulator.world();
    let channels: Vec<_> = world.people[0].channels.iter().collect();
    assert_eq!(channels, [(&"_help".to_owned(), &ChannelRelation::Added)]);
    // Who has agreed to everything is not stopped for a channel.
    kakao.browser().sign_in(&url, "apeach").await.redirect();
}

#[tokio::test]
async fn approve_agrees_to_all_terms_and_channels() {
    let kakao = kakao().await;
    let url = kakao.authorize_url(&[("channel_public_id", "_shop")]);
    let back = kakao.emulator.approve(&url, "ryan", &Decision::AllowOnly(BTreeSet::new())).unwrap();
    kakao.token(&[("code", &parameter(&back, "code").unwrap())]).await.ok();
    let world = kakao.emulator.world();
    let link = world.links.iter().find(|link| link.person.as_str() == "ryan").unwrap();
    assert_eq!(link.service_terms.len(), 3);
    assert!(world.people[0].channels.contains_key("_shop"));
}
