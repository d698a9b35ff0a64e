//! The token file: private, whole, and safe when several programs use it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use katok_client::{
    AccessToken, FileTokenStore, FileTokenStoreError, IssueLog, RefreshToken, Replaced, ScopeSet, TokenStore,
    Tokens, Version,
};
use tempfile::TempDir;
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::person::noon;

pub(crate) fn mina() -> String {
    "mina".to_owned()
}

fn tokens(access: &str) -> Tokens {
    Tokens {
        access_token: AccessToken::new(access),
        access_token_expires_at: noon(),
        refresh_token: RefreshToken::new("R1"),
        refresh_token_expires_at: noon() + SignedDuration::from_hours(1000),
        scopes: ScopeSet::parse("talk_message"),
        issue_log: IssueLog::default(),
    }
}

fn store() -> (TempDir, FileTokenStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = FileTokenStore::new(folder.path().join("katok/tokens.json"));
    (folder, store)
}

async fn access_token(store: &FileTokenStore, key: &str) -> Option<AccessToken> {
    store.load(&key.to_owned()).await.unwrap().map(|stored| stored.value.access_token)
}

#[tokio::test]
async fn files_of_former_versions_open() {
    let (_folder, store) = store();
    fs::create_dir(store.path().parent().unwrap()).unwrap();
    let former = r#"{"format":1,"accounts":{"mina":{"version":1767355200000,"tokens":{"access_token":"A1",
        "access_token_expires_at":"2026-01-02T12:00:00Z","refresh_token":"R1",
        "refresh_token_expires_at":"2026-02-13T04:00:00Z","scope":["talk_message"]}}}}"#;
    fs::write(store.path(), former).unwrap();
    let stored = store.load(&mina()).await.unwrap().unwrap();
    assert_eq!((stored.version, stored.value), (Version(1_767_355_200_000), tokens("A1")));
}

#[tokio::test]
async fn all_accounts_are_named() {
    let (_folder, store) = store();
    assert_eq!(store.keys().await.unwrap(), Vec::<String>::new());
    for key in ["ryan", "mina"] {
        store.put(key, tokens("A1"), noon()).await.unwrap();
    }
    assert_eq!(store.keys().await.unwrap(), ["mina", "ryan"]);
}

#[tokio::test]
async fn only_the_expected_version_is_replaced() {
    let (_folder, store) = store();
    assert_eq!(store.replace(&mina(), Version(1), &tokens("A2")).await.unwrap(), Replaced::Lost);
    store.put("mina", tokens("A1"), noon()).await.unwrap();
    let version = store.load(&mina()).await.unwrap().unwrap().version;
    let replaced = store.replace(&mina(), version, &tokens("A2")).await.unwrap();
    assert_eq!(replaced, Replaced::Done(Version(version.0 + 1)));
    assert_eq!(store.replace(&mina(), version, &tokens("A3")).await.unwrap(), Replaced::Lost);
    assert_eq!(access_token(&store, "mina").await, Some(AccessToken::new("A2")));
}

#[tokio::test]
async fn versions_grow_over_logout_and_login_and_over_a_clock_that_was_turned_back() {
    let (_folder, store) = store();
    let mut former = Version(0);
    for (hours, forget) in [(0, false), (1, true), (-5, false), (-5, false)] {
        store.put("mina", tokens("A1"), noon() + SignedDuration::from_hours(hours)).await.unwrap();
        let version = store.load(&mina()).await.unwrap().unwrap().version;
        assert!(version > former);
        former = version;
        if forget {
            store.put("jiho", tokens("B1"), noon()).await.unwrap();
            former = store.load(&"jiho".to_owned()).await.unwrap().unwrap().version;
            store.remove("mina").await.unwrap();
            assert_eq!(access_token(&store, "mina").await, None);
        }
    }
}

