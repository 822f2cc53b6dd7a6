//! Enriched events of Snowplow as its pipeline writes them: tabs between the cells of the canonical event model, and no
//! header. What a plan speaks of is written as a line of JSON.

use std::fmt::Write;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::law::Unreadable;

/// How many cells an event has.
const CELLS: usize = 131;

/// Those that are read, by their place and the key they become.
const READ: [(usize, &str); 3] = [(5, "event"), (126, "event_name"), (12, "user_id")];

/// The self-describing event.
const UNSTRUCT: usize = 58;

/// Whether a log begins with such an event.
pub(super) fn is_one(start: &[u8]) -> bool {
    let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    memchr::memchr_iter(b'\t', first).count() + 1 == CELLS
}

/// A self-describing event, in the schema that wraps it.
#[derive(Deserialize)]
struct Wrapped<'r> {
    #[serde(borrow)]
    data: Described<'r>,
}

#[derive(Deserialize)]
struct Described<'r> {
    #[serde(borrow)]
    data: &'r RawValue,
}

/// Writes an event as a line of JSON.
pub(super) fn to_line(row: &str, line: &mut String) -> Result<(), (Unreadable, String)> {
    let cells: Vec<&str> = row.strip_suffix('\r').unwrap_or(row).split('\t').collect();
    if cells.len() != CELLS {
        return Err((Unreadable::WrongCells, format!("{} / {CELLS}", cells.len())));
    }
    line.clear();
    line.push('{');
    for (at, key) in READ.into_iter().filter(|(at, _)| !cells[*at].is_empty()) {
        let comma = if line.len() > 1 { "," } else { "" };
        let _ = write!(line, "{comma}\"{key}\":{}", Value::from(cells[at]));
    }
    if !cells[UNSTRUCT].is_empty() {
        let wrapped: Wrapped<'_> =
            serde_json::from_str(cells[UNSTRUCT]).map_err(|_| (Unreadable::Syntax, "unstruct_event".to_owned()))?;
        let comma = if line.len() > 1 { "," } else { "" };
        let _ = write!(line, "{comma}\"unstruct_event_\":{}", wrapped.data.data);
    }
    line.push('}');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_what_its_cells_say() {
        let mut cells = vec![""; CELLS];
        (cells[5], cells[126], cells[12]) = ("unstruct", "lamp_viewed", "a\"b");
        cells[UNSTRUCT] = r#"{"schema":"iglu:x","data":{"schema":"iglu:y","data":{"watts": 5}}}"#;
        let mut line = String::new();
        assert_eq!(to_line(&cells.join("\t"), &mut line), Ok(()));
        let told = r#"{"event":"unstruct","event_name":"lamp_viewed","user_id":"a\"b","unstruct_event_":{"watts": 5}}"#;
        assert_eq!(line, told);
        assert!(is_one(cells.join("\t").as_bytes()) && !is_one(b"event\tname\n"));
        cells[UNSTRUCT] = "{\"data\":[]}";
        assert_eq!(to_line(&cells.join("\t"), &mut line), Err((Unreadable::Syntax, "unstruct_event".to_owned())));
        assert_eq!(to_line("a\tb", &mut line), Err((Unreadable::WrongCells, "2 / 131".to_owned())));
    }
}
