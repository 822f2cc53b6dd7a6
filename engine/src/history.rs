//! One person's events, made ready: in order, copies merged, entries that were reversed marked, silence made moments.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::class::Class;
use crate::definition::{Condition, Definition, Enter, FieldId, Measure, PatternId, Score, Split, StageId};
use crate::rows::{Event, Kept, Value};

/// What is kept of which events.
#[derive(Clone, Debug, Default)]
pub struct Keeping {
    /// The fields that are kept, in order.
    pub fields: Vec<FieldId>,
    /// The patterns of whose events they are kept.
    patterns: Vec<PatternId>,
    /// Whether something is kept of all events.
    of_all: bool,
    /// Whether the identity and the sender of an event are kept, after the fields.
    pub has_id: bool,
    /// Whether the person is kept, at the end.
    pub has_person: bool,
}

impl Keeping {
    /// What a definition needs to have kept.
    pub fn of(definition: &Definition) -> Self {
        let (mut fields, mut patterns) = (Vec::new(), Vec::new());
        for copies in &definition.copies {
            fields.extend(&copies.keys);
            patterns.push(copies.pattern);
        }
        for stage in &definition.stages {
            let Some(undone) = &stage.undone else { continue };
            let Some(field) = undone.matching else { continue };
            fields.push(field);
            patterns.push(undone.by);
            patterns.extend(stage.enter.iter().filter_map(|enter| match enter {
                Enter::Event { pattern, .. } => Some(*pattern),
                _ => None,
            }));
        }
        for measure in &definition.measures {
            let (pattern, net) = match measure {
                Measure::Values { pattern, field, currency, net } => {
                    fields.push(*field);
                    fields.extend(currency);
                    patterns.push(*pattern);
                    (pattern, net)
                }
                Measure::Count { pattern, net } => (pattern, net),
                _ => continue,
            };
            if let Some(net) = net {
                fields.extend(net.field.into_iter().chain(net.matching));
                patterns.extend([*pattern, net.by]);
            }
        }
        let mut has_person = false;
        let mut conditions = Vec::new();
        every_condition(definition, &mut |condition| conditions.push(condition.clone()));
        for condition in conditions {
            match condition {
                Condition::Known { by, field, .. } => {
                    fields.push(field);
                    patterns.extend(by);
                }
                Condition::Adds { pattern, field: Some(field), .. } => {
                    fields.push(field);
                    patterns.push(pattern);
                }
                Condition::ByPeople { pattern, .. } => {
                    has_person = true;
                    patterns.push(pattern);
                }
                _ => {}
            }
        }
        every_enter(definition, &mut |enter| {
            if let Enter::Around { by, field, .. } = enter {
                fields.push(*field);
                patterns.extend(by);
            }
        });
        for (pattern, field) in &definition.referred_by {
            fields.push(*field);
            patterns.push(*pattern);
        }
        for own in &definition.experiments {
            fields.push(own.key);
            patterns.push(own.assigned);
        }
        for own in &definition.surveys {
            fields.push(own.key);
            patterns.push(own.answered);
        }
        let of_kpis = definition.kpis.iter().flat_map(|kpi| &kpi.by);
        let splits = of_kpis.chain(definition.funnels.iter().flat_map(|funnel| &funnel.by));
        let split_fields: Vec<FieldId> =
            splits.filter_map(|by| if let Split::Field(field) = by { Some(*field) } else { None }).collect();
        let has_splits = !split_fields.is_empty();
        fields.extend(split_fields);
        fields.sort_unstable();
        fields.dedup();
        patterns.sort_unstable();
        patterns.dedup();
        let has_id = definition.columns.id.is_some() || definition.copies.iter().any(|own| own.prefer.is_some());
        Self { fields, patterns, of_all: has_splits, has_id, has_person }
    }

    /// Whether something is kept of the events of a class.
    pub fn wants(&self, class: &Class) -> bool {
        self.has_id || self.of_all || self.patterns.iter().any(|pattern| class.patterns.has(*pattern))
    }

