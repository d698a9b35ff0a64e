//! The scraper: looks at the pages and pictures that calls name, on this machine alone.

use std::sync::OnceLock;
use std::time::Duration;

use html5gum::{Token, Tokenizer};
use reqwest::{Client, Response, redirect};
use url::{Host, Url};

use crate::world::wording::{OpenGraph, Scraped};

/// How much of a page is read.
const PAGE_BYTES: usize = 1024 * 1024;
/// How long a page or a picture may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often a page may send us on.
const REDIRECTS: usize = 5;

/// Fetches for Kakao what is on this machine.
#[derive(Default)]
pub(crate) struct Scraper {
    /// Made at the first use: most worlds never scrape.
    client: OnceLock<Client>,
}

/// Why there is no picture.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unfetched {
    /// It is not on this machine, and the emulator looks nowhere else.
    NotHere,
    /// It took too long, or did not come.
    Unreachable,
    /// It is larger than allowed.
    TooLarge,
}

impl Scraper {
    /// What a page says of itself.
    pub(crate) async fn page(&self, url: &Url) -> Scraped {
        match self.fetch(url, PAGE_BYTES, WhenTooLarge::Cut).await {
            Ok(page) => Scraped::Page(open_graph(&String::from_utf8_lossy(&page), url)),
            Err(Unfetched::NotHere) => Scraped::NotHere,
            Err(Unfetched::Unreachable | Unfetched::TooLarge) => Scraped::Unreadable,
        }
    }

    /// A picture of at most this many bytes.
    pub(crate) async fn picture(&self, url: &Url, most: usize) -> Result<Vec<u8>, Unfetched> {
        self.fetch(url, most, WhenTooLarge::Refuse).await
    }

    async fn fetch(&self, url: &Url, most: usize, too_large: WhenTooLarge) -> Result<Vec<u8>, Unfetched> {
        if !is_here(url) {
            return Err(Unfetched::NotHere);
        }
        let fetched = async {
            let response = self.client().get(url.clone()).send().await;
            match response {
                Ok(response) if response.status().is_success() => read(response, most, too_large).await,
                // A redirect that leads away from this machine is not followed.
                _ => Err(Unfetched::Unreachable),
            }
        };
        tokio::time::timeout(PATIENCE, fetched).await.unwrap_or(Err(Unfetched::Unreachable))
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            let only_here = redirect::Policy::custom(|attempt| {
                if attempt.previous().len() <= REDIRECTS && is_here(attempt.url()) {
                    attempt.follow()
                } else {
                    attempt.stop()
                }
            });
            Client::builder()
                .no_proxy()
                .redirect(only_here)
                .user_agent("kakaotalk-scrap/1.0 (katok emulator)")
                .build()
                .expect("the client needs nothing from outside")
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum WhenTooLarge {
    Cut,
    Refuse,
}

async fn read(mut response: Response, most: usize, too_large: WhenTooLarge) -> Result<Vec<u8>, Unfetched> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Unfetched::Unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > most {
            if too_large == WhenTooLarge::Refuse {
                return Err(Unfetched::TooLarge);
            }
            body.truncate(most);
            break;
        }
    }
    Ok(body)
}

/// Whether an address can only lead to this machine.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The Open Graph tags of a page; its title stands in for `og:title`.
pub(crate) fn open_graph(html: &str, url: &Url) -> OpenGraph {
    let mut page = OpenGraph::default();
    let mut title: Option<String> = None;
    let mut in_title = false;
    let absolute = |address: String| url.join(&address).map_or(address, String::from);
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) if *tag.name == b"title" => in_title = title.is_none(),
            Token::EndTag(tag) if *tag.name == b"title" => in_title = false,
            Token::String(text) if in_title => {
                title.get_or_insert_default().push_str(&String::from_utf8_lossy(&text));
            }
            Token::StartTag(tag) if *tag.name == b"meta" => {
                let attribute = |name: &[u8]| {
                    tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned())
                };
                let Some(content) = attribute(b"content").filter(|content| !content.is_empty()) else {
                    continue;
                };
                // The first of several counts.
                match attribute(b"property").as_deref() {
                    Some("og:title") => page.title = page.title.or(Some(content)),
                    Some("og:description") => page.description = page.description.or(Some(content)),
                    Some("og:image") => page.image = page.image.or_else(|| Some(absolute(content))),
                    Some("og:url") => page.url = page.url.or_else(|| Some(absolute(content))),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let title = title.map(|title| title.trim().to_owned()).filter(|title| !title.is_empty());
    page.title = page.title.or(title);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_this_machine_is_here() {
        for here in ["http://localhost:4000/", "http://127.0.0.1/", "http://127.9.9.9/", "https://[::1]:1/"] {
            assert!(is_here(&url(here)), "{here}");
        }
        let elsewhere =
            ["http://shop.example/", "http://10.0.0.1/", "http://localhost.example/", "http://[::2]/"];
        for elsewhere in elsewhere {
            assert!(!is_here(&url(elsewhere)), "{elsewhere}");
        }
    }

    #[test]
    fn open_graph_tags_are_read_and_the_first_of_each_counts() {
        let page = open_graph(
            "<!doctype html><title>a</title><meta property=og:title content='딸기 &amp; 생크림'>\
             <META PROPERTY='og:title' CONTENT='b'><meta content=\"/cake.png\" property=\"og:image\">\
             <meta name=description content=c><meta property='og:description' content=''>",
            &url("http://localhost:4000/p/1"),
        );
        assert_eq!(page.title.as_deref(), Some("딸기 & 생크림"));
        assert_eq!(page.image.as_deref(), Some("http://localhost:4000/cake.png"));
        assert_eq!((page.description, page.url), (None, None));
    }

    #[test]
    fn the_title_of_a_page_stands_in_for_og_title() {
        let page = open_graph("<title>\n 케이크 </title><p>안녕", &url("http://localhost/"));
        assert_eq!(page.title.as_deref(), Some("케이크"));
        assert_eq!(open_graph("", &url("http://localhost/")), OpenGraph::default());
    }
}
