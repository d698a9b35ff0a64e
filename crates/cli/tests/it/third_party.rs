//! An OAuth client of somebody else's, as it comes from Python's package index, signs in at the emulator.

use std::path::Path;
use std::process::Command;

use crate::program::{Machine, leave_out};

#[tokio::test]
async fn authlib_as_it_comes_signs_in_sends_refreshes_and_is_refused_a_used_code() {
    let Some(python) = std::env::var_os("KATOK_TEST_PYTHON") else {
        let what = "the third-party client: KATOK_TEST_PYTHON names no Python (`cargo xtask test` makes one)";
        return leave_out(what, "KATOK_REQUIRE_THIRD_PARTY");
    };
    let machine = Machine::new();
    let (_running, emulator) = machine.emulator();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/third-party/authlib_login.py");
    let done = Command::new(python).arg(script).arg(emulator.origin()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(emulator.texts("ryan").await, ["Authlib에서 안녕"]);
}

#[test]
fn the_recipe_for_pytest_works_as_it_stands_in_the_documentation() {
    let Some(python) = std::env::var_os("KATOK_TEST_PYTHON") else {
        let what = "the recipe for pytest: KATOK_TEST_PYTHON names no Python (`cargo xtask test` makes one)";
        return leave_out(what, "KATOK_REQUIRE_THIRD_PARTY");
    };
    let recipe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/recipes/pytest");
    let mut pytest = Command::new(python);
    pytest.args(["-B", "-m", "pytest", "-p", "no:cacheprovider"]).arg(recipe);
    let done = pytest.env("KATOK", env!("CARGO_BIN_EXE_katok")).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}
