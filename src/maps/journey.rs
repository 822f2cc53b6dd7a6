//! The journey map: the stages are steps of one way, and under each stands what people want, feel and meet there.

use super::fit::{self, heights};
use super::sheet::{Anchor, HEIGHT, INK, LINE_COLOR, MARGIN, PALE, Pen, SOFT, Sheet, TOP, WIDTH, colors, room};
use super::{Page, Stage};
use crate::draw::isolated;

/// The height of the arrows.
const STEP: f64 = 84.0;
/// How far an arrow points into the next.
const POINT: f64 = 26.0;
const PAD: f64 = 12.0;
/// What is told under each stage.
const TOLD: [&str; 5] = ["goals", "touches", "feels", "pains", "content"];
const SIZES: [f64; 6] = [19.0, 18.0, 17.0, 16.0, 15.0, 14.0];
/// The height of the name of a row.
const NAME: f64 = 26.0;

pub(super) fn draw(page: &Page<'_>) -> String {
    let mut sheet = Sheet::new(page);
    let column = (WIDTH - 2.0 * MARGIN) / page.stages.len() as f64;
    let x = |at: usize| column.mul_add(at as f64, MARGIN);
    for (at, stage) in page.stages.iter().enumerate() {
        step(&mut sheet, page, stage, (x(at), column), at == 0);
    }
    let under = TOP + STEP;
    for at in 0..page.stages.len() {
        between(&mut sheet, page, page.first + at, (x(at) + column, under));
    }
    let rows: Vec<&str> =
        TOLD.into_iter().filter(|field| page.stages.iter().any(|stage| !stage.said(field).is_empty())).collect();
    let from = under + 46.0;
    if rows.is_empty() {
        sheet.text(MARGIN, from + 40.0, Pen::of(20.0, SOFT), page.words.nothing);
        return sheet.done();
    }
    let inner = 2.0f64.mul_add(-PAD, column);
    let around = NAME + 2.0 * PAD;
    let (size, heights) = heights(&SIZES, rows.len(), HEIGHT - 36.0 - from, around, |row, size| {
        page.stages.iter().map(|stage| fit::count(stage.said(rows[row]), size, inner - size * 0.85)).max().unwrap_or(1)
    });
    let mut y = from;
    for (field, height) in rows.iter().zip(heights) {
        sheet.rect((MARGIN, y, WIDTH - 2.0 * MARGIN, height - 8.0), PALE, None, 10.0);
        sheet.text(MARGIN + PAD, y + 20.0, Pen::of(15.0, SOFT).bold(), page.words.field(field));
        let lines = room(height - around, size);
        for (at, stage) in page.stages.iter().enumerate() {
            let texts = stage.said(field);
            let place = (x(at) + PAD, y + NAME + PAD / 2.0);
            if at > 0 {
                sheet.line(&[(x(at), y + NAME), (x(at), y + height - 18.0)], LINE_COLOR, 1.0, false);
            }
            if texts.is_empty() {
                sheet.text(place.0, place.1 + size, Pen::of(size, SOFT), "–");
            }
            let shown = fit::lines(texts, size, inner - size * 0.85, lines, page.words);
            sheet.lines(place, Pen::of(size, INK), &shown, texts, "•");
        }
        y += height;
    }
    sheet.done()
}

/// The arrow of a stage.
fn step(sheet: &mut Sheet, page: &Page<'_>, stage: &Stage, (x, width): (f64, f64), is_first: bool) {
    let (ground, _) = colors(&stage.layer);
    let (left, right, middle) = (x + 2.0, x + width - 4.0, TOP + STEP / 2.0);
    let mut corners = vec![(left, TOP), (right - POINT / 2.0, TOP), (right + POINT / 2.0, middle)];
    corners.extend([(right - POINT / 2.0, TOP + STEP), (left, TOP + STEP)]);
    if !is_first {
        corners.push((left + POINT, middle));
    }
    sheet.shape(&corners, ground);
    sheet.heading(page, stage, (x + POINT + 10.0, TOP, STEP), 2.0f64.mul_add(-POINT, width) - 8.0);
}

/// The rate and the time of the way to the next stage, under the point of the arrow.
fn between(sheet: &mut Sheet, page: &Page<'_>, at: usize, (x, y): (f64, f64)) {
    let way = page.ways.iter().find(|way| way.from == at && way.to == at + 1 && way.role.is_empty());
    let Some(way) = way.filter(|way| !way.rate.is_empty() || !way.within.is_empty()) else { return };
    let time =
        if way.within.is_empty() { String::new() } else { format!("{} {}", page.words.within, isolated(&way.within)) };
    let parts: Vec<String> = [isolated(&way.rate), time].into_iter().filter(|own| own.chars().count() > 2).collect();
    // The last arrow of a page has its point at the edge.
    let anchor = if x > WIDTH - MARGIN - 1.0 { Anchor::End } else { Anchor::Middle };
    sheet.text(x, y + 26.0, Pen::of(16.0, INK).bold().at(anchor), &parts.join(" · "));
}
