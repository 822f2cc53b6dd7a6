//! JSON, read value by value as somebody asks for it. Nothing is built, and a text without escapes is a part of the line.
//!
//! It takes what `serde_json` takes, and values are the same; what is wrong with a text that it does not take is said by
//! `serde_json` ([`super::line`]).

#![allow(clippy::inline_always, reason = "a value is read in a few steps, each cheaper than a call")]

use std::borrow::Cow;

/// How deep values may be nested: less than `serde_json` allows.
const MAX_DEPTH: u8 = 127;

/// A place in a text. A copy of it reads the same once more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Json<'t> {
    text: &'t str,
    at: usize,
    depth: u8,
}

/// What a value is. Of a list and an object only the beginning is read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'t> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'t, str>),
    List,
    Object,
}

/// A number; whole ones within 64 bits are exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Natural(u64),
    Negative(i64),
    Float(f64),
}

/// Whether something of a list or an object was read already.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Begun(bool);

/// How a key was written the last time that something of its kind was read there, from the value before it to its own.
/// Programs write what they log in the same way again and again, and the same bytes in the same place are the same key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habit<T> {
    bytes: [u8; LONGEST_HABIT],
    length: usize,
    /// What the key means.
    means: T,
}

/// The longest key that is remembered, in bytes.
const LONGEST_HABIT: usize = 48;

/// How many keys of an object are remembered.
const MOST_HABITS: usize = 128;

/// What the keys of objects of one kind meant, by their turn.
#[derive(Clone, Debug)]
pub(super) struct Habits<T>(Vec<Option<Habit<T>>>);

/// A key: what it means, or itself where it means nothing.
pub(super) enum Key<'t, T> {
    Known(T),
    Other(Cow<'t, str>),
}

/// How far an object is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turn {
    at: usize,
    begun: Begun,
}

impl<T> Default for Habits<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Habits<T> {
    /// The next key of an object that is read from its beginning: if it is written as ever it means what it ever did, else
    /// `meaning` says it. None at the end of the object.
    #[inline]
    pub(super) fn next<'t>(
        &mut self,
        turn: &mut Turn,
        json: &mut Json<'t>,
        meaning: impl FnOnce(&str) -> Option<T>,
    ) -> Read<Option<Key<'t, T>>> {
        let at = turn.at;
        turn.at += 1;
        if let Some(Some(habit)) = self.0.get(at)
            && json.text.as_bytes()[json.at..].starts_with(&habit.bytes[..habit.length])
        {
            json.at += habit.length;
            turn.begun = Begun(true);
            return Ok(Some(Key::Known(habit.means)));
        }
        let start = json.at;
        let Some(key) = json.key(&mut turn.begun)? else { return Ok(None) };
        let Some(means) = meaning(&key) else { return Ok(Some(Key::Other(key))) };
        self.learn(at, &json.text.as_bytes()[start..json.at], means);
        Ok(Some(Key::Known(means)))
    }

    fn learn(&mut self, at: usize, written: &[u8], means: T) {
        if written.len() > LONGEST_HABIT || at >= MOST_HABITS {
            return;
        }
        if self.0.len() <= at {
            self.0.resize(at + 1, None);
        }
        let mut bytes = [0; LONGEST_HABIT];
        bytes[..written.len()].copy_from_slice(written);
        self.0[at] = Some(Habit { bytes, length: written.len(), means });
    }
}

/// The text is no JSON, is nested too deep, or holds a number that is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoJson;

type Read<T> = Result<T, NoJson>;

