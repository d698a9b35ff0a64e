//! The variables by which programs of each language find the emulator and trust it.

use std::ffi::OsString;

use super::{Files, java_trust_store};

/// What is not asked of the proxy.
const THIS_MACHINE: &str = "localhost,127.0.0.1,::1";

/// Where the emulator and the proxy answer, on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) http: u16,
    pub(crate) tls: u16,
    pub(crate) proxy: u16,
}

/// What is set for the command; what the person has set in a list is kept in it.
pub(crate) fn variables(
    files: &Files,
    ports: Ports,
    existing: impl Fn(&str) -> Option<OsString>,
) -> Vec<(&'static str, OsString)> {
    let mut variables = vec![("KATOK_EMULATOR_URL", format!("http://localhost:{}", ports.http).into())];
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
        variables.push((name, format!("http://127.0.0.1:{}", ports.proxy).into()));
    }
    // curl, Python's requests, Node and Deno have names of their own; OpenSSL, Go, Ruby, .NET, rustls and
    // Python's httpx and aiohttp share one.
    let authorities =
        ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "DENO_CERT"];
    for name in authorities {
        variables.push((name, files.bundle().into()));
    }
    variables.push(("NODE_USE_ENV_PROXY", "1".into()));

    let mut extend = |name, separator: &str, ours: OsString| {
        let mut list = existing(name).unwrap_or_default();
        if !list.is_empty() {
            list.push(separator);
        }
        list.push(ours);
        variables.push((name, list));
    };
    for name in ["NO_PROXY", "no_proxy"] {
        extend(name, ",", THIS_MACHINE.into());
    }
    extend("NODE_OPTIONS", " ", quoted("--require=", &files.node_script()));
    extend("JAVA_TOOL_OPTIONS", " ", java_options(files, ports.proxy));
    let path_separator = if cfg!(windows) { ";" } else { ":" };
    // First, or another sitecustomize would hide ours; ours runs the other.
    let mut python = files.python_folder().into_os_string();
    if let Some(theirs) = existing("PYTHONPATH").filter(|theirs| !theirs.is_empty()) {
        python.push(path_separator);
        python.push(theirs);
    }
    // An empty place in this list stands for PHP's own folder.
    let mut php = existing("PHP_INI_SCAN_DIR").unwrap_or_default();
    php.push(path_separator);
    php.push(files.php_folder());
    variables.extend([("PYTHONPATH", python), ("PHP_INI_SCAN_DIR", php)]);
    variables
}

fn java_options(files: &Files, proxy: u16) -> OsString {
    let mut options = OsString::new();
    for scheme in ["http", "https"] {
        options.push(format!("-D{scheme}.proxyHost=127.0.0.1 -D{scheme}.proxyPort={proxy} "));
    }
    // For https too.
    options.push("-Dhttp.nonProxyHosts=localhost|127.*|[::1] ");
    options.push(quoted("-Djavax.net.ssl.trustStore=", &files.java_trust_store()));
    options.push(" -Djavax.net.ssl.trustStoreType=JKS -Djavax.net.ssl.trustStorePassword=");
    options.push(java_trust_store::PASSWORD);
    options
}

/// An option whose path may have spaces in it.
fn quoted(option: &str, path: &std::path::Path) -> OsString {
    let mut quoted = OsString::from("\"");
    quoted.push(option);
    quoted.push(path);
    quoted.push("\"");
    quoted
}
