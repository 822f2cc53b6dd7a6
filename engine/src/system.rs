//! The only room of the engine that touches files.

#![allow(clippy::disallowed_methods, reason = "this is the room the rule keeps everyone else out of")]

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A file and its length in bytes.
pub fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    Ok((file, metadata.len()))
}

/// A file from a place on.
pub fn open_at(path: &Path, start: u64) -> io::Result<File> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    Ok(file)
}

/// The files that paths mean, in order: a file is itself, a folder the files in it, and `*` and `?` in the last part of
/// a path stand for any characters. Hidden files are left out.
pub fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if fs::metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
        return inside(path, |_| true);
    }
    let pattern = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if fs::symlink_metadata(path).is_ok() || !pattern.contains(['*', '?']) {
        return Ok(vec![path.to_owned()]);
    }
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let found = inside(folder, |name| matches(pattern.as_bytes(), name.as_bytes()))?;
    if found.is_empty() { Err(io::Error::new(io::ErrorKind::NotFound, "no file fits")) } else { Ok(found) }
}

fn inside(folder: &Path, wants: impl Fn(&str) -> bool) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !name.starts_with('.') && wants(&name) && fs::metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a name fits a pattern of characters, `*` and `?`; each star is tried once, so the time is bounded.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut on, mut star, mut mark) = (0, 0, None, 0);
    while on < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some(at);
                mark = on;
                at += 1;
            }
            Some(sign) if *sign == b'?' || *sign == name[on] => {
                at += 1;
                on += 1;
            }
            _ => {
                let Some(star) = star else { return false };
                at = star + 1;
                mark += 1;
                on = mark;
            }
        }
    }
    pattern[at..].iter().all(|sign| *sign == b'*')
}

/// A folder for what does not fit into memory; it goes away with its guard.
#[derive(Debug)]
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    /// A new, empty folder.
    pub fn new() -> io::Result<Self> {
        tempfile::Builder::new().prefix("funnelc-").tempdir().map(Self)
    }

    /// Adds bytes at the end of a file; says where they begin.
    pub fn append(&self, name: &str, bytes: &[u8]) -> io::Result<u64> {
        let mut file = File::options().create(true).append(true).open(self.0.path().join(name))?;
        let start = file.metadata()?.len();
        file.write_all(bytes)?;
        Ok(start)
    }

    /// Reads bytes of a file.
    pub fn read(&self, name: &str, start: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut file = File::open(self.0.path().join(name))?;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks_stand_for_characters() {
        for (pattern, name, fits) in [
            ("*.parquet", "a.parquet", true),
            ("a?.csv", "ab.csv", true),
            ("a?.csv", "a.csv", false),
            ("*a*b", "xaxb", true),
            ("*", "", true),
            ("a", "b", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), fits, "{pattern} {name}");
        }
    }
}
