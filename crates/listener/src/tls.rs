//! TLS at the door: the certificate shown, the versions spoken, HTTP/2 or HTTP/1.1 as the client prefers.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::ResolvesServerCert;
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::certificate_files::{CertificateError, CertificateFiles};

/// What a listener shows to clients that speak TLS.
#[derive(Clone)]
pub struct Tls(tokio_rustls::TlsAcceptor);

impl Tls {
    /// Shows this chain, the server's own certificate first, to whoever comes.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Result<Self, rustls::Error> {
        // Named, not looked up: what another library of the program installs as its default decides nothing here.
        let provider = aws_lc_rs::default_provider();
        let certified = CertifiedKey::from_der(chain, key, &provider)?;
        Ok(Self::showing(Arc::new(SingleCertAndKey::from(certified)), provider))
    }

    /// Shows the chain and key of two PEM files, and what they are replaced by while the program runs.
    pub fn from_files(cert: &Path, key: &Path) -> Result<Self, CertificateError> {
        let files = CertificateFiles::open(cert, key)?;
        Ok(Self::showing(Arc::new(files), aws_lc_rs::default_provider()))
    }

    fn showing(certificates: Arc<dyn ResolvesServerCert>, provider: CryptoProvider) -> Self {
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .expect("the provider has suites for both versions")
            .with_no_client_auth()
            .with_cert_resolver(certificates);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Self(Arc::new(config).into())
    }

    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.0.accept(stream).await
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tls")
    }
}

/// Whether client and server agreed on HTTP/2.
pub(crate) fn is_http2(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}
