//! `JUnit` XML: a suite for each event, a case for each finding. Errors are failures; warnings and notes are skipped
//! cases, so that a report fails exactly where the run does without `--tolerate`. A planned event without findings is one
//! passing case.

use std::io::{Result, Write};

use indexmap::IndexMap;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{Format, Report};
use crate::diagnostic::Severity;
use crate::report::text::legal_in_xml;
use crate::verify::Finding;

pub(super) const FORMAT: Format = Format { name: "junit", about: "JUnit XML, a test case for each finding", render };

type Xml<'w> = Writer<&'w mut dyn Write>;

/// The suite of what is wrong with lines as such.
const LINES: &str = "lines";

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    let suites = suites(report);
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all: Vec<&Finding> = suites.values().flatten().copied().collect();
    let passing = suites.values().filter(|found| found.is_empty()).count();
    xml.create_element("testsuites")
        .with_attribute(("name", "funnelc verify"))
        .with_attributes(borrowed(&counts(&all, passing)))
        .write_inner_content(|xml| suites.iter().try_for_each(|(event, found)| suite(report, event, found, xml)))?;
    writeln!(xml.into_inner())
}

/// The findings by event: every planned event in the order of the plan, then the others.
fn suites<'r>(report: &Report<'r>) -> IndexMap<&'r str, Vec<&'r Finding>> {
    let own = report.findings;
    let mut suites: IndexMap<&str, Vec<&Finding>> =
        own.events.iter().map(|event| (event.name.as_str(), Vec::new())).collect();
    for finding in &own.findings {
        suites.entry(finding.event.as_deref().unwrap_or(LINES)).or_default().push(finding);
    }
    suites
}

fn suite(report: &Report<'_>, event: &str, found: &[&Finding], xml: &mut Xml<'_>) -> Result<()> {
    let name = legal_in_xml(event);
    xml.create_element("testsuite")
        .with_attribute(("name", name.as_str()))
        .with_attributes(borrowed(&counts(found, usize::from(found.is_empty()))))
        .write_inner_content(|xml| {
            if found.is_empty() {
                let clean = [("name", "as planned"), ("classname", name.as_str())];
                xml.create_element("testcase").with_attributes(clean).write_empty()?;
            }
            found.iter().try_for_each(|finding| case(report, &name, finding, xml))
        })?;
    Ok(())
}

fn case(report: &Report<'_>, event: &str, finding: &Finding, xml: &mut Xml<'_>) -> Result<()> {
    let name = legal_in_xml(&[finding.law.word(), &finding.property].join(" "));
    let outcome = if finding.severity == Severity::Error { "failure" } else { "skipped" };
    let message = legal_in_xml(&finding.message.said(report.language));
    let text = legal_in_xml(&details(report, finding));
    xml.create_element("testcase")
        .with_attributes([("name", name.trim_end()), ("classname", event)])
        .write_inner_content(|xml| {
            xml.create_element(outcome)
                .with_attributes([("message", message.as_str()), ("type", finding.law.word())])
                .write_text_content(BytesText::new(&text))?;
            Ok(())
        })?;
    Ok(())
}

/// How often, what to do, and the first places.
fn details(report: &Report<'_>, finding: &Finding) -> String {
    let mut lines = vec![format!("{} ×", finding.count)];
    lines.extend(finding.help.as_ref().map(|help| help.said(report.language)));
    let logs = &report.findings.logs;
    lines.extend(finding.examples.iter().map(|example| {
        let log = logs.get(example.log).map_or("", |log| log.name.as_str());
        format!("{log}:{} {}", example.line, example.value)
    }));
    lines.join("\n")
}

fn counts(found: &[&Finding], passing: usize) -> [(&'static str, String); 4] {
    let failures = found.iter().filter(|finding| finding.severity == Severity::Error).count();
    let numbers =
        [("tests", found.len() + passing), ("failures", failures), ("errors", 0), ("skipped", found.len() - failures)];
    numbers.map(|(name, number)| (name, number.to_string()))
}

fn borrowed<'c>(counts: &'c [(&'static str, String); 4]) -> impl Iterator<Item = (&'c str, &'c str)> {
    counts.iter().map(|(name, number)| (*name, number.as_str()))
}
