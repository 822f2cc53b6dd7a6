//! SVG of our own: the stages are one column, from top to bottom, on bands by layer. What leads to the next stage is a
//! straight arrow; what skips a stage goes round on the one side, what leads back on the other, each in a lane of its
//! own, so that a loop looks like a loop and no line crosses a stage. Languages from right to left are mirrored.

#![allow(clippy::cast_precision_loss, reason = "lengths on a page are small")]

mod lanes;
mod place;

use std::cmp::Ordering;
use std::fmt::Write;

use super::{Arrow, Role, Scene};
use place::{Layout, Line, Way};

/// The most stages or arrows of one picture; more is unreadable, and takes long to lay out.
pub const MAX_PARTS: usize = 400;

/// The picture as SVG.
pub fn render(scene: &Scene) -> String {
    drawn(scene, "fg")
}

/// The picture as a part of a page that has its own style and puts in numbers: every stage and way says which it is, and
/// a line of each stage is left free for its people. `id` tells it apart from others of the page.
pub fn on_board(mut scene: Scene, id: &str) -> String {
    scene.is_on_board = true;
    // A page is the same in whatever order files are read: what brings most comes first.
    for stage in &mut scene.stages {
        stage
            .feeds
            .sort_by(|a, b| b.people.partial_cmp(&a.people).unwrap_or(Ordering::Equal).then(a.path.cmp(&b.path)));
    }
    // Room for what was measured, where nothing is planned.
    for arrow in scene.arrows.iter_mut().filter(|arrow| arrow.rate.is_empty()) {
        "–".clone_into(&mut arrow.rate);
    }
    drawn(&scene, id)
}

fn drawn(scene: &Scene, id: &str) -> String {
    let layout = Layout::of(scene);
    let mut page = Page { scene, layout: &layout, id, out: String::new() };
    page.open();
    page.bands();
    page.ways();
    page.feeds();
    page.stages();
    page.captions();
    page.out.push_str("</svg>\n");
    page.out
}

struct Page<'p> {
    scene: &'p Scene,
    layout: &'p Layout,
    id: &'p str,
    out: String,
}

