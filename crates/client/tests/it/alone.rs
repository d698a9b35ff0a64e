//! Tests that need a process of their own, for its environment or for its log.

use std::process::Command;

const CHILD: &str = "KATOK_TEST_ALONE";

/// Whether this is that process. If not, it is made, runs only the named test, and must succeed.
pub(crate) fn is_alone(test: &str, environment: &[(&str, &str)]) -> bool {
    if std::env::var_os(CHILD).is_some() {
        return true;
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env(CHILD, "1")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
    false
}
