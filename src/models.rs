//! Models of funnels, embedded: whole projects to begin from.

/// A model.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// Its name.
    pub name: &'static str,
    /// Its spec.
    pub text: &'static str,
}

/// The small commented spec that `init` writes where no model is asked for.
pub const STARTER: Model = Model { name: "starter", text: include_str!("../specs/starter.funnel") };

/// Every folder of `specs/models`, in order.
pub const MODELS: &[Model] = &[
    Model {
        name: "awareness_to_repurchase",
        text: include_str!("../specs/models/awareness_to_repurchase/awareness_to_repurchase.funnel"),
    },
    Model { name: "content_path", text: include_str!("../specs/models/content_path/content_path.funnel") },
    Model { name: "customer_path", text: include_str!("../specs/models/customer_path/customer_path.funnel") },
    Model { name: "demand_gen", text: include_str!("../specs/models/demand_gen/demand_gen.funnel") },
    Model {
        name: "discover_engage_convert_reward",
        text: include_str!("../specs/models/discover_engage_convert_reward/discover_engage_convert_reward.funnel"),
    },
    Model { name: "flywheel", text: include_str!("../specs/models/flywheel/flywheel.funnel") },
    Model { name: "freemium", text: include_str!("../specs/models/freemium/freemium.funnel") },
    Model { name: "inverted", text: include_str!("../specs/models/inverted/inverted.funnel") },
    Model { name: "lead_gen", text: include_str!("../specs/models/lead_gen/lead_gen.funnel") },
    Model {
        name: "marketing_and_sales",
        text: include_str!("../specs/models/marketing_and_sales/marketing_and_sales.funnel"),
    },
    Model {
        name: "nonlinear_journey",
        text: include_str!("../specs/models/nonlinear_journey/nonlinear_journey.funnel"),
    },
    Model { name: "saas_trial", text: include_str!("../specs/models/saas_trial/saas_trial.funnel") },
    Model { name: "six_stage", text: include_str!("../specs/models/six_stage/six_stage.funnel") },
    Model { name: "three_stage", text: include_str!("../specs/models/three_stage/three_stage.funnel") },
    Model {
        name: "top_middle_bottom",
        text: include_str!("../specs/models/top_middle_bottom/top_middle_bottom.funnel"),
    },
];

/// The model of a name.
pub fn of(name: &str) -> Option<Model> {
    std::iter::once(&STARTER).chain(MODELS).find(|model| model.name == name).copied()
}

impl Model {
    /// What it is, in one sentence: the first of the comment that it begins with.
    pub fn about(&self) -> String {
        let lines = self.text.lines().take_while(|line| line.starts_with("//"));
        let words: Vec<&str> =
            lines.map(|line| line.trim_start_matches('/').trim()).take_while(|line| !line.is_empty()).collect();
        let words = words.join(" ");
        words.split_once(". ").map_or(words.clone(), |(first, _)| format!("{first}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::lint::levels::Levels;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "compares the list with the folder it is of")]
    fn every_folder_is_listed() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/models");
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut folders: Vec<String> = entries.collect();
        folders.sort();
        let listed: Vec<&str> = MODELS.iter().map(|model| model.name).collect();
        assert_eq!(listed, folders);
    }

    #[test]
    fn every_model_compiles_and_says_what_it_is() {
        for model in std::iter::once(&STARTER).chain(MODELS) {
            let sources = crate::book::sources(model.text);
            let found = crate::compile(&sources, &Levels::default()).diagnostics;
            let errors: Vec<_> = found.iter().filter(|one| one.severity == Severity::Error).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", model.name);
            assert!(model.about().ends_with('.'), "{}: {}", model.name, model.about());
        }
    }
}
