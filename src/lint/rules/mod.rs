//! One file per rule: documentation, metadata, check and examples.

pub mod channel_never_converts;
pub mod channel_without_budget;
pub mod channel_without_cost;
pub mod deprecated_event_used;
pub mod event_name_style;
pub mod event_without_owner;
pub mod example_violates_schema;
pub mod kpi_unmeasurable;
pub mod kpi_without_owner;
pub mod kpi_without_target;
pub mod layer_metric_missing;
pub mod missing_once_per;
pub mod missing_translation;
pub mod mixed_script_name;
pub mod money_without_currency;
pub mod personal_data_without_purpose;
pub mod stage_without_channel;
pub mod stage_without_kpi;
pub mod total_without_period;
pub mod unsent_event;
pub mod unused_event;
pub mod utm_breaks_naming;
pub mod variable_without_fallback;
pub mod within_belongs_to_did;
