//! Which codes are allowed, warned about or denied. Errors of the language cannot be switched off.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Group, Level, Severity};
use crate::model::faults::nearest;

use super::registry;

/// What is done about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Says nothing.
    Allow,
    /// Reported as its code has it: a warning or a note.
    Warn,
    /// Fails the run.
    Deny,
}

/// The settings of one run.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    by_name: BTreeMap<&'static str, Setting>,
}

/// A word that is no code, name or group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// The word.
    pub word: String,
    /// The nearest that is.
    pub nearest: Option<&'static str>,
    /// Whether it names an error of the language, which cannot be switched off.
    pub is_error: bool,
}

impl Levels {
    /// Only what fails a run: for programs that want to know whether a spec is sound, and no advice.
    pub fn failures() -> Self {
        let fails = |code: &&Code| matches!(code.level, Level::Error | Level::Deny);
        let lints = registry::codes().into_iter().filter(|code| !fails(code));
        Self { by_name: lints.map(|code| (code.name, Setting::Allow)).collect() }
    }

    /// Sets what a code, a name, a group or `warnings` (every lint) does; later settings win.
    pub fn set(&mut self, word: &str, setting: Setting) -> Result<(), UnknownWord> {
        let codes = registry::codes();
        let lower = word.to_ascii_lowercase();
        let group = Group::ALL.iter().find(|group| group.word() == lower);
        let fits = |code: &&&'static Code| {
            (lower == "warnings" && !code.group.is_of_changes())
                || group == Some(&code.group)
                || code.name == lower
                || code.id.eq_ignore_ascii_case(word)
        };
        let chosen: Vec<&'static Code> = codes.iter().filter(fits).copied().collect();
        if chosen.is_empty() {
            let words = codes.iter().map(|code| code.name).chain(Group::ALL.iter().map(|group| group.word()));
            return Err(UnknownWord { word: word.to_owned(), nearest: nearest_static(&lower, words), is_error: false });
        }
        let lints: Vec<&&'static Code> = chosen.iter().filter(|code| code.level != Level::Error).collect();
        if lints.is_empty() && setting != Setting::Deny {
            return Err(UnknownWord { word: word.to_owned(), nearest: None, is_error: true });
        }
        // `--deny warnings` is about what would warn; advice that is off stays off.
        let warnings_only = lower == "warnings" && setting != Setting::Allow;
        for code in lints.into_iter().filter(|code| !warnings_only || code.level == Level::Warn) {
            let keeps = lower == "warnings" && self.by_name.get(code.name) == Some(&Setting::Allow);
            if !keeps {
                self.by_name.insert(code.name, setting);
            }
        }
        Ok(())
    }

    /// Sets what is denied, warned about and allowed: a code weighs more than a group, a group more than `warnings`. Fails
    /// with the list that holds the unknown word.
    pub fn set_all(&mut self, lists: [&[String]; 3]) -> Result<(), (usize, UnknownWord)> {
        let settings = [Setting::Deny, Setting::Warn, Setting::Allow];
        let mut words: Vec<(u8, &String, usize)> = Vec::new();
        for (at, list) in lists.into_iter().enumerate() {
            words.extend(list.iter().map(|word| (self.breadth(word), word, at)));
        }
        words.sort_by_key(|(breadth, ..)| std::cmp::Reverse(*breadth));
        for (_, word, at) in words {
            self.set(word, settings[at]).map_err(|unknown| (at, unknown))?;
        }
        Ok(())
    }

    /// How many codes a word stands for: `warnings` most, then groups, then one code.
    pub fn breadth(&self, word: &str) -> u8 {
        let lower = word.to_ascii_lowercase();
        let is_group = Group::ALL.iter().any(|group| group.word() == lower);
        u8::from(is_group) + 2 * u8::from(lower == "warnings")
    }

    /// What is done about a code.
    pub fn of(&self, code: &Code) -> Setting {
        let default = match code.level {
            Level::Allow => Setting::Allow,
            Level::Deny => Setting::Deny,
            _ => Setting::Warn,
        };
        self.by_name.get(code.name).copied().unwrap_or(default)
    }

    /// Drops what is allowed and makes what is denied an error.
    pub fn apply(&self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.retain_mut(|diagnostic| {
            if diagnostic.code.level == Level::Error {
                return true;
            }
            match self.of(diagnostic.code) {
                Setting::Allow => return false,
                Setting::Warn if diagnostic.code.level == Level::Deny => diagnostic.severity = Severity::Warning,
                Setting::Warn => diagnostic.severity = diagnostic.code.severity().max(diagnostic.severity),
                Setting::Deny => diagnostic.severity = Severity::Error,
            }
            true
        });
    }
}

fn nearest_static(word: &str, words: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    nearest(word, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_settings_win_and_errors_stay() {
        let mut levels = Levels::default();
        let code = &crate::lint::rules::mixed_script_name::RULE.code;
        levels.set("style", Setting::Allow).unwrap();
        assert_eq!(levels.of(code), Setting::Allow);
        levels.set("FN1001", Setting::Deny).unwrap();
        assert_eq!(levels.of(code), Setting::Deny);
        assert!(levels.set("unknown-name", Setting::Allow).unwrap_err().is_error);
        assert_eq!(levels.set("mixed-script-nam", Setting::Allow).unwrap_err().nearest, Some("mixed-script-name"));
    }
}
