use super::*;
use crate::lint::levels::Levels;
use crate::source::{Source, Sources};

const SPEC: &str = r#"
project p "A & B <i>" { languages en, ar }
event seen {} event bought {} event shared {}
channel search "Search" : organic { brings 6_000 people / month to shop.see }
channel ads "Ads" : paid { match utm_medium == "x" }
funnel shop "Shop" : hourglass {
  stage buy { label { en "Buy \"it\" \\n <b>"; ar "الشراء" } enter bought; converts }
  stage see "See" : top { enter seen; channels search, ads }
  stage look "Look" : middle { enter seen; optional }
  stage share "1. Share `now`" : loyalty { enter shared }
  see -> look rate 50% within 2d
  look -> buy rate 10% within 3d
  buy -> share rate 20% within 30d
  share -> share rate 5% within 9d
  share -> see rate 120% within 9d as referral
  look -> see as reentry after 60d
}
"#;

fn sources() -> Sources {
    let mut sources = Sources::new();
    sources.add(Source::new("a.funnel", SPEC.replace("stage buy {", "stage buy : bottom {")));
    sources
}

fn pictures(language: &str) -> [String; 3] {
    let sources = sources();
    let compilation = crate::compile(&sources, &Levels::default());
    let scene = Scene::of(&compilation.model, language, None);
    [dot::render(&scene), mermaid::render(&scene), svg::render(&scene)]
}

#[test]
fn stages_stand_by_layer_and_ways_say_what_they_are() {
    let sources = sources();
    let compilation = crate::compile(&sources, &Levels::default());
    let scene = Scene::of(&compilation.model, "en", None);
    let order: Vec<&str> = scene.stages.iter().map(|stage| stage.path.as_str()).collect();
    assert_eq!(order, ["shop.see", "shop.look", "shop.buy", "shop.share"]);
    let roles: Vec<Role> = scene.arrows.iter().map(|arrow| arrow.role).collect();
    assert!(roles.contains(&Role::Referral) && roles.contains(&Role::Reentry) && roles.contains(&Role::Skip));
    assert_eq!(scene.stages[0].feeds.len(), 2);
    let feed = words::clean(&scene.stages[0].feeds[0].brings);
    assert_eq!(feed, "6,000 people / month");
}

#[test]
fn hostile_labels_stay_text() {
    let [dot, mermaid, svg] = pictures("en");
    assert!(dot.contains(r#"label="Buy \"it\" \\n <b>\n★ conversion""#) || dot.contains("Buy \\\"it\\\""), "{dot}");
    assert!(mermaid.contains("Buy #34;it#34;") && mermaid.contains("1#46; Share #96;now#96;"), "{mermaid}");
    assert!(svg.contains("&lt;b&gt;") && !svg.contains("<b>") && svg.contains("A &amp; B"), "{svg}");
}

#[test]
fn arabic_is_mirrored() {
    let [_, _, svg] = pictures("ar");
    assert!(svg.contains("direction=\"rtl\"") && svg.contains("الشراء") && svg.contains("إحالة"));
}

#[test]
fn a_picture_of_nothing_is_a_picture() {
    let sources = Sources::new();
    let compilation = crate::compile(&sources, &Levels::default());
    let scene = Scene::of(&compilation.model, "en", None);
    assert!(svg::render(&scene).ends_with("</svg>\n"));
    assert!(dot::render(&scene).ends_with("}\n"));
}
