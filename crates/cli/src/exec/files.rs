//! The files that the command reads: certificates to trust in each runtime's form, and two small scripts.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use katok_emulator::{Authority, KAKAO_HOSTS};
use serde_json::json;
use tempfile::TempDir;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use super::java_trust_store;

/// In the folder: certificates to trust, as most programs read them.
pub(super) const BUNDLE: &str = "ca-bundle.pem";

/// A folder that only this user can change, which goes when the command has ended.
///
/// Others may read it: root's command may go on as somebody else. Some of it is code, so the umask decides nothing.
#[derive(Debug)]
pub(crate) struct Files(TempDir);

impl Files {
    /// Writes them all. Who reaches other hosts as well has to trust the public authorities.
    pub(crate) fn write(authority: &Authority, tls_port: u16, allow_others: bool) -> io::Result<Self> {
        let mut folder = tempfile::Builder::new();
        #[cfg(unix)]
        folder.permissions(mode(0o700));
        let files = Self(folder.prefix("katok-exec-").tempdir()?);
        let mut certificates = vec![der(authority.certificate())?];
        if allow_others {
            certificates.extend(TLS_SERVER_ROOT_CERTS.iter().map(|root| root.to_vec()));
        }
        let bundle: String = certificates.iter().map(|certificate| pem(certificate)).collect();
        write(&files.bundle(), &bundle)?;
        let store = java_trust_store::of(certificates.iter().map(Vec::as_slice));
        write(&files.java_trust_store(), store)?;

        for folder in [files.php_folder(), files.python_folder()] {
            fs::create_dir(&folder)?;
            #[cfg(unix)]
            fs::set_permissions(&folder, mode(0o755))?;
        }
        let bundle = files.bundle();
        let bundle = bundle.display();
        let php = format!("openssl.cafile=\"{bundle}\"\ncurl.cainfo=\"{bundle}\"\n");
        write(&files.php_folder().join("katok.ini"), php)?;
        let script = |text: &str| {
            text.replace("KATOK_HOSTS", &json!(KAKAO_HOSTS).to_string())
                .replace("KATOK_PORT", &tls_port.to_string())
        };
        write(&files.node_script(), script(include_str!("kakao_hosts.cjs")))?;
        let sitecustomize = files.python_folder().join("sitecustomize.py");
        write(&sitecustomize, script(include_str!("sitecustomize.py")))?;
        #[cfg(unix)]
        fs::set_permissions(files.folder(), mode(0o755))?;
        Ok(files)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Certificates to trust, as OpenSSL, curl, Go and most others read them.
    pub(crate) fn bundle(&self) -> PathBuf {
        self.folder().join(BUNDLE)
    }

    pub(crate) fn java_trust_store(&self) -> PathBuf {
        self.folder().join("trust.jks")
    }

    pub(crate) fn php_folder(&self) -> PathBuf {
        self.folder().join("php")
    }

    pub(crate) fn python_folder(&self) -> PathBuf {
        self.folder().join("python")
    }

    pub(crate) fn node_script(&self) -> PathBuf {
        self.folder().join("kakao_hosts.cjs")
    }
}

/// Writes a new file that everybody can read and only this user can change.
pub(super) fn write(file: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(file)?.write_all(content.as_ref())?;
    #[cfg(unix)]
    fs::set_permissions(file, mode(0o644))?;
    Ok(())
}

#[cfg(unix)]
fn mode(bits: u32) -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(bits)
}

fn der(pem: &str) -> io::Result<Vec<u8>> {
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(base64.trim()).map_err(io::Error::other)
}

fn pem(der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines: Vec<_> = base64.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
