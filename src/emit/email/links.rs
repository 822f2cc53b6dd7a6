//! The addresses that messages lead to, with the parameters that tell their visits from others.

use crate::plan::MessagePlan;

/// The kinds of messages that are read on a screen, whose links say where they stand.
const LINKED: &[&str] = &["email", "sms", "whatsapp", "push"];

/// The address of a call to action, with the parameters that tell the visit from others.
pub(super) fn tagged(url: &str, message: &MessagePlan) -> String {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web || !LINKED.contains(&message.kind) || url.contains("utm_") {
        return url.to_owned();
    }
    let (page, fragment) = url.split_once('#').map_or((url, None), |(page, fragment)| (page, Some(fragment)));
    let (sequence, name) = message.path.rsplit_once('.').unwrap_or((message.path.as_str(), ""));
    let query = format!(
        "utm_source={}&utm_medium={0}&utm_campaign={}&utm_content={}",
        message.kind,
        encoded(sequence),
        encoded(name)
    );
    let joint = if page.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|own| format!("#{own}")).unwrap_or_default();
    format!("{page}{joint}{query}{fragment}")
}

/// A value of a query (RFC 3986): unreserved characters as they are.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Window;
    use crate::plan::value::Duration;

    fn message(kind: &'static str) -> MessagePlan {
        let zero = || Duration { seconds: Some("0".to_owned()), months: None, text: "0s".to_owned() };
        MessagePlan {
            path: "welcome.hello & bye".to_owned(),
            id: String::new(),
            name: "hello".to_owned(),
            kind,
            docs: String::new(),
            image: Vec::new(),
            window: Window { earliest: zero(), latest: zero() },
            turns: Vec::new(),
            subject: Vec::new(),
            preview: Vec::new(),
            says: Vec::new(),
            cta: Vec::new(),
            offer: None,
            aims: None,
            audience: None,
            when: None,
            via: None,
            by: None,
            basis: None,
            owner: None,
        }
    }

    #[test]
    fn links_say_where_they_stand_and_keep_what_they_had() {
        let mail = message("email");
        let tail = "utm_source=email&utm_medium=email&utm_campaign=welcome&utm_content=hello%20%26%20bye";
        assert_eq!(tagged("https://example.com/shop", &mail), format!("https://example.com/shop?{tail}"));
        assert_eq!(tagged("https://example.com/?a=b#c", &mail), format!("https://example.com/?a=b&{tail}#c"));
        for kept in ["mailto:a@example.com", "https://example.com/?utm_source=x"] {
            assert_eq!(tagged(kept, &mail), kept);
        }
        assert_eq!(tagged("https://example.com/", &message("call")), "https://example.com/");
    }
}