impl<'t> Json<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// The next byte; 0 at the end, where no value has one.
    #[inline(always)]
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or_default()
    }

    /// The next byte that is no space.
    #[inline(always)]
    fn token(&mut self) -> u8 {
        loop {
            match self.peek() {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return byte,
            }
        }
    }

    #[inline]
    fn pass(&mut self, wanted: u8) -> Read<()> {
        if self.token() != wanted {
            return Err(NoJson);
        }
        self.at += 1;
        Ok(())
    }

    /// Nothing but space follows.
    pub(super) fn end(&mut self) -> Read<()> {
        self.token();
        if self.at == self.text.len() { Ok(()) } else { Err(NoJson) }
    }

    /// The next value. What a list or an object holds is asked for by [`Json::item`] and [`Json::key`], to its end.
    #[inline(always)]
    pub(super) fn value(&mut self) -> Read<Value<'t>> {
        Ok(match self.token() {
            b'"' => Value::Text(self.string()?),
            b'-' | b'0'..=b'9' => Value::Number(self.number()?),
            b'{' => self.open(Value::Object)?,
            b'[' => self.open(Value::List)?,
            b't' => self.word("true", Value::Bool(true))?,
            b'f' => self.word("false", Value::Bool(false))?,
            b'n' => self.word("null", Value::Null)?,
            _ => return Err(NoJson),
        })
    }

    fn open(&mut self, value: Value<'t>) -> Read<Value<'t>> {
        if self.depth == MAX_DEPTH {
            return Err(NoJson);
        }
        self.depth += 1;
        self.at += 1;
        Ok(value)
    }

    fn word(&mut self, word: &str, value: Value<'t>) -> Read<Value<'t>> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(NoJson);
        }
        self.at += word.len();
        Ok(value)
    }

    /// Whether a value follows in a list or an object that `close` ends.
    #[inline]
    fn goes_on(&mut self, begun: &mut Begun, close: u8) -> Read<bool> {
        if self.token() == close {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if begun.0 {
            self.pass(b',')?;
        }
        begun.0 = true;
        Ok(true)
    }

    /// Whether another item of a list follows, which is to be read then.
    #[inline]
    pub(super) fn item(&mut self, begun: &mut Begun) -> Read<bool> {
        self.goes_on(begun, b']')
    }

    /// The key of the next member of an object, of which the value is to be read then.
    #[inline]
    pub(super) fn key(&mut self, begun: &mut Begun) -> Read<Option<Cow<'t, str>>> {
        if !self.goes_on(begun, b'}')? {
            return Ok(None);
        }
        if self.token() != b'"' {
            return Err(NoJson);
        }
        let key = self.string()?;
        self.pass(b':')?;
        Ok(Some(key))
    }

    /// The next value where it is a text; anything else is passed over.
    #[inline]
    pub(super) fn text_or_skip(&mut self) -> Read<Option<Cow<'t, str>>> {
        if self.token() == b'"' {
            return self.string().map(Some);
        }
        self.skip()?;
        Ok(None)
    }

    /// Passes over the next value.
    pub(super) fn skip(&mut self) -> Read<()> {
        match self.token() {
            b'"' => self.skip_string(),
            b'-' | b'0'..=b'9' => self.digits().map(drop),
            _ => match self.value()? {
                Value::Object => self.skip_object(),
                Value::List => {
                    let mut begun = Begun::default();
                    while self.item(&mut begun)? {
                        self.skip()?;
                    }
                    Ok(())
                }
                _ => Ok(()),
            },
        }
    }

    /// Passes over what an object holds.
    pub(super) fn skip_object(&mut self) -> Read<()> {
        let mut begun = Begun::default();
        while self.goes_on(&mut begun, b'}')? {
            if self.token() != b'"' {
                return Err(NoJson);
            }
            self.skip_string()?;
            self.pass(b':')?;
            self.skip()?;
        }
        Ok(())
    }

    #[inline(always)]
    fn string(&mut self) -> Read<Cow<'t, str>> {
        let start = self.at + 1;
        let end = start + plain(&self.text.as_bytes()[start..]);
        self.at = end;
        if self.peek() == b'"' {
            self.at += 1;
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.escaped(start - 1).map(Cow::Owned)
    }

    /// A text with escapes; its place is at the first one.
    #[cold]
    fn escaped(&mut self, start: usize) -> Read<String> {
        self.rest_of_string()?;
        serde_json::from_str(&self.text[start..self.at]).map_err(|_| NoJson)
    }

    fn skip_string(&mut self) -> Read<()> {
        self.at += 1;
        self.rest_of_string()
    }

    /// Goes behind the quote that ends a text.
    fn rest_of_string(&mut self) -> Read<()> {
        loop {
            self.at += plain(&self.text.as_bytes()[self.at..]);
            match self.peek() {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => self.at += escape(&self.text.as_bytes()[self.at..])?,
                _ => return Err(NoJson),
            }
        }
    }

    #[inline]
    fn number(&mut self) -> Read<Number> {
        let start = self.at;
        let digits = self.digits()?;
        digits.exact().map_or_else(|| rounded(&self.text[start..self.at], digits.is_whole), Ok)
    }

    /// Reads a number digit by digit.
    #[inline]
    fn digits(&mut self) -> Read<Digits> {
        let mut digits = Digits { is_negative: self.peek() == b'-', is_whole: true, ..Digits::default() };
        self.at += usize::from(digits.is_negative);
        match self.peek() {
            b'0' => self.at += 1,
            _ => self.run(&mut digits)?,
        }
        if self.peek() == b'.' {
            self.at += 1;
            let start = self.at;
            self.run(&mut digits)?;
            digits.decimals = self.at - start;
            digits.is_whole = false;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), b'+' | b'-'));
            self.run(&mut Digits::default())?;
            digits.has_exponent = true;
            digits.is_whole = false;
        }
        Ok(digits)
    }

    /// At least one digit.
    #[inline]
    fn run(&mut self, digits: &mut Digits) -> Read<()> {
        let start = self.at;
        while let digit @ b'0'..=b'9' = self.peek() {
            digits.value = digits.value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        digits.count += self.at - start;
        if self.at > start { Ok(()) } else { Err(NoJson) }
    }
}

