//! Which files make which project: as `funnelc check` has it for the folders that are open, with the texts of the editor
//! in the place of those on disk. A file that lies in none of them is a project with the files it uses.

use std::path::{Path, PathBuf};

use super::buffers::Buffers;
use super::client::Client;
use crate::baseline::Baseline;
use crate::language::Language;
use crate::lint::levels::Levels;
use crate::project::{self, Project, Unsaved, identity};
use crate::settings::{Settings, Unusable};
use crate::system;

/// A project with what its configuration wants.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) project: Project,
    pub(super) levels: Levels,
    pub(super) baseline: Option<Baseline>,
    pub(super) language: Language,
}

/// Every project, and what is wrong with configurations.
pub(super) fn arrange(client: &Client, buffers: &Buffers) -> (Vec<Room>, Vec<String>) {
    let unsaved = buffers.unsaved();
    let (mut rooms, mut troubles) = (Vec::new(), Vec::new());
    for root in &client.roots {
        enter(&identity(root), client, &unsaved, &mut rooms, &mut troubles);
    }
    for (key, buffer) in buffers.iter() {
        let is_known = rooms.iter().any(|room: &Room| room.project.paths.iter().flatten().any(|path| path == key));
        if is_known || super::address::library_name(&buffer.uri).is_some() {
            continue;
        }
        if key.is_absolute() {
            enter(key, client, &unsaved, &mut rooms, &mut troubles);
        } else {
            let mut project = project::from_text(&buffer.uri, buffer.text.clone());
            project.paths[0] = Some(key.clone());
            rooms.push(Room { project, levels: Levels::default(), baseline: None, language: client.language });
        }
    }
    (rooms, troubles)
}

/// The projects of a folder, or the one of a file.
fn enter(path: &Path, client: &Client, unsaved: &Unsaved, rooms: &mut Vec<Room>, troubles: &mut Vec<String>) {
    let mut say = |why: Unusable| troubles.push(why.0);
    let settings = Settings::find(&[path.to_owned()], None).unwrap_or_else(|why| {
        say(why);
        Settings::default()
    });
    let levels = settings.levels().unwrap_or_else(|why| {
        say(why);
        Levels::default()
    });
    let exclude = settings.exclude().unwrap_or_else(|why| {
        say(why);
        project::Exclude::default()
    });
    let baseline = baseline(&settings).unwrap_or_else(|why| {
        say(why);
        None
    });
    let language = settings.word("lang").and_then(Language::of_tag).unwrap_or(client.language);
    for mut project in project::load_with(&[path.to_owned()], &exclude, unsaved) {
        if project.sources.is_empty() {
            continue; // An empty folder is no fault here: somebody is about to write the first file.
        }
        let root = project::display(&identity(&project.root));
        for path in project.paths.iter_mut().flatten() {
            *path = identity(path);
        }
        project.sources = std::mem::take(&mut project.sources).shown_as(|name| {
            let name = project::display(&identity(Path::new(name)));
            name.strip_prefix(&root).map_or(name.clone(), |inside| inside.trim_start_matches('/').to_owned())
        });
        rooms.push(Room { project, levels: levels.clone(), baseline: baseline.clone(), language });
    }
}

fn baseline(settings: &Settings) -> Result<Option<Baseline>, Unusable> {
    let Some(path) = settings.path("baseline") else { return Ok(None) };
    let no = |words: String| Unusable(format!("`{}` is no baseline: {words}", path.display()));
    let text = system::read_text(&path)
        .map_err(|error| Unusable(project::unreadable(&path.display().to_string(), &error).message.to_string()))?;
    Baseline::parse(&text).map(Some).map_err(|error| no(error.to_string()))
}

/// What decides which files make a project: whether a text declares one, and which files it uses. As long as it stays, a
/// change is a change of one text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ties<'t> {
    is_head: bool,
    uses: Vec<&'t str>,
}

impl<'t> Ties<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let uses = text.lines().map(str::trim).filter(|line| line.starts_with("use ")).collect();
        Self { is_head: text.lines().any(|line| line.starts_with("project ")), uses }
    }
}

/// The file a project's room holds under a key.
pub(super) fn holds(paths: &[Option<PathBuf>], key: &Path) -> bool {
    paths.iter().flatten().any(|path| path == key)
}
