//! The vault keys that a person gives, as text or by the name of a file.

use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{Environment, SettingsFile, read, read_secret_file, set};
use crate::seal::KeyBytes;
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
            told_if_malformed(NAME, &text, problems);
            return Some(match set(env, &format!("{NAME}_FILE")) {
                Some(path) => Self::in_file(path.into()),
                None => Self { text, file: None },
            });
        }
        let path = file.gateway.vault_key_file.as_ref()?;
        let text = read_secret_file("gateway.vault_key_file", path, problems).map(Zeroizing::new)?;
        told_if_malformed("gateway.vault_key_file", &text, problems);
        Some(Self::in_file(path.into()))
    }
}

fn told_if_malformed(name: &str, text: &str, problems: &mut Vec<Sentence>) {
    if keys_in(text).is_none() {
        problems.push(Sentence::new(
            format!("{name}: 금고 키는 base64로 적은 32바이트여야 합니다. `openssl rand -base64 32`로 만들 수 있습니다."),
            format!("{name}: the vault key must be 32 bytes in base64. Make one with `openssl rand -base64 32`."),
        ));
    }
}

/// Keys stand between spaces, commas or line ends; what follows a `#` is for people.
pub(crate) fn keys_in(text: &str) -> Option<Vec<KeyBytes>> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let words = lines.flat_map(|line| line.split(|c: char| c == ',' || c.is_whitespace()));
    let keys: Option<Vec<_>> = words.filter(|word| !word.is_empty()).map(parse_one).collect();
    keys.filter(|keys| !keys.is_empty())
}

fn parse_one(text: &str) -> Option<KeyBytes> {
    let bytes = Zeroizing::new(STANDARD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).ok()?);
    let mut key = KeyBytes::default();
    (bytes.len() == key.len()).then(|| key.copy_from_slice(&bytes))?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<[u8; 32]> {
        keys_in(text).unwrap().iter().map(|key| **key).collect()
    }

    #[test]
    fn a_key_is_read_from_both_base64_alphabets_with_space_around_it() {
        let key = [0xfb; 32];
        for text in [STANDARD.encode(key), format!(" {}\n", URL_SAFE_NO_PAD.encode(key))] {
            assert_eq!(bytes(&text), [key]);
        }
    }

    #[test]
    fn several_keys_are_read_in_their_order() {
        let [one, two, three] = [[1; 32], [2; 32], [3; 32]].map(|key| STANDARD.encode(key));
        let text = format!("# since 2026-11-21\n{one}\n\n# before\n{two},{three} # the first");
        assert_eq!(bytes(&text), [[1; 32], [2; 32], [3; 32]]);
    }

    #[test]
    fn a_key_of_another_length_or_alphabet_is_no_key() {
        let good = STANDARD.encode([1; 32]);
        for text in ["", "# nothing", "passphrase", &"fb".repeat(32), &STANDARD.encode([1; 16])] {
            assert!(keys_in(text).is_none(), "{text}");
            assert!(
                text.starts_with('#') || text.is_empty() || keys_in(&format!("{good} {text}")).is_none(),
                "{text}"
            );
        }
    }
}
