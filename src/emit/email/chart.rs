//! The ways through a sequence, drawn: steps from top to bottom, branches side by side that meet again. As SVG of our own
//! for the page, and as Mermaid for documents.

#![allow(clippy::cast_precision_loss, reason = "lengths on a page are small")]

use std::fmt::Write;

use super::{Page, seconds};
use crate::draw::{escaped, isolated, mermaid, svg};
use crate::plan::{Declaration, Plan, SequencePlan};

/// A step of a chart.
struct Step {
    /// The word of its kind, in the language.
    word: String,
    /// `message`, `wait`, `fork` or `nothing`, for its look.
    look: &'static str,
    text: String,
    /// Where its card is.
    anchor: String,
    /// The number of a message.
    number: String,
    /// What can come of it, side by side.
    arms: Vec<Arm>,
}

/// A way that a run can turn into.
struct Arm {
    caption: String,
    steps: Vec<Step>,
}

/// The most steps of one chart; more is unreadable.
const MAX_STEPS: usize = 200;
/// The widest chart, in columns.
const MAX_COLUMNS: f64 = 12.0;

/// The steps inside of a declaration.
fn steps(page: &Page<'_>, sequence: &SequencePlan, own: &Declaration) -> Vec<Step> {
    own.children
        .iter()
        .filter(|step| step.kind != "sending" && step.kind != "else")
        .map(|step| of(page, sequence, step))
        .collect()
}

fn of(page: &Page<'_>, sequence: &SequencePlan, own: &Declaration) -> Step {
    let at = sequence.messages.iter().position(|message| message.path == own.path && message.kind == own.kind);
    let line = page.line(own, 0);
    let look = match own.kind {
        "wait" if own.children.is_empty() => "wait",
        "wait" | "when" | "split" => "fork",
        "nothing" => "nothing",
        _ => "message",
    };
    Step {
        word: line.word,
        look,
        text: line.text,
        anchor: line.anchor,
        number: at.map(|at| page.digits(&(at + 1).to_string())).unwrap_or_default(),
        arms: if look == "fork" { arms(page, sequence, own) } else { Vec::new() },
    }
}

fn arms(page: &Page<'_>, sequence: &SequencePlan, own: &Declaration) -> Vec<Arm> {
    let inside =
        |kind: &str| own.children.iter().find(|child| child.kind == kind).map(|own| steps(page, sequence, own));
    let arm = |word: &str, steps: Option<Vec<Step>>| Arm { caption: page.word(word), steps: steps.unwrap_or_default() };
    match own.kind {
        "wait" => vec![arm("turn_happened", inside("then")), arm("turn_ended", inside("else"))],
        "when" => vec![arm("turn_when", Some(steps(page, sequence, own))), arm("turn_otherwise", inside("else"))],
        _ => own
            .children
            .iter()
            .map(|child| Arm { caption: page.digits(&page.line(child, 0).text), steps: steps(page, sequence, child) })
            .collect(),
    }
}

fn count(steps: &[Step]) -> usize {
    steps.iter().map(|step| 1 + step.arms.iter().map(|arm| count(&arm.steps)).sum::<usize>()).sum()
}

fn chart(page: &Page<'_>, sequence: &SequencePlan) -> Vec<Step> {
    page.plan.find("sequence", &sequence.path).map(|own| steps(page, sequence, own)).unwrap_or_default()
}

// ---- SVG

const BOX_WIDTH: f64 = 236.0;
const BOX_HEIGHT: f64 = 58.0;
/// Between a step and the next.
const GAP: f64 = 24.0;
/// Between two ways side by side.
const BESIDE: f64 = 22.0;
/// For the caption of a way.
const CAPTION: f64 = 26.0;
/// Around the chart.
const PAD: f64 = 12.0;
/// How many columns of text fit into a box.
const COLUMNS: usize = 33;

fn width(steps: &[Step]) -> f64 {
    steps.iter().map(|step| arms_width(step).max(BOX_WIDTH)).fold(BOX_WIDTH, f64::max)
}

fn arms_width(step: &Step) -> f64 {
    let arms = step.arms.iter().map(|arm| width(&arm.steps)).sum::<f64>();
    arms + BESIDE * step.arms.len().saturating_sub(1) as f64
}

fn height(steps: &[Step]) -> f64 {
    let all: f64 = steps.iter().map(|step| BOX_HEIGHT + arms_height(step)).sum();
    all + GAP * steps.len().saturating_sub(1) as f64
}

fn arms_height(step: &Step) -> f64 {
    if step.arms.is_empty() {
        return 0.0;
    }
    GAP + CAPTION + step.arms.iter().map(|arm| height(&arm.steps)).fold(0.0, f64::max) + GAP
}

struct Pen {
    is_rtl: bool,
    width: f64,
    out: String,
}

