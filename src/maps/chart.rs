//! The chart: a column for each stage, a row for everything that is said of stages.

use super::fit::{self, heights};
use super::sheet::{BOLD, HEIGHT, INK, LINE_COLOR, MARGIN, PALE, Pen, SOFT, Sheet, TOP, WIDTH, colors, room};
use super::{FIELDS, Page};

const HEAD: f64 = 74.0;
/// The width of the column that names the rows.
const NAMES: f64 = 172.0;
const PAD: f64 = 6.0;
const SIZES: [f64; 6] = [18.0, 17.0, 16.0, 15.0, 14.0, 13.0];

pub(super) fn draw(page: &Page<'_>) -> String {
    let mut sheet = Sheet::new(page);
    let left = MARGIN + NAMES;
    let column = (WIDTH - MARGIN - left) / page.stages.len() as f64;
    for (at, stage) in page.stages.iter().enumerate() {
        head(&mut sheet, page, stage, (column.mul_add(at as f64, left), column));
    }
    let rows: Vec<&str> =
        FIELDS.into_iter().filter(|field| page.stages.iter().any(|stage| !stage.said(field).is_empty())).collect();
    let from = TOP + HEAD + 8.0;
    if rows.is_empty() {
        sheet.text(left + PAD, from + 40.0, Pen::of(20.0, SOFT), page.words.nothing);
        return sheet.done();
    }
    let inner = 2.0f64.mul_add(-PAD, column);
    let (size, heights) = heights(&SIZES, rows.len(), HEIGHT - 36.0 - from, 2.0 * PAD, |row, size| {
        let cells = page.stages.iter().map(|stage| fit::count(stage.said(rows[row]), size, inner - size * 0.85));
        let name = fit::wrapped(page.words.field(rows[row]), size * BOLD, NAMES - 20.0).len();
        cells.max().unwrap_or(1).max(name)
    });
    let mut y = from;
    for (at, (field, height)) in rows.iter().zip(heights).enumerate() {
        if at % 2 == 0 {
            sheet.rect((MARGIN, y, WIDTH - 2.0 * MARGIN, height), PALE, None, 0.0);
        }
        sheet.line(&[(MARGIN, y), (WIDTH - MARGIN, y)], LINE_COLOR, 1.0, false);
        let lines = room(2.0f64.mul_add(-PAD, height), size);
        let name = [page.words.field(field).to_owned()];
        let shown = fit::lines(&name, size * BOLD, NAMES - 20.0, lines, page.words);
        sheet.lines((MARGIN + 10.0, y + PAD), Pen::of(size, INK).bold(), &shown, &name, "");
        for (at, stage) in page.stages.iter().enumerate() {
            let texts = stage.said(field);
            let shown = fit::lines(texts, size, inner - size * 0.85, lines, page.words);
            let place = (column.mul_add(at as f64, left) + PAD, y + PAD);
            if texts.is_empty() {
                sheet.text(place.0, place.1 + size, Pen::of(size, SOFT), "–");
            }
            sheet.lines(place, Pen::of(size, INK), &shown, texts, "•");
        }
        y += height;
    }
    sheet.done()
}

/// The head of a column: the stage on the colour of its layer.
fn head(sheet: &mut Sheet, page: &Page<'_>, stage: &super::Stage, (x, width): (f64, f64)) {
    let (ground, _) = colors(&stage.layer);
    sheet.rect((x + 3.0, TOP, width - 6.0, HEAD), ground, None, 8.0);
    sheet.heading(page, stage, (x + PAD + 3.0, TOP, HEAD), 2.0f64.mul_add(-PAD, width) - 6.0);
}
