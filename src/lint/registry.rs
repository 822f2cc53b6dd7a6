//! The list of rules, and of all codes.

use super::{Rule, rules};
use crate::diagnostic::Code;
use crate::diagnostic::codes::{graph, names, run, syntax, types};

/// Every rule, in the order of its code.
pub static RULES: &[&Rule] = &[
    &rules::mixed_script_name::RULE,
    &rules::within_belongs_to_did::RULE,
    &rules::stage_without_kpi::RULE,
    &rules::layer_metric_missing::RULE,
    &rules::kpi_without_target::RULE,
    &rules::kpi_without_owner::RULE,
    &rules::kpi_unmeasurable::RULE,
    &rules::total_without_period::RULE,
    &rules::goal_unreachable::RULE,
    &rules::target_contradicts_plan::RULE,
    &rules::channel_without_cost::RULE,
    &rules::channel_without_budget::RULE,
    &rules::stage_without_channel::RULE,
    &rules::channel_never_converts::RULE,
    &rules::utm_breaks_naming::RULE,
    &rules::survey_unheard::RULE,
    &rules::unused_event::RULE,
    &rules::unsent_event::RULE,
    &rules::event_without_owner::RULE,
    &rules::event_name_style::RULE,
    &rules::money_without_currency::RULE,
    &rules::example_violates_schema::RULE,
    &rules::deprecated_event_used::RULE,
    &rules::missing_once_per::RULE,
    &rules::personal_data_without_purpose::RULE,
    &rules::empty_segment::RULE,
    &rules::equal_segments::RULE,
    &rules::contained_segment::RULE,
    &rules::antisegment_targeted::RULE,
    &rules::behaviour_overlaps_clock::RULE,
    &rules::tier_order::RULE,
    &rules::share_not_whole::RULE,
    &rules::missing_translation::RULE,
    &rules::variable_without_fallback::RULE,
    &rules::wait_exceeds_window::RULE,
    &rules::endless_sequence::RULE,
    &rules::cta_without_goal::RULE,
    &rules::subject_too_long::RULE,
    &rules::mixed_direction_subject::RULE,
    &rules::missing_unsubscribe::RULE,
    &rules::unreachable_step::RULE,
    &rules::impossible_stop::RULE,
    &rules::vacuous_stop::RULE,
    &rules::mail_pressure::RULE,
    &rules::cap_drops_message::RULE,
    &rules::quiet_hours_reorder::RULE,
    &rules::spacing_collapse::RULE,
    &rules::endless_quiet::RULE,
    &rules::offer_expires_early::RULE,
    &rules::conflicting_offers::RULE,
    &rules::missing_consent::RULE,
    &rules::early_purchase_cta::RULE,
    &rules::mutual_start::RULE,
    &rules::reentry_overlap::RULE,
    &rules::branch_gap::RULE,
    &rules::branch_overlap::RULE,
    &rules::stage_without_sequence::RULE,
    &rules::sequence_moves_nothing::RULE,
    &rules::wait_shorter_than_lead_time::RULE,
    &rules::underpowered_test::RULE,
    &rules::image_only_mail::RULE,
    &rules::referral_growth::RULE,
];

/// Every code, in order.
pub fn codes() -> Vec<&'static Code> {
    let errors = [syntax::ALL, names::ALL, types::ALL, graph::ALL, run::ALL].into_iter().flatten().copied();
    let mut codes: Vec<&'static Code> = errors.chain(RULES.iter().map(|rule| &rule.code)).collect();
    codes.extend(crate::breaking::registry::RULES.iter().map(|rule| &rule.code));
    codes.extend(super::suppress::CODES);
    codes.sort_by_key(|code| code.id);
    codes
}

/// The code of an id or a name, in any case.
pub fn code(word: &str) -> Option<&'static Code> {
    codes().into_iter().find(|code| code.id.eq_ignore_ascii_case(word) || code.name == word)
}
