//! At which moments something happens that can enter a stage, or keep somebody from it: as far as is known of a person.

use super::{Asked, Fold, Moment, NONE};
use crate::definition::{Enter, FieldId, PatternId, StageId};
use crate::rows::{Event, Value};

impl Fold<'_, '_> {
    /// Whether something happened after a moment, up to the present one, that keeps a silence since then from entering a stage.
    pub(super) fn is_kept_from(&mut self, stage: StageId, enter: usize, since: i64, now: Moment<'_>) -> bool {
        let rules = self.rules;
        let Enter::Absence { unless, .. } = &rules.definition.stages[stage].enter[enter] else { return false };
        let start = Moment { time: i64::MIN + 1, class: NONE, ..now };
        self.curves.fill(None);
        self.asked = Asked::Ever;
        let is_kept = unless.iter().any(|own| self.happened(own, since, now.time, start));
        self.asked = Asked::Now;
        self.curves.fill(None);
        is_kept
    }

    /// Whether it happened after a moment, up to another.
    fn happened(&mut self, what: &Enter, since: i64, until: i64, start: Moment<'_>) -> bool {
        self.moments(what, start).into_iter().any(|time| since < time && time <= until)
    }

    /// The moments at which something happens, by what was reached so far.
    pub(super) fn moments(&mut self, what: &Enter, start: Moment<'_>) -> Vec<i64> {
        match what {
            Enter::Event { pattern, when } => {
                let moment = |event: &Event| Moment { time: event.time, class: event.class, ..start };
                let all = start.events.iter().map(moment);
                let all = all.filter(|now| self.satisfies(*now, *pattern)).collect::<Vec<_>>();
                all.into_iter().filter(|now| self.holds(when, *now)).map(|now| now.time).collect()
            }
            Enter::Absence { of, lasting, after, unless } => {
                let mut found = self.absences(of, *lasting, *after, start);
                found.retain(|(time, since)| !unless.iter().any(|own| self.happened(own, *since, *time, start)));
                found.into_iter().map(|(time, _)| time).collect()
            }
            Enter::Turns { condition, begins } => self.turns(condition, *begins, start),
            Enter::Around { by, field, offset } => self.around(by, *field, *offset, start),
            Enter::Passes { stage, begins } => self.passes(*stage, *begins),
            // What a score enters depends on the stage that is entered.
            Enter::Score { .. } => Vec::new(),
        }
    }

    /// The moments at which a stage was reached, or left for another one of its funnel.
    fn passes(&self, stage: StageId, begins: bool) -> Vec<i64> {
        let stages = &self.rules.definition.stages;
        let of_funnel = self.entries.iter().filter(|own| stages[own.stage as usize].funnel == stages[stage].funnel);
        let of_funnel: Vec<_> = of_funnel.collect();
        // Entries of one event come together, and the last of them is where they lead to.
        let together = of_funnel.chunk_by(|a, b| a.event == b.event);
        let mut was_in = false;
        let mut found = Vec::new();
        for own in together {
            let is_in = own.last().is_some_and(|last| last.stage as StageId == stage);
            let happens =
                if begins { own.iter().any(|entry| entry.stage as StageId == stage) } else { was_in && !is_in };
            found.extend(own.first().filter(|_| happens).map(|entry| entry.time));
            was_in = is_in;
        }
        found
    }

    /// A time before or after each date, as long as it was the last one that was said.
    fn around(&self, by: &[PatternId], field: FieldId, offset: i64, start: Moment<'_>) -> Vec<i64> {
        let rules = self.rules;
        let says = |event: &Event| {
            let class = &rules.classes[event.class as usize];
            let is_meant = by.iter().any(|pattern| class.patterns.has(*pattern));
            let value =
                rules.keeping.value(*event, start.kept, field).filter(|value| is_meant && **value != Value::None)?;
            Some((event.time, value.cell().time(&rules.zone)))
        };
        let said: Vec<(i64, Option<i64>)> = start.events.iter().filter_map(says).collect();
        let moment = |(at, (time, date)): (usize, &(i64, Option<i64>))| {
            let moment = date.as_ref()?.checked_add(offset)?;
            let end = said.get(at + 1).map_or(i64::MAX, |next| next.0);
            let is_last = *time <= moment && moment < end;
            (is_last && rules.from <= moment && moment <= rules.until).then_some(moment)
        };
        said.iter().enumerate().filter_map(moment).collect()
    }
}
