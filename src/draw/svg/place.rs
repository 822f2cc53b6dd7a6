//! Where everything stands, in pixels, for a page that is read from left to right.

#![allow(clippy::cast_possible_wrap, reason = "pictures have few arrows")]

use unicode_width::UnicodeWidthStr;

use super::super::{Arrow, Role, Scene, StageBox};
use super::{cut, lanes};

/// The width of the column of stages.
pub(super) const BOX_WIDTH: f64 = 270.0;
/// The height of a line that shows a channel.
pub(super) const FEED_HEIGHT: f64 = 22.0;

/// Between a stage and the next, for an arrow and its caption.
const GAP: f64 = 58.0;
/// Around the stages of a band.
const PAD: f64 = 20.0;
/// For the names of the bands.
const NAMES: f64 = 128.0;
/// Between two ends of arrows on one side of a stage.
const PORT: f64 = 20.0;
/// How far a loop of one stage reaches.
const LOOP: f64 = 36.0;
/// For the name of a funnel.
const TITLE: f64 = 44.0;

/// A line in the box of a stage.
pub(super) enum Line {
    Name(String),
    Converts,
    Optional,
    /// Left free for the number of people.
    Count,
}

/// Where a stage is.
pub(super) struct Spot {
    pub(super) y: f64,
    pub(super) height: f64,
    pub(super) lines: Vec<Line>,
    /// Where the lines of its channels begin.
    pub(super) feeds: Option<f64>,
}

/// A band behind stages of one layer.
pub(super) struct Band {
    pub(super) layer: &'static str,
    pub(super) y: f64,
    pub(super) height: f64,
}

/// How an arrow runs.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// Down to the next stage.
    Straight { x: f64, from: f64, to: f64 },
    /// From the edge of the column out to a lane, along it and back.
    Round { edge: f64, lane: f64, from: f64, to: f64 },
}

/// Where everything stands.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Where the column of stages begins.
    pub(super) column: f64,
    pub(super) bands: Vec<Band>,
    /// The base lines of the funnels' names.
    pub(super) titles: Vec<f64>,
    pub(super) stages: Vec<Spot>,
    /// The ways of the arrows, in their order.
    pub(super) ways: Vec<Way>,
}

/// On which side of the column an arrow runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Straight,
    On,
    Back,
}

/// The lanes of one side, from the column outwards.
struct Lanes {
    /// Indices of its arrows.
    arrows: Vec<usize>,
    /// The lane of each.
    lane_of: Vec<usize>,
    /// How far the middle of each lane is from the column.
    offsets: Vec<f64>,
    /// Which of them lead back to where they come from.
    loops: Vec<bool>,
    /// How broad all are together.
    width: f64,
}

impl Layout {
    pub(super) fn of(scene: &Scene) -> Self {
        let sides = sides(scene);
        let back = Lanes::of(scene, &sides, Side::Back);
        let on = Lanes::of(scene, &sides, Side::On);
        let ports: [Vec<Vec<End>>; 2] = [back.ports(scene), on.ports(scene)];
        let column = NAMES.max(24.0) + back.width;
        let mut layout = Self {
            width: column + BOX_WIDTH + on.width.max(caption_room(scene, &sides)) + 28.0,
            height: 0.0,
            column,
            bands: Vec::new(),
            titles: Vec::new(),
            stages: Vec::new(),
            ways: Vec::new(),
        };
        layout.stack(scene, |at| ports.iter().map(|ports| ports[at].len()).max().unwrap_or_default());
        layout.ways = layout.straight(scene);
        layout.round(&back, &ports[0], column, -1.0);
        layout.round(&on, &ports[1], column + BOX_WIDTH, 1.0);
        layout
    }

