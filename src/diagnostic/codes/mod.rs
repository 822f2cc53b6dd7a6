//! What a code is, and the codes of the language itself (errors). Lints keep theirs beside their rule, in
//! `lint/rules/`; `lint::registry` lists all of them.

pub mod graph;
pub mod names;
pub mod run;
pub mod syntax;
pub mod types;

use super::Severity;

/// What a code does unless it is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Says nothing.
    Allow,
    /// Worth knowing.
    Note,
    /// Advice.
    Warn,
    /// Fails the run unless it is configured.
    Deny,
    /// The language: cannot be switched off.
    Error,
}

/// Which part of a spec a code is about; `--deny`, `--warn` and `--allow` take these names too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The run: files, folders, limits.
    Run,
    /// How a file is written.
    Syntax,
    /// What names refer to.
    Names,
    /// Values, units and types.
    Types,
    /// Stages and transitions.
    Graph,
    /// Style of names and texts.
    Style,
    /// KPIs, goals and targets.
    Metrics,
    /// Channels, campaigns and budgets.
    Channels,
    /// Events and properties.
    Tracking,
    /// Personal data and consent.
    Privacy,
    /// Segments and audiences.
    Segments,
    /// Messages and sequences.
    Messages,
    /// In-file directives.
    Directives,
    /// Changes that break somebody who relies on the spec as it was.
    Breaking,
    /// Changes that only add.
    Additive,
    /// Changes of words and plans.
    Documentation,
}

impl Group {
    /// Every group, in the order of the book.
    pub const ALL: [Self; 16] = [
        Self::Run,
        Self::Syntax,
        Self::Names,
        Self::Types,
        Self::Graph,
        Self::Style,
        Self::Metrics,
        Self::Channels,
        Self::Tracking,
        Self::Privacy,
        Self::Segments,
        Self::Messages,
        Self::Directives,
        Self::Breaking,
        Self::Additive,
        Self::Documentation,
    ];

    /// The name used on the command line and in the book.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Syntax => "syntax",
            Self::Names => "names",
            Self::Types => "types",
            Self::Graph => "graph",
            Self::Style => "style",
            Self::Metrics => "metrics",
            Self::Channels => "channels",
            Self::Tracking => "tracking",
            Self::Privacy => "privacy",
            Self::Segments => "segments",
            Self::Messages => "messages",
            Self::Directives => "directives",
            Self::Breaking => "breaking",
            Self::Additive => "additive",
            Self::Documentation => "documentation",
        }
    }

    /// Whether its codes are found by comparing two specs, as against by checking one.
    pub const fn is_of_changes(self) -> bool {
        matches!(self, Self::Breaking | Self::Additive | Self::Documentation)
    }
}

/// One kind of finding with its manual page.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `FN` and four digits; never reused.
    pub id: &'static str,
    /// The kebab-case name; as unique as the id.
    pub name: &'static str,
    /// Which part of a spec it is about.
    pub group: Group,
    /// What it does unless it is configured.
    pub level: Level,
    /// One line: what it finds.
    pub summary: &'static str,
    /// Markdown: why it matters, what exactly is reported, how to mend it.
    pub explanation: &'static str,
    /// A spec that it reports.
    pub bad: &'static str,
    /// The same spec, mended.
    pub good: &'static str,
}

impl Code {
    /// The severity of a finding at the default level.
    pub const fn severity(&self) -> Severity {
        match self.level {
            Level::Allow | Level::Note => Severity::Note,
            Level::Warn => Severity::Warning,
            Level::Deny | Level::Error => Severity::Error,
        }
    }

    /// Address of the manual page in the book.
    pub fn page(&self) -> String {
        format!("https://funnelc.github.io/book/codes/{}.html", self.name)
    }
}

/// Codes that one text in memory cannot bring about, with what would.
pub const NOT_BY_ONE_TEXT: &[(&str, &str)] = &[
    ("escaping-path", "paths are followed when files are loaded"),
    ("unreadable-file", "a file that is missing or not UTF-8"),
    ("file-too-large", "a file over the limit"),
    ("too-many-files", "a folder over the limit"),
    ("no-spec", "an empty folder, or files that say nothing"),
    ("formatter-fault", "a fault of the formatter itself"),
    ("approximated", "a build for a target that cannot say everything"),
    ("foreign-plan", "a plan of another tool"),
    ("plan-conflict", "a plan of another tool"),
];

/// Whether one text in memory cannot bring a code about.
pub fn not_by_one_text(name: &str) -> bool {
    NOT_BY_ONE_TEXT.iter().any(|(own, _)| *own == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::{errors_only, findings, sources};
    use crate::lint::levels::{Levels, Setting};
    use crate::lint::registry;

    fn levels_that_show(code: &Code) -> Levels {
        let mut levels = Levels::default();
        if code.level != Level::Error {
            assert!(levels.set(code.name, Setting::Warn).is_ok());
        }
        levels
    }

    #[test]
    fn every_code_has_a_page_of_its_own() {
        for code in registry::codes() {
            assert!(code.explanation.len() > 100, "{} is not explained", code.name);
            let shows = !code.bad.is_empty() && !code.good.is_empty();
            assert!(shows || not_by_one_text(code.name), "{} shows no spec", code.name);
        }
    }

    #[test]
    fn every_bad_example_is_reported_under_its_code() {
        let mut silent = Vec::new();
        let by_one_text = |code: &&Code| !not_by_one_text(code.name) && !code.group.is_of_changes();
        for code in registry::codes().into_iter().filter(by_one_text) {
            let sources = sources(code.bad);
            let found = crate::compile(&sources, &levels_that_show(code)).diagnostics;
            if !found.iter().any(|one| one.code == code) {
                silent.push(format!("{}:\n{}", code.name, findings(code.bad, "plain", &errors_only())));
            }
        }
        assert!(silent.is_empty(), "{}", silent.join("\n"));
    }

    #[test]
    fn every_good_example_has_no_errors_and_not_its_own_code() {
        let mut wrong = Vec::new();
        for code in registry::codes() {
            let sources = sources(code.good);
            let found = crate::compile(&sources, &levels_that_show(code)).diagnostics;
            if found.iter().any(|one| one.severity == Severity::Error || one.code == code) {
                wrong.push(format!("{}:\n{}", code.name, findings(code.good, "plain", &errors_only())));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
