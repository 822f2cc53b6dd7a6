//! Patterns: regular expressions without look-around, matched in linear time. Most of those in plans are a few sets of
//! characters one after the other, such as `^[A-Z]{2}-[0-9]+$`, which are matched without the library.

/// A regular expression.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) text: String,
    matcher: Matcher,
}

#[derive(Debug)]
enum Matcher {
    /// Sets of ASCII characters of which the next character always tells which one it is of.
    Pieces(Vec<Piece>),
    Regex(regex_lite::Regex),
}

/// So many characters of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// One bit for each character.
    set: u128,
    least: usize,
    most: usize,
}

impl Pattern {
    pub(super) fn of(text: &str) -> Result<Self, String> {
        let matcher = match pieces(text) {
            Some(pieces) => Matcher::Pieces(pieces),
            None => Matcher::Regex(regex_lite::Regex::new(text).map_err(|error| error.to_string())?),
        };
        Ok(Self { text: text.to_owned(), matcher })
    }

    pub(super) fn holds(&self, text: &str) -> bool {
        match &self.matcher {
            Matcher::Pieces(pieces) => are_in_turn(pieces, text.as_bytes()),
            Matcher::Regex(regex) => regex.is_match(text),
        }
    }
}

fn are_in_turn(pieces: &[Piece], mut text: &[u8]) -> bool {
    for piece in pieces {
        let taken = text.iter().take(piece.most).take_while(|byte| piece.has(**byte)).count();
        if taken < piece.least {
            return false;
        }
        text = &text[taken..];
    }
    text.is_empty()
}

impl Piece {
    fn has(&self, byte: u8) -> bool {
        byte < 128 && self.set & (1 << byte) != 0
    }
}

/// The pieces of a pattern from the start to the end of a text; none where it is made of anything else.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut rest = text.strip_prefix('^')?.strip_suffix('$')?.as_bytes();
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let (set, after) = set(rest)?;
        let (least, most, after) = times(after)?;
        pieces.push(Piece { set, least, most });
        rest = after;
    }
    is_told_by_the_next(&pieces).then_some(pieces)
}

/// Whether no character that could go on with one piece could begin what follows.
fn is_told_by_the_next(pieces: &[Piece]) -> bool {
    pieces.iter().enumerate().all(|(at, piece)| {
        if piece.least == piece.most {
            return true;
        }
        for next in &pieces[at + 1..] {
            if next.set & piece.set != 0 {
                return false;
            }
            if next.least > 0 {
                break;
            }
        }
        true
    })
}

/// A set in brackets or a single character, and what follows.
fn set(text: &[u8]) -> Option<(u128, &[u8])> {
    let (first, rest) = text.split_first()?;
    match first {
        b'[' => {
            let end = rest.iter().position(|byte| *byte == b']')?;
            Some((members(&rest[..end])?, &rest[end + 1..]))
        }
        b'\\' => {
            let (escaped, rest) = rest.split_first()?;
            // `\<` and `\>` are the ends of words.
            let stands_for_itself = escaped.is_ascii_punctuation() && !matches!(escaped, b'<' | b'>');
            let set = if *escaped == b'd' { members(b"0-9") } else { stands_for_itself.then(|| 1 << *escaped) };
            Some((set?, rest))
        }
        b'^' | b'$' | b'.' | b'|' | b'?' | b'*' | b'+' | b'(' | b')' | b'{' | b'}' | b']' => None,
        _ => first.is_ascii().then(|| (1 << *first, rest)),
    }
}

/// The members of a set that holds nothing but characters and ranges of them.
fn members(inside: &[u8]) -> Option<u128> {
    let is_plain = |byte: &u8| byte.is_ascii() && !matches!(byte, b'\\' | b'[' | b'^' | b'&' | b'~');
    if inside.is_empty() || !inside.iter().all(is_plain) {
        return None;
    }
    let (mut set, mut rest) = (0, inside);
    while let [first, after @ ..] = rest {
        match after {
            [b'-', last, after @ ..] if *last != b'-' => {
                (first <= last && *first != b'-').then_some(())?;
                (*first..=*last).for_each(|byte| set |= 1 << byte);
                rest = after;
            }
            // A hyphen stands for itself at the end only.
            [b'-', ..] if after.len() > 1 => return None,
            _ if *first == b'-' && !after.is_empty() => return None,
            _ => {
                set |= 1 << *first;
                rest = after;
            }
        }
    }
    Some(set)
}

/// How often: at least, at most, and what follows.
fn times(text: &[u8]) -> Option<(usize, usize, &[u8])> {
    let (least, most, rest) = match text {
        [b'+', rest @ ..] => (1, usize::MAX, rest),
        [b'*', rest @ ..] => (0, usize::MAX, rest),
        [b'?', rest @ ..] => (0, 1, rest),
        [b'{', rest @ ..] => {
            let end = rest.iter().position(|byte| *byte == b'}')?;
            let (least, most) = counts(std::str::from_utf8(&rest[..end]).ok()?)?;
            (least, most, &rest[end + 1..])
        }
        rest => return Some((1, 1, rest)),
    };
    // What follows a count may change what it means.
    (!matches!(rest.first(), Some(b'+' | b'*' | b'?' | b'{'))).then_some((least, most, rest))
}

fn counts(text: &str) -> Option<(usize, usize)> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let (least, most) = match text.split_once(',') {
        None => (number(text)?, number(text)?),
        Some((least, "")) => (number(least)?, usize::MAX),
        Some((least, most)) => (number(least)?, number(most)?),
    };
    // The library refuses larger ones as patterns that take too much memory.
    (least <= most && (most <= 100 || most == usize::MAX) && least <= 100).then_some((least, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_patterns_need_no_library() {
        let plain = ["^[A-Z]{2}$", "^[A-Z]+-[0-9]+$", "^$", "^v\\d+\\.\\d{1,3}$", "^a?b*[c-]$", "^[A-Za-z0-9_]{3,}$"];
        assert_eq!(plain.map(|text| pieces(text).is_some()), [true; 6]);
        let others =
            ["[A-Z]", "^[A-Z]", "^a|b$", "^(a)$", "^[^a]$", "^a*a$", "^é$", "^a+?$", "^\\w$", "^[a-]b-]$", "^\\$"];
        assert_eq!(others.map(|text| pieces(text).is_some()), [false; 11]);
    }

    proptest::proptest! {
        #[test]
        fn a_plain_pattern_says_what_the_library_says(
            pattern in "\\^((\\[([a-c]-?){1,3}\\]|[a-c]|-|\\\\[.d-])([+*?]|\\{[0-3]\\}|\\{[0-2],[2-4]?\\})?){0,4}\\$",
            texts in proptest::collection::vec("[a-c.0-9é-]{0,6}", 8),
        ) {
            let Some(own) = pieces(&pattern) else { return Ok(()) };
            let library = regex_lite::Regex::new(&pattern);
            proptest::prop_assert!(library.is_ok(), "{pattern}");
            let library = library.unwrap();
            for text in texts {
                proptest::prop_assert_eq!(are_in_turn(&own, text.as_bytes()), library.is_match(&text), "{} of {}", pattern, text);
            }
        }
    }
}