    /// Puts the stages below each other.
    fn stack(&mut self, scene: &Scene, ports: impl Fn(usize) -> usize) {
        let mut y = 12.0;
        for funnel in &scene.funnels {
            self.titles.push(y + 24.0);
            y += if scene.is_on_board { 0.0 } else { TITLE };
            let mut layer = None;
            for at in funnel.stages.clone() {
                let stage = &scene.stages[at];
                if layer == Some(stage.layer) {
                    y += GAP;
                } else {
                    y += if layer.is_some() { PAD } else { 0.0 };
                    self.bands.push(Band { layer: stage.layer, y, height: 0.0 });
                    y += PAD;
                    layer = Some(stage.layer);
                }
                // The way from the band above needs as much room as any other.
                y += if self.bands.last().is_some_and(|band| y - band.y <= PAD) { 12.0 } else { 0.0 };
                y = self.put(stage, y, ports(at), scene.is_on_board);
                if let Some(band) = self.bands.last_mut() {
                    band.height = y + PAD - band.y;
                }
            }
            y += PAD + 12.0;
        }
        self.height = y;
    }

    /// Puts a stage with its channels; where it ends.
    fn put(&mut self, stage: &StageBox, top: f64, ports: usize, is_on_board: bool) -> f64 {
        let feeds = (!stage.feeds.is_empty()).then_some(top);
        let y = if feeds.is_some() { top + FEED_HEIGHT * stage.feeds.len() as f64 + 34.0 } else { top };
        let lines = lines(stage, is_on_board);
        let height = (20.0 * lines.len() as f64 + 26.0).max(PORT * ports as f64 + 12.0).max(56.0);
        self.stages.push(Spot { y, height, lines, feeds });
        y + height
    }

    fn straight(&self, scene: &Scene) -> Vec<Way> {
        let way = |arrow: &Arrow| {
            let (from, to) = (&self.stages[arrow.from], &self.stages[arrow.to]);
            Way::Straight { x: self.column + BOX_WIDTH / 2.0, from: from.y + from.height, to: to.y }
        };
        scene.arrows.iter().map(way).collect()
    }

    fn round(&mut self, lanes: &Lanes, ports: &[Vec<End>], edge: f64, side: f64) {
        let mut ends: Vec<(f64, f64)> = vec![(0.0, 0.0); lanes.arrows.len()];
        for (spot, ports) in self.stages.iter().zip(ports) {
            let first = spot.y + spot.height / 2.0 - PORT * (ports.len().saturating_sub(1)) as f64 / 2.0;
            for (index, end) in ports.iter().enumerate() {
                let y = first + PORT * index as f64;
                if end.leaves { ends[end.arc].0 = y } else { ends[end.arc].1 = y }
            }
        }
        for (arc, (from, to)) in ends.into_iter().enumerate() {
            // The caption of a small loop stands beside it: inside there is no room.
            let is_loop = lanes.loops[arc];
            let lane = edge + side * if is_loop { LOOP } else { lanes.offsets[lanes.lane_of[arc]] };
            self.ways[lanes.arrows[arc]] = Way::Round { edge, lane, from, to };
        }
    }
}

/// Where an arc meets a stage.
#[derive(Clone, Copy)]
struct End {
    arc: usize,
    leaves: bool,
}

impl Lanes {
    fn of(scene: &Scene, sides: &[Side], side: Side) -> Self {
        let arrows: Vec<usize> = (0..scene.arrows.len()).filter(|at| sides[*at] == side).collect();
        let lane_of = lanes::assign(&arrows.iter().map(|at| rows(&scene.arrows[*at])).collect::<Vec<_>>());
        let count = lane_of.iter().max().map_or(0, |last| last + 1);
        let mut widths = vec![30.0_f64; count];
        for (at, lane) in arrows.iter().zip(&lane_of) {
            let arrow = &scene.arrows[*at];
            let room = if arrow.from == arrow.to { LOOP } else { 8.0 };
            widths[*lane] = widths[*lane].max(caption_width(arrow) + room);
        }
        let mut width = if count > 0 { 14.0 } else { 0.0 };
        let mut offsets = Vec::with_capacity(count);
        for own in widths {
            offsets.push(width + own / 2.0);
            width += own;
        }
        let loops = arrows.iter().map(|at| scene.arrows[*at].from == scene.arrows[*at].to).collect();
        Self { arrows, lane_of, offsets, loops, width }
    }

