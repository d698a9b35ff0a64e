//! The vault keys that a person gives, as text or by the name of a file.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::{Environment, SettingsFile, read, read_secret_file, set};
use crate::sentence::Sentence;

/// Vault keys as the person wrote them, not yet checked; never printed.
#[derive(Clone)]
pub struct VaultKeyText {
    pub(crate) text: Zeroizing<String>,
    /// Where they stand, to be read again when a key is added there.
    pub(crate) file: Option<PathBuf>,
}

impl fmt::Debug for VaultKeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKeyText([redacted])")
    }
}

impl VaultKeyText {
    /// Takes the text of one or several keys, each 32 bytes in base64.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: Zeroizing::new(text.into()), file: None }
    }

    /// Names a file that holds the keys.
    #[must_use]
    pub fn in_file(path: PathBuf) -> Self {
        Self { text: Zeroizing::default(), file: Some(path) }
    }

    pub(super) fn read(
        env: Environment<'_>,
        file: &SettingsFile,
        problems: &mut Vec<Sentence>,
    ) -> Option<Self> {
        const NAME: &str = "KATOK_VAULT_KEY";
        if let Some(text) = read(env, NAME, problems).map(Zeroizing::new) {
            return Some(match set(env, &format!("{NAME}_FILE")) {
                Some(path) => Self::in_file(path.into()),
                None => Self { text, file: None },
            });
        }
        let path = file.gateway.vault_key_file.as_ref()?;
        read_secret_file("gateway.vault_key_file", path, problems).map(Zeroizing::new)?;
        Some(Self::in_file(path.into()))
    }
}
