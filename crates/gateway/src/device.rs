//! What a browser calls itself, in words by which a person recognises their own device.

/// The longest that is kept of a `User-Agent`.
const KEPT: usize = 200;

/// What is kept of a `User-Agent`, which may hold anything.
pub(crate) fn shortened(user_agent: &[u8]) -> String {
    let text = String::from_utf8_lossy(user_agent);
    text.chars().filter(|character| !character.is_control()).take(KEPT).collect()
}

/// Which browser on what; `None` for programs, which name themselves as they like.
pub(crate) fn recognised(user_agent: &str) -> Option<String> {
    // Each browser also names those it wants to be taken for, so the order matters.
    const BROWSERS: [(&str, &str); 11] = [
        ("KAKAOTALK", "KakaoTalk"),
        ("NAVER(", "NAVER"),
        ("Whale/", "Whale"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find = |list: &[(&str, &'static str)]| {
        list.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    Some(format!("{} · {}", find(&BROWSERS)?, find(&SYSTEMS)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_recognise_their_browsers() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        for (user_agent, name) in [
            (windows.to_owned(), "Chrome · Windows"),
            (format!("{windows} Edg/141.0.0.0"), "Edge · Windows"),
            (phone.to_owned(), "Safari · iPhone"),
            (format!("{phone} KAKAOTALK 25.8.0"), "KakaoTalk · iPhone"),
        ] {
            assert_eq!(recognised(&user_agent).as_deref(), Some(name), "{user_agent}");
        }
        assert_eq!(recognised("curl/8.14.1"), None);
        assert_eq!(recognised(""), None);
    }

    #[test]
    fn whatever_comes_is_cut_to_two_hundred_characters_of_text() {
        assert_eq!(shortened("가".repeat(1000).as_bytes()).chars().count(), KEPT);
        assert_eq!(shortened(b"a\x00\x1b[31m\xff\r\nb"), "a[31m\u{fffd}b");
    }
}
