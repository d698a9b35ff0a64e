//! What a scenario decides, and which faults it does not take.

use serde_json::{Value, json};

use super::*;

fn fault(document: Value) -> Fault {
    serde_json::from_value(document).unwrap()
}

fn scenario(documents: &[Value]) -> Scenario {
    let mut scenario = Scenario::default();
    for document in documents {
        scenario.add(fault(document.clone())).unwrap();
    }
    scenario
}

fn met<'a>(method: &'a str, path: &'a str) -> Met<'a> {
    Met { method, path, person: None, app: None }
}

#[test]
fn a_fault_is_about_what_it_matches_and_nothing_else() {
    let ryan: PersonKey = "ryan".parse().unwrap();
    let demo: AppKey = "demo".parse().unwrap();
    let cases = [
        (json!({}), true),
        (json!({"method": "post"}), true),
        (json!({"method": "GET"}), false),
        (json!({"path": "/v2/user/me"}), true),
        (json!({"path": "/v2/user"}), false),
        (json!({"path": "/v2/*"}), true),
        (json!({"path": "/v1/*"}), false),
        (json!({"person": "ryan"}), true),
        (json!({"person": "apeach"}), false),
        (json!({"app": "demo", "person": "ryan"}), true),
        (json!({"app": "shop"}), false),
    ];
    for (matching, covered) in cases {
        let mut scenario = scenario(&[json!({"match": matching, "then": {"status": 500}})]);
        let met = Met { person: Some(&ryan), app: Some(&demo), ..met("POST", "/v2/user/me") };
        assert_eq!(scenario.decide(met).is_some(), covered, "{matching}");
    }
    let mut of_ryan = scenario(&[json!({"match": {"person": "ryan"}, "then": {"status": 500}})]);
    assert!(of_ryan.decide(met("GET", "/")).is_none(), "nobody is known");
}

#[test]
fn a_fault_ends_after_its_times_and_the_next_one_takes_over() {
    let mut scenario = scenario(&[
        json!({"times": 2, "then": {"status": 500}}),
        json!({"times": 1, "then": {"status": 503}}),
    ]);
    let ids: Vec<_> = (0..4).map(|_| scenario.decide(met("GET", "/")).map(|(id, _)| id)).collect();
    assert_eq!(ids, [Some(1), Some(1), Some(2), None]);
    let left: Vec<_> = scenario.list().iter().map(|fault| (fault.applied, fault.remaining)).collect();
    assert_eq!(left, [(2, Some(0)), (1, Some(0))]);
    assert!(scenario.remove(1) && !scenario.remove(1));
    assert_eq!(scenario.clear(), 1);
}

#[test]
fn chance_is_the_same_every_time_and_about_as_often_as_said() {
    let hits = |seed: u64| {
        let mut scenario = scenario(&[json!({"probability": 0.3, "seed": seed, "then": {"status": 500}})]);
        (0..1_000).map(|_| scenario.decide(met("GET", "/")).is_some()).collect::<Vec<_>>()
    };
    assert_eq!(hits(1), hits(1));
    assert_ne!(hits(1), hits(2));
    let count = hits(1).iter().filter(|hit| **hit).count();
    assert!((250..350).contains(&count), "{count}");
    for (probability, expected) in [(0.0, false), (1.0, true)] {
        let mut scenario = scenario(&[json!({"probability": probability, "then": {"status": 500}})]);
        assert_eq!(scenario.decide(met("GET", "/")).is_some(), expected);
    }
}

#[test]
fn a_code_alone_brings_kakaos_status_and_text() {
    let refusal =
        |then: Value| match scenario(&[json!({"then": then})]).decide(met("GET", "/")).unwrap().1.answer {
            Answer::Changed { refusal, .. } => refusal.unwrap(),
            answer => panic!("{answer:?}"),
        };
    let maintenance =
        Refusal::Api { status: 503, code: -9798, msg: "the service is under maintenance.".into() };
    assert_eq!(refusal(json!({"code": -9798})), maintenance);
    assert_eq!(
        refusal(json!({"code": -1, "status": 502, "msg": "oops"})),
        Refusal::Api { status: 502, code: -1, msg: "oops".into() }
    );
    assert_eq!(
        refusal(json!({"error_code": "KOE237"})),
        Refusal::Login {
            status: 400,
            error: "invalid_request".into(),
            description: Some("token request rate limit exceeded".into()),
            code: Some("KOE237".into()),
        }
    );
    assert_eq!(refusal(json!({"status": 503})), Refusal::Status(503));
}

#[test]
fn a_wrong_fault_is_refused_with_its_field() {
    let cases = [
        (json!({"then": {}}), "then:"),
        (json!({"then": {"code": -12345}}), "then.status:"),
        (json!({"then": {"error_code": "KOE999", "error": "x"}}), "then.status:"),
        (json!({"then": {"error_code": "KOE999", "status": 400}}), "then.error:"),
        (json!({"then": {"msg": "x"}}), "then.code:"),
        (json!({"then": {"code": -1, "error": "x"}}), "then:"),
        (json!({"then": {"status": 99}}), "then.status:"),
        (json!({"then": {"delay_ms": 600_001}}), "then.delay_ms:"),
        (json!({"then": {"drop": "before", "status": 500}}), "then.drop:"),
        (json!({"then": {"status": 500, "headers": {"bad name": "x"}}}), "then.headers:"),
        (json!({"then": {"status": 500, "headers": {"Content-Length": "1"}}}), "then.headers:"),
        (json!({"then": {"content_type": ""}}), "then.content_type:"),
        (json!({"times": 0, "then": {"status": 500}}), "times:"),
        (json!({"probability": 1.5, "then": {"status": 500}}), "probability:"),
        (json!({"match": {"path": "v2/user/me"}, "then": {"status": 500}}), "match.path:"),
        (json!({"match": {"path": "/_emulator/v1/world"}, "then": {"status": 500}}), "match.path:"),
    ];
    for (document, field) in cases {
        let error = Scenario::default().add(fault(document.clone())).unwrap_err().to_string();
        assert!(error.starts_with(field), "{document}: {error}");
    }
}

#[test]
fn only_so_many_faults_are_kept_and_spent_ones_make_room() {
    let endless = json!({"then": {"status": 500}});
    let mut scenario = scenario(&vec![endless.clone(); KEPT]);
    assert_eq!(scenario.add(fault(endless.clone())), Err(FaultError::TooMany));
    scenario.remove(1);
    scenario.add(fault(json!({"match": {"path": "/once"}, "times": 1, "then": {"status": 500}}))).unwrap();
    scenario.faults.rotate_right(1);
    assert!(scenario.decide(met("GET", "/once")).is_some());
    assert!(scenario.add(fault(endless)).is_ok());
}
