//! The steps that changes ask for: of the version of the whole spec, and of the schema of each event.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::change::{Class, Consumer, SchemaStep, VersionStep};

/// What a comparison adds up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// How many changes break somebody, add something, or change words.
    pub counts: BTreeMap<Class, usize>,
    /// Whom the changes break, and how many do.
    pub breaks: BTreeMap<Consumer, usize>,
    /// The step of the version of the whole spec (MAJOR.MINOR.PATCH); none where nothing changed.
    pub version: Option<VersionStep>,
    /// The step of each event's schema (MODEL-REVISION-ADDITION), by path.
    pub events: BTreeMap<String, SchemaStep>,
}

impl Steps {
    /// Adds up what was found; for some consumers, or for all where none is named.
    pub fn of(found: &[Diagnostic], consumers: &[Consumer]) -> Self {
        let mut steps = Self::default();
        for change in found.iter().filter_map(|found| found.change.as_deref()) {
            let class = change.class_for(consumers);
            *steps.counts.entry(class).or_default() += 1;
            steps.version = steps.version.max(Some(VersionStep::of(class)));
            for on in change.breaks().filter(|on| consumers.is_empty() || consumers.contains(on)) {
                *steps.breaks.entry(on).or_default() += 1;
            }
            for (event, step) in
                change.step.iter().flat_map(|step| change.events.iter().map(move |event| (event, *step)))
            {
                let own = steps.events.entry(event.clone()).or_insert(step);
                *own = step.max(*own);
            }
        }
        steps
    }
}
