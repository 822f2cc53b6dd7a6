//! Mermaid flowcharts.

use std::fmt::Write;

use super::{Arrow, Role, Scene};

/// The picture as Mermaid.
pub fn render(scene: &Scene) -> String {
    let mut out = format!("---\ntitle: {}\n---\nflowchart TB\n", title(&scene.title));
    for (index, funnel) in scene.funnels.iter().enumerate() {
        let _ = writeln!(out, "  subgraph f{index}[\"{}\"]", escaped(&funnel.label));
        bands(scene, index, &mut out);
        out.push_str("  end\n");
    }
    let mut widths = Vec::new();
    feeds(scene, &mut out, &mut widths);
    let most = scene.most_people();
    for arrow in &scene.arrows {
        edge(arrow, &mut out);
        widths.push(arrow.breadth(most));
    }
    for (index, share) in widths.into_iter().enumerate() {
        let _ = writeln!(out, "  linkStyle {index} stroke-width:{:.1}px", 1.5 + 6.0 * share);
    }
    out.push_str("  classDef converts stroke-width:4px\n  classDef optional stroke-dasharray:4 3\n");
    out
}

fn bands(scene: &Scene, funnel: usize, out: &mut String) {
    let mut layer = None;
    for at in scene.funnels[funnel].stages.clone() {
        let stage = &scene.stages[at];
        if layer != Some(stage.layer) {
            if layer.is_some() {
                out.push_str("    end\n");
            }
            layer = Some(stage.layer);
            let name = if stage.layer.is_empty() { " " } else { scene.words.layer(stage.layer) };
            let _ = writeln!(out, "    subgraph f{funnel}_{}[\"{name}\"]", stage.layer);
        }
        let mut label = escaped(&stage.label);
        if stage.converts {
            let _ = write!(label, "<br/>★ {}", scene.words.converts);
        }
        if stage.optional {
            let _ = write!(label, "<br/>({})", scene.words.optional);
        }
        let class = match (stage.converts, stage.optional) {
            (true, _) => ":::converts",
            (_, true) => ":::optional",
            _ => "",
        };
        let _ = writeln!(out, "      s{at}[\"{label}\"]{class}");
    }
    if layer.is_some() {
        out.push_str("    end\n");
    }
}

fn feeds(scene: &Scene, out: &mut String, widths: &mut Vec<f64>) {
    let most = scene.most_people();
    for (at, stage) in scene.stages.iter().enumerate() {
        for (index, feed) in stage.feeds.iter().enumerate() {
            let brings = if feed.brings.is_empty() { String::new() } else { format!("<br/>{}", feed.brings) };
            let _ = writeln!(out, "  c{at}_{index}([\"{}{brings}\"]) --> s{at}", escaped(&feed.label));
            widths.push(feed.people.filter(|_| most > 0.0).map_or(0.0, |people| (people / most).sqrt()));
        }
    }
}

fn edge(arrow: &Arrow, out: &mut String) {
    let line = match arrow.role {
        Role::Move => "-->",
        Role::Handover => "==>",
        Role::Reentry | Role::Referral | Role::Skip => "-.->",
    };
    let caption = arrow.caption();
    let label = if caption.is_empty() { String::new() } else { format!("|\"{}\"|", escaped(&caption)) };
    let _ = writeln!(out, "  s{} {line}{label} s{}", arrow.from, arrow.to);
}

/// Text inside quotes: everything that Mermaid, Markdown or HTML could read as theirs becomes a character reference.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut only_digits = true;
    for c in text.chars() {
        match c {
            ' ' | '/' | ',' | '(' | ')' | '%' | '?' | '!' | '_' => out.push(c),
            // `1.` at the beginning would be a list.
            '.' if !only_digits => out.push(c),
            c if c.is_ascii_punctuation() => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c => out.push(c),
        }
        only_digits &= c.is_ascii_digit();
    }
    if out.trim().is_empty() { "#160;".to_owned() } else { out }
}

/// A YAML string in double quotes.
pub(crate) fn title(text: &str) -> String {
    let text = if text.trim().is_empty() { "funnels" } else { text };
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
