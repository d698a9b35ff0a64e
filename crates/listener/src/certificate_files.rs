//! A certificate that stands in files, and is read again when they change: renewed ones need no restart.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

/// Why a certificate in files cannot be used.
#[derive(Debug)]
pub enum CertificateError {
    /// The file cannot be read.
    Unreadable(PathBuf, io::Error),
    /// The file is no PEM file, or holds nothing of what it should.
    NoPem(PathBuf),
    /// The key is not that of the certificate, or of a kind that is not supported.
    DoNotFit,
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => write!(f, "{} cannot be read ({error})", path.display()),
            Self::NoPem(path) => write!(f, "{} holds no certificate or key in PEM", path.display()),
            Self::DoNotFit => f.write_str("the key does not belong to the certificate"),
        }
    }
}

impl std::error::Error for CertificateError {}

/// Two files, and what was last found in them.
pub(crate) struct CertificateFiles {
    cert: PathBuf,
    key: PathBuf,
    read: Mutex<Read>,
}

struct Read {
    changed: [Option<SystemTime>; 2],
    certified: Arc<CertifiedKey>,
}

impl CertificateFiles {
    pub(crate) fn open(cert: &Path, key: &Path) -> Result<Self, CertificateError> {
        let read =
            Read { changed: [changed(cert), changed(key)], certified: Arc::new(certified(cert, key)?) };
        Ok(Self { cert: cert.to_owned(), key: key.to_owned(), read: Mutex::new(read) })
    }

    /// What the files hold now, or what they held before while they do not fit one another.
    ///
    /// Certificate and key are renewed one after the other; a handshake in between goes on with the old ones.
    fn current(&self) -> Arc<CertifiedKey> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = [changed(&self.cert), changed(&self.key)];
        if changed != read.changed {
            // Noted either way, so that a bad file is read and complained about once.
            read.changed = changed;
            match certified(&self.cert, &self.key) {
                Ok(certified) => {
                    tracing::info!("listener.certificate_renewed");
                    read.certified = Arc::new(certified);
                }
                Err(error) => tracing::warn!(%error, "listener.certificate_not_renewed"),
            }
        }
        read.certified.clone()
    }
}

impl fmt::Debug for CertificateFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateFiles({})", self.cert.display())
    }
}

impl ResolvesServerCert for CertificateFiles {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn certified(cert: &Path, key: &Path) -> Result<CertifiedKey, CertificateError> {
    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_slice_iter(&bytes(cert)?).collect::<Result<Vec<_>, pem::Error>>();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| CertificateError::NoPem(cert.to_owned()))?;
    let key =
        PrivateKeyDer::from_pem_slice(&bytes(key)?).map_err(|_| CertificateError::NoPem(key.to_owned()))?;
    CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).map_err(|_| CertificateError::DoNotFit)
}

fn bytes(path: &Path) -> Result<Vec<u8>, CertificateError> {
    fs::read(path).map_err(|error| CertificateError::Unreadable(path.to_owned(), error))
}
