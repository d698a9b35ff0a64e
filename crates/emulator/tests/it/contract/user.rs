//! What the world must look like for the samples of the user's calls.

use katok_emulator::Seed;
use katok_emulator::seed::{
    Channel, ConsentItem, ConsentLevel, Gender, Link, Person, ServiceTerms, ShippingAddress,
};
use serde_json::json;

/// Changes the world of the samples to what this one shows.
pub(super) fn prepare(case: &str, seed: &mut Seed) {
    if case.starts_with("app_users/")
        || case.starts_with("user_") && case.ends_with("/by_admin_key")
        || case == "user_ids/last_page"
    {
        for (person, id) in seed.people.iter_mut().zip(4_820_000_001..) {
            person.user_ids.insert("APP".parse().unwrap(), id);
        }
    }
    let me = &mut seed.people[0];
    let app = &mut seed.apps[0];
    match case {
        "user_me/everything" => {
            fill_in(me);
            app.properties = vec!["favorite".to_owned()];
            let items = [
                "name",
                "account_email",
                "age_range",
                "birthyear",
                "birthday",
                "gender",
                "phone_number",
                "account_ci",
            ];
            app.consent_items.truncate(2);
            app.consent_items.extend(items.map(|id| item(id, ConsentLevel::Optional)));
            link_me(seed, &[]).properties = [("favorite".to_owned(), "blue".to_owned())].into();
        }
        "user_me/property_keys" => {
            app.properties = vec!["favorite".to_owned()];
            link_me(seed, &[]).properties = [("favorite".to_owned(), "blue".to_owned())].into();
        }
        "user_me/preregistered" => app.automatic_linking = false,
        "user_me/ip_mismatched" => app.ip_allow_list = vec!["203.0.113.0/29".to_owned()],
        "user_signup/signed_up" => {
            app.automatic_linking = false;
            app.properties = vec!["favorite".to_owned()];
        }
        "user_update_profile/stored" => app.properties = vec!["favorite".to_owned()],
        "user_update_profile/no_such_property" => app.app_id = 1_234_567,
        "user_ids/too_many_calls" => app.quotas.user_ids_per_minute = 0,
        "user_revoke_scopes/required" => app.consent_items[0] = item("profile", ConsentLevel::Required),
        _ if case.starts_with("user_shipping_address/") => {
            let level =
                if case.ends_with("/not_agreed") { ConsentLevel::InUse } else { ConsentLevel::Optional };
            app.consent_items.push(item("shipping_address", level));
            me.shipping_addresses = vec![address()];
            if case.ends_with("_page") || case.ends_with("/only_one") {
                me.shipping_addresses
                    .extend([other_address(78, 1_764_547_200), other_address(79, 1_762_000_000)]);
            }
        }
        _ if case.starts_with("user_scopes/") || case.starts_with("user_revoke_scopes/") => {
            app.consent_items = vec![
                item("profile_nickname", ConsentLevel::Required),
                item("account_email", ConsentLevel::InUse),
                item("talk_message", ConsentLevel::Optional),
            ];
            link_me(seed, &["profile_nickname", "talk_message", "gender"]);
        }
        "oauth_authorize/additional_consent_openid" => app.oidc = true,
        "oauth_authorize/kakao_sync" => {
            app.service_terms = service_terms();
            app.channels = ["_ZeUTxl", "_Bxkd"].map(channel).into();
        }
        _ if case.contains("service_terms/") => {
            "myapp".clone_into(&mut app.name);
            app.service_terms = service_terms();
            link_me(seed, &["profile_nickname"]).service_terms =
                ["service", "news"].map(str::to_owned).into();
        }
        _ => {}
    }
}

fn item(id: &str, level: ConsentLevel) -> ConsentItem {
    ConsentItem { id: id.to_owned(), level }
}

fn service_terms() -> Vec<ServiceTerms> {
    let terms = |tag: &str, required| ServiceTerms { tag: tag.to_owned(), title: None, required };
    vec![terms("service", true), terms("news", false), terms("ads", false)]
}

fn channel(public_id: &str) -> Channel {
    Channel { public_id: public_id.to_owned(), uuid: format!("@{public_id}"), suspended: false }
}

/// Signs `me` up beforehand; with all the app asks for when no scopes are named.
fn link_me<'seed>(seed: &'seed mut Seed, scopes: &[&str]) -> &'seed mut Link {
    let of_app = || seed.apps[0].consent_items.iter().map(|item| item.id.clone()).collect();
    let mut link = seed.links[0].clone();
    link.person = "me".parse().unwrap();
    link.scopes =
        if scopes.is_empty() { of_app() } else { scopes.iter().map(|&scope| scope.to_owned()).collect() };
    seed.links.push(link);
    seed.links.last_mut().unwrap()
}

fn fill_in(me: &mut Person) {
    let text = |text: &str| Some(text.to_owned());
    me.name = text("이수진");
    me.age_range = text("20~29");
    me.birthyear = text("1999");
    me.birthday = text("0715");
    me.gender = Some(Gender::Female);
    me.phone_number = text("+82 10-0000-0000");
    me.ci = text("CI_OF_LEE");
}

fn address() -> ShippingAddress {
    serde_json::from_value(json!({
        "id": 77, "name": "home", "is_default": true, "updated_at": 1_767_225_600, "type": "NEW",
        "base_address": "서울 종로구 보기로 1", "detail_address": "1F", "receiver_name": "Lee",
        "receiver_phone_number1": "010-0000-0000", "receiver_phone_number2": "",
        "zone_number": "01234", "zip_code": "012-345",
    }))
    .unwrap()
}

fn other_address(id: i64, updated_at: i64) -> ShippingAddress {
    serde_json::from_value(json!({
        "id": id, "name": "office", "updated_at": updated_at, "type": "OLD", "base_address": "경기 성남시 보기동 2",
        "receiver_name": "Lee", "receiver_phone_number1": "010-0000-0000", "zip_code": "012-346",
    }))
    .unwrap()
}
