//! A running gateway: started on a data folder and a listener, stopped without losing a request.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use katok_client::{Chance, Clock};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Settings;
use crate::data_folder::DataFolder;
use crate::sentence::Sentence;
use crate::store::{Store, StoreError};
use crate::vault::{KeyError, KeyOrigin, Vault, VaultError};
use crate::web;

/// A running gateway.
#[derive(Debug)]
pub struct Gateway {
    notice: Option<Sentence>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    store: Store,
    // As long as the gateway lives, no other may use the folder.
    _data: DataFolder,
}

/// Why a gateway could not start; its text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The file is no sound database.
    #[error("데이터베이스 {path}가 손상되었습니다. 백업을 되돌리거나, 파일을 다른 곳으로 옮기고 다시 시작하세요(다시 로그인해야 합니다).\nThe database {path} is damaged. Restore a backup, or move the file away and start again (everybody signs in again).", path = .0.display())]
    DamagedDatabase(PathBuf),
    /// The database could not be opened for another reason.
    #[error("데이터베이스 {path}를 열 수 없습니다({reason}).\nThe database {path} cannot be opened ({reason}).", path = .path.display())]
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
    #[error("금고 키{place}가 base64로 적은 32바이트가 아닙니다. `openssl rand -base64 32`로 만들 수 있습니다.\nThe vault key{place} is not 32 bytes in base64. Make one with `openssl rand -base64 32`.", place = .0.as_ref().map(|path| format!(" ({})", path.display())).unwrap_or_default())]
    MalformedVaultKey(Option<PathBuf>),
    /// The key file cannot be read or written.
    #[error("금고 키 파일 {path}를 읽거나 쓸 수 없습니다({source}).\nThe vault key file {path} cannot be read or written ({source}).", path = .path.display())]
    VaultKeyFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Sealed data is there, its key is not.
    #[error("데이터베이스는 있는데 금고 키 파일 {path}가 없습니다. 파일을 되돌려 놓거나, katok.db를 옮기고 다시 시작하세요(다시 로그인해야 합니다).\nThe database is there but its vault key file {path} is gone. Bring it back, or move katok.db away and start again (everybody signs in again).", path = .0.display())]
    VaultKeyGone(PathBuf),
    /// The client could not be built from the settings.
    #[error("카카오 설정으로 시작할 수 없습니다: {0}\nCannot start with these Kakao settings: {0}")]
    Kakao(#[from] katok_client::Error),
}

impl Gateway {
    /// Starts serving on a listener that is bound already, so that its port may be part of the settings.
    pub async fn start(
        settings: Settings,
        data: DataFolder,
        listener: TcpListener,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, StartError> {
        let database = data.path().join("katok.db");
        let store = Store::open(&database).await.map_err(|error| store_error(error, &database))?;
        let (vault, origin) = Vault::unlock(settings.vault_key.as_ref(), &data, &store, chance.as_ref())
            .await
            .map_err(|error| vault_error(error, &database))?;
        let notice = match origin {
            KeyOrigin::MadeNow(path) => Some(Sentence::new(
                format!("금고 키를 새로 만들어 {}에 두었습니다. 데이터와 따로 백업하세요.", path.display()),
                format!("Made a vault key and put it in {}. Back it up apart from the data.", path.display()),
            )),
            KeyOrigin::Settings | KeyOrigin::File => None,
        };
        let app = App::assemble(settings, store.clone(), vault, clock, chance)?;
        let stop = CancellationToken::new();
        let router = web::router(Arc::new(app));
        let serving = tokio::spawn(katok_listener::serve(
            listener,
            router,
            katok_listener::Limits::default(),
            stop.clone(),
        ));
        Ok(Self { notice, stop, serving, store, _data: data })
    }

    /// Something a person should know about this start, e.g. that a vault key was made.
    #[must_use]
    pub fn notice(&self) -> Option<&Sentence> {
        self.notice.as_ref()
    }

    /// Lets running requests finish, then closes the database.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.serving.await {
            tracing::error!(%error, "gateway.serving_ended_badly");
        }
        self.store.close().await;
    }
}

fn store_error(error: StoreError, database: &Path) -> StartError {
    match error {
        StoreError::Damaged(_) => StartError::DamagedDatabase(database.to_owned()),
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
