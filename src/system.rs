//! The outside: the only file that touches the file system, the environment and the terminal.

#![allow(clippy::disallowed_methods, reason = "this is the room the rule keeps everyone else out of")]

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use notify::Watcher as _;

/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// The most files one project may have.
pub const MAX_FILES: usize = 10_000;

/// Why a file could not be read as text.
#[derive(Debug)]
#[allow(missing_docs)] // the fields are described with their variant
pub enum ReadError {
    /// The system's own words.
    Io(io::Error),
    /// Not a regular file: a pipe, a device, a socket.
    NotAFile,
    /// Over the limit; its size.
    TooLarge(u64),
    /// Bytes that are no UTF-8; the line of the first, and whether it looks like no text at all.
    NotText { line: usize, binary: bool },
}

/// The largest plan of another tool that is read, in bytes.
pub const MAX_PLAN_BYTES: u64 = 64 * 1024 * 1024;

/// Reads a text file within the limits.
pub fn read_text(path: &Path) -> Result<String, ReadError> {
    read_text_within(path, MAX_FILE_BYTES)
}

/// Reads a text file of at most so many bytes.
pub fn read_text_within(path: &Path, limit: u64) -> Result<String, ReadError> {
    let metadata = fs::metadata(path).map_err(ReadError::Io)?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile);
    }
    if metadata.len() > limit {
        return Err(ReadError::TooLarge(metadata.len()));
    }
    to_text(fs::read(path).map_err(ReadError::Io)?)
}

/// Reads standard input within the limits.
pub fn read_stdin() -> Result<String, ReadError> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(ReadError::Io)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge(bytes.len() as u64));
    }
    to_text(bytes)
}

/// Opens a file, a pipe or a device to be read through, and says how many bytes it has where that is known.
pub fn open(path: &Path) -> io::Result<(Box<dyn Read + Send>, Option<u64>)> {
    let file = fs::File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    Ok((Box::new(file), metadata.is_file().then_some(metadata.len())))
}

/// Standard input, to be read through.
pub fn open_stdin() -> Box<dyn Read + Send> {
    Box::new(io::stdin())
}

/// Whether standard error is a terminal that can rewrite a line.
pub fn shows_progress() -> bool {
    io::stderr().is_terminal() && !is_dumb()
}

/// How often progress is told.
const TELLING: Duration = Duration::from_millis(200);

/// Does something long; on a terminal that can rewrite a line it is told meanwhile, with the seconds that have passed, how
/// far it is.
pub fn while_telling<T: Send>(work: impl FnOnce() -> T + Send, told: impl Fn(f64) -> String) -> T {
    if !shows_progress() {
        return work();
    }
    let begin = std::time::Instant::now();
    std::thread::scope(|scope| {
        let (tell, done) = mpsc::channel::<()>();
        let work = scope.spawn(move || {
            let result = work();
            drop(tell);
            result
        });
        while done.recv_timeout(TELLING) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = write!(io::stderr(), "\r\x1b[K{}", told(begin.elapsed().as_secs_f64()));
        }
        let _ = write!(io::stderr(), "\r\x1b[K");
        match work.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// From here on the first Ctrl-C asks for the end, and the second one ends the program.
pub fn on_interrupt(ask: impl Fn() + Send + 'static) {
    let asked = AtomicBool::new(false);
    let handler = move || {
        if asked.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        ask();
    };
    // Without a handler Ctrl-C ends the program at once, which is what it did before.
    let _ = ctrlc::set_handler(handler);
}

fn to_text(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = memchr::memchr_iter(b'\n', valid).count() + 1;
        ReadError::NotText { line, binary: memchr::memchr(0, error.as_bytes()).is_some() }
    })
}

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A folder.
    Folder,
    /// Anything else that is there.
    File,
    /// Nothing.
    Missing,
}

/// The bytes of a file, if it can be read.
pub fn read_bytes(path: &Path) -> Option<Vec<u8>> {
    fs::read(path).ok()
}

