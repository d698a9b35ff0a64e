//! Every example runs by itself and shows what it promises.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A line that each example prints, if what it is about works.
const PROMISES: &[(&str, &str)] = &[
    ("ask_for_missing_consent", "ryan sees: 이제 보낼 수 있어요"),
    ("delete_account", "attempt 2: Done"),
    ("keep_tokens_in_a_file", "hello, 라이언"),
    ("receive_unlink_webhook", "somebody has left: UnlinkFromApps"),
    ("send_a_picture", "ryan sees: 주말 케이크"),
    ("send_each_template", "text: Only the first 200 of 210 characters are shown. Write less."),
    ("send_to_friends", "2 got it"),
    ("send_to_me", "ryan sees: 배포 완료"),
    ("sign_in_from_a_cli", "hello, 라이언"),
    ("sign_in_from_axum", "hello, 라이언"),
    ("verify_id_token", "라이언 is who signed in"),
];

/// `cargo test` builds the examples beside this program, unless it is told to build only some tests.
fn program(example: &str) -> PathBuf {
    let folder = std::env::current_exe().unwrap();
    let folder = folder.ancestors().nth(2).unwrap().join("examples");
    folder.join(format!("{example}{}", std::env::consts::EXE_SUFFIX))
}

#[test]
fn every_example_shows_what_it_promises() {
    for (example, promise) in PROMISES {
        let program = program(example);
        assert!(
            program.exists(),
            "{example} is not built: run `cargo build -p katok-client --examples` first"
        );
        let output = Command::new(program).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{example}: {said}{complained}");
        assert!(said.lines().any(|line| line == *promise), "{example}: {said}{complained}");
    }
}

#[test]
fn no_example_is_forgotten() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(crate_folder.join("README.md")).unwrap();
    let mut examples: Vec<String> = fs::read_dir(crate_folder.join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    examples.sort();
    let promised: Vec<&str> = PROMISES.iter().map(|(example, _)| *example).collect();
    assert_eq!(examples, promised);
    for example in examples {
        assert!(readme.contains(&format!("[`{example}`](")), "{example} is not in the README");
    }
}