#[tokio::test]
async fn nobodys_tokens_get_lost_when_many_sign_in_at_once() {
    let (_folder, store) = store();
    let sign_ins = (0..20).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            store.put(&format!("person {number}"), tokens(&format!("A{number}")), noon()).await.unwrap();
        })
    });
    for sign_in in sign_ins.collect::<Vec<_>>() {
        sign_in.await.unwrap();
    }
    for number in 0..20 {
        let token = access_token(&store, &format!("person {number}")).await;
        assert_eq!(token, Some(AccessToken::new(format!("A{number}"))));
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_left_as_it_is() {
    let (_folder, store) = store();
    store.put("mina", tokens("A1"), noon()).await.unwrap();
    let whole = fs::read_to_string(store.path()).unwrap();
    for damaged in [
        whole.as_bytes()[..40].to_vec(),
        whole.replace("\"format\": 1", "\"format\": 2").into_bytes(),
        b"\xff\xfe".to_vec(),
        Vec::new(),
    ] {
        fs::write(store.path(), &damaged).unwrap();
        for error in [
            store.load(&mina()).await.map(drop).unwrap_err(),
            store.put("mina", tokens("A2"), noon()).await.unwrap_err(),
            store.remove("mina").await.unwrap_err(),
            store.replace(&mina(), Version(1), &tokens("A2")).await.map(drop).unwrap_err(),
        ] {
            assert!(matches!(&error, FileTokenStoreError::Damaged(path) if path == store.path()), "{error}");
            assert!(error.to_string().contains("sign in again"), "{error}");
        }
        assert_eq!(fs::read(store.path()).unwrap(), damaged);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_named() {
    let (folder, _) = store();
    fs::write(folder.path().join("katok"), "no folder").unwrap();
    let store = FileTokenStore::new(folder.path().join("katok/tokens.json"));
    let error = store.put("mina", tokens("A1"), noon()).await.unwrap_err();
    assert!(matches!(&error, FileTokenStoreError::Io { path, .. } if path == store.path()), "{error}");
    assert!(error.to_string().contains("tokens.json"), "{error}");
}

#[test]
fn nothing_waits_on_for_a_lock_that_was_given_up() {
    let (_folder, store) = store();
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let held = runtime.block_on(store.lock(&mina())).unwrap();
    let tired = async { timeout(Duration::from_millis(60), store.lock(&mina())).await };
    assert!(runtime.block_on(tired).is_err());
    // Would not return while a thread of the runtime still waits.
    drop(runtime);

    drop(held);
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(store.lock(&mina())).unwrap();
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn open_to_all(path: &Path) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    }

    #[tokio::test]
    async fn only_the_owner_reads_the_tokens() {
        let (_folder, store) = store();
        store.put("mina", tokens("A1"), noon()).await.unwrap();
        let folder = store.path().parent().unwrap();
        assert_eq!(mode(folder), 0o700);
        for file in fs::read_dir(folder).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }

    #[tokio::test]
    async fn a_file_that_others_may_read_is_closed_to_them() {
        let (_folder, store) = store();
        store.put("mina", tokens("A1"), noon()).await.unwrap();
        open_to_all(store.path());
        assert_eq!(access_token(&store, "mina").await, Some(AccessToken::new("A1")));
        assert_eq!(mode(store.path()), 0o600);
    }

    #[tokio::test]
    async fn what_a_killed_program_left_does_not_open_the_tokens_to_others() {
        let (_folder, store) = store();
        store.put("mina", tokens("A1"), noon()).await.unwrap();
        let left = store.path().with_extension("json.new");
        fs::write(&left, "half").unwrap();
        open_to_all(&left);
        store.put("mina", tokens("A2"), noon()).await.unwrap();
        assert_eq!(mode(store.path()), 0o600);
        assert_eq!(access_token(&store, "mina").await, Some(AccessToken::new("A2")));
    }

    #[tokio::test]
    async fn a_link_stays_and_what_it_leads_to_is_replaced() {
        let (folder, store) = store();
        store.put("mina", tokens("A1"), noon()).await.unwrap();
        let link = folder.path().join("link.json");
        symlink(store.path(), &link).unwrap();
        let linked = FileTokenStore::new(&link);

        let held = linked.lock(&mina()).await.unwrap();
        assert!(timeout(Duration::from_millis(60), store.lock(&mina())).await.is_err());
        drop(held);

        linked.put("mina", tokens("A2"), noon()).await.unwrap();
        assert!(link.is_symlink());
        assert_eq!(access_token(&store, "mina").await, Some(AccessToken::new("A2")));
    }

    #[tokio::test]
    async fn a_link_to_nowhere_is_refused() {
        let (folder, _) = store();
        let link = folder.path().join("link.json");
        symlink(folder.path().join("missing.json"), &link).unwrap();
        let error = FileTokenStore::new(&link).put("mina", tokens("A1"), noon()).await.unwrap_err();
        assert!(matches!(error, FileTokenStoreError::Io { .. }), "{error}");
    }
}
