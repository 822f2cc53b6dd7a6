//! `funnelc man`

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man as Pages;

use super::output::{print, unusable};
use super::{Arguments, Outcome};
use crate::system;

/// Print the manual page, or write the pages of all verbs.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// The folder to write a page for every verb to
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self) -> Outcome {
        let command = Arguments::command().disable_help_subcommand(true);
        let Some(folder) = &self.output else {
            print(&String::from_utf8_lossy(&page(command)));
            return Outcome::Clean;
        };
        for (name, bytes) in pages(&command) {
            let path = folder.join(format!("{name}.1"));
            if let Err(error) = system::write_atomic(&path, &bytes) {
                return unusable(&format!("`{}` cannot be written: {error}", path.display()));
            }
        }
        Outcome::Clean
    }
}

/// The page of the program and those of its verbs.
fn pages(command: &Command) -> Vec<(String, Vec<u8>)> {
    let mut built = command.clone();
    built.build();
    let verb = |verb: &Command| {
        let name = format!("funnelc-{}", verb.get_name());
        let own = verb.clone().display_name(name.clone()).bin_name(format!("funnelc {}", verb.get_name()));
        (name, page(own))
    };
    let verbs: Vec<_> = built.get_subcommands().map(verb).collect();
    std::iter::once(("funnelc".to_owned(), page(command.clone()))).chain(verbs).collect()
}

fn page(command: Command) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail.
    let _ = Pages::new(command).render(&mut bytes);
    bytes
}
