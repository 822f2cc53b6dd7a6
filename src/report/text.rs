//! Words and places made fit to be shown: no control character reaches a terminal, no line grows without end.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::Report;
use crate::diagnostic::{Fix, Message, Safety};
use crate::language::Language;
use crate::phrase;
use crate::source::{Position, Source, Sources, Span};

/// How many characters of one text a person is shown.
const MAX_TEXT: usize = 1000;

/// Left-to-right mark: keeps what follows, a position say, in reading order beside Arabic or Hebrew.
pub(super) const LTR_MARK: char = '\u{200E}';
/// Begins a unit that reads from right to left; [`END_ISOLATE`] ends it.
const RTL_ISOLATE: char = '\u{2067}';
/// Begins a unit that reads from left to right.
const LTR_ISOLATE: char = '\u{2066}';
/// Ends the unit begun last.
const END_ISOLATE: char = '\u{2069}';

/// A span as file name and positions, for people and machines alike.
pub(super) struct Place<'s> {
    pub(super) file: &'s str,
    pub(super) start: Position,
    pub(super) end: Position,
}

impl<'s> Place<'s> {
    pub(super) fn of(sources: &'s Sources, span: Span) -> Self {
        let source = sources.get(span.file);
        let start = source.position(span.start);
        Self { file: &source.name, start, end: source.position(span.end).max(start) }
    }
}

/// A span cut down to its file and to whole characters, as byte offsets.
pub(super) fn clamp(source: &Source, span: Span) -> (usize, usize) {
    let floor = |offset: u32| {
        let at = (offset as usize).min(source.text.len());
        (0..=at).rev().find(|at| source.text.is_char_boundary(*at)).unwrap_or(0)
    };
    let start = floor(span.start);
    (start, floor(span.end).max(start))
}

/// Whether a character would act on the terminal or on the order of the text instead of being seen.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// What stands for a character that must not reach a terminal; `None` where it may.
pub(super) fn stand_in(character: char, unicode: bool) -> Option<char> {
    match character {
        _ if !is_hidden(character) => None,
        _ if !unicode => Some('?'),
        '\0'..='\x1F' => char::from_u32(0x2400 + character as u32),
        '\x7F' => Some('\u{2421}'),
        _ => Some('\u{FFFD}'),
    }
}

/// Replaces the characters that XML 1.0 cannot hold, even escaped.
pub(crate) fn legal_in_xml(text: &str) -> String {
    let is_legal = |character| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().map(|character| if is_legal(character) { character } else { '\u{FFFD}' }).collect()
}

/// A path as the path of a URI: everything but letters, digits, `-._~` and `/` is percent-encoded.
pub(crate) fn path_of_uri(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut uri, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => drop(write!(uri, "%{byte:02X}")),
        }
        uri
    })
}

/// A text of any length and origin, shortened and safe to show; newlines stay.
pub(super) fn shown(text: &str, unicode: bool) -> String {
    let safe = |character| match character {
        '\n' => '\n',
        '\t' => ' ',
        _ => stand_in(character, unicode).unwrap_or(character),
    };
    let mut words: String = text.chars().take(MAX_TEXT).map(safe).collect();
    if words.len() < text.len() && text.chars().nth(MAX_TEXT).is_some() {
        words.push_str(if unicode { "…" } else { "..." });
    }
    words
}

/// [`shown`] on one line.
pub(crate) fn one_line(text: &str, unicode: bool) -> String {
    let words = shown(text, unicode);
    if words.contains('\n') { words.split('\n').map(str::trim).collect::<Vec<_>>().join(" ") } else { words }
}

/// A text that starts in reading order whatever its script.
pub(crate) fn left_to_right(text: &str, unicode: bool) -> Cow<'_, str> {
    if unicode && has_right_to_left(text) { format!("{LTR_MARK}{text}{LTR_MARK}").into() } else { text.into() }
}

/// Whether letters of a right-to-left script occur.
pub(super) fn has_right_to_left(text: &str) -> bool {
    let is_right_to_left = |character| {
        matches!(
            character,
            '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
                | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}'
        )
    };
    !text.is_ascii() && text.chars().any(is_right_to_left)
}

/// The option that applies a fix.
pub(super) const fn option(fix: &Fix) -> &'static str {
    match fix.safety {
        Safety::Safe => "--fix",
        Safety::Unsafe => "--unsafe-fixes",
    }
}

/// What a fix does and the option that applies it.
pub(super) fn fix_line(report: &Report<'_>, fix: &Fix) -> String {
    let title = shown(&report.say(&fix.title), report.style.unicode);
    format!("{}: {title}  ({})", report.language.text(phrase!("fix")), option(fix))
}

/// Words of a report on one line, isolated where they are written from right to left.
pub(super) fn sentence(report: &Report<'_>, message: &Message) -> String {
    isolated(report, &one_line(&report.say(message), report.style.unicode))
}

/// A line of a right-to-left language as a unit of its own in a terminal, whose lines run from left to right, with each
/// piece of code as a unit in it. Only the output has these marks; in a spec they are faults.
pub(super) fn isolated(report: &Report<'_>, line: &str) -> String {
    isolated_in(report.language, report.style.unicode, line)
}

/// [`isolated`] for a language and a terminal.
pub(crate) fn isolated_in(language: Language, unicode: bool, line: &str) -> String {
    if !language.is_right_to_left() || !unicode || line.is_empty() {
        return line.to_owned();
    }
    let mut out = String::from(RTL_ISOLATE);
    for (index, piece) in line.split('`').enumerate() {
        match index % 2 {
            0 if index > 0 => out.extend(['`', END_ISOLATE]),
            1 => out.extend([LTR_ISOLATE, '`']),
            _ => {}
        }
        out.push_str(piece);
    }
    // A lone quote opened a unit that nothing closed.
    out.extend((line.matches('`').count() % 2 == 1).then_some(END_ISOLATE));
    out.push(END_ISOLATE);
    out
}

/// Rows under each other, in columns; numbers stand at the right.
pub(crate) fn columns<R: AsRef<[String]>>(rows: &[R], right: &[bool], out: &mut String) {
    let width = |at: usize| rows.iter().map(|row| row.as_ref()[at].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..right.len()).map(width).collect();
    for row in rows {
        let mut line = String::from(" ");
        for ((cell, width), right) in row.as_ref().iter().zip(&widths).zip(right) {
            let space = " ".repeat(width - cell.width());
            line.extend(if *right { [" ", &space, cell, " "] } else { [" ", cell, &space, " "] });
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// Lines of at most so many columns; a piece of code stays whole unless it alone is longer.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut column = 0;
    for word in words(text) {
        let own = word.width();
        if column > 0 && column + 1 + own > width {
            lines.push(String::new());
            column = 0;
        }
        let Some(line) = lines.last_mut() else { break };
        if column > 0 {
            line.push(' ');
            column += 1;
        }
        line.push_str(word);
        column += own;
    }
    lines
}

/// The words of a text; spaces between back quotes part nothing.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    let parts = move |character: char| {
        in_code ^= character == '`';
        character == '\n' || (character == ' ' && !in_code)
    };
    text.split(parts).filter(|word| !word.is_empty())
}
