//! `--watch`: the same run again whenever something changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Outcome;
use super::output::unusable;
use crate::project;
use crate::system::{self, PathKind, Watcher};

/// What is watched, and what is not.
pub(super) struct Watched<'w> {
    /// The files and folders of the project.
    pub(super) paths: &'w [PathBuf],
    /// A folder in which every change counts.
    pub(super) templates: Option<&'w Path>,
    /// A folder in which none does.
    pub(super) output: Option<&'w Path>,
}

impl Watched<'_> {
    /// Runs, and again after every change, until the user stops it.
    pub(super) fn run(&self, mut round: impl FnMut() -> Outcome) -> Outcome {
        let mut watcher = match Watcher::new() {
            Ok(watcher) => watcher,
            Err(error) => return unusable(&format!("changes cannot be watched: {error}")),
        };
        loop {
            // Before the run, so that no change falls between the two; and every time, for folders come and go.
            for (folder, deep) in self.folders() {
                if !watcher.watch(&folder, deep) {
                    return unusable(&format!("`{}` cannot be watched", folder.display()));
                }
            }
            round();
            eprintln!("funnelc: watching for changes; Ctrl-C ends it");
            let changed = loop {
                let Some(paths) = watcher.next() else { return Outcome::Clean };
                if let Some(path) = paths.into_iter().find(|path| self.counts(path)) {
                    break path;
                }
            };
            eprintln!("\nfunnelc: `{}` changed", project::display(&changed));
        }
    }

    fn folders(&self) -> BTreeSet<(PathBuf, bool)> {
        let here = [PathBuf::from(".")];
        let paths = if self.paths.is_empty() { &here } else { self.paths };
        let mut folders: BTreeSet<(PathBuf, bool)> =
            self.templates.map(|path| (path.to_owned(), true)).into_iter().collect();
        let (files, whole): (Vec<&PathBuf>, Vec<&PathBuf>) =
            paths.iter().partition(|path| system::kind_of(path) == PathKind::File);
        folders.extend(whole.into_iter().map(|path| (path.clone(), true)));
        if !files.is_empty() {
            let named: Vec<PathBuf> = files.into_iter().cloned().collect();
            let used = project::load(&named).into_iter().flat_map(|project| project.paths).flatten();
            folders.extend(used.chain(named).map(|path| (folder_of(&path), false)));
        }
        folders
    }

    fn counts(&self, path: &Path) -> bool {
        let inside = |folder: Option<&Path>| folder.is_some_and(|folder| path.starts_with(system::absolute(folder)));
        if path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.')) || inside(self.output) {
            return false;
        }
        // What has no ending may be a folder that was moved.
        inside(self.templates) || path.extension().is_none_or(|ending| ending == "funnel")
    }
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}
