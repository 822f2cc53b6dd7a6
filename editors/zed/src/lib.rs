//! Starts the `funnelc` that is on the path of the project.

use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

struct Funnel;

impl zed::Extension for Funnel {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let command = worktree.which("funnelc").ok_or("there is no `funnelc` on the path; install it first")?;
        Ok(Command { command, args: vec!["lsp".to_owned()], env: worktree.shell_env() })
    }
}

zed::register_extension!(Funnel);
