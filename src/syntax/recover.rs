//! Cuts a file into items before it is parsed, and mends what would spoil more than itself.
//!
//! One pass over the bytes follows strings, comments and brackets exactly as the grammar does. A cut is made where a line
//! outside all brackets starts with a word of the top level; each item is then parsed alone, so a broken one cannot spoil
//! its neighbours. Where brackets do not balance, the item ends at the next such line in column 0, the bracket to blame
//! is found by indentation, and the item is parsed from a copy of equal length in which the missing brace stands.

use std::ops::Range;

use crate::diagnostic::codes::syntax::{BIDI_CONTROL, FOREIGN_SIGN, SYNTAX, TOO_DEEP, UNCLOSED_BLOCK};
use crate::diagnostic::{Diagnostic, Safety};
use crate::model::kinds::is_top_level;
use crate::say;
use crate::source::{FileId, Span};

/// How deep blocks and brackets may nest.
pub const MAX_DEPTH: usize = 64;

/// A piece of a file that is parsed alone.
#[derive(Debug)]
pub struct Cut {
    /// Its bytes in the file.
    pub range: Range<usize>,
    /// A mended copy of the same length, where the text itself would spoil its surroundings.
    pub mended: Option<String>,
    /// Whether it is nested too deeply to be parsed at all.
    pub too_deep: bool,
}

/// Cuts a file; every fault of brackets, quotes and invisible characters is reported here.
pub fn cut(file: FileId, text: &str) -> (Vec<Cut>, Vec<Diagnostic>) {
    let mut scan = Scan::new(file, text);
    scan.run();
    let cuts = scan.cuts();
    (cuts, scan.faults)
}

/// A bracket or the start of a line of code, in the order of the text.
#[derive(Clone, Copy, Debug)]
enum Event {
    Open {
        at: usize,
        bracket: u8,
    },
    Close {
        at: usize,
        bracket: u8,
    },
    End {
        at: usize,
    },
    /// The end of a long text, whose lines begin none of code.
    Text {
        at: usize,
    },
    /// First code of a line: where it starts, its indentation, whether it is a declaration's word in column 0.
    Line {
        at: usize,
        indent: usize,
        top: bool,
    },
}

/// The bytes that the scan stops at inside a line; all others are skipped. Every byte beyond ASCII may begin a sign that
/// is reported.
const STRUCTURE: [bool; 256] = {
    let mut structure = [false; 256];
    let signs = b"\n/\"{}()[];";
    let mut at = 0;
    while at < signs.len() {
        structure[signs[at] as usize] = true;
        at += 1;
    }
    let mut at = 0x80;
    while at < structure.len() {
        structure[at] = true;
        at += 1;
    }
    structure
};

struct Scan<'s> {
    file: FileId,
    text: &'s str,
    events: Vec<Event>,
    /// Bytes to replace in the mended copy.
    patches: Vec<(usize, u8)>,
    faults: Vec<Diagnostic>,
    has_controls: bool,
}

