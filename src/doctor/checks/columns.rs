//! Columns that the spec looks for.

use super::super::{Case, Check, Finding, Severity};
use crate::model::faults::nearest;

pub(in super::super) const CHECK: Check =
    Check { name: "columns", about: "columns that the spec looks for and the log does not have", run };

fn run(case: &Case<'_>) -> Vec<Finding> {
    let columns = &case.definition.columns;
    let mut found = Vec::new();
    for (file, missing, there) in &case.facts.columns {
        let place = file.display();
        let no_identity = columns.identity.iter().all(|name| missing.contains(name));
        for name in missing {
            let is_needed =
                *name == columns.time || *name == columns.name || (no_identity && columns.identity.contains(name));
            let severity = if is_needed { Severity::Error } else { Severity::Warning };
            let advice = if is_needed {
                "nothing can be measured without it: name the column in the `source` of the spec, or with --identity, --time, --name"
            } else {
                "what is told by it is missing in all rows, so it equals nothing: name the column as the log does (`named`), or let it be exported"
            };
            let near = nearest(name, there.iter().map(String::as_str)).map(|near| format!("is it `{near}`?"));
            let examples =
                near.into_iter().chain((!there.is_empty()).then(|| format!("there are: {}", there.join(", "))));
            let words = format!("`{place}` has no column `{name}`");
            found.push(Finding::new(CHECK.name, severity, words, advice).with(examples.collect()));
        }
    }
    found
}
