//! kinds
/// top
pub fn is_top_level(word: &str) -> bool {
    matches!(word, "event" | "funnel")
}
