//! Patterns that every language reads alike and that none takes long over: classes, literals, groups and alternatives,
//! each repeated by itself only. Others are left to the schema, whose readers know them.

/// More repetitions without end could take time that grows with a power of the length.
const MAX_ENDLESS: usize = 2;

/// The most that engines count.
const MAX_COUNT: u32 = 1000;

/// Groups inside groups.
const MAX_DEPTH: usize = 16;

/// A pattern in the form that all languages share, and where it is anchored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Portable {
    /// Without its anchors.
    pub(super) body: String,
    /// Whether it begins where the text does.
    pub(super) from_start: bool,
    /// Whether it ends where the text does.
    pub(super) to_end: bool,
}

/// The pattern in the form that all languages share; none where there is no such form.
pub(super) fn portable(pattern: &str) -> Option<Portable> {
    let mut rest = pattern.strip_prefix('^').unwrap_or(pattern);
    let to_end = rest.ends_with('$') && !rest.ends_with("\\$");
    if to_end {
        rest = &rest[..rest.len() - 1];
    }
    let mut reader = Reader { rest: rest.chars().collect(), at: 0, out: String::new(), endless: 0 };
    reader.alternatives(0)?;
    let is_whole = reader.at == reader.rest.len() && reader.endless <= MAX_ENDLESS;
    let from_start = pattern.starts_with('^');
    // An anchor belongs to its alternative only.
    let is_anchored = from_start || to_end;
    (is_whole && !(is_anchored && has_bar(&reader.out))).then_some(Portable { body: reader.out, from_start, to_end })
}

/// Whether alternatives stand outside of groups.
fn has_bar(body: &str) -> bool {
    let (mut depth, mut in_class, mut is_escaped) = (0usize, false, false);
    for character in body.chars() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' if !in_class => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth -= 1,
            '|' if !in_class && depth == 0 => return true,
            _ => {}
        }
    }
    false
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    out: String,
    endless: usize,
}

/// What a piece of a pattern holds: whether it may be repeated as a whole.
#[derive(Clone, Copy)]
struct Piece {
    is_simple: bool,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let own = self.peek()?;
        self.at += 1;
        Some(own)
    }

    fn takes(&mut self, wanted: char) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    /// Whether nothing of what is read is repeated or chosen.
    fn alternatives(&mut self, depth: usize) -> Option<bool> {
        let mut is_simple = true;
        while let Some(own) = self.peek() {
            match own {
                ')' => break,
                '|' => {
                    self.at += 1;
                    self.out.push('|');
                    is_simple = false;
                }
                _ => is_simple &= self.repeated(depth)?,
            }
        }
        Some(is_simple)
    }

    fn repeated(&mut self, depth: usize) -> Option<bool> {
        let piece = self.piece(depth)?;
        let Some(sign) = self.peek().filter(|sign| matches!(sign, '*' | '+' | '?' | '{')) else {
            return Some(piece.is_simple);
        };
        self.at += 1;
        self.out.push(sign);
        match sign {
            '{' => self.counted()?,
            '?' => {}
            _ => self.endless += 1,
        }
        // What may be left out once takes no time; a repetition of repetitions does.
        let is_sound = piece.is_simple || sign == '?';
        let is_lazy = self.peek().is_some_and(|next| matches!(next, '*' | '+' | '?' | '{'));
        (is_sound && !is_lazy).then_some(false)
    }

    fn counted(&mut self) -> Option<()> {
        let least = self.number()?;
        if self.takes(',') {
            self.out.push(',');
            match self.peek() {
                Some('}') => self.endless += 1,
                _ => (self.number()? >= least).then_some(())?,
            }
        }
        self.out.push('}');
        self.takes('}').then_some(())
    }

    fn number(&mut self) -> Option<u32> {
        let from = self.at;
        while self.peek().is_some_and(|own| own.is_ascii_digit()) {
            self.at += 1;
        }
        let digits: String = self.rest[from..self.at].iter().collect();
        self.out.push_str(&digits);
        digits.parse().ok().filter(|number| *number <= MAX_COUNT)
    }

    fn piece(&mut self, depth: usize) -> Option<Piece> {
        let simple = Some(Piece { is_simple: true });
        match self.next()? {
            '(' if depth < MAX_DEPTH => {
                if self.takes('?') && !self.takes(':') {
                    return None;
                }
                self.out.push_str("(?:");
                let is_simple = self.alternatives(depth + 1)?;
                self.out.push(')');
                self.takes(')').then_some(Piece { is_simple })
            }
            '[' => self.class().and(simple),
            '.' => {
                self.out.push_str("[^\n\r\u{2028}\u{2029}]");
                simple
            }
            '\\' => {
                match self.next()? {
                    'd' => self.out.push_str("[0-9]"),
                    'w' => self.out.push_str("[A-Za-z0-9_]"),
                    own if own.is_ascii_punctuation() => self.literal(own),
                    _ => return None,
                }
                simple
            }
            '(' | ')' | '*' | '+' | '?' | '{' | '}' | ']' | '^' | '$' | '|' => None,
            own => {
                self.literal(own);
                simple
            }
        }
    }

    fn literal(&mut self, own: char) {
        if matches!(own, '\\' | '^' | '$' | '.' | '|' | '?' | '*' | '+' | '(' | ')' | '[' | ']' | '{' | '}' | '/') {
            self.out.push('\\');
        }
        self.out.push(own);
    }

    fn class(&mut self) -> Option<()> {
        let from = self.out.len();
        self.out.push('[');
        if self.takes('^') {
            self.out.push('^');
        }
        let empty = self.out.len();
        loop {
            match self.next()? {
                ']' => break,
                '[' => return None,
                '\\' => match self.next()? {
                    'd' => self.out.push_str("0-9"),
                    'w' => self.out.push_str("A-Za-z0-9_"),
                    own if own.is_ascii_punctuation() => self.member(own),
                    _ => return None,
                },
                '-' if self.out.len() > empty && self.peek() != Some(']') => self.out.push('-'),
                own => self.member(own),
            }
        }
        let is_empty = self.out.len() == empty;
        self.out.push(']');
        // Two of these mean something else in some engines.
        let is_read_alike = !["&&", "~~", "||"].iter().any(|pair| self.out[from..].contains(pair));
        (!is_empty && is_read_alike && is_range_sound(&self.out[from..])).then_some(())
    }

    fn member(&mut self, own: char) {
        if matches!(own, '\\' | ']' | '[' | '^' | '-') {
            self.out.push('\\');
        }
        self.out.push(own);
    }
}

