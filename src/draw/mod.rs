//! Funnels as pictures: what is drawn, and in which order from top to bottom. [`dot`] and [`mermaid`] leave the places to
//! their readers; [`svg`] finds them itself.

pub mod dot;
pub mod mermaid;
mod order;
pub mod svg;
mod words;

use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::analysis::graph::{Edge, EdgeKind, Graph, Skip};
use crate::model::kinds::Kind;
use crate::model::value::{Captured, Val};
use crate::model::walk::{FieldOf, Node, Stage};
use crate::model::{DeclId, Model};
pub(crate) use svg::escaped;
use words::Words;
pub(crate) use words::{clean, grouped, is_rtl, isolated};

/// What a picture shows.
pub struct Scene {
    /// What it is a picture of.
    pub title: String,
    /// The language of its labels.
    pub language: String,
    /// Whether that language is written from right to left.
    pub is_rtl: bool,
    /// The funnels, in order.
    pub funnels: Vec<FunnelBox>,
    /// The stages, from top to bottom.
    pub stages: Vec<StageBox>,
    /// What leads from stage to stage.
    pub arrows: Vec<Arrow>,
    /// Whether it is drawn for a page that puts numbers into it.
    pub is_on_board: bool,
    words: &'static Words,
}

/// A funnel.
pub struct FunnelBox {
    /// Its path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// Its stages: indices into [`Scene::stages`].
    pub stages: std::ops::Range<usize>,
}

/// A stage.
pub struct StageBox {
    /// Its path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// Its layer: a word of the language, or nothing.
    pub layer: &'static str,
    /// Whether reaching it is the conversion.
    pub converts: bool,
    /// Whether it may be skipped.
    pub optional: bool,
    /// Whether people begin here.
    pub entry: bool,
    /// The channels that feed it.
    pub feeds: Vec<Feed>,
    /// The people a month who come here by the plan, where it says so.
    people: Option<f64>,
}

/// A channel that feeds a stage.
pub struct Feed {
    /// Its path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// What it brings, in words; empty where the plan does not say.
    pub brings: String,
    /// People a month.
    people: Option<f64>,
}

/// What an arrow means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// People go on.
    Move,
    /// The same person starts again.
    Reentry,
    /// New people come.
    Referral,
    /// People go on into another funnel.
    Handover,
    /// A way past optional stages that nobody declared.
    Skip,
}

/// An arrow from stage to stage.
pub struct Arrow {
    /// Index of the stage it leaves.
    pub from: usize,
    /// Index of the stage it leads to.
    pub to: usize,
    /// What it means.
    pub role: Role,
    /// The planned rate, as `8%`; empty where none is planned.
    pub rate: String,
    /// How long it may take and what it is, in words.
    pub note: String,
    /// The planned rate as a share, for its width.
    share: Option<f64>,
    /// The people a month who take it by the plan.
    people: Option<f64>,
}

impl Scene {
    /// The picture of a project in one of its languages: all funnels, or one of them with what is handed over to and
    /// from it.
    pub fn of(model: &Model<'_>, language: &str, only: Option<DeclId>) -> Self {
        let graph = Graph::of(model);
        let words = words::of(language);
        let mut scene = Self {
            title: model.project().map(|project| label(project, language)).unwrap_or_default(),
            language: language.to_owned(),
            is_rtl: words::is_rtl(language),
            funnels: Vec::new(),
            stages: Vec::new(),
            arrows: Vec::new(),
            is_on_board: false,
            words,
        };
        let place = scene.place_stages(&graph, language, only);
        let feeds = feeds(model, language, words);
        scene.place_feeds(&graph, &place, feeds);
        scene.place_arrows(&graph, &place);
        scene.spread_people();
        scene
    }

