//! A PostgreSQL of the tests' own: made in a temporary folder, gone afterwards.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{self, Command, Stdio};
use std::{env, fs};

use crate::needs::{is_root, run};

/// Nobody else's data is behind it.
const PASSWORD: &str = "for-tests-only";

/// The folder that holds PostgreSQL's programs; Debian keeps them off the `PATH`.
pub(crate) fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<_> = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().collect();
    versions.sort_by_key(fs::DirEntry::file_name);
    let of_debian = versions.iter().rev().map(|version| version.path().join("bin"));
    env::split_paths(&path).chain(of_debian).find(|folder| folder.join("pg_ctl").is_file())
}

/// A running server, stopped and removed when this value goes.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes and starts a server on a free port of this machine; without `fsync` nothing waits for the disk.
    pub(crate) fn start(fsync: &str) -> Result<Self, String> {
        let programs = programs().ok_or("PostgreSQL is not installed")?;
        // A socket's path may have about a hundred letters, so not under the target folder.
        let folder = env::temp_dir().join(format!("katok-postgres-{}", process::id()));
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
        let port = port.map_err(|error| format!("no free port: {error}"))?.port();
        let server = Self { programs, folder, port };
        server.make().map_err(|error| format!("{}: {error}", server.folder.display()))?;

        let (data, password) = (server.path("data"), server.path("password"));
        run(server.program("initdb").args(["-D", &data, "--pwfile", &password]).args([
            "--auth=scram-sha-256",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]))?;
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync={fsync} -c max_connections=500",
            server.folder.display()
        );
        run(server.program("pg_ctl").args([
            "-D",
            &data,
            "-l",
            &server.path("log"),
            "-o",
            &options,
            "-w",
            "start",
        ]))?;
        Ok(server)
    }

    /// Its address, for `KATOK_TEST_DATABASE_URL`.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres:{PASSWORD}@127.0.0.1:{}/postgres", self.port)
    }

    fn make(&self) -> std::io::Result<()> {
        fs::create_dir(&self.folder)?;
        let password = self.folder.join("password");
        fs::write(&password, PASSWORD)?;
        if is_root() {
            for path in [&self.folder, &password] {
                let done = Command::new("chown").arg("postgres").arg(path).status()?;
                if !done.success() {
                    return Err(std::io::Error::other("cannot be given to the user postgres"));
                }
            }
        }
        Ok(())
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// PostgreSQL refuses to run as root.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The user postgres may not look into the folder that this was started from.
        command.current_dir("/").stdout(Stdio::null());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = run(self.program("pg_ctl").args(["-D", &self.path("data"), "-m", "immediate", "-w", "stop"]));
        let _ = fs::remove_dir_all(&self.folder);
    }
}
