//! Why a gateway could not start: one sentence that says what to do, and never a secret.

use std::path::PathBuf;

use crate::sentence::Sentence;
use crate::store::StoreError;
use crate::vault::{KeyError, LostKey, VaultError};

/// Why a gateway could not start; its text says what to do.
///
/// A database is named by its file, or by host and name.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The file is no sound database.
    #[error(
        "데이터베이스가 손상되었습니다: {0}. 백업을 되돌리거나, 파일을 다른 곳으로 옮기고 다시 시작하세요(다시 로그인해야 합니다).\nThe database is damaged: {0}. Restore a backup, or move the file away and start again (everybody signs in again)."
    )]
    DamagedDatabase(String),
    /// A newer katok has changed the schema.
    #[error(
        "더 새로운 katok이 쓰던 데이터베이스입니다: {0}. 그 버전의 katok으로 실행하세요.\nA newer katok has used this database: {0}. Run that version."
    )]
    NewerDatabase(String),
    /// This version has not been started on it, or nobody has.
    #[error(
        "이 버전의 katok이 아직 쓰지 않은 데이터베이스입니다: {0}. katok up을 한 번 실행하세요.\nThis version of katok has not used the database yet: {0}. Run `katok up` once."
    )]
    OlderDatabase(String),
    /// The database could not be opened for another reason.
    #[error(
        "데이터베이스를 열 수 없습니다: {place} ({reason})\nThe database cannot be opened: {place} ({reason})"
    )]
    Database {
        /// Which.
        place: String,
        /// What the engine said.
        reason: String,
    },
    /// Nobody answers at that address.
    #[error(
        "PostgreSQL에 연결할 수 없습니다: {place} ({reason}). 서버가 켜져 있는지, KATOK_DATABASE_URL의 주소가 맞는지 확인하세요.\nPostgreSQL cannot be reached: {place} ({reason}). Check that it runs, and the address in KATOK_DATABASE_URL."
    )]
    DatabaseUnreachable {
        /// Which.
        place: String,
        /// What the system said.
        reason: String,
    },
    /// Wrong user or password, or a host that the server lets in nobody from.
    #[error(
        "PostgreSQL이 로그인을 거절했습니다: {0}. KATOK_DATABASE_URL의 사용자와 비밀번호, 서버의 pg_hba.conf를 확인하세요.\nPostgreSQL refused the sign-in: {0}. Check user and password in KATOK_DATABASE_URL, and the server's pg_hba.conf."
    )]
    DatabaseSignIn(String),
    /// The server has no database of this name.
    #[error(
        "PostgreSQL에 이 데이터베이스가 없습니다: {0}. createdb로 만들거나 KATOK_DATABASE_URL의 이름을 고치세요.\nPostgreSQL has no such database: {0}. Make it with createdb, or correct the name in KATOK_DATABASE_URL."
    )]
    NoSuchDatabase(String),
    /// The user may not make tables.
    #[error(
        "PostgreSQL 사용자가 테이블을 만들 수 없습니다: {0}. 데이터베이스의 소유자로 만들거나 GRANT CREATE ON SCHEMA public으로 허락하세요.\nThe PostgreSQL user may not make tables: {0}. Let it own the database, or GRANT CREATE ON SCHEMA public."
    )]
    DatabaseNotAllowed(String),
    /// The server is too old.
    #[error(
        "PostgreSQL {version}은 너무 오래되었습니다: {place}. 15 이상을 쓰세요.\nPostgreSQL {version} is too old: {place}. Use 15 or later."
    )]
    OldPostgres {
        /// Which.
        place: String,
        /// What the server said.
        version: String,
    },
    /// The server does not encrypt, or its certificate is not trusted.
    #[error(
        "PostgreSQL과 암호화된 연결을 맺을 수 없습니다: {place} ({reason}). KATOK_DATABASE_URL의 sslmode와 sslrootcert, 서버의 인증서를 확인하세요.\nNo encrypted connection to PostgreSQL: {place} ({reason}). Check sslmode and sslrootcert in KATOK_DATABASE_URL, and the server's certificate."
    )]
    DatabaseTls {
        /// Which.
        place: String,
        /// What went wrong.
        reason: String,
    },
    /// Something in the database was sealed with a key that is not among those given.
    #[error(
        "이 데이터베이스({place})의 금고 키{key}가 없고, 그 키로 잠근 계정은 {accounts}개입니다. 쓰던 키를 KATOK_VAULT_KEY 또는 vault.key에 되돌려 놓으세요. 한 데이터베이스를 쓰는 katok은 모두 같은 키를 써야 합니다.\nThe vault key{key} of this database ({place}) is missing, and the accounts that hang on it are {accounts}. Bring back the one used before, in KATOK_VAULT_KEY or vault.key; every katok on one database needs the same.", key = named(.key.as_deref())
    )]
    WrongVaultKey {
        /// Which.
        place: String,
        /// The name of the missing key, where it was noted.
        key: Option<String>,
        /// How many accounts cannot be read without it.
        accounts: u64,
    },
    /// Only a person can add another key.
    #[error(
        "쓰고 있는 금고 키가 KATOK_VAULT_KEY의 첫 번째 키입니다. 새 키(openssl rand -base64 32)를 쓰던 키 뒤에 더해 게이트웨이를 모두 다시 시작하고, 그다음 맨 앞에 둔 뒤 다시 실행하세요.\nThe first key of KATOK_VAULT_KEY is already the one that writes. Add a new one (openssl rand -base64 32) behind it and restart every gateway; then put it first and run this again."
    )]
    NoNewVaultKey,
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
    #[error("데이터베이스는 있는데 금고 키{key}의 파일이 없고, 그 키로 잠근 계정은 {accounts}개입니다: {path}. 파일을 되돌려 놓거나, 처음에 쓰던 키를 KATOK_VAULT_KEY로 주거나, 빈 데이터베이스로 다시 시작하세요(다시 로그인해야 합니다).\nThe database is there but the file of its vault key{key} is gone, and the accounts that hang on it are {accounts}: {path}. Bring it back, give the key used before as KATOK_VAULT_KEY, or start again with an empty database (everybody signs in again).", path = .path.display(), key = named(.key.as_deref()))]
    VaultKeyGone {
        /// Where it ought to be.
        path: PathBuf,
        /// The name of the missing key, where it was noted.
        key: Option<String>,
        /// How many accounts cannot be read without it.
        accounts: u64,
    },
    /// Kakao would send people back to a path that is something else here.
    #[error("{0}")]
    RedirectPath(Sentence),
    /// The client could not be built from the settings.
    #[error("카카오 설정으로 시작할 수 없습니다: {0}\nCannot start with these Kakao settings: {0}")]
    Kakao(#[from] katok_client::Error),
}

