//! The database goes away under load and comes back: clear refusals, no wrong answer, no hand needed.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

use crate::database::Database;
use crate::house::{House, listener};

/// What leads to the server; pulled out, every connection breaks and no new one comes about, as when it is stopped.
struct Cable {
    here: SocketAddr,
    server: SocketAddr,
    carrying: Option<JoinHandle<()>>,
}

impl Cable {
    async fn to(server: &Url) -> Self {
        let address = (server.host_str().unwrap(), server.port().unwrap_or(5432));
        let server = lookup_host(address).await.unwrap().next().unwrap();
        let (listener, _) = listener().await;
        let here = listener.local_addr().unwrap();
        Self { here, server, carrying: Some(tokio::spawn(carry(listener, server))) }
    }

    async fn pull_out(&mut self) {
        let carrying = self.carrying.take().unwrap();
        carrying.abort();
        let _ = carrying.await;
    }

    async fn plug_in(&mut self) {
        let listener = TcpListener::bind(self.here).await.unwrap();
        self.carrying = Some(tokio::spawn(carry(listener, self.server)));
    }
}

async fn carry(listener: TcpListener, server: SocketAddr) {
    let mut connections = JoinSet::new();
    loop {
        let (mut here, _) = listener.accept().await.unwrap();
        connections.spawn(async move {
            let mut there = TcpStream::connect(server).await?;
            tokio::io::copy_bidirectional(&mut here, &mut there).await
        });
    }
}

/// People who ask without pause, and what they were told.
struct Load {
    told: Arc<Mutex<Vec<(u16, String)>>>,
    asking: JoinSet<()>,
}

impl Load {
    fn of(house: &House, browser: &crate::browser::Browser) -> Self {
        let told = Arc::<Mutex<Vec<(u16, String)>>>::default();
        let mut asking = JoinSet::new();
        for _ in 0..8 {
            let (browser, told) = (browser.copy_at(&house.url), told.clone());
            asking.spawn(async move {
                loop {
                    let page = browser.get("/profile").await;
                    told.lock().unwrap().push((page.status.as_u16(), page.body));
                }
            });
        }
        Self { told, asking }
    }

    /// Waits until this many were told so, from now on.
    async fn told(&self, status: u16, times: usize) {
        let count = || self.told.lock().unwrap().iter().filter(|told| told.0 == status).count();
        let before = count();
        while count() < before + times {
            tokio::task::yield_now().await;
        }
    }

    fn end(mut self) -> Vec<(u16, String)> {
        self.asking.abort_all();
        std::mem::take(&mut self.told.lock().unwrap())
    }
}

#[tokio::test]
async fn a_database_that_stops_under_load_is_told_clearly_and_used_again_when_it_is_back() {
    let Some(database) = Database::on_postgres().await else { return };
    let mut cable = Cable::to(&database.url().unwrap()).await;
    let house = House::open_on(database.by_way_of(cable.here)).await;
    let browser = house.signed_in("ryan").await;
    let load = Load::of(&house, &browser);
    load.told(200, 20).await;

    cable.pull_out().await;
    load.told(503, 8).await;
    let visitor = house.visitor();
    let (not_ready, page, sent, sign_in) = tokio::join!(
        browser.get("/readyz"),
        browser.get("/"),
        browser.post("/message", json!({"text": "가지 않는다"})),
        visitor.get("/authorize"),
    );
    assert!(not_ready.is(503).to_string().contains("저장소"), "{}", not_ready.body);
    assert_eq!(sent.is(503)["error"], "storage_unavailable", "{}", sent.body);
    for page in [page, sign_in] {
        assert_eq!(page.status.as_u16(), 503, "{}", page.body);
        assert!(page.body.contains("저장소"), "{}", page.body);
    }
    browser.get("/healthz").await.is(200);
    assert_eq!(house.texts("ryan"), Vec::<String>::new());

    cable.plug_in().await;
    load.told(200, 20).await;
    browser.post("/message", json!({"text": "다시 간다"})).await.is(200);
    assert_eq!(house.texts("ryan"), ["다시 간다"]);
    house.signed_in("apeach").await;
    for (status, body) in load.end() {
        match status {
            200 => assert!(body.contains("라이언"), "{body}"),
            503 => assert!(body.contains("storage_unavailable"), "{body}"),
            other => panic!("{other}: {body}"),
        }
    }
}
