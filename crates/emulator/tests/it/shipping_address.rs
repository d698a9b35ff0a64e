//! The user's shipping addresses.

use katok_emulator::Seed;
use katok_emulator::seed::ShippingAddress;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Kakao};

async fn ask(kakao: &Kakao, token: &str, query: &str) -> Answer {
    Answer::of(kakao.get(&format!("/v1/user/shipping_address?{query}")).bearer_auth(token)).await
}

/// ryan has twelve addresses, of which the third oldest is the default one.
async fn start() -> (Kakao, String) {
    let mut seed = Seed::built_in();
    let sample = seed.people[0].shipping_addresses[0].clone();
    let address = |number: i64| ShippingAddress {
        id: number,
        is_default: number == 3,
        updated_at: Some(number * 100),
        ..sample.clone()
    };
    seed.people[0].shipping_addresses = (1..=12).map(address).collect();
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token_with("ryan", &["shipping_address"]).await;
    (kakao, token)
}

async fn ids(kakao: &Kakao, token: &str, query: &str) -> Vec<i64> {
    let answer = ask(kakao, token, query).await.ok();
    let addresses = answer["shipping_addresses"].as_array().unwrap().iter();
    addresses.map(|address| address["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn addresses_come_with_all_their_fields_once_agreed_to() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token_with("ryan", &["shipping_address"]).await;
    let id = kakao.me(&token).await.ok()["id"].clone();
    assert_eq!(
        ask(&kakao, &token, "").await.ok(),
        json!({
            "user_id": id,
            "shipping_addresses": [
                {
                    "id": 7001, "name": "집", "is_default": true, "updated_at": 1_767_225_600, "type": "NEW",
                    "base_address": "서울 종로구 보기로 1", "detail_address": "101호", "receiver_name": "김라온",
                    "receiver_phone_number1": "010-0000-0001", "receiver_phone_number2": "",
                    "zone_number": "00001", "zip_code": "000-001",
                },
                {
                    "id": 7002, "name": "회사", "is_default": false, "updated_at": 1_764_547_200, "type": "OLD",
                    "base_address": "경기 성남시 보기동 2", "detail_address": "6층", "receiver_name": "김라온",
                    "receiver_phone_number1": "010-0000-0001", "zip_code": "000-002",
                },
            ],
            "shipping_addresses_needs_agreement": false,
        })
    );
}

#[tokio::test]
async fn addresses_not_agreed_to_have_their_flag_alone() {
    let kakao = Kakao::start().await;
    let token = kakao.access_token("ryan").await;
    let id = kakao.me(&token).await.ok()["id"].clone();
    let expected = json!({"user_id": id, "shipping_addresses_needs_agreement": true});
    assert_eq!(ask(&kakao, &token, "").await.ok(), expected);
}

#[tokio::test]
async fn the_default_address_stands_first_on_every_page() {
    let (kakao, token) = start().await;
    assert_eq!(ids(&kakao, &token, "").await, [3, 12, 11, 10, 9, 8, 7, 6, 5, 4]);
    assert_eq!(ids(&kakao, &token, "from_updated_at=0&page_size=3").await, [3, 12, 11]);
    assert_eq!(ids(&kakao, &token, "from_updated_at=1100&page_size=3").await, [3, 10, 9]);
    assert_eq!(ids(&kakao, &token, "from_updated_at=200&page_size=3").await, [3, 1]);
    assert_eq!(ids(&kakao, &token, "from_updated_at=100&page_size=3").await, [3]);
}

#[tokio::test]
async fn one_address_can_be_asked_for() {
    let (kakao, token) = start().await;
    assert_eq!(ids(&kakao, &token, "address_id=7").await, [7]);
    assert_eq!(ids(&kakao, &token, "address_id=99").await, Vec::<i64>::new());
}

#[tokio::test]
async fn pages_of_less_than_two_and_what_is_no_number_are_minus_2() {
    let (kakao, token) = start().await;
    for query in ["page_size=1", "page_size=x", "address_id=x", "from_updated_at=x"] {
        let answer = ask(&kakao, &token, query).await;
        assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!(-2)), "{query}");
    }
}

#[tokio::test]
async fn an_app_that_does_not_ask_for_addresses_is_refused_with_minus_3() {
    let mut seed = Seed::built_in();
    seed.apps[0].consent_items.retain(|item| item.id != "shipping_address");
    let kakao = Kakao::start_from(seed).await;
    let token = kakao.access_token("ryan").await;
    let answer = ask(&kakao, &token, "").await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (403, &json!(-3)));
}

#[tokio::test]
async fn the_admin_key_names_whose_addresses_it_wants() {
    let (kakao, token) = start().await;
    let id = kakao.me(&token).await.ok()["id"].to_string();
    let target = [("target_id_type", "user_id"), ("target_id", id.as_str()), ("page_size", "2")];
    let answer: Value = kakao.admin(Method::GET, "/v1/user/shipping_address", &target).await.ok();
    assert_eq!(answer["shipping_addresses"].as_array().unwrap().len(), 2);
}