impl StartError {
    pub(crate) fn store(error: StoreError, place: &str) -> Self {
        let place = place.to_owned();
        match error {
            StoreError::Damaged(_) => Self::DamagedDatabase(place),
            StoreError::Newer => Self::NewerDatabase(place),
            StoreError::Older => Self::OlderDatabase(place),
            StoreError::Unreachable(reason) => Self::DatabaseUnreachable { place, reason },
            StoreError::SignInRefused => Self::DatabaseSignIn(place),
            StoreError::NoSuchDatabase => Self::NoSuchDatabase(place),
            StoreError::NotAllowed => Self::DatabaseNotAllowed(place),
            StoreError::OldPostgres(version) => Self::OldPostgres { place, version },
            StoreError::Tls(reason) => Self::DatabaseTls { place, reason },
            other => Self::Database { place, reason: other.to_string() },
        }
    }

    pub(crate) fn vault(error: VaultError, place: &str) -> Self {
        match error {
            VaultError::Key(KeyError::Malformed { path }) => Self::MalformedVaultKey(path),
            VaultError::Key(KeyError::File { path, source }) => Self::VaultKeyFile { path, source },
            VaultError::Lost(LostKey { file, id, accounts }) => {
                let key = id.map(|id| id.to_string());
                match file {
                    Some(path) => Self::VaultKeyGone { path, key, accounts },
                    None => Self::WrongVaultKey { place: place.to_owned(), key, accounts },
                }
            }
            VaultError::NoNewKey => Self::NoNewVaultKey,
            VaultError::Store(error) => Self::store(error, place),
        }
    }
}

/// A key's name in the middle of a sentence.
fn named(key: Option<&str>) -> String {
    key.map(|key| format!(" {key}")).unwrap_or_default()
}
