//! The funnel map: the stages narrow down to the conversion and widen again for loyalty; who comes from where stands at the
//! start, what we offer and measure at the end, and the ways that lead back are loops at the side.

use super::fit::{self, Lines};
use super::sheet::{Anchor, HEIGHT, INK, MARGIN, Pen, SOFT, Sheet, TOP, WIDTH, colors, room};
use super::{Page, Stage, Way};
use crate::draw::isolated;

/// The widest and the narrowest part of the funnel.
const WIDE: f64 = 500.0;
const NARROW: f64 = 290.0;
/// The middle of the funnel.
const MIDDLE: f64 = 672.0;
/// How wide the texts at the sides are.
const TEXTS: f64 = 352.0;
const GAP: f64 = 30.0;
const SIZES: [f64; 5] = [18.0, 17.0, 16.0, 15.0, 14.0];
/// Where the lanes of loops are at their furthest.
const LANES: [f64; 3] = [972.0, 1042.0, 1112.0];

pub(super) fn draw(page: &Page<'_>) -> String {
    let mut sheet = Sheet::new(page);
    let count = page.stages.len();
    let other = others(page);
    let bottom = if other.is_empty() { HEIGHT - 36.0 } else { HEIGHT - 76.0 };
    let height = (bottom - TOP + GAP) / count as f64 - GAP;
    let tops: Vec<f64> = (0..count).map(|at| (height + GAP).mul_add(at as f64, TOP)).collect();
    let widths = widths(page.stages);
    for (at, stage) in page.stages.iter().enumerate() {
        part(&mut sheet, page, stage, (tops[at], height), (widths[at], widths[at + 1]));
        sides(&mut sheet, page, stage, (tops[at], height));
        if at + 1 < count {
            on(&mut sheet, page, page.first + at, tops[at] + height);
        }
    }
    for (way, lane) in loops(page) {
        // Those further out leave lower and arrive higher, so that one lies in the other; a stage's own loop lies above them.
        let (leaves, arrives) = if way.from == way.to {
            (0.42, 0.15)
        } else {
            (0.1f64.mul_add(lane as f64, 0.55), 0.12f64.mul_add(-(lane as f64), 0.85))
        };
        let end = |at: usize, part: f64| {
            let edge = (widths[at + 1] - widths[at]).mul_add(part, widths[at]) / 2.0;
            (MIDDLE + edge, height.mul_add(part, tops[at]))
        };
        around(
            &mut sheet,
            page,
            way,
            LANES[lane],
            (end(way.from - page.first, leaves), end(way.to - page.first, arrives)),
        );
    }
    if !other.is_empty() {
        let words = format!("{}: {}", page.words.back, other.join("  |  "));
        let shown = fit::one_line(&words, 16.0, WIDTH - 2.0 * MARGIN);
        let lines = Lines { is_whole: shown == words, lines: vec![fit::Line { words: shown, is_first: true }] };
        sheet.lines((MARGIN, HEIGHT - 58.0), Pen::of(16.0, SOFT), &lines, &[words], "");
    }
    sheet.done()
}

/// How wide the funnel is above each stage and under the last: narrower down to the first conversion, wider after it.
fn widths(stages: &[Stage]) -> Vec<f64> {
    let turn = stages.iter().position(|stage| stage.layer == "loyalty").unwrap_or(stages.len());
    let step = |at: usize, of: usize| if of == 0 { 0.0 } else { at as f64 / of as f64 };
    let width = |at: usize| {
        if at <= turn {
            (WIDE - NARROW).mul_add(-step(at, turn), WIDE)
        } else {
            (WIDE - NARROW).mul_add(step(at - turn, stages.len() - turn), NARROW)
        }
    };
    // Loyalty alone only widens.
    (0..=stages.len())
        .map(|at| if turn == 0 { (WIDE - NARROW).mul_add(step(at, stages.len()), NARROW) } else { width(at) })
        .collect()
}

/// A stage as a part of the funnel.
fn part(sheet: &mut Sheet, page: &Page<'_>, stage: &Stage, (top, height): (f64, f64), (above, under): (f64, f64)) {
    let (ground, strong) = colors(&stage.layer);
    let (a, b) = (above / 2.0, under / 2.0);
    let corners = [(MIDDLE - a, top), (MIDDLE + a, top), (MIDDLE + b, top + height), (MIDDLE - b, top + height)];
    sheet.shape(&corners, ground);
    let room = above.min(under) - 36.0;
    let size =
        [24.0, 21.0, 18.0].into_iter().find(|size| fit::width(&stage.label, size * 1.08) <= room).unwrap_or(16.0);
    let name = fit::one_line(&stage.label, size * 1.08, room);
    let middle = top + height / 2.0;
    let lines = Lines { is_whole: name == stage.label, lines: vec![fit::Line { words: name, is_first: true }] };
    let pen = Pen::of(size, strong).bold().at(Anchor::Middle);
    sheet.lines((MIDDLE, middle - size * 0.85), pen, &lines, std::slice::from_ref(&stage.label), "");
    let note = page.note(stage);
    sheet.text(
        MIDDLE,
        size.mul_add(0.15, middle) + 21.0,
        Pen::of(14.5, strong).at(Anchor::Middle),
        &fit::one_line(&note, 14.5, room),
    );
}

