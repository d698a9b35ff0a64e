//! Numbers: how they are read from a template, and how a phone writes them.

use serde_json::Value;

/// From here on a count is shown in ten thousands.
const MAN: u64 = 10_000;
const EOK: u64 = 100_000_000;

/// A whole number that is not negative, also one that is written as a string, as the arguments of a template are.
pub(crate) fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        _ => value.as_u64(),
    }
}

/// Writes `1,234`.
pub(crate) fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// Writes a count as the social row does: `999`, `1,234`, `1만`, `3억`. What is left over is dropped.
pub(crate) fn count(number: u64) -> String {
    match number {
        ..MAN => with_commas(number),
        MAN..EOK => format!("{}만", with_commas(number / MAN)),
        EOK.. => format!("{}억", with_commas(number / EOK)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_are_short_from_ten_thousand_on() {
        let shown = [0, 999, 1_000, 9_999, 10_000, 19_999, 12_345_678, 100_000_000, u64::MAX].map(count);
        let expected = ["0", "999", "1,000", "9,999", "1만", "1만", "1,234만", "1억", "184,467,440,737억"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn whole_numbers_may_be_strings_and_nothing_else() {
        assert_eq!(
            [json!(7), json!("7"), json!(u64::MAX)].map(|value| whole(&value)),
            [Some(7), Some(7), Some(u64::MAX)]
        );
        for value in [json!(-1), json!(1.5), json!("1,000"), json!(""), json!(null), json!([7]), json!(true)]
        {
            assert_eq!(whole(&value), None, "{value}");
        }
    }
}