    /// Puts the stages in order; where each stage of the graph has come to.
    fn place_stages(&mut self, graph: &Graph<'_, '_>, language: &str, only: Option<DeclId>) -> FxHashMap<usize, usize> {
        let mut place = FxHashMap::default();
        for part in graph.parts.iter().filter(|part| only.is_none_or(|only| part.funnel.id == only)) {
            let start = self.stages.len();
            for at in order::of(graph, part.stages.clone()) {
                place.insert(at, self.stages.len());
                self.stages.push(stage(graph.stages[at], graph.is_entry(at), language));
            }
            let (path, label) = (part.funnel.path(), label(*part.funnel, language));
            self.funnels.push(FunnelBox { path, label, stages: start..self.stages.len() });
        }
        if let (Some(_), [funnel]) = (only, self.funnels.as_slice()) {
            self.title.clone_from(&funnel.label);
        }
        place
    }

    fn place_feeds(
        &mut self,
        graph: &Graph<'_, '_>,
        place: &FxHashMap<usize, usize>,
        mut feeds: FxHashMap<DeclId, Vec<Feed>>,
    ) {
        for (at, stage) in graph.stages.iter().enumerate() {
            let Some(own) = place.get(&at).and_then(|place| self.stages.get_mut(*place)) else { continue };
            own.feeds = feeds.remove(&stage.id).unwrap_or_default();
            if own.entry {
                let known: FxHashSet<String> = own.feeds.iter().map(|feed| feed.path.clone()).collect();
                let silent = stage.refs("channels").into_iter().filter(|channel| !known.contains(&channel.path()));
                let silent: Vec<Node<'_, '_>> = silent.collect();
                own.feeds.extend(silent.into_iter().map(|channel| Feed {
                    path: channel.path(),
                    label: label(channel, &self.language),
                    brings: String::new(),
                    people: None,
                }));
            }
            own.people = own.feeds.iter().filter_map(|feed| feed.people).reduce(|sum, people| sum + people);
        }
    }

    fn place_arrows(&mut self, graph: &Graph<'_, '_>, place: &FxHashMap<usize, usize>) {
        let ends = |from: usize, to: usize| Some((*place.get(&from)?, *place.get(&to)?));
        for edge in &graph.edges {
            if let Some((from, to)) = ends(edge.from, edge.to) {
                self.arrows.push(declared(edge, from, to, self.words));
            }
        }
        for skip in graph.skips() {
            if let Some((from, to)) = ends(skip.from, skip.to) {
                self.arrows.push(undeclared(&skip, graph, from, to, self.words));
            }
        }
    }

    /// Where channels say what they bring: how many people take each arrow, for its width. Only ways that lead down add
    /// to the stage they lead to.
    fn spread_people(&mut self) {
        let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); self.stages.len()];
        for (at, arrow) in self.arrows.iter().enumerate() {
            leaving[arrow.from].push(at);
        }
        for (from, leaving) in leaving.into_iter().enumerate() {
            let Some(people) = self.stages[from].people else { continue };
            for at in leaving {
                let arrow = &mut self.arrows[at];
                arrow.people = arrow.share.map(|share| people * share);
                let Some(people) = arrow.people.filter(|_| arrow.from < arrow.to) else { continue };
                *self.stages[arrow.to].people.get_or_insert(0.0) += people;
            }
        }
    }

    /// The most people that one stage, channel or arrow has.
    fn most_people(&self) -> f64 {
        self.stages.iter().filter_map(|stage| stage.people).fold(0.0, f64::max)
    }
}

impl Arrow {
    /// How broad an arrow is, from 0 to 1: by people where the plan says how many come, else by its rate.
    fn breadth(&self, most: f64) -> f64 {
        let share = match (self.people, self.share) {
            // Numbers of people span magnitudes; the root keeps the small ones visible.
            (Some(people), _) if most > 0.0 => (people / most).sqrt(),
            (_, Some(share)) => share,
            _ => 0.0,
        };
        share.clamp(0.0, 1.0)
    }

    /// What it says in one line.
    fn caption(&self) -> String {
        match (self.rate.is_empty(), self.note.is_empty()) {
            (false, false) => format!("{} · {}", self.rate, self.note),
            _ => format!("{}{}", self.rate, self.note),
        }
    }
}

/// A label as it may stand among other words.
fn label(node: Node<'_, '_>, language: &str) -> String {
    words::clean(&node.label(language))
}

