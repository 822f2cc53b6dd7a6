//! What the checks ask: reachability and loops, segment algebra, who refers to what, what a KPI computes, when messages
//! are sent and what is tracked of them.

pub mod formula;
pub mod graph;
pub mod growth;
pub mod messages;
pub mod segments;
pub mod timed;
pub mod usage;
pub mod whom;
