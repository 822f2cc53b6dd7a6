//! The standard library, embedded: `.funnel` files like any other.

/// Every module with its text.
pub const MODULES: &[(&str, &str)] = &[
    ("std.channels", include_str!("../specs/std/channels.funnel")),
    ("std.content", include_str!("../specs/std/content.funnel")),
    ("std.ecommerce", include_str!("../specs/std/ecommerce.funnel")),
    ("std.email", include_str!("../specs/std/email.funnel")),
    ("std.kpis", include_str!("../specs/std/kpis.funnel")),
    ("std.saas", include_str!("../specs/std/saas.funnel")),
];

/// The modules a text mentions: every `std.<module>` in it.
pub fn mentioned(text: &str) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let mentions: Vec<&str> = memchr::memmem::find_iter(text.as_bytes(), b"std.")
        .map(|at| {
            let rest = &text[at..];
            let end = rest[4..].find(|c: char| !(c.is_ascii_lowercase() || c == '_')).map_or(rest.len(), |end| end + 4);
            &rest[..end]
        })
        .collect();
    MODULES.iter().filter(move |(module, _)| mentions.contains(module))
}
