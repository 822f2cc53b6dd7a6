//! The list of rules.

use super::{Rule, rules};

/// Every rule, in the order of its code.
pub static RULES: &[&Rule] = &[
    &rules::event_removed::RULE,
    &rules::event_added::RULE,
    &rules::name_changed::RULE,
    &rules::wire_name_changed::RULE,
    &rules::event_class_changed::RULE,
    &rules::deprecated::RULE,
    &rules::copies_changed::RULE,
    &rules::rows_changed::RULE,
    &rules::sender_removed::RULE,
    &rules::sender_added::RULE,
    &rules::variant_changed::RULE,
    &rules::property_removed::RULE,
    &rules::required_property_added::RULE,
    &rules::optional_property_added::RULE,
    &rules::property_made_required::RULE,
    &rules::property_made_optional::RULE,
    &rules::property_type_changed::RULE,
    &rules::property_type_narrowed::RULE,
    &rules::property_type_widened::RULE,
    &rules::enum_value_removed::RULE,
    &rules::enum_value_added::RULE,
    &rules::bounds_tightened::RULE,
    &rules::bounds_loosened::RULE,
    &rules::personal_data_changed::RULE,
    &rules::purpose_changed::RULE,
    &rules::default_changed::RULE,
    &rules::unit_changed::RULE,
    &rules::stage_removed::RULE,
    &rules::stage_entry_changed::RULE,
    &rules::conversion_changed::RULE,
    &rules::transition_removed::RULE,
    &rules::transition_changed::RULE,
    &rules::counting_changed::RULE,
    &rules::kpi_removed::RULE,
    &rules::kpi_formula_changed::RULE,
    &rules::kpi_unit_changed::RULE,
    &rules::segment_removed::RULE,
    &rules::segment_changed::RULE,
    &rules::channel_removed::RULE,
    &rules::channel_matching_changed::RULE,
    &rules::trait_formula_changed::RULE,
    &rules::sequence_removed::RULE,
    &rules::sequence_audience_changed::RULE,
    &rules::steps_changed::RULE,
    &rules::consent_changed::RULE,
    &rules::currency_changed::RULE,
    &rules::timezone_changed::RULE,
    &rules::identity_changed::RULE,
    &rules::declaration_removed::RULE,
    &rules::declaration_added::RULE,
    &rules::words_changed::RULE,
];

/// The rule of a code.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.code.name == name)
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::book::{changes_in, errors_only};
    use crate::breaking::level;
    use crate::diagnostic::change::{Change, Class};
    use crate::language::Language;

    fn class(rule: &super::Rule) -> Class {
        Change { effects: rule.effects, step: None, events: Vec::new() }.class()
    }

    #[test]
    fn the_level_and_the_group_of_a_rule_are_those_of_the_worst_it_does() {
        for rule in RULES {
            assert_eq!(rule.code.group.word(), class(rule).word(), "{}", rule.code.name);
            assert_eq!(rule.code.level, level(class(rule)), "{}", rule.code.name);
        }
    }

    #[test]
    fn every_rule_finds_what_its_example_shows_and_nothing_where_nothing_changed() {
        for rule in RULES {
            let said = |was, is| changes_in(was, is, "concise", &errors_only(), Language::English);
            let found = said(rule.code.good, rule.code.bad);
            let own = format!("[{} {}]", rule.code.id, rule.code.name);
            assert!(found.contains(&own), "{}:\n{found}", rule.code.name);
            assert_eq!(said(rule.code.bad, rule.code.bad).trim(), "", "{}", rule.code.name);
        }
    }
}
