//! Columns on a terminal, where a Hangul syllable is two wide.

use unicode_width::UnicodeWidthStr as _;

use crate::printable::printable;

/// Rows whose columns stand below each other.
pub(crate) fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let rows: Vec<[String; N]> = rows.iter().map(|row| row.each_ref().map(|cell| printable(cell))).collect();
    let widest = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(widest);
    let line = |row: &[String; N]| {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_whatever_the_script() {
        let rows = [["ryan", "라이언", "demo"], ["apeach", "Peach", ""], ["con", "\u{1b}[31m", "shop"]];
        let table = aligned(&rows.map(|row| row.map(str::to_owned)));
        assert_eq!(table, "ryan    라이언      demo\napeach  Peach\ncon     \\u{1b}[31m  shop");
    }
}
