//! Laws of the maps: well-formed whatever a spec says, inside of the page, mirrored, and nothing missing unsaid.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Slide, slides, told};
use crate::plan::{Plan, plan};
use crate::source::{Source, Sources};

fn planned(text: &str) -> Plan {
    let mut sources = Sources::new();
    sources.add(Source::new("spec.funnel", text));
    plan(&crate::model::build(&sources).0)
}

/// A funnel of so many stages, each of which says something.
fn spec(stages: usize, languages: &str, label: &str, text: &str) -> String {
    let own = |at: usize| {
        let layer = ["top", "middle", "bottom", "loyalty"][at % 4];
        format!(
            "  stage s{at} {label} : {layer} {{ enter e; content {text}, {text}; asks {text}; feels {text}; touches {text}; \
             pains {text}; goals {text}; tools {text}; influencers {text} }}\n"
        )
    };
    let stages_text = (0..stages).map(own).collect::<Vec<_>>().concat();
    let ways: Vec<String> = (1..stages).map(|at| format!("  s{} -> s{at} rate 50% within 3d\n", at - 1)).collect();
    let ways = ways.concat();
    format!(
        "project p \"P\" {{ languages {languages}; currency USD }}\nevent e {{ sent_by web }}\nfunnel f {label} {{\n{stages_text}{ways}  \
         s{} -> s0 rate 5% as reentry after 3d\n}}\n",
        stages - 1
    )
}

/// An element and its attributes.
type Element = (String, Vec<(String, String)>);

/// The elements of a picture with their attributes, and all words.
fn parsed(svg: &str) -> (Vec<Element>, String) {
    let mut reader = Reader::from_str(svg);
    let (mut elements, mut words) = (Vec::new(), String::new());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => return (elements, words),
            Event::Start(own) | Event::Empty(own) => {
                let attribute = |own: quick_xml::events::attributes::Attribute<'_>| {
                    let value = own.normalized_value(quick_xml::XmlVersion::Implicit1_0).expect("a value").into_owned();
                    (own.key.as_ref().to_owned(), value)
                };
                let attributes = own.attributes().map(|own| attribute(own.expect("an attribute"))).collect();
                elements.push((own.name().as_ref().to_owned(), attributes));
            }
            Event::Text(own) => words.push_str(&own),
            Event::GeneralRef(_) => words.push('&'),
            _ => {}
        }
    }
}

fn number(attributes: &[(String, String)], name: &str) -> Option<f64> {
    attributes.iter().find(|(own, _)| own == name).and_then(|(_, value)| value.parse().ok())
}

fn lawful(slide: &Slide) {
    let (elements, _) = parsed(&slide.svg);
    assert!(elements.len() > 5, "{}", slide.title);
    for (name, attributes) in &elements {
        assert!(["svg", "title", "g", "rect", "polygon", "path", "text"].contains(&name.as_str()), "{name}");
        assert!(!attributes.iter().any(|(own, _)| own.starts_with("on") || own == "href" || own == "style"));
        let (Some(x), Some(y)) = (number(attributes, "x"), number(attributes, "y")) else { continue };
        let (width, height) = (number(attributes, "width").unwrap_or(0.0), number(attributes, "height").unwrap_or(0.0));
        assert!(x >= 0.0 && x + width <= 1_600.1 && y >= 0.0 && y + height <= 900.1, "{name} {attributes:?}");
    }
}

#[test]
fn hostile_words_change_nothing_but_words() {
    let long = "x".repeat(5_000);
    let mixed = "سيت lorem ".repeat(300);
    for text in
        ["<script>alert(1)</script>", "</svg>&\\\"'", "]]>-->", "a\\nb", "\u{202e}abc", &long, &mixed, "🙂", " "]
    {
        let text = format!("\"{text}\"");
        for slide in slides(&planned(&spec(4, "en", &text, &text)), "en") {
            lawful(&slide);
        }
    }
}

#[test]
fn what_has_no_room_is_said_and_told_as_a_whole() {
    let long = format!("\"{}\"", "word ".repeat(900));
    let plan = planned(&spec(3, "en", "\"Stage\"", &long));
    for slide in slides(&plan, "en") {
        let (_, words) = parsed(&slide.svg);
        assert!(words.contains('…') || words.contains("and more:"), "{}", slide.map);
        // The whole stands in the title of the part that is cut.
        assert!(words.matches("word").count() > 900, "{}", slide.map);
    }
    let told = told(&plan, "en");
    assert!(told[0].stages[0].1.iter().flatten().any(|text| text.len() > 4_000));
}

#[test]
fn many_stages_are_many_pages_and_each_stage_is_on_one_of_each_map() {
    let all = slides(&planned(&spec(200, "en", "\"Stage\"", "\"said\"")), "en");
    for map in ["funnel", "journey", "empathy", "chart"] {
        let own: Vec<&Slide> = all.iter().filter(|slide| slide.map == map).collect();
        assert!(own.len() >= 28 && own.iter().all(|slide| slide.pages == own.len()), "{map}");
        own.iter().for_each(|slide| lawful(slide));
        let shown: usize = own.iter().map(|slide| parsed(&slide.svg).1.matches("Stage\u{2069}").count()).sum();
        let plain: usize = own.iter().map(|slide| slide.svg.matches(">Stage</text>").count()).sum();
        assert!(shown + plain >= 200, "{map}: {shown} and {plain}");
    }
}

#[test]
fn a_funnel_of_which_nothing_is_said_has_maps_that_say_so() {
    let text = "project p \"P\" { languages ar, en }\nevent e { sent_by web }\nfunnel f \"ف\" {\n  stage a \"أ\" : top { enter e }\n}\n";
    let plan = planned(text);
    for (language, words) in [("ar", "لم يُذكر شيء"), ("en", "Nothing is said")] {
        for slide in slides(&plan, language) {
            lawful(&slide);
            assert!(slide.map == "funnel" || slide.svg.contains(words), "{} {language}", slide.map);
        }
    }
}

#[test]
fn right_to_left_is_the_mirror_of_left_to_right() {
    let plan = planned(&spec(5, "en, ar", "\"Stage\"", "\"said\""));
    for (left, right) in slides(&plan, "en").iter().zip(slides(&plan, "ar")) {
        assert!(right.svg.contains("direction=\"rtl\"") && left.svg.contains("direction=\"ltr\""));
        let boxes = |svg: &str, mirrored: bool| {
            let mut all: Vec<(i64, i64)> = parsed(svg)
                .0
                .iter()
                .filter(|(name, _)| name == "rect")
                .filter_map(|(_, own)| {
                    let (x, y, width) = (number(own, "x")?, number(own, "y")?, number(own, "width")?);
                    Some(((if mirrored { 1_600.0 - x - width } else { x }).round() as i64, y.round() as i64))
                })
                .collect();
            all.sort_unstable();
            all
        };
        // Words of another length may be of another size: what is compared is where the columns stand.
        let columns = |all: Vec<(i64, i64)>| all.into_iter().map(|(x, _)| x).collect::<Vec<_>>();
        assert_eq!(columns(boxes(&left.svg, false)), columns(boxes(&right.svg, true)), "{}", left.map);
    }
}
