//! Personal data told by its form. Conservative: what is found is almost always what it is called, and much is not found.

use std::net::IpAddr;

use crate::diagnostic::Message;
use crate::phrase;

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Personal {
    /// `name@example.com`, anywhere in a text.
    Email,
    /// A number with a country code: `+20 100 123 4567`.
    Phone,
    /// 13 to 19 digits of a card brand with a right check digit (Luhn).
    Card,
    /// An account number with a right checksum (ISO 7064 mod 97-10).
    Iban,
    /// An IPv4 or IPv6 address.
    Address,
}

impl Personal {
    /// The word for it in reports for machines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Card => "payment-card",
            Self::Iban => "iban",
            Self::Address => "ip-address",
        }
    }

    /// The words for it.
    pub fn words(self) -> Message {
        Message::of(match self {
            Self::Email => phrase!("an email address"),
            Self::Phone => phrase!("a phone number"),
            Self::Card => phrase!("a payment card number"),
            Self::Iban => phrase!("a bank account number (IBAN)"),
            Self::Address => phrase!("an IP address"),
        })
    }
}

/// The longest text that is looked into; what is longer is no single datum.
const MAX_BYTES: usize = 4096;

/// The shortest: an IPv6 address.
const MIN_BYTES: usize = 6;

/// The longest one that is a whole text: an IPv6 address.
const LONGEST_WHOLE: usize = 45;

/// Whether there is an `@`. Short texts are looked through without a question in between.
#[inline]
fn has_at(bytes: &[u8]) -> bool {
    if bytes.len() > LONGEST_WHOLE {
        return memchr::memchr(b'@', bytes).is_some();
    }
    let mut found = false;
    for byte in bytes {
        found |= *byte == b'@';
    }
    found
}

/// The kind of personal data in a text.
#[inline]
pub(super) fn find(text: &str) -> Option<Personal> {
    let bytes = text.as_bytes();
    if bytes.len() < MIN_BYTES || bytes.len() > MAX_BYTES {
        return None;
    }
    if has_at(bytes) && has_email(bytes) {
        return Some(Personal::Email);
    }
    // Everything else is a whole text of at most so many characters, most of them digits.
    if bytes.len() > LONGEST_WHOLE {
        return None;
    }
    let (first, last) = (bytes[0], bytes[bytes.len() - 1]);
    if !(first.is_ascii_hexdigit() || first.is_ascii_uppercase() || matches!(first, b'+' | b'(' | b':')) || last == b'-'
    {
        return None;
    }
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    match first {
        b'+' => is_phone(bytes, digits).then_some(Personal::Phone),
        b'0'..=b'9' if digits >= 13 && is_card(bytes, digits) => Some(Personal::Card),
        b'A'..=b'Z' if digits >= 10 && is_iban(bytes) => Some(Personal::Iban),
        _ => is_address(text).then_some(Personal::Address),
    }
}

/// The same for a whole number, as which card numbers are sent too.
pub(super) fn find_in_number(number: u64) -> Option<Personal> {
    if number < 1_000_000_000_000 {
        return None;
    }
    let text = number.to_string();
    is_card(text.as_bytes(), text.len()).then_some(Personal::Card)
}

fn has_email(text: &[u8]) -> bool {
    memchr::memchr_iter(b'@', text).any(|at| is_mailbox_end(&text[..at]) && is_domain_start(&text[at + 1..]))
}

fn is_mailbox_end(before: &[u8]) -> bool {
    before.last().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+'))
}

/// A name with a dot and a top level of letters: `example.com`.
fn is_domain_start(after: &[u8]) -> bool {
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let end = after.iter().position(|byte| !is_inside(byte)).unwrap_or(after.len());
    let domain = &after[..end];
    let domain = domain.strip_suffix(b".").unwrap_or(domain);
    let Some(dot) = memchr::memrchr(b'.', domain) else { return false };
    let (name, top) = (&domain[..dot], &domain[dot + 1..]);
    let is_name = name.first().is_some_and(u8::is_ascii_alphanumeric);
    // `logo@2x.png` is a picture for sharp screens.
    let is_picture = name.len() == 2 && name.ends_with(b"x") && name[0].is_ascii_digit();
    is_name && !is_picture && (2..=24).contains(&top.len()) && top.iter().all(u8::is_ascii_alphabetic)
}

fn is_phone(text: &[u8], digits: usize) -> bool {
    let is_inside = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'(' | b')');
    (8..=15).contains(&digits) && text[1..].iter().all(is_inside) && text[1] != b'0'
}

fn is_card(text: &[u8], digits: usize) -> bool {
    if !(13..=19).contains(&digits) || !text.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-')) {
        return false;
    }
    let number: Vec<u8> = text.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect();
    is_of_brand(&number) && passes_luhn(&number)
}

