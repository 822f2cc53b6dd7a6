//! What a build wrote and from what, as pure data: the next build removes what it no longer writes, and nothing else.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;

use super::{OutputFile, names};

/// The manifest's own path in the output folder.
pub const FILE: &str = "funnelc-manifest.json";

/// Raised when a reader of the old form could misread the new one.
const VERSION: u32 = 1;

/// A file of the spec: its name and its text.
#[derive(Clone, Copy, Debug)]
pub struct Input<'t> {
    /// The name it is shown by: relative, with `/`.
    pub name: &'t str,
    /// Its text.
    pub text: &'t str,
}

/// What a build wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of this document.
    pub version: u32,
    /// What wrote it.
    pub generator: String,
    /// The files of the spec, by path.
    pub inputs: Vec<Entry>,
    /// The files that were written, by path; without the manifest itself.
    pub files: Vec<Entry>,
}

/// A file with what it held.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// Its path, relative, with `/`.
    pub path: String,
    /// SHA-256 of its bytes: 64 hexadecimal digits.
    pub sha256: String,
}

impl Manifest {
    /// The manifest of what is about to be written.
    pub fn of(files: &[OutputFile], inputs: &[Input<'_>]) -> Self {
        let mut inputs: Vec<Entry> = inputs.iter().map(|input| entry(input.name, input.text.as_bytes())).collect();
        let mut files: Vec<Entry> =
            files.iter().filter(|file| file.path != FILE).map(|file| entry(&file.path, &file.bytes)).collect();
        inputs.sort_unstable();
        files.sort_unstable();
        Self { version: VERSION, generator: format!("funnelc {}", env!("CARGO_PKG_VERSION")), inputs, files }
    }

    /// The document.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a document; none where it is not a manifest that this version understands, which is then left alone.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().filter(|manifest: &Self| manifest.version == VERSION)
    }

    /// Whether this build wrote a path.
    pub fn lists(&self, path: &str) -> bool {
        let fold = names::folded(path);
        self.files.iter().any(|entry| names::folded(&entry.path) == fold)
    }

    /// The files of this earlier build that the next one does not write: what may be removed, if it still holds what
    /// was written. Paths that lead out of the folder are ignored, whoever put them there.
    pub fn stale<'m>(&'m self, next: &Self) -> Vec<&'m Entry> {
        let kept: BTreeSet<String> = next.files.iter().map(|file| names::folded(&file.path)).collect();
        let is_stale = |file: &&Entry| {
            let fold = names::folded(&file.path);
            names::check(&file.path).is_ok() && fold != FILE && !kept.contains(&fold)
        };
        self.files.iter().filter(is_stale).collect()
    }
}

fn entry(path: &str, bytes: &[u8]) -> Entry {
    Entry { path: path.to_owned(), sha256: sha256(bytes) }
}

/// SHA-256 as 64 hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(paths: &[&str]) -> Manifest {
        let file = |path: &&str| OutputFile { path: (*path).to_owned(), bytes: b"x".to_vec(), target: String::new() };
        Manifest::of(&paths.iter().map(file).collect::<Vec<_>>(), &[Input { name: "a.funnel", text: "" }])
    }

    #[test]
    fn only_what_an_earlier_build_wrote_is_stale() {
        let old = manifest(&["a.md", "b.md", "C.md", "../out.md", "/etc/x", FILE]);
        let next = manifest(&["a.md", "c.md"]);
        let stale: Vec<&str> = old.stale(&next).into_iter().map(|file| file.path.as_str()).collect();
        assert_eq!(stale, ["b.md"]);
    }

    #[test]
    fn a_manifest_is_read_back_and_anything_else_is_not() {
        let own = manifest(&["a.md"]);
        assert_eq!(Manifest::parse(&own.to_bytes()), Some(own));
        for other in ["", "{}", "[]", r#"{"version":9,"generator":"","inputs":[],"files":[]}"#] {
            assert_eq!(Manifest::parse(other.as_bytes()), None);
        }
    }
}
