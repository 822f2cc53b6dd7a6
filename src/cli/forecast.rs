//! `funnelc forecast`

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValue;
use serde_json::Value;

use super::output::{LanguageArgument, When, print, style, unusable};
use super::{Outcome, settings};
use crate::forecast::report::{FORMATS, Report};
use crate::forecast::{self, Ask, MAX_MONTHS, Month};
use crate::{project, system};

/// Say what the plan comes to: people by stage and month, customers and their cost, and whether goals are reached.
#[derive(Debug, Args)]
pub(super) struct Forecast {
    /// The file or folder of the project; nothing means the current folder
    spec: Option<PathBuf>,
    /// How many months are told
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=MAX_MONTHS as i64))]
    months: u16,
    /// The first month [default: the first that a goal, a budget or a campaign names]
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    from: Option<Month>,
    /// What `funnelc measure --format json` wrote: measured rates take the place of planned ones
    #[arg(long, value_name = "FILE")]
    measured: Option<PathBuf>,
    /// Which part of newcomers is in a segment, as `gift_buyers=20%`
    #[arg(long, value_name = "SEGMENT=PERCENT", value_parser = share)]
    share: Vec<(String, f64)>,
    /// Form of the report
    #[arg(long, value_name = "FORMAT", value_parser = formats(), default_value = FORMATS[0].name)]
    format: String,
    /// Write the report to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
    #[command(flatten)]
    lang: LanguageArgument,
}

fn formats() -> clap::builder::PossibleValuesParser {
    FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about)).collect::<Vec<_>>().into()
}

fn month(text: &str) -> Result<Month, String> {
    Month::parse(text).ok_or_else(|| "a month is written like 2027-03".to_owned())
}

/// `gift_buyers=20%`
fn share(text: &str) -> Result<(String, f64), String> {
    let found = text.split_once('=').and_then(|(name, share)| {
        let percent: rust_decimal::Decimal = share.strip_suffix('%')?.parse().ok()?;
        let is_share = !percent.is_sign_negative() && percent <= rust_decimal::Decimal::ONE_HUNDRED;
        is_share.then(|| (name.to_owned(), forecast::share(percent)))
    });
    found.ok_or_else(|| "a share is written like gift_buyers=20%".to_owned())
}

impl Forecast {
    pub(super) fn run(&self, color: When) -> Outcome {
        let measured = match self.measured.as_deref().map(read).transpose() {
            Ok(measured) => measured,
            Err(words) => return unusable(&words),
        };
        if self.share.iter().fold(0.0, |sum, (_, share)| sum + share) > 1.0 {
            return unusable("the shares of segments add to more than 100%; each newcomer is in one of them at most");
        }
        let language = self.lang.language();
        let made = settings::sound(self.spec.as_deref(), color, |model| {
            if model.funnels().next().is_none() {
                return Err(unusable("the spec declares no funnel, so there is nothing to foretell"));
            }
            let languages = model.languages();
            let labels = languages.iter().find(|own| **own == language.tag()).or(languages.first());
            let ask = Ask {
                months: usize::from(self.months),
                from: self.from,
                measured,
                shares: self.share.clone(),
                language: labels.copied().unwrap_or_default().to_owned(),
            };
            forecast::Forecast::of(model, &ask).map_err(|words| unusable(&words.said(language)))
        });
        let forecast = match made {
            Ok(forecast) => forecast,
            Err(outcome) => return outcome,
        };
        let Some(format) = FORMATS.iter().find(|format| format.name == self.format) else {
            return unusable(&format!("there is no format `{}`", self.format));
        };
        let style = style(color, self.output_file.is_none());
        let text = (format.render)(&Report { forecast: &forecast, style, language });
        match &self.output_file {
            None => print(&text),
            Some(path) => {
                if let Err(error) = system::write_atomic(path, text.as_bytes()) {
                    return unusable(&format!("`{}` cannot be written: {error}", path.display()));
                }
            }
        }
        Outcome::Clean
    }
}

/// What was measured.
fn read(path: &Path) -> Result<Value, String> {
    let text = system::read_text(path)
        .map_err(|error| project::unreadable(&project::display(path), &error).message.to_string())?;
    let document: Value = serde_json::from_str(&text).unwrap_or_default();
    let is_ours = document["version"] == 1 && document["funnels"].is_array();
    is_ours
        .then_some(document)
        .ok_or_else(|| format!("`{}` is not what `funnelc measure --format json` writes, version 1", path.display()))
}
