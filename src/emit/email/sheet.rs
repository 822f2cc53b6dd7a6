//! The plan of messages as a workbook: a sheet for each language, which runs from right to left where the language does.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::Page;
use super::table::for_people;
use crate::emit::target::Words;
use crate::language::Language;
use crate::plan::Plan;

/// The columns that people read, and how many characters wide each is.
const SHOWN: &[(&str, f64)] = &[
    ("sequence label", 22.0),
    ("number", 6.0),
    ("kind", 12.0),
    ("when", 20.0),
    ("path to it", 26.0),
    ("subject", 34.0),
    ("preview", 34.0),
    ("message text", 48.0),
    ("call to action", 22.0),
    ("url", 36.0),
    ("offer", 28.0),
    ("aims for", 26.0),
    ("within", 9.0),
    ("target", 10.0),
    ("start", 28.0),
    ("audience", 28.0),
    ("only if", 24.0),
    ("stop", 28.0),
    ("again", 12.0),
    ("moves", 28.0),
    ("legal basis", 26.0),
    ("via", 18.0),
    ("arrives", 20.0),
    ("by", 16.0),
    ("owner", 16.0),
    ("message", 28.0),
];
/// The most characters of one cell that a workbook holds.
const MAX_CELL: usize = 32_000;
/// The most characters of the name of a sheet.
const MAX_NAME: usize = 31;

/// The workbook; nothing where it cannot be written.
pub(in crate::emit) fn workbook(plan: &Plan, words_of: &dyn Fn(&str) -> Words) -> Option<Vec<u8>> {
    let mut book = Workbook::new();
    // A workbook says when it was made; the same plan has the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1).ok()?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for lang in &plan.languages {
        let words = words_of(lang);
        let page = Page { plan, lang, words: &words };
        fill(book.add_worksheet(), &page).ok()?;
    }
    book.save_to_buffer().ok()
}

fn fill(sheet: &mut Worksheet, page: &Page<'_>) -> Result<(), XlsxError> {
    let is_rtl = super::super::dashboard::direction(page.lang) == "rtl";
    sheet.set_name(name(page.lang))?;
    sheet.set_right_to_left(is_rtl);
    let side = if is_rtl { FormatAlign::Right } else { FormatAlign::Left };
    let order = if is_rtl { 2 } else { 1 };
    let cell = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_align(side).set_reading_direction(order);
    let head = cell.clone().set_bold().set_border_bottom(FormatBorder::Medium);
    let heads: Vec<&str> = SHOWN.iter().map(|(head, _)| *head).collect();
    let (titles, rows) = for_people(page, &heads);
    for (at, (title, (_, width))) in (0..).zip(titles.iter().zip(SHOWN)) {
        sheet.set_column_width(at, *width)?;
        sheet.write_string_with_format(0, at, title, &head)?;
    }
    for (line, row) in (1..).zip(&rows) {
        for (at, text) in (0..).zip(row) {
            let text: String = text.chars().take(MAX_CELL).collect();
            sheet.write_string_with_format(line, at, text, &cell)?;
        }
    }
    sheet.set_freeze_panes(1, 3)?;
    let (last_row, last_column) = (rows.len() as u32, SHOWN.len() as u16 - 1);
    sheet.autofilter(0, 0, last_row, last_column)?;
    Ok(())
}

/// The language by its own name, as the name of a sheet may be.
fn name(lang: &str) -> String {
    let own = Language::of_tag(lang).map_or(lang, super::super::dashboard::name_of);
    own.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(MAX_NAME).collect()
}