const STYLE: &str = "
.fg { --fg-page: #ffffff; --fg-ink: #0f172a; --fg-soft: #475569; --fg-box: #ffffff; --fg-rim: #94a3b8; --fg-way: #64748b;
  --fg-mark: #b45309; --fg-top: #e0ecfd; --fg-middle: #def5e6; --fg-bottom: #fdf1cf; --fg-loyalty: #fbe3f0; --fg-none: #eef2f6;
  --fg-back: #be185d; --fg-over: #7c3aed; --fg-feed: #2563eb; font-family: 'Noto Sans', 'Noto Sans Arabic', system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
  .fg { --fg-page: #0b1120; --fg-ink: #f1f5f9; --fg-soft: #b6c2d2; --fg-box: #1e293b; --fg-rim: #64748b; --fg-way: #94a3b8;
    --fg-mark: #fbbf24; --fg-top: #14294d; --fg-middle: #123524; --fg-bottom: #3d2f0b; --fg-loyalty: #431a33; --fg-none: #1a2332;
    --fg-back: #f472b6; --fg-over: #a78bfa; --fg-feed: #60a5fa; } }
.fg text { fill: var(--fg-ink); font-size: 12px; }
.fg .fg-page { fill: var(--fg-page); }
.fg .fg-title { font-size: 18px; font-weight: 600; }
.fg .fg-layer { font-size: 13px; fill: var(--fg-soft); font-weight: 600; }
.fg .fg-name { font-size: 15px; font-weight: 600; }
.fg .fg-soft { fill: var(--fg-soft); }
.fg .fg-strong { font-weight: 600; font-size: 13px; }
.fg .fg-mark { fill: var(--fg-mark); font-weight: 600; }
.fg .fg-box { fill: var(--fg-box); stroke: var(--fg-rim); stroke-width: 1.5; }
.fg .fg-converts { stroke: var(--fg-mark); stroke-width: 3; }
.fg .fg-optional { stroke-dasharray: 6 4; }
.fg .fg-pill { fill: var(--fg-page); stroke: none; opacity: .92; }
.fg .fg-bar { fill: var(--fg-feed); opacity: .28; }
.fg path { fill: none; stroke: var(--fg-way); stroke-linejoin: round; }
.fg polygon { fill: var(--fg-way); stroke: none; }
.fg .fg-back path { stroke: var(--fg-back); } .fg .fg-back polygon { fill: var(--fg-back); }
.fg .fg-over path { stroke: var(--fg-over); } .fg .fg-over polygon { fill: var(--fg-over); }
.fg .fg-feed path { stroke: var(--fg-feed); } .fg .fg-feed polygon { fill: var(--fg-feed); }
.fg .fg-dashed path { stroke-dasharray: 7 5; }
.fg .fg-dotted path { stroke-dasharray: 2 4; }
";

impl Page<'_> {
    fn open(&mut self) {
        let (width, height) = (self.layout.width, self.layout.height);
        let direction = if self.scene.is_rtl { "rtl" } else { "ltr" };
        let id = self.id;
        let title = if self.scene.title.is_empty() { "funnelc" } else { &self.scene.title };
        let _ = writeln!(
            self.out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fg\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             lang=\"{}\" xml:lang=\"{0}\" direction=\"{direction}\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             width=\"{width:.0}\" height=\"{height:.0}\">",
            escaped(&self.scene.language),
        );
        let _ = writeln!(self.out, "<title id=\"{id}-title\">{}</title>", escaped(title));
        let _ = writeln!(self.out, "<desc id=\"{id}-desc\">{}</desc>", escaped(&self.description()));
        if self.scene.is_on_board {
            return;
        }
        let _ = writeln!(self.out, "<style>{STYLE}</style>");
        let _ = writeln!(self.out, "<rect class=\"fg-page\" width=\"{width:.0}\" height=\"{height:.0}\"/>");
    }

    /// What the picture shows, for those who cannot see it.
    fn description(&self) -> String {
        let mut words = self.scene.words.legend.to_owned();
        for arrow in &self.scene.arrows {
            let _ = write!(words, " {}.", self.sentence(arrow));
        }
        words
    }

    fn sentence(&self, arrow: &Arrow) -> String {
        let name = |at: usize| super::words::isolated(&self.scene.stages[at].label);
        // The arrow is drawn the way that the words run.
        let sign = if self.scene.is_rtl { "←" } else { "→" };
        let caption = arrow.caption();
        let caption = if caption.is_empty() { caption } else { format!(": {caption}") };
        format!("{} {sign} {}{caption}", name(arrow.from), name(arrow.to))
    }

    // ---- the ground

    fn bands(&mut self) {
        for band in &self.layout.bands {
            let name = if band.layer.is_empty() { "none" } else { band.layer };
            let (left, width) = (self.left(12.0, self.layout.width - 24.0), self.layout.width - 24.0);
            let _ = writeln!(
                self.out,
                "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"10\" style=\"fill: var(--fg-{name})\"/>",
                band.y, band.height
            );
            self.text("fg-layer", 26.0, band.y + 26.0, "start", self.scene.words.layer(band.layer));
        }
        let titled = self.scene.funnels.iter().zip(&self.layout.titles).filter(|_| !self.scene.is_on_board);
        for (funnel, y) in titled {
            self.text("fg-title", 16.0, *y, "start", &funnel.label);
        }
    }

    // ---- ways

    fn ways(&mut self) {
        let most = self.scene.most_people();
        for (arrow, way) in self.scene.arrows.iter().zip(&self.layout.ways) {
            let color = match arrow.role {
                Role::Handover => "fg-over",
                _ if arrow.to <= arrow.from => "fg-back",
                _ => "fg-on",
            };
            let dashes = match arrow.role {
                Role::Reentry | Role::Referral => " fg-dashed",
                Role::Skip => " fg-dotted",
                _ => "",
            };
            let which = self.which(arrow);
            let _ = write!(
                self.out,
                "<g class=\"{color}{dashes}\"{which}><title>{}</title>",
                escaped(&self.sentence(arrow))
            );
            // Nobody planned a way that only goes past something: it stays thin.
            let breadth = if arrow.role == Role::Skip { 0.0 } else { arrow.breadth(most) };
            self.way(way, stroke(breadth));
            self.out.push_str("</g>\n");
        }
    }

    /// Which transition something belongs to, for a page that puts its numbers there.
    fn which(&self, arrow: &Arrow) -> String {
        if !self.scene.is_on_board {
            return String::new();
        }
        let path = |at: usize| escaped(&self.scene.stages[at].path);
        format!(" data-way=\"{} -&gt; {}\"", path(arrow.from), path(arrow.to))
    }

    fn way(&mut self, way: &Way, width: f64) {
        let head = 6.0 + width;
        match *way {
            Way::Straight { x, from, to } => self.down(x, from, to, width),
            Way::Round { edge, lane, from, to } => {
                let side = (lane - edge).signum();
                let turn = 12.0_f64.min((to - from).abs() / 2.0);
                let down = (to - from).signum();
                let (x, near) = (self.x(lane), self.x(lane - side * turn));
                let (start, end) = (self.x(edge), self.x(edge + side * head));
                let _ = write!(
                    self.out,
                    "<path stroke-width=\"{width:.1}\" d=\"M{start:.1},{from:.1} H{near:.1} Q{x:.1},{from:.1} {x:.1},{:.1} V{:.1} Q{x:.1},{to:.1} {near:.1},{to:.1} H{end:.1}\"/>",
                    from + down * turn,
                    to - down * turn,
                );
                let (half, tip) = (head * 0.6, self.x(edge));
                let _ = write!(
                    self.out,
                    "<polygon points=\"{tip:.1},{to:.1} {end:.1},{:.1} {end:.1},{:.1}\"/>",
                    to - half,
                    to + half
                );
            }
        }
    }

    /// An arrow straight down.
    fn down(&mut self, x: f64, from: f64, to: f64, width: f64) {
        let (x, head) = (self.x(x), 6.0 + width);
        let (end, half) = (to - head, head * 0.6);
        let _ = write!(
            self.out,
            "<path stroke-width=\"{width:.1}\" d=\"M{x:.1},{from:.1} V{end:.1}\"/><polygon points=\"{x:.1},{to:.1} {:.1},{end:.1} {:.1},{end:.1}\"/>",
            x - half,
            x + half
        );
    }

    fn captions(&mut self) {
        for (arrow, way) in self.scene.arrows.iter().zip(&self.layout.ways) {
            let lines = [("fg-strong", &arrow.rate), ("fg-soft", &arrow.note)];
            let lines: Vec<_> = lines.into_iter().filter(|(_, words)| !words.is_empty()).collect();
            if lines.is_empty() {
                continue;
            }
            let width = place::caption_width(arrow);
            let height = 16.0 * lines.len() as f64;
            let (middle, y) = match *way {
                Way::Straight { x, from, to } => (x + 12.0 + width / 2.0, f64::midpoint(from, to) - 2.0),
                Way::Round { edge, lane, from, to } if arrow.from == arrow.to => {
                    (lane + (lane - edge).signum() * (width / 2.0 + 4.0), f64::midpoint(from, to))
                }
                Way::Round { lane, from, to, .. } => (lane, f64::midpoint(from, to)),
            };
            let which = self.which(arrow);
            let _ = writeln!(self.out, "<g class=\"fg-caption\"{which}>");
            if matches!(way, Way::Round { .. }) {
                let left = self.left(middle - width / 2.0, width);
                let _ = writeln!(
                    self.out,
                    "<rect class=\"fg-pill\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{:.1}\" rx=\"6\"/>",
                    y - height / 2.0 - 2.0,
                    height + 4.0
                );
            }
            for (index, (class, words)) in lines.into_iter().enumerate() {
                self.text(class, middle, y - height / 2.0 + 12.0 + 16.0 * index as f64, "middle", words);
            }
            self.out.push_str("</g>\n");
        }
    }

    // ---- stages and channels

    fn feeds(&mut self) {
        let most = self.scene.most_people();
        let share = |people: Option<f64>| people.filter(|_| most > 0.0).map_or(0.0, |people| people / most);
        for (stage, spot) in self.scene.stages.iter().zip(&self.layout.stages) {
            let Some(top) = spot.feeds else { continue };
            let (x, width) = (self.layout.column, place::BOX_WIDTH);
            let _ = writeln!(self.out, "<g class=\"fg-feed\"><title>{}</title>", self.scene.words.channels);
            for (index, feed) in stage.feeds.iter().enumerate() {
                let y = top + place::FEED_HEIGHT * index as f64;
                let bar = width * share(feed.people).clamp(0.0, 1.0);
                let left = self.left(x, bar);
                let height = place::FEED_HEIGHT - 4.0;
                let _ = writeln!(
                    self.out,
                    "<rect class=\"fg-bar\" x=\"{left:.1}\" y=\"{y:.1}\" width=\"{bar:.1}\" height=\"{height:.1}\" rx=\"3\"/>"
                );
                let room = if feed.brings.is_empty() { 34 } else { 20 };
                self.text("fg-feed-name", x + 6.0, y + 13.0, "start", &cut(&feed.label, room));
                self.text("fg-soft", x + width - 6.0, y + 13.0, "end", &feed.brings);
            }
            let people = stage.feeds.iter().filter_map(|feed| feed.people).fold(0.0, |sum, people| sum + people);
            let from = top + place::FEED_HEIGHT * stage.feeds.len() as f64;
            self.down(x + width / 2.0, from, spot.y, stroke(share(Some(people)).sqrt()));
            self.out.push_str("</g>\n");
        }
    }

    fn stages(&mut self) {
        for (stage, spot) in self.scene.stages.iter().zip(&self.layout.stages) {
            let mark = match (stage.converts, stage.optional) {
                (true, _) => " fg-converts",
                (_, true) => " fg-optional",
                _ => "",
            };
            let left = self.left(self.layout.column, place::BOX_WIDTH);
            let path = escaped(&stage.path);
            let which = if self.scene.is_on_board { format!(" data-stage=\"{path}\"") } else { String::new() };
            let _ = writeln!(
                self.out,
                "<g{which}><title>{}</title><rect class=\"fg-box{mark}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"8\"/>",
                escaped(&format!("{} ({})", stage.label, stage.path)),
                spot.y,
                place::BOX_WIDTH,
                spot.height
            );
            let middle = self.layout.column + place::BOX_WIDTH / 2.0;
            let mut y = spot.y + f64::midpoint(spot.height, -20.0 * spot.lines.len() as f64) + 15.0;
            for line in &spot.lines {
                let (class, words) = match line {
                    Line::Name(words) => ("fg-name", words.clone()),
                    Line::Converts => ("fg-mark", format!("★ {}", self.scene.words.converts)),
                    Line::Optional => ("fg-soft", self.scene.words.optional.to_owned()),
                    // A text of nothing would not be drawn; the page puts the number in its place.
                    Line::Count => ("fg-count", "–".to_owned()),
                };
                self.text(class, middle, y, "middle", &words);
                y += 20.0;
            }
            self.out.push_str("</g>\n");
        }
    }

    // ---- pens

    fn text(&mut self, class: &str, x: f64, y: f64, anchor: &str, words: &str) {
        if words.is_empty() {
            return;
        }
        let x = self.x(x);
        let words = escaped(words);
        let _ = writeln!(
            self.out,
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"
        );
    }

    /// A place across the page, mirrored where the language runs from right to left.
    fn x(&self, x: f64) -> f64 {
        if self.scene.is_rtl { self.layout.width - x } else { x }
    }

    /// The left edge of something that begins at a place and has a width.
    fn left(&self, x: f64, width: f64) -> f64 {
        if self.scene.is_rtl { self.layout.width - x - width } else { x }
    }
}

fn stroke(breadth: f64) -> f64 {
    1.5 + 8.5 * breadth.clamp(0.0, 1.0)
}

/// A text that fits into some columns.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut left = columns.saturating_sub(1);
    let fits = |c: &char| {
        let width = c.width().unwrap_or_default();
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

/// Text as XML has it.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
