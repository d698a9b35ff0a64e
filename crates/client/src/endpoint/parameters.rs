//! What a call says: names and values, and at times a file.

use std::borrow::Cow;

use bytes::Bytes;
use zeroize::Zeroize as _;

/// The parameters of a call, in the order they are written.
///
/// They travel in the query of a GET or DELETE and in the form of a POST; a POST with a file is a multipart form.
#[derive(Clone, Default)]
pub struct Parameters {
    fields: Vec<Field>,
    file: Option<File>,
}

#[derive(Clone)]
struct Field {
    name: Cow<'static, str>,
    value: Cow<'static, str>,
    secret: bool,
}

impl Drop for Field {
    fn drop(&mut self) {
        if let (true, Cow::Owned(value)) = (self.secret, &mut self.value) {
            value.zeroize();
        }
    }
}

/// A file among the parameters.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) field: &'static str,
    pub(crate) name: String,
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Bytes,
}

impl Parameters {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.fields.push(Field { name: name.into(), value: value.into(), secret: false });
        self
    }

    /// Leaves the parameter out when there is no value.
    pub(crate) fn with_some(self, name: &'static str, value: Option<impl Into<Cow<'static, str>>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// A value Kakao must never hand back to us inside an error text.
    pub(crate) fn with_secret(mut self, name: &'static str, value: &str) -> Self {
        self.fields.push(Field { name: name.into(), value: value.to_owned().into(), secret: true });
        self
    }

    pub(crate) fn with_file(mut self, file: File) -> Self {
        self.file = Some(file);
        self
    }

    pub(crate) fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|field| (&*field.name, &*field.value))
    }

    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> + Clone {
        self.fields.iter().filter(|field| field.secret).map(|field| &*field.value)
    }

    pub(crate) fn to_form(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish()
    }
}

/// A JSON array of strings inside one form field, as Kakao wants its lists.
pub(crate) fn json_strings<'a>(strings: impl IntoIterator<Item = &'a str>) -> String {
    serde_json::Value::from_iter(strings).to_string()
}

/// The few lists that Kakao wants without JSON.
pub(crate) fn comma_separated(items: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    items.into_iter().map(|item| item.as_ref().to_owned()).collect::<Vec<_>>().join(",")
}
