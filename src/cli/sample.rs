//! `funnelc sample`

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValue;
use funnelc_engine::definition::Definition;

use super::output::{LanguageArgument, When, unusable, unusable_in};
use super::{Outcome, settings};
use crate::diagnostic::Message;
use crate::measure::{self, Splits};
use crate::model::Model;
use crate::plan::{self, Plan};
use crate::sample::write::{self, FORMS, Form};
use crate::sample::{self, Nothing, Options, Post};
use crate::say;
use crate::simulate::crowd::Sequences;
use crate::system;

/// The most people that are drawn: ten times the largest shop there is.
const MAX_PEOPLE: u64 = 10_000_000_000;

/// Draw a synthetic log from the planned rates.
#[derive(Debug, Args)]
pub(super) struct Sample {
    /// The file or folder of the project; nothing means the current folder
    spec: Option<PathBuf>,
    /// The folder to write the events and the spend to
    #[arg(short, long, value_name = "FOLDER", default_value = "sample")]
    output: PathBuf,
    /// Form of the files
    #[arg(long, value_name = "FORMAT", value_parser = forms(), default_value = FORMS[0].1)]
    format: String,
    /// How many people begin a journey
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=MAX_PEOPLE))]
    people: u64,
    /// In how many days everything happens
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=36_525))]
    days: u32,
    /// The first day
    #[arg(long, value_name = "DATE", default_value = "2026-01-01")]
    from: jiff::civil::Date,
    /// Another number draws other people
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    lang: LanguageArgument,
}

fn forms() -> clap::builder::PossibleValuesParser {
    FORMS.iter().map(|(_, word, _, about)| PossibleValue::new(*word).help(*about)).collect::<Vec<_>>().into()
}

impl Sample {
    pub(super) fn run(&self, color: When) -> Outcome {
        settings::sound(self.spec.as_deref(), color, |model| Ok(self.drawn(model))).unwrap_or_else(|outcome| outcome)
    }

    fn drawn(&self, model: &Model<'_>) -> Outcome {
        let language = self.lang.language();
        let unusable_words = |words: &Message| unusable_in(language, words);
        // Rates can be of segments, which nobody need ask for otherwise.
        let splits = Splits { by: vec!["segment".to_owned()], is_combined: false };
        let (plan, definition) = match measure::definition_by(model, &splits, None) {
            Ok(lowered) => (plan::plan(model), lowered.definition),
            Err(troubles) => return unusable(&super::measure::places(model.sources, &troubles, language)),
        };
        let sequences = Sequences::of(model);
        let columns = measure::spend_columns(model);
        let Some((form, _, ending, _)) = FORMS.iter().find(|(_, word, ..)| *word == self.format) else {
            return unusable_words(&say!("there is no format `{name}`", name = self.format));
        };
        let Ok(first) = self.from.to_zoned(jiff::tz::TimeZone::UTC) else {
            return unusable_words(&say!("there is no such day"));
        };
        let options =
            Options { people: self.people, seed: self.seed, from: first.timestamp().as_microsecond(), days: self.days };
        let events = self.output.join(format!("events.{ending}"));
        match self.events(&events, *form, (&plan, &definition, &sequences), options) {
            Ok(outcome) if outcome != Outcome::Clean => return outcome,
            Ok(_) => {}
            Err(error) => {
                let path = events.display();
                return unusable_words(&say!("`{path}` cannot be written: {error}", path, error));
            }
        }
        let spent = sample::spend(&plan, options);
        if spent.is_empty() {
            return Outcome::Clean;
        }
        let path = self.output.join(format!("spend.{ending}"));
        let written = system::write_through(&path, |to| write::spend(BufWriter::new(to), *form, &columns, &spent));
        match written {
            Ok(()) => {
                self.tell(&say!("wrote {n} rows of spend to `{path}`", n = spent.len(), path = path.display()));
                Outcome::Clean
            }
            Err(error) => {
                let path = path.display();
                unusable_words(&say!("`{path}` cannot be written: {error}", path, error))
            }
        }
    }

    fn tell(&self, words: &Message) {
        eprintln!("funnelc: {}", words.said(self.lang.language()));
    }

    fn events(
        &self,
        path: &Path,
        form: Form,
        (plan, definition, post): (&Plan, &Definition, &dyn Post),
        options: Options,
    ) -> std::io::Result<Outcome> {
        let mut result = None;
        let written = system::write_through(path, |to| {
            let mut log = write::Events::new(BufWriter::new(to), form, definition, plan)?;
            match sample::sample(plan, definition, options, Some(post), |events| log.add(events)) {
                Ok(drawn) => result = Some(Ok(drawn?)),
                Err(nothing) => {
                    result = Some(Err(nothing));
                    return Err(std::io::ErrorKind::InvalidInput.into());
                }
            }
            log.close()
        });
        match result {
            Some(Err(Nothing::NoStart)) => Ok(unusable_in(
                self.lang.language(),
                &say!(
                    "no journey begins by an event, so nobody can be drawn: give an entry stage an `enter` that names an event"
                ),
            )),
            Some(Ok(drawn)) => {
                written?;
                let (events, people, path) = (drawn.events, self.people + drawn.invited, path.display());
                self.tell(&say!("wrote {events} events of {people} people to `{path}`", events, people, path));
                if drawn.uninvited > 0 {
                    let (n, times) = (drawn.uninvited, sample::GROWTH);
                    self.tell(&say!(
                        "{n} people were not invited: there were {times} times as many already as come by themselves",
                        n,
                        times
                    ));
                }
                if drawn.missed > 0 {
                    let share = drawn.missed * 1000 / (drawn.missed + drawn.taken).max(1);
                    let share = format!("{}.{}%", share / 10, share % 10);
                    self.tell(&say!(
                        "{share} of the transitions were left out: no moment was found at which their event gives them and no other",
                        share
                    ));
                }
                Ok(Outcome::Clean)
            }
            None => written.map(|()| Outcome::Clean),
        }
    }
}
