//! The parts of a multipart body: names, kinds and sizes, without the files themselves.

use serde_json::{Value, json};

use super::shortening::Shortening;

/// A value longer than this is told by its size, as a file is.
const LONGEST_VALUE: usize = 4 * 1024;
/// Nobody sends more in earnest.
const PARTS: usize = 100;

/// One part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    length: usize,
    /// Of a part that is no file.
    value: Option<String>,
}

impl Part {
    pub(super) fn bytes(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        size_of::<Self>()
            + self.name.len()
            + text(&self.file_name)
            + text(&self.content_type)
            + text(&self.value)
    }

    pub(super) fn to_json(&self, shortening: &mut Shortening) -> Value {
        match &self.value {
            Some(value) => shortening.value(&self.name, value).into(),
            None => json!({"file": self.file_name, "content_type": self.content_type, "bytes": self.length}),
        }
    }
}

/// The boundary that a content type names, if it is a multipart form at all.
pub(super) fn boundary(content_type: &str) -> Option<&str> {
    let (essence, parameters) = content_type.split_once(';')?;
    if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let named = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    });
    named.filter(|boundary| !boundary.is_empty())
}

/// What stands between the boundaries.
pub(super) fn parts(body: &[u8], boundary: &str) -> Vec<Part> {
    let delimiter = format!("--{boundary}");
    let mut pieces = split(body, delimiter.as_bytes());
    // What comes before the first boundary is for no one.
    pieces.next();
    pieces.take(PARTS).filter_map(part).collect()
}

fn part(piece: &[u8]) -> Option<Part> {
    let piece = piece.strip_prefix(b"\r\n")?;
    let end = find(piece, b"\r\n\r\n")?;
    let (head, content) = (String::from_utf8_lossy(&piece[..end]), &piece[end + 4..]);
    let content = content.strip_suffix(b"\r\n").unwrap_or(content);
    let header = |wanted: &str| {
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    };
    let disposition = header("content-disposition")?;
    let named = |wanted: &str| {
        disposition.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    let file_name = named("filename");
    let value = (file_name.is_none() && content.len() <= LONGEST_VALUE)
        .then(|| String::from_utf8_lossy(content).into_owned());
    Some(Part {
        name: named("name").unwrap_or_default(),
        file_name,
        content_type: header("content-type"),
        length: content.len(),
        value,
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn split<'a>(bytes: &'a [u8], delimiter: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let bytes = rest?;
        let Some(place) = find(bytes, delimiter) else { return rest.take() };
        rest = Some(&bytes[place + delimiter.len()..]);
        Some(&bytes[..place])
    })
}
