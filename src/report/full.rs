//! The picture for people: the lines a finding is about with arrows and words, drawn by miette.

use std::fmt;
use std::io::{Error, Result, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use rustc_hash::FxHashMap;

use super::excerpt::Excerpt;
use super::text::{LTR_MARK, fix_line, has_right_to_left, isolated, shown, wrapped};
use super::{Format, Report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::{count, phrase};

pub(super) const FORMAT: Format = Format { name: "full", about: "the lines of each finding, drawn for people", render };

/// The least width to draw for: under it nothing can be read whatever is done.
const LEAST_WIDTH: usize = 40;
/// Columns before the words that miette takes for itself.
const MARGIN: usize = 10;

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    let mut alike = alike(report.diagnostics);
    for diagnostic in report.diagnostics {
        // The first of several notes that say the same speaks for them all.
        let more = if may_stand_for_others(diagnostic) { alike.remove(&sort(diagnostic)) } else { Some(0) };
        let Some(more) = more else { continue };
        let picture = Picture::new(report, diagnostic, more);
        let mut text = String::new();
        handler(report, &picture).render_report(&mut text, &picture).map_err(Error::other)?;
        for line in text.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
    }
    if report.diagnostics.is_empty() { Ok(()) } else { writeln!(out, "{}", isolated(report, &report.summary())) }
}

/// What notes have in common that say the same of different things.
type Sort = (&'static str, &'static str);

const fn sort(note: &Diagnostic) -> Sort {
    (note.code.id, note.message.template)
}

/// Notes are worth knowing and ask for nothing; but each change of a comparison does.
fn may_stand_for_others(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Note && finding.change.is_none()
}

/// By what notes say, how many say it besides the first one.
fn alike(diagnostics: &[Diagnostic]) -> FxHashMap<Sort, usize> {
    let mut alike = FxHashMap::default();
    for note in diagnostics.iter().filter(|own| may_stand_for_others(own)) {
        alike.entry(sort(note)).and_modify(|more| *more += 1).or_insert(0);
    }
    alike
}

fn handler(report: &Report<'_>, picture: &Picture) -> GraphicalReportHandler {
    let style = report.style;
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
    let heading = style_heading(&theme, report.language.text(phrase!("help")));
    let mut handler = GraphicalReportHandler::new_themed(theme);
    if let Some(advice) = picture.advice.as_ref().filter(|_| report.language.is_right_to_left()) {
        handler = handler.with_footer(format!("{heading}{advice}"));
    }
    handler
        .with_width(style.width.max(LEAST_WIDTH))
        .with_links(style.links)
        .with_link_display_text(report.language.text(phrase!("(page)")))
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
    /// The same in a language other than that of the drawing, which says "help" in English.
    advice: Option<String>,
    labels: Vec<LabeledSpan>,
    excerpt: Excerpt,
}

impl Picture {
    /// A finding, and how many more say the same.
    fn new(report: &Report<'_>, diagnostic: &Diagnostic, more: usize) -> Self {
        let excerpt = Excerpt::new(report, diagnostic);
        let help = help(report, diagnostic, more);
        let is_drawn = !report.language.is_right_to_left();
        Self {
            code: format!("{} {}", diagnostic.code.id, diagnostic.code.name),
            page: diagnostic.code.page(),
            severity: diagnostic.severity,
            message: words(report, &report.say(&diagnostic.message)),
            help: help.clone().filter(|_| is_drawn),
            advice: help.filter(|_| !is_drawn),
            labels: excerpt.labels(),
            excerpt,
        }
    }
}

/// A text that keeps its lines and starts them in reading order.
fn words(report: &Report<'_>, text: &str) -> String {
    let unicode = report.style.unicode;
    let text = shown(text, unicode);
    if report.language.is_right_to_left() {
        // A line that miette broke would lose its direction.
        let width = report.style.width.max(LEAST_WIDTH) - MARGIN;
        let lines = text.split('\n').flat_map(|line| wrapped(line, width));
        return lines.map(|line| isolated(report, &line)).collect::<Vec<_>>().join("\n");
    }
    if !unicode || !has_right_to_left(&text) {
        return text;
    }
    text.split('\n').map(|line| format!("{LTR_MARK}{line}")).collect::<Vec<_>>().join("\n")
}

/// The advice and, below it, a line for each fix, and one for all notes that are not drawn.
fn help(report: &Report<'_>, diagnostic: &Diagnostic, more: usize) -> Option<String> {
    let advice = diagnostic.help.iter().map(|help| words(report, &report.say(help)));
    let fix = |fix| {
        let line = fix_line(report, fix);
        if report.language.is_right_to_left() { words(report, &line) } else { line }
    };
    let more = (more > 0).then(|| {
        let more = count!(
            "{n} more note says the same of something else; `--format concise` lists it",
            "{n} more notes say the same of something else; `--format concise` lists them",
            more
        );
        words(report, &report.say(&more))
    });
    let lines: Vec<_> = advice.chain(diagnostic.fixes.iter().map(fix)).chain(more).collect();
    if lines.is_empty() { None } else { Some(lines.join("\n")) }
}

/// The word before the advice, as miette draws its own.
fn style_heading(theme: &GraphicalTheme, word: &str) -> String {
    theme.styles.help.style(format!("{word}: ")).to_string()
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