/// What a path is.
pub fn kind_of(path: &Path) -> PathKind {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => PathKind::Folder,
        Ok(_) => PathKind::File,
        // A link that leads nowhere is there all the same.
        Err(_) if fs::symlink_metadata(path).is_ok() => PathKind::File,
        Err(_) => PathKind::Missing,
    }
}

/// Every `.funnel` file under a folder, sorted; hidden and git-ignored ones are left out, links are followed once.
pub fn funnel_files(folder: &Path) -> (Vec<PathBuf>, Vec<String>) {
    let mut files = Vec::new();
    let mut troubles = Vec::new();
    let walk = ignore::WalkBuilder::new(folder).follow_links(true).require_git(false).build();
    for entry in walk {
        match entry {
            Ok(entry) => {
                let is_spec = entry.path().extension().is_some_and(|extension| extension == "funnel");
                if is_spec && !entry.file_type().is_some_and(|kind| kind.is_dir()) {
                    files.push(entry.into_path());
                }
            }
            Err(error) => troubles.push(error.to_string()),
        }
    }
    files.sort();
    troubles.sort();
    (files, troubles)
}

/// Whether a folder itself holds a spec.
pub fn holds_specs(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.path()).any(|path| path.extension().is_some_and(|extension| extension == "funnel"))
}

/// The nearest file of a name in the folder of a path or above it; the path itself need not be there.
pub fn nearest_upward(path: &Path, name: &str) -> Option<PathBuf> {
    let there = path.ancestors().map(|own| if own.as_os_str().is_empty() { Path::new(".") } else { own });
    let real = there.into_iter().find_map(canonical)?;
    real.ancestors().map(|folder| folder.join(name)).find(|file| kind_of(file) == PathKind::File)
}

/// A path as seen from the current folder, where it is inside of it.
pub fn relative_to_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok().and_then(|here| canonical(&here));
    match here.and_then(|here| path.strip_prefix(here).map(Path::to_owned).ok()) {
        Some(inside) if inside.as_os_str().is_empty() => PathBuf::from("."),
        Some(inside) => inside,
        None => path.to_owned(),
    }
}

/// What stands in a folder, by name: the folders and the files; links are followed, hidden ones left out.
pub fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The paths of all files under a folder, relative to it, with `/`; links are not followed.
pub fn files_under(folder: &Path) -> Vec<String> {
    let walk = ignore::WalkBuilder::new(folder).standard_filters(false).build().flatten();
    let files = walk.filter(|entry| entry.file_type().is_some_and(|kind| !kind.is_dir()));
    let relative = files.filter_map(|entry| {
        entry.path().strip_prefix(folder).ok().map(|path| path.to_string_lossy().replace('\\', "/"))
    });
    let mut found: Vec<String> = relative.collect();
    found.sort();
    found
}

/// A path from the root, whether or not something is there.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The real place of a path, links resolved.
pub fn canonical(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}

/// Writes a file through a temporary one beside it, so that it is either as before or whole.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_through(path, |file| file.write_all(bytes))
}

/// Writes a file that is there to be read only, with the folders it stands in.
pub fn write_read_only(path: &Path, bytes: &[u8]) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    write_atomic(path, bytes)?;
    let mut permissions = fs::metadata(path)?.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(path, permissions)
}

/// Where programs of this user keep what can be made again (XDG Base Directory 0.8; `Library/Caches`; `LocalAppData`).
pub fn cache_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let at_home = |inside: &str| Some(set("HOME")?.join(inside));
    if cfg!(windows) {
        return set("LOCALAPPDATA");
    }
    let usual = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
    set("XDG_CACHE_HOME").or_else(|| at_home(usual))
}

/// Standard input and output, to talk over.
pub fn standard_pipes() -> (impl io::BufRead + Send, impl Write + Send) {
    (io::BufReader::new(io::stdin()), io::stdout())
}

