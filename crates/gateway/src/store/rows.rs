//! Many rows in one statement, of few different lengths, so that few statements are prepared.

use std::fmt::Write as _;
use std::iter;

use super::Engine;

/// The most rows of one statement; both engines take some 30,000 values.
const MOST: usize = 256;

/// Rows for one statement, with nulls after them until their number is a power of two.
pub(super) struct Batch<'a, T>(&'a [T]);

/// All rows, batch by batch.
pub(super) fn batches<T>(rows: &[T]) -> impl Iterator<Item = Batch<'_, T>> {
    rows.chunks(MOST).map(Batch)
}

impl<'a, T> Batch<'a, T> {
    /// What is really there.
    pub(super) fn rows(&self) -> &'a [T] {
        self.0
    }

    /// One for each place; none for a null.
    pub(super) fn padded(&self) -> impl Iterator<Item = Option<&'a T>> {
        self.0.iter().map(Some).chain(iter::repeat(None)).take(self.places())
    }

    fn places(&self) -> usize {
        self.0.len().next_power_of_two()
    }

    /// `VALUES ($1, $2), ($3, $4)`: the only places of a statement. Not numbered on SQLite: there, each number would be
    /// looked up in a list of all of them.
    pub(super) fn values(&self, engine: &Engine, columns: usize) -> String {
        let mut values = "VALUES ".to_owned();
        for row in 0..self.places() {
            let comma = if row == 0 { "" } else { ", " };
            let row = match engine {
                Engine::Sqlite => format!("?{}", ", ?".repeat(columns - 1)),
                Engine::Postgres { .. } => list(row * columns, columns),
            };
            let _ = write!(values, "{comma}({row})");
        }
        values
    }

    /// `$2, $3`: places for a list, after so many other values.
    pub(super) fn list(&self, after: usize) -> String {
        list(after, self.places())
    }
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
        let rows = [7; 300];
        let lengths: Vec<_> =
            batches(&rows).map(|batch| (batch.rows().len(), batch.padded().count())).collect();
        assert_eq!(lengths, [(256, 256), (44, 64)]);
        assert_eq!(batches(&rows[..0]).count(), 0);
    }

    #[test]
    fn each_value_has_a_place() {
        let batch = Batch(&[1, 2, 3]);
        assert_eq!(batch.padded().collect::<Vec<_>>(), [Some(&1), Some(&2), Some(&3), None]);
        assert_eq!(batch.values(&Engine::Sqlite, 2), "VALUES (?, ?), (?, ?), (?, ?), (?, ?)");
        assert_eq!(batch.list(1), "$2, $3, $4, $5");
    }
}
