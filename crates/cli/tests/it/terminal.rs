//! A terminal, as a person sits before one: what a command draws there.

use std::fs::{File, OpenOptions};
use std::io::Read as _;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// Both ends of a pseudo-terminal.
pub(crate) struct Terminal {
    screen: File,
    line: File,
}

impl Terminal {
    /// A terminal of eighty columns.
    pub(crate) fn open() -> Self {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        tcsetwinsize(&screen, Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let name = ptsname(&screen, Vec::new()).unwrap();
        let line = OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        Self { screen: screen.into(), line }
    }

    /// The end that a command writes to.
    pub(crate) fn line(&self) -> File {
        self.line.try_clone().unwrap()
    }

    /// All that is written until the last command has let go of it.
    pub(crate) fn shown(self) -> String {
        let Self { mut screen, line } = self;
        drop(line);
        let mut shown = Vec::new();
        // Linux ends it with an error when nobody has the other end any more.
        let _ = screen.read_to_end(&mut shown);
        String::from_utf8(shown).unwrap()
    }
}
