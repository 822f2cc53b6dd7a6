//! The pages of the manual about the command line, made of the same definitions as `--help`.

use std::fmt::Write;

use clap::{Arg, Command, CommandFactory};

use super::Arguments;

/// Every page: its name, and its Markdown.
pub fn pages() -> Vec<(String, String)> {
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    command.get_subcommands().map(|verb| (verb.get_name().to_owned(), page(verb))).collect()
}

/// The page that lists the verbs.
pub fn index() -> String {
    let command = Arguments::command().disable_help_subcommand(true);
    let mut page = format!("# Command line\n\n{}\n\n| verb | does |\n|---|---|\n", about(&command));
    for verb in command.get_subcommands() {
        let _ = writeln!(page, "| [{0}](cli/{0}.md) | {1} |", verb.get_name(), cell(&about(verb)));
    }
    page.push_str(
        "\nExit codes: `0` nothing that fails; `1` an error or a denied lint was found, or something is not as it \
         should be; `2` the arguments, the configuration or the files cannot be used.\n",
    );
    page
}

fn page(verb: &Command) -> String {
    let usage = verb.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    let mut page = format!("# funnelc {}\n\n{}\n\n```text\n{usage}\n```\n", verb.get_name(), about(verb));
    let is_shown = |arg: &&Arg| !arg.is_hide_set() && !matches!(arg.get_id().as_str(), "help" | "version");
    table(&mut page, "Arguments", verb.get_positionals().filter(is_shown));
    table(&mut page, "Options", verb.get_opts().chain(flags(verb)).filter(is_shown));
    page
}

fn flags(verb: &Command) -> impl Iterator<Item = &Arg> {
    verb.get_arguments().filter(|arg| !arg.is_positional() && !arg.get_action().takes_values())
}

fn table<'c>(page: &mut String, title: &str, arguments: impl Iterator<Item = &'c Arg>) {
    let rows: Vec<String> = arguments.map(row).collect();
    if !rows.is_empty() {
        let _ = write!(page, "\n## {title}\n\n| | |\n|---|---|\n{}", rows.concat());
    }
}

fn row(arg: &Arg) -> String {
    let value = arg.get_value_names().and_then(<[_]>::first).filter(|_| arg.get_action().takes_values());
    let value = value.map(|name| format!("<{name}>")).unwrap_or_default();
    let short = arg.get_short().map(|short| format!("-{short}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let names: Vec<String> = short.into_iter().chain(long).collect();
    let written = format!("{} {value}", names.join(", "));
    let mut does = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let words: Vec<String> = arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    if !words.is_empty() && arg.get_action().takes_values() {
        let _ = write!(does, ": {}", words.join(", "));
    }
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if !defaults.is_empty() && arg.get_action().takes_values() {
        let _ = write!(does, " [default: {}]", defaults.join(", "));
    }
    format!("| `{}` | {} |\n", cell(written.trim()), cell(&does))
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// Text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
