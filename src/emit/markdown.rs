//! Text that stays text in Markdown, in a paragraph, a heading, a list or the cell of a table, and in the HTML made
//! from it, whoever wrote it.

use std::fmt::Write;

/// A text with everything escaped that Markdown, HTML or a template language could take for more than text.
pub(crate) fn escape(text: &str) -> String {
    escape_start(escape_inside(text.trim()))
}

/// The same in the middle of a line.
fn escape_inside(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut previous = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied().unwrap_or(' ');
        escape_one(previous, character, next, &mut out);
        previous = character;
    }
    close_bidi(text, &mut out);
    out
}

fn escape_one(previous: char, character: char, next: char, out: &mut String) {
    let is_inside_a_word = previous.is_alphanumeric() && next.is_alphanumeric();
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '{' => out.push_str("&#123;"),
        '}' => out.push_str("&#125;"),
        // GitHub and others make links of these.
        '@' => out.push_str("&#64;"),
        ':' if next == '/' => out.push_str("&#58;"),
        '_' if is_inside_a_word => out.push('_'),
        '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' | '^' => {
            out.push('\\');
            out.push(character);
        }
        '\n' => out.push_str("<br>"),
        '\t' => out.push(' '),
        _ if character.is_control() => out.push('\u{fffd}'),
        _ => out.push(character),
    }
}

/// What begins a heading, a list, a quotation or, once pasted into a spreadsheet, a formula.
fn escape_start(text: String) -> String {
    let Some(first) = text.chars().next() else { return text };
    if matches!(first, '=' | '+' | '-' | '#' | '!' | ')' | '.') {
        return format!("\\{text}");
    }
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    if digits > 0 && text[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &text[..digits], &text[digits..]);
    }
    text
}

/// Ends what the text leaves open of embeddings, overrides and isolates, which would else turn what follows around.
fn close_bidi(text: &str, out: &mut String) {
    let mut open: Vec<char> = Vec::new();
    for character in text.chars() {
        match character {
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => open.push('\u{202c}'),
            '\u{2066}'..='\u{2068}' => open.push('\u{2069}'),
            '\u{202c}' | '\u{2069}' if open.last() == Some(&character) => drop(open.pop()),
            _ => {}
        }
    }
    out.extend(open.into_iter().rev());
}

/// A text as code inside a line.
pub(super) fn code(text: &str) -> String {
    let is_plain = |character: char| character != '`' && character != '|' && !character.is_control();
    let fits = !text.is_empty() && text.trim() == text && text.chars().all(is_plain);
    // Template languages look into code too.
    if fits && !text.contains("{{") && !text.contains("{%") {
        return format!("`{text}`");
    }
    let mut out = String::from("<code>");
    let _ = write!(out, "{}", escape(text));
    out.push_str("</code>");
    out
}

/// A text in which only code in backticks is markup, as people write it in `///` lines.
pub(super) fn prose(text: &str) -> String {
    let pieces: Vec<&str> = text.trim().split('`').collect();
    if pieces.len().is_multiple_of(2) || pieces.iter().skip(1).step_by(2).any(|piece| piece.is_empty()) {
        return escape(text);
    }
    let piece = |(index, piece): (usize, &&str)| match index {
        0 if pieces.len() == 1 => escape(piece),
        index if index % 2 == 1 => code(piece),
        _ => with_spaces(piece),
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// Escapes a piece of a sentence, whose spaces at both ends matter.
fn with_spaces(piece: &str) -> String {
    let inner = piece.trim_matches(' ');
    if inner.is_empty() {
        return piece.to_owned();
    }
    let start = piece.len() - piece.trim_start_matches(' ').len();
    let end = piece.trim_end_matches(' ').len();
    format!("{}{}{}", &piece[..start], escape_inside(inner), &piece[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        let hostile = "<script>alert(1)</script> | a `b` *c* [x](javascript:alert(1)) {{name}}\n# h";
        let safe = escape(hostile);
        assert!(!safe.contains("<script") && !safe.contains('\n') && !safe.contains("{{"), "{safe}");
        assert!(safe.contains("\\|") && safe.contains("\\`") && safe.contains("\\["), "{safe}");
        assert_eq!(escape("=cmd()"), "\\=cmd()");
        assert_eq!(escape("1. a"), "1\\. a");
        assert_eq!(escape("snake_case _em_"), "snake_case \\_em\\_");
    }

    #[test]
    fn prose_keeps_code_and_nothing_else() {
        assert_eq!(prose("count by `order_id` *once*"), "count by `order_id` \\*once\\*");
        assert_eq!(prose("in `list`."), "in `list`.");
        assert_eq!(prose("a ` b"), "a \\` b");
        assert_eq!(prose("`a|b` <b>"), "<code>a\\|b</code> &lt;b&gt;");
    }

    #[test]
    fn open_overrides_end_with_the_text() {
        assert_eq!(escape("\u{202e}abc"), "\u{202e}abc\u{202c}");
    }

    #[test]
    fn code_with_a_backtick_is_escaped_html() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`|"), "<code>a\\`\\|</code>");
    }
}