    /// The ends of arcs at each stage, from top to bottom, so that no two arcs cross beside it: those that lead up, the
    /// inner ones first; loops; those that lead down, the outer ones first.
    fn ports(&self, scene: &Scene) -> Vec<Vec<End>> {
        let mut ports: Vec<Vec<(i64, End)>> = vec![Vec::new(); scene.stages.len()];
        for (arc, at) in self.arrows.iter().enumerate() {
            let (arrow, lane) = (&scene.arrows[*at], self.lane_of[arc] as i64);
            let many = self.arrows.len() as i64 + 2;
            for (own, other, leaves) in [(arrow.from, arrow.to, true), (arrow.to, arrow.from, false)] {
                let key = match other.cmp(&own) {
                    std::cmp::Ordering::Less => lane - many,
                    std::cmp::Ordering::Equal => -i64::from(!leaves),
                    std::cmp::Ordering::Greater => many - lane,
                };
                ports[own].push((key, End { arc, leaves }));
            }
        }
        let sorted = |mut ends: Vec<(i64, End)>| {
            ends.sort_by_key(|(key, end)| (*key, end.arc));
            ends.into_iter().map(|(_, end)| end).collect()
        };
        ports.into_iter().map(sorted).collect()
    }
}

fn rows(arrow: &Arrow) -> lanes::Rows {
    (arrow.from.min(arrow.to), arrow.from.max(arrow.to))
}

/// The first arrow to the next stage is straight, if no channels stand in its way.
fn sides(scene: &Scene) -> Vec<Side> {
    let mut taken = vec![false; scene.stages.len()];
    let side = |arrow: &Arrow| {
        let next = arrow.to == arrow.from + 1 && scene.stages[arrow.to].feeds.is_empty();
        let plain = matches!(arrow.role, Role::Move | Role::Handover);
        match arrow.to > arrow.from {
            true if next && plain && !std::mem::replace(&mut taken[arrow.from], true) => Side::Straight,
            true => Side::On,
            false => Side::Back,
        }
    };
    scene.arrows.iter().map(side).collect()
}

/// The room that the captions of straight arrows need beside the column.
fn caption_room(scene: &Scene, sides: &[Side]) -> f64 {
    let straight = scene.arrows.iter().zip(sides).filter(|(_, side)| **side == Side::Straight);
    straight.map(|(arrow, _)| caption_width(arrow) + 12.0 - BOX_WIDTH / 2.0).fold(0.0, f64::max)
}

/// The width of a caption; estimated, as no font is at hand.
pub(super) fn caption_width(arrow: &Arrow) -> f64 {
    let width = |text: &str| text.chars().filter(|c| !matches!(c, '\u{2068}' | '\u{2069}')).collect::<String>().width();
    (width(&arrow.rate) as f64 * 8.2).max(width(&arrow.note) as f64 * 7.0) + 10.0
}

fn lines(stage: &StageBox, is_on_board: bool) -> Vec<Line> {
    let mut lines: Vec<Line> = wrapped(&stage.label, 28, 3).into_iter().map(Line::Name).collect();
    lines.extend(stage.converts.then_some(Line::Converts));
    lines.extend(stage.optional.then_some(Line::Optional));
    lines.extend(is_on_board.then_some(Line::Count));
    lines
}

/// A text in lines of some columns; what does not fit is cut.
fn wrapped(text: &str, columns: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        // The last line takes all that is left, and is then cut.
        let is_full = lines.len() >= most;
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= columns || is_full => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.into_iter().map(|line| cut(&line, columns)).collect()
}
