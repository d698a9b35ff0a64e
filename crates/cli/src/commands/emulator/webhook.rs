//! `katok emulator webhook`: sends an app one of Kakao's webhooks now.

use serde_json::{Value, json};

use crate::args::emulator::{About, WebhookCommand};
use crate::control::Control;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::printable::printable;

pub(super) async fn run(
    control: &Control,
    command: &WebhookCommand,
    output: Output,
) -> Result<Exit, Failure> {
    let webhook = match command {
        WebhookCommand::Unlink { about, referrer_type } => json!({
            "type": "unlink",
            "app": app(control, about).await?,
            "person": about.person,
            "referrer_type": referrer_type,
        }),
        WebhookCommand::AccountStatus { event, about, reason } => json!({
            "type": "account_status",
            "app": app(control, about).await?,
            "person": about.person,
            "event": event,
            "reason": reason,
        }),
    };
    let delivery = control.post(&["webhooks"], &webhook).await?;
    output.data(&delivery, || line(&delivery))?;
    Ok(match delivery["status"].as_u64() {
        Some(200..=299) => Exit::Done,
        Some(_) => Exit::Refused,
        None => Exit::Trouble,
    })
}

/// The app that is named, or the only one.
async fn app(control: &Control, about: &About) -> Result<String, Failure> {
    if let Some(app) = &about.app {
        return Ok(app.clone());
    }
    let apps: Vec<String> = control.world().await?.apps.into_iter().map(|app| app.key).collect();
    if let [app] = &apps[..] {
        return Ok(app.clone());
    }
    let apps = apps.join(", ");
    Err(Failure::usage(
        format!("--app으로 어느 앱인지 알려 주세요: {apps}."),
        format!("Say which app with --app: {apps}."),
    ))
}

/// `POST http://localhost:4000/kakao/unlink  200`, and what the receiver said.
fn line(delivery: &Value) -> String {
    let text = |name: &str| printable(delivery[name].as_str().unwrap_or_default());
    let answer = match delivery["status"].as_u64() {
        Some(status) => format!("{status} {}", text("body")),
        None => text("error"),
    };
    format!("{} {}  {answer}", text("method"), text("url")).trim_end().to_owned()
}
