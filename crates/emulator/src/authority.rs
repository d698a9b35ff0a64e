//! The local certificate authority: made once, kept in a folder, worth nothing for any host but Kakao's two.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};
use katok_listener::Tls;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PublicKeyData as _, date_time_ymd,
};

use crate::clock::Clock;
use crate::digest::Digest;

/// The names that the emulator answers for.
pub const KAKAO_HOSTS: [&str; 2] = ["kauth.kakao.com", "kapi.kakao.com"];

/// Trusting an authority is work for people, who should not have to do it again.
const AUTHORITY_YEARS: i16 = 20;

/// Clients refuse certificates that are good for more than 397 days; an emulator may run for months.
const SERVER_DAYS: i64 = 365;

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// Signs certificates for Kakao's hosts, which only those accept who trust this authority.
pub struct Authority {
    key: KeyPair,
    certificate: String,
    certificate_file: PathBuf,
}

/// Why the authority cannot be had; its text has a line in Korean and one in English.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The folder or a file in it cannot be read or written.
    #[error(
        "인증 기관의 파일을 읽거나 쓸 수 없습니다. 권한과 남은 공간을 확인하세요: {path} ({source})\n\
         The certificate authority's files cannot be read or written. Check their permissions and the free space: \
         {path} ({source})",
        path = .path.display()
    )]
    Io {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file does not hold what was written to it.
    #[error(
        "인증 기관의 파일이 손상되었습니다. 폴더를 지우면 새로 만듭니다: {path}\n\
         The certificate authority's file is damaged. Remove its folder to have a new one made: {path}",
        path = .0.display()
    )]
    Damaged(PathBuf),
    /// No certificate can be signed.
    #[error("인증서를 만들 수 없습니다({0}).\nThe certificate cannot be made ({0}).")]
    CannotSign(String),
}

impl Authority {
    /// The authority of this folder, made now if there is none yet.
    ///
    /// `ca.pem` is for everybody to trust; `key.pem` has mode 0600. Of two programs that ask at once, one makes it.
    pub fn in_folder(folder: &Path) -> Result<Self, AuthorityError> {
        let io = |source| AuthorityError::Io { path: folder.to_owned(), source };
        let file = folder.join("key.pem");
        let text = kept_or_made(folder, &file).map_err(io)?;
        let damaged = || AuthorityError::Damaged(file.clone());
        let (key, certificate) = text.split_at(text.find(CERTIFICATE).ok_or_else(damaged)?);
        let key = KeyPair::from_pem(key).map_err(|_| damaged())?;
        let certificate_file = folder.join("ca.pem");
        if !fs::read_to_string(&certificate_file).is_ok_and(|shown| shown == certificate) {
            fs::write(&certificate_file, certificate).map_err(io)?;
        }
        Ok(Self { key, certificate: certificate.to_owned(), certificate_file })
    }

    /// The file that clients are told to trust.
    #[must_use]
    pub fn certificate_file(&self) -> &Path {
        &self.certificate_file
    }

    /// What stands in that file.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// A fresh certificate for Kakao's hosts, whose key lives in this process only.
    pub fn tls(&self) -> Result<Tls, AuthorityError> {
        let certificate = || {
            let key = KeyPair::generate()?;
            let signed = server().signed_by(&key, &Issuer::new(authority(&self.key), &self.key))?;
            Ok((signed, key))
        };
        let (certificate, key) =
            certificate().map_err(|error: rcgen::Error| AuthorityError::CannotSign(error.to_string()))?;
        Tls::new(vec![certificate.der().clone()], key.into())
            .map_err(|error| AuthorityError::CannotSign(error.to_string()))
    }
}

/// The key and the certificate as they stand in the file.
fn kept_or_made(folder: &Path, file: &Path) -> io::Result<String> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)?;
    let lock = private(&folder.join("lock"))?;
    lock.lock()?;
    match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        read => return read,
    }
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let certificate = authority(&key).self_signed(&key).map_err(io::Error::other)?;
    let text = key.serialize_pem() + &certificate.pem();
    let fresh = folder.join("key.pem.new");
    let mut opened = private(&fresh)?;
    opened.set_len(0)?;
    opened.write_all(text.as_bytes())?;
    opened.sync_all()?;
    fs::rename(fresh, file)?;
    Ok(text)
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// What the authority may sign: TLS servers under Kakao's two names, nothing by address, no further authority.
fn authority(key: &KeyPair) -> CertificateParams {
    let mut params = valid_for(AUTHORITY_YEARS.years());
    // Each machine's authority has a name of its own, by which clients find the right one of several.
    let fingerprint = Digest::of_bytes(&key.subject_public_key_info()).hex();
    params.distinguished_name.push(DnType::CommonName, format!("katok emulator CA {}", &fingerprint[..12]));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: KAKAO_HOSTS.map(|host| GeneralSubtree::DnsName(host.to_owned())).to_vec(),
        // Names permitted say nothing about addresses: these are all of them.
        excluded_subtrees: [
            CidrSubnet::from_addr_prefix(Ipv4Addr::UNSPECIFIED.into(), 0),
            CidrSubnet::from_addr_prefix(Ipv6Addr::UNSPECIFIED.into(), 0),
        ]
        .map(GeneralSubtree::IpAddress)
        .to_vec(),
    });
    params
}

fn server() -> CertificateParams {
    let mut params = valid_for(SERVER_DAYS.days());
    params.distinguished_name.push(DnType::CommonName, KAKAO_HOSTS[0]);
    params.subject_alt_names = KAKAO_HOSTS
        .map(|host| rcgen::SanType::DnsName(host.try_into().expect("host names are ASCII")))
        .to_vec();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params
}

/// From yesterday, because clocks differ. The real time: clients know nothing of the emulator's clock.
fn valid_for(span: jiff::Span) -> CertificateParams {
    let now = Clock::system().now();
    let today = (now - SignedDuration::from_hours(24)).to_zoned(TimeZone::UTC).date();
    let date = |date: Date| {
        date_time_ymd(date.year().into(), date.month().cast_unsigned(), date.day().cast_unsigned())
    };
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.not_before = date(today);
    params.not_after = date(today.saturating_add(span));
    params
}
