//! A headless Chromium of its own for each test, driven by chromedriver.

use std::io::{BufRead as _, BufReader};
use std::ops::Deref;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities as _;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::extensions::query::ElementQuery;
use thirtyfour::prelude::*;
use thirtyfour::stringmatch::StringMatchable as _;
use thirtyfour::{BrowserLogEntry, LoggingPrefsLogLevel};

use crate::emulator::http;
use crate::program::{leave_out, send_signal};

const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--hide-scrollbars",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // The pages of the emulator come in the browser's language.
    "--accept-lang=ko",
];

/// Width and height of a page on a desk.
const DESK: (u32, u32) = (1200, 900);

/// So many pages may follow one another by themselves.
const MOST_PAGES: usize = 10;

/// What a finger or mouse can do in it, and what can be seen; everything waits for what it needs.
pub(super) struct Chromium {
    // Dropped in this order: the session, the driver that ends it, the folder it lived in.
    driver: WebDriver,
    _process: Chromedriver,
    _profile: TempDir,
}

struct Chromedriver(Child);

impl Chromedriver {
    /// A driver and its port, if there is such a program here.
    fn start() -> Option<(Self, String)> {
        for _ in 0..10 {
            let mut chromedriver = Command::new("chromedriver");
            chromedriver.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = chromedriver.spawn().ok()?;
            let stdout = BufReader::new(child.stdout.take().unwrap());
            let process = Self(child);
            let mut lines = stdout.lines().map(Result::unwrap);
            // It takes a port that is free for IPv6 and ends if IPv4's is not.
            if let Some(line) = lines.find(|line| line.contains("started successfully on port")) {
                let port = line.trim_end_matches('.').rsplit(' ').next().unwrap();
                return Some((process, port.to_owned()));
            }
        }
        panic!("chromedriver does not start");
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // Unlike a kill, this also ends the browsers it has started.
        send_signal(&self.0, "TERM");
        let _ = self.0.wait();
    }
}

impl Deref for Chromium {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.driver
    }
}

impl Chromium {
    /// Opens a window, or says that there is no browser here.
    pub(super) async fn open() -> Option<Self> {
        let Some((process, port)) = Chromedriver::start() else {
            let what = "the browser tests: there is no chromedriver (`cargo xtask test` installs one)";
            leave_out(what, "KATOK_REQUIRE_BROWSER");
            return None;
        };

        let profile = tempfile::tempdir().unwrap();
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            capabilities.add_arg(argument).unwrap();
        }
        capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display())).unwrap();
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        // A client without idle connections: a failing test ends the session from another thread, which could not
        // use those of this one.
        let session = WebDriver::builder(format!("http://localhost:{port}"), capabilities).client(http());
        let driver = session.connect().await.unwrap();
        let chromium = Self { driver, _process: process, _profile: profile };
        chromium.resize(DESK.0, DESK.1).await;
        Some(chromium)
    }

    /// Makes the page so large, however large the window is.
    pub(super) async fn resize(&self, width: u32, height: u32) {
        self.cdp().emulation().set_device_metrics_override(width, height, 1.0, width < 600).await.unwrap();
    }

    /// From the next page on: a browser that runs no script.
    pub(super) async fn without_scripts(&self) {
        let disabled = json!({ "value": true });
        self.cdp().send_raw("Emulation.setScriptExecutionDisabled", disabled).await.unwrap();
    }

    pub(super) async fn open_page(&self, address: &str) {
        self.goto(address).await.unwrap();
    }

    /// Presses what the selector names as soon as it can be pressed.
    pub(super) async fn press(&self, selector: &str) {
        let clickable = || self.query(By::Css(selector)).and_clickable();
        self.do_with(selector, clickable, async |found| found.click().await).await;
    }

    /// Presses what the selector names and has this text in it.
    pub(super) async fn press_named(&self, selector: &str, text: &str) {
        let named =
            || self.query(By::Css(selector)).with_text(text.to_owned().match_partial()).and_clickable();
        self.do_with(&format!("{text} in {selector}"), named, async |found| found.click().await).await;
    }

    /// Types into a field that is there.
    pub(super) async fn write(&self, selector: &str, text: &str) {
        let clickable = || self.query(By::Css(selector)).and_clickable();
        self.do_with(selector, clickable, async |found| found.send_keys(text).await).await;
    }

    /// Waits until what the selector names is seen with this text in it.
    pub(super) async fn see(&self, selector: &str, text: &str) {
        let named =
            || self.query(By::Css(selector)).with_text(text.to_owned().match_partial()).and_displayed();
        self.do_with(&format!("{text} in {selector}"), named, async |_| Ok(())).await;
    }

    /// Does something with the first element that is found, on this page or the next.
    async fn do_with(
        &self,
        what: &str,
        query: impl Fn() -> ElementQuery,
        act: impl AsyncFn(WebElement) -> WebDriverResult<()>,
    ) {
        for _ in 0..MOST_PAGES {
            let done = match query().first().await {
                Ok(found) => act(found).await,
                Err(error) => Err(error),
            };
            match done {
                Ok(()) => return,
                // The page went away while it was looked at: the next one may have it.
                Err(error) if matches!(*error, WebDriverErrorInner::StaleElementReference(_)) => {}
                Err(error) => panic!("{what} is not to be had ({error}): {}", self.source().await.unwrap()),
            }
        }
        panic!("one page follows another");
    }

    /// Waits until nothing fits the selector any more.
    pub(super) async fn see_gone(&self, selector: &str) {
        self.query(By::Css(selector)).wait_until_gone().await.unwrap();
    }

    /// The values of all fields that fit the selector.
    pub(super) async fn values(&self, selector: &str) -> Vec<String> {
        let mut values = Vec::new();
        for field in self.find_all(By::Css(selector)).await.unwrap() {
            values.push(field.value().await.unwrap().unwrap_or_default());
        }
        values
    }

    /// Checks that the page is nowhere wider than a desk or a phone, and keeps pictures of it if they are wanted.
    pub(super) async fn fits(&self, page: &str) {
        for (name, width, height) in [(format!("{page}-phone"), 390, 844), (page.to_owned(), DESK.0, DESK.1)]
        {
            self.resize(width, height).await;
            let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            let overflow: i64 = self.execute(script, Vec::new()).await.unwrap().convert().unwrap();
            assert_eq!(overflow, 0, "{name} is too wide");
            if let Some(folder) = std::env::var_os("KATOK_PICTURES") {
                self.screenshot(&Path::new(&folder).join(name).with_extension("png")).await.unwrap();
            }
        }
    }

    /// Closes the window, after a look at its console: it may tell of refused requests to these paths only.
    pub(super) async fn close(self, refused: &[&str]) {
        let log = self.browser_log().await.unwrap();
        let is_expected = |entry: &BrowserLogEntry| {
            entry.source.as_deref() == Some("network")
                && refused.iter().any(|path| entry.message.contains(path))
        };
        let errors: Vec<_> =
            log.iter().filter(|entry| entry.level == "SEVERE" && !is_expected(entry)).collect();
        assert!(errors.is_empty(), "{}", json!(errors));
        let Self { driver, _process, _profile } = self;
        driver.quit().await.unwrap();
    }
}
