//! Whoever changes rows that a gateway remembers for a moment has them forgotten: `gateway/src/store/recent.rs`.

/// The tables whose rows are remembered, or parts of them.
const TABLES: [&str; 4] = ["accounts", "api_keys", "sessions", "tokens"];

/// The lines on which a file of the store changes them in a function that has no `Changing`, and does not say that what it
/// changes is not remembered. Tests may.
pub(crate) fn changed_unawares(text: &str) -> Vec<usize> {
    let program = text.split("#[cfg(test)]").next().unwrap_or_default();
    let (mut unawares, mut of_item, mut is_aware) = (Vec::new(), Vec::new(), false);
    for (index, line) in program.lines().enumerate() {
        if begins_item(line) {
            unawares.extend(of_item.drain(..).filter(|_| !is_aware));
            is_aware = false;
        }
        is_aware |= ["changing(", "Changing<", "not remembered"].iter().any(|words| line.contains(words));
        if changes(line) {
            of_item.push(index + 1);
        }
    }
    unawares.extend(of_item.into_iter().filter(|_| !is_aware));
    unawares
}

fn begins_item(line: &str) -> bool {
    line.split_whitespace().take(4).any(|word| word == "fn" || word == "const")
}

fn changes(line: &str) -> bool {
    let words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let line = format!(" {} ", words.collect::<Vec<_>>().join(" "));
    let changes = |table: &str, verb: &str| line.contains(&format!(" {verb} {table} "));
    TABLES
        .iter()
        .any(|table| ["INSERT INTO", "UPDATE", "DELETE FROM"].iter().any(|verb| changes(table, verb)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_changes_remembered_rows_says_so() {
        let store = |begin: &str, statement: &str| {
            format!("{begin}\n    query(\n\"{statement}\n    WHERE id = $1\");\n}}")
        };
        for statement in ["UPDATE tokens SET sealed = $1", "INSERT INTO sessions", "DELETE FROM accounts "] {
            let text = store("    pub(super) async fn end(&self) {", statement);
            assert_eq!(changed_unawares(&text), [3], "{statement}");
            assert_eq!(changed_unawares(&format!("#[cfg(test)]\n{text}")), []);
            let text = store("fn end(_: &Changing<'_>) {", statement);
            assert_eq!(changed_unawares(&text), []);
            let text =
                store("fn end(&self) {\n    let _changing = self.changing(Changed::Anyone);", statement);
            assert_eq!(changed_unawares(&text), []);
            let text = store("fn end(&self) {\n    // Its end is not remembered.", statement);
            assert_eq!(changed_unawares(&text), []);
            // Of another function.
            let both = format!("{text}\n{}", store("fn other(&self) {", statement));
            assert_eq!(changed_unawares(&both), [9]);
        }
        for statement in
            ["SELECT id FROM accounts", "UPDATE messages SET sealed = NULL", "INSERT INTO unlinks"]
        {
            assert_eq!(changed_unawares(&store("fn other(&self) {", statement)), [], "{statement}");
        }
    }
}
