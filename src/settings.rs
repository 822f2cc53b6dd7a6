//! What the configuration file says, found from the paths of a run.

use std::path::{Path, PathBuf};

use crate::config::{self, Config};
use crate::lint::levels::{Levels, UnknownWord};
use crate::project::{self, Exclude};
use crate::system;

/// The configuration of a run; empty where there is no file.
#[derive(Debug, Default)]
pub struct Settings {
    /// The file.
    file: Option<PathBuf>,
    config: Config,
}

impl Settings {
    /// The nearest file upward from what is checked; standard input counts as the file it is named after.
    pub fn find(paths: &[PathBuf], stdin_name: Option<&str>) -> Result<Self, Unusable> {
        let here = PathBuf::from(".");
        let place = |path: &PathBuf| match stdin_name {
            Some(name) if path.as_os_str() == "-" => PathBuf::from(name),
            _ => path.clone(),
        };
        let mut places: Vec<PathBuf> = paths.iter().map(place).collect();
        if places.is_empty() {
            places.push(here);
        }
        let mut files: Vec<Option<PathBuf>> =
            places.iter().map(|place| system::nearest_upward(place, config::FILE)).collect();
        files.dedup();
        match files.as_slice() {
            [None] | [] => Ok(Self::default()),
            [Some(file)] => Self::read(file),
            _ => Err(Unusable(format!(
                "the paths belong to projects with different {} files; check them one by one",
                config::FILE
            ))),
        }
    }

    fn read(file: &Path) -> Result<Self, Unusable> {
        let shown = shown(file);
        let text = system::read_text(file)
            .map_err(|error| Unusable(project::unreadable(&shown, &error).message.to_string()))?;
        let config = Config::parse(&text).map_err(|faults| {
            let lines: Vec<String> =
                faults.iter().map(|fault| format!("{shown}:{}: {}", fault.line, fault.message)).collect();
            Unusable(lines.join("\nfunnelc: "))
        })?;
        Ok(Self { file: Some(file.to_owned()), config })
    }

    /// A word that a key gives.
    pub fn word(&self, key: &str) -> Option<&str> {
        self.config.one(key)
    }

    /// A list that a key gives.
    pub fn list(&self, key: &str) -> &[String] {
        self.config.many(key)
    }

    /// A path that a key gives; it is relative to the file.
    pub fn path(&self, key: &str) -> Option<PathBuf> {
        let folder = self.file.as_deref().and_then(Path::parent)?;
        let path = self.config.one(key)?;
        Some(system::relative_to_here(&folder.join(path)))
    }

    /// What is no part of the project.
    pub fn exclude(&self) -> Result<Exclude, Unusable> {
        let Some(folder) = self.file.as_deref().and_then(Path::parent) else { return Ok(Exclude::default()) };
        Exclude::new(folder, self.list("exclude"))
            .map_err(|(pattern, why)| Unusable(format!("`exclude` holds `{pattern}`, which is no pattern: {why}")))
    }

    /// What is no part of the project, as patterns with the folder they are relative to.
    pub fn excluded(&self) -> (&Path, &[String]) {
        (self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(".")), self.list("exclude"))
    }

    /// What is wrong with a value of a key is said with the place of that key.
    pub fn blame(&self, key: &str, words: &str) -> String {
        match (&self.file, self.config.get(key)) {
            (Some(file), Some((_, line))) => format!("{}:{line}: {words}", shown(file)),
            _ => words.to_owned(),
        }
    }

    /// The levels that the lists of the file set.
    pub fn levels(&self) -> Result<Levels, Unusable> {
        let mut levels = Levels::default();
        levels.set_all(LISTS.map(|key| self.list(key))).map_err(|(at, unknown)| {
            let words = Unusable::from(&unknown);
            Unusable(self.blame(LISTS[at], &words.0))
        })?;
        Ok(levels)
    }

    /// Where the file is.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// What the file says.
    pub fn config(&self) -> &Config {
        &self.config
    }
}

/// The keys of what is denied, warned about and allowed.
const LISTS: [&str; 3] = ["deny", "warn", "allow"];

/// Why a run cannot be made, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable(pub String);

impl From<&UnknownWord> for Unusable {
    fn from(unknown: &UnknownWord) -> Self {
        let word = &unknown.word;
        if unknown.is_error {
            return Self(format!("`{word}` is an error of the language and cannot be switched off"));
        }
        let hint = unknown.nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
        Self(format!("`{word}` is no lint, code or group{hint}\n`funnelc explain --all` lists them"))
    }
}

/// The name of a configuration file, as it is shown.
pub fn shown(file: &Path) -> String {
    project::display(&system::relative_to_here(file))
}
