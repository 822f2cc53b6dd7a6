//! `funnelc simulate`

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValue;

use super::output::{LanguageArgument, When, print, style, unusable, unusable_in};
use super::{Outcome, settings};
use crate::diagnostic::Message;
use crate::model::{Kind, Model};
use crate::say;
use crate::simulate::report::{FORMATS, Report, What};
use crate::simulate::story::Story;
use crate::simulate::{Life, live, zone_of};
use crate::{project, system};

/// Say what sequences do to people: the timeline of one person from a written story, or what a crowd gets.
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// The file or folder of the project; nothing means the current folder
    spec: Option<PathBuf>,
    /// The story of a person, as YAML; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    #[cfg_attr(feature = "engine", arg(required_unless_present = "crowd"))]
    #[cfg_attr(not(feature = "engine"), arg(required = true))]
    story: Vec<PathBuf>,
    #[cfg(feature = "engine")]
    #[command(flatten)]
    crowd: Crowd,
    /// Form of the report
    #[arg(long, value_name = "FORMAT", value_parser = formats(), default_value = FORMATS[0].name)]
    format: String,
    /// Write the report to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
    #[command(flatten)]
    lang: LanguageArgument,
}

/// A crowd that is drawn.
#[cfg(feature = "engine")]
#[derive(Debug, Args)]
struct Crowd {
    /// How many people are drawn from the planned rates
    #[arg(id = "crowd", long = "crowd", value_name = "N", conflicts_with = "story", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    people: Option<u64>,
    /// In how many days everything happens
    #[arg(long, value_name = "N", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3_652))]
    days: u32,
    /// The first day
    #[arg(long, value_name = "DATE", default_value = "2026-01-01")]
    from: jiff::civil::Date,
    /// Another number draws other people
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

fn formats() -> clap::builder::PossibleValuesParser {
    FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about)).collect::<Vec<_>>().into()
}

/// What was simulated.
enum Made {
    Lives(Vec<Life>),
    #[cfg(feature = "engine")]
    Crowd(crate::simulate::crowd::Crowd),
}

impl Simulate {
    pub(super) fn run(&self, color: When) -> Outcome {
        let Some(format) = FORMATS.iter().find(|format| format.name == self.format) else {
            return unusable(&format!("there is no format `{}`", self.format));
        };
        let language = self.lang.language();
        let made = settings::sound(self.spec.as_deref(), color, |model| {
            if model.nodes(Kind::Sequence).next().is_none() {
                return Err(self.unusable(&say!("the spec declares no sequence, so there is nothing to simulate")));
            }
            let made = self.made(model).map_err(|words| self.unusable(&words))?;
            let what = match &made {
                Made::Lives(lives) => What::Lives(lives),
                #[cfg(feature = "engine")]
                Made::Crowd(crowd) => What::Crowd(crowd),
            };
            let style = style(color, self.output_file.is_none());
            Ok((format.render)(&Report { model, what, style, language }))
        });
        let text = match made {
            Ok(text) => text,
            Err(outcome) => return outcome,
        };
        match &self.output_file {
            None => print(&text),
            Some(path) => {
                if let Err(error) = system::write_atomic(path, text.as_bytes()) {
                    let path = path.display();
                    return self.unusable(&say!("`{path}` cannot be written: {error}", path, error));
                }
            }
        }
        Outcome::Clean
    }

    fn unusable(&self, words: &Message) -> Outcome {
        unusable_in(self.lang.language(), words)
    }

    fn made(&self, model: &Model<'_>) -> Result<Made, Message> {
        #[cfg(feature = "engine")]
        if let Some(people) = self.crowd.people {
            return self.crowd.drawn(model, people, self.lang.language()).map(Made::Crowd);
        }
        let zone = zone_of(model);
        let one = |path: &PathBuf| {
            let text = read(path)?;
            let shown = project::display(path);
            let story = Story::parse(model, &zone, &text).map_err(|words| say!("`{shown}`: {words}", shown, words))?;
            Ok(live(model, &story))
        };
        self.story.iter().map(one).collect::<Result<_, Message>>().map(Made::Lives)
    }
}

#[cfg(feature = "engine")]
impl Crowd {
    fn drawn(
        &self,
        model: &Model<'_>,
        people: u64,
        language: crate::language::Language,
    ) -> Result<crate::simulate::crowd::Crowd, Message> {
        let lowered = crate::measure::definition(model).map_err(|troubles| {
            let places = super::measure::places(model.sources, &troubles, language);
            say!("{places}", places)
        })?;
        let first = self.from.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| say!("there is no such day"))?;
        let options = crate::sample::Options {
            people,
            seed: self.seed,
            from: first.timestamp().as_microsecond(),
            days: self.days,
        };
        crate::simulate::crowd::Crowd::of(model, &lowered.definition, options).map_err(|_| {
            say!(
                "no journey begins by an event, so nobody can be drawn: give an entry stage an `enter` that names an event"
            )
        })
    }
}

/// The text of a story.
fn read(path: &Path) -> Result<String, Message> {
    let text = if path.as_os_str() == "-" { system::read_stdin() } else { system::read_text(path) };
    text.map_err(|error| project::unreadable(&project::display(path), &error).message)
}
