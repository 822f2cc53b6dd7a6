//! Parts of funnels, for people: a row a part, with the people of every stage.

use funnelc_engine::parts::MAX_PARTS;
use funnelc_engine::result::{FunnelNumbers, FunnelPart};

use super::Report;
use super::board::more;
use super::table::{FEW, few, kpi_value, percent};
use crate::draw::grouped;
use crate::say;

/// The most parts of one split that are listed.
const LISTED: usize = 24;

/// What a part is by and of, in the words of `by`, without the month.
pub(super) fn groups(part: &FunnelPart) -> Vec<(&str, &str)> {
    let own = [
        (Some("channel"), part.channel.as_deref()),
        (Some("segment"), part.segment.as_deref()),
        (part.property.as_deref(), part.value.as_deref()),
    ];
    own.into_iter().filter_map(|(by, group)| by.zip(group)).collect()
}

/// What a part is by: `channel`, or `channel and month`.
pub(super) fn by(part: &FunnelPart) -> String {
    let mut words: Vec<&str> = groups(part).into_iter().map(|own| own.0).collect();
    words.extend(part.period.as_ref().map(|_| "month"));
    words.join(" and ")
}

/// Whether it is a part by one thing alone.
fn is_single(part: &FunnelPart) -> bool {
    groups(part).len() + usize::from(part.period.is_some()) == 1
}

pub(super) fn render(report: &Report<'_>, funnel: &FunnelNumbers, out: &mut String) {
    let (single, combined): (Vec<&FunnelPart>, Vec<&FunnelPart>) =
        funnel.parts.iter().partition(|part| is_single(part));
    for parts in single.chunk_by(|one, other| by(one) == by(other)) {
        table(report, funnel, parts, out);
    }
    if !combined.is_empty() {
        let n = grouped(combined.len() as u64);
        report.line(&say!("{n} more parts, by several at once, are in the other forms of this report", n), out);
    }
    for by in &funnel.too_many_parts {
        let most = grouped(MAX_PARTS as u64);
        report.line(&say!("not told by {by}: there are more than {most} parts", by, most), out);
    }
}

fn table(report: &Report<'_>, funnel: &FunnelNumbers, parts: &[&FunnelPart], out: &mut String) {
    let mut heads = vec![say!("by {split}", split = by(parts[0])).said(report.language)];
    heads.extend(funnel.stages.iter().map(|stage| stage.label.clone()));
    let mut rows = vec![heads];
    rows.extend(parts.iter().take(LISTED).map(|part| row(report, funnel, part)));
    out.push('\n');
    report.table(rows, &[], out);
    if parts.iter().take(LISTED).flat_map(|part| &part.stages).any(|own| is_few(own.people)) {
        few(report, funnel, out);
    }
    if parts.len() > LISTED {
        more(report, parts.len() - LISTED, out);
    }
}

/// The people of every stage, and what part of those at the beginning came there.
fn row(report: &Report<'_>, funnel: &FunnelNumbers, part: &FunnelPart) -> Vec<String> {
    let groups = groups(part).into_iter().map(|own| own.1);
    let mut cells = vec![groups.chain(part.period.as_deref()).collect::<Vec<_>>().join(" ")];
    for (own, stage) in part.stages.iter().zip(&funnel.stages) {
        let way = funnel.ways.iter().position(|way| way.to == stage.path).map(|at| &part.ways[at]);
        let rate = way.map(|way| format!("  {:>6}", percent(way.rate))).unwrap_or_default();
        let mark = if is_few(own.people) { "*" } else { "" };
        cells.push(format!("{}{mark}{rate}", kpi_value(report, Some(own.people), "count")));
    }
    cells
}

fn is_few(people: f64) -> bool {
    #[allow(clippy::cast_precision_loss, reason = "thirty is exact")]
    let few = FEW as f64;
    people > 0.0 && people < few
}
