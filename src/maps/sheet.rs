//! A page of 1600 × 900: shapes and words by attributes alone, so that programs for slides read it, too. Places are given
//! as if the language ran from left to right, and mirrored where it does not.

use std::fmt::Write as _;

use super::fit::{self, LINE, Lines};
use super::{Page, Stage};
use crate::draw::{escaped, isolated};

/// The width of a page.
pub(super) const WIDTH: f64 = 1600.0;
/// Its height.
pub(super) const HEIGHT: f64 = 900.0;
/// What is left free at its edges.
pub(super) const MARGIN: f64 = 48.0;
/// Where the picture begins, under its title.
pub(super) const TOP: f64 = 104.0;

pub(super) const INK: &str = "#0f172a";
pub(super) const SOFT: &str = "#475569";
pub(super) const LINE_COLOR: &str = "#cbd5e1";
pub(super) const PAPER: &str = "#ffffff";
pub(super) const PALE: &str = "#f8fafc";

const FONTS: &str =
    "'Noto Sans', 'Noto Sans Arabic', 'Noto Naskh Arabic', 'Segoe UI', Tahoma, 'Geeza Pro', Arial, sans-serif";

/// How much wider bold letters are.
pub(super) const BOLD: f64 = 1.07;

/// The colours of a layer: of the ground, and of what stands out on it.
pub(super) fn colors(layer: &str) -> (&'static str, &'static str) {
    match layer {
        "top" => ("#dbeafe", "#1e40af"),
        "middle" => ("#dcfce7", "#166534"),
        "bottom" => ("#fef3c7", "#92400e"),
        "loyalty" => ("#fce7f3", "#9d174d"),
        _ => ("#e2e8f0", "#334155"),
    }
}

/// How words stand at their place.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How words look.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    pub(super) size: f64,
    pub(super) color: &'static str,
    pub(super) bold: bool,
    pub(super) anchor: Anchor,
}

impl Pen {
    pub(super) const fn of(size: f64, color: &'static str) -> Self {
        Self { size, color, bold: false, anchor: Anchor::Start }
    }

    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) const fn at(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }
}

/// A page that is being drawn.
pub(super) struct Sheet {
    is_rtl: bool,
    out: String,
}

impl Sheet {
    /// A page with its title.
    pub(super) fn new(page: &Page<'_>) -> Self {
        let is_rtl = page.is_rtl();
        let direction = if is_rtl { "rtl" } else { "ltr" };
        let (lang, title) = (escaped(page.language), escaped(&page.title));
        let mut sheet = Self { is_rtl, out: String::new() };
        let _ = writeln!(
            sheet.out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{title}\" lang=\"{lang}\" xml:lang=\"{lang}\" \
             direction=\"{direction}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"{FONTS}\">\n\
             <title>{title}</title>"
        );
        sheet.rect((0.0, 0.0, WIDTH, HEIGHT), PAPER, None, 0.0);
        let pen = Pen::of(34.0, INK).bold();
        sheet.text(MARGIN, 66.0, pen, &fit::one_line(&page.title, pen.size * 1.06, WIDTH - 2.0 * MARGIN));
        sheet
    }

    pub(super) fn done(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }

    /// A place across the page.
    fn x(&self, x: f64) -> f64 {
        if self.is_rtl { WIDTH - x } else { x }
    }

