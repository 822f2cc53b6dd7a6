//! Texts of a spec inside of code: nothing that is written in a label or a comment leaves its string or its comment, and
//! nothing invisible changes how the code reads.

use std::fmt::Write;

/// A string literal in double quotes; `also` are characters that mean something in it besides `"` and `\`, and `code`
/// writes one that cannot be seen.
pub(super) fn string(text: &str, also: &[char], code: fn(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' | '\\' => out.extend(['\\', character]),
            _ if also.contains(&character) => out.extend(['\\', character]),
            _ if is_invisible(character) => code(character, &mut out),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// `\u{202e}`
pub(super) fn braced(character: char, out: &mut String) {
    let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
}

/// `\u202e`, and `\U000e0001` where four digits do not do.
pub(super) fn long(character: char, out: &mut String) {
    let code = u32::from(character);
    let _ = if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
}

/// `\u202e`, and two of them where four digits do not do.
pub(super) fn halves(character: char, out: &mut String) {
    for half in character.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{half:04x}");
    }
}

/// What no eye sees: controls, separators of lines, joiners, marks that turn the direction of writing, tags.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A text as lines of a comment.
pub(super) fn lines(text: &str) -> Vec<String> {
    let parts = text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']);
    let lines: Vec<String> = parts.map(visible).collect();
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    lines.into_iter().take(end).skip_while(String::is_empty).collect()
}

/// A text on one line of a comment.
pub(super) fn line(text: &str) -> String {
    lines(text).join(" ")
}

fn visible(line: &str) -> String {
    // The joiners shape Persian words and families of emoji.
    let keeps = |own: &char| matches!(own, '\u{200c}' | '\u{200d}') || !is_invisible(*own);
    line.replace('\t', " ").chars().filter(keeps).collect::<String>().trim_end().to_owned()
}

/// A line inside of `/** … */`: the comment does not end, no comment begins, and no tag of the documentation does.
pub(super) fn in_block(line: &str) -> String {
    let safe = line.replace("*/", "* /").replace("/*", "/ *").replace("*/", "* /");
    let rest = safe.trim_start();
    if rest.starts_with(['@', '/']) { format!("\\{rest}") } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_invisible_stays() {
        let text = "a\"b\\c\n${d}\u{202e}\u{2028}\u{e0001}\u{0}";
        assert_eq!(string(text, &[], braced), r#""a\"b\\c\n${d}\u{202e}\u{2028}\u{e0001}\u{0}""#);
        assert_eq!(string(text, &['$'], halves), r#""a\"b\\c\n\${d}\u202e\u2028\udb40\udc01\u0000""#);
        assert_eq!(string("\u{e0001}\u{feff}", &[], long), r#""\U000e0001\ufeff""#);
        assert_eq!(lines("\na\u{2028}b\u{202e}c \r\n\n"), ["a", "bc"]);
    }

    proptest::proptest! {
        #[test]
        fn no_comment_ends(text in "[*/@a ]{0,12}") {
            let safe = in_block(&text);
            proptest::prop_assert!(!safe.contains("*/") && !safe.contains("/*"), "{safe}");
            proptest::prop_assert!(!safe.starts_with(['@', '/']), "{safe}");
        }
    }
}
