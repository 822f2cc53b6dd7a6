//! For people: the findings of each event, what to do, and the first places.

use std::io::{Result, Write};

use super::{Format, Report};
use crate::diagnostic::{Message, Severity};
use crate::report::text::{isolated_in, left_to_right, one_line};
use crate::verify::{Finding, Law};
use crate::{count, say};

pub(super) const FORMAT: Format = Format { name: "table", about: "a table for people, event by event", render };

/// The most names in one list.
const MAX_NAMES: usize = 20;

/// The most findings that are shown.
const MAX_SHOWN: usize = 200;

/// The column in which words begin.
const INDENT: usize = 13;

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    let screen = Screen { report };
    let all = &report.findings.findings;
    let listed: Vec<&Finding> = all.iter().filter(|finding| finding.law != Law::NeverSeen).collect();
    let mut last = None;
    for finding in listed.iter().take(MAX_SHOWN) {
        if last != Some(&finding.event) {
            screen.event(finding, out)?;
            last = Some(&finding.event);
        }
        screen.finding(finding, out)?;
    }
    if listed.len() > MAX_SHOWN {
        let more = listed.len() - MAX_SHOWN;
        screen.line(&count!("{n} more finding not shown", "{n} more findings not shown", more), out)?;
    }
    screen.further(out)?;
    screen.never_seen(out)?;
    screen.summary(!all.is_empty(), out)
}

struct Screen<'r> {
    report: &'r Report<'r>,
}

impl Screen<'_> {
    fn say(&self, message: &Message) -> String {
        let Report { style, language, .. } = self.report;
        isolated_in(*language, style.unicode, &one_line(&message.said(*language), style.unicode))
    }

    fn line(&self, message: &Message, out: &mut dyn Write) -> Result<()> {
        writeln!(out, "{}", self.say(message))
    }

    /// Words of a log: what they hold cannot act on the screen.
    fn foreign(&self, text: &str) -> String {
        let unicode = self.report.style.unicode;
        left_to_right(&one_line(text, unicode), unicode).into_owned()
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.report.style.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// The heading of what is wrong with an event.
    fn event(&self, finding: &Finding, out: &mut dyn Write) -> Result<()> {
        let Some(name) = &finding.event else {
            let words = self.say(&say!("lines"));
            return writeln!(out, "{}", self.painted("1", &words));
        };
        let name = self.painted("1", &self.foreign(name));
        let known = self.report.findings.events.iter().find(|event| Some(&event.path) == finding.path.as_ref());
        match known {
            Some(event) => {
                let words =
                    say!("seen {seen}, invalid {invalid}", seen = event.count.seen, invalid = event.count.invalid);
                writeln!(out, "{name}  {}", self.say(&words))
            }
            None => writeln!(out, "{name}  {}", self.say(&say!("not planned"))),
        }
    }

    fn finding(&self, finding: &Finding, out: &mut dyn Write) -> Result<()> {
        let (color, sign) = match (finding.severity, self.report.style.unicode) {
            (Severity::Error, true) => ("31", "✗"),
            (Severity::Error, false) => ("31", "x"),
            (Severity::Warning, _) => ("33", "!"),
            (Severity::Note, _) => ("36", "-"),
        };
        let count = format!("{:>8}", finding.count);
        let law = self.painted("2", finding.law.word());
        writeln!(out, "  {} {count}  {}  {law}", self.painted(color, sign), self.say(&finding.message))?;
        if let Some(help) = &finding.help {
            writeln!(out, "{:INDENT$}{}", "", self.say(help))?;
        }
        self.examples(finding, out)
    }

    fn examples(&self, finding: &Finding, out: &mut dyn Write) -> Result<()> {
        let logs = &self.report.findings.logs;
        for example in &finding.examples {
            let log = logs.get(example.log).map_or("", |log| log.name.as_str());
            let place = self.painted("36", &format!("{}:{}", self.foreign(log), example.line));
            if example.value.is_empty() {
                writeln!(out, "{:INDENT$}{place}", "")?;
            } else {
                writeln!(out, "{:INDENT$}{place}  {}", "", self.foreign(&example.value))?;
            }
        }
        let more = finding.count.saturating_sub(finding.examples.len() as u64) as usize;
        if more > 0 && !finding.examples.is_empty() {
            let words = self.say(&count!("and {n} more", "and {n} more", more));
            writeln!(out, "{:INDENT$}{words}", "")?;
        }
        Ok(())
    }

    /// What is counted and told apart no more.
    fn further(&self, out: &mut dyn Write) -> Result<()> {
        let own = self.report.findings;
        if own.further_events > 0 {
            let n = own.further_events as usize;
            self.line(
                &count!(
                    "and {n} event under further unplanned names",
                    "and {n} events under further unplanned names",
                    n
                ),
                out,
            )?;
        }
        if own.further_faults > 0 {
            let n = own.further_faults as usize;
            self.line(&count!("and {n} fault of further kinds", "and {n} faults of further kinds", n), out)?;
        }
        Ok(())
    }

    fn never_seen(&self, out: &mut dyn Write) -> Result<()> {
        let all = self.report.findings.findings.iter().filter(|finding| finding.law == Law::NeverSeen);
        let names: Vec<&str> = all.filter_map(|finding| finding.event.as_deref()).collect();
        if names.is_empty() {
            return Ok(());
        }
        let words = count!("{n} planned event was never seen", "{n} planned events were never seen", names.len());
        let listed: Vec<String> = names.iter().take(MAX_NAMES).map(|name| self.foreign(name)).collect();
        let more = names.len() - listed.len();
        write!(out, "{}: {}", self.say(&words), listed.join(", "))?;
        if more > 0 {
            write!(out, " {}", self.say(&count!("and {n} more", "and {n} more", more)))?;
        }
        writeln!(out)
    }

    fn summary(&self, is_apart: bool, out: &mut dyn Write) -> Result<()> {
        let own = self.report.findings;
        if is_apart {
            writeln!(out)?;
        }
        for log in &own.logs {
            let words = say!(
                "{lines} lines, {size}, read as {shape}",
                lines = log.lines,
                size = size(log.bytes),
                shape = log.shape
            );
            writeln!(out, "{}  {}", self.foreign(&log.name), self.say(&words))?;
        }
        let mut parts = vec![
            say!("planned events {n}", n = own.planned),
            say!("invalid {n}", n = own.invalid),
            say!("unplanned {n}", n = own.unplanned),
            say!("unreadable {n}", n = own.unreadable),
        ];
        if own.unmodelled > 0 {
            parts.push(say!("calls the plan says nothing of {n}", n = own.unmodelled));
        }
        let verdict = if self.report.fails { say!("fails") } else { say!("passes") };
        let language = self.report.language;
        let parts: Vec<String> = parts.iter().map(|part| part.said(language)).collect();
        let line = format!("{}: {}", verdict.said(language), parts.join(language.comma()));
        let line = isolated_in(language, self.report.style.unicode, &line);
        writeln!(out, "{}", self.painted(if self.report.fails { "31" } else { "32" }, &line))
    }
}

/// Bytes as people say them.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
