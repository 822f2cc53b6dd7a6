//! `JUnit` XML: a suite for each file, a case for each finding. Errors are failures; warnings and notes are skipped cases,
//! so that a report fails exactly where the run does. A file without findings is one passing case.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::text::{Place, legal_in_xml as legal};
use super::{Counts, Format, Report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::fingerprint::file_of;

pub(super) const FORMAT: Format = Format { name: "junit", about: "JUnit XML, a test case for each finding", render };

/// The suite of findings about the run as a whole.
const RUN: &str = "funnelc";

type Xml<'w> = Writer<&'w mut dyn Write>;

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    let suites = suites(report);
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let total = suites.values().map(|found| found.len().max(1)).sum::<usize>();
    let counts = counts(total, report.diagnostics);
    xml.create_element("testsuites")
        .with_attribute(("name", "funnelc"))
        .with_attributes(attributes(&counts))
        .write_inner_content(|xml| suites.iter().try_for_each(|(file, found)| suite(report, file, found, xml)))?;
    writeln!(xml.into_inner())
}

/// The findings by file: every file of the project, in the order of names.
fn suites<'r>(report: &Report<'r>) -> BTreeMap<&'r str, Vec<&'r Diagnostic>> {
    let files = report.sources.iter().filter(|(_, source)| !source.embedded);
    let mut suites: BTreeMap<_, Vec<_>> = files.map(|(_, source)| (source.name.as_str(), Vec::new())).collect();
    for diagnostic in report.diagnostics {
        let file = file_of(report.sources, diagnostic);
        suites.entry(if file.is_empty() { RUN } else { file }).or_default().push(diagnostic);
    }
    suites
}

fn suite(report: &Report<'_>, file: &str, found: &[&Diagnostic], xml: &mut Xml<'_>) -> Result<()> {
    let name = legal(file);
    xml.create_element("testsuite")
        .with_attribute(("name", name.as_str()))
        .with_attributes(attributes(&counts(found.len().max(1), found.iter().copied())))
        .write_inner_content(|xml| {
            if found.is_empty() {
                let clean = [("name", "no findings"), ("classname", name.as_str())];
                xml.create_element("testcase").with_attributes(clean).write_empty()?;
            }
            found.iter().try_for_each(|diagnostic| case(report, &name, diagnostic, xml))
        })?;
    Ok(())
}

fn case(report: &Report<'_>, file: &str, diagnostic: &Diagnostic, xml: &mut Xml<'_>) -> Result<()> {
    let place = diagnostic.span().map(|span| Place::of(report.sources, span).start);
    let at = place.map_or(String::new(), |start| format!(" at {}:{}", start.line, start.column));
    let name = format!("{} {}{at}", diagnostic.code.id, diagnostic.code.name);
    let outcome = if diagnostic.severity == Severity::Error { "failure" } else { "skipped" };
    let message = legal(&report.say(&diagnostic.message));
    let text = legal(&details(report, file, at.trim_start_matches(" at "), diagnostic));
    xml.create_element("testcase")
        .with_attributes([("name", name.as_str()), ("classname", file)])
        .write_inner_content(|xml| {
            xml.create_element(outcome)
                .with_attributes([("message", message.as_str()), ("type", diagnostic.severity.word())])
                .write_text_content(BytesText::new(&text))?;
            Ok(())
        })?;
    Ok(())
}

fn details(report: &Report<'_>, file: &str, at: &str, diagnostic: &Diagnostic) -> String {
    let at = if at.is_empty() { String::new() } else { format!("{file}:{at}: ") };
    let help = diagnostic
        .help
        .as_ref()
        .map_or(String::new(), |help| format!("{}: {}\n", report.language.text("help"), report.say(help)));
    format!("{at}{}: {}\n{help}{}", diagnostic.severity.word(), report.say(&diagnostic.message), diagnostic.code.page())
}

fn counts<'d>(tests: usize, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> [(&'static str, String); 4] {
    let Counts { errors, warnings, notes } = Counts::of(diagnostics);
    let numbers = [("tests", tests), ("failures", errors), ("errors", 0), ("skipped", warnings + notes)];
    numbers.map(|(name, number)| (name, number.to_string()))
}

fn attributes<'c>(counts: &'c [(&'static str, String); 4]) -> impl Iterator<Item = (&'c str, &'c str)> {
    counts.iter().map(|(name, number)| (*name, number.as_str()))
}
