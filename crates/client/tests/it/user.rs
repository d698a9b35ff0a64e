//! Every call about a user, against a Kakao that keeps a world.

use futures_util::TryStreamExt;
use jiff::SignedDuration;
use katok_client::{
    AccessToken, AdminKey, AgeRange, AgreedBy, BirthdayType, Endpoint, Error, Gender, GetAccessTokenInfo,
    KakaoUserId, ListScopes, ListServiceTerms, ListShippingAddresses, ListUserIds, ListUsers, Logout, Me,
    Order, PropertyKey, Quota, Remedy, RevokeScopes, RevokeServiceTerms, Scope, ShippingAddress,
    ShippingAddressId, SignUp, Unlink, UpdateProfile, UpgradeServiceTerms,
};
use katok_emulator::Fault;

use crate::service::Service;
use crate::shop;

async fn id_of(service: &Service, token: &AccessToken) -> KakaoUserId {
    service.client.call(&Me, token).await.unwrap().id
}

fn code(error: &Error) -> i64 {
    error.api_error().unwrap().code
}

#[tokio::test]
async fn a_user_is_told_about_as_far_as_they_agreed() {
    let service = shop::open().await;
    let token = service.sign_in("mina", &["gender", "birthday"]).await;
    let profile = service.client.call(&Me, &token).await.unwrap();
    assert_eq!(profile.nickname(), Some("미나"));
    assert!(profile.connected_at.is_some() && profile.for_partner.is_none());
    let account = profile.kakao_account.clone().unwrap();
    assert_eq!((account.gender, account.birthday_type), (Some(Gender::Female), Some(BirthdayType::Lunar)));
    assert_eq!((account.age_range_needs_agreement, account.age_range), (Some(true), None));
    assert_eq!(service.admin().call_for(profile.id, &Me).await.unwrap(), profile);

    let token = service.sign_in("mina", &["age_range", "talk_message"]).await;
    let profile = service.client.call(&Me, &token).await.unwrap();
    assert_eq!(profile.kakao_account.unwrap().age_range, Some(AgeRange::Twenties));
    assert!(profile.for_partner.unwrap().uuid.is_some());
}

#[tokio::test]
async fn only_the_chosen_parts_of_a_user_are_told() {
    let service = shop::open().await;
    let token = service.sign_in("mina", &["gender"]).await;
    let only = Me.only([PropertyKey::GENDER]);
    let account = service.client.call(&only, &token).await.unwrap().kakao_account.unwrap();
    assert_eq!((account.gender, account.profile, account.email), (Some(Gender::Female), None, None));
}

#[tokio::test]
async fn a_token_tells_its_life_until_it_ends() {
    let service = shop::open().await;
    let token = service.sign_in("mina", &[]).await;
    let info = service.client.call(&GetAccessTokenInfo, &token).await.unwrap();
    assert_eq!(info.id, Some(id_of(&service, &token).await));
    assert!(
        info.expires_in > SignedDuration::from_hours(5) && info.expires_in <= SignedDuration::from_hours(6)
    );

    // A trouble of Kakao's says nothing about the token.
    service.kakao.fault(Fault::on("/v1/user/access_token_info").times(1).code(-1)).unwrap();
    let error = service.client.call(&GetAccessTokenInfo, &token).await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::Retry { after: None });

    service.kakao.expire_access_token(token.secret()).unwrap();
    let error = service.client.call(&GetAccessTokenInfo, &token).await.unwrap_err();
    assert_eq!((code(&error), error.remedy()), (-401, Remedy::RefreshToken));
    let malformed = AccessToken::new("x".repeat(5000));
    let error = service.client.call(&GetAccessTokenInfo, &malformed).await.unwrap_err();
    assert_eq!(code(&error), -2);
}

#[tokio::test]
async fn an_admin_asks_about_several_users() {
    let service = shop::open().await;
    let mut users = Vec::new();
    for person in ["mina", "jiho"] {
        users.push(id_of(&service, &service.sign_in(person, &["gender"]).await).await);
    }
    let nobody = KakaoUserId::new(1);
    let ask = ListUsers::new(users.iter().copied().chain([nobody])).unwrap();
    let profiles = service.admin().call(&ask).await.unwrap();
    assert!(profiles.iter().map(|profile| profile.id).eq(users));
    assert!(profiles.iter().all(|profile| profile.connected_at.is_some() && profile.kakao_account.is_none()));

    let everything = [PropertyKey::KAKAO_ACCOUNT, PropertyKey::PROPERTIES];
    let profiles = service.admin().call(&ask.clone().property_keys(everything).unwrap()).await.unwrap();
    assert_eq!(profiles[0].kakao_account.as_ref().unwrap().gender, Some(Gender::Female));

    let stranger = service.client.admin(AdminKey::new("WRONG_KEY"));
    let error = stranger.call(&ask).await.unwrap_err();
    assert_eq!((code(&error), error.remedy()), (-401, Remedy::TellOperator));
}

