//! The language server, talked to as an editor does: over a connection in memory, and over the pipes of the program.

#![allow(clippy::disallowed_methods, reason = "tests write files and start programs")]
#![allow(clippy::needless_pass_by_value, reason = "`json!` is written where it is needed")]

#[path = "lsp/session.rs"]
mod session;

#[path = "lsp/early.rs"]
mod early;
#[path = "lsp/editing.rs"]
mod editing;
#[path = "lsp/faults.rs"]
mod faults;
#[path = "lsp/requests.rs"]
mod requests;
