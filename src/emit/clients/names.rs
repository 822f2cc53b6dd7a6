//! Names of a spec as names of a programming language: split into words, cased, kept off the words of the language, and
//! told apart where two come out the same. The rule is printed in the book (`names-in-clients.md`).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest name in characters: some compilers make files of them.
const MAX_CHARS: usize = 60;

/// Where symbols begin, which are written as their code; what comes before is punctuation and separates words.
const FIRST_SYMBOL: char = '\u{2190}';

/// How the words of a name are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// `orderCompleted`
    Camel,
    /// `OrderCompleted`
    Pascal,
    /// `order_completed`
    Snake,
    /// `ORDER_COMPLETED`
    Screaming,
}

/// What names of one sort look like in a language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Naming {
    pub(super) case: Case,
    /// Names that stand for something else there; they get a `_` at the end.
    pub(super) reserved: &'static [&'static str],
    /// Whether combining marks may stand in a name; else they are written as their code.
    pub(super) marks: bool,
    /// What stands before a name that begins with a digit, or, where names begin in upper case, with a letter that has none.
    pub(super) prefix: &'static str,
    /// Words that are written in upper case as a whole.
    pub(super) initialisms: &'static [&'static str],
}

impl Naming {
    /// The name in the language.
    pub(super) fn of(&self, name: &str) -> String {
        let words = self.words(name);
        let mut made = String::new();
        for (index, word) in words.iter().enumerate() {
            if index > 0 && (self.is_underscored() || would_merge(&made, word)) {
                made.push('_');
            }
            made.push_str(&self.cased(word, index == 0));
        }
        if made.is_empty() {
            made = self.cased("unnamed", true);
        }
        // A letter may be a letter and a mark in the other case.
        made.retain(|own| own == '_' || self.keeps(own));
        let made = self.begun(shortened(made, name));
        if self.reserved.contains(&made.as_str()) { format!("{made}_") } else { made }
    }

    fn is_underscored(&self) -> bool {
        matches!(self.case, Case::Snake | Case::Screaming)
    }

    fn cased(&self, word: &str, is_first: bool) -> String {
        match self.case {
            Case::Snake => word.to_owned(),
            Case::Screaming => word.to_uppercase(),
            Case::Camel if is_first => word.to_owned(),
            _ if self.initialisms.contains(&word) => word.to_uppercase(),
            _ => capitalised(word),
        }
    }

    /// A name begins with a letter, in upper case where that is asked for.
    fn begun(&self, name: String) -> String {
        let first = name.chars().next().unwrap_or('_');
        let is_letter = first.is_alphabetic() && !is_combining_mark(first);
        let is_bad = if self.prefix == "X" { !first.is_uppercase() } else { !is_letter };
        if is_bad { format!("{}{name}", self.prefix) } else { name }
    }

    /// The words of a name, in lower case.
    fn words(&self, name: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut before = ' ';
        // Most names are their own normal form.
        let name = if name.is_ascii() { Cow::Borrowed(name) } else { Cow::Owned(name.nfkc().collect()) };
        for character in name.chars().filter(|own| !is_choice(*own)) {
            let begins = character.is_uppercase() && !before.is_uppercase();
            if self.keeps(character) {
                if begins {
                    words.push(String::new());
                }
                let last = words.len() - 1;
                words[last].extend(character.to_lowercase().filter(|lower| self.keeps(*lower)));
            } else if is_symbol(character) || is_combining_mark(character) {
                words.push(format!("u{:04x}", u32::from(character)));
                words.push(String::new());
            } else {
                words.push(String::new());
            }
            before = character;
        }
        words.retain(|word| !word.is_empty());
        words
    }

    fn keeps(&self, character: char) -> bool {
        match character {
            // Letters in squares and circles are symbols, although Unicode counts them as alphabetic.
            '\u{1f130}'..='\u{1f189}' => false,
            _ if is_combining_mark(character) => self.marks && !is_around(character),
            '0'..='9' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' => true,
            _ => character.is_alphabetic() && !character.is_numeric(),
        }
    }
}

