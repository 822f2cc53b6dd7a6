//! Whether the properties that numbers rest on are ever told.

use super::{Check, listed};
use crate::doctor::{Exam, Finding, Weight};
use crate::say;

pub(super) const CHECK: Check = Check { name: "properties", find };

fn find(exam: Exam<'_>) -> Vec<Finding> {
    let (log, definition) = (exam.log, &exam.expected.definition);
    if log.rows == 0 {
        return Vec::new();
    }
    let fields = definition.fields.iter().enumerate().zip(&log.fields);
    let never = fields.filter(|((at, _), rows)| **rows == 0 && Some(*at) != exam.expected.source);
    let never: Vec<&str> = never.map(|((_, field), _)| field.name.as_str()).collect();
    if never.is_empty() {
        return Vec::new();
    }
    let says = say!("no row has a value of {names}", names = listed(never));
    let help = match &definition.columns.properties {
        Some(column) => say!(
            "what is compared with it never holds, and sums of it are nought; is it in `{column}`, under this name?",
            column
        ),
        None => say!(
            "what is compared with it never holds, and sums of it are nought; is there a column of this name, or one with all properties: `events \"…\" { properties … }`?"
        ),
    };
    vec![Finding::new(Weight::Doubt, says, help)]
}