impl<'s> Scan<'s> {
    fn new(file: FileId, text: &'s str) -> Self {
        let possible = memchr::memchr(0xE2, text.as_bytes()).is_some();
        let has_controls = possible && text.chars().any(is_bidi_control);
        Self { file, text, events: Vec::new(), patches: Vec::new(), faults: Vec::new(), has_controls }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start as u32, range.end as u32)
    }

    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        let mut line_start = 0;
        let mut line_has_code = false;
        while at < bytes.len() {
            if line_has_code {
                at += bytes[at..].iter().position(|byte| STRUCTURE[usize::from(*byte)]).unwrap_or(bytes.len() - at);
                if at == bytes.len() {
                    break;
                }
            }
            let byte = bytes[at];
            if !line_has_code && !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') && !self.is_space_mark(at) {
                let is_comment = byte == b'/' && bytes.get(at + 1) == Some(&b'/');
                if !is_comment {
                    line_has_code = true;
                    self.start_line(at, line_start);
                }
            }
            at = match byte {
                b'\n' => {
                    line_start = at + 1;
                    line_has_code = false;
                    at + 1
                }
                b'/' if bytes.get(at + 1) == Some(&b'/') => self.comment(at),
                b'"' => self.string(at),
                b'{' | b'(' | b'[' => self.bracket(Event::Open { at, bracket: byte }, at),
                b'}' | b')' | b']' => self.bracket(Event::Close { at, bracket: byte }, at),
                b';' => self.bracket(Event::End { at }, at),
                0..0x80 => at + 1,
                _ => self.beyond_ascii(at),
            };
        }
    }

    fn is_space_mark(&self, at: usize) -> bool {
        let rest = &self.text.as_bytes()[at..];
        rest.starts_with("\u{200E}".as_bytes())
            || rest.starts_with("\u{200F}".as_bytes())
            || rest.starts_with("\u{061C}".as_bytes())
            || rest.starts_with("\u{FEFF}".as_bytes())
            || rest.starts_with("\u{00A0}".as_bytes())
    }

    fn start_line(&mut self, at: usize, line_start: usize) {
        let rest = &self.text[at..];
        let length = rest.bytes().position(|byte| !(byte.is_ascii_lowercase() || byte == b'_')).unwrap_or(rest.len());
        let in_column_0 = self.text[line_start..at].chars().all(|c| !matches!(c, ' ' | '\t'));
        let top = in_column_0 && is_top_level(&rest[..length]);
        self.events.push(Event::Line { at, indent: at - line_start, top });
    }

    fn bracket(&mut self, event: Event, at: usize) -> usize {
        self.events.push(event);
        at + 1
    }

    fn comment(&mut self, at: usize) -> usize {
        let end = memchr::memchr(b'\n', &self.text.as_bytes()[at..]).map_or(self.text.len(), |length| at + length);
        self.check_controls(at..end);
        end
    }

    fn string(&mut self, at: usize) -> usize {
        let end = if self.text[at..].starts_with("\"\"\"") { self.long_string(at) } else { self.short_string(at) };
        self.check_controls(at..end);
        end
    }

    fn long_string(&mut self, at: usize) -> usize {
        if let Some(length) = self.text[at + 3..].find("\"\"\"") {
            let end = at + 3 + length + 3;
            self.events.push(Event::Text { at: end - 1 });
            return end;
        }
        let message = say!("this long text is never closed");
        let fault = Diagnostic::new(&UNCLOSED_BLOCK, self.span(at..at + 3), message).at(say!("opened here")).help(
            say!("end the text with `\"\"\"`; everything up to the end of the file would belong to it otherwise"),
        );
        self.faults.push(fault);
        memchr::memchr(b'\n', &self.text.as_bytes()[at..]).map_or(self.text.len(), |length| at + length)
    }

    fn short_string(&mut self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut next = at + 1;
        loop {
            match memchr::memchr3(b'"', b'\\', b'\n', &bytes[next..]).map(|length| next + length) {
                Some(found) if bytes[found] == b'"' => return found + 1,
                Some(found) if bytes[found] == b'\\' && bytes.get(found + 1).is_some_and(|byte| *byte != b'\n') => {
                    next = found + 2;
                }
                Some(found) if bytes[found] == b'\\' => return self.open_string(at, found + 1),
                Some(found) => return self.open_string(at, found),
                None => return self.open_string(at, bytes.len()),
            }
        }
    }

    /// A string without its closing quote ends at the newline; a brace that ends its line is kept out of it.
    fn open_string(&mut self, at: usize, line_end: usize) -> usize {
        let words = self.text[at..line_end].trim_end();
        let kept = words.trim_end_matches(['{', '}', ' ', '\t']);
        let end = at + kept.len();
        let braces = &self.text[end..at + words.len()];
        let message = say!("this text has no closing quote");
        let place = self.span(at..at + words.len());
        let quote = Span::new(self.file, end as u32, end as u32);
        let fault = Diagnostic::new(&UNCLOSED_BLOCK, place, message)
            .at(say!("a text ends on the line it starts on"))
            .help(say!("close the text with `\"`, or write a longer one between `\"\"\"`"))
            .fix(Safety::Unsafe, say!("close the text here"), quote, "\"");
        self.faults.push(fault);
        if braces.starts_with([' ', '\t']) && kept.len() > 1 && self.keeps_balance(at, braces) {
            self.patches.push((end, b'"'));
            return end + 1;
        }
        line_end
    }

    /// Whether the braces after an unclosed text belong to the block structure: they open, or close what this line opened.
    fn keeps_balance(&self, at: usize, braces: &str) -> bool {
        let line = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let opened = self.text[line..at].matches('{').count();
        braces.contains('{') || braces.matches('}').count() <= opened
    }

    fn beyond_ascii(&mut self, at: usize) -> usize {
        let Some(character) = self.text[at..].chars().next() else {
            return self.text.len();
        };
        let end = at + character.len_utf8();
        match character {
            '،' => self.foreign(at..end, ","),
            '؛' => {
                self.foreign(at..end, ";");
                self.events.push(Event::End { at });
            }
            _ if is_bidi_control(character) => self.report_control(at..end),
            _ => {}
        }
        end
    }

    fn foreign(&mut self, range: Range<usize>, right: &'static str) {
        let span = self.span(range.clone());
        let sign = &self.text[range];
        let fault = Diagnostic::new(&FOREIGN_SIGN, span, say!("`{sign}` is written `{right}` in a spec", sign, right))
            .help(say!(
                "signs outside texts are the same in every language, so that everyone's tools read the file alike"
            ))
            .fix(Safety::Safe, say!("write `{right}`", right), span, right);
        self.faults.push(fault);
    }

    /// Inside texts and comments only controls that are left open, or close nothing, are reported.
    fn check_controls(&mut self, range: Range<usize>) {
        if !self.has_controls {
            return;
        }
        for line in lines_of(self.text, range) {
            let mut open: Vec<(char, usize)> = Vec::new();
            for (offset, character) in self.text[line.clone()].char_indices() {
                let at = line.start + offset;
                let expected = open.last().map(|(closer, _)| *closer);
                match character {
                    '\u{202A}' | '\u{202B}' | '\u{202D}' | '\u{202E}' => open.push(('\u{202C}', at)),
                    '\u{2066}'..='\u{2068}' => open.push(('\u{2069}', at)),
                    '\u{202C}' | '\u{2069}' if expected == Some(character) => drop(open.pop()),
                    '\u{202C}' | '\u{2069}' => self.report_control(at..at + character.len_utf8()),
                    _ => {}
                }
            }
            for (_, at) in open {
                self.report_control(at..at + 3);
            }
        }
    }

    fn report_control(&mut self, range: Range<usize>) {
        let name = control_name(self.text[range.clone()].chars().next().unwrap_or_default());
        let span = self.span(range);
        let fault = Diagnostic::new(&BIDI_CONTROL, span, say!("an invisible direction control ({name}) stands here", name))
            .at(say!("invisible character"))
            .help(say!("it makes the line read differently from what it says; marks (U+200E, U+200F) are fine, and Arabic needs neither"))
            .fix(Safety::Safe, say!("remove the invisible character"), span, "");
        self.faults.push(fault);
    }

    // ---- items

    fn cuts(&mut self) -> Vec<Cut> {
        let closers = self.match_braces();
        let bounds = self.bounds(&closers);
        let mut cuts = Vec::with_capacity(bounds.len());
        let mut patches = std::mem::take(&mut self.patches);
        for (range, events, balanced) in bounds {
            if !balanced {
                self.blame_block(&range, events.clone(), &mut patches);
            }
            let too_deep = self.check_brackets(events, &mut patches);
            cuts.push(Cut { range, mended: None, too_deep });
        }
        self.apply(&mut cuts, patches);
        cuts
    }

    /// For every event that opens a brace, the event that closes it.
    fn match_braces(&self) -> Vec<Option<usize>> {
        let mut closers = vec![None; self.events.len()];
        let mut open = Vec::new();
        for (index, event) in self.events.iter().enumerate() {
            match event {
                Event::Open { bracket: b'{', .. } => open.push(index),
                Event::Close { bracket: b'}', .. } => {
                    if let Some(opener) = open.pop() {
                        closers[opener] = Some(index);
                    }
                }
                _ => {}
            }
        }
        closers
    }

    /// Byte range, event range and balance of each item.
    fn bounds(&mut self, closers: &[Option<usize>]) -> Vec<(Range<usize>, Range<usize>, bool)> {
        let mut bounds = Vec::new();
        let (mut start, mut first, mut index) = (0, 0, 0);
        let (mut code_end, mut seen_code) = (0, false);
        let mut balanced = true;
        let mut unclosed = false;
        while index < self.events.len() {
            match self.events[index] {
                Event::Line { at, top, .. } => {
                    if top && seen_code {
                        let end = self.line_end(code_end);
                        bounds.push((start..end, first..index, balanced));
                        (start, first, balanced, unclosed) = (end, index, true, false);
                    }
                    seen_code = true;
                    code_end = code_end.max(at);
                }
                Event::Open { at, bracket: b'{' } if !unclosed => {
                    code_end = at;
                    if let Some(closer) = closers[index] {
                        index = closer;
                        if let Event::Close { at, .. } = self.events[closer] {
                            code_end = at;
                        }
                    } else {
                        (balanced, unclosed) = (false, true);
                    }
                }
                Event::Close { at, bracket: b'}' } if !unclosed => {
                    self.stray_brace(at);
                    code_end = at;
                }
                Event::Open { at, .. } | Event::Close { at, .. } | Event::End { at } | Event::Text { at } => {
                    code_end = at;
                }
            }
            index += 1;
        }
        bounds.push((start..self.text.len(), first..self.events.len(), balanced));
        bounds
    }

    fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.text.as_bytes()[at..]).map_or(self.text.len(), |length| at + length + 1)
    }

    fn stray_brace(&mut self, at: usize) {
        let span = self.span(at..at + 1);
        let fault = Diagnostic::new(&SYNTAX, span, say!("this `}` closes nothing"))
            .at(say!("no block is open here"))
            .help(say!("remove it, or look above for a block that was closed too early"))
            .fix(Safety::Unsafe, say!("remove the `}`"), span, "");
        self.faults.push(fault);
    }

    /// Finds the blocks of an unbalanced item that were never closed, by indentation, and closes them in the copy.
    fn blame_block(&mut self, item: &Range<usize>, events: Range<usize>, patches: &mut Vec<(usize, u8)>) {
        struct Block {
            at: usize,
            indent: usize,
        }
        let mut open: Vec<Block> = Vec::new();
        let (mut indent, mut last_code) = (0, item.start);
        let mut found: Vec<(usize, Option<usize>)> = Vec::new();
        for event in &self.events[events] {
            match *event {
                Event::Line { at, indent: own, .. } => {
                    let closes = self.text.as_bytes()[at] == b'}';
                    while open.len() > 1
                        && open.last().is_some_and(
                            |block| {
                                if closes { own < block.indent } else { own <= block.indent }
                            },
                        )
                    {
                        let block = open.pop().map_or(0, |block| block.at);
                        found.push((block, Some(last_code)));
                    }
                    (indent, last_code) = (own, at);
                }
                Event::Open { at, bracket: b'{' } => open.push(Block { at, indent }),
                Event::Close { bracket: b'}', .. } => drop(open.pop()),
                _ => {}
            }
        }
        found.extend(open.iter().map(|block| (block.at, None)));
        for (at, line) in found {
            self.report_unclosed_block(at, line, item, patches);
        }
    }

    fn report_unclosed_block(
        &mut self,
        at: usize,
        line: Option<usize>,
        item: &Range<usize>,
        patches: &mut Vec<(usize, u8)>,
    ) {
        let end = match line {
            Some(line) => self.line_end(line).saturating_sub(1),
            None => item.start + self.text[item.clone()].trim_end().len(),
        };
        let mut fault = Diagnostic::new(&UNCLOSED_BLOCK, self.span(at..at + 1), say!("this `{` is never closed"))
            .at(say!("the block opened here"))
            .help(say!("write the `}` that ends the block"));
        if end > at {
            let place = self.span(end..end);
            fault = fault.label(place, say!("by its indentation it ends here")).fix(
                Safety::Unsafe,
                say!("close the block here"),
                place,
                " }",
            );
        }
        self.faults.push(fault);
        if line.is_some() && end < item.end {
            self.blank_comment(end, patches);
            let taken = patches.iter().any(|(patched, _)| *patched == end);
            patches.push((if taken { end - 1 } else { end }, b'}'));
        }
    }

    /// Turns a comment that ends at `end` into space, so that a brace can follow it in the copy.
    fn blank_comment(&self, end: usize, patches: &mut Vec<(usize, u8)>) {
        let line = self.text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        if let Some(start) = self.text[line..end].find("//") {
            patches.extend((line + start..end).map(|at| (at, b' ')));
        }
    }

    /// Round and square brackets end with their statement; depth is capped. Returns whether the item is too deep.
    fn check_brackets(&mut self, events: Range<usize>, patches: &mut Vec<(usize, u8)>) -> bool {
        let mut open: Vec<(usize, u8)> = Vec::new();
        for index in events {
            match self.events[index] {
                Event::Open { at, bracket } => {
                    if bracket == b'{' {
                        self.close_round(&mut open, patches);
                    }
                    open.push((at, bracket));
                    if open.len() > MAX_DEPTH {
                        self.report_depth(at);
                        return true;
                    }
                }
                Event::Close { at, bracket } => self.close_one(at, bracket, &mut open, patches),
                Event::End { .. } => self.close_round(&mut open, patches),
                Event::Line { .. } | Event::Text { .. } => {}
            }
        }
        self.close_round(&mut open, patches);
        false
    }

    fn close_one(&mut self, at: usize, bracket: u8, open: &mut Vec<(usize, u8)>, patches: &mut Vec<(usize, u8)>) {
        if bracket == b'}' {
            self.close_round(open, patches);
            open.pop();
            return;
        }
        let opener = if bracket == b')' { b'(' } else { b'[' };
        match open.last() {
            Some((_, last)) if *last == opener => drop(open.pop()),
            Some((from, last)) if *last != b'{' => {
                let (from, last) = (*from, *last);
                open.pop();
                self.report_mismatch(from, last, at);
                patches.extend([(from, b' '), (at, b' ')]);
            }
            _ => {} // the grammar's `stray`
        }
    }

    /// Reports the round and square brackets that are open where a statement ends.
    fn close_round(&mut self, open: &mut Vec<(usize, u8)>, patches: &mut Vec<(usize, u8)>) {
        while let Some((at, bracket)) = open.last().copied().filter(|(_, bracket)| *bracket != b'{') {
            open.pop();
            let (opener, closer) = if bracket == b'(' { ("(", ")") } else { ("[", "]") };
            let fault = Diagnostic::new(
                &UNCLOSED_BLOCK,
                self.span(at..at + 1),
                say!("this `{opener}` is never closed", opener),
            )
            .at(say!("opened here"))
            .help(say!("write the `{closer}` that ends it", closer));
            self.faults.push(fault);
            patches.push((at, b'\x01'));
        }
    }

    fn report_mismatch(&mut self, from: usize, opener: u8, at: usize) {
        let wanted = if opener == b'(' { ")" } else { "]" };
        let found = if opener == b'(' { "]" } else { ")" };
        let span = self.span(at..at + 1);
        let fault = Diagnostic::new(&SYNTAX, span, say!("`{found}` stands where `{wanted}` is wanted", found, wanted))
            .label(self.span(from..from + 1), say!("this is what it should close"))
            .fix(Safety::Unsafe, say!("write `{wanted}`", wanted), span, wanted);
        self.faults.push(fault);
    }

    fn report_depth(&mut self, at: usize) {
        let limit = MAX_DEPTH;
        let fault = Diagnostic::new(&TOO_DEEP, self.span(at..at + 1), say!("nested deeper than {limit} levels", limit))
            .help(say!("split the declaration; the whole of it was passed over"));
        self.faults.push(fault);
    }

    fn apply(&self, cuts: &mut [Cut], mut patches: Vec<(usize, u8)>) {
        patches.sort_unstable();
        let mut rest = patches.as_slice();
        for cut in cuts {
            let count = rest.partition_point(|(at, _)| *at < cut.range.end);
            let (own, later) = rest.split_at(count);
            rest = later;
            if own.is_empty() {
                continue;
            }
            let mut copy = self.text[cut.range.clone()].as_bytes().to_vec();
            for (at, byte) in own {
                copy[at - cut.range.start] = *byte;
            }
            cut.mended = Some(String::from_utf8_lossy(&copy).into_owned()).filter(|copy| copy.len() == cut.range.len());
        }
    }
}

/// Whether a character turns text around invisibly; the scan reports those that do harm.
pub(super) const fn is_bidi_control(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn control_name(character: char) -> &'static str {
    match character {
        '\u{202A}' => "U+202A, left-to-right embedding",
        '\u{202B}' => "U+202B, right-to-left embedding",
        '\u{202C}' => "U+202C, pop directional formatting",
        '\u{202D}' => "U+202D, left-to-right override",
        '\u{202E}' => "U+202E, right-to-left override",
        '\u{2066}' => "U+2066, left-to-right isolate",
        '\u{2067}' => "U+2067, right-to-left isolate",
        '\u{2068}' => "U+2068, first strong isolate",
        _ => "U+2069, pop directional isolate",
    }
}

/// The lines of a range; a direction control has no effect past its line.
fn lines_of(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + use<'_> {
    let start = range.start;
    text[range].split_inclusive('\n').scan(start, |at, line| {
        let own = *at..*at + line.len();
        *at = own.end;
        Some(own)
    })
}
