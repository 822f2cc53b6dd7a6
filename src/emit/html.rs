//! Text that stays text in HTML, whoever wrote it, and what a page needs to hold its own script and style under a
//! content security policy.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// A text with everything escaped that HTML, an attribute of it or a template language could take for more than text.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' | '`' | '=' | '{' | '}' => drop(write!(out, "&#{};", character as u32)),
            '\n' | '\t' => out.push(character),
            _ if character.is_control() => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
    out
}

/// A text as code inside a line, in the direction of its own letters.
pub(super) fn code(text: &str) -> String {
    format!("<code dir=\"auto\">{}</code>", escape(text))
}

/// A text in which only code in backticks is markup, as people write it in `///` lines.
pub(super) fn prose(text: &str) -> String {
    let text = text.trim();
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) || pieces.iter().skip(1).step_by(2).any(|piece| piece.is_empty()) {
        return paragraphs(text);
    }
    let piece = |(index, piece): (usize, &&str)| match index % 2 {
        1 => code(piece),
        _ => paragraphs(piece),
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// Lines run on, as they do where they are written; an empty one begins a paragraph.
fn paragraphs(text: &str) -> String {
    escape(text).replace("\n\n", "<br><br>\n")
}

/// The digest that a content security policy knows an inline script or style by.
pub(super) fn digest(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        let safe = escape("<script>alert(\"1\")</script> 'x' {{name}} a=b `c` \u{0}\u{7}");
        assert!(!safe.contains(['<', '>', '"', '\'', '{', '}', '`', '\u{0}', '\u{7}']), "{safe}");
        assert_eq!(code("<b>"), "<code dir=\"auto\">&lt;b&gt;</code>");
    }

    #[test]
    fn prose_keeps_code_and_paragraphs() {
        assert_eq!(prose("by `order_id`,\nonce\n\nx"), "by <code dir=\"auto\">order_id</code>,\nonce<br><br>\nx");
        assert_eq!(prose("a ` <b>"), "a &#96; &lt;b&gt;");
    }

    #[test]
    fn digests_are_as_browsers_write_them() {
        assert_eq!(base64(b"fo"), "Zm8=");
        assert_eq!(base64(b"foob"), "Zm9vYg==");
        assert_eq!(digest(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
