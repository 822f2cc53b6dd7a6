//! A page for people who do not sit at the terminal: every finding with its lines, what to do and a link to the manual.
//! One file without scripts, fonts or images; in the direction of its language, with code always from left to right.

mod excerpt;

use std::fmt::Write as _;
use std::io::{Result, Write};

use super::text::{Place, option, shown};
use super::{Counts, Format, Report};
use crate::diagnostic::{Diagnostic, Fix, Message};
use crate::phrase;

pub(super) const FORMAT: Format = Format { name: "html", about: "a page of findings to send or to keep", render };

/// How the page looks; light or dark as the reader's system.
const STYLE: &str = include_str!("html/page.css");

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    out.write_all(head(report).as_bytes())?;
    for diagnostic in report.diagnostics {
        out.write_all(finding(report, diagnostic).as_bytes())?;
    }
    writeln!(out, "</main>\n</body>\n</html>")
}

fn head(report: &Report<'_>) -> String {
    let language = report.language;
    let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
    let (title, summary) = (language.text(phrase!("Findings")), report.summary());
    let (plain, summary) = (escaped(&summary.replace('`', "")), rich(&summary));
    let Counts { errors, warnings, notes } = Counts::of(report.diagnostics);
    let worst = match (errors, warnings, notes) {
        (0, 0, 0) => "none",
        (0, 0, _) => "note",
        (0, ..) => "warning",
        _ => "error",
    };
    format!(
        "<!doctype html>\n<html lang=\"{}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}: {plain}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
         <p class=\"summary {worst}\">{summary}</p>\n</header>\n<main>\n",
        language.tag()
    )
}

fn finding(report: &Report<'_>, diagnostic: &Diagnostic) -> String {
    let mut page = String::new();
    let code = diagnostic.code;
    let class = diagnostic.severity.word();
    let _ = write!(
        page,
        "<article class=\"{class}\">\n<h2><span class=\"severity\">{}</span> {}</h2>\n\
         <p class=\"about\"><a href=\"{}\"><bdi dir=\"ltr\">{} {}</bdi></a>{}</p>\n",
        escaped(report.language.text(class)),
        rich(&report.say(&diagnostic.message)),
        escaped(&code.page()),
        code.id,
        code.name,
        place(report, diagnostic),
    );
    excerpt::write(report, diagnostic, &mut page);
    if let Some(help) = &diagnostic.help {
        advice(report, phrase!("help"), help, "", &mut page);
    }
    diagnostic.fixes.iter().for_each(|fix| change(report, fix, &mut page));
    page.push_str("</article>\n");
    page
}

fn place(report: &Report<'_>, diagnostic: &Diagnostic) -> String {
    diagnostic.span().map_or_else(String::new, |span| {
        let Place { file, start, .. } = Place::of(report.sources, span);
        format!(" <bdi dir=\"ltr\" class=\"place\">{}:{}:{}</bdi>", escaped(file), start.line, start.column)
    })
}

fn advice(report: &Report<'_>, word: &'static str, words: &Message, after: &str, page: &mut String) {
    let (word, words) = (escaped(report.language.text(word)), rich(&report.say(words)));
    let _ = writeln!(page, "<p class=\"advice\"><strong>{word}:</strong> {words}{after}</p>");
}

fn change(report: &Report<'_>, fix: &Fix, page: &mut String) {
    let option = format!(" <code dir=\"ltr\">{}</code>", option(fix));
    advice(report, phrase!("fix"), &fix.title, &option, page);
}

/// A text that means itself in a page: nothing in it is markup, moves the cursor or turns a line around.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in shown(text, true).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// A sentence with its pieces of code as code. A lone back quote stays what it is.
fn rich(text: &str) -> String {
    let text = escaped(text);
    let pieces: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len());
    for (index, piece) in pieces.iter().enumerate() {
        match index % 2 {
            0 => out.push_str(piece),
            _ if index + 1 < pieces.len() => {
                let _ = write!(out, "<code dir=\"ltr\">{piece}</code>");
            }
            _ => {
                let _ = write!(out, "`{piece}");
            }
        }
    }
    out
}
