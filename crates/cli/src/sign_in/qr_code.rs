//! A QR code on a terminal, black on white whatever the terminal's own colours are.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use url::Url;

/// Draws an address, two rows of it in each line; none if it is too long for a QR code.
pub(crate) fn drawn(address: &Url) -> Option<String> {
    let code = QrCode::with_error_correction_level(address.as_str(), EcLevel::L).ok()?;
    let drawn = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
    let lines: Vec<String> = drawn.lines().map(|line| format!("\u{1b}[97;40m{line}\u{1b}[0m")).collect();
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_surrounds_the_code_and_its_lines_are_equally_long() {
        let drawn = drawn(&Url::parse("http://localhost:4000/sign-in/sgn_1").unwrap()).unwrap();
        let rows: Vec<&str> = drawn
            .lines()
            .map(|line| line.strip_prefix("\u{1b}[97;40m").unwrap().strip_suffix("\u{1b}[0m").unwrap())
            .collect();
        assert!(rows.iter().all(|row| row.chars().count() == rows[0].chars().count()));
        // Two lines of light above, four columns of it on the left, as the standard wants.
        assert!(rows[..2].iter().all(|row| row.chars().all(|block| block == '█')), "{rows:#?}");
        let (_half, rows) = rows.split_last().unwrap();
        assert!(rows.iter().all(|row| row.starts_with("████")), "{rows:#?}");
    }
}