/// Who brings people at the start, and what is offered at the end.
fn sides(sheet: &mut Sheet, page: &Page<'_>, stage: &Stage, (top, height): (f64, f64)) {
    let end = WIDTH - MARGIN - TEXTS;
    for (x, field) in [(MARGIN, "channels"), (end, "content")] {
        let texts = stage.said(field);
        if texts.is_empty() {
            continue;
        }
        sheet.text(x, top + 15.0, Pen::of(14.0, SOFT).bold(), page.words.field(field));
        // Channels are names; in one line each they would take more room than they need.
        let joined = [texts.join(page.words.comma)];
        let (texts, mark) = if field == "channels" { (&joined[..], "") } else { (texts, "•") };
        let left = height - 24.0;
        let size = SIZES.into_iter().find(|size| fit::count(texts, *size, TEXTS - 20.0) <= room(left, *size));
        let size = size.unwrap_or(14.0);
        let shown = fit::lines(texts, size, TEXTS - 20.0, room(left, size).max(1), page.words);
        sheet.lines((x, top + 24.0), Pen::of(size, INK), &shown, texts, mark);
    }
}

/// The arrow to the next stage with its rate.
fn on(sheet: &mut Sheet, page: &Page<'_>, at: usize, y: f64) {
    let way = page.ways.iter().find(|way| way.from == at && way.to == at + 1 && way.role.is_empty());
    let Some(way) = way else { return };
    sheet.shape(&[(MIDDLE - 44.0, y + 7.0), (MIDDLE - 28.0, y + 7.0), (MIDDLE - 36.0, y + 23.0)], SOFT);
    sheet.text(MIDDLE - 18.0, y + 21.0, Pen::of(17.0, INK).bold(), &told(page, way));
}

fn told(page: &Page<'_>, way: &Way) -> String {
    let time =
        if way.within.is_empty() { String::new() } else { format!("{} {}", page.words.within, isolated(&way.within)) };
    let rate = if way.rate.is_empty() { String::new() } else { isolated(&way.rate) };
    let parts = [rate, page.words.role(&way.role).to_owned(), time];
    parts.into_iter().filter(|own| !own.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The ways back that are drawn, with their lanes: those that begin and end on this page, the shortest at the inside; none of
/// a lane pass the same stage.
fn loops<'a>(page: &'a Page<'_>) -> Vec<(&'a Way, usize)> {
    let here = page.first..page.first + page.stages.len();
    let is_here = |way: &&Way| way.to <= way.from && here.contains(&way.from) && here.contains(&way.to);
    let mut ways: Vec<&Way> = page.ways.iter().filter(is_here).collect();
    ways.sort_by_key(|way| way.from - way.to);
    let mut taken: Vec<Vec<&Way>> = vec![Vec::new(); LANES.len()];
    let mut drawn = Vec::new();
    for way in ways {
        let is_free = |lane: &Vec<&Way>| lane.iter().all(|other| other.from < way.to || way.from < other.to);
        if let Some(lane) = taken.iter().position(is_free) {
            taken[lane].push(way);
            drawn.push((way, lane));
        }
    }
    drawn
}

/// A loop at the side with its rate and what it does; all of it is told on pointing at it.
fn around(sheet: &mut Sheet, page: &Page<'_>, way: &Way, lane: f64, (from, to): ((f64, f64), (f64, f64))) {
    let (_, strong) = colors("loyalty");
    // A curve reaches three quarters of the way to the points that pull it.
    let out = 0.125f64.mul_add(-(from.0 + to.0), lane) / 0.75;
    sheet.open(&told(page, way));
    let end = (to.0 + 6.0, to.1);
    sheet.line(&[(from.0 - 2.0, from.1), (out, from.1), (out, to.1), end], strong, 2.5, !way.role.is_empty());
    sheet.shape(&[(to.0 - 6.0, to.1), (to.0 + 8.0, to.1 - 7.0), (to.0 + 8.0, to.1 + 7.0)], strong);
    let lines = [isolated(&way.rate), page.words.role(&way.role).to_owned()];
    let lines: Vec<&String> = lines.iter().filter(|own| own.chars().count() > 2).collect();
    let middle = f64::midpoint(from.1, to.1);
    for (at, words) in lines.iter().enumerate() {
        let y = 16.0f64.mul_add(at as f64, 8.0f64.mul_add(-(lines.len() as f64 - 1.0), middle)) + 5.0;
        sheet.text(lane + 7.0, y, Pen::of(13.5, strong).bold(), words);
    }
    sheet.close();
}

/// Ways that pass a stage, and those that leave this page, in words.
fn others(page: &Page<'_>) -> Vec<String> {
    let here = page.first..page.first + page.stages.len();
    let label = |at: usize| isolated(&page.all[at].label);
    let drawn: Vec<(usize, usize)> = loops(page).into_iter().map(|(way, _)| (way.from, way.to)).collect();
    let is_other = |way: &&Way| {
        let is_next = way.to == way.from + 1 && way.role.is_empty() && here.contains(&way.to);
        here.contains(&way.from) && !is_next && !drawn.contains(&(way.from, way.to))
    };
    // The arrow is drawn the way that the words run.
    let sign = if page.is_rtl() { "←" } else { "→" };
    let line = |way: &Way| {
        let told = told(page, way);
        let told = if told.is_empty() { told } else { format!(" {told}") };
        format!("{} {sign} {}{told}", label(way.from), label(way.to))
    };
    page.ways.iter().filter(is_other).map(line).collect()
}
