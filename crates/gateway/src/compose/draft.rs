//! What somebody has written so far: fields or JSON, and the template object that comes of it.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::fields::{Field, Section};
use super::kind::Kind;
use super::path;

/// A message as it is being written.
#[derive(Clone)]
pub(crate) struct Draft {
    /// None for one who writes JSON.
    pub(crate) kind: Option<Kind>,
    /// What stands in the fields, by their paths: also in those of other kinds, so that nobody loses it by trying one.
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) json: String,
}

/// A template object as far as it is written.
pub(crate) struct Written {
    /// The object, or why the JSON is none.
    pub(crate) template: Result<Value, serde_json::Error>,
    /// The rows of each array that something stands in; those of the object stand close together.
    rows: BTreeMap<String, Vec<usize>>,
}

/// The paths of every field of every kind.
static KNOWN: LazyLock<HashSet<String>> =
    LazyLock::new(|| Kind::ALL.into_iter().flat_map(fields).map(|(path, _)| path).collect());

fn fields(kind: Kind) -> impl Iterator<Item = (String, &'static Field)> {
    kind.sections().iter().flat_map(Section::fields)
}

impl Draft {
    /// An empty message whose link leads to `home`.
    pub(crate) fn new(kind: Kind, home: &str) -> Self {
        let link = path::inside(kind.link(), "web_url");
        Self { kind: Some(kind), values: BTreeMap::from([(link, home.to_owned())]), json: String::new() }
    }

    /// The message that a template object makes, and the paths of what no field can hold.
    pub(crate) fn of_template(template: &Value) -> Option<(Self, Vec<String>)> {
        let kind = Kind::of_word(template.get("object_type")?.as_str()?)?;
        let fields: Vec<(String, &Field)> = fields(kind).collect();
        let (mut values, mut lost) = (BTreeMap::new(), Vec::new());
        for (place, value) in leaves(template) {
            let field = fields.iter().find(|(path, _)| *path == place).map(|(_, field)| *field);
            match (field, value) {
                (Some(field), Value::String(text)) if !field.is_number() => {
                    values.insert(place, text.clone());
                }
                (Some(field), Value::Number(number)) if field.is_number() => {
                    values.insert(place, number.to_string());
                }
                (_, Value::Null) => {}
                _ if place == "object_type" => {}
                _ => lost.push(place),
            }
        }
        Some((Self { kind: Some(kind), values, json: String::new() }, lost))
    }

    /// Reads what a form brought; what is none of our fields is left out.
    pub(crate) fn of_form<'a>(
        kind: Option<Kind>,
        json: &str,
        fields: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let values = fields
            .filter(|(path, text)| !text.is_empty() && KNOWN.contains(*path))
            // A browser sends the ends of lines as the web's forms once began with them.
            .map(|(path, text)| (path.to_owned(), text.replace("\r\n", "\n")))
            .collect();
        Self { kind, values, json: json.replace("\r\n", "\n") }
    }

    pub(crate) fn value(&self, path: &str) -> &str {
        self.values.get(path).map_or("", String::as_str)
    }

    /// What has been written in fields that the form of this kind does not show.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = (&str, &str)> {
        let shown: Vec<String> = self.kind.into_iter().flat_map(fields).map(|(path, _)| path).collect();
        let values = self.values.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        values.filter(move |(path, _)| !shown.iter().any(|shown| shown == path))
    }

    /// The template object that has been written so far, however little that is.
    pub(crate) fn written(&self) -> Written {
        let Some(kind) = self.kind else {
            return Written { template: serde_json::from_str(&self.json), rows: BTreeMap::new() };
        };
        let mut template = Map::from_iter([("object_type".to_owned(), kind.word().into())]).into();
        let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (path, field) in fields(kind) {
            let text = self.value(&path);
            if text.is_empty() {
                continue;
            }
            let number = text.trim().parse::<i64>().ok().filter(|_| field.is_number());
            let value = number.map_or_else(|| text.into(), Value::from);
            match path::through_a_row(&path) {
                None => put(&mut template, &path, value),
                Some((array, row, rest)) => {
                    let rows = rows.entry(array.to_owned()).or_default();
                    if rows.last() != Some(&row) {
                        rows.push(row);
                    }
                    put_in_row(&mut template, array, rows.len() - 1, rest, value);
                }
            }
        }
        Written { template: Ok(template), rows }
    }

    /// Goes on as another kind, or as JSON, and takes along what has a place there.
    ///
    /// None where the JSON must be mended before fields can hold it.
    pub(crate) fn switched(&self, to: Option<Kind>) -> Option<(Self, Vec<String>)> {
        match (self.kind, to) {
            (Some(_), None) => {
                let json =
                    self.written().template.map(|template| format!("{template:#}")).unwrap_or_default();
                Some((Self { kind: None, json, ..self.clone() }, Vec::new()))
            }
            (Some(from), Some(to)) => Some((self.clone().carried(from, to), Vec::new())),
            (None, None) => Some((self.clone(), Vec::new())),
            (None, Some(to)) if self.json.trim().is_empty() => {
                Some((Self { kind: Some(to), ..self.clone() }, Vec::new()))
            }
            (None, Some(to)) => {
                let (read, lost) = Self::of_template(&self.written().template.ok()?)?;
                let from = read.kind?;
                Some((read.carried(from, to), lost))
            }
        }
    }

    /// Another kind whose empty fields take what stands in fields of the same meaning.
    fn carried(mut self, from: Kind, to: Kind) -> Self {
        self.kind = Some(to);
        if let (Some(old), Some(new)) = (from.content(), to.content()) {
            self.copy(old, new);
        } else {
            self.copy(from.words(), to.words());
        }
        self.copy(from.link(), to.link());
        self
    }

    fn copy(&mut self, from: &str, to: &str) {
        let found: Vec<(String, String)> = self
            .values
            .iter()
            .filter_map(|(path, text)| {
                let rest = path.strip_prefix(from)?;
                (rest.is_empty() || rest.starts_with('.')).then(|| (format!("{to}{rest}"), text.clone()))
            })
            .collect();
        for (path, text) in found {
            self.values.entry(path).or_insert(text);
        }
    }
}

impl Written {
    /// Where a place of the object stands in the form.
    pub(super) fn place_in_form(&self, place: &str) -> String {
        path::through_a_row(place)
            .and_then(|(array, row, rest)| {
                let row = self.rows.get(array)?.get(row)?;
                Some(format!("{array}[{row}]{rest}"))
            })
            .unwrap_or_else(|| place.to_owned())
    }
}

/// Puts a value where a path without rows leads.
fn put(object: &mut Value, path: &str, value: Value) {
    let place = path.split('.').filter(|name| !name.is_empty()).fold(object, |place, name| &mut place[name]);
    *place = value;
}

fn put_in_row(object: &mut Value, array: &str, row: usize, rest: &str, value: Value) {
    let place = array.split('.').fold(object, |place, name| &mut place[name]);
    if place.is_null() {
        *place = Value::Array(Vec::new());
    }
    if let Value::Array(rows) = place {
        if rows.len() == row {
            rows.push(Value::Null);
        }
        put(&mut rows[row], rest, value);
    }
}

/// Every value of a template object that holds no others, by its path.
fn leaves(template: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), template)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::Object(object) => {
                open.extend(object.iter().rev().map(|(name, value)| (path::inside(&at, name), value)));
            }
            Value::Array(rows) => {
                let row = |(row, value)| (format!("{at}[{row}]"), value);
                open.extend(rows.iter().enumerate().rev().map(row));
            }
            _ => found.push((at, value)),
        }
    }
    found
}

#[cfg(test)]
mod tests;