/// The chart of a sequence as SVG for a page with styles of its own; nothing where it would be too large to read.
pub(super) fn drawn(page: &Page<'_>, sequence: &SequencePlan) -> Option<String> {
    let steps = chart(page, sequence);
    let (wide, high) = (width(&steps), height(&steps));
    if steps.is_empty() || count(&steps) > MAX_STEPS || wide > MAX_COLUMNS * (BOX_WIDTH + BESIDE) {
        return None;
    }
    let is_rtl = super::super::dashboard::direction(page.lang) == "rtl";
    let (width, height) = (wide + 2.0 * PAD, high + 2.0 * PAD);
    let mut pen = Pen { is_rtl, width, out: String::new() };
    let label = escaped(page.said(&sequence.label).unwrap_or(&sequence.path));
    let direction = if is_rtl { "rtl" } else { "ltr" };
    let _ = writeln!(
        pen.out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"group\" aria-label=\"{label}\" direction=\"{direction}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\">"
    );
    pen.steps(&steps, PAD + wide / 2.0, PAD);
    pen.out.push_str("</svg>\n");
    Some(pen.out)
}

impl Pen {
    fn x(&self, x: f64) -> f64 {
        if self.is_rtl { self.width - x } else { x }
    }

    /// Steps below each other around a middle; where they end.
    fn steps(&mut self, steps: &[Step], middle: f64, top: f64) -> f64 {
        let mut y = top;
        for (at, step) in steps.iter().enumerate() {
            if at > 0 {
                self.down(middle, y, y + GAP);
                y += GAP;
            }
            self.step(step, middle, y);
            y += BOX_HEIGHT;
            if !step.arms.is_empty() {
                y = self.arms(step, middle, y);
            }
        }
        y
    }

    fn arms(&mut self, step: &Step, middle: f64, top: f64) -> f64 {
        let end = top + arms_height(step);
        let (fork, join) = (top + GAP / 2.0, end - GAP / 2.0);
        let mut left = middle - arms_width(step) / 2.0;
        self.line(middle, top, middle, fork);
        for arm in &step.arms {
            let own = width(&arm.steps);
            let at = left + own / 2.0;
            self.line(middle, fork, at, fork);
            self.text("chart-arm", at, fork + CAPTION - 6.0, &svg::cut(&arm.caption, COLUMNS + 6));
            let first = top + GAP + CAPTION;
            // The caption stands in the line.
            let last = if arm.steps.is_empty() {
                self.line(at, fork + CAPTION, at, first);
                first
            } else {
                self.down(at, fork + CAPTION, first);
                self.steps(&arm.steps, at, first)
            };
            self.line(at, last, at, join);
            self.line(at, join, middle, join);
            left += own + BESIDE;
        }
        self.line(middle, join, middle, end);
        end
    }

    fn step(&mut self, step: &Step, middle: f64, y: f64) {
        let left = self.x(middle) - BOX_WIDTH / 2.0;
        let link = (!step.anchor.is_empty()).then(|| format!("<a href=\"#{}\">", escaped(&step.anchor)));
        self.out.push_str(link.as_deref().unwrap_or("<g>"));
        let _ = write!(
            self.out,
            "<title>{}</title><rect class=\"chart-box chart-{}\" x=\"{left:.1}\" y=\"{y:.1}\" width=\"{BOX_WIDTH:.0}\" \
             height=\"{BOX_HEIGHT:.0}\" rx=\"9\"/>",
            escaped(&step.text),
            step.look
        );
        let head = if step.number.is_empty() { step.word.clone() } else { format!("{} · {}", step.number, step.word) };
        self.text("chart-word", middle, y + 22.0, &head);
        self.text("chart-text", middle, y + 43.0, &svg::cut(&step.text, COLUMNS));
        self.out.push_str(if link.is_some() { "</a>\n" } else { "</g>\n" });
    }

