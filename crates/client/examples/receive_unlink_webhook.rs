//! Hears from Kakao that somebody has left: `cargo run -p katok-client --example receive_unlink_webhook`.
#![expect(clippy::print_stdout, reason = "an example shows what happens")]

mod kakao;

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State as Shared};
use axum::http::StatusCode;
use axum::routing::any;
use katok_client::{AdminKey, UnlinkNotice, UnlinkWebhook};
use katok_emulator::Seed;
use katok_emulator::seed::Webhook;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

struct Service {
    webhook: UnlinkWebhook,
    /// Whoever deletes what is kept about a person; Kakao waits three seconds at most, and so does not wait for it.
    clerk: UnboundedSender<UnlinkNotice>,
}

async fn told(Shared(service): Shared<Arc<Service>>, request: Request) -> StatusCode {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 16 * 1024).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    match service.webhook.receive(&parts, &body) {
        Ok(notice) => {
            // A real service writes it into its database here: Kakao may not say it twice.
            let _ = service.clerk.send(notice);
            StatusCode::OK
        }
        Err(error) => {
            println!("{error}");
            error.status()
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/kakao/unlink", listener.local_addr()?);
    let mut seed = Seed::built_in();
    seed.apps[0].webhooks.unlink = Some(Webhook { url: address.clone(), method: "POST".to_owned() });
    let kakao = kakao::start_in(seed).await?;

    let (clerk, mut notices) = unbounded_channel();
    let admin_key = AdminKey::new("de30ad31de30ad31de30ad31de30ad31");
    let webhook = UnlinkWebhook::new(admin_key).app_id("1000001");
    let router =
        Router::new().route("/kakao/unlink", any(told)).with_state(Arc::new(Service { webhook, clerk }));
    tokio::spawn(async move { axum::serve(listener, router).await });

    // Anybody can call the address; only Kakao has the key.
    let forged = reqwest::Client::new().post(address).body("app_id=1000001&user_id=1").send().await?;
    println!("a forged call is answered with {}", forged.status());

    // Apeach disconnects the service on the page of her Kakao Account.
    let disconnect = kakao.emulator.base_url().join("/_emulator/v1/people/apeach/unlink")?;
    reqwest::Client::new().post(disconnect).json(&serde_json::json!({"app": "demo"})).send().await?;
    let notice = notices.recv().await.ok_or("nobody will say anything any more")?;
    println!("somebody has left: {:?}", notice.referrer_type);
    Ok(())
}
