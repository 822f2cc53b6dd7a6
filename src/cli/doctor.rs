//! `funnelc doctor`

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValue;

use super::measure::{Named, words};
use super::output::{LanguageArgument, When, print, style, unusable};
use super::{Outcome, settings};
use crate::doctor::report::FORMATS;
use crate::doctor::{self, Case, Severity};
use crate::measure;
use crate::system;

/// Say whether a log fits a spec, before it is measured.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// The file or folder of the project; nothing means the current folder
    spec: Option<PathBuf>,
    /// Logs of events: Parquet, CSV or JSON Lines; a folder, or `*` in a name, stands for several
    #[arg(short, long, required = true, value_name = "LOG", num_args = 1..)]
    events: Vec<PathBuf>,
    /// Form of the report
    #[arg(long, value_name = "FORMAT", value_parser = formats(), default_value = FORMATS[0].name)]
    format: String,
    /// Write the report to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    lang: LanguageArgument,
}

fn formats() -> clap::builder::PossibleValuesParser {
    FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about)).collect::<Vec<_>>().into()
}

impl Doctor {
    pub(super) fn run(&self, color: When) -> Outcome {
        let found = settings::sound(self.spec.as_deref(), color, |model| {
            let lowered = measure::examined(model)
                .map_err(|troubles| unusable(&super::measure::places(model.sources, &troubles)))?;
            let names = model.events().flat_map(|event| {
                let others = event.wire_names().into_iter().map(|(_, name)| name);
                std::iter::once(event.wire_name(None)).chain(others).collect::<Vec<_>>()
            });
            Ok((lowered.definition, names.collect::<Vec<String>>()))
        });
        let (mut definition, planned) = match found {
            Ok(found) => found,
            Err(outcome) => return outcome,
        };
        self.named.apply(&mut definition.columns);
        let facts = match funnelc_engine::examine::examine(&definition, &self.events) {
            Ok(facts) => facts,
            Err(trouble) => return unusable(&words(&trouble)),
        };
        let findings = doctor::examine(&Case { definition: &definition, planned: &planned, facts: &facts });
        let Some(format) = FORMATS.iter().find(|format| format.name == self.format) else {
            return unusable(&format!("there is no format `{}`", self.format));
        };
        let text = (format.render)(&findings, style(color, self.output_file.is_none()));
        match &self.output_file {
            None => print(&text),
            Some(path) => {
                if let Err(error) = system::write_atomic(path, text.as_bytes()) {
                    return unusable(&format!("`{}` cannot be written: {error}", path.display()));
                }
            }
        }
        if findings.iter().any(|own| own.severity == Severity::Error) { Outcome::Found } else { Outcome::Clean }
    }
}
