//! The keyring of a desktop (GNOME Keyring, `KWallet`), which nobody is ever asked to unlock for this.
//!
//! See [freedesktop.org Secret Service API]. Secrets pass the person's own bus in the clear, as libsecret lets them where
//! it can do no better: whoever reads along there can ask the keyring itself.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use zbus::Connection;
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Type, Value};
use zeroize::Zeroizing;

const NAME: &str = "org.freedesktop.secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const COLLECTION: &str = "org.freedesktop.Secret.Collection";
const ITEM: &str = "org.freedesktop.Secret.Item";

/// How long a keyring may take that waits for nobody.
const PATIENCE: Duration = Duration::from_secs(5);

/// A secret on the bus: session, parameters, value, content type.
type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// The entries of one data folder.
#[derive(Clone, Debug)]
pub(crate) struct Keyring {
    folder: String,
}

/// Why a keyring cannot serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyringError {
    #[error("there is no keyring")]
    Absent,
    #[error("the keyring is locked")]
    Locked,
}

impl From<zbus::Error> for KeyringError {
    fn from(_: zbus::Error) -> Self {
        Self::Absent
    }
}

impl Keyring {
    pub(crate) fn of(data: &Path) -> Self {
        let folder = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
        Self { folder: folder.display().to_string() }
    }

    /// Fails unless something can be kept in it now.
    pub(crate) async fn is_open(&self) -> Result<(), KeyringError> {
        in_time(async { Bus::connect().await?.open_collection().await.map(drop) }).await
    }

    /// What is kept under a key.
    pub(crate) async fn read(&self, key: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        in_time(async {
            let bus = Bus::connect().await?;
            let Some(item) = bus.item(&self.attributes(Some(key))).await? else { return Ok(None) };
            let session = bus.session().await?;
            let (secret,): (Secret,) = bus.call(&item, ITEM, "GetSecret", &(session,)).await?;
            Ok(Some(Zeroizing::new(secret.2)))
        })
        .await
    }

    /// Keeps something under a key, in place of what there is.
    pub(crate) async fn write(&self, key: &str, value: &[u8]) -> Result<(), KeyringError> {
        in_time(async {
            let bus = Bus::connect().await?;
            let collection = bus.open_collection().await?;
            let properties = HashMap::from([
                ("org.freedesktop.Secret.Item.Label", Value::from("katok: Kakao")),
                ("org.freedesktop.Secret.Item.Attributes", Value::from(self.attributes(Some(key)))),
            ]);
            let secret =
                (bus.session().await?, Vec::<u8>::new(), value.to_vec(), "application/json".to_owned());
            let made = bus.call(&collection, COLLECTION, "CreateItem", &(properties, secret, true)).await?;
            let (_item, prompt): (OwnedObjectPath, OwnedObjectPath) = made;
            done_without_a_prompt(&prompt)
        })
        .await
    }

    /// Forgets what is kept under a key.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), KeyringError> {
        in_time(async {
            let bus = Bus::connect().await?;
            let Some(item) = bus.item(&self.attributes(Some(key))).await? else { return Ok(()) };
            let (prompt,): (OwnedObjectPath,) = bus.call(&item, ITEM, "Delete", &()).await?;
            done_without_a_prompt(&prompt)
        })
        .await
    }

    /// All keys under which something is kept.
    pub(crate) async fn keys(&self) -> Result<Vec<String>, KeyringError> {
        in_time(async {
            let bus = Bus::connect().await?;
            let (open, _locked) = bus.search(&self.attributes(None)).await?;
            let mut keys = Vec::new();
            for item in open {
                let attributes: HashMap<String, String> = bus
                    .property(&item, ITEM, "Attributes")
                    .await?
                    .try_into()
                    .map_err(|_| KeyringError::Absent)?;
                keys.extend(attributes.get("account").cloned());
            }
            Ok(keys)
        })
        .await
    }

    fn attributes<'a>(&'a self, key: Option<&'a str>) -> HashMap<&'a str, &'a str> {
        let fixed = [("application", "katok"), ("folder", self.folder.as_str())];
        fixed.into_iter().chain(key.map(|key| ("account", key))).collect()
    }
}

/// A connection to the bus of this person's session.
struct Bus(Connection);

impl Bus {
    async fn connect() -> Result<Self, KeyringError> {
        Ok(Self(Connection::session().await?))
    }

    async fn call<B, R>(&self, path: &str, interface: &str, method: &str, body: &B) -> Result<R, KeyringError>
    where
        B: Serialize + DynamicType,
        R: DeserializeOwned + Type,
    {
        let answer = self.0.call_method(Some(NAME), path, Some(interface), method, body).await?;
        Ok(answer.body().deserialize()?)
    }

    async fn property(&self, path: &str, interface: &str, name: &str) -> Result<OwnedValue, KeyringError> {
        let properties = "org.freedesktop.DBus.Properties";
        let (value,): (OwnedValue,) = self.call(path, properties, "Get", &(interface, name)).await?;
        Ok(value)
    }

    async fn session(&self) -> Result<OwnedObjectPath, KeyringError> {
        let plain = ("plain", Value::from(""));
        let (_, session): (OwnedValue, OwnedObjectPath) =
            self.call("/org/freedesktop/secrets", SERVICE, "OpenSession", &plain).await?;
        Ok(session)
    }

    /// The collection that things are kept in, which nobody needs to unlock.
    async fn open_collection(&self) -> Result<OwnedObjectPath, KeyringError> {
        let (path,): (OwnedObjectPath,) =
            self.call("/org/freedesktop/secrets", SERVICE, "ReadAlias", &("default",)).await?;
        if path.as_str() == "/" {
            return Err(KeyringError::Absent);
        }
        let is_locked = self.property(&path, COLLECTION, "Locked").await?;
        match bool::try_from(is_locked) {
            Ok(false) => Ok(path),
            _ => Err(KeyringError::Locked),
        }
    }

    /// The items with these attributes, open and locked ones.
    async fn search(
        &self,
        attributes: &HashMap<&str, &str>,
    ) -> Result<(Vec<OwnedObjectPath>, Vec<OwnedObjectPath>), KeyringError> {
        self.call("/org/freedesktop/secrets", SERVICE, "SearchItems", &(attributes,)).await
    }

    async fn item(&self, attributes: &HashMap<&str, &str>) -> Result<Option<OwnedObjectPath>, KeyringError> {
        let (open, locked) = self.search(attributes).await?;
        match (open.into_iter().next(), locked.is_empty()) {
            (None, false) => Err(KeyringError::Locked),
            (item, _) => Ok(item),
        }
    }
}

/// A keyring that wants to ask somebody has not done it yet.
fn done_without_a_prompt(prompt: &OwnedObjectPath) -> Result<(), KeyringError> {
    if prompt.as_str() == "/" { Ok(()) } else { Err(KeyringError::Locked) }
}

async fn in_time<T>(work: impl Future<Output = Result<T, KeyringError>>) -> Result<T, KeyringError> {
    timeout(PATIENCE, work).await.unwrap_or(Err(KeyringError::Absent))
}