    /// A box: where it begins across and down, and how wide and high it is.
    pub(super) fn rect(
        &mut self,
        (x, y, width, height): (f64, f64, f64, f64),
        fill: &str,
        rim: Option<&str>,
        round: f64,
    ) {
        let x = if self.is_rtl { WIDTH - x - width } else { x };
        let rim = rim.map(|rim| format!(" stroke=\"{rim}\" stroke-width=\"1.5\"")).unwrap_or_default();
        let _ = writeln!(
            self.out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round}\" fill=\"{fill}\"{rim}/>"
        );
    }

    /// A shape by its corners.
    pub(super) fn shape(&mut self, corners: &[(f64, f64)], fill: &str) {
        let points: Vec<String> = corners.iter().map(|(x, y)| format!("{:.1},{y:.1}", self.x(*x))).collect();
        let _ = writeln!(self.out, "<polygon points=\"{}\" fill=\"{fill}\"/>", points.join(" "));
    }

    /// The name of a stage and what it is, in a box: where that begins across and down, and how high it is. All names of a
    /// page have one size.
    pub(super) fn heading(&mut self, page: &Page<'_>, stage: &Stage, (x, top, height): (f64, f64, f64), room: f64) {
        let (_, strong) = colors(&stage.layer);
        let fits = |size: &f64| page.stages.iter().all(|stage| fit::width(&stage.label, size * BOLD) <= room);
        let size = [22.0, 20.0, 18.0, 16.5].into_iter().find(fits).unwrap_or(15.5);
        let name = [stage.label.clone()];
        let lines = fit::lines(&name, size * BOLD, room, if size > 16.0 { 1 } else { 2 }, page.words);
        let above = (height - 22.0 - lines.lines.len() as f64 * size * LINE) / 2.0;
        self.lines((x, top + above), Pen::of(size, strong).bold(), &lines, &name, "");
        let note = page.note(stage);
        self.text(x, top + height - 13.0, Pen::of(14.0, strong), &fit::one_line(&note, 14.0, room));
    }

    /// Begins parts that belong together, of which something is told on pointing at them.
    pub(super) fn open(&mut self, told: &str) {
        let _ = writeln!(self.out, "<g><title>{}</title>", escaped(told));
    }

    pub(super) fn close(&mut self) {
        self.out.push_str("</g>\n");
    }

    /// A line through some points; the curve of a loop where there are four.
    pub(super) fn line(&mut self, points: &[(f64, f64)], color: &str, width: f64, is_dashed: bool) {
        let mut path = String::new();
        for (at, (x, y)) in points.iter().enumerate() {
            let sign = match (at, points.len()) {
                (0, _) => "M",
                (1, 4) => " C",
                (_, 4) => " ",
                _ => " L",
            };
            let _ = write!(path, "{sign}{:.1},{y:.1}", self.x(*x));
        }
        let dashes = if is_dashed { " stroke-dasharray=\"8 6\"" } else { "" };
        let _ = writeln!(
            self.out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\"{dashes}/>"
        );
    }

    /// Words in one line; the place is that of their base line.
    pub(super) fn text(&mut self, x: f64, y: f64, pen: Pen, words: &str) {
        if words.is_empty() {
            return;
        }
        let anchor = match pen.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if pen.bold { " font-weight=\"700\"" } else { "" };
        let _ = writeln!(
            self.out,
            "<text x=\"{:.1}\" y=\"{y:.1}\" font-size=\"{}\" fill=\"{}\" text-anchor=\"{anchor}\"{weight}>{}</text>",
            self.x(x),
            pen.size,
            pen.color,
            escaped(words)
        );
    }

    /// Lines under each other, from a top edge on; where some are missing the whole is told on pointing at them.
    pub(super) fn lines(&mut self, (x, top): (f64, f64), pen: Pen, lines: &Lines, whole: &[String], mark: &str) {
        if !lines.is_whole {
            self.open(&whole.join("\n"));
        }
        let indent = if mark.is_empty() { 0.0 } else { pen.size * 0.85 };
        for (at, line) in lines.lines.iter().enumerate() {
            let y = (at as f64).mul_add(pen.size * LINE, top) + pen.size;
            if line.is_first && !mark.is_empty() {
                self.text(x, y, pen, mark);
            }
            self.text(x + indent, y, pen, &isolated(&line.words));
        }
        if !lines.is_whole {
            self.close();
        }
    }
}

/// How many lines of a size a height takes.
pub(super) fn room(height: f64, size: f64) -> usize {
    let mut lines = 0;
    while ((lines + 1) as f64) * size * LINE <= height + 0.01 {
        lines += 1;
    }
    lines
}
