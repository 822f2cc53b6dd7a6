//! `funnelc serve`

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::Args;

use super::Outcome;
use super::build::{Made, Unmade, What};
use super::output::{LanguageArgument, When, page_of, unusable};
use super::watch::Watched;
use crate::diagnostic::Severity;
use crate::lint::levels::Levels;
use crate::phrase;
use crate::project::Exclude;
use crate::serve::{self, Counts, Round, Site};
use crate::settings::Settings;
use crate::source::Sources;

/// Show what a spec compiles into in a browser, and again whenever it changes.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    what: What,
    /// The port; where it is taken, the next free one
    #[arg(long, value_name = "PORT", default_value_t = 4400)]
    port: u16,
    #[command(flatten)]
    lang: LanguageArgument,
}

impl Serve {
    pub(super) fn run(mut self, _: When) -> Outcome {
        let paths = self.what.paths();
        let settings = match Settings::find(&paths, None) {
            Ok(settings) => settings,
            Err(words) => return words.into(),
        };
        let rules = match self.what.rules(&settings) {
            Ok(rules) => rules,
            Err(outcome) => return outcome,
        };
        self.what.configure(&settings);
        let listening = match serve::listen(self.port) {
            Ok(listening) => listening,
            Err(error) => return unusable(&format!("port {} cannot be opened: {error}", self.port)),
        };
        if self.port != 0 && listening.port != self.port {
            eprintln!("funnelc: port {} is taken", self.port);
        }
        eprintln!("funnelc: open http://127.0.0.1:{}/", listening.port);
        let site = Arc::new(Site::new(self.lang.language()));
        listening.answer(&site);
        let watched = Watched { paths: &paths, templates: self.what.templates(), output: None };
        watched.run(|| {
            site.show(self.round(&rules));
            Outcome::Clean
        })
    }

    /// Builds once. Whatever stands in the way is shown, and ends nothing.
    fn round(&self, rules: &(Levels, Exclude)) -> Round {
        match self.what.make(rules) {
            Ok(made) => self.of(made),
            Err(words) => {
                eprintln!("funnelc: {words}");
                let findings = page_of(&Sources::new(), &[], self.lang.language());
                Round { files: None, findings, counts: Counts::default(), trouble: Some(words) }
            }
        }
    }

    fn of(&self, Made { sources, diagnostics, files }: Made) -> Round {
        let errors = diagnostics.iter().filter(|own| own.severity == Severity::Error).count();
        let counts = Counts { errors, others: diagnostics.len() - errors };
        let trouble = match &files {
            Ok(_) | Err(Unmade::Found) => None,
            Err(Unmade::Said(_)) => {
                Some(self.lang.language().text(phrase!("the log cannot be measured; the terminal says why")).to_owned())
            }
            Err(Unmade::Because(words)) => Some(words.clone()),
        };
        if let Some(trouble) = &trouble {
            eprintln!("funnelc: {trouble}");
        }
        let files =
            files.ok().map(|files| files.into_iter().map(|file| (file.path, file.bytes)).collect::<BTreeMap<_, _>>());
        eprintln!("funnelc: {} errors, {} warnings and notes", counts.errors, counts.others);
        Round { files, findings: page_of(&sources, &diagnostics, self.lang.language()), counts, trouble }
    }
}
