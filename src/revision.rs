//! A project as it was at a git revision. The specs are taken out of the repository into a folder that goes away again;
//! the working tree, the index and the repository stay as they are.

use std::path::{Component, Path, PathBuf};

use crate::diagnostic::Message;
use crate::project::{self, Exclude, Project};
use crate::say;
use crate::system::{self, GitError, MAX_FILE_BYTES, MAX_FILES, PathKind, Scratch};

/// What is left out of a project, by the folder that the patterns are relative to.
pub type Patterns<'a> = (&'a Path, &'a [String]);

/// A revision of a repository, as `REVISION` or `REVISION:PATH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision<'a> {
    /// A branch, a tag, a commit.
    pub name: &'a str,
    /// Where the project was, from the root of the repository; where it is today if nothing is said.
    pub path: Option<&'a str>,
}

impl<'a> Revision<'a> {
    /// Reads what was written after `--against`.
    pub fn parse(words: &'a str) -> Result<Self, Message> {
        let (name, path) = words.split_once(':').map_or((words, None), |(name, path)| (name, Some(path)));
        let is_odd = |character: char| character.is_control() || character.is_whitespace();
        if name.is_empty() || name.starts_with('-') || name.contains("..") || name.contains(is_odd) {
            return Err(say!("`{words}` is neither a path nor a revision of git", words));
        }
        Ok(Self { name, path })
    }
}

/// The repository that a path is in.
struct Repository {
    root: PathBuf,
    /// The path, from the root, with `/`; empty for the root itself.
    inside: String,
}

/// The projects that a path held at a revision, their files named `REVISION:PATH`.
pub fn load(path: &Path, revision: Revision<'_>, exclude: Patterns<'_>) -> Result<Vec<Project>, Message> {
    let name = revision.name;
    let repository = Repository::around(path)?;
    let commit = repository.commit(name)?;
    let inside = match revision.path {
        Some(path) => normal(path).ok_or_else(|| say!("`{path}` leads out of the repository", path))?,
        None => repository.inside.clone(),
    };
    let entries = repository.entries(&commit)?;
    let here: Vec<&Entry> = entries.iter().filter(|entry| entry.is_in(&inside)).collect();
    if !here.iter().any(|entry| entry.is_spec()) {
        return Err(not_there(&inside, name, &entries));
    }
    let scratch = Scratch::new().map_err(|error| say!("no folder can be made: {error}", error))?;
    let wanted = wanted(&entries, &inside);
    repository.unpack(&wanted, scratch.path())?;
    let root = system::canonical(scratch.path()).unwrap_or_else(|| scratch.path().to_owned());
    let exclude = repository.exclude(&root, exclude);
    let projects = project::load_except(&[root.join(&inside)], &exclude);
    Ok(projects.into_iter().map(|own| renamed(own, &root, name)).collect())
}

fn not_there(inside: &str, name: &str, entries: &[Entry]) -> Message {
    let folders = entries.iter().filter(|entry| entry.is_spec()).map(|entry| folder_of(&entry.path));
    let mut folders: Vec<&str> = folders.collect();
    folders.dedup();
    let shown = if inside.is_empty() { "." } else { inside };
    if folders.is_empty() {
        return say!("there is no `.funnel` file at `{name}`", name);
    }
    let list =
        folders.iter().take(5).map(|own| if own.is_empty() { "." } else { own }).collect::<Vec<_>>().join("`, `");
    say!(
        "`{shown}` holds no `.funnel` file at `{name}`; there were some in `{list}`. If the folder had another name, write `--against {name}:FOLDER`",
        shown,
        name,
        list
    )
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path with `/` and without `.`; none where it leads out.
fn normal(path: &str) -> Option<String> {
    let parts = Path::new(path).components().map(|part| match part {
        Component::Normal(part) => Some(part.to_str()?.to_owned()),
        Component::CurDir => Some(String::new()),
        _ => None,
    });
    let parts: Vec<String> = parts.collect::<Option<_>>()?;
    Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"))
}

/// The specs of the project (where it is one file, of its folder), and what says which files are ignored.
fn wanted<'e>(entries: &'e [Entry], inside: &str) -> Vec<&'e Entry> {
    let folder = if inside.ends_with(".funnel") { folder_of(inside) } else { inside };
    let is_above = |entry: &Entry| folder == folder_of(&entry.path) || below(folder, folder_of(&entry.path));
    entries
        .iter()
        .filter(|entry| {
            if entry.is_spec() { below(&entry.path, folder) } else { is_above(entry) || below(&entry.path, folder) }
        })
        .collect()
}

/// Whether a path is in a folder, however deep.
fn below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// A file of a commit.
struct Entry {
    path: String,
    object: String,
}

impl Entry {
    fn is_spec(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|ending| ending == "funnel")
    }

    fn is_in(&self, inside: &str) -> bool {
        self.path == inside || below(&self.path, inside)
    }

    /// `<mode> <type> <object> <size>\t<path>`; only plain files that are specs or say what is ignored.
    fn parse(line: &str) -> Option<(Self, u64)> {
        let (head, path) = line.split_once('\t')?;
        let mut words = head.split_ascii_whitespace();
        let (mode, kind, object, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let own = Self { path: path.to_owned(), object: object.to_owned() };
        let is_plain = kind == "blob" && mode.starts_with("100") && system::stays_inside(Path::new(path));
        let is_wanted = own.is_spec() || matches!(path.rsplit('/').next(), Some(".gitignore" | ".ignore"));
        Some((own, size.parse().ok()?)).filter(|_| is_plain && is_wanted)
    }
}

