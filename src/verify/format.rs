//! The forms of texts that the emitted schemas name with `format`, as the RFCs they refer to describe them.

/// A form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// RFC 3339 `full-date`.
    Date,
    /// RFC 3339 `date-time`.
    DateTime,
    /// RFC 3986 URI, absolute.
    Uri,
    /// RFC 5321 mailbox, without quotes.
    Email,
    /// RFC 4122, with hyphens.
    Uuid,
}

impl Format {
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "date" => Self::Date,
            "date-time" => Self::DateTime,
            "uri" => Self::Uri,
            "email" => Self::Email,
            "uuid" => Self::Uuid,
            _ => return None,
        })
    }

    pub(super) fn holds(self, text: &str) -> bool {
        let bytes = text.as_bytes();
        match self {
            Self::Date => is_date(bytes),
            Self::DateTime => is_date_time(bytes),
            Self::Uri => is_uri(bytes),
            Self::Email => is_email(bytes),
            Self::Uuid => is_uuid(bytes),
        }
    }
}

/// A number of two digits.
fn two(text: &[u8]) -> Option<u32> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(u32::from(a - b'0') * 10 + u32::from(b - b'0')),
        _ => None,
    }
}

fn is_date(text: &[u8]) -> bool {
    if text.len() != 10 || text[4] != b'-' || text[7] != b'-' {
        return false;
    }
    let (Some(century), Some(rest), Some(month), Some(day)) =
        (two(&text[..2]), two(&text[2..4]), two(&text[5..7]), two(&text[8..]))
    else {
        return false;
    };
    (1..=days_of(century * 100 + rest, month)).contains(&day)
}

fn days_of(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    }
}

fn is_date_time(text: &[u8]) -> bool {
    text.len() >= 20 && is_date(&text[..10]) && matches!(text[10], b'T' | b't') && is_time(&text[11..])
}

/// `10:15:00Z`, `10:15:00.5+02:00`; a leap second only at the end of a day of UTC.
fn is_time(text: &[u8]) -> bool {
    if text.len() < 9 || text[2] != b':' || text[5] != b':' {
        return false;
    }
    let (Some(hour), Some(minute), Some(second)) = (two(&text[..2]), two(&text[3..5]), two(&text[6..8])) else {
        return false;
    };
    let mut rest = &text[8..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        rest = &fraction[digits..];
        if digits == 0 {
            return false;
        }
    }
    let Some(offset) = offset(rest) else { return false };
    let is_leap = second == 60 && (i64::from(hour * 60 + minute) - offset).rem_euclid(1440) == 1439;
    hour < 24 && minute < 60 && (second < 60 || is_leap)
}

/// Minutes to the east of Greenwich.
fn offset(text: &[u8]) -> Option<i64> {
    match text {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two(&[*h1, *h2])?, two(&[*m1, *m2])?);
            let east = i64::from(hours * 60 + minutes);
            (hours < 24 && minutes < 60).then_some(if *sign == b'+' { east } else { -east })
        }
        _ => None,
    }
}

fn is_uri(text: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', text) else { return false };
    let (scheme, rest) = (&text[..colon], &text[colon + 1..]);
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme && has_uri_characters(rest)
}

/// Characters that a URI may have, escapes whole, at most one `#`, brackets only around the host.
fn has_uri_characters(rest: &[u8]) -> bool {
    let (host, path) = match rest.strip_prefix(b"//") {
        Some(inner) => {
            let end = inner.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(inner.len());
            (&inner[..end], &inner[end..])
        }
        None => (&rest[..0], rest),
    };
    let (name, port) = match host.strip_prefix(b"[") {
        Some(inside) => {
            let Some(end) = memchr::memchr(b']', inside) else { return false };
            let is_address =
                std::str::from_utf8(&inside[..end]).is_ok_and(|own| own.parse::<std::net::Ipv6Addr>().is_ok());
            if !is_address {
                return false;
            }
            (&inside[..0], &inside[end + 1..])
        }
        None => (host, &host[..0]),
    };
    let mut hashes = 0;
    let parts = [name, port, path];
    let are_legal = parts.iter().all(|part| are_uri_characters(part, &mut hashes));
    are_legal && hashes <= 1
}

fn are_uri_characters(text: &[u8], hashes: &mut usize) -> bool {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            _ if URI[usize::from(*byte)] => at += 1,
            b'%' if text.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) => at += 3,
            b'#' => {
                *hashes += 1;
                at += 1;
            }
            _ => return false,
        }
    }
    true
}

/// The characters that stand for themselves in a URI.
static URI: [bool; 256] = {
    let (signs, mut known, mut byte) = (b"-._~:/?@!$&'()*+,;=", [false; 256], 0_u8);
    while byte < 128 {
        known[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < signs.len() {
        known[signs[at] as usize] = true;
        at += 1;
    }
    known
};

fn is_email(text: &[u8]) -> bool {
    let Some(at) = memchr::memrchr(b'@', text) else { return false };
    let (name, domain) = (&text[..at], &text[at + 1..]);
    let is_name =
        name.split(|byte| *byte == b'.').all(|atom| !atom.is_empty() && atom.iter().all(|byte| is_atom(*byte)));
    is_name && name.len() <= 64 && is_domain(domain)
}

fn is_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_domain(text: &[u8]) -> bool {
    let is_label = |label: &[u8]| {
        (1..=63).contains(&label.len())
            && label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
            && label[0] != b'-'
            && label[label.len() - 1] != b'-'
    };
    text.len() <= 255 && text.split(|byte| *byte == b'.').all(is_label)
}

fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
