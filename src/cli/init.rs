//! `funnelc init`

use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::output::{print, unusable};
use crate::config;
use crate::model::faults::nearest;
use crate::models::{self, MODELS, Model, STARTER};
use crate::project::display;
use crate::system::{self, PathKind};

/// Begin a project from a model.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder to write to; it is made where it is missing. Nothing means a folder named after the model
    folder: Option<PathBuf>,
    /// The model to begin from; a small commented spec where nothing is said
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// List the models
    #[arg(long)]
    list: bool,
}

/// What the new project wants of every run.
const CONFIG: &str = "# What this project wants of every run; `funnelc config` shows all keys, the command line wins.\n\
                      output: out\n\
                      deny: []\n";

impl Init {
    pub(super) fn run(&self) -> Outcome {
        if self.list {
            let line = |model: &Model| format!("{:32} {}\n", model.name, model.about());
            print(&std::iter::once(&STARTER).chain(MODELS).map(line).collect::<String>());
            return Outcome::Clean;
        }
        let wanted = self.model.as_deref().unwrap_or(STARTER.name);
        let Some(model) = models::of(wanted) else {
            return match nearest(wanted, MODELS.iter().map(|model| model.name)) {
                Some(right) => unusable(&format!("there is no model `{wanted}`; did you mean `{right}`?")),
                None => unusable(&format!("there is no model `{wanted}`; `funnelc init --list` lists them")),
            };
        };
        let named = self.folder.clone().unwrap_or_else(|| PathBuf::from(model.name));
        write(&named, model)
    }
}

/// Writes both files, or none of them.
fn write(folder: &Path, model: Model) -> Outcome {
    let spec = format!("{}.funnel", model.name);
    let files = [(spec.as_str(), model.text.as_bytes()), (config::FILE, CONFIG.as_bytes())];
    if system::kind_of(folder) == PathKind::File {
        return unusable(&format!("`{}` is a file; name a folder", display(folder)));
    }
    let there = files.iter().find(|(name, _)| system::is_there(&folder.join(name)));
    if let Some((name, _)) = there {
        return unusable(&format!("`{}` is there already; nothing was written", display(&folder.join(name))));
    }
    if system::kind_of(folder) == PathKind::Folder && !system::funnel_files(folder).0.is_empty() {
        return unusable(&format!("`{}` holds a spec already; name a new folder", display(folder)));
    }
    for (name, bytes) in files {
        if let Err(error) = system::write_new(&folder.join(name), bytes) {
            return unusable(&format!("`{}` cannot be written: {error}", display(&folder.join(name))));
        }
    }
    let shown = display(folder);
    print(&format!(
        "wrote {shown}/{spec} and {shown}/{}\n\nnext:\n  funnelc check {shown}    what is wrong or missing\n  \
         funnelc graph {shown} -o funnel.svg    a picture\n  funnelc build {shown}    the tracking plan and the rest\n",
        config::FILE
    ));
    Outcome::Clean
}
