//! How an operator sees whether a gateway works, and what it does.

use std::sync::Arc;

use jiff::SignedDuration;
use katok_gateway::config::MetricsFor;

use crate::database::Database;
use crate::house::House;
use crate::kakao_proxy::Mood;

#[tokio::test]
async fn ready_says_what_it_needs_one_by_one() {
    let house = House::open().await;
    let told = house.visitor().get("/readyz").await.is(200);
    assert_eq!(told["status"], "ready");
    for check in ["database", "vault", "kakao"] {
        assert_eq!(told["checks"][check], "ok", "{told}");
    }
}

#[tokio::test]
async fn without_kakao_it_is_ready_but_says_so() {
    let house = House::open().await;
    house.kakao.turns(Mood::Html);
    let told = house.visitor().get("/readyz").await.is(200);
    assert_eq!((&told["status"], &told["checks"]["kakao"]), (&"degraded".into(), &"failing".into()));
    house.kakao.goes_away().await;
    house.advance(SignedDuration::from_secs(11));
    let told = house.visitor().get("/readyz").await.is(200);
    assert_eq!((&told["status"], &told["checks"]["kakao"]), (&"degraded".into(), &"unreachable".into()));
    assert_eq!(told["checks"]["database"], "ok");
}

#[tokio::test]
async fn kakao_is_asked_once_however_many_ask_whether_it_is_ready() {
    let house = House::open().await;
    let asked = || house.kakao.count("/.well-known/openid-configuration");
    let visitor = Arc::new(house.visitor());
    let all = |visitor: Arc<crate::browser::Browser>| async move {
        let requests: Vec<_> = (0..20)
            .map(|_| {
                let visitor = visitor.clone();
                tokio::spawn(async move { visitor.get("/readyz").await.is(200) })
            })
            .collect();
        for request in requests {
            request.await.unwrap();
        }
    };
    all(visitor.clone()).await;
    assert_eq!(asked(), 1);
    house.advance(SignedDuration::from_secs(11));
    all(visitor).await;
    assert_eq!(asked(), 2);
}

#[tokio::test]
async fn without_its_database_it_is_not_ready() {
    let house = House::open_on(Database::Sqlite).await;
    let browser = house.signed_in("ryan").await;
    assert_eq!(house.visitor().get("/readyz").await.is(200)["database"], "sqlite");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(house.data.path().join("katok.db"));
    let database = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("DROP TABLE sessions").execute(&database).await.unwrap();
    let told = house.visitor().get("/readyz").await.is(503);
    assert_eq!((&told["status"], &told["checks"]["database"]), (&"unready".into(), &"failed".into()));
    house.visitor().get("/healthz").await.is(200);
    // Pages that could not be put together are counted as other answers are.
    assert_eq!(browser.get("/").await.status, 503);
    browser.get("/profile").await.is(503);
    let metrics = house.visitor().get("/metrics").await.body;
    assert!(metrics.contains("katok_database_errors_total 2\n"), "{metrics}");
}

#[tokio::test]
async fn metrics_count_routes_calls_refreshes_and_sign_ins() {
    let house = House::open().await;
    let browser = house.signed_in("ryan").await;
    browser.get("/profile").await.is(200);
    browser.get("/message-to-secret-person").await;
    browser.get("/redirect?code=secret-code&state=secret-state").await;
    house.advance(SignedDuration::from_hours(7));
    browser.get("/profile").await.is(200);
    let page = house.visitor().get("/metrics").await;
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let metrics = page.body;
    for line in [
        "katok_http_request_duration_seconds_count{method=\"GET\",route=\"/profile\",status=\"200\"} 2",
        "katok_http_request_duration_seconds_count{method=\"GET\",route=\"none\",status=\"404\"} 1",
        "katok_http_request_duration_seconds_count{method=\"GET\",route=\"/redirect\",status=\"400\"} 1",
        "katok_kakao_call_duration_seconds_count{endpoint=\"/v2/user/me\",outcome=\"done\",code=\"\"} 3",
        "katok_kakao_call_duration_seconds_count{endpoint=\"/oauth/token\",outcome=\"done\",code=\"\"} 2",
        "katok_token_refreshes_total{outcome=\"done\"} 1",
        "katok_sign_ins_total{outcome=\"done\"} 1",
        "katok_sign_ins_total{outcome=\"not_ours\"} 1",
        "katok_database_errors_total 0",
        "process_start_time_seconds 1767236400",
    ] {
        assert!(metrics.lines().any(|told| told == line), "{line} is not in\n{metrics}");
    }
    assert!(metrics.contains(&format!("katok_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))));
    assert!(!metrics.contains("secret") && metrics.ends_with("# EOF\n"), "{metrics}");
}

#[tokio::test]
async fn metrics_are_for_those_they_are_meant_for() {
    let house = House::open().await;
    let visitor = house.visitor();
    visitor.get("/metrics").await;
    let told = visitor.get_with("/metrics", &[("x-forwarded-for", "203.0.113.9")]).await.is(403);
    assert!(told["remedy"]["en"].as_str().unwrap().contains("KATOK_METRICS"), "{told}");
    for (metrics, passed_on) in [(MetricsFor::Open, 200), (MetricsFor::Off, 404)] {
        let house = House::open().await;
        let house = house.restart_with(|settings| settings.network.metrics = metrics).await;
        let page = house.visitor().get_with("/metrics", &[("x-forwarded-for", "203.0.113.9")]).await;
        assert_eq!(page.status, passed_on, "{metrics:?}");
    }
}

#[tokio::test]
async fn a_request_is_found_by_its_id() {
    let house = House::open().await;
    let visitor = house.visitor();
    let id = async |given: &str| {
        let page = visitor.get_with("/healthz", &[("x-request-id", given)]).await;
        page.headers["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(id("trace-7.of_ours").await, "trace-7.of_ours");
    let too_long = "a".repeat(65);
    for given in ["", "two words", "\"quoted\"", "a=b&c", &too_long] {
        let made = id(given).await;
        assert!(made != given && made.len() == 16, "{given:?} {made}");
    }
}
