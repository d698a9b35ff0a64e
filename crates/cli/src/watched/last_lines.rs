//! The last lines that a command has written, as a person would have seen them.

use std::collections::VecDeque;
use std::mem;

use anstream::adapter::strip_str;

use crate::output::Stream;

/// Longer lines lose their beginning.
const LONGEST: usize = 4096;

/// A few lines of both streams, in the order in which they were ended.
#[derive(Debug)]
pub(super) struct LastLines {
    most: usize,
    lines: VecDeque<String>,
    /// What stands on a line that is not ended.
    open: [Vec<u8>; 2],
}

impl LastLines {
    pub(super) fn new(most: usize) -> Self {
        Self { most, lines: VecDeque::new(), open: [Vec::new(), Vec::new()] }
    }

    /// Takes what was written.
    pub(super) fn add(&mut self, stream: Stream, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let open = &mut self.open[stream as usize];
            open.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = mem::take(open);
                self.end(&line);
            } else if open.len() > 2 * LONGEST {
                open.drain(..open.len() - LONGEST);
            }
        }
    }

    /// The last lines, also those that nothing has ended.
    pub(super) fn read(&mut self) -> Vec<String> {
        for line in mem::take(&mut self.open) {
            self.end(&line);
        }
        self.lines.iter().cloned().collect()
    }

    fn end(&mut self, line: &[u8]) {
        let line = seen(&String::from_utf8_lossy(line));
        if !line.is_empty() {
            self.lines.push_back(line);
        }
        if self.lines.len() > self.most {
            self.lines.pop_front();
        }
    }
}

/// Without colours, and without what was written over, such as the earlier states of a progress bar.
fn seen(line: &str) -> String {
    let plain = strip_str(line.trim_end()).to_string();
    let last = plain.rsplit('\r').next().unwrap_or_default();
    last.chars().filter(|character| !character.is_control()).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(most: usize, written: &[(Stream, &str)]) -> Vec<String> {
        let mut lines = LastLines::new(most);
        for (stream, text) in written {
            lines.add(*stream, text.as_bytes());
        }
        lines.read()
    }

    #[test]
    fn the_last_lines_stay_whole_however_they_were_written() {
        use Stream::{Stderr, Stdout};
        assert_eq!(kept(2, &[(Stdout, "하나\n둘\n\n"), (Stdout, "셋")]), ["둘", "셋"]);
        assert_eq!(kept(5, &[(Stdout, "만"), (Stderr, "경고\n"), (Stdout, "들기\n")]), ["경고", "만들기"]);
        assert!(kept(3, &[]).is_empty());
    }

    #[test]
    fn colours_and_what_was_written_over_are_left_out() {
        let bar = "10%\r55%\r100% 완료\r\n\u{1b}[31merror\u{1b}[0m: 실패\u{7}\n";
        assert_eq!(kept(5, &[(Stream::Stdout, bar)]), ["100% 완료", "error: 실패"]);
    }

    #[test]
    fn a_line_without_an_end_takes_no_more_room() {
        let mut lines = LastLines::new(1);
        for _ in 0..100 {
            lines.add(Stream::Stdout, &[b'x'; 1000]);
        }
        assert!(lines.open[0].len() <= 2 * LONGEST);
        assert!(lines.read()[0].len() <= 2 * LONGEST);
    }
}
