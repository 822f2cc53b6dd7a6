//! Laws of the project itself: there is one, and what it says of language, money and time exists.

use iso_currency::Currency;
use jiff::tz::TimeZoneDatabase;
use oxilangtag::LanguageTag;
use rust_decimal::Decimal;

use crate::diagnostic::codes::names::DUPLICATE_NAME;
use crate::diagnostic::codes::types::BAD_VALUE;
use crate::diagnostic::{Diagnostic, Safety};
use crate::model::faults::{nearest, unknown_currency};
use crate::model::kinds::Kind;
use crate::model::value::Captured;
use crate::model::{Model, Val};
use crate::say;

/// The editions of the language that this compiler reads.
const EDITIONS: &[u16] = &[2026];

/// More than one `project`.
pub(super) fn one_project(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let mut projects = model.nodes(Kind::Project);
    let Some(first) = projects.next() else { return };
    for other in projects.filter(|other| other.name() != first.name()) {
        found.push(
            Diagnostic::new(&DUPLICATE_NAME, other.place(), say!("the spec declares a second project"))
                .at(say!("a project is declared again here"))
                .label(first.place(), say!("first declared here"))
                .help(say!(
                    "all files of a folder are one project with one currency, one time zone and one list of languages; keep one `project`, or keep the files apart"
                )),
        );
    }
}

/// The values of a field of every `project`.
fn values<'a, 's>(model: &'a Model<'s>, word: &'a str) -> impl Iterator<Item = &'a Captured<'s>> {
    let projects = model.of_kind(Kind::Project).map(|id| model.decl(id));
    projects.flat_map(move |decl| decl.all(word)).flat_map(|field| &field.values)
}

/// An edition of the language that this compiler does not know.
pub(super) fn known_edition(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for captured in values(model, "edition") {
        let Val::Number(edition) = captured.val else { continue };
        if EDITIONS.iter().any(|own| Decimal::from(*own) == edition) {
            continue;
        }
        let edition = edition.normalize();
        let list = EDITIONS.iter().map(|own| format!("`{own}`")).collect::<Vec<_>>().join(", ");
        let newest = EDITIONS.iter().max().copied().unwrap_or_default();
        found.push(
            Diagnostic::new(&BAD_VALUE, captured.span, say!("there is no edition {edition} of the language", edition))
                .at(say!("not an edition"))
                .help(say!(
                    "this compiler reads the editions {list}; a spec of a later one needs a newer compiler",
                    list
                ))
                .fix(Safety::Unsafe, say!("write `{newest}`", newest), captured.span, newest.to_string()),
        );
    }
}

/// A language tag that is not well-formed.
pub(super) fn well_formed_languages(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for captured in values(model, "languages") {
        let Val::Word(tag) = captured.val else { continue };
        if LanguageTag::parse(tag).is_ok() {
            continue;
        }
        let fault = Diagnostic::new(&BAD_VALUE, captured.span, say!("`{tag}` is not a language tag", tag))
            .at(say!("not well-formed"))
            .help(say!(
                "a tag is a language and perhaps a script and a region, joined by `-`: `en`, `pt-BR`, `zh-Hant` (BCP 47)"
            ));
        let right = tag.replace('_', "-");
        let is_right = right != tag && LanguageTag::parse(right.as_str()).is_ok();
        found.push(if is_right {
            fault.fix(Safety::Safe, say!("write `{right}`", right), captured.span, right.clone())
        } else {
            fault
        });
    }
}

/// A currency that ISO 4217 does not have.
pub(super) fn known_currency(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for captured in values(model, "currency") {
        let Val::Word(code) = captured.val else { continue };
        if Currency::from_code(code).is_none() {
            found.push(unknown_currency(code, captured.span));
        }
    }
}

/// A time zone that the IANA database does not have. The database is the bundled one, the same on every machine.
pub(super) fn known_timezone(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for captured in values(model, "timezone") {
        let Val::Text(text) = &captured.val else { continue };
        let name = text.words();
        let zones = TimeZoneDatabase::bundled();
        let exact = zones.get(&name).ok().and_then(|zone| zone.iana_name().map(str::to_owned));
        if exact.as_deref() == Some(name.as_str()) {
            continue;
        }
        let names: Vec<String> = zones.available().map(|zone| zone.as_str().to_owned()).collect();
        let right = exact.or_else(|| nearest_zone(&name, &names));
        let fault = Diagnostic::new(&BAD_VALUE, captured.span, say!("there is no time zone `{name}`", name))
            .help(say!("time zones have the names of the IANA database: `Europe/Berlin`, `Asia/Riyadh`, `UTC`"));
        found.push(match right {
            Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
                Safety::Safe,
                say!("write `{right}`", right),
                captured.span,
                format!("\"{right}\""),
            ),
            None => fault.at(say!("not a time zone")),
        });
    }
}

/// The nearest name, or the only zone of a city written alone.
fn nearest_zone(name: &str, zones: &[String]) -> Option<String> {
    let city = name.trim().replace(' ', "_");
    let of_city = |zone: &&String| zone.rsplit('/').next().is_some_and(|own| own.eq_ignore_ascii_case(&city));
    let named: Vec<&String> = zones.iter().filter(of_city).collect();
    match named.as_slice() {
        [only] => Some((*only).clone()),
        _ => nearest(name, zones.iter().map(String::as_str)).map(str::to_owned),
    }
}
