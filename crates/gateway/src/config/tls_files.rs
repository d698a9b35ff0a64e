//! The files with which a gateway speaks TLS itself.

use std::path::PathBuf;

use super::{Environment, SettingsFile, set};
use crate::sentence::Sentence;

/// `KATOK_TLS_CERT_FILE` and `KATOK_TLS_KEY_FILE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub cert: PathBuf,
    /// The key of that certificate.
    pub key: PathBuf,
}

impl TlsFiles {
    pub(super) fn read(
        env: Environment<'_>,
        file: &SettingsFile,
        problems: &mut Vec<Sentence>,
    ) -> Option<Self> {
        let path = |name, from_file: &Option<String>| {
            set(env, name).or_else(|| from_file.clone()).map(PathBuf::from)
        };
        let cert = path("KATOK_TLS_CERT_FILE", &file.gateway.tls_cert_file);
        let key = path("KATOK_TLS_KEY_FILE", &file.gateway.tls_key_file);
        match (cert, key) {
            (Some(cert), Some(key)) => Some(Self { cert, key }),
            (None, None) => None,
            _ => {
                problems.push(Sentence::new(
                    "KATOK_TLS_CERT_FILE과 KATOK_TLS_KEY_FILE은 함께 설정해야 합니다.",
                    "KATOK_TLS_CERT_FILE and KATOK_TLS_KEY_FILE are set together or not at all.",
                ));
                None
            }
        }
    }
}
