//! Things that say they had another name.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::kinds::Kind;
use crate::model::walk::Node;
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2003",
        name: "name-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a declaration that has another name than before",
        explanation: "A name in a spec is a name in code: generated clients have a function for each event and an \
                      argument for each property, dashboards know KPIs and stages by their paths, and sequences \
                      know segments. Whoever used the old name must write the new one. With `was` the comparison \
                      knows that nothing was lost; what is sent may even stay the same.\n\n\
                      Reported is a declaration that says under `was` which one of the previous spec it is. \
                      Whether the name on the wire changes too is reported apart from this.\n\n\
                      Change the programs that use the generated names in the same change, or keep the old name.",
        good: r#"event order_completed { named "Order Completed"; sent_by web; owner web; status live }
"#,
        bad: r#"event purchase { was order_completed; named "Order Completed"; sent_by web; owner web; status live }
"#,
    },
    effects: &[
        Effect::breaks(
            Consumer::Tracking,
            phrase!("generated code has the new name, and calls with the old one no longer compile"),
        ),
        Effect::breaks(Consumer::Dashboards, phrase!("panels and links are known by the old path")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    let properties = comparison.properties.iter().filter_map(|pair| pair.kept());
    let properties = properties.map(|(was, is)| (was.node, is.node));
    let of_properties = [Kind::Prop, Kind::Member, Kind::Trait];
    let others = Kind::ALL.iter().filter(|kind| !of_properties.contains(kind));
    for (was, is) in others.flat_map(|kind| comparison.kept(*kind)).chain(properties) {
        if was.name() != is.name() {
            found.push(report(comparison, was, is));
        }
    }
}

fn report<'m, 's>(comparison: &Comparison<'m, 's>, was: Node<'m, 's>, is: Node<'m, 's>) -> Diagnostic {
    let (old, new, kind) = (was.path(), is.path(), is.kind().word());
    comparison
        .found(
            &RULE,
            comparison.now(is),
            say!("`{kind}` `{old}` is now called `{new}`", kind, old, new),
            was,
            say!("its earlier name"),
        )
        .help(say!("change what uses the generated names in the same change"))
}
