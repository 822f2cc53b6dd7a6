//! The empathy map: a card for each stage, with what people ask, feel, meet and suffer from around them, and what they want
//! underneath.

use super::fit::{self, heights};
use super::sheet::{HEIGHT, INK, LINE_COLOR, MARGIN, PAPER, Pen, SOFT, Sheet, TOP, WIDTH, colors, room};
use super::{Page, Stage};

const GAP: f64 = 20.0;
const HEAD: f64 = 40.0;
const PAD: f64 = 12.0;
const NAME: f64 = 20.0;
const SIZES: [f64; 7] = [21.0, 19.5, 18.0, 16.5, 15.0, 14.0, 13.0];
/// What stands in the rows of a card, at the start and at the end.
const ROWS: [[&str; 2]; 3] = [["asks", "feels"], ["touches", "pains"], ["goals", "influencers"]];

pub(super) fn draw(page: &Page<'_>) -> String {
    let mut sheet = Sheet::new(page);
    let across = match page.stages.len() {
        1 => 1,
        2 | 4 => 2,
        _ => 3,
    };
    let down = page.stages.len().div_ceil(across);
    let width = (2.0f64.mul_add(-MARGIN, WIDTH) - GAP * (across - 1) as f64) / across as f64;
    let height = (HEIGHT - 36.0 - TOP - GAP * (down - 1) as f64) / down as f64;
    for (at, stage) in page.stages.iter().enumerate() {
        let x = (width + GAP).mul_add((at % across) as f64, MARGIN);
        let y = (height + GAP).mul_add((at / across) as f64, TOP);
        card(&mut sheet, page, stage, (x, y, width, height));
    }
    sheet.done()
}

fn card(sheet: &mut Sheet, page: &Page<'_>, stage: &Stage, (x, y, width, height): (f64, f64, f64, f64)) {
    let (ground, strong) = colors(&stage.layer);
    sheet.rect((x, y, width, height), ground, None, 12.0);
    let name = fit::one_line(&stage.label, 20.0 * 1.08, width - 2.0 * PAD);
    sheet.text(x + PAD, y + 27.0, Pen::of(20.0, strong).bold(), &name);
    let inside = (x + 4.0, y + HEAD, width - 8.0, height - HEAD - 4.0);
    sheet.rect(inside, PAPER, None, 9.0);
    // Rows of which nothing is said leave their room to the others.
    let rows: Vec<[&str; 2]> =
        ROWS.into_iter().filter(|row| row.iter().any(|field| !stage.said(field).is_empty())).collect();
    if rows.is_empty() {
        let texts = [page.words.nothing.to_owned()];
        let shown = fit::lines(&texts, 16.0, width - 4.0 * PAD, 2, page.words);
        return sheet.lines((x + 2.0 * PAD, y + HEAD + PAD), Pen::of(16.0, SOFT), &shown, &texts, "");
    }
    let half = (width - 8.0) / 2.0;
    let inner = 2.0f64.mul_add(-PAD, half);
    let around = NAME + 1.5 * PAD;
    let (size, heights) = heights(&SIZES, rows.len(), inside.3, around, |row, size| {
        rows[row].iter().map(|field| fit::count(stage.said(field), size, inner - size * 0.85)).max().unwrap_or(1)
    });
    let mut top = inside.1;
    for (row, height) in rows.iter().zip(heights) {
        if top > inside.1 {
            sheet.line(&[(x + PAD, top), (x + width - PAD, top)], LINE_COLOR, 1.0, false);
        }
        for (at, field) in row.iter().enumerate() {
            let left = half.mul_add(at as f64, inside.0) + PAD;
            let texts = stage.said(field);
            sheet.text(left, top + 20.0, Pen::of(13.5, strong).bold(), page.words.field(field));
            if texts.is_empty() {
                sheet.text(left, top + NAME + PAD / 2.0 + size, Pen::of(size, SOFT), "–");
            }
            let lines = room(height - around, size);
            let shown = fit::lines(texts, size, inner - size * 0.85, lines.max(1), page.words);
            sheet.lines((left, top + NAME + PAD / 2.0), Pen::of(size, INK), &shown, texts, "•");
        }
        let middle = x + width / 2.0;
        sheet.line(&[(middle, top + PAD), (middle, top + height - PAD)], LINE_COLOR, 1.0, false);
        top += height;
    }
}
