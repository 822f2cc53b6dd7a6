//! For people who pass it on: one page without scripts, in the direction of its language.

use std::fmt::Write as _;

use super::table::weekday;
use super::{Format, Report, What};
use crate::diagnostic::Message;
use crate::draw::{escaped, is_rtl};
use crate::simulate::{Entry, Kind, Life, spelled};
use crate::{phrase, say};

pub(super) const FORMAT: Format = Format { name: "html", about: "a page to pass on", render };

/// The styles of the page, which are those of the plan of messages and some more.
const STYLES: [&str; 2] =
    [include_str!("../../../templates/email/plan.css"), include_str!("../../../templates/email/simulate.css")];

fn render(report: &Report<'_>) -> String {
    let lang = report.language.tag();
    let direction = if is_rtl(lang) { "rtl" } else { "ltr" };
    let title = report.language.text(phrase!("Messages, simulated"));
    let project = report.model.project().map(|own| own.label(lang)).unwrap_or_default();
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{lang}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}: {0}</title>\n<style>\n{1}{2}</style>\n</head>\n<body>\n<header class=\"top\"><div>\n\
         <p class=\"eyebrow\">{title}</p>\n<h1><bdi>{0}</bdi></h1>\n</div></header>\n<main>\n",
        escaped(&project),
        STYLES[0],
        STYLES[1],
    );
    match report.what {
        What::Lives(lives) => lives.iter().for_each(|own| life(report, own, &mut out)),
        #[cfg(feature = "engine")]
        What::Crowd(own) => crowd::page(report, own, &mut out),
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn said(report: &Report<'_>, message: &Message) -> String {
    escaped(&message.said(report.language))
}

fn life(report: &Report<'_>, own: &Life, out: &mut String) {
    let zone = own.zone.iana_name().unwrap_or("UTC");
    let who = if own.who.is_empty() { zone.to_owned() } else { own.who.clone() };
    let _ = writeln!(
        out,
        "<section>\n<h2><bdi>{}</bdi></h2>\n<p class=\"quiet\"><bdi>{}</bdi></p>",
        escaped(&who),
        escaped(zone)
    );
    let mut day = String::new();
    for entry in &own.entries {
        let at = spelled(entry.at, &own.zone);
        let (date, time) = at.split_once(' ').unwrap_or((&at, ""));
        if date != day {
            if !day.is_empty() {
                out.push_str("</ol>\n");
            }
            date.clone_into(&mut day);
            let name = weekday(report, own.zone.to_datetime(entry.at).weekday());
            let _ = writeln!(out, "<h3>{name} <bdi>{date}</bdi></h3>\n<ol class=\"life\">");
        }
        self::entry(report, entry, time, out);
    }
    if !day.is_empty() {
        out.push_str("</ol>\n");
    }
    notes(report, &own.untold, out);
    if own.is_cut {
        let _ = writeln!(out, "<p>{}</p>", said(report, &say!("note: so much happens that the rest is left out")));
    }
    out.push_str("</section>\n");
}

fn entry(report: &Report<'_>, own: &Entry, time: &str, out: &mut String) {
    let subject = own.subject();
    let subject = if subject.is_empty() { String::new() } else { format!("<code>{}</code> ", escaped(&subject)) };
    let title = own.step.filter(|_| own.kind == Kind::Sends).map(|step| escaped(&report.title(step)));
    let title = title.map(|title| format!("<br><strong><bdi>{title}</bdi></strong>")).unwrap_or_default();
    let _ = writeln!(
        out,
        "<li class=\"life-{}\"><time>{time}</time> <span>{subject}<bdi>{}</bdi>{title}</span></li>",
        own.kind.word(),
        said(report, &own.words)
    );
}

fn notes(report: &Report<'_>, untold: &[String], out: &mut String) {
    for words in untold {
        let note = say!("note: nothing tells whether `{words}`; it was taken not to hold", words);
        let _ = writeln!(out, "<p class=\"quiet\"><bdi>{}</bdi></p>", said(report, &note));
    }
}

#[cfg(feature = "engine")]
mod crowd {
    use std::fmt::Write as _;

    use super::{Report, escaped, notes, phrase, said, say};
    use crate::simulate::crowd::Crowd;

    pub(super) fn page(report: &Report<'_>, own: &Crowd, out: &mut String) {
        let sent: u64 = own.messages.values().map(|load| load.sent).sum();
        let head = say!("{people} people, {sent} messages", people = own.people, sent);
        let _ = writeln!(out, "<section>\n<h2>{}</h2>", said(report, &head));
        let heads = [phrase!("message"), phrase!("sent"), phrase!("held"), phrase!("not sent")];
        let rows: Vec<[String; 4]> = own
            .messages
            .iter()
            .map(|(path, load)| {
                let path = format!("<code>{}</code>", escaped(path));
                [path, load.sent.to_string(), load.held.to_string(), load.skipped.to_string()]
            })
            .collect();
        table(report, &heads, &rows, out);
        out.push_str("</section>\n<section>\n");
        let most = own.days.values().copied().max().unwrap_or_default();
        let mean = own.days.values().sum::<u64>() / (own.days.len() as u64).max(1);
        let head = say!("Messages a day: {mean} on average, {most} at most", mean, most);
        let _ = writeln!(out, "<h2>{}</h2>", said(report, &head));
        bars(own.days.iter().map(|(day, count)| (day.to_string(), *count)), "days", out);
        out.push_str("</section>\n<section>\n");
        let head = say!("Messages in the busiest 7 days of a person");
        let _ = writeln!(out, "<h2>{}</h2>", said(report, &head));
        bars(own.pressure.iter().map(|(messages, people)| (messages.to_string(), *people)), "people", out);
        notes(report, &own.untold.iter().cloned().collect::<Vec<_>>(), out);
        out.push_str("</section>\n");
    }

    fn table<const N: usize>(report: &Report<'_>, heads: &[&'static str; N], rows: &[[String; N]], out: &mut String) {
        out.push_str("<table>\n<thead><tr>");
        for head in heads {
            let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(report.language.text(head)));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| format!("<td>{cell}</td>")).collect();
            let _ = writeln!(out, "<tr>{}</tr>", cells.join(""));
        }
        out.push_str("</tbody>\n</table>\n");
    }

    fn bars(counts: impl Iterator<Item = (String, u64)>, class: &str, out: &mut String) {
        let counts: Vec<(String, u64)> = counts.collect();
        let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
        let _ = writeln!(out, "<ol class=\"bars bars-{class}\">");
        for (name, count) in counts {
            let width = (count * 1_000).div_ceil(most);
            let _ = writeln!(
                out,
                "<li><bdi>{name}</bdi> <span class=\"bar\" style=\"inline-size: calc((100% - 11rem) * {width} / 1000)\"></span> <span>{count}</span></li>"
            );
        }
        out.push_str("</ol>\n");
    }
}
