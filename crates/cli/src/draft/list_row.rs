//! A row of `--list`: `title|text|picture|link`, of which the last ones may be left out.

use katok_client::Link;
use katok_client::template::{Content, Image};
use url::Url;

use crate::failure::Failure;

/// A row as it was typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ListRow {
    title: String,
    description: Option<String>,
    picture: Option<Url>,
    link: Option<Url>,
}

impl ListRow {
    pub(super) fn read(typed: &str) -> Result<Self, Failure> {
        let malformed = || {
            Failure::usage(
                format!(
                    "--item을 읽을 수 없습니다: {typed}. \"제목|설명|그림 주소|링크\"로 쓰고, 없는 것은 뒤에서부터 생략하거나 비워 두세요."
                ),
                format!(
                    "--item cannot be read: {typed}. Write it as \"TITLE|TEXT|IMAGE_URL|LINK\"; leave out what you lack from the end, or leave it empty."
                ),
            )
        };
        let mut parts = typed.split('|').map(|part| Some(part.trim()).filter(|part| !part.is_empty()));
        let mut next = || parts.next().flatten();
        let address = |text: Option<&str>| match text.map(Url::parse) {
            None => Ok(None),
            Some(Ok(url)) if matches!(url.scheme(), "http" | "https") => Ok(Some(url)),
            Some(_) => Err(malformed()),
        };
        let row = Self {
            title: next().ok_or_else(malformed)?.to_owned(),
            description: next().map(str::to_owned),
            picture: address(next())?,
            link: address(next())?,
        };
        if parts.next().is_some() { Err(malformed()) } else { Ok(row) }
    }

    /// The row, which leads home unless it says where.
    pub(super) fn content(&self, home: &Url) -> Content {
        let mut content = Content::titled(&self.title, Link::web(self.link.as_ref().unwrap_or(home)));
        if let Some(description) = &self.description {
            content = content.description(description);
        }
        match &self.picture {
            Some(picture) => content.image(Image::new(picture)),
            None => content,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lacking_is_left_out_from_the_end_or_empty() {
        let whole =
            ListRow::read("탁구|스포츠|https://img.example/a.png|https://news.example/a?b=c").unwrap();
        assert_eq!((&*whole.title, whole.description.as_deref()), ("탁구", Some("스포츠")));
        let some = ListRow::read(" 탁구 || | https://news.example/a").unwrap();
        assert_eq!(
            (some.description, some.picture, some.link),
            (
                None,
                None,
                whole.link.map(|mut link| {
                    link.set_query(None);
                    link
                })
            )
        );
        assert!(ListRow::read("탁구").unwrap().link.is_none());
    }

    #[test]
    fn what_has_no_title_no_web_address_or_too_many_parts_is_refused() {
        for typed in [
            "",
            "|설명",
            "제목|설명|img.png",
            "제목|||ftp://a.example",
            "a|b|https://c.example|https://d.example|e",
        ] {
            assert!(ListRow::read(typed).is_err(), "{typed}");
        }
    }
}
