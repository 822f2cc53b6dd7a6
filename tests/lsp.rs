//! The language server, talked to as an editor does: over a connection in memory, and over the pipes of the program.

#[path = "lsp/session.rs"]
mod session;

#[path = "lsp/editing.rs"]
mod editing;
#[path = "lsp/faults.rs"]
mod faults;
#[path = "lsp/requests.rs"]
mod requests;