    /// A property of an event; none where nothing is kept of it.
    pub fn value<'k>(&self, event: Event, kept: &'k [Kept], field: FieldId) -> Option<&'k Value> {
        let at = self.fields.iter().position(|own| *own == field)?;
        kept.get(event.kept as usize)?.get(at)
    }

    fn id<'k>(&self, event: Event, kept: &'k [Kept]) -> Option<&'k Value> {
        kept.get(event.kept as usize)?.get(self.fields.len()).filter(|_| self.has_id)
    }

    /// Who did it, of an event of an account.
    pub fn person<'k>(&self, event: Event, kept: &'k [Kept]) -> Option<&'k Value> {
        kept.get(event.kept as usize)?.last().filter(|_| self.has_person)
    }

    fn sender<'k>(&self, event: Event, kept: &'k [Kept]) -> Option<&'k Value> {
        kept.get(event.kept as usize)?.get(self.fields.len() + 1).filter(|_| self.has_id)
    }
}

/// Visits all that enters a stage, and all that keeps it from that.
fn every_enter<'d>(definition: &'d Definition, see: &mut dyn FnMut(&'d Enter)) {
    let mut open: Vec<&Enter> = definition.stages.iter().flat_map(|stage| &stage.enter).collect();
    while let Some(enter) = open.pop() {
        see(enter);
        if let Enter::Absence { unless, .. } = enter {
            open.extend(unless);
        }
    }
}

/// Visits every condition of a definition, and those inside it.
fn every_condition(definition: &Definition, see: &mut dyn FnMut(&Condition)) {
    every_enter(definition, &mut |enter| {
        if let Enter::Event { when: condition, .. } | Enter::Turns { condition, .. } = enter {
            inside(condition, see);
        }
    });
    let all = definition.transitions.iter().map(|own| &own.when);
    let all = all
        .chain(definition.scores.iter().flat_map(|own| &own.points).map(|own| &own.when))
        .chain(definition.segments.iter().map(|own| &own.condition))
        .chain(definition.kpis.iter().filter_map(|own| own.slice.only.as_ref()));
    all.for_each(|condition| inside(condition, see));
}

/// Visits a condition and those inside it.
pub fn inside(condition: &Condition, see: &mut dyn FnMut(&Condition)) {
    see(condition);
    match condition {
        Condition::Not(inner) => inside(inner, see),
        Condition::All(all) | Condition::Any(all) => all.iter().for_each(|inner| inside(inner, see)),
        _ => {}
    }
}

/// The stages that a condition asks for, be it by the points of a score.
pub fn asked(scores: &[Score], condition: &Condition) -> Vec<StageId> {
    let (mut stages, mut open) = (Vec::new(), Vec::new());
    let mut seen = vec![false; scores.len()];
    let mut see = |condition: &Condition, open: &mut Vec<usize>| {
        inside(condition, &mut |inner| match inner {
            Condition::In { stage, .. } => stages.push(*stage),
            Condition::Score { score, .. } => open.push(*score),
            _ => {}
        });
    };
    see(condition, &mut open);
    while let Some(score) = open.pop() {
        if !std::mem::replace(&mut seen[score], true) {
            scores[score].points.iter().for_each(|own| see(&own.when, &mut open));
        }
    }
    stages
}

/// The stages that something that enters a stage looks at.
pub fn looked_at(scores: &[Score], enter: &Enter) -> Vec<StageId> {
    match enter {
        Enter::Passes { stage, .. } => vec![*stage],
        Enter::Event { when: condition, .. } | Enter::Turns { condition, .. } => asked(scores, condition),
        Enter::Score { score, .. } => {
            scores[*score].points.iter().flat_map(|points| asked(scores, &points.when)).collect()
        }
        Enter::Absence { unless, .. } => unless.iter().flat_map(|own| looked_at(scores, own)).collect(),
        Enter::Around { .. } => Vec::new(),
    }
}