#[tokio::test]
async fn all_users_of_an_app_are_listed_once_over_three_pages() {
    let service = shop::open().await;
    for person in ["mina", "jiho"] {
        service.sign_in(person, &[]).await;
    }
    let pages = || service.kakao.journal(0).iter().filter(|seen| seen.path == "/v1/user/ids").count();
    let ask = ListUserIds::new().limit(2);
    let mut ids: Vec<_> = service.admin().stream(ask).try_collect().await.unwrap();
    assert_eq!((ids.len(), pages()), (5, 3));
    assert!(ids.is_sorted_by(|one, next| one < next));

    let from_the_second = ListUserIds::new().from_id(ids[1]);
    assert_eq!(service.admin().call(&from_the_second).await.unwrap().elements, ids[1..]);

    let descending: Vec<_> =
        service.admin().stream(ask.order(Order::Descending)).try_collect().await.unwrap();
    ids.reverse();
    assert_eq!((descending, pages()), (ids, 7));
}

#[tokio::test]
async fn asking_for_ids_too_often_means_waiting() {
    let service = shop::open_but(|seed| seed.apps[0].quotas.user_ids_per_minute = 1).await;
    service.admin().call(&ListUserIds::new()).await.unwrap();
    let error = service.admin().call(&ListUserIds::new()).await.unwrap_err();
    assert_eq!((error.status(), error.remedy()), (Some(429), Remedy::WaitForQuota(Quota::Minute)));
}

#[tokio::test]
async fn what_is_stored_about_a_user_comes_back() {
    let service = shop::open().await;
    let token = service.sign_in("mina", &[]).await;
    let stored = service.client.call(&UpdateProfile::new([("favorite", "\"파랑\"")]), &token).await.unwrap();
    let profile = service.client.call(&Me, &token).await.unwrap();
    assert_eq!((stored.id, &profile.properties["favorite"]), (profile.id, &"\"파랑\"".into()));

    let error = service.client.call(&UpdateProfile::new([("size", "L")]), &token).await.unwrap_err();
    assert_eq!(code(&error), -201);
}

#[tokio::test]
async fn without_automatic_linking_a_user_signs_up_by_hand_once() {
    let service = shop::open_but(|seed| seed.apps[0].automatic_linking = false).await;
    let token = service.sign_in("mina", &[]).await;
    assert_eq!(service.client.call(&Me, &token).await.unwrap().has_signed_up, Some(false));
    assert!(service.client.call(&ListScopes::all(), &token).await.unwrap_err().is_not_linked());

    let sign_up = SignUp::new().properties([("favorite", "blue")]);
    service.client.call(&sign_up, &token).await.unwrap();
    let profile = service.client.call(&Me, &token).await.unwrap();
    assert_eq!((profile.has_signed_up, &profile.properties["favorite"]), (Some(true), &"blue".into()));

    let error = service.client.call(&sign_up, &token).await.unwrap_err();
    assert!(error.is_already_signed_up());
    let undefined = SignUp::new().properties([("size", "L")]);
    let other = service.sign_in("jiho", &[]).await;
    assert_eq!(code(&service.client.call(&undefined, &other).await.unwrap_err()), -201);
}

#[tokio::test]
async fn all_addresses_are_listed_once_and_the_default_one_first() {
    let service = shop::open().await;
    let token = service.sign_in("mina", &["shipping_address"]).await;
    let ids = |addresses: &[ShippingAddress]| addresses.iter().map(|address| address.id).collect::<Vec<_>>();
    let all = [3, 5, 4, 2, 1].map(ShippingAddressId::new);
    for page_size in [2, 3, 10] {
        let ask = ListShippingAddresses::new().page_size(page_size);
        let addresses: Vec<_> = service.client.stream(ask, &token).try_collect().await.unwrap();
        assert_eq!(ids(&addresses), all, "{page_size}");
    }
    let one = service.client.call(&ListShippingAddresses::only(all[3]), &token).await.unwrap();
    assert_eq!(ids(&one.shipping_addresses), [all[3]]);
    let page = service.admin().call_for(one.user_id, &ListShippingAddresses::new()).await.unwrap();
    assert_eq!(ids(&page.shipping_addresses), all);
    let older = ListShippingAddresses::changed_before(page.shipping_addresses[2].updated_at.unwrap());
    let older: Vec<_> = service.client.stream(older, &token).try_collect().await.unwrap();
    assert_eq!(ids(&older), [all[0], all[3], all[4]]);
}

#[tokio::test]
async fn addresses_nobody_agreed_to_show_are_not_shown() {
    let service = shop::open().await;
    let token = service.sign_in("mina", &[]).await;
    let page = service.client.call(&ListShippingAddresses::new(), &token).await.unwrap();
    assert_eq!((page.shipping_addresses_needs_agreement, page.shipping_addresses), (Some(true), vec![]));
}

