//! What the checks ask: reachability and loops, segment algebra, who refers to what, what a KPI computes, when messages
//! are sent.

pub mod formula;
pub mod graph;
pub mod growth;
pub mod segments;
pub mod timed;
pub mod usage;
pub mod whom;