/// A number as it is written.
#[derive(Clone, Copy, Debug, Default)]
struct Digits {
    is_negative: bool,
    /// All digits in a row; nothing of worth where there are more than 19.
    value: u64,
    count: usize,
    decimals: usize,
    has_exponent: bool,
    is_whole: bool,
}

/// Powers of ten that are doubles.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

impl Digits {
    /// The number, where no rounding is needed before the last step.
    fn exact(&self) -> Option<Number> {
        if self.has_exponent || self.count > 19 {
            return None;
        }
        if !self.is_whole {
            let tens = TENS.get(self.decimals).filter(|_| self.value < 1 << 53)?;
            let float = self.value as f64 / tens;
            return Some(Number::Float(if self.is_negative { -float } else { float }));
        }
        if !self.is_negative {
            return Some(Number::Natural(self.value));
        }
        // Minus nothing is a double.
        0_i64.checked_sub_unsigned(self.value).filter(|number| *number < 0).map(Number::Negative)
    }
}

/// Any other number, rounded once.
#[cold]
fn rounded(text: &str, is_whole: bool) -> Read<Number> {
    if let Some(number) = text.parse().ok().filter(|_| is_whole) {
        return Ok(Number::Natural(number));
    }
    let float = text.parse::<f64>().ok().filter(|float| float.is_finite());
    float.map(Number::Float).ok_or(NoJson)
}

/// How many bytes come before a quote, a backslash or a control character.
#[inline(always)]
fn plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk() {
        let found = special(u64::from_le_bytes(*eight));
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | ..b' ');
    at + bytes[at..].iter().position(is_special).unwrap_or(bytes.len() - at)
}

/// The highest bit of each of eight bytes that is a quote, a backslash or a control character, up to the first at least:
/// what is borrowed in a subtraction only reaches the bytes behind.
#[inline]
const fn special(bytes: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let (quotes, slashes) = (bytes ^ (ONES * b'"' as u64), bytes ^ (ONES * b'\\' as u64));
    let quotes = quotes.wrapping_sub(ONES) & !quotes;
    let slashes = slashes.wrapping_sub(ONES) & !slashes;
    let controls = bytes.wrapping_sub(ONES * b' ' as u64) & !bytes;
    (quotes | slashes | controls) & (ONES << 7)
}

