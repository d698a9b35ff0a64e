//! Kakao's host names over TLS, as tests serve them in their own process.

use std::net::{Ipv4Addr, SocketAddr};

use katok_emulator::{Authority, KAKAO_HOSTS};
use katok_listener::Listeners;
use reqwest::{Certificate, Client, Version};

use crate::support::{Answer, Kakao, text};

#[tokio::test]
async fn names_of_kakao_are_served_and_lead_to_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::in_folder(folder.path()).unwrap();
    let mut kakao = Kakao::start().await;
    let listeners = Listeners::bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, listeners.port()));
    kakao.emulator.serve(listeners.with_tls(authority.tls().unwrap()));
    let trusted = Certificate::from_pem(authority.certificate().as_bytes()).unwrap();
    let mut client = Client::builder().no_proxy().tls_certs_only([trusted]);
    for host in KAKAO_HOSTS {
        client = client.resolve(host, here);
    }
    let client = client.build().unwrap();

    let token = kakao.access_token("ryan").await;
    for host in ["kapi.kakao.com".to_owned(), format!("kapi.kakao.com:{}", here.port())] {
        let friends = client.get(format!("https://{host}/v1/api/talk/friends?limit=1")).bearer_auth(&token);
        let friends = Answer::of(friends).await.ok();
        let after = text(&friends["after_url"]);
        assert!(after.starts_with("https://kapi.kakao.com/v1/api/talk/friends?"), "{after}");
        // A path of the other host's.
        let login = Answer::of(client.get(format!("https://{host}/oauth/authorize"))).await;
        assert_eq!((login.status.as_u16(), &login.body["code"]), (404, &(-9).into()));
    }
    let login = client.get("https://kauth.kakao.com/oauth/authorize").send().await.unwrap();
    assert_eq!(login.version(), Version::HTTP_2);
    assert!(login.text().await.unwrap().contains("KOE"));
}
