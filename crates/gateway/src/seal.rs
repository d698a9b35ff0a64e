//! Seals: what they look like, what they are bound to, and the keys that make and open them.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use katok_client::Chance;
use zeroize::Zeroizing;

use crate::digest::sha256;

/// By the one vault key there was, whose id was not noted.
const FIRST: u8 = 1;
/// By a vault key, with its id.
const BY_VAULT_KEY: u8 = 2;
/// By the data key of an account.
const BY_DATA_KEY: u8 = 3;

const ID: usize = 8;
const NONCE: usize = 12;
const TAG: usize = 16;

/// The bytes of a key, wiped when they are dropped.
pub(crate) type KeyBytes = Zeroizing<[u8; 32]>;

/// What a sealed value is for; bound into the seal, so that no row can stand in for another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose<'a> {
    /// The tokens of one account, in one version.
    Tokens { account: &'a str, version: i64 },
    /// The data key of one account.
    DataKey { account: &'a str },
    /// What a login attempt needs when the browser comes back.
    LoginAttempt,
    /// What a message of the outbox says.
    Message { account: &'a str, id: &'a str },
    /// What a recurring message says, and to whom.
    Recurring { account: &'a str, id: &'a str },
    /// A template saved under a name.
    SavedTemplate { account: &'a str, id: &'a str },
    /// Where a webhook leads, and what its posts are signed with.
    Webhook { account: &'a str, id: &'a str },
    /// What a browser brought for a terminal.
    RelayedCode { id: &'a str },
    /// The row that proved the key in the first schema.
    Check,
}

impl Purpose<'_> {
    fn context(self, generation: u8) -> String {
        match self {
            Self::Tokens { account, version } => format!("katok/{generation}/tokens/{account}/{version}"),
            Self::DataKey { account } => format!("katok/{generation}/data-key/{account}"),
            Self::LoginAttempt => format!("katok/{generation}/login-attempt"),
            Self::Message { account, id } => format!("katok/{generation}/message/{account}/{id}"),
            Self::Recurring { account, id } => format!("katok/{generation}/recurring/{account}/{id}"),
            Self::SavedTemplate { account, id } => {
                format!("katok/{generation}/saved-template/{account}/{id}")
            }
            Self::Webhook { account, id } => format!("katok/{generation}/webhook/{account}/{id}"),
            Self::RelayedCode { id } => format!("katok/{generation}/relayed-code/{id}"),
            Self::Check => format!("katok/{generation}/check"),
        }
    }
}

/// Why a sealed value cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DoesNotOpen {
    /// Nothing is wrong with it, but the key that sealed it is not here.
    #[error("the vault key {0} is not among the keys of this gateway")]
    KeyMissing(KeyId),
    /// Made with another key or for another purpose, or damaged.
    #[error("a sealed value does not open")]
    Damaged,
}

/// A name for a vault key that shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct KeyId([u8; ID]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for KeyId {
    type Err = DoesNotOpen;

    fn from_str(text: &str) -> Result<Self, DoesNotOpen> {
        let number = u64::from_str_radix(text, 16).map_err(|_| DoesNotOpen::Damaged)?;
        Ok(Self(number.to_be_bytes()))
    }
}

/// A key that seals the data keys of accounts.
pub(crate) struct VaultKey {
    pub(crate) id: KeyId,
    key: RandomizedNonceKey,
}

impl VaultKey {
    pub(crate) fn new(bytes: &KeyBytes) -> Self {
        let named = Zeroizing::new([b"katok/vault-key/".as_slice(), bytes.as_slice()].concat());
        let id = sha256(&named).first_chunk().copied().expect("a digest is longer than an id");
        Self { id: KeyId(id), key: aes(bytes) }
    }

    pub(crate) fn seal(&self, purpose: Purpose<'_>, plain: &[u8]) -> Vec<u8> {
        let head = [&[BY_VAULT_KEY], self.id.0.as_slice()].concat();
        seal(&self.key, &head, &purpose.context(2), plain)
    }

    /// Opens what this key has sealed, in either format.
    pub(crate) fn open(
        &self,
        purpose: Purpose<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        match SealedBy::of(sealed)? {
            (SealedBy::First, rest) => open(&self.key, &purpose.context(1), rest),
            (SealedBy::Vault(id), rest) if id == self.id => open(&self.key, &purpose.context(2), rest),
            _ => Err(DoesNotOpen::Damaged),
        }
    }
}

/// The key that seals what is kept of one account; it exists sealed in the account's row and nowhere else.
pub(crate) struct DataKey(RandomizedNonceKey);

/// A data key, sealed by a vault key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SealedDataKey(pub(crate) Vec<u8>);

impl DataKey {
    pub(crate) fn new(bytes: &[u8]) -> Result<Self, DoesNotOpen> {
        RandomizedNonceKey::new(&AES_256_GCM, bytes).map(Self).map_err(|_| DoesNotOpen::Damaged)
    }

    /// The bytes of a key that nobody has had before.
    pub(crate) fn generate(chance: &dyn Chance) -> KeyBytes {
        let mut bytes = KeyBytes::default();
        chance.fill(bytes.as_mut_slice());
        bytes
    }

    pub(crate) fn seal(&self, purpose: Purpose<'_>, plain: &[u8]) -> Vec<u8> {
        seal(&self.0, &[BY_DATA_KEY], &purpose.context(2), plain)
    }

    pub(crate) fn open(
        &self,
        purpose: Purpose<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        match SealedBy::of(sealed)? {
            (SealedBy::Account, rest) => open(&self.0, &purpose.context(2), rest),
            _ => Err(DoesNotOpen::Damaged),
        }
    }
}