/// The same for what is too large to be held: it is written to a temporary file, which takes the place of the path once
/// all of it is there.
pub fn write_through(path: &Path, write: impl FnOnce(&mut fs::File) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".funnelc-").tempfile_in(folder)?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    let permissions = fs::metadata(path).map(|metadata| metadata.permissions()).ok();
    let permissions = permissions.or_else(|| default_permissions(folder));
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Writes a file that must not be there yet; links in its place count as something that is there.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::create_new(path)?.write_all(bytes)
}

/// Whether anything is in a place, a link that leads nowhere included.
pub fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The permissions a plainly created file would have; temporary files are private otherwise.
fn default_permissions(folder: &Path) -> Option<fs::Permissions> {
    let probe = folder.join(format!(".funnelc-probe-{}", std::process::id()));
    let permissions =
        fs::File::create_new(&probe).and_then(|file| file.metadata()).map(|metadata| metadata.permissions());
    let _ = fs::remove_file(&probe);
    permissions.ok()
}

/// Whether a relative path stays inside the folder it is joined to.
pub fn stays_inside(path: &Path) -> bool {
    let mut depth = 0i32;
    for component in path.components() {
        match component {
            Component::Normal(_) => depth += 1,
            Component::ParentDir => depth -= 1,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return false,
        }
        if depth < 0 {
            return false;
        }
    }
    true
}

/// Why an output tree was not written; the old one is as it was.
#[derive(Debug)]
pub enum TreeError {
    /// The output folder is a file.
    NotAFolder,
    /// A path would lead out of the folder.
    Escapes(String),
    /// The system's own words, and the path it was about.
    Io(PathBuf, io::Error),
}

/// Writes files into a folder: all are written beside their places first, then renamed; `stale` ones are removed last.
/// Files that nobody wrote here before are left alone.
pub fn write_tree(folder: &Path, files: &[(&str, &[u8])], stale: &[String]) -> Result<(), TreeError> {
    if kind_of(folder) == PathKind::File {
        return Err(TreeError::NotAFolder);
    }
    let paths = || files.iter().map(|(path, _)| *path).chain(stale.iter().map(String::as_str));
    if let Some(path) = paths().find(|path| !stays_inside(Path::new(path))) {
        return Err(TreeError::Escapes(path.to_owned()));
    }
    let io_error = |path: &Path| {
        let path = path.to_owned();
        move |error| TreeError::Io(path, error)
    };
    fs::create_dir_all(folder).map_err(io_error(folder))?;
    let inside = canonical(folder).ok_or(TreeError::NotAFolder)?;
    // Before the first folder is made: even an empty one would be made outside.
    if let Some(path) = paths().find(|path| leads_out(&inside, &folder.join(path))) {
        return Err(TreeError::Escapes(path.to_owned()));
    }
    let permissions = default_permissions(folder);
    let mut ready = Vec::with_capacity(files.len());
    for (path, bytes) in files {
        let place = folder.join(path);
        let parent = place.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(io_error(parent))?;
        if kind_of(&place) == PathKind::Folder {
            return Err(TreeError::Io(place, io::Error::other("a folder stands where this file belongs")));
        }
        ready.push((stage(parent, bytes, permissions.as_ref()).map_err(io_error(&place))?, place));
    }
    for (file, place) in ready {
        file.persist(&place).map_err(|error| TreeError::Io(place.clone(), error.error))?;
    }
    for path in stale {
        let _ = fs::remove_file(folder.join(path));
        remove_empty_parents(folder, Path::new(path));
    }
    Ok(())
}

/// Whether a place is outside of a folder once the links that stand on the way to it are followed.
fn leads_out(inside: &Path, place: &Path) -> bool {
    let there = place.ancestors().skip(1).find(|parent| is_there(parent));
    !there.and_then(canonical).is_some_and(|real| real.starts_with(inside))
}

fn stage(folder: &Path, bytes: &[u8], permissions: Option<&fs::Permissions>) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(".funnelc-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions.clone())?;
    }
    Ok(file)
}

fn remove_empty_parents(folder: &Path, path: &Path) {
    for parent in path.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()) {
        // Fails, rightly, where something else is left in it.
        if fs::remove_dir(folder.join(parent)).is_err() {
            break;
        }
    }
}

