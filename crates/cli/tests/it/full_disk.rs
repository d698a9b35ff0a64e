//! The disk under the data folder is full: clear errors, what needs no writing goes on, and nothing is lost.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

use serde_json::json;
use url::Url;

use crate::curl::Curl;
use crate::emulator::seed;
use crate::program::{Machine, free_port, leave_out};

/// The small disk of a running program, as it is seen from outside.
struct Disk(PathBuf);

impl Disk {
    /// Takes every byte that is left.
    fn fill(&self) {
        let mut filler = File::create(self.0.join("filler")).unwrap();
        for piece in [[0; 4096].as_slice(), &[0]] {
            let error = loop {
                if let Err(error) = filler.write_all(piece) {
                    break error;
                }
            };
            assert_eq!(error.kind(), ErrorKind::StorageFull);
        }
    }

    fn free(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

#[tokio::test]
async fn on_a_full_disk_errors_are_clear_and_nothing_is_lost() {
    let gateway = Url::parse(&format!("http://localhost:{}", free_port())).unwrap();
    let kakao = Machine::new();
    let seed = kakao.file("seed.yaml", &seed(gateway.join("/redirect").unwrap().as_str()));
    let (_kakao_running, kakao) = kakao.emulator_with(&["--port", "0", "--seed", &seed]);
    let mut machine = Machine::new();
    machine.connect_to(&kakao).await;
    let port = gateway.port().unwrap().to_string();
    let Some((running, disk)) = machine.start_on_a_disk_of("2m", &["--json", "up", "--port", &port]) else {
        return leave_out("a full disk (unshare may not mount here)", "KATOK_TEST_FULL_DISK");
    };
    let disk = Disk(disk);
    let at = |path: &str| gateway.join(path).unwrap();
    let mut ryan = Curl::new();
    ryan.sign_in(&gateway, &kakao, "ryan").await;

    disk.fill();
    // SQLite first uses up what its files have left.
    let mut stranger = Curl::new();
    let refused = loop {
        let answer = stranger.get(at("/authorize")).await;
        if answer.status != 302 {
            break answer;
        }
    };
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.body.contains("가득 찼습니다"), "{}", refused.body);
    assert!(running.talk().contains("disk is full"), "{}", running.talk());
    // What is not written goes on.
    ryan.get(at("/profile")).await.json();
    // A message that cannot be kept is not sent either: nobody could tell afterwards what became of it.
    let refused = ryan.post(at("/message"), &json!({"text": "디스크가 가득 차면"})).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.body.contains("storage_full"), "{}", refused.body);
    // The access token dies: no new one is asked for, as it could not be kept.
    kakao.advance_hours(13).await;
    let refused = ryan.get(at("/profile")).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.body.contains("storage_full"), "{}", refused.body);

    disk.free();
    ryan.get(at("/profile")).await.json();
    let sent = ryan.post(at("/message"), &json!({"text": "자리가 나면"})).await;
    assert_eq!(sent.status, 200, "{} {}", sent.body, running.talk());
    assert_eq!(kakao.texts("ryan").await, ["자리가 나면"]);
    Curl::new().sign_in(&gateway, &kakao, "apeach").await;
    running.stop("TERM");
}
