//! The reference evaluator of funnelc: what a funnel measures, in one pass per person over a log of events.
//!
//! ```text
//! definition  what to measure, as plain data
//! read        logs (Parquet, CSV, JSON Lines) into batches of columns
//! cell        one value of a column, whatever its type
//! time        times of logs in microseconds
//! identity    who did it: keys of people, and which of them are one
//! class       which patterns an event satisfies, decided once, when it is read
//! rows        what is kept of an event, by person; on disk where memory is short
//! history     one person's events: copies merged, reversed ones marked, silence and scores made events
//! checkup     what a log is like before anything is measured of it
//! past        what is asked of a person's past again and again
//! fold        which entries are reached, and by which transitions
//! tally       what one person adds to the numbers
//! kpi         what is computed of them, by period, channel, segment and property
//! pack        events in few bytes
//! parts       funnels by channel, segment, month and property
//! board       who of a cohort is seen again, and what people did instead of going on
//! trial       experiments
//! survey      what people answered
//! period      calendar periods
//! money       exchange rates, and what was spent by day and channel
//! result      the numbers
//! write       tables to Parquet
//! system      the only room that touches files
//! ```
//!
//! Times are microseconds since 1970 in UTC, money and points are exact decimals. Nothing depends on the order in which
//! threads finish.

pub mod board;
pub mod cell;
pub mod checkup;
pub mod class;
pub mod definition;
pub mod fold;
pub mod history;
pub mod identity;
pub mod kpi;
pub mod measure;
pub mod money;
mod pack;
pub mod parts;
mod past;
pub mod period;
pub mod read;
pub mod referral;
pub mod result;
pub mod rows;
pub mod survey;
pub mod system;
pub mod tally;
pub mod time;
pub mod trial;
pub mod write;

pub use definition::Definition;
pub use measure::{Inputs, Options, Progress, Trouble, measure};
pub use result::Measured;
