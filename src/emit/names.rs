//! File names that every file system takes: names of the language are letters, digits and underscores of any script, but
//! two may differ in case only, be very long, or be what Windows keeps for devices.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::phrase;

/// The longest name in bytes, which leaves room for an ending: file systems take 255.
const MAX_BYTES: usize = 120;

/// A safe file name for each of some paths of declarations, the same whatever else is declared unless they collide.
pub(super) fn stems<'p>(paths: impl Iterator<Item = &'p str>) -> BTreeMap<&'p str, String> {
    let paths: Vec<&str> = paths.collect();
    let mut folds: BTreeMap<String, usize> = BTreeMap::new();
    for path in &paths {
        *folds.entry(folded(path)).or_default() += 1;
    }
    let stem = |path: &'p str| {
        let fold = folded(path);
        let collides = folds.get(&fold).is_some_and(|count| *count > 1) && path != fold;
        (path, stem(path, collides))
    };
    paths.into_iter().map(stem).collect()
}

/// A name as file systems that ignore case and Unicode forms compare it.
pub(super) fn folded(name: &str) -> String {
    name.nfc().collect::<String>().to_uppercase().to_lowercase().nfc().collect()
}

fn stem(path: &str, collides: bool) -> String {
    let safe: String = path.nfc().map(|character| if is_safe(character) { character } else { '_' }).collect();
    let changed = safe.nfc().ne(path.nfc());
    let is_reserved = is_device(&safe) || safe.starts_with(['.', '-']);
    if !collides && !changed && !is_reserved && !safe.is_empty() && safe.len() <= MAX_BYTES {
        return safe;
    }
    let mut end = safe.len().min(MAX_BYTES);
    while !safe.is_char_boundary(end) {
        end -= 1;
    }
    // The hash stands first where the name itself would be taken for a device or an option.
    let (kept, hash) = (&safe[..end], hash(path));
    if is_reserved { format!("_{hash}-{kept}") } else { format!("{kept}-{hash}") }
}

/// A name of ASCII letters, digits, `_` and `-` that begins with a letter and has `most` characters at most: the name
/// itself where it is one, else what is left of it with a hash, so that two names stay two.
pub(super) fn ascii(name: &str, most: usize) -> String {
    let is_kept = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    let starts = |name: &str| name.starts_with(|first: char| first.is_ascii_alphabetic());
    if name.len() <= most && name.chars().all(is_kept) && starts(name) {
        return name.to_owned();
    }
    let kept: String = name.chars().map(|character| if is_kept(character) { character } else { '_' }).collect();
    let kept = kept.trim_matches(|edge| matches!(edge, '_' | '-'));
    let prefix = if starts(kept) { "" } else { "n_" };
    // What is kept is ASCII.
    let room = most.saturating_sub(prefix.len() + 9).min(kept.len());
    let glue = if room == 0 { "" } else { "_" };
    format!("{prefix}{}{glue}{}", &kept[..room], hash(name))
}

/// Such a name for one of several things called the same, told apart by what they are.
pub(super) fn ascii_of(name: &str, what: &str, most: usize) -> String {
    format!("{}_{}", ascii(name, most.saturating_sub(9)), hash(what))
}

fn is_safe(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(character, '_' | '-' | '.')
        || unicode_normalization::char::is_combining_mark(character)
}

fn hash(path: &str) -> String {
    let digest = Sha256::digest(path.as_bytes());
    digest.iter().take(4).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether Windows takes a name for a device, whatever follows its first dot.
pub(super) fn is_device(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = |prefix: &str| {
        first
            .strip_prefix(prefix)
            .is_some_and(|rest| matches!(rest, "¹" | "²" | "³") || matches!(rest.as_bytes(), [b'0'..=b'9']))
    };
    matches!(first.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$") || numbered("com") || numbered("lpt")
}

/// Whether a relative path can be written anywhere; else what is wrong with it, to follow "it would write this path".
pub(super) fn check(path: &str) -> Result<(), &'static str> {
    let bad =
        |character: char| character.is_control() || matches!(character, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    if path.is_empty() || path.starts_with('/') {
        return Err(phrase!("which is no relative path"));
    }
    if path.contains(bad) {
        return Err(phrase!("which holds a character that not every file system takes"));
    }
    for segment in path.split('/') {
        match segment {
            "" | "." => return Err(phrase!("which has an empty part")),
            ".." => return Err(phrase!("which leads out of the output folder")),
            _ if segment.ends_with(['.', ' ']) => {
                return Err(phrase!("which has a part that ends with a dot or a space"));
            }
            _ if is_device(segment) => return Err(phrase!("which Windows takes for a device")),
            _ if segment.len() > 255 => return Err(phrase!("which has a part that is too long")),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(paths: &[&str]) -> Vec<String> {
        stems(paths.iter().copied()).into_values().collect()
    }

    #[test]
    fn plain_names_stay_and_arabic_ones_too() {
        assert_eq!(
            all(&["order_completed", "std.email.unsubscribed", "اكتمل_الطلب"]).join(" "),
            "order_completed std.email.unsubscribed اكتمل_الطلب"
        );
    }

    #[test]
    fn names_that_differ_in_case_only_are_told_apart_and_the_lower_case_one_stays() {
        let stems = stems(["order", "Order", "ORDER"].into_iter());
        assert_eq!(stems["order"], "order");
        let folds: std::collections::BTreeSet<String> = stems.values().map(|stem| folded(stem)).collect();
        assert_eq!(folds.len(), 3);
    }

    #[test]
    fn names_of_any_script_have_a_form_in_ascii() {
        assert_eq!(ascii("order_completed", 40), "order_completed");
        assert_eq!(ascii("store.visit", 40), format!("store_visit_{}", hash("store.visit")));
        assert_eq!(ascii("الطلب", 40), format!("n_{}", hash("الطلب")));
        assert_eq!(ascii(&"x".repeat(99), 40).len(), 40);
        for name in ["", "9", "-", "Order Completed", "a/b", "💡"] {
            let made = ascii(name, 40);
            assert!(made.len() <= 40 && made.starts_with(|first: char| first.is_ascii_alphabetic()), "{made}");
        }
    }

    #[test]
    fn devices_long_names_and_paths_are_made_safe() {
        for name in ["con", "NUL", "com1", "lpt9.x", "aux.b", "../../etc/passwd", "a/b", "a\\b", "-rf", ".git", "a:b"] {
            let stem = all(&[name]).remove(0);
            assert!(check(&stem).is_ok() && !stem.contains('/') && !is_device(&stem), "{name} → {stem}");
        }
        let long = "ا".repeat(5_000);
        let stem = all(&[&long]).remove(0);
        assert!(stem.len() < 140 && check(&stem).is_ok());
    }

    #[test]
    fn paths_that_lead_out_are_refused() {
        for path in ["", "/a", "../a", "a/../b", "a//b", "C:/a", "a\\b", "con", "a/nul.md", "a.", "a\n"] {
            assert!(check(path).is_err(), "{path}");
        }
        assert!(check("tracking/schemas/order_completed.schema.json").is_ok());
    }
}
