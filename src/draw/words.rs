//! The few words a picture has of its own, and the marks that keep words of two directions apart.

use super::Role;

/// The words of one language.
pub(super) struct Words {
    layers: [&'static str; 4],
    pub(super) within: &'static str,
    pub(super) after: &'static str,
    pub(super) converts: &'static str,
    pub(super) optional: &'static str,
    pub(super) channels: &'static str,
    pub(super) legend: &'static str,
    reentry: &'static str,
    referral: &'static str,
    handover: &'static str,
    skip: &'static str,
    people: &'static str,
    accounts: &'static str,
    periods: [(&'static str, &'static str); 6],
}

static ENGLISH: Words = Words {
    layers: ["Top", "Middle", "Bottom", "Loyalty"],
    within: "within",
    after: "after",
    converts: "conversion",
    optional: "optional",
    channels: "Channels",
    legend: "Stages from top to bottom by layer. On the one side the ways that skip a stage, on the other those that \
             lead back; dashed: new people, or people who start again.",
    reentry: "reentry",
    referral: "referral",
    handover: "handover",
    skip: "skip",
    people: "people",
    accounts: "accounts",
    periods: [
        ("hour", "hour"),
        ("day", "day"),
        ("week", "week"),
        ("month", "month"),
        ("quarter", "quarter"),
        ("year", "year"),
    ],
};

static ARABIC: Words = Words {
    layers: ["أعلى القمع", "وسط القمع", "أسفل القمع", "الولاء"],
    within: "خلال",
    after: "بعد",
    converts: "تحويل",
    optional: "اختيارية",
    channels: "القنوات",
    legend: "المراحل من الأعلى إلى الأسفل بحسب الطبقات. في جهة الطرق التي تتخطى مرحلة، وفي الأخرى الطرق العائدة؛ والخط \
             المتقطع لأشخاص جدد أو لمن يبدأ من جديد.",
    reentry: "عودة",
    referral: "إحالة",
    handover: "تسليم",
    skip: "تخطٍّ",
    people: "شخص",
    accounts: "حساب",
    periods: [
        ("hour", "ساعة"),
        ("day", "يوم"),
        ("week", "أسبوع"),
        ("month", "شهر"),
        ("quarter", "ربع سنة"),
        ("year", "سنة"),
    ],
};

/// The words of a language, English where there are none.
pub(super) fn of(language: &str) -> &'static Words {
    if primary(language) == "ar" { &ARABIC } else { &ENGLISH }
}

fn primary(language: &str) -> &str {
    language.split('-').next().unwrap_or_default()
}

/// Whether a language is written from right to left.
pub(crate) fn is_rtl(language: &str) -> bool {
    let by_script = language.split('-').skip(1).find(|part| part.len() == 4);
    by_script.map_or_else(
        || matches!(primary(language), "ar" | "arc" | "ckb" | "dv" | "fa" | "he" | "ps" | "sd" | "ug" | "ur" | "yi"),
        |script| matches!(script, "Arab" | "Hebr" | "Syrc" | "Thaa" | "Nkoo"),
    )
}

impl Words {
    /// The name of a layer.
    pub(super) fn layer(&self, layer: &str) -> &'static str {
        let at = super::order::LAYERS.iter().position(|own| *own == layer);
        at.map(|at| self.layers[at]).unwrap_or_default()
    }

    /// What an arrow is called, where it is not simply the way on.
    pub(super) fn role(&self, role: Role) -> Option<&'static str> {
        match role {
            Role::Move => None,
            Role::Reentry => Some(self.reentry),
            Role::Referral => Some(self.referral),
            Role::Handover => Some(self.handover),
            Role::Skip => Some(self.skip),
        }
    }

    pub(super) fn unit(&self, unit: &str) -> &'static str {
        if unit == "accounts" { self.accounts } else { self.people }
    }

    pub(super) fn per<'w>(&self, per: &'w str) -> &'w str {
        self.periods.iter().find(|(word, _)| *word == per).map_or(per, |(_, own)| own)
    }
}

/// A word of unknown direction that must not disturb those around it: between FIRST STRONG ISOLATE and its end.
pub(crate) fn isolated(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}

/// Text of somebody else's: without control characters and without marks that could turn what follows.
pub(crate) fn clean(text: &str) -> String {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    let turns = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}');
    text.chars().filter(|c| !turns(c)).map(blank).collect()
}

/// `60,000`; a number that is not negative.
pub(crate) fn grouped(number: impl std::fmt::Display) -> String {
    let digits = number.to_string();
    let (whole, rest) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        let left = whole.len() - at;
        if at > 0 && left % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if rest.is_empty() { out } else { format!("{out}.{rest}") }
}
