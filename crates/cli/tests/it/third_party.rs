//! Clients of Kakao and of OpenID Connect that others wrote, as the registries and Debian have them.
//!
//! Each is a script in `tests/third-party` that says what the client does and what it has to find. None of them
//! knows of an emulator: `katok emulator exec` and `katok emulator --tls` answer at Kakao's own addresses.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::openapi::{Exchange, check_exchange};
use crate::program::{Machine, Running, leave_out};

#[test]
fn authlib_signs_in_by_openid_connect_and_can_all_that_kakao_can() {
    python("authlib_client.py");
}

#[test]
fn requests_oauthlib_refreshes_by_itself_and_asks_for_additional_consent() {
    python("requests_oauthlib_client.py");
}

#[test]
fn httpx_oauth_signs_in_and_reads_the_profile() {
    python("httpx_oauth_client.py");
}

#[test]
fn social_auth_core_signs_in_and_reads_the_profile() {
    python("social_auth_core_client.py");
}

#[test]
fn django_allauth_signs_a_visitor_in() {
    python("django_allauth_client.py");
}

#[test]
fn pykakao_sends_to_oneself_and_to_friends() {
    python("pykakao_client.py");
}

#[test]
fn idpyoidc_signs_in_knowing_only_the_issuer() {
    python("idpyoidc_client.py");
}

#[test]
fn openid_client_signs_in_by_openid_connect_and_can_all_that_kakao_can() {
    node("openid-client.mjs");
}

#[test]
fn arctic_signs_in_and_asks_for_additional_consent() {
    node("arctic.mjs");
}

#[test]
fn passport_kakao_signs_a_visitor_in() {
    node("passport-kakao.mjs");
}

#[test]
fn auth_js_signs_a_visitor_in() {
    node("auth-core.mjs");
}

#[test]
fn oauth2_of_ruby_signs_in_by_openid_connect_and_can_all_that_kakao_can() {
    if !works(Command::new("ruby").args(["-e", "require 'oauth2'; require 'jwt'"])) {
        return leave_out("clients in Ruby: ruby-oauth2 is not installed", REQUIRED);
    }
    exec(&["ruby".as_ref(), scripts("ruby").join("oauth2_client.rb").as_os_str()]);
}

#[test]
fn apache_lets_in_whom_kakao_knows() {
    if !Path::new("/usr/lib/apache2/modules/mod_auth_openidc.so").exists() {
        return leave_out("Apache: libapache2-mod-auth-openidc is not installed", REQUIRED);
    }
    python("mod_auth_openidc_client.py");
}

#[test]
fn curl_does_by_tls_what_kakaos_documents_do_with_it() {
    if !works(Command::new("curl").arg("--version")) {
        return leave_out("curl is not installed", REQUIRED);
    }
    let machine = Machine::new();
    let (_running, tls) = Tls::start(&machine);
    // What `katok emulator --tls` tells its users to write on the command line, once for all.
    let connect = |host: &str| format!("connect-to = {host}:443:127.0.0.1:{}\n", tls.port);
    let curlrc = format!("cacert = {}\n{}{}", tls.ca, connect("kauth.kakao.com"), connect("kapi.kakao.com"));
    let curlrc = machine.file(".curlrc", &curlrc);
    let home = Path::new(&curlrc).parent().unwrap();
    let mut command = Command::new("sh");
    succeeds(command.arg(scripts("curl").join("kakao.sh")).env("CURL_HOME", home), &tls);
}

#[test]
fn authlib_signs_in_by_tls_too() {
    let Some(python) = third_party("KATOK_TEST_PYTHON") else { return };
    let machine = Machine::new();
    let (_running, tls) = Tls::start(&machine);
    let mut command = Command::new(python);
    command.arg("-B").arg(scripts("python").join("authlib_client.py")).env("REQUESTS_CA_BUNDLE", &tls.ca);
    // In place of the line in the hosts file, which needs root, as does port 443.
    command.env("PYTHONPATH", scripts("python/hosts_file")).env("KATOK_TEST_TLS_PORT", tls.port.to_string());
    succeeds(&mut command, &tls);
}

