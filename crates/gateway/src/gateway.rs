//! A running gateway: started on a data folder and a listener, stopped without losing a request.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use katok_client::{Chance, Clock};
use katok_listener::Listeners;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Settings;
use crate::data_folder::DataFolder;
use crate::sentence::Sentence;
use crate::store::{Store, StoreError};
use crate::vault::{KeyError, KeyOrigin, Vault, VaultError};
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

/// Why a gateway could not start; its text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The file is no sound database.
    #[error("데이터베이스가 손상되었습니다: {path}. 백업을 되돌리거나, 파일을 다른 곳으로 옮기고 다시 시작하세요(다시 로그인해야 합니다).\nThe database is damaged: {path}. Restore a backup, or move the file away and start again (everybody signs in again).", path = .0.display())]
    DamagedDatabase(PathBuf),
    /// A newer katok has changed the schema.
    #[error("더 새로운 katok이 쓰던 데이터베이스입니다: {path}. 그 버전의 katok으로 실행하세요.\nA newer katok has used this database: {path}. Run that version.", path = .0.display())]
    NewerDatabase(PathBuf),
    /// The database could not be opened for another reason.
    #[error("데이터베이스를 열 수 없습니다: {path} ({reason})\nThe database cannot be opened: {path} ({reason})", path = .path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What the engine said.
        reason: String,
    },
    /// The key does not open what is sealed.
    #[error(
        "금고 키가 이 데이터베이스의 것이 아닙니다. 처음에 쓰던 KATOK_VAULT_KEY 또는 vault.key를 되돌려 놓으세요.\nThe vault key is not the one this database was sealed with. Bring back the KATOK_VAULT_KEY or vault.key used before."
    )]
    WrongVaultKey,
    /// The key is not a key.
    #[error("금고 키는 base64로 적은 32바이트여야 합니다{place}. `openssl rand -base64 32`로 만들 수 있습니다.\nThe vault key must be 32 bytes in base64{place}. Make one with `openssl rand -base64 32`.", place = .0.as_ref().map(|path| format!(" ({})", path.display())).unwrap_or_default())]
    MalformedVaultKey(Option<PathBuf>),
    /// The key file cannot be read or written.
    #[error("금고 키 파일을 읽거나 쓸 수 없습니다: {path} ({source})\nThe vault key file cannot be read or written: {path} ({source})", path = .path.display())]
    VaultKeyFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Sealed data is there, its key is not.
    #[error("데이터베이스는 있는데 금고 키 파일이 없습니다: {path}. 파일을 되돌려 놓거나, katok.db를 옮기고 다시 시작하세요(다시 로그인해야 합니다).\nThe database is there but its vault key file is gone: {path}. Bring it back, or move katok.db away and start again (everybody signs in again).", path = .0.display())]
    VaultKeyGone(PathBuf),
    /// The client could not be built from the settings.
    #[error("카카오 설정으로 시작할 수 없습니다: {0}\nCannot start with these Kakao settings: {0}")]
    Kakao(#[from] katok_client::Error),
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
        let database = data.path().join("katok.db");
        let store = Store::open(&database).await.map_err(|error| store_error(error, &database))?;
        let (vault, origin) = Vault::unlock(settings.vault_key.as_ref(), data, &store, chance.as_ref())
            .await
            .map_err(|error| vault_error(error, &database))?;
        let notice = match origin {
            KeyOrigin::MadeNow(path) => Some(Sentence::new(
                format!("금고 키를 새로 만들어 {}에 두었습니다. 데이터와 따로 백업하세요.", path.display()),
                format!("Made a vault key and put it in {}. Back it up apart from the data.", path.display()),
            )),
            KeyOrigin::Settings | KeyOrigin::File => None,
        };
        let app = Arc::new(App::assemble(settings, store.clone(), vault, clock, chance)?);
        let stop = CancellationToken::new();
        let router = web::router(app.clone());
        let serving = tokio::spawn(katok_listener::serve(
            listeners,
            router,
            katok_listener::Limits::default(),
            stop.clone(),
        ));
        Ok(Self { notice, stop, serving, app })
    }

    /// Something a person should know about this start, e.g. that a vault key was made.
    #[must_use]
    pub fn notice(&self) -> Option<&Sentence> {
        self.notice.as_ref()
    }

    /// Lets running requests finish, and what Kakao has been asked already, then closes the database.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.serving.await {
            tracing::error!(%error, "gateway.serving_ended_badly");
        }
        // A browser that went away does not end these, and Kakao's answer is worth recording: a rotated
        // refresh token exists nowhere else.
        let finished = async {
            self.app.unfinished.close();
            self.app.unfinished.wait().await;
            self.app.keeper.settled().await;
        };
        if timeout(self.app.settings.kakao_timeout + GRACE, finished).await.is_err() {
            tracing::error!("gateway.stopped_before_kakao_answered");
        }
        self.app.store.close().await;
    }
}

fn store_error(error: StoreError, database: &Path) -> StartError {
    match error {
        StoreError::Damaged(_) => StartError::DamagedDatabase(database.to_owned()),
        StoreError::Newer => StartError::NewerDatabase(database.to_owned()),
        other => StartError::Database { path: database.to_owned(), reason: other.to_string() },
    }
}

fn vault_error(error: VaultError, database: &Path) -> StartError {
    match error {
        VaultError::Key(KeyError::Malformed { path }) => StartError::MalformedVaultKey(path),
        VaultError::Key(KeyError::File { path, source }) => StartError::VaultKeyFile { path, source },
        VaultError::Key(KeyError::Gone { path }) => StartError::VaultKeyGone(path),
        VaultError::WrongKey => StartError::WrongVaultKey,
        VaultError::Store(error) => store_error(error, database),
    }
}