#[tokio::test]
async fn consent_is_taken_back_unless_the_app_requires_it() {
    let service = shop::open().await;
    let token = service.sign_in("mina", &["gender", "talk_message"]).await;
    let one = ListScopes::of(&[Scope::GENDER].into_iter().collect());
    assert!(service.client.call(&one, &token).await.unwrap().agreed().contains(&Scope::GENDER));

    let user = id_of(&service, &token).await;
    let left = service.client.call(&RevokeScopes::new([Scope::GENDER]), &token).await.unwrap();
    assert!(!left.agreed().contains(&Scope::GENDER));
    let left = service.admin().call_for(user, &RevokeScopes::new([Scope::TALK_MESSAGE])).await.unwrap();
    assert_eq!(service.admin().call_for(user, &ListScopes::all()).await.unwrap(), left);

    for (scope, refusal) in [(Scope::PROFILE_NICKNAME, -3), (Scope::TALK_CALENDAR, -2)] {
        let error = service.client.call(&RevokeScopes::new([scope]), &token).await.unwrap_err();
        assert_eq!(code(&error), refusal);
    }
}

#[tokio::test]
async fn service_terms_are_taken_back_and_agreed_to_elsewhere() {
    let service = shop::open().await;
    let token = service.sign_in("mina", &[]).await;
    let agreed = service.client.call(&ListServiceTerms::agreed(), &token).await.unwrap();
    assert!(agreed.service_terms.iter().all(|term| term.agreed_by == Some(AgreedBy::Kauth)));

    let revoke = RevokeServiceTerms::new(["news", "ads"]);
    let revoked = service.client.call(&revoke, &token).await.unwrap().revoked_service_terms;
    assert!(
        revoked.iter().map(|term| (term.tag.as_str(), term.agreed)).eq([("news", false), ("ads", false)])
    );
    assert_eq!(service.admin().call_for(agreed.id, &revoke).await.unwrap().revoked_service_terms, []);

    let upgrade = UpgradeServiceTerms::new(["news", "unheard_of"]);
    let upgraded = service.client.call(&upgrade, &token).await.unwrap().agreed_service_terms;
    let [news] = &upgraded[..] else { panic!("{upgraded:?}") };
    assert_eq!((news.tag.as_str(), &news.agreed_by), ("news", &Some(AgreedBy::Kapi)));

    let ask = ListServiceTerms::of_the_app().tags(["news", "ads"]);
    let terms = service.admin().call_for(agreed.id, &ask).await.unwrap().service_terms;
    assert!(terms.iter().map(|term| (term.tag.as_str(), term.agreed)).eq([("news", true), ("ads", false)]));

    let error = service.client.call(&RevokeServiceTerms::new(["unheard_of"]), &token).await.unwrap_err();
    assert_eq!(code(&error), -2);
    let error = service.client.call(&ask.tags(["unheard_of"]), &token).await.unwrap_err();
    assert_eq!(code(&error), -2);
}

#[tokio::test]
async fn an_admin_logs_out_and_unlinks_and_a_second_unlink_is_as_good_as_done() {
    let service = shop::open().await;
    let token = service.sign_in("mina", &[]).await;
    let user = id_of(&service, &token).await;
    assert_eq!(service.admin().call_for(user, &Logout).await.unwrap().id, user);
    assert_eq!(code(&service.client.call(&Me, &token).await.unwrap_err()), -401);

    assert_eq!(service.admin().call_for(user, &Unlink).await.unwrap().id, user);
    assert!(service.admin().call_for(user, &Unlink).await.unwrap_err().is_not_linked());
}

/// Lets Kakao refuse a call with each of these codes, whatever the world is like.
async fn check_refusals<E: Endpoint>(service: &Service, token: &AccessToken, endpoint: &E, codes: &[i32]) {
    for &refusal in codes {
        service.kakao.fault(Fault::on(E::PATH).times(1).code(refusal)).unwrap();
        let error = service.client.call(endpoint, token).await.map(drop).unwrap_err();
        assert_eq!(code(&error), i64::from(refusal), "{}", E::PATH);
        let remedy = match refusal {
            -3 => Remedy::TellOperator,
            -101 => Remedy::SignInAgain,
            -401 => Remedy::RefreshToken,
            _ => Remedy::FixRequest { parameter: None },
        };
        assert_eq!(error.remedy(), remedy, "{} {refusal}", E::PATH);
    }
}

#[tokio::test]
async fn every_call_is_refused_with_a_remedy() {
    let service = shop::open().await;
    let token = &service.sign_in("mina", &[]).await;
    let usual = &[-2, -3, -101, -401];
    check_refusals(&service, token, &Me, usual).await;
    check_refusals(&service, token, &GetAccessTokenInfo, usual).await;
    check_refusals(&service, token, &ListScopes::all(), usual).await;
    check_refusals(&service, token, &RevokeScopes::new([Scope::GENDER]), usual).await;
    check_refusals(&service, token, &ListServiceTerms::agreed(), usual).await;
    check_refusals(&service, token, &RevokeServiceTerms::new(["news"]), usual).await;
    check_refusals(&service, token, &UpgradeServiceTerms::new(["news"]), usual).await;
    check_refusals(&service, token, &ListShippingAddresses::new(), usual).await;
    check_refusals(&service, token, &UpdateProfile::new([("favorite", "blue")]), usual).await;
    check_refusals(&service, token, &SignUp::new(), usual).await;
    check_refusals(&service, token, &Logout, usual).await;
    check_refusals(&service, token, &Unlink, usual).await;
}
