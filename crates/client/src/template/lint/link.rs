//! Links: whether they open, and where.

use serde_json::Value;

use super::reading::{Reading, is_given};
use super::{Rule, shape, web_address};

impl Reading<'_> {
    pub(super) fn link(&mut self, value: &Value, path: &str) {
        let Some(link) = self.object(&shape::LINK, value, path) else { return };
        let is_there = |name: &str| is_given(link, name) && link[name] != "";
        if !shape::LINK.iter().any(|field| is_there(field.name)) {
            self.found(
                Rule::LinkOpensNothing,
                path,
                "링크에 주소가 없어 아무것도 열리지 않습니다.",
                "The link has no address and opens nothing.",
            );
        } else if !is_there("web_url") {
            self.found(
                Rule::LinkWithoutWebUrl,
                path,
                "web_url이 없어 PC에서는 열리지 않습니다.",
                "Without web_url it does not open on computers.",
            );
        }
    }

    pub(super) fn web_address(&mut self, value: &Value, path: &str) {
        let Some(address) = self.text(value, path).filter(|address| !address.is_empty()) else { return };
        match (web_address::parse(address), &self.options.web_domains) {
            (None, _) => self.found(
                Rule::LinkNotWeb,
                path,
                "웹 주소가 아니라 열리지 않습니다.",
                "It is no web address and does not open.",
            ),
            (Some(url), Some(domains)) if !web_address::is_registered(&url, domains) => self.found(
                Rule::LinkNotRegistered,
                path,
                "등록되지 않은 도메인이라 열리지 않습니다.",
                "Its domain is not registered, so it does not open.",
            ),
            _ => {}
        }
    }
}
