//! SECURITY.md names a test for each thing it promises; each of them exists.

use std::collections::BTreeSet;

/// The section whose table ends each row with the tests that show it.
const SECTION: &str = "## OAuth 2.0 Security Best Current Practice";

/// Those of the promised tests that no file of the program has.
pub(crate) fn missing(security: &str, sources: &[String]) -> Result<BTreeSet<String>, String> {
    let section =
        security.split(SECTION).nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    let named: BTreeSet<String> = rows
        .filter_map(|row| row.trim_end_matches('|').rsplit('|').next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect();
    if named.is_empty() {
        return Err(format!("SECURITY.md has no table of tests under {SECTION:?}"));
    }
    let exists = |name: &String| sources.iter().any(|source| source.contains(&format!("fn {name}()")));
    Ok(named.into_iter().filter(|name| !exists(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_gone_is_named() {
        let security = "# Security\n\n## OAuth 2.0 Security Best Current Practice (RFC 9700)\n\n\
                        | RFC | asks | katok | shown by |\n|---|---|---|---|\n\
                        | 1 | `code` | a | `is_there`, `is_gone` |\n| 2 | b | c | |\n\n## Other\n| `not_looked_at` |";
        let missing = missing(security, &["async fn is_there() {}".to_owned()]).unwrap();
        assert_eq!(missing.into_iter().collect::<Vec<_>>(), ["is_gone"]);
    }

    #[test]
    fn a_table_that_is_gone_is_told() {
        assert!(missing("# Security", &[]).is_err());
    }
}