/// How long an escape is.
fn escape(bytes: &[u8]) -> Read<usize> {
    match bytes {
        [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => Ok(2),
        [_, b'u', hex @ ..] if hex.len() >= 4 && hex[..4].iter().all(u8::is_ascii_hexdigit) => Ok(6),
        _ => Err(NoJson),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Library;

    use super::*;

    /// A whole text as the library has it.
    fn built(text: &str) -> Read<Library> {
        let mut json = Json::of(text);
        let value = build(&mut json)?;
        json.end()?;
        Ok(value)
    }

    fn build(json: &mut Json<'_>) -> Read<Library> {
        let mut begun = Begun::default();
        Ok(match json.value()? {
            Value::Null => Library::Null,
            Value::Bool(holds) => holds.into(),
            Value::Number(Number::Natural(number)) => number.into(),
            Value::Number(Number::Negative(number)) => number.into(),
            Value::Number(Number::Float(number)) => number.into(),
            Value::Text(text) => text.into_owned().into(),
            Value::List => {
                let mut items = Vec::new();
                while json.item(&mut begun)? {
                    items.push(build(json)?);
                }
                items.into()
            }
            Value::Object => {
                let mut members = serde_json::Map::new();
                while let Some(key) = json.key(&mut begun)? {
                    members.insert(key.into_owned(), build(json)?);
                }
                members.into()
            }
        })
    }

    /// Whether a text can be passed over.
    fn is_passed(text: &str) -> bool {
        let mut json = Json::of(text);
        json.skip().and_then(|()| json.end()).is_ok()
    }

    #[track_caller]
    fn is_as_the_library_says(text: &str) {
        let library = serde_json::from_str::<Library>(text).ok();
        // A double may have a sign that `==` does not see.
        assert_eq!(format!("{:?}", built(text).ok()), format!("{library:?}"), "{text}");
        assert_eq!(is_passed(text), serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(), "passed over: {text}");
    }

    #[test]
    fn values_are_those_of_the_library() {
        let all = [
            "",
            " ",
            "null",
            "nul",
            "nullx",
            " true ",
            "0",
            "-0",
            "-0.0",
            "01",
            "1.",
            ".5",
            "-",
            "+1",
            "1e5",
            "1E-7",
            "1e+",
            "1e999",
            "1e-999",
            "0.1",
            "0.30000000000000004",
            "9007199254740993.0",
            "123456789012345678901234567890",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999",
            "\"a\"",
            "\"a",
            "\"a\\",
            "\"\\u0041\\n\\ud83d\\ude00\"",
            "\"\\ud800\"",
            "\"\\u00g0\"",
            "\"\\x\"",
            "\"a\u{1}b\"",
            "\"عنوان\"",
            "[]",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1",
            "{}",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "{\"a\":{\"b\":[{\"c\":null}]}}",
            "[1]]",
            "\u{FEFF}1",
            "1\0",
        ];
        all.into_iter().for_each(is_as_the_library_says);
    }

    /// The keys of an object of numbers; with habits, or each read for itself.
    fn keys(text: &str, habits: &mut Habits<char>, known: &str) -> Read<String> {
        let (mut json, mut turn, mut found) = (Json::of(text), Turn::default(), String::new());
        json.value()?;
        let meaning = |key: &str| key.chars().next().filter(|first| known.contains(*first));
        while let Some(key) = habits.next(&mut turn, &mut json, meaning)? {
            match key {
                Key::Known(first) => found.push(first),
                Key::Other(name) => found.extend(["<", &name, ">"]),
            }
            json.skip()?;
        }
        json.end()?;
        Ok(found)
    }

    #[test]
    fn a_key_means_the_same_however_keys_were_written_before() {
        let all = [
            r#"{"a":1,"b":2}"#,
            r#"{"a":1,"c":2}"#,
            r#"{ "a" : 1, "b":2}"#,
            r#"{"b":2,"a":1}"#,
            r#"{"a":1,"z":2,"b":3}"#,
            r#"{"a":1,"b":2,"b":3}"#,
            r#"{"a":1"b":2}"#,
            r#"{,"b":2}"#,
            r#"{"a":1,}"#,
            r#"{"\u0061":1}"#,
            "{}",
            "{\"a\":",
        ];
        let mut habits = Habits::default();
        for (one, other) in all.iter().flat_map(|one| all.iter().map(move |other| (one, other))) {
            for text in [one, other] {
                assert_eq!(keys(text, &mut habits, "abc"), keys(text, &mut Habits::default(), "abc"), "{text}");
            }
        }
        let long = format!(r#"{{"{}":1}}"#, "a".repeat(99));
        assert_eq!(keys(&long, &mut habits, "abc").as_deref(), Ok("a"));
    }

    #[test]
    fn depth_has_an_end() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        is_as_the_library_says(&nested(127));
        assert_eq!((built(&nested(128)), is_passed(&nested(128))), (Err(NoJson), false));
        assert!(serde_json::from_str::<Library>(&nested(128)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_what_the_library_says(text in "[\\[\\]{}:,\"\\\\ \\-+.eEtruefalsn0-9u\n\u{1}é]{0,24}") {
            is_as_the_library_says(&text);
        }

        #[test]
        fn any_number_is_what_the_library_says(text in "-?[0-9]{1,25}(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?") {
            is_as_the_library_says(&text);
        }

        #[test]
        fn any_double_is_what_the_library_says(bits: u64) {
            let float = f64::from_bits(bits);
            is_as_the_library_says(&format!("{float:?}"));
        }

        #[test]
        fn any_string_is_what_the_library_says(text in "([a-zé\"\\\\\u{1f}\u{1f600}/]|\\\\[\"\\\\/bfnrtux]|\\\\u[0-9a-fD]{4}){0,20}") {
            is_as_the_library_says(&format!("\"{text}\""));
        }
    }
}