fn stage(stage: Stage<'_, '_>, entry: bool, language: &str) -> StageBox {
    StageBox {
        path: stage.path(),
        label: label(*stage, language),
        layer: order::LAYERS.iter().find(|layer| stage.layer() == Some(**layer)).copied().unwrap_or_default(),
        converts: stage.converts(),
        optional: stage.is_optional(),
        entry,
        feeds: Vec::new(),
        people: None,
    }
}

fn declared(edge: &Edge<'_, '_>, from: usize, to: usize, words: &Words) -> Arrow {
    let role = match edge.kind {
        EdgeKind::Referral => Role::Referral,
        EdgeKind::Reentry => Role::Reentry,
        EdgeKind::Move if edge.is_handover => Role::Handover,
        EdgeKind::Move => Role::Move,
    };
    let time = |slot: &str, word: &str| match edge.declared.clause(slot)?.val {
        Val::Duration(time) => Some(format!("{word} {}", words::isolated(&time.spelling()))),
        _ => None,
    };
    let notes = [words.role(role).map(str::to_owned), time("within", words.within), time("after", words.after)];
    let note = notes.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Arrow { from, to, role, rate: rate(edge.rate), note, share: share(edge.rate), people: None }
}

fn undeclared(skip: &Skip, graph: &Graph<'_, '_>, from: usize, to: usize, words: &Words) -> Arrow {
    let mut times = skip.through.iter().map(|at| graph.edges[*at].declared.within()?.seconds());
    let seconds = times.try_fold(Decimal::ZERO, |sum, time| sum.checked_add(time?));
    let within = seconds.map(|seconds| {
        let time = crate::model::value::spell_seconds(seconds);
        format!(" {} {}", words.within, words::isolated(&time))
    });
    let note = format!("{}{}", words.role(Role::Skip).unwrap_or_default(), within.unwrap_or_default());
    Arrow { from, to, role: Role::Skip, rate: rate(skip.rate), note, share: share(skip.rate), people: None }
}

fn rate(rate: Option<Decimal>) -> String {
    rate.map(|rate| words::isolated(&format!("{rate}%"))).unwrap_or_default()
}

fn share(rate: Option<Decimal>) -> Option<f64> {
    rate.map(|rate| number(rate) / 100.0)
}

/// A length on the page; nothing is computed with it that anyone reads as a number.
fn number(decimal: Decimal) -> f64 {
    decimal.to_string().parse().unwrap_or(0.0)
}

/// What channels bring to each stage.
fn feeds(model: &Model<'_>, language: &str, words: &Words) -> FxHashMap<DeclId, Vec<Feed>> {
    let mut feeds: FxHashMap<DeclId, Vec<Feed>> = FxHashMap::default();
    for channel in model.nodes(Kind::Channel) {
        for field in channel.fields("brings") {
            let Some(stage) = field.target_of("stage") else { continue };
            feeds.entry(stage.id).or_default().push(brought(channel, field, language, words));
        }
    }
    feeds
}

fn brought(channel: Node<'_, '_>, field: FieldOf<'_, '_>, language: &str, words: &Words) -> Feed {
    let word = |slot: &str| field.get(slot).and_then(|captured| captured.val.word()).unwrap_or_default();
    let count = match field.get("count") {
        Some(Captured { val: Val::Number(count), .. }) => Some(*count),
        _ => None,
    };
    let (unit, per) = (word("unit"), word("per"));
    let spelled = count.map(|count| {
        let count = words::isolated(&words::grouped(count.normalize()));
        format!("{count} {} / {}", words.unit(unit), words.per(per))
    });
    Feed {
        path: channel.path(),
        label: label(channel, language),
        brings: spelled.unwrap_or_default(),
        people: count.and_then(|count| Some(number(count) * times_a_month(per)?)),
    }
}

fn times_a_month(per: &str) -> Option<f64> {
    Some(match per {
        "hour" => 730.5,
        "day" => 30.44,
        "week" => 4.35,
        "month" => 1.0,
        "quarter" => 1.0 / 3.0,
        "year" => 1.0 / 12.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