#[test]
fn the_recipe_for_pytest_works_as_it_stands_in_the_documentation() {
    let Some(python) = third_party("KATOK_TEST_PYTHON") else { return };
    let recipe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/recipes/pytest");
    let mut pytest = Command::new(python);
    pytest.args(["-B", "-m", "pytest", "-p", "no:cacheprovider"]).arg(recipe);
    let done = pytest.env("KATOK", env!("CARGO_BIN_EXE_katok")).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

/// What was asked of Kakao, and answered.
const JOURNAL: &str = "/_emulator/v1/journal";

/// Set where nothing may be left out.
const REQUIRED: &str = "KATOK_REQUIRE_THIRD_PARTY";

/// An emulator that serves Kakao's host names.
struct Tls {
    url: String,
    port: u64,
    ca: String,
}

impl Tls {
    fn start(machine: &Machine) -> (Running, Self) {
        let (running, emulator) = machine.emulator_with(&["--port", "0", "--tls", "0", "--seed", &seed()]);
        let Value::Object(tls) = &running.json()["tls"] else { panic!("{}", running.first_line) };
        let (port, ca) = (tls["port"].as_u64().unwrap(), tls["ca"].as_str().unwrap().to_owned());
        (running, Self { url: emulator.origin(), port, ca })
    }
}

/// Runs a script to its end, which has to be a good one.
#[track_caller]
fn succeeds(command: &mut Command, tls: &Tls) {
    let done = command.env("KATOK_EMULATOR_URL", &tls.url).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&[done.stdout, done.stderr].concat()));
    let journal = Command::new("curl").args(["-sS", &format!("{}{JOURNAL}", tls.url)]).output().unwrap();
    every_exchange_is_as_described(&journal.stdout);
}

#[track_caller]
fn python(script: &str) {
    let Some(python) = third_party("KATOK_TEST_PYTHON") else { return };
    // Without -B it would leave compiled files in the repository.
    exec(&[python.as_os_str(), "-B".as_ref(), scripts("python").join(script).as_os_str()]);
}

#[track_caller]
fn node(script: &str) {
    let Some(modules) = third_party("KATOK_TEST_NODE_MODULES") else { return };
    // Node looks for modules beside the script, and the repository is no place for them.
    let folder = tempfile::tempdir().unwrap();
    symlink(modules, folder.path().join("node_modules")).unwrap();
    for name in ["kakao.mjs", script] {
        fs::copy(scripts("node").join(name), folder.path().join(name)).unwrap();
    }
    exec(&["node".as_ref(), folder.path().join(script).as_os_str()]);
}

/// Runs a command in the surroundings that the program makes, on the world of the third-party clients.
#[track_caller]
fn exec(command: &[&OsStr]) {
    let (seed, folder) = (seed(), tempfile::tempdir().unwrap());
    let journal = folder.path().join("journal.json");
    // The emulator goes when the command does: the journal has to be asked for before.
    let then_ask =
        format!("file=$1; shift; \"$@\" && curl -sS -o \"$file\" \"$KATOK_EMULATOR_URL{JOURNAL}\"");
    let mut args = vec!["emulator", "exec", "--seed", &seed, "--", "sh", "-c", &then_ask, "sh"];
    args.push(journal.to_str().unwrap());
    args.extend(command.iter().map(|word| word.to_str().unwrap()));
    Machine::new().katok(&args).exits(0);
    every_exchange_is_as_described(&fs::read(journal).unwrap());
}

/// Holds what a client asked and got against the description of Kakao's API.
#[track_caller]
fn every_exchange_is_as_described(journal: &[u8]) {
    let journal: Vec<Value> = serde_json::from_slice(journal).unwrap();
    assert!(!journal.is_empty());
    for entry in journal {
        let (request, response) = (&entry["request"], &entry["response"]);
        let content_type = response["headers"]["content-type"].as_str().unwrap_or_default();
        // Of a page the journal keeps only which one it was.
        let page = Value::from("");
        let body = if content_type.starts_with("text/html") { &page } else { &response["body"] };
        let exchange = Exchange {
            host: entry["host"].as_str().unwrap(),
            method: entry["method"].as_str().unwrap(),
            path: entry["path"].as_str().unwrap(),
            parameters: Some(parameters(&request["query"]).chain(parameters(&request["form"])).collect()),
            status: response["status"].as_u64().unwrap().try_into().unwrap(),
            content_type,
            body,
        };
        check_exchange(&exchange).unwrap();
    }
}

fn parameters(given: &Value) -> impl Iterator<Item = (String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    given.as_object().into_iter().flatten().map(move |(name, value)| (name.clone(), text(value)))
}

/// What `cargo xtask test` has installed and names in a variable.
#[track_caller]
pub(crate) fn third_party(variable: &'static str) -> Option<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from);
    if path.is_none() {
        leave_out(
            "third-party clients in Python and Node (`cargo xtask test` installs and runs them)",
            REQUIRED,
        );
    }
    path
}

fn scripts(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/third-party").join(folder)
}

fn seed() -> String {
    scripts("seed.yaml").to_str().unwrap().to_owned()
}

fn works(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
