//! Graphviz DOT.

use std::fmt::Write;

use super::{Arrow, Role, Scene};

/// The picture as DOT.
pub fn render(scene: &Scene) -> String {
    let mut out = String::from("digraph funnels {\n  rankdir=TB; newrank=true; charset=\"UTF-8\";\n");
    let _ = writeln!(out, "  label={}; labelloc=t;", quoted(&scene.title));
    out.push_str("  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", fontname=\"sans-serif\"];\n");
    out.push_str("  edge [fontname=\"sans-serif\", fontsize=10];\n");
    for (index, funnel) in scene.funnels.iter().enumerate() {
        let _ = writeln!(out, "  subgraph \"cluster_{index}\" {{\n    label={};", quoted(&funnel.label));
        bands(scene, index, &mut out);
        out.push_str("  }\n");
    }
    feeds(scene, &mut out);
    let most = scene.most_people();
    for arrow in &scene.arrows {
        edge(scene, arrow, most, &mut out);
    }
    out.push_str("}\n");
    out
}

fn bands(scene: &Scene, funnel: usize, out: &mut String) {
    let mut layer = None;
    for at in scene.funnels[funnel].stages.clone() {
        let stage = &scene.stages[at];
        if layer != Some(stage.layer) {
            if layer.is_some() {
                out.push_str("    }\n");
            }
            layer = Some(stage.layer);
            let label = quoted(scene.words.layer(stage.layer));
            let _ = writeln!(
                out,
                "    subgraph \"cluster_{funnel}_{}\" {{\n      label={label}; style=filled; color=\"{}\";",
                stage.layer,
                fill(stage.layer)
            );
        }
        let mut label = stage.label.clone();
        if stage.converts {
            let _ = write!(label, "\n★ {}", scene.words.converts);
        }
        if stage.optional {
            let _ = write!(label, "\n({})", scene.words.optional);
        }
        let mark = if stage.converts { ", peripheries=2" } else { "" };
        let _ = writeln!(out, "      {} [label={}{mark}];", quoted(&stage.path), quoted_lines(&label));
    }
    if layer.is_some() {
        out.push_str("    }\n");
    }
}

fn feeds(scene: &Scene, out: &mut String) {
    let most = scene.most_people();
    for stage in &scene.stages {
        for feed in &stage.feeds {
            let node = quoted(&format!("channel {} {}", feed.path, stage.path));
            let label = format!("{}\n{}", feed.label, feed.brings);
            let share = feed.people.filter(|_| most > 0.0).map_or(0.0, |people| (people / most).sqrt());
            let _ = writeln!(out, "  {node} [shape=ellipse, label={}];", quoted_lines(label.trim_end()));
            let _ = writeln!(out, "  {node} -> {} [penwidth={:.1}];", quoted(&stage.path), width(share));
        }
    }
}

fn edge(scene: &Scene, arrow: &Arrow, most: f64, out: &mut String) {
    let (from, to) = (&scene.stages[arrow.from].path, &scene.stages[arrow.to].path);
    let style = match arrow.role {
        Role::Move => "",
        Role::Reentry | Role::Referral => ", style=dashed",
        Role::Handover => ", style=bold, color=\"#7c3aed\"",
        Role::Skip => ", style=dotted",
    };
    // What leads back must not pull its target below its source.
    let back = if arrow.from > arrow.to { ", constraint=false" } else { "" };
    let label = quoted(&arrow.caption());
    let width = width(arrow.breadth(most));
    let _ = writeln!(out, "  {} -> {} [label={label}, penwidth={width:.1}{style}{back}];", quoted(from), quoted(to));
}

fn width(share: f64) -> f64 {
    1.0 + 5.0 * share
}

fn fill(layer: &str) -> &'static str {
    match layer {
        "top" => "#dbeafe",
        "middle" => "#dcfce7",
        "bottom" => "#fef3c7",
        "loyalty" => "#fce7f3",
        _ => "#f1f5f9",
    }
}

/// A text in quotes: nothing in it is an escape or an entity.
fn quoted(text: &str) -> String {
    quoted_lines(&text.replace('\n', " "))
}

/// The same with line breaks.
fn quoted_lines(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
