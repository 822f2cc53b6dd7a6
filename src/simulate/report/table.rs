//! For people: a life line by line, or what a crowd got.

use std::fmt::Write as _;

use jiff::civil::Weekday;

use super::{Format, Report, What};
use crate::diagnostic::Message;
use crate::report::text::{isolated_in, one_line};
use crate::simulate::{Kind, Life, spelled};
use crate::{phrase, say};

pub(super) const FORMAT: Format = Format { name: "table", about: "for people", render };

fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    match report.what {
        What::Lives(lives) => {
            for (at, life) in lives.iter().enumerate() {
                if at > 0 {
                    out.push('\n');
                }
                self::life(report, life, &mut out);
            }
        }
        #[cfg(feature = "engine")]
        What::Crowd(crowd) => self::crowd::told(report, crowd, &mut out),
    }
    out
}

fn said(report: &Report<'_>, message: &Message) -> String {
    let unicode = report.style.unicode;
    isolated_in(report.language, unicode, &one_line(&message.said(report.language), unicode))
}

fn line(report: &Report<'_>, message: &Message, out: &mut String) {
    let _ = writeln!(out, "{}", said(report, message));
}

/// The names of the days of the week, Monday first.
const DAYS: [&str; 7] =
    [phrase!("Mon"), phrase!("Tue"), phrase!("Wed"), phrase!("Thu"), phrase!("Fri"), phrase!("Sat"), phrase!("Sun")];

/// The name of a day of the week.
pub(super) fn weekday(report: &Report<'_>, day: Weekday) -> &'static str {
    let at = usize::try_from(day.to_monday_zero_offset()).unwrap_or_default();
    report.language.text(DAYS[at])
}

/// What stands before a line, where the screen shows it.
const fn sign(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Happens => ("●", "*"),
        Kind::Starts => ("▶", ">"),
        Kind::Sends => ("✉", "@"),
        Kind::Holds => ("…", "~"),
        Kind::Skips | Kind::Refused => ("✕", "x"),
        Kind::Turns => ("↳", "-"),
        Kind::Stops | Kind::Finishes => ("■", "."),
    }
}

fn life(report: &Report<'_>, own: &Life, out: &mut String) {
    let zone = own.zone.iana_name().unwrap_or("UTC").to_owned();
    let head = if own.who.is_empty() { say!("in {zone}", zone) } else { say!("{who}, in {zone}", who = own.who, zone) };
    line(report, &head, out);
    let wide = own.entries.iter().map(|entry| entry.subject().chars().count()).max().unwrap_or_default();
    let mut day = String::new();
    for entry in &own.entries {
        let at = spelled(entry.at, &own.zone);
        let (date, time) = at.split_once(' ').unwrap_or((&at, ""));
        if date != day {
            date.clone_into(&mut day);
            let _ = writeln!(out, "\n{} {date}", weekday(report, own.zone.to_datetime(entry.at).weekday()));
        }
        let (unicode, ascii) = sign(entry.kind);
        let sign = if report.style.unicode { unicode } else { ascii };
        let sign =
            if report.style.color { format!("\u{1b}[{}m{sign}\u{1b}[0m", color(entry.kind)) } else { sign.to_owned() };
        let title = entry.step.filter(|_| entry.kind == Kind::Sends).map(|step| report.title(step));
        let title = title.map(|title| {
            format!(
                " · {}",
                isolated_in(report.language, report.style.unicode, &one_line(&title, report.style.unicode))
            )
        });
        let subject = one_line(&entry.subject(), report.style.unicode);
        let room = wide - subject.chars().count();
        let words = said(report, &entry.words);
        let _ = writeln!(out, "  {time}  {sign} {subject}{:room$}  {words}{}", "", title.unwrap_or_default());
    }
    notes(report, &own.untold, out);
    if own.is_cut {
        line(report, &say!("note: so much happens that the rest is left out"), out);
    }
}

fn notes(report: &Report<'_>, untold: &[String], out: &mut String) {
    if !untold.is_empty() {
        out.push('\n');
    }
    for words in untold {
        line(report, &say!("note: nothing tells whether `{words}`; it was taken not to hold", words), out);
    }
}

const fn color(kind: Kind) -> u8 {
    match kind {
        Kind::Happens => 36,
        Kind::Sends => 32,
        Kind::Holds => 33,
        Kind::Skips | Kind::Refused => 31,
        _ => 2,
    }
}

#[cfg(feature = "engine")]
mod crowd {
    use super::{Report, line, notes, phrase, said, say};
    use crate::diagnostic::Message;
    use crate::report::text::columns;
    use crate::simulate::crowd::Crowd;

    /// The longest bar.
    const BAR: u64 = 40;

    pub(super) fn told(report: &Report<'_>, own: &Crowd, out: &mut String) {
        let sent: u64 = own.messages.values().map(|load| load.sent).sum();
        line(report, &say!("{people} people, {sent} messages", people = own.people, sent), out);
        out.push('\n');
        let heads = [phrase!("message"), phrase!("sent"), phrase!("held"), phrase!("not sent")];
        let mut rows = vec![heads.iter().map(|own| report.language.text(own).to_owned()).collect::<Vec<_>>()];
        rows.extend(own.messages.iter().map(|(path, load)| {
            vec![path.clone(), load.sent.to_string(), load.held.to_string(), load.skipped.to_string()]
        }));
        columns(&rows, &[false, true, true, true], out);
        busiest_days(report, own, out);
        title(report, &say!("Messages in the busiest 7 days of a person"), out);
        let most = own.pressure.values().copied().max().unwrap_or(1).max(1);
        let rows: Vec<Vec<String>> = own
            .pressure
            .iter()
            .map(|(messages, people)| vec![messages.to_string(), people.to_string(), bar(report, *people, most)])
            .collect();
        columns(&rows, &[true, true, false], out);
        notes(report, &own.untold.iter().cloned().collect::<Vec<_>>(), out);
    }

    /// How many of the days with the most messages are told.
    const DAYS: usize = 10;

    fn busiest_days(report: &Report<'_>, own: &Crowd, out: &mut String) {
        let mut days: Vec<_> = own.days.iter().map(|(day, count)| (*day, *count)).collect();
        let Some(most) = days.iter().map(|(_, count)| *count).max() else { return };
        let (all, sum) = (days.len() as u64, days.iter().map(|(_, count)| count).sum::<u64>());
        let mean = sum / all.max(1);
        title(report, &say!("Messages a day: {mean} on average, {most} at most", mean, most), out);
        days.sort_by_key(|(day, count)| (std::cmp::Reverse(*count), *day));
        days.truncate(DAYS);
        days.sort_by_key(|(day, _)| *day);
        let rows: Vec<Vec<String>> = days
            .into_iter()
            .map(|(day, count)| {
                let name = super::weekday(report, day.weekday());
                vec![format!("{name} {day}"), count.to_string(), bar(report, count, most)]
            })
            .collect();
        columns(&rows, &[false, true, false], out);
    }

    fn title(report: &Report<'_>, message: &Message, out: &mut String) {
        out.push('\n');
        let words = said(report, message);
        out.push_str(&words);
        out.push('\n');
    }

    fn bar(report: &Report<'_>, count: u64, most: u64) -> String {
        let sign = if report.style.unicode { "█" } else { "#" };
        sign.repeat(usize::try_from((count * BAR).div_ceil(most.max(1))).unwrap_or_default())
    }
}