/// Symbols mean something; joiners and tags do not.
fn is_symbol(character: char) -> bool {
    character >= FIRST_SYMBOL && !matches!(character, '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Marks that choose between the forms of a character, and cannot be seen themselves.
fn is_choice(character: char) -> bool {
    matches!(character, '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Marks around a character, which no language takes in a name.
fn is_around(character: char) -> bool {
    matches!(character, '\u{488}' | '\u{489}' | '\u{1abe}' | '\u{20dd}'..='\u{20e4}' | '\u{a670}'..='\u{a672}')
}

/// Whether two words would read as one: no upper case shows where the second begins, or both are digits there.
fn would_merge(before: &str, word: &str) -> bool {
    let (last, first) = (before.chars().next_back(), word.chars().next());
    first.is_some_and(|first| {
        if first.is_numeric() {
            last.is_some_and(char::is_numeric)
        } else {
            first.to_uppercase().eq(std::iter::once(first))
        }
    })
}

fn capitalised(word: &str) -> String {
    let mut rest = word.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

fn shortened(made: String, name: &str) -> String {
    match made.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}_{}", &made[..end], hash(name)),
        None => made,
    }
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Names in use in one scope; two are the same when they differ in case only, as files of some compilers do.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope(BTreeSet<String>);

impl Scope {
    /// Names for some declarations, in their order; each is known by a key, its path where it has one. Where several come
    /// out the same, the one that is spelled in lower case with underscores keeps it, then the first.
    pub(super) fn all(&mut self, naming: &Naming, declared: &[(&str, &str)]) -> Vec<String> {
        let names: Vec<String> = declared.iter().map(|(_, name)| naming.of(name)).collect();
        let folded: BTreeSet<String> = names.iter().map(|own| own.to_lowercase()).collect();
        if folded.len() == names.len() && folded.is_disjoint(&self.0) {
            self.0.extend(folded);
            return names;
        }
        let mut order: Vec<usize> = (0..declared.len()).collect();
        order.sort_by_cached_key(|index| {
            let (key, name) = declared[*index];
            (naming.words(name).join("_") != name, key, *index)
        });
        let mut names = vec![String::new(); declared.len()];
        for index in order {
            let (key, name) = declared[index];
            names[index] = self.one(naming, name, key);
        }
        names
    }

    /// A name: where it is taken, that of the whole path; where that is taken too, one with a hash of the path.
    pub(super) fn one(&mut self, naming: &Naming, name: &str, key: &str) -> String {
        let mut own = naming.of(name);
        if self.0.insert(own.to_lowercase()) {
            return own;
        }
        let whole = naming.of(key);
        if key.contains('.') && self.0.insert(whole.to_lowercase()) {
            return whole;
        }
        own.push('_');
        own.push_str(&hash(key));
        self.exact(&own, key)
    }

    /// A name as it is, or one with a hash where it is taken.
    pub(super) fn exact(&mut self, name: &str, key: &str) -> String {
        let (mut own, mut salted) = (name.to_owned(), key.to_owned());
        while !self.0.insert(own.to_lowercase()) {
            own = format!("{name}_{}", hash(&salted));
            salted.push('+');
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMEL: Naming =
        Naming { case: Case::Camel, reserved: &["class"], marks: true, prefix: "_", initialisms: &[] };
    const GO: Naming = Naming { case: Case::Pascal, reserved: &[], marks: false, prefix: "X", initialisms: &["id"] };

    #[test]
    fn words_are_cased() {
        let cases = [
            ("order_completed", "orderCompleted", "OrderCompleted"),
            ("OrderCompleted", "orderCompleted", "OrderCompleted"),
            ("order_id", "orderId", "OrderID"),
            ("class", "class_", "Class"),
            ("v1_2", "v1_2", "V1_2"),
            ("2nd", "_2nd", "X2nd"),
            ("اكتمل_الطلب", "اكتمل_الطلب", "Xاكتمل_الطلب"),
            ("said 🎉!", "saidU1f389", "SaidU1f389"),
            ("كُتب", "كُتب", "XكU064f_تب"),
            ("—", "unnamed", "Unnamed"),
            ("❤\u{fe0f} liked", "u2764Liked", "U2764Liked"),
            ("\u{64b}x", "_\u{64b}x", "U064bX"),
            ("a\u{20dd}", "aU20dd", "AU20dd"),
        ];
        for (name, camel, go) in cases {
            assert_eq!((CAMEL.of(name).as_str(), GO.of(name).as_str()), (camel, go), "{name}");
        }
    }

    #[test]
    fn the_plainest_keeps_the_name_whatever_the_order() {
        let forwards = Scope::default().all(&CAMEL, &[("A_B", "A_B"), ("a_b", "a_b"), ("aB", "aB")]);
        let backwards = Scope::default().all(&CAMEL, &[("aB", "aB"), ("a_b", "a_b"), ("A_B", "A_B")]);
        assert_eq!(forwards[1], "aB");
        assert_eq!(forwards.iter().rev().collect::<Vec<_>>(), backwards.iter().collect::<Vec<_>>());
        assert_eq!(forwards.iter().collect::<BTreeSet<_>>().len(), 3);
    }

    proptest::proptest! {
        #[test]
        fn a_name_is_a_name(text in "\\PC{0,80}") {
            for naming in [CAMEL, GO] {
                let name = naming.of(&text);
                proptest::prop_assert!(name.chars().count() < 90, "{name}");
                let is_name = name.chars().all(|own| own == '_' || naming.keeps(own));
                let begins = |own: char| own.is_numeric() || is_combining_mark(own);
                proptest::prop_assert!(is_name && !name.starts_with(begins), "{name}");
            }
        }
    }
}