    /// Words in their own direction: `2 workdays` reads so in a chart from right to left too.
    fn text(&mut self, class: &str, x: f64, y: f64, words: &str) {
        let x = self.x(x);
        let words = escaped(&isolated(words));
        let _ =
            write!(self.out, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{words}</text>");
    }

    fn line(&mut self, x1: f64, y1: f64, x2: f64, y2: f64) {
        let (x1, x2) = (self.x(x1), self.x(x2));
        if (x1 - x2).abs() + (y1 - y2).abs() > 0.0 {
            let _ = writeln!(self.out, "<path class=\"chart-way\" d=\"M{x1:.1},{y1:.1} L{x2:.1},{y2:.1}\"/>");
        }
    }

    /// A line down that ends in an arrow.
    fn down(&mut self, x: f64, from: f64, to: f64) {
        self.line(x, from, x, to - 6.0);
        let at = self.x(x);
        let _ = writeln!(
            self.out,
            "<polygon class=\"chart-head\" points=\"{at:.1},{to:.1} {:.1},{:.1} {:.1},{1:.1}\"/>",
            at - 4.5,
            to - 8.0,
            at + 4.5
        );
    }
}

// ---- Mermaid

/// The ways through a sequence as a flowchart.
pub(super) fn flowchart(page: &Page<'_>, sequence: &SequencePlan) -> Vec<u8> {
    let title = mermaid::title(page.said(&sequence.label).unwrap_or(&sequence.path));
    let mut made = Flowchart { out: format!("---\ntitle: {title}\n---\nflowchart TB\n"), next: 0 };
    let start = sequence.start.as_ref().map(|own| own.text.as_str()).unwrap_or_default();
    let open = made.node("([", &format!("{}: {start}", page.word("start")), "])");
    let ends = made.steps(&chart(page, sequence), vec![(open, String::new())]);
    let last = made.node("([", &page.word("turn_over"), "])");
    made.lead(&ends, last);
    made.out.into_bytes()
}

struct Flowchart {
    out: String,
    next: usize,
}

impl Flowchart {
    fn node(&mut self, open: &str, text: &str, close: &str) -> usize {
        let own = self.next;
        self.next += 1;
        let _ = writeln!(self.out, "  s{own}{open}\"{}\"{close}", mermaid::escaped(text));
        own
    }

    /// Arrows from some nodes to one, with what stands on them.
    fn lead(&mut self, from: &[(usize, String)], to: usize) {
        for (from, caption) in from {
            let caption =
                if caption.is_empty() { String::new() } else { format!("|\"{}\"|", mermaid::escaped(caption)) };
            let _ = writeln!(self.out, "  s{from} -->{caption} s{to}");
        }
    }

    /// Where runs are after some steps.
    fn steps(&mut self, steps: &[Step], mut ends: Vec<(usize, String)>) -> Vec<(usize, String)> {
        for step in steps {
            let text = format!("{} {}", step.word, step.text);
            let text = text.trim_end();
            let own = match step.look {
                "fork" => self.node("{", text, "}"),
                "message" => self.node("[", text, "]"),
                _ => self.node("(", text, ")"),
            };
            self.lead(&ends, own);
            ends = if step.arms.is_empty() { vec![(own, String::new())] } else { Vec::new() };
            for arm in &step.arms {
                ends.extend(self.steps(&arm.steps, vec![(own, arm.caption.clone())]));
            }
        }
        ends
    }
}

/// Every sequence on one line of time, in whole days after its start; the first day is the anchor, or the first of a year
/// whose days are then counted.
pub(in crate::emit) fn timeline(
    plan: &Plan,
    words: &super::Words,
    lang: &str,
    anchor: Option<jiff::civil::Date>,
) -> Vec<u8> {
    let page = Page { plan, lang, words };
    let first = anchor.unwrap_or(jiff::civil::Date::constant(2001, 1, 1));
    let axis = if anchor.is_some() { "%d.%m." } else { "%j" };
    let mut out = format!(
        "---\ntitle: {}\n---\ngantt\n  dateFormat YYYY-MM-DD\n  axisFormat {axis}\n",
        mermaid::title(&page.label_of("project", &plan.project))
    );
    let day = |seconds: i64| {
        let days = jiff::Span::new().try_days(seconds.div_euclid(crate::analysis::timed::DAY)).ok()?;
        Some((first.checked_add(days).ok()?, seconds))
    };
    for (index, sequence) in plan.sequences.iter().enumerate() {
        let _ = writeln!(out, "  section {}", named(page.said(&sequence.label).unwrap_or(&sequence.path)));
        for (at, own) in sequence.messages.iter().enumerate() {
            let Some((from, least)) = day(seconds(&own.window.earliest)) else { continue };
            let days = (seconds(&own.window.latest) - least).div_euclid(crate::analysis::timed::DAY) + 1;
            let title = format!("{}. {}", at + 1, page.title(own));
            let _ = writeln!(out, "  {} :m{index}_{at}, {from}, {days}d", named(&title));
        }
    }
    out.into_bytes()
}

/// A name in a Gantt chart, where signs of its grammar cannot be written.
fn named(text: &str) -> String {
    let plain = |c: char| if ":;#,%\"\\<>{}|`".contains(c) || c.is_control() { ' ' } else { c };
    let text: String = text.chars().map(plain).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { "–".to_owned() } else { text }
}

/// The flowcharts, by the paths of their files.
pub(in crate::emit) fn flowcharts(plan: &Plan, words_of: &dyn Fn(&str) -> super::Words) -> crate::emit::target::Files {
    let lang = plan.languages.first().map_or("en", String::as_str);
    let words = words_of(lang);
    let page = Page { plan, lang, words: &words };
    let stems = crate::emit::names::stems(plan.sequences.iter().map(|own| own.path.as_str()));
    let file = |own: &SequencePlan| Some((format!("{}.mmd", stems.get(own.path.as_str())?), flowchart(&page, own)));
    plan.sequences.iter().filter_map(file).collect()
}
