//! Files as URIs (RFC 8089), and the library, which is in no file: clients that can show texts of a server get
//! `funnel-std:` addresses, the others a read-only copy in the cache folder.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::system;

/// What stands in a path as it is (RFC 3986, unreserved).
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The scheme of texts that only the server has.
pub(super) const SCHEME: &str = "funnel-std";

/// The address of a file.
pub(super) fn of_path(path: &Path) -> Option<Uri> {
    let path = path.to_str()?.replace('\\', "/");
    let slash = if path.starts_with('/') { "" } else { "/" };
    Uri::from_str(&format!("file://{slash}{}", utf8_percent_encode(&path, KEPT))).ok()
}

/// The address of a text by what tells it apart: its file, or the address itself where it has none.
pub(super) fn of_key(key: &Path) -> Option<Uri> {
    if key.is_absolute() { of_path(key) } else { Uri::from_str(key.to_str()?).ok() }
}

/// The file of an address; nothing where it is of another scheme or another machine.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = percent_decode_str(path.starts_with('/').then_some(path)?).decode_utf8().ok()?;
    let has_drive = path.as_bytes().get(2) == Some(&b':') && path.as_bytes()[1].is_ascii_alphabetic();
    Some(PathBuf::from(if has_drive { &path[1..] } else { &path }))
}

/// The address of a file of the library, such as `std/email.funnel`.
pub(super) fn of_library(name: &str, text: &str, is_virtual: bool) -> Option<Uri> {
    if is_virtual {
        return Uri::from_str(&format!("{SCHEME}:/{name}")).ok();
    }
    let path = library_folder()?.join(name);
    if system::read_text(&path).ok().as_deref() != Some(text) {
        system::write_read_only(&path, text.as_bytes()).ok()?;
    }
    of_path(&path)
}

/// The file of the library an address means.
pub(super) fn library_name(uri: &str) -> Option<String> {
    if let Some(name) = uri.strip_prefix(SCHEME).and_then(|rest| rest.strip_prefix(':')) {
        return Some(name.trim_start_matches('/').to_owned());
    }
    let path = path_of(uri)?;
    let name = path.strip_prefix(library_folder()?).ok()?;
    Some(name.to_str()?.replace('\\', "/"))
}

/// One folder a version: an editor may hold the library of an older one open.
fn library_folder() -> Option<PathBuf> {
    Some(system::cache_folder()?.join("funnelc").join(env!("CARGO_PKG_VERSION")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_any_letters_come_back() {
        for path in ["/a/b.funnel", "/متجر/قمع 1.funnel", "/a%20b/#?&.funnel", "/😀.funnel"] {
            let uri = of_path(Path::new(path)).expect("an address");
            assert_eq!(path_of(uri.as_str()), Some(PathBuf::from(path)), "{}", uri.as_str());
        }
        assert_eq!(path_of("file:///c%3A/a.funnel"), Some(PathBuf::from("c:/a.funnel")));
        assert_eq!(path_of("untitled:Untitled-1"), None);
        assert_eq!(path_of("file://server/share"), None);
    }

    #[test]
    fn the_library_has_addresses_of_its_own() {
        let uri = of_library("std/email.funnel", "", true).expect("an address");
        assert_eq!(uri.as_str(), "funnel-std:/std/email.funnel");
        assert_eq!(library_name(uri.as_str()).as_deref(), Some("std/email.funnel"));
        assert_eq!(library_name("file:///a/std/email.funnel"), None);
    }
}
