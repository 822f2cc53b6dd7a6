//! Whether a log fits a spec: what would make numbers wrong, found before anything is measured.
//!
//! The engine counts ([`funnelc_engine::checkup`]); each check of [`checks::CHECKS`] reads the counts beside the spec and
//! says what is wrong and what to do.

pub mod checks;
pub mod report;

use std::collections::BTreeMap;
use std::path::PathBuf;

use funnelc_engine::checkup::{Checkup, checkup};
use funnelc_engine::{Definition, Trouble};

use crate::diagnostic::Message;
use crate::measure;
use crate::model::Model;

/// What a spec says of its logs.
#[derive(Debug)]
pub struct Expected {
    /// Columns, fields and channels, as they are measured by.
    pub definition: Definition,
    /// The field that says what brought people.
    pub source: Option<usize>,
    /// The events of the logs: their paths by each name on the wire.
    pub names: BTreeMap<String, String>,
    /// Whether the spec declares channels that claim events.
    pub has_channels: bool,
}

impl Expected {
    /// What a model says.
    pub fn of(model: &Model<'_>) -> Self {
        let (definition, source) = measure::survey(model);
        let mut names = BTreeMap::new();
        for event in model.events().filter(|event| event.0.field("from").is_none()) {
            names.insert(event.wire_name(None), event.0.path());
            names.extend(event.wire_names().into_iter().map(|(_, name)| (name, event.0.path())));
        }
        let has_channels = definition.channels.iter().any(|channel| channel.pattern.is_some());
        Self { definition, source, names, has_channels }
    }
}

/// A log beside its spec.
#[derive(Clone, Copy, Debug)]
pub struct Exam<'a> {
    /// What the log is like.
    pub log: &'a Checkup,
    /// What the spec says of it.
    pub expected: &'a Expected,
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Numbers would be wrong, or there would be none.
    Problem,
    /// Numbers can be wrong; only people can tell.
    Doubt,
    /// Good to know.
    Note,
}

impl Weight {
    /// Its word in reports for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Doubt => "doubt",
            Self::Note => "note",
        }
    }
}

/// Something about a log that its reader should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub weight: Weight,
    /// What is so.
    pub says: Message,
    /// Why it matters and what to do.
    pub help: Message,
    /// How many rows it is about; none where it is not about rows.
    pub rows: Option<u64>,
}

/// What came of an examination.
#[derive(Debug)]
pub struct Examined {
    /// What the log is like.
    pub log: Checkup,
    /// By check, in their order: what was found.
    pub findings: Vec<(&'static str, Finding)>,
}

impl Examined {
    /// Whether numbers would be wrong.
    pub fn fails(&self) -> bool {
        self.findings.iter().any(|(_, finding)| finding.weight == Weight::Problem)
    }
}

/// Examines logs; the findings come heaviest first, those of one weight in the order of the checks.
pub fn examine(expected: &Expected, logs: &[PathBuf]) -> Result<Examined, Trouble> {
    let log = checkup(&expected.definition, logs, expected.source)?;
    let exam = Exam { log: &log, expected };
    let found = |check: &'static checks::Check| (check.find)(exam).into_iter().map(|finding| (check.name, finding));
    let mut findings: Vec<(&'static str, Finding)> = checks::CHECKS.iter().flat_map(found).collect();
    findings.sort_by_key(|(_, finding)| finding.weight);
    Ok(Examined { log, findings })
}

impl Finding {
    fn new(weight: Weight, says: Message, help: Message) -> Self {
        Self { weight, says, help, rows: None }
    }

    fn of_rows(self, rows: u64) -> Self {
        Self { rows: Some(rows), ..self }
    }
}