/// Merges events with one identity, and copies with equal keys; what is left is in front, in its order, and its number
/// is the answer. Events must be in the order of time.
pub fn merge(
    definition: &Definition,
    classes: &[Class],
    keeping: &Keeping,
    events: &mut [Event],
    kept: &[Kept],
) -> usize {
    let mut is_gone = vec![false; events.len()];
    if definition.columns.id.is_some() {
        let mut seen: FxHashSet<&Value> = FxHashSet::default();
        for (at, event) in events.iter().enumerate() {
            let id = keeping.id(*event, kept).filter(|id| **id != Value::None);
            is_gone[at] = id.is_some_and(|id| !seen.insert(id));
        }
    }
    for copies in &definition.copies {
        let mut open: FxHashMap<Vec<&Value>, (usize, bool)> = FxHashMap::default();
        let prefers = |event: Event| {
            let Some(Value::Text(sender)) = keeping.sender(event, kept) else { return false };
            copies.prefer.as_deref() == Some(&**sender)
        };
        for at in 0..events.len() {
            let event = events[at];
            if is_gone[at] || !classes[event.class as usize].patterns.has(copies.pattern) {
                continue;
            }
            let key: Vec<&Value> = copies.keys.iter().filter_map(|field| keeping.value(event, kept, *field)).collect();
            // An event without a key is no copy of anything.
            if key.len() < copies.keys.len() || key.contains(&&Value::None) {
                continue;
            }
            let first = open.get(&key).filter(|(first, _)| event.time - events[*first].time <= copies.within).copied();
            let Some((first, is_preferred)) = first else {
                open.insert(key, (at, prefers(event)));
                continue;
            };
            is_gone[at] = true;
            if !is_preferred && prefers(event) {
                (events[first].class, events[first].kept) = (event.class, event.kept);
                open.insert(key, (first, true));
            }
        }
    }
    let mut left = 0;
    for at in 0..events.len() {
        if !is_gone[at] {
            events[left] = events[at];
            left += 1;
        }
    }
    left
}

/// Entries that were reversed in time: the stage and the event that would have entered it. Events must be in the order
/// of time.
pub fn undone(
    definition: &Definition,
    classes: &[Class],
    keeping: &Keeping,
    events: &[Event],
    kept: &[Kept],
) -> FxHashSet<(u32, u32)> {
    let mut found = FxHashSet::default();
    for (stage, own) in definition.stages.iter().enumerate() {
        let Some(undone) = &own.undone else { continue };
        let enters = |event: &Event| {
            let class = &classes[event.class as usize];
            own.enter.iter().any(|enter| matches!(enter, Enter::Event { pattern, .. } if class.patterns.has(*pattern)))
        };
        let mut open: FxHashMap<&Value, Vec<usize>> = FxHashMap::default();
        for (at, event) in events.iter().enumerate() {
            let key = match undone.matching {
                Some(field) => keeping.value(*event, kept, field).unwrap_or(&Value::None),
                None => &Value::None,
            };
            if undone.matching.is_some() && *key == Value::None {
                continue;
            }
            if classes[event.class as usize].patterns.has(undone.by) {
                let entries = open.entry(key).or_default();
                let in_time =
                    |entry: usize| undone.within.is_none_or(|within| event.time - events[entry].time <= within);
                // A key says which entries are meant; without one it is the last that is left.
                while let Some(entry) = entries.pop() {
                    if in_time(entry) {
                        found.insert((stage as u32, entry as u32));
                    }
                    if undone.matching.is_none() {
                        break;
                    }
                }
            }
            if enters(event) {
                open.entry(key).or_default().push(at);
            }
        }
    }
    found
}

/// A moment at which a stage is entered without an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Silence {
    /// When.
    pub time: i64,
    /// The stage it enters.
    pub stage: StageId,
    /// The place of what enters it and since when, where something keeps it from that if it happened in between.
    pub unless: Option<(usize, i64)>,
}

/// The moments up to the end of the data at which nothing of some kinds has happened for a time, each with the moment since
/// when. Moments of events are in order.
pub fn silences(mut what: Vec<i64>, lasting: i64, after: Option<Vec<i64>>, until: i64) -> Vec<(i64, i64)> {
    what.sort_unstable();
    let anchors = after.unwrap_or_else(|| what.clone());
    let silence = |anchor: &i64| {
        let time = anchor.checked_add(lasting).filter(|time| *time <= until)?;
        let is_broken = |times: &[i64]| {
            let next = times.partition_point(|own| own <= anchor);
            times.get(next).is_some_and(|next| *next <= time)
        };
        (!is_broken(&what) && !is_broken(&anchors)).then_some((time, *anchor))
    };
    anchors.iter().filter_map(silence).collect()
}
