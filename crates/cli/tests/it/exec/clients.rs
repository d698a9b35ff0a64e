//! What is on most machines finds the emulator at Kakao's addresses, unmodified.

use super::{NO_TOKEN, exec, has, networks, shell};
use crate::program::{Machine, leave_out};

#[test]
fn curl() {
    if !has("curl") {
        return;
    }
    let machine = Machine::new();
    for network in networks() {
        let ask = "curl -sS https://kapi.kakao.com/v2/user/me";
        assert_eq!(shell(&machine, network, ask).exits(0).stdout, NO_TOKEN);
        let ask =
            "curl -sS -o /dev/null -w '%{http_code}' -d grant_type=none https://kauth.kakao.com/oauth/token";
        assert_eq!(shell(&machine, network, ask).exits(0).stdout, "401");
    }
}

#[test]
fn programs_that_know_of_no_variable_in_a_private_network() {
    if !has("curl") || !has("openssl") || !networks().contains(&"private") {
        return;
    }
    let machine = Machine::new();
    let ask = "env -i curl -sS https://kapi.kakao.com/v2/user/me";
    assert_eq!(shell(&machine, "private", ask).exits(0).stdout, NO_TOKEN);
    let connect = "openssl s_client -connect kauth.kakao.com:443 -verify_return_error -verify_hostname kauth.kakao.com \
                   -brief < /dev/null 2>&1";
    let connected = shell(&machine, "private", connect).exits(0).stdout;
    assert!(connected.contains("Verification: OK"), "{connected}");
}

#[test]
fn python() {
    if !has("python3") {
        return;
    }
    let machine = Machine::new();
    let script = "
import asyncio, ssl, urllib.error, urllib.request

try:
    urllib.request.urlopen('https://kapi.kakao.com/v2/user/me')
except urllib.error.HTTPError as error:
    print(error.read().decode())

async def without_proxy():
    reader, writer = await asyncio.open_connection('kapi.kakao.com', 443, ssl=ssl.create_default_context())
    writer.write(b'GET /v2/user/me HTTP/1.0\\r\\nHost: kapi.kakao.com\\r\\n\\r\\n')
    print((await reader.read()).decode().splitlines()[-1])

asyncio.run(without_proxy())
";
    for network in networks() {
        let outcome = exec(&machine, network, &["python3", "-c", script]).exits(0);
        assert_eq!(outcome.stdout, format!("{NO_TOKEN}\n{NO_TOKEN}\n"));
    }
}

#[test]
fn python_runs_the_sitecustomize_that_ours_hides() {
    if !has("python3") {
        return;
    }
    let mut machine = Machine::new();
    let theirs = machine.file("sitecustomize.py", "print('theirs')");
    machine.set("PYTHONPATH", theirs.trim_end_matches("/sitecustomize.py"));
    assert_eq!(exec(&machine, "shared", &["python3", "-c", ""]).exits(0).stdout, "theirs\n");
}

#[test]
fn python_requests() {
    let Ok(python) = std::env::var("KATOK_TEST_PYTHON") else {
        let what = "Python's requests: KATOK_TEST_PYTHON names no Python (`cargo xtask test` makes one)";
        return leave_out(what, "KATOK_REQUIRE_THIRD_PARTY");
    };
    let machine = Machine::new();
    let script = "import requests; print(requests.get('https://kapi.kakao.com/v2/user/me').text)";
    for network in networks() {
        let outcome = exec(&machine, network, &[&python, "-c", script]).exits(0);
        assert_eq!(outcome.stdout.trim_end(), NO_TOKEN);
    }
}

#[test]
fn node() {
    if !has("node") {
        return;
    }
    let machine = Machine::new();
    let script = "
const https = require('node:https'), tls = require('node:tls');
const text = (stream) => stream.toArray().then((parts) => Buffer.concat(parts).toString());
(async () => {
  if (globalThis.fetch) console.log(await (await fetch('https://kapi.kakao.com/v2/user/me')).text());
  console.log(await new Promise((done) => https.get('https://kapi.kakao.com/v2/user/me', (answer) => done(text(answer)))));
  const socket = tls.connect(443, 'kapi.kakao.com', { servername: 'kapi.kakao.com' });
  socket.write('GET /v2/user/me HTTP/1.0\\r\\nHost: kapi.kakao.com\\r\\n\\r\\n');
  console.log((await text(socket)).split('\\r\\n').at(-1));
})();
";
    for network in networks() {
        let outcome = exec(&machine, network, &["node", "-e", script]).exits(0);
        assert_eq!(outcome.stdout, format!("{NO_TOKEN}\n").repeat(3), "{}", outcome.stderr);
    }
}

#[test]
fn java() {
    if !has("javac") {
        return;
    }
    let machine = Machine::new();
    let program = machine.file(
        "Ask.java",
        r#"
import java.net.*;
import java.net.http.*;

public class Ask {
    public static void main(String[] words) throws Exception {
        var address = URI.create("https://kapi.kakao.com/v2/user/me");
        System.out.println(((HttpURLConnection) address.toURL().openConnection()).getResponseCode());
        var request = HttpRequest.newBuilder(address).build();
        System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
}
"#,
    );
    for network in networks() {
        let outcome = exec(&machine, network, &["java", &program]).exits(0);
        assert_eq!(outcome.stdout, format!("401\n{NO_TOKEN}\n"), "{}", outcome.stderr);
    }
}
