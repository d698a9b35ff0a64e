//! A running gateway: started on a data folder and a listener, stopped without losing a request.

use std::sync::Arc;
use std::time::Duration;

use katok_client::{Chance, Clock};
use katok_listener::Listeners;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::app::{App, World};
use crate::background;
use crate::config::{Settings, redirect_path};
use crate::data_folder::DataFolder;
use crate::outbox::{self, feed, recurring, webhook};
use crate::sentence::Sentence;
use crate::start_error::StartError;
use crate::storage::Storage;
use crate::store::Store;
use crate::vault::{KeyOrigin, Vault};
use crate::web;

/// What recording Kakao's answer may take after it came.
const GRACE: Duration = Duration::from_secs(2);

/// A running gateway.
pub struct Gateway {
    notice: Option<Sentence>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    app: Arc<App>,
}

impl Gateway {
    /// Starts serving where it is told, on a data folder that the caller holds until the gateway has stopped.
    pub async fn start(
        settings: Settings,
        data: &DataFolder,
        listeners: Listeners,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, StartError> {
        let world = World { wire: None, clock, chance };
        let (app, notice) = open(settings, data, world).await?;
        let stop = app.stop.clone();
        let router = web::router(&app);
        let serving = tokio::spawn(katok_listener::serve(
            listeners,
            router,
            app.settings.bounds.connection,
            stop.clone(),
        ));
        app.unfinished.spawn(background::run(app.clone(), stop.clone()));
        app.unfinished.spawn(outbox::run(app.clone(), stop.clone()));
        app.unfinished.spawn(recurring::run(app.clone(), stop.clone()));
        app.unfinished.spawn(webhook::run(app.clone(), stop.clone()));
        app.unfinished.spawn(feed::hear_other_gateways(app.clone(), stop.clone()));
        Ok(Self { notice, stop, serving, app })
    }

    /// Something a person should know about this start, e.g. that a vault key was made.
    #[must_use]
    pub fn notice(&self) -> Option<&Sentence> {
        self.notice.as_ref()
    }

    /// Does now what is due, without waiting for the background to come round: for who turns the clock.
    pub async fn do_what_is_due(&self) {
        do_what_is_due(&self.app).await;
    }

    /// Lets running requests finish, and what Kakao has been asked already, then closes the database.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.serving.await {
            tracing::error!(%error, "gateway.serving_ended_badly");
        }
        finish(&self.app).await;
    }
}

/// A gateway on a data folder, at rest: it neither listens nor does anything by itself.
pub(crate) async fn open(
    settings: Settings,
    data: &DataFolder,
    world: World,
) -> Result<(Arc<App>, Option<Sentence>), StartError> {
    if let Some(redirect_uri) = &settings.kakao.redirect_uri {
        redirect_path::check(redirect_uri).map_err(StartError::RedirectPath)?;
    }
    let storage = Storage {
        data: data.path().to_owned(),
        database: settings.database.clone(),
        vault_key: settings.vault_key.clone(),
    };
    let place = storage.place();
    let opened = match &settings.database {
        Some(url) => Store::connect(url).await,
        None => Store::open(&storage.file()).await,
    };
    let store = opened.map_err(|error| StartError::store(error, &place))?;
    let (vault, origin) = Vault::unlock(settings.vault_key.as_ref(), data, &store, world.chance.clone())
        .await
        .map_err(|error| StartError::vault(error, &place))?;
    let notice = match origin {
        KeyOrigin::MadeNow(path) => Some(Sentence::new(
            format!("금고 키를 새로 만들어 {}에 두었습니다. 데이터와 따로 백업하세요.", path.display()),
            format!("Made a vault key and put it in {}. Back it up apart from the data.", path.display()),
        )),
        KeyOrigin::Settings | KeyOrigin::File(_) => None,
    };
    if settings.database.is_none() {
        // The caller holds the data folder: whoever held lanes before is gone.
        store.free_all_lanes().await.map_err(|error| StartError::store(error, &place))?;
    }
    let app = Arc::new(App::assemble(settings, store, vault, world)?);
    Ok((app, notice))
}

/// One round of everything that is due now.
pub(crate) async fn do_what_is_due(app: &Arc<App>) {
    if let Err(error) = background::do_what_is_due(app).await {
        tracing::error!(%error, "background.failed");
    }
    if let Err(error) = recurring::send_what_is_due(app).await {
        tracing::error!(%error, "recurring.failed");
    }
    if let Err(error) = outbox::deliver_what_is_due(app).await {
        tracing::error!(%error, "outbox.failed");
    }
    if let Err(error) = webhook::post_what_is_due(app).await {
        tracing::error!(%error, "webhook.failed");
    }
}

/// Finishes what Kakao has been asked already, and closes the database.
pub(crate) async fn finish(app: &App) {
    // A browser that went away does not end these, and Kakao's answer is worth recording: a rotated
    // refresh token exists nowhere else.
    let finished = async {
        app.unfinished.close();
        app.unfinished.wait().await;
        app.keeper.settled().await;
    };
    if timeout(app.settings.kakao_timeout + GRACE, finished).await.is_err() {
        tracing::error!("gateway.stopped_before_kakao_answered");
    }
    app.store.close().await;
}
