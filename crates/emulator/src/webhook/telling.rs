//! Telling: what happens in the world is sent to whoever wants to know, one after another.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Delivery, News, webhook_of};
use crate::jws;
use crate::live::LiveWorld;
use crate::seed::{App, PersonKey};

/// Sends what happens until the emulator stops. What waits meanwhile is bounded by the world, which forgets the oldest.
pub(crate) async fn keep_telling(live: Arc<LiveWorld>, stop: CancellationToken) {
    let telling = async {
        loop {
            for happened in live.next_events().await {
                let app = live.read(|world, _| world.app_named(happened.app.as_str()).cloned());
                let Some(app) = app else { continue };
                for news in News::of(&happened) {
                    tell(&live, &app, Some(happened.person.clone()), &news).await;
                }
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = telling => {}
    }
}

/// Sends one thing now; answers nothing if the app has no webhook for it.
pub(crate) async fn tell(
    live: &LiveWorld,
    app: &App,
    person: Option<PersonKey>,
    news: &News,
) -> Option<Delivery> {
    webhook_of(app, news.kind())?;
    let (number, now) = (live.deliveries().number(), live.clock().now());
    let notice = news.notice(app, number, now, jws::sign)?;
    Some(live.deliveries().send(number, now, (app.key.clone(), person), notice).await)
}
