//! The specification's own spec compiles, and every name in it means something.

use std::path::PathBuf;

use funnelc::lint::levels::Levels;
use funnelc::model::Target;
use funnelc::{compile, project};

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[test]
fn the_whole_language_compiles_and_every_reference_means_something() {
    for name in ["language", "also"] {
        check(name);
    }
}

fn check(name: &str) {
    let projects = project::load(&[folder(name)]);
    let [project] = projects.as_slice() else { panic!("one project") };
    assert!(project.faults.is_empty(), "{:?}", project.faults);
    let compilation = compile(&project.sources, &Levels::default());
    let errors: Vec<String> = compilation
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == funnelc::diagnostic::Severity::Error)
        .map(|diagnostic| diagnostic.message.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let model = &compilation.model;
    let mut lost = Vec::new();
    for (id, decl) in model.decls.iter().enumerate().filter(|(_, decl)| !project.sources.get(decl.span.file).embedded) {
        for (reference, target) in decl.refs.iter().zip(&model.targets[id]) {
            if *target == Target::Nothing {
                lost.push(format!("{} at {:?}", reference.path, project.sources.locate(reference.span)));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}
