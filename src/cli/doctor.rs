//! `funnelc doctor`

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValue;

use super::measure::{Named, words};
use super::output::{LanguageArgument, When, print, style, unusable, unusable_in};
use super::{Outcome, settings};
use crate::doctor::report::{FORMATS, Report};
use crate::doctor::{Expected, examine};
use crate::system;

/// Say whether a log fits a spec, before anything is measured.
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
    pub(super) fn run(self, color: When) -> Outcome {
        let mut expected = match settings::sound(self.spec.as_deref(), color, |model| Ok(Expected::of(model))) {
            Ok(expected) => expected,
            Err(outcome) => return outcome,
        };
        self.named.apply(&mut expected.definition.columns);
        let examined = match examine(&expected, &self.events) {
            Ok(examined) => examined,
            Err(trouble) => return unusable_in(self.lang.language(), &words(&trouble)),
        };
        let Some(format) = FORMATS.iter().find(|format| format.name == self.format) else {
            return unusable(&format!("there is no format `{}`", self.format));
        };
        let style = style(color, self.output_file.is_none());
        let text = (format.render)(&Report { examined: &examined, style, language: self.lang.language() });
        match &self.output_file {
            None => print(&text),
            Some(path) => {
                if let Err(error) = system::write_atomic(path, text.as_bytes()) {
                    return unusable(&format!("`{}` cannot be written: {error}", path.display()));
                }
            }
        }
        if examined.fails() { Outcome::Found } else { Outcome::Clean }
    }
}