/// Whose key made a seal, as its first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealedBy {
    /// The one vault key of the first schema.
    First,
    /// A vault key.
    Vault(KeyId),
    /// The data key of an account.
    Account,
}

impl SealedBy {
    /// Reads the head of a seal; what follows it is the second value.
    pub(crate) fn of(sealed: &[u8]) -> Result<(Self, &[u8]), DoesNotOpen> {
        match sealed.split_first().ok_or(DoesNotOpen::Damaged)? {
            (&FIRST, rest) => Ok((Self::First, rest)),
            (&BY_VAULT_KEY, rest) => {
                let (id, rest) = rest.split_first_chunk().ok_or(DoesNotOpen::Damaged)?;
                Ok((Self::Vault(KeyId(*id)), rest))
            }
            (&BY_DATA_KEY, rest) => Ok((Self::Account, rest)),
            _ => Err(DoesNotOpen::Damaged),
        }
    }
}

fn aes(bytes: &KeyBytes) -> RandomizedNonceKey {
    RandomizedNonceKey::new(&AES_256_GCM, bytes.as_slice()).expect("AES-256 takes a key of 32 bytes")
}

/// AES-256-GCM with a random nonce, where the plain bytes are overwritten by the sealed ones.
fn seal(key: &RandomizedNonceKey, head: &[u8], context: &str, plain: &[u8]) -> Vec<u8> {
    let body = head.len() + NONCE;
    // A buffer that grew would leave a copy behind.
    let mut sealed = Vec::with_capacity(body + plain.len() + TAG);
    sealed.extend_from_slice(head);
    sealed.extend_from_slice(&[0; NONCE]);
    sealed.extend_from_slice(plain);
    let (nonce, tag) = key
        .seal_in_place_separate_tag(Aad::from(context), &mut sealed[body..])
        .expect("sealing fails only beyond 64 GiB");
    sealed[head.len()..body].copy_from_slice(nonce.as_ref());
    sealed.extend_from_slice(tag.as_ref());
    sealed
}

fn open(key: &RandomizedNonceKey, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE>().ok_or(DoesNotOpen::Damaged)?;
    let mut body = Zeroizing::new(body.to_vec());
    let length = key
        .open_in_place(Nonce::from(nonce), Aad::from(context), &mut body)
        .map_err(|_| DoesNotOpen::Damaged)?
        .len();
    body.truncate(length);
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: Purpose<'_> = Purpose::Tokens { account: "acc_1", version: 3 };

    fn vault_key(byte: u8) -> VaultKey {
        VaultKey::new(&Zeroizing::new([byte; 32]))
    }

    fn data_key(byte: u8) -> DataKey {
        DataKey::new(&[byte; 32]).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_again_and_never_looks_the_same() {
        let (one, two) = (data_key(1).seal(TOKENS, b"token"), data_key(1).seal(TOKENS, b"token"));
        assert_ne!(one, two);
        assert!(!one.windows(5).any(|window| window == b"token"));
        assert_eq!(data_key(1).open(TOKENS, &one).unwrap().as_slice(), b"token");
    }

    #[test]
    fn a_seal_opens_only_with_its_key_and_for_its_purpose() {
        let sealed = data_key(1).seal(TOKENS, b"token");
        assert!(data_key(2).open(TOKENS, &sealed).is_err());
        assert!(data_key(1).open(Purpose::Tokens { account: "acc_2", version: 3 }, &sealed).is_err());
        assert!(data_key(1).open(Purpose::Tokens { account: "acc_1", version: 4 }, &sealed).is_err());
        assert!(data_key(1).open(Purpose::DataKey { account: "acc_1" }, &sealed).is_err());
        let wrapped = vault_key(1).seal(Purpose::DataKey { account: "acc_1" }, &[7; 32]);
        assert!(vault_key(1).open(Purpose::DataKey { account: "acc_1" }, &wrapped).is_ok());
        assert!(vault_key(1).open(Purpose::DataKey { account: "acc_2" }, &wrapped).is_err());
        assert!(vault_key(2).open(Purpose::DataKey { account: "acc_1" }, &wrapped).is_err());
        // The same bytes as a key of the other kind.
        assert!(data_key(1).open(Purpose::DataKey { account: "acc_1" }, &wrapped).is_err());
        assert!(vault_key(1).open(TOKENS, &sealed).is_err());
    }

    #[test]
    fn damaged_bytes_are_refused_wherever_they_are_cut_or_changed() {
        let key = vault_key(1);
        let sealed = key.seal(Purpose::LoginAttempt, b"verifier");
        for length in 0..sealed.len() {
            assert!(key.open(Purpose::LoginAttempt, &sealed[..length]).is_err());
        }
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(key.open(Purpose::LoginAttempt, &changed).is_err());
        }
    }

    #[test]
    fn what_the_first_release_sealed_still_opens() {
        let nonce_and_body =
            seal(&aes(&Zeroizing::new([9; 32])), &[FIRST], "katok/1/tokens/acc_1/3", b"token");
        assert_eq!(vault_key(9).open(TOKENS, &nonce_and_body).unwrap().as_slice(), b"token");
        assert!(vault_key(8).open(TOKENS, &nonce_and_body).is_err());
    }

    #[test]
    fn a_key_id_is_read_as_it_was_written_and_shows_nothing_of_the_key() {
        let id = vault_key(1).id;
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), 16);
        assert_ne!(id, vault_key(2).id);
        assert!(!id.to_string().contains("0101"));
    }
}
