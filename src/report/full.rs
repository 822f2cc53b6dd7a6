//! The picture for people: the lines a finding is about with arrows and words, drawn by miette.

use std::fmt;
use std::io::{Error, Result, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::excerpt::Excerpt;
use super::text::{LTR_MARK, fix_line, has_right_to_left, shown};
use super::{Format, Report, Style};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const FORMAT: Format = Format { name: "full", about: "the lines of each finding, drawn for people", render };

/// The least width to draw for: under it nothing can be read whatever is done.
const LEAST_WIDTH: usize = 40;

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    for diagnostic in report.diagnostics {
        let picture = Picture::new(report, diagnostic);
        let mut text = String::new();
        handler(report.style, &picture).render_report(&mut text, &picture).map_err(Error::other)?;
        for line in text.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
    }
    if report.diagnostics.is_empty() { Ok(()) } else { writeln!(out, "{}", report.summary()) }
}

fn handler(style: Style, picture: &Picture) -> GraphicalReportHandler {
    let mut theme = match (style.unicode, style.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    // Primary labels take the colour of the severity; miette would go round its own list.
    let styles = &theme.styles;
    let own = match picture.severity {
        Severity::Error => styles.error,
        Severity::Warning => styles.warning,
        Severity::Note => styles.advice,
    };
    let highlight = |label: &LabeledSpan| if label.primary() { own } else { styles.help };
    let highlights: Vec<_> = picture.labels.iter().map(highlight).collect();
    if !highlights.is_empty() {
        theme.styles.highlights = highlights;
    }
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width.max(LEAST_WIDTH))
        .with_links(style.links)
        .with_link_display_text("(page)")
        .without_syntax_highlighting()
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Picture {
    code: String,
    page: String,
    severity: Severity,
    message: String,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    excerpt: Excerpt,
}

impl Picture {
    fn new(report: &Report<'_>, diagnostic: &Diagnostic) -> Self {
        let style = report.style;
        let excerpt = Excerpt::new(report.sources, diagnostic, style);
        Self {
            code: format!("{} {}", diagnostic.code.id, diagnostic.code.name),
            page: diagnostic.code.page(),
            severity: diagnostic.severity,
            message: words(&diagnostic.message.to_string(), style.unicode),
            help: help(diagnostic, style.unicode),
            labels: excerpt.labels(),
            excerpt,
        }
    }
}

/// A text that keeps its lines and starts them in reading order.
fn words(text: &str, unicode: bool) -> String {
    let text = shown(text, unicode);
    if !unicode || !has_right_to_left(&text) {
        return text;
    }
    text.split('\n').map(|line| format!("{LTR_MARK}{line}")).collect::<Vec<_>>().join("\n")
}

/// The advice and, below it, a line for each fix.
fn help(diagnostic: &Diagnostic, unicode: bool) -> Option<String> {
    let advice = diagnostic.help.iter().map(|help| words(&help.to_string(), unicode));
    let fixes = diagnostic.fixes.iter().map(|fix| fix_line(fix, unicode));
    let lines: Vec<_> = advice.chain(fixes).collect();
    if lines.is_empty() { None } else { Some(lines.join("\n")) }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Picture {}

impl miette::Diagnostic for Picture {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.page))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        if self.labels.is_empty() { None } else { Some(Box::new(self.labels.iter().cloned())) }
    }
}
