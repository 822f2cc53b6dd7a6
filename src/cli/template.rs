//! `funnelc template`

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Outcome;
use super::build::tree_error;
use super::output::{print, unusable};
use crate::emit::{EmitError, Targets};
use crate::model::faults::nearest;
use crate::project;
use crate::system::{self, PathKind};

/// See and change how outputs are written.
#[derive(Debug, Args)]
pub(super) struct Template {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the targets and what they write
    List {
        /// With the targets of this folder
        #[arg(long, value_name = "FOLDER")]
        templates: Option<PathBuf>,
    },
    /// Write the files of a target, so that they can be changed and given to `build --templates`
    Eject {
        /// The target
        target: String,
        /// The folder to write to; the target gets a folder in it
        #[arg(short, long, value_name = "FOLDER", default_value = "templates")]
        output: PathBuf,
    },
}

impl Template {
    pub(super) fn run(&self) -> Outcome {
        let made = match &self.verb {
            Verb::List { templates } => load(templates.as_deref()).map(|targets| list(&targets)),
            Verb::Eject { target, output } => load(None).map(|targets| eject(&targets, target, output)),
        };
        made.unwrap_or_else(|words| unusable(&words))
    }
}

fn list(targets: &Targets) -> Outcome {
    let mut text = String::new();
    for target in targets.iter() {
        let _ = writeln!(text, "{}: {}", target.name, target.about);
        for path in target.paths() {
            let _ = writeln!(text, "  {path}");
        }
    }
    print(&text);
    Outcome::Clean
}

fn eject(targets: &Targets, name: &str, output: &Path) -> Outcome {
    let Some(target) = targets.iter().find(|target| target.name == name) else {
        let hint = nearest(name, targets.iter().map(|target| target.name.as_str()));
        let hint = hint.map(|right| format!("; did you mean `{right}`?")).unwrap_or_default();
        return unusable(&format!("there is no target `{name}`{hint}\n`funnelc template list` lists them"));
    };
    let folder = output.join(name);
    let files = target.texts();
    let is_other = |file: &str, text: &str| match system::kind_of(&folder.join(file)) {
        PathKind::Missing => false,
        _ => system::read_bytes(&folder.join(file)).as_deref() != Some(text.as_bytes()),
    };
    if let Some((file, _)) = files.iter().find(|(file, text)| is_other(file, text)) {
        let place = folder.join(file);
        return unusable(&format!(
            "`{}` is there already; move it away, or choose another folder with -o",
            place.display()
        ));
    }
    let tree: Vec<(&str, &[u8])> = files.iter().map(|(file, text)| (*file, text.as_bytes())).collect();
    if let Err(error) = system::write_tree(&folder, &tree, &[]) {
        return unusable(&tree_error(&folder, &error));
    }
    eprintln!(
        "funnelc: wrote {} to {}",
        files.iter().map(|(file, _)| *file).collect::<Vec<_>>().join(", "),
        folder.display()
    );
    eprintln!("keep what you change, delete the rest, and build with `--templates {}`", output.display());
    Outcome::Clean
}

/// The most files one folder of templates may have.
const MAX_FILES: usize = 1_000;

/// The endings of what templates may put in as it is.
const ASSETS: &[&str] = &["css", "js", "svg", "txt", "html", "json", "md"];

/// The embedded targets and those of a folder.
pub(super) fn load(folder: Option<&Path>) -> Result<Targets, String> {
    let mut targets = Targets::embedded().map_err(|error| words(&error))?;
    let Some(folder) = folder else { return Ok(targets) };
    let entries = system::entries(folder).map_err(|error| format!("`{}` cannot be read: {error}", folder.display()))?;
    let folders: Vec<&PathBuf> = entries.iter().filter(|path| system::kind_of(path) == PathKind::Folder).collect();
    let own = files(&entries)?;
    if !own.is_empty() {
        add(&mut targets, folder, &own)?;
    } else if folders.is_empty() {
        return Err(format!(
            "`{}` holds no templates\n`funnelc template eject tracking` writes some",
            folder.display()
        ));
    }
    for inner in folders {
        let entries =
            system::entries(inner).map_err(|error| format!("`{}` cannot be read: {error}", inner.display()))?;
        let found = files(&entries)?;
        if !found.is_empty() {
            add(&mut targets, inner, &found)?;
        }
    }
    Ok(targets)
}

fn add(targets: &mut Targets, folder: &Path, files: &[(String, String)]) -> Result<(), String> {
    let name = system::absolute(folder).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let files: Vec<(&str, &str)> = files.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    targets.add_from(&name, &project::display(folder), &files).map_err(|error| words(&error))
}

/// The templates and assets among some paths, with their text.
fn files(entries: &[PathBuf]) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    for path in entries.iter().filter(|path| system::kind_of(path) == PathKind::File) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        if name != "target.yaml" && ending != "hbs" && !ASSETS.contains(&ending) {
            continue;
        }
        if found.len() == MAX_FILES {
            return Err(format!("`{}` is one template too many; a target may have {MAX_FILES}", path.display()));
        }
        let text = system::read_text(path)
            .map_err(|error| project::unreadable(&path.display().to_string(), &error).message.to_string())?;
        found.push((name, text));
    }
    Ok(found)
}

/// What is wrong, and what to do about it.
pub(super) fn words(error: &EmitError) -> String {
    let help = error.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    format!("{error}{help}")
}