impl Repository {
    fn around(path: &Path) -> Result<Self, Message> {
        let is_folder = system::kind_of(path) == PathKind::Folder;
        let folder = if is_folder { path } else { path.parent().unwrap_or(Path::new("")) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let shown = project::display(folder);
        let root = system::git(folder, &["rev-parse", "--show-toplevel"], b"").map_err(|error| match error {
            GitError::Missing => {
                say!("a revision is read with `git`, which is not installed; compare with a file or folder instead")
            }
            GitError::Said(words) => say!(
                "`{shown}` is in no git repository that can be read ({words}); compare with a file or folder instead",
                shown,
                words
            ),
        })?;
        let root = PathBuf::from(line(&root));
        let real = system::canonical(path).ok_or_else(|| say!("there is no `{shown}`", shown))?;
        let base = system::canonical(&root).unwrap_or_else(|| root.clone());
        let inside = real.strip_prefix(&base).map_err(|_| say!("`{shown}` is not inside its repository", shown))?;
        let inside = normal(&inside.to_string_lossy()).unwrap_or_default();
        Ok(Self { root: base, inside })
    }

    fn ask(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, Message> {
        system::git(&self.root, arguments, input).map_err(|error| match error {
            GitError::Missing => {
                say!("a revision is read with `git`, which is not installed; compare with a file or folder instead")
            }
            GitError::Said(words) => say!("git says: {words}", words),
        })
    }

    fn commit(&self, name: &str) -> Result<String, Message> {
        let wanted = format!("{name}^{{commit}}");
        let found = self.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted], b"");
        found.map(|commit| line(&commit)).map_err(|_| {
            say!("there is no file, folder or revision `{name}`; a shallow clone has only the last revision (`git fetch --unshallow` brings the others)", name)
        })
    }

    fn entries(&self, commit: &str) -> Result<Vec<Entry>, Message> {
        let listed = self.ask(&["ls-tree", "-r", "-l", "-z", "--full-tree", commit], b"")?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let entries: Vec<(Entry, u64)> = listed.split('\0').filter_map(Entry::parse).collect();
        let limit = MAX_FILE_BYTES / 1024 / 1024;
        if let Some((large, _)) = entries.iter().find(|(_, size)| *size > MAX_FILE_BYTES) {
            return Err(say!("`{path}` has more than {limit} MiB", path = large.path, limit));
        }
        if entries.len() > MAX_FILES {
            return Err(say!(
                "there are {count} specs; one project may have {limit}",
                count = entries.len(),
                limit = MAX_FILES
            ));
        }
        Ok(entries.into_iter().map(|(entry, _)| entry).collect())
    }

    /// Writes files of a commit into a folder.
    fn unpack(&self, entries: &[&Entry], folder: &Path) -> Result<(), Message> {
        let asked: String = entries.iter().flat_map(|entry| [entry.object.as_str(), "\n"]).collect();
        let answered = self.ask(&["cat-file", "--batch"], asked.as_bytes())?;
        let mut rest = answered.as_slice();
        for entry in entries {
            let path = &entry.path;
            let (bytes, after) =
                next_object(rest).ok_or_else(|| say!("`{path}` cannot be read from the repository", path))?;
            system::write_new(&folder.join(path), bytes)
                .map_err(|error| say!("`{path}` cannot be unpacked: {error}", path, error))?;
            rest = after;
        }
        Ok(())
    }

    /// The patterns of the project, in the folder it was unpacked to.
    fn exclude(&self, unpacked: &Path, (folder, patterns): Patterns<'_>) -> Exclude {
        let real = system::canonical(folder).unwrap_or_else(|| folder.to_owned());
        let inside = real.strip_prefix(&self.root).unwrap_or(Path::new(""));
        Exclude::new(&unpacked.join(inside), patterns).unwrap_or_default()
    }
}

/// `<object> blob <size>\n<bytes>\n`
fn next_object(answer: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', answer)?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let size: usize = head.split(' ').nth(2)?.parse().ok()?;
    let bytes = answer.get(end + 1..end + 1 + size)?;
    Some((bytes, answer.get(end + 2 + size..)?))
}

fn line(answer: &[u8]) -> String {
    String::from_utf8_lossy(answer).trim_end_matches(['\n', '\r']).to_owned()
}

/// A project whose files are named as git names them.
fn renamed(mut own: Project, root: &Path, name: &str) -> Project {
    let base = format!("{}/", project::display(root));
    own.sources = own.sources.shown_as(|path| format!("{name}:{}", path.strip_prefix(&base).unwrap_or(path)));
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_are_names_and_perhaps_a_path() {
        assert_eq!(Revision::parse("main"), Ok(Revision { name: "main", path: None }));
        assert_eq!(Revision::parse("v1~2:old/shop"), Ok(Revision { name: "v1~2", path: Some("old/shop") }));
        for odd in ["", "--output=x", "-n", "a..b", "a b", "a\nb", ":x"] {
            assert!(Revision::parse(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn paths_stay_inside() {
        assert_eq!(normal("./a//b/"), Some("a/b".to_owned()));
        assert_eq!(normal("."), Some(String::new()));
        assert_eq!((normal("../a"), normal("/a")), (None, None));
    }
}