/// Ranges lead upwards from one character to another.
fn is_range_sound(class: &str) -> bool {
    regex_lite::Regex::new(class).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_engines_read_alike_is_kept() {
        let cases = [
            ("^[A-Z]{2}$", "[A-Z]{2}", true, true),
            ("^\\d+-\\w*$", "[0-9]+-[A-Za-z0-9_]*", true, true),
            ("a|b", "a|b", false, false),
            ("^(a|b)?c", "(?:a|b)?c", true, false),
            (
                "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$",
                "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?",
                true,
                true,
            ),
            ("^[<>|`{}]*$", "[<>|`{}]*", true, true),
            ("\\-\\<\\/", "-<\\/", false, false),
            ("[-a\\]]", "[\\-a\\]]", false, false),
            ("a\\$", "a\\$", false, false),
        ];
        for (pattern, body, from_start, to_end) in cases {
            let wanted = Portable { body: body.to_owned(), from_start, to_end };
            assert_eq!(portable(pattern), Some(wanted), "{pattern}");
        }
    }

    #[test]
    fn what_they_do_not_is_left_to_the_schema() {
        let all = [
            "(a+)+$",
            "(a|a)*$",
            "(a{1,5}){1,50}b",
            "a*a*a*b",
            "(?=a)",
            "(a)\\1",
            "\\bx",
            "\\s",
            "a*?",
            "[[:alpha:]]",
            "[a&&b]",
            "^a|b$",
            "(",
            "a)",
            "[",
            "a{2000}",
            "a{3,1}",
            "[z-a]",
            "\\p{L}",
            "[]",
            "a**",
            "\\",
        ];
        for pattern in all {
            assert_eq!(portable(pattern), None, "{pattern}");
        }
    }

    proptest::proptest! {
        /// Where there is a portable form, it takes the same texts.
        #[test]
        fn the_form_means_the_same(pattern in "\\^?[ab.|()?*+\\[\\]0-9{},d\\\\-]{0,12}\\$?", text in "[ab019,\\n-]{0,8}") {
            if let (Some(own), Ok(regex)) = (portable(&pattern), regex_lite::Regex::new(&pattern)) {
                let start = if own.from_start { "^" } else { "" };
                let end = if own.to_end { "$" } else { "" };
                let made = regex_lite::Regex::new(&format!("{start}(?:{}){end}", own.body));
                proptest::prop_assert!(made.is_ok(), "{pattern} → {}", own.body);
                let is_same = made.is_ok_and(|made| made.is_match(&text) == regex.is_match(&text));
                proptest::prop_assert!(is_same, "{pattern} → {} on {text:?}", own.body);
            }
        }
    }
}
