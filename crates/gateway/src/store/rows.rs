//! Many rows in one statement, of few different lengths, so that few statements are prepared.

use std::fmt::Write as _;

/// The most rows of one statement; both engines take some 30,000 values.
const MOST: usize = 256;

/// The next rows for one statement: as many as the largest power of two that there are.
pub(super) fn first_rows<T>(rows: &[T]) -> (&[T], &[T]) {
    rows.split_at(if rows.is_empty() { 0 } else { MOST.min(1 << rows.len().ilog2()) })
}

/// `($1, $2), ($3, $4)`: places for so many rows of so many columns.
pub(super) fn places(rows: usize, columns: usize) -> String {
    let mut places = String::new();
    for row in 0..rows {
        let comma = if row == 0 { "" } else { ", " };
        let _ = write!(places, "{comma}({})", list(row * columns, columns));
    }
    places
}

/// `$1, $2`: places for a list, after so many other values.
pub(super) fn list(after: usize, length: usize) -> String {
    let mut places = String::new();
    for number in after + 1..=after + length {
        let comma = if number == after + 1 { "" } else { ", " };
        let _ = write!(places, "{comma}${number}");
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_rows_goes_in_few_lengths() {
        let rows = [0; 300];
        let (mut lengths, mut rest) = (Vec::new(), &rows[..]);
        while !rest.is_empty() {
            let (first, others) = first_rows(rest);
            lengths.push(first.len());
            rest = others;
        }
        assert_eq!(lengths, [256, 32, 8, 4]);
        assert_eq!(first_rows(&rows[..0]), (&[][..], &[][..]));
    }

    #[test]
    fn each_value_has_a_place() {
        assert_eq!(places(2, 2), "($1, $2), ($3, $4)");
        assert_eq!(list(1, 3), "$2, $3, $4");
    }
}