/// The first digits and the length of Visa, Mastercard, American Express, Discover, Maestro and JCB.
fn is_of_brand(number: &[u8]) -> bool {
    let first = number[..4].iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(*digit));
    match number.len() {
        15 => matches!(first / 100, 34 | 37),
        13 => first / 1000 == 4,
        16 => {
            first / 1000 == 4
                || matches!(first / 100, 51..=55 | 65)
                || (2221..=2720).contains(&first)
                || (3528..=3589).contains(&first)
                || first == 6011
        }
        19 => first / 1000 == 4 || matches!(first, 5018 | 5020 | 5038 | 6304 | 6759 | 6761..=6763),
        _ => false,
    }
}

fn passes_luhn(number: &[u8]) -> bool {
    let sum: u32 = number
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| {
            let value = u32::from(*digit) << (index % 2);
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10) && number.iter().any(|digit| *digit != number[0])
}

fn is_iban(text: &[u8]) -> bool {
    let letters: Vec<u8> = text.iter().copied().filter(|byte| *byte != b' ').collect();
    let has_shape = (15..=34).contains(&letters.len())
        && letters[..2].iter().all(u8::is_ascii_uppercase)
        && letters[2..4].iter().all(u8::is_ascii_digit)
        && letters[4..].iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    has_shape && letters[4..].iter().chain(&letters[..4]).fold(0_u32, |rest, byte| mod_97(rest, *byte)) == 1
}

/// The rest after one more character: a letter counts as two digits, from 10 for `A`.
fn mod_97(rest: u32, byte: u8) -> u32 {
    if byte.is_ascii_digit() {
        (rest * 10 + u32::from(byte - b'0')) % 97
    } else {
        (rest * 100 + u32::from(byte - b'A') + 10) % 97
    }
}

/// An address that can belong to somebody: not of the machine itself, and no version such as `1.2.3.4`.
fn is_address(text: &str) -> bool {
    // Dates and ids are passed over without a parse.
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':')) {
        return false;
    }
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(own)) => {
            let octets = own.octets();
            !own.is_loopback() && !own.is_unspecified() && !own.is_broadcast() && octets.iter().any(|part| *part > 31)
        }
        Ok(IpAddr::V6(own)) => !own.is_loopback() && !own.is_unspecified() && text.len() > 8,
        Err(_) => false,
    }
}

/// A value with most of it hidden: enough to find it, too little to tell it on.
pub(super) fn mask(text: &str) -> String {
    if let Some((name, domain)) = text.split_once('@') {
        return format!("{}***@{}***", first(name), first(domain));
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits < 8 {
        return format!("{}***", first(text));
    }
    let last: String = text.chars().rev().filter(char::is_ascii_digit).take(2).collect();
    format!("{}***{}", text.chars().take(2).collect::<String>(), last.chars().rev().collect::<String>())
}

fn first(text: &str) -> String {
    text.chars().next().map(String::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_is_called_is_what_it_is() {
        let all = [
            ("nadia@example.com", Personal::Email),
            ("https://shop.example/?mail=nadia@mail.example.org&x=1", Personal::Email),
            ("+20 100 123 4567", Personal::Phone),
            ("+442071838750", Personal::Phone),
            ("4111 1111 1111 1111", Personal::Card),
            ("378282246310005", Personal::Card),
            ("5555-5555-5555-4444", Personal::Card),
            ("DE89 3704 0044 0532 0130 00", Personal::Iban),
            ("GB82WEST12345698765432", Personal::Iban),
            ("203.0.113.9", Personal::Address),
            ("2001:db8::8a2e:370:7334", Personal::Address),
        ];
        for (text, kind) in all {
            assert_eq!(find(text), Some(kind), "{text}");
        }
        assert_eq!(find_in_number(4_111_111_111_111_111), Some(Personal::Card));
    }

    #[test]
    fn what_only_looks_like_it_is_left_alone() {
        let all = [
            "",
            "@",
            "a@b",
            "picture@2x.png",
            "@handle.of.somebody",
            "P-10042",
            "1.2.3.4",
            "127.0.0.1",
            "2026-11-22T10:15:00Z",
            "2026-11-22",
            "12:30:45",
            "1700000000000",
            "4111 1111 1111 1112",
            "0000000000000000",
            "DE89 3704 0044 0532 0130 01",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "+1",
            "+00 11 22 33 44",
            "color:red",
            "::1",
            "عنوان بريد",
        ];
        for text in all {
            assert_eq!(find(text), None, "{text}");
        }
        assert_eq!(find_in_number(1_700_000_000_000), None);
    }

    #[test]
    fn what_is_hidden_cannot_be_told_on() {
        assert_eq!(mask("nadia@example.com"), "n***@e***");
        assert_eq!(mask("4111 1111 1111 1111"), "41***11");
        assert_eq!(mask("نادية"), "ن***");
        assert_eq!(mask(""), "***");
    }
}
