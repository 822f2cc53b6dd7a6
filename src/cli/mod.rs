//! The command line: one file a verb, each parses its arguments, calls the library and renders.

mod breaking;
mod build;
mod check;
mod completions;
#[cfg(feature = "engine")]
mod doctor;
mod explain;
mod forecast;
mod format;
mod graph;
pub mod help;
mod import;
mod init;
mod lsp;
mod man;
#[cfg(feature = "engine")]
mod measure;
mod output;
#[cfg(feature = "engine")]
mod sample;
mod serve;
mod settings;
mod simulate;
mod template;
mod verify;
mod watch;

use clap::{Parser, Subcommand};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing that fails.
    Clean,
    /// An error or a denied lint was found, or something is not as it should be.
    Found,
    /// The arguments, the configuration or the files could not be used.
    Unusable,
    /// The user stopped it.
    Interrupted,
}

impl Outcome {
    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Found => 1,
            Self::Unusable => 2,
            Self::Interrupted => 130,
        }
    }

    fn worse(self, other: Self) -> Self {
        if self.code() >= other.code() { self } else { other }
    }
}

/// Compiles .funnel files: checked funnels, tracking plans, dashboards and email sequences from one text.
#[derive(Debug, Parser)]
#[command(name = "funnelc", version, about, propagate_version = true)]
struct Arguments {
    /// Colour in the output
    #[arg(long, global = true, value_enum, default_value_t = output::When::Auto, value_name = "WHEN")]
    color: output::When,
    #[command(flatten)]
    lang: output::LanguageArgument,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Check specs and say everything that is wrong with them
    Check(check::Check),
    /// Write specs in their canonical form
    Fmt(format::Format),
    /// Write tracking plans and everything else that a spec compiles into
    Build(build::Build),
    /// Show what a spec compiles into in a browser, and again whenever it changes
    Serve(serve::Serve),
    /// Say what the changes of a spec break, and for whom
    Breaking(breaking::Breaking),
    /// Draw the funnels of a spec
    Graph(graph::Graph),
    /// Hold logs of events to the plan
    Verify(verify::Verify),
    /// Say whether a log fits a spec, before it is measured
    #[cfg(feature = "engine")]
    Doctor(doctor::Doctor),
    /// Measure what really happened
    #[cfg(feature = "engine")]
    Measure(measure::Measure),
    /// Say what the plan comes to: people, customers, costs, goals
    Forecast(forecast::Forecast),
    /// Draw a synthetic log from the planned rates
    #[cfg(feature = "engine")]
    Sample(sample::Sample),
    /// Say what sequences do to people: one from a written story, or a crowd
    Simulate(simulate::Simulate),
    /// Answer an editor (Language Server Protocol, over standard input and output)
    Lsp(lsp::Lsp),
    /// Begin a project from a model
    Init(init::Init),
    /// Make a spec of a tracking plan of another tool
    Import(import::Import),
    /// Explain a code, a kind, a field, or a name of a project
    Explain(explain::Explain),
    /// Show the configuration of a project, and where each value comes from
    Config(settings::Show),
    /// Print the completions of a shell
    Completions(completions::Completions),
    /// Print the manual page, or write the pages of all verbs
    Man(man::Man),
    /// See and change how outputs are written
    Template(template::Template),
}

/// Runs the program with the arguments of the process.
pub fn run() -> Outcome {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Outcome::Unusable } else { Outcome::Clean };
        }
    };
    match arguments.verb {
        Verb::Check(check) => check.run(arguments.color),
        Verb::Fmt(format) => format.run(arguments.color),
        Verb::Build(build) => build.run(arguments.color),
        Verb::Serve(serve) => serve.run(arguments.color),
        Verb::Breaking(breaking) => breaking.run(arguments.color),
        Verb::Graph(graph) => graph.run(arguments.color),
        Verb::Verify(verify) => verify.run(arguments.color),
        #[cfg(feature = "engine")]
        Verb::Doctor(doctor) => doctor.run(arguments.color),
        #[cfg(feature = "engine")]
        Verb::Measure(measure) => measure.run(arguments.color),
        Verb::Forecast(forecast) => forecast.run(arguments.color),
        #[cfg(feature = "engine")]
        Verb::Sample(sample) => sample.run(arguments.color),
        Verb::Simulate(simulate) => simulate.run(arguments.color),
        Verb::Lsp(lsp) => lsp.run(),
        Verb::Init(init) => init.run(),
        Verb::Import(import) => import.run(arguments.color),
        Verb::Explain(explain) => explain.run(),
        Verb::Config(show) => show.run(),
        Verb::Completions(completions) => completions.run(),
        Verb::Man(man) => man.run(),
        Verb::Template(template) => template.run(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_named_before_or_after_the_verb() {
        let lines: [&[&str]; 2] = [&["funnelc", "--lang", "ar", "check"], &["funnelc", "check", "--lang", "ar"]];
        for line in lines {
            let arguments = Arguments::try_parse_from(line).expect("arguments");
            assert_eq!(arguments.lang.language(), crate::language::Language::Arabic);
            let Verb::Check(check) = arguments.verb else { panic!("a check") };
            assert_eq!(check.language(), crate::language::Language::Arabic);
        }
    }
}
