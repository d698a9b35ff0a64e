//! Paths of fields, such as `contents[1].link.web_url`, as the linter writes them.

/// A path through a row of an array: the array, which row, and the rest with its dot.
pub(super) fn through_a_row(path: &str) -> Option<(&str, usize, &str)> {
    let (array, rest) = path.split_once('[')?;
    let (row, rest) = rest.split_once(']')?;
    Some((array, row.parse().ok()?, rest))
}

/// A field of an object; at the top there is no object to name.
pub(super) fn inside(object: &str, name: &str) -> String {
    if object.is_empty() { name.to_owned() } else { format!("{object}.{name}") }
}

/// Whether a path leads to something within an object or array.
pub(super) fn is_within(path: &str, whole: &str) -> bool {
    path.strip_prefix(whole).is_some_and(|rest| whole.is_empty() || rest.starts_with(['.', '[']))
}

/// What the path's last step leads into; nothing at the top.
pub(super) fn parent(path: &str) -> Option<&str> {
    if path.is_empty() {
        return None;
    }
    Some(path.rfind(['.', '[']).map_or("", |end| &path[..end]))
}
