//! The pages of the targets, from their `target.yaml`.

use std::fmt::Write;

use crate::emit::{Target, Targets};

/// Every target.
pub(super) fn index() -> String {
    let mut page = "# Targets\n\nWhat `funnelc build` writes. `--target NAME` picks some, `--templates FOLDER` changes how \
                    they are written. [Add a target](contributing/add-a-target.md) and \
                    [Write your own template](write-your-own-template.md) say how.\n\n| target | what it is |\n|---|---|\n"
        .to_owned();
    page.extend(all().iter().map(|own| format!("| [`{0}`](targets/{0}.md) | {1} |\n", own.name, own.about)));
    page
}

/// The targets of the compiler, by name.
pub(super) fn all() -> Vec<Target> {
    // That they can be read is what the tests of the targets say.
    Targets::embedded().map(|targets| targets.iter().cloned().collect()).unwrap_or_default()
}

/// The page of one target.
pub(super) fn page(target: &Target) -> String {
    let name = &target.name;
    let mut page = format!("# {name}\n\n{}\n\n| file | written | by |\n|---|---|---|\n", target.about);
    for (path, each, by) in target.writes() {
        let _ = writeln!(
            page,
            "| `{path}` | {each} | {} |",
            if by.contains('.') { format!("`{by}`") } else { by.to_owned() }
        );
    }
    page.push_str("\n`{lang}` is nothing in the default language and `.ar` or another code in others.\n");
    if !target.checked.is_empty() {
        page.push_str("\n## Checked\n\n");
        page.extend(target.checked.iter().map(|how| format!("- {how}\n")));
    }
    let _ = write!(page, "\n## Change it\n\n`funnelc template eject {name}` writes its files:\n\n");
    page.extend(target.texts().iter().map(|(file, _)| format!("- `{file}`\n")));
    page
}
