//! What each page weighs, with all it loads; and, when somebody asks for figures, how soon it is seen.

use serde_json::Value;

use super::Desk;

/// Of everything a page is made of, as it is before any compression.
const MOST: u64 = 60 * 1024;

const PREVIEWS: usize = 1000;

/// How often a page is looked at for its figures.
const VISITS: usize = 15;

/// Everything that a page brings along itself, and when it was first painted; what its scripts ask for is not counted.
const LOOK: &str = "
    const [page] = performance.getEntriesByType('navigation');
    const parts = performance.getEntriesByType('resource').filter((part) => part.name.includes('/static/'));
    const bytes = [page, ...parts].reduce((all, part) => all + part.decodedBodySize, 0);
    const done = arguments[0];
    new PerformanceObserver((paints) => done({ bytes, paint: paints.getEntries()[0].startTime }))
        .observe({ type: 'paint', buffered: true });";

#[tokio::test]
async fn no_page_of_the_gateway_weighs_over_60_kib() {
    let Some(desk) = Desk::new().await else { return };
    let mut figures = weigh(&desk, &["/", "/index.html", "/setup"]).await;
    desk.sign_in().await;
    figures.extend(weigh(&desk, &["/", "/history", "/index.html", "/account"]).await);
    for (page, bytes, paint) in &figures {
        assert!((1024..=MOST).contains(bytes), "{page} weighs {bytes} bytes");
        if are_wanted() {
            println!("{page:12} {bytes:6} bytes, first paint after {paint:.0} ms");
        }
    }
    if are_wanted() {
        // What this browser on this machine takes to paint anything at all.
        let (_, paint) = look_at(&desk, "/healthz").await;
        println!("a line of text, first paint after {paint:.0} ms");
        let times = time_previews(&desk).await;
        println!("preview      p50 {:.1} ms, p99 {:.1} ms", times[PREVIEWS / 2], times[PREVIEWS * 99 / 100]);
    }
    // A line of text names no icon of its own.
    desk.browser.close(&["/favicon.ico"]).await;
}

/// See `cargo xtask bench pages`. Times are for people to look at and nothing for a test to judge.
fn are_wanted() -> bool {
    std::env::var_os("KATOK_FIGURES").is_some()
}

/// How long previews take in milliseconds, the shortest first: asked for as the composer does, one after the other.
async fn time_previews(desk: &Desk) -> Vec<f64> {
    const ASK: &str = "
        const body = new URLSearchParams(new FormData(document.getElementById('composer')));
        const times = [];
        for (let asked = 0; asked < arguments[0]; asked += 1) {
            const begun = performance.now();
            const answer = await fetch('/compose/preview', { method: 'POST', body });
            await answer.text();
            if (!answer.ok) throw new Error(answer.status);
            times.push(performance.now() - begun);
        }
        return times.sort((one, other) => one - other);";
    desk.browser.open_page(desk.gateway.as_str()).await;
    desk.browser.press(".kind[value=feed]").await;
    desk.browser.press("button[value=example]").await;
    desk.browser.see("#phone .ktb-bubble", "").await;
    let times = desk.browser.execute(ASK, vec![PREVIEWS.into()]).await.unwrap();
    times.convert().unwrap()
}

async fn weigh(desk: &Desk, pages: &[&str]) -> Vec<(String, u64, f64)> {
    let mut figures = Vec::new();
    for page in pages {
        let (bytes, paint) = look_at(desk, page).await;
        figures.push(((*page).to_owned(), bytes, paint));
    }
    figures
}

/// What a page weighs and when it is first painted, in milliseconds: in the middle of all visits.
async fn look_at(desk: &Desk, page: &str) -> (u64, f64) {
    let address = desk.gateway.join(page).unwrap();
    let mut paints = Vec::new();
    // The first visit fills the cache; what is measured is a page that is come back to.
    desk.browser.open_page(address.as_str()).await;
    loop {
        desk.browser.open_page(address.as_str()).await;
        let look = desk.browser.execute_async(LOOK, Vec::new()).await.unwrap();
        let look: &Value = look.json();
        paints.push(look["paint"].as_f64().unwrap());
        if paints.len() == if are_wanted() { VISITS } else { 1 } {
            paints.sort_by(f64::total_cmp);
            return (look["bytes"].as_u64().unwrap(), paints[paints.len() / 2]);
        }
    }
}
