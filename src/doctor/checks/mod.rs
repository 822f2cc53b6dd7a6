//! One file a check.

pub(super) mod channels;
pub(super) mod clocks;
pub(super) mod columns;
pub(super) mod copies;
pub(super) mod events;
pub(super) mod identity;
pub(super) mod order;
pub(super) mod rows;
pub(super) mod times;
