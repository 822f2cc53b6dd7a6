use super::*;
use crate::source::{Source, Sources};
use crate::stdlib;

/// The files of a project with the modules of the standard library that they mention.
pub(crate) fn sources(files: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(Source::new(*name, *text));
    }
    for (module, text) in stdlib::MODULES {
        if files.iter().any(|(_, own)| stdlib::mentioned(own).any(|(found, _)| found == module)) {
            let mut source = Source::new(format!("{}.funnel", module.replace('.', "/")), *text);
            source.embedded = true;
            sources.add(source);
        }
    }
    sources
}

pub(crate) fn plan_of(files: &[(&str, &str)]) -> Plan {
    let sources = sources(files);
    let (model, found) = crate::model::build(&sources);
    assert!(found.is_empty(), "{found:#?}");
    plan(&model)
}

#[test]
fn print_it() {
    let dir = "/work/wt/specs/tests/fixtures/language/";
    let a = std::fs::read_to_string(format!("{dir}whole.funnel")).unwrap();
    let b = std::fs::read_to_string(format!("{dir}channels.funnel")).unwrap();
    println!("{}", serde_json::to_string_pretty(&plan_of(&[("whole.funnel", &a), ("channels.funnel", &b)])).unwrap());
}
