//! The words that maps have of their own; what a spec says comes from the spec.

use super::FIELDS;

/// The words of one language.
pub(super) struct Words {
    maps: [(&'static str, &'static str); 4],
    fields: [&'static str; 10],
    layers: [(&'static str, &'static str); 4],
    roles: [(&'static str, &'static str); 2],
    pub(super) converts: &'static str,
    pub(super) within: &'static str,
    pub(super) comma: &'static str,
    /// What stands before the number of things that had no room.
    pub(super) more: &'static str,
    pub(super) back: &'static str,
    pub(super) nothing: &'static str,
}

static ENGLISH: Words = Words {
    maps: [
        ("funnel", "funnel map"),
        ("journey", "journey map"),
        ("empathy", "empathy map"),
        ("chart", "chart of the stages"),
    ],
    fields: [
        "What they want",
        "What they ask",
        "How they feel",
        "Where we meet",
        "Content we offer",
        "Channels",
        "Tools",
        "What troubles them",
        "Who has a say",
        "What we measure",
    ],
    layers: [
        ("top", "Top of the funnel"),
        ("middle", "Middle of the funnel"),
        ("bottom", "Bottom of the funnel"),
        ("loyalty", "Loyalty"),
    ],
    roles: [("referral", "referral"), ("reentry", "reentry")],
    converts: "conversion",
    within: "within",
    comma: ", ",
    more: "and more:",
    back: "Other ways",
    nothing: "Nothing is said of this stage yet.",
};

static ARABIC: Words = Words {
    maps: [
        ("funnel", "خريطة القمع"),
        ("journey", "خريطة الرحلة"),
        ("empathy", "خريطة التعاطف"),
        ("chart", "جدول المراحل"),
    ],
    fields: [
        "ما يريدونه",
        "ما يسألون عنه",
        "ما يشعرون به",
        "أين نلتقي بهم",
        "المحتوى الذي نقدمه",
        "القنوات",
        "الأدوات",
        "ما يزعجهم",
        "من يؤثر في قرارهم",
        "ما نقيسه",
    ],
    layers: [("top", "أعلى القمع"), ("middle", "وسط القمع"), ("bottom", "أسفل القمع"), ("loyalty", "الولاء")],
    roles: [("referral", "إحالة"), ("reentry", "عودة")],
    converts: "التحويل",
    within: "خلال",
    comma: "، ",
    more: "وغيرها:",
    back: "طرق أخرى",
    nothing: "لم يُذكر شيء عن هذه المرحلة بعد.",
};

/// The words of a language, English where there are none.
pub(super) fn of(language: &str) -> &'static Words {
    if language.split('-').next() == Some("ar") { &ARABIC } else { &ENGLISH }
}

fn found(table: &[(&str, &'static str)], word: &str) -> &'static str {
    table.iter().find(|(own, _)| *own == word).map_or("", |(_, own)| own)
}

impl Words {
    pub(super) fn map(&self, name: &str) -> &'static str {
        found(&self.maps, name)
    }

    pub(super) fn field(&self, field: &str) -> &'static str {
        FIELDS.iter().position(|own| *own == field).map_or("", |at| self.fields[at])
    }

    pub(super) fn layer(&self, layer: &str) -> &'static str {
        found(&self.layers, layer)
    }

    pub(super) fn role(&self, role: &str) -> &'static str {
        found(&self.roles, role)
    }
}
