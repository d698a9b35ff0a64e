//! Where PostgreSQL is: an address with a password in it, which is never shown whole.

use std::fmt;

use url::Url;

use crate::sentence::Sentence;

/// What may follow the `?`. The driver would log any other, value and all.
const PARAMETERS: [&str; 7] =
    ["application_name", "host", "options", "sslcert", "sslkey", "sslmode", "sslrootcert"];

/// `KATOK_DATABASE_URL`
#[derive(Clone)]
pub struct PostgresUrl(Url);

impl PostgresUrl {
    /// Reads `postgres://user:password@host/database`; what is wrong with it is told without quoting it.
    pub fn parse(text: &str) -> Result<Self, Sentence> {
        let mut url = Url::parse(text).ok().filter(is_whole).ok_or_else(|| {
            Sentence::new(
                "KATOK_DATABASE_URL 값이 PostgreSQL 주소가 아닙니다. 예: postgres://katok:비밀번호@db.example/katok. 비밀번호 안의 특수 문자는 %로 적으세요(@는 %40).",
                "KATOK_DATABASE_URL is not the address of a PostgreSQL database. Example: postgres://katok:PASSWORD@db.example/katok. Write special characters of the password with % (@ as %40).",
            )
        })?;
        if url.query_pairs().any(|(name, _)| !PARAMETERS.contains(&name.as_ref())) {
            let known = PARAMETERS.join(", ");
            return Err(Sentence::new(
                format!("KATOK_DATABASE_URL의 ? 뒤에 모르는 설정이 있습니다. 쓸 수 있는 것: {known}"),
                format!("KATOK_DATABASE_URL has an unknown parameter after the ?. There are: {known}"),
            ));
        }
        if !url.query_pairs().any(|(name, _)| name == "application_name") {
            url.query_pairs_mut().append_pair("application_name", "katok");
        }
        Ok(Self(url))
    }

    /// Host and database, to be shown.
    #[must_use]
    pub fn place(&self) -> String {
        let named = self.0.query_pairs().find(|(name, _)| name == "host").map(|(_, host)| host.into_owned());
        let host = named.or_else(|| self.0.host_str().filter(|host| !host.is_empty()).map(str::to_owned));
        let port = self.0.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}{}", host.as_deref().unwrap_or("localhost"), self.0.path())
    }

    /// The whole address, for the driver only.
    pub(crate) fn secret(&self) -> &str {
        self.0.as_str()
    }
}

/// A password with a stray `/`, `#` or `@` would end up where host or database are shown.
fn is_whole(url: &Url) -> bool {
    let database = url.path().strip_prefix('/').unwrap_or_default();
    matches!(url.scheme(), "postgres" | "postgresql")
        && url.fragment().is_none()
        && !database.is_empty()
        && !database.contains(['/', '@', ':'])
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({})", self.place())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_host_and_database_are_ever_shown() {
        let place = |text: &str| {
            let url = PostgresUrl::parse(text).unwrap();
            assert!(!format!("{url:?}").contains("hunter2"));
            url.place()
        };
        assert_eq!(place("postgres://katok:hunter2@db.example/katok"), "db.example/katok");
        assert_eq!(
            place("postgresql://katok:hunter2@db.example:6432/katok?sslmode=require"),
            "db.example:6432/katok"
        );
        assert_eq!(place("postgres:///katok?host=/run/postgresql"), "/run/postgresql/katok");
        assert_eq!(place("postgres:///katok"), "localhost/katok");
    }

    #[test]
    fn what_is_no_address_is_refused_and_not_quoted() {
        for text in [
            "hunter2",
            "mysql://katok:hunter2@db.example/katok",
            "postgres://katok:hunter2@db.example",
            "postgres://katok:hunter2@db.example/",
            // Passwords with characters that should have been written with %.
            "postgres://katok:1/hunter2@db.example/katok",
            "postgres://katok:1#hunter2@db.example/katok",
            "postgres://katok:1?hunter2@db.example/katok",
            "postgres://katok:hunter2@db.example/katok?passwd=hunter2",
        ] {
            let told = PostgresUrl::parse(text).unwrap_err().to_string();
            assert!(!told.contains("hunter2"), "{told}");
        }
    }
}