/// Whether standard output is a terminal that understands colour.
pub fn wants_color() -> bool {
    let off = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !off && !is_dumb()
}

/// Whether the terminal understands nothing but text.
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether standard output is a terminal.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether the locale can show more than ASCII.
pub fn has_unicode() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8") || locale == "c" || locale == "posix"
    })
}

/// The width of the terminal in columns.
pub fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(100).clamp(40, 160)
}

/// How long nothing may change before what changed is told: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(120);

/// Tells what changes in folders, until the user stops the program.
#[derive(Debug)]
pub struct Watcher {
    inner: notify::RecommendedWatcher,
    heard: mpsc::Receiver<Heard>,
}

#[derive(Debug)]
enum Heard {
    Changed(Vec<PathBuf>),
    Stop,
}

impl Watcher {
    /// Watches nothing yet. From here on the first Ctrl-C ends the watching, and the second one the program.
    pub fn new() -> io::Result<Self> {
        let (tell, heard) = mpsc::channel();
        let stop = tell.clone();
        let stopping = AtomicBool::new(false);
        let handler = move || {
            if stopping.swap(true, Ordering::SeqCst) || stop.send(Heard::Stop).is_err() {
                std::process::exit(130);
            }
        };
        ctrlc::set_handler(handler).map_err(io::Error::other)?;
        let told = move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if !event.kind.is_access() {
                let _ = tell.send(Heard::Changed(event.paths));
            }
        };
        Ok(Self { inner: notify::recommended_watcher(told).map_err(io::Error::other)?, heard })
    }

    /// Watches a folder, and what is in its folders too; where it is gone, the place it may come back to.
    pub fn watch(&mut self, folder: &Path, deep: bool) -> bool {
        let place = absolute(folder);
        let mode = if deep { notify::RecursiveMode::Recursive } else { notify::RecursiveMode::NonRecursive };
        if self.inner.watch(&place, mode).is_ok() {
            return true;
        }
        let above = place.ancestors().skip(1).find(|above| kind_of(above) == PathKind::Folder);
        above.is_some_and(|above| self.inner.watch(above, notify::RecursiveMode::NonRecursive).is_ok())
    }

    /// What has changed, once nothing changes any more; none when the user stops.
    pub fn next(&self) -> Option<Vec<PathBuf>> {
        let Heard::Changed(mut paths) = self.heard.recv().ok()? else { return None };
        while let Ok(more) = self.heard.recv_timeout(QUIET) {
            match more {
                Heard::Changed(more) => paths.extend(more),
                Heard::Stop => return None,
            }
        }
        paths.sort();
        paths.dedup();
        Some(paths)
    }
}

/// Why git gave no answer.
#[derive(Debug)]
pub enum GitError {
    /// There is no program of that name.
    Missing,
    /// What it said on standard error.
    Said(String),
}

/// What `git` answers in a folder, given something to read. It changes nothing, asks nobody and fetches nothing.
pub fn git(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
    let mut command = std::process::Command::new("git");
    command.arg("--no-pager").arg("--no-replace-objects").arg("-C").arg(folder).args(arguments);
    let quiet =
        [("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_NO_LAZY_FETCH", "1"), ("LC_ALL", "C")];
    // A hook runs with its own repository in the environment; here the folder says which one is meant.
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"].iter().for_each(|name| {
        command.env_remove(name);
    });
    command.envs(quiet).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => GitError::Missing,
        _ => GitError::Said(error.to_string()),
    })?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // It answers while it reads; whoever writes all first would wait for ever.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
        child.wait_with_output()
    });
    let output = output.map_err(|error| GitError::Said(error.to_string()))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(GitError::Said(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// A folder that goes away with its guard.
#[derive(Debug)]
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    /// A new, empty folder.
    pub fn new() -> io::Result<Self> {
        tempfile::Builder::new().prefix("funnelc-").tempdir().map(Self)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}
