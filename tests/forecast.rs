//! Forecasts: the examples as expected, the document as its schema says, and the numbers as an independent simulation
//! draws them. `FUNNELC_BLESS=1` writes what is expected anew.

#![allow(clippy::disallowed_methods, reason = "tests read and write files and start the program")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::format_push_string,
    reason = "what is drawn is small, and specs are put together"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use funnelc::forecast::report;
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn expect(path: &Path, text: &str) {
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        fs::write(path, text).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert!(expected == text, "{}", funnelc::fix::diff(&path.display().to_string(), &expected, text));
}

fn run(spec: &Path, more: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
    command.arg("forecast").arg(spec).args(more).current_dir(root());
    let output = command.env("LC_ALL", "C.UTF-8").env_remove("COLUMNS").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn forecast(spec: &Path, more: &[&str]) -> String {
    let (code, out, err) = run(spec, more);
    assert_eq!((code, err.as_str()), (0, ""), "{}", spec.display());
    out
}

/// Every example and model there is.
fn specs() -> Vec<PathBuf> {
    let folders = ["specs/examples", "specs/models"].map(|folder| fs::read_dir(root().join(folder)).unwrap());
    let mut all: Vec<PathBuf> = folders.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn the_document_is_as_its_schema_says() {
    let schema = report::schema();
    expect(&root().join("book/src/schemas/forecast.schema.json"), &format!("{schema:#}\n"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for spec in specs() {
        let document: Value = serde_json::from_str(&forecast(&spec, &["--format", "json"])).unwrap();
        assert!(validator.is_valid(&document), "{}: {:?}", spec.display(), validator.iter_errors(&document).next());
    }
    let mut wrong: Value = serde_json::from_str(&forecast(&specs()[0], &["--format", "json"])).unwrap();
    wrong["promises"] = serde_json::json!([{ "verdict": "perhaps" }]);
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn the_examples_come_to_what_is_expected() {
    for name in ["atr_al_dar", "b2b", "peepers"] {
        let spec = root().join("specs/examples").join(name);
        let expected = root().join("tests/fixtures/forecast").join(name);
        expect(&expected.with_extension("txt"), &forecast(&spec, &[]));
        expect(&expected.with_extension("ar.txt"), &forecast(&spec, &["--lang", "ar"]));
    }
}

#[test]
fn the_book_shows_a_forecast_as_it_is() {
    let (begin, end) = ("<!-- example -->\n", "<!-- end -->");
    let path = root().join("book/src/measure/forecast.md");
    let page = fs::read_to_string(&path).unwrap();
    let (_, rest) = page.split_once("```funnel\n").unwrap();
    let spec = Scratch::new("shop", rest.split_once("```").unwrap().0);
    let shown = forecast(&spec.0, &["--months", "6"]);
    let (before, rest) = page.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let command = "funnelc forecast shop.funnel --months 6";
    expect(&path, &format!("{before}{begin}\n```text\n$ {command}\n{shown}```\n\n{end}{after}"));
}

// ---- an independent simulation

/// A small generator (`SplitMix64`), so that the oracle shares nothing with what it checks.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A way of a drawn funnel: from, to, rate in percent, days, and the rate of the second channel.
type Drawn = (usize, usize, u64, u64, Option<u64>);

/// A funnel with branches and loops, its ways, and the spec that says so.
fn drawn(draw: &mut Draw) -> (usize, Vec<Drawn>, String) {
    let stages = 3 + draw.below(4) as usize;
    let mut ways: Vec<Drawn> = Vec::new();
    for from in 0..stages {
        let mut left = 95;
        let mut rest = 95;
        for to in 0..stages {
            let is_next = to == from + 1;
            // Nothing leads back to the first stage, where people begin.
            if to == 0 || !(is_next || draw.below(3) == 0) {
                continue;
            }
            let rate = 1 + draw.below(left.min(60));
            let special = (draw.below(4) == 0).then(|| 1 + draw.below(rest.min(60)));
            left -= rate.min(left - 1);
            rest -= special.unwrap_or(rate).min(rest - 1);
            ways.push((from, to, rate, 1 + draw.below(120), special));
            if left < 2 || rest < 2 {
                break;
            }
        }
    }
    let mut spec = String::from("project p \"P\" { currency USD; timezone \"UTC\" }\n");
    for channel in ["one", "two"] {
        spec +=
            &format!("channel {channel} : paid {{ budget 100 USD / month; brings 1_000 people / month to f.s0 }}\n");
    }
    spec += "funnel f \"F\" {\n";
    for stage in 0..stages {
        let converts = if stage == stages - 1 { "converts; worth 10 USD margin 50%" } else { "" };
        spec += &format!("  stage s{stage} \"S\" : loyalty {{ enter e{stage}; {converts} }}\n");
    }
    for (from, to, rate, days, special) in &ways {
        let special = special.map(|rate| format!(" {{ two {rate}% }}")).unwrap_or_default();
        spec += &format!("  s{from} -> s{to} rate {rate}%{special} within {days}d\n");
    }
    spec += "}\n";
    (0..stages).for_each(|stage| spec += &format!("event e{stage} {{ sent_by web }}\n"));
    (stages, ways, spec)
}

/// A stage and a month.
type At = (usize, usize);

/// What one simulated person did: stages with their months.
fn life(draw: &mut Draw, ways: &[Drawn], is_second: bool) -> Vec<(usize, usize)> {
    let (mut stage, mut month) = (0, 0);
    let mut life = vec![(stage, month)];
    loop {
        let mut at = draw.share() * 100.0;
        let taken = ways.iter().filter(|way| way.0 == stage).find(|way| {
            at -= way.4.filter(|_| is_second).unwrap_or(way.2) as f64;
            at < 0.0
        });
        let Some(way) = taken else { return life };
        // When in the month it was, and how long it takes.
        let moment = draw.share() + draw.share() * way.3 as f64 / 30.437_5;
        (stage, month) = (way.1, month + moment.floor() as usize);
        life.push((stage, month));
    }
}

const MONTHS: usize = 6;
const LIVES: usize = 20_000;

/// Whether a mean of so many draws is near enough: five standard errors.
fn agrees(what: &str, told: f64, mean: f64, square: f64) {
    let error = ((square - mean * mean).max(0.0) / LIVES as f64).sqrt();
    assert!((told - mean).abs() <= 5.0 * error + 5.0 / LIVES as f64, "{what}: told {told}, simulated {mean} ± {error}");
}

#[test]
fn a_simulation_agrees() {
    for seed in 0..8 {
        let mut draw = Draw(seed);
        let (stages, ways, spec) = drawn(&mut draw);
        let file = Scratch::new(&format!("simulated-{seed}"), &spec);
        let told: Value =
            serde_json::from_str(&forecast(&file.0, &["--format", "json", "--months", &MONTHS.to_string()])).unwrap();
        for (at, name) in ["one", "two"].into_iter().enumerate() {
            let channel = &told["channels"][at];
            assert_eq!(channel["path"], name);
            let lives: Vec<Vec<(usize, usize)>> = (0..LIVES).map(|_| life(&mut draw, &ways, at == 1)).collect();
            let compare = |what: &str, told: f64, of: &dyn Fn(&[At]) -> f64| {
                let all: Vec<f64> = lives.iter().map(|life| of(life)).collect();
                let mean = all.iter().sum::<f64>() / LIVES as f64;
                let square = all.iter().map(|own| own * own).sum::<f64>() / LIVES as f64;
                agrees(&format!("seed {seed}, {name}, {what}\n{spec}"), told, mean, square);
            };
            let reached = |stage: usize| {
                let path = format!("f.s{stage}");
                let all = channel["stages"].as_array().unwrap();
                all.iter().find(|own| own["path"] == path.as_str()).cloned().unwrap_or_default()
            };
            for stage in 0..stages {
                let visits = |life: &[(usize, usize)]| life.iter().filter(|own| own.0 == stage).count() as f64;
                let own = reached(stage);
                let number = |key: &str| own[key].as_f64().unwrap_or(0.0);
                compare(&format!("visits of s{stage}"), number("visits_per_person"), &visits);
                compare(&format!("reach of s{stage}"), number("reach"), &|life| visits(life).min(1.0));
            }
            let last = stages - 1;
            for month in 0..MONTHS {
                // Who begins in month 0 converts in `month`: the difference of two months of a steady stream.
                let so_far = channel["months"][month]["customers"].as_f64().unwrap() / 1_000.0;
                compare(&format!("customers by month {month}"), so_far, &|life| {
                    let first = life.iter().find(|own| own.0 == last);
                    f64::from(first.is_some_and(|own| own.1 <= month))
                });
            }
            let conversion = channel["conversion"].as_f64().unwrap();
            compare("profit of a customer", channel["ltv"].as_f64().unwrap_or(0.0) * conversion, &|life| {
                life.iter().filter(|own| own.0 == last).count() as f64 * 5.0
            });
        }
        let people = |life: &[Vec<(usize, usize)>], stage: usize, month: usize| {
            let in_month = |own: &&(usize, usize)| own.0 == stage && own.1 <= month;
            life.iter().map(|life| life.iter().filter(in_month).count()).sum::<usize>()
        };
        // Both channels together, month by month, each with people of its own.
        let lives: Vec<Vec<(usize, usize)>> = (0..LIVES).map(|at| life(&mut draw, &ways, at % 2 == 1)).collect();
        for stage in 0..stages {
            for month in 0..MONTHS {
                let told = told["funnels"][0]["stages"][stage]["months"][month]["visits"].as_f64().unwrap() / 2_000.0;
                let simulated = people(&lives, stage, month) as f64 / LIVES as f64;
                assert!((told - simulated).abs() < 0.02 + 0.05 * told, "seed {seed}: {told} {simulated}");
            }
        }
    }
}

/// A file of one spec, gone with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("funnelc-{}-{name}.funnel", std::process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

// ---- laws

fn told(name: &str, spec: &str, more: &[&str]) -> Value {
    let file = Scratch::new(name, spec);
    serde_json::from_str(&forecast(&file.0, &[&["--format", "json"], more].concat())).unwrap()
}

/// A funnel of three stages with some ways.
fn three(head: &str, ways: &str) -> String {
    format!(
        "project p \"P\" {{ currency USD; timezone \"UTC\" }}\n{head}\n\
         event e0 {{ sent_by web }}\nevent e1 {{ sent_by web }}\nevent e2 {{ sent_by web }}\n\
         funnel f \"F\" {{\n  stage a \"A\" : top {{ enter e0 }}\n  stage b \"B\" : bottom {{ enter e1; converts; worth 100 USD margin 30% }}\n  \
         stage c \"C\" : loyalty {{ enter e2; worth 100 USD margin 30% }}\n{ways}\n}}\n"
    )
}

const BRINGS: &str = "channel ads : paid { budget 500 USD / month; brings 1_000 people / month to f.a }";

#[test]
fn shares_are_shares_and_more_of_a_rate_is_more_of_what_follows() {
    let reach = |rate: u64| {
        let ways = format!("  a -> b rate {rate}%\n  a -> c rate 10%\n  b -> c rate 50%\n  c -> c rate 30%");
        let own = told(&format!("monotone-{rate}"), &three(BRINGS, &ways), &[]);
        let stages: Vec<f64> =
            own["funnels"][0]["stages"].as_array().unwrap().iter().map(|own| own["reach"].as_f64().unwrap()).collect();
        assert!(stages.iter().all(|share| (0.0..=1.0).contains(share)), "{stages:?}");
        stages
    };
    let all: Vec<Vec<f64>> = [0, 1, 20, 50, 90].into_iter().map(reach).collect();
    for pair in all.windows(2) {
        assert!(pair[0][1] < pair[1][1] && pair[0][2] < pair[1][2], "{pair:?}");
    }
}

#[test]
fn growth_is_said_and_months_are_told() {
    let ways = "  a -> b rate 50% within 30d\n  b -> a rate 200% within 30d as referral";
    let own = told("growth", &three(BRINGS, ways), &[]);
    assert_eq!(own["grows"], true);
    assert!(own["notes"].as_array().unwrap().iter().any(|note| note.as_str().unwrap().contains("grows without end")));
    assert!(own["funnels"][0]["stages"][0]["typical"].is_null());
    let month = |at: usize| own["total"]["months"][at]["people"].as_f64().unwrap();
    assert!(month(11) > month(0) && month(11).is_finite());
    let barely = ways.replace("200%", "199%");
    assert_eq!(told("barely", &three(BRINGS, &barely), &[])["grows"], false);
}

#[test]
fn a_plan_without_people_money_or_rates_tells_what_it_can() {
    let none = told("no-channel", &three("", "  a -> b rate 25%\n  b -> c"), &[]);
    assert_eq!(none["funnels"][0]["stages"][1]["reach"], 0.25);
    assert_eq!(none["funnels"][0]["stages"][2]["reach"], 0.0);
    assert!(none["funnels"][0]["people"].is_null() && none["channels"].as_array().unwrap().is_empty());
    let nobody = told("nobody", &three(&BRINGS.replace("1_000", "0"), "  a -> b rate 25%"), &[]);
    assert!(nobody["channels"][0]["cac"].is_null());
    let zero = told("zero", &three(BRINGS, "  a -> b rate 0%"), &[]);
    assert_eq!(zero["channels"][0]["conversion"], 0.0);
    assert!(zero["channels"][0]["cac"].is_null() && zero["channels"][0]["ltv"].is_null());
}

#[test]
fn a_profit_that_comes_late_pays_back_late() {
    // 30 USD with the first order; 60% come back within up to 4 months: 30 + 18 in all.
    let ways = "  a -> b rate 10%\n  b -> c rate 60% within 120d";
    let at = |budget: &str| {
        let own = told("payback", &three(&BRINGS.replace("500 USD", budget), ways), &[]);
        own["channels"][0]["payback_month"].as_u64()
    };
    assert_eq!(at("3_000 USD"), Some(1));
    assert_eq!(at("3_300 USD"), Some(2));
    // After five months all have come back who ever will.
    assert_eq!(at("4_800 USD"), Some(5));
    assert_eq!(at("4_900 USD"), None);
}

#[test]
fn seasons_budgets_and_campaigns_fall_into_their_months() {
    let head = "channel ads : paid {\n  budget { 2027-01 310 USD; 2027-02 620 USD }\n  brings 1_000 people / month to f.a\n  season { jan 50%; feb 200% }\n}\n\
                campaign push { channel ads; between 2027-01-29 .. 2027-02-07; budget 100 USD }";
    let own = told("season", &three(head, "  a -> b rate 10%"), &["--from", "2027-01", "--months", "3"]);
    let months = own["channels"][0]["months"].as_array().unwrap();
    let number = |key: &str| [0, 1, 2].map(|at: usize| months[at][key].as_f64().unwrap().round() as u64);
    assert_eq!(number("people"), [500, 2_000, 1_000]);
    // Three of the ten days of the campaign lie in January.
    assert_eq!(number("cost"), [340, 690, 0]);
    assert_eq!(own["months"], serde_json::json!(["2027-01", "2027-02", "2027-03"]));
}

#[test]
fn shares_of_segments_weigh_their_rates() {
    let head = format!("{BRINGS}\nsegment givers {{ where did e0 2 times within 30d }}");
    let spec = three(&head, "  a -> b rate 10% { givers 30% }");
    let plain = told("plain", &spec, &[]);
    assert_eq!(plain["channels"][0]["conversion"].as_f64().map(|own| (own * 1e9).round()), Some(1e8));
    assert_eq!(plain["segments"][0]["conversion"].as_f64().map(|own| (own * 1e9).round()), Some(3e8));
    let half = told("half", &spec, &["--share", "givers=50%"]);
    assert_eq!(half["channels"][0]["conversion"].as_f64().map(|own| (own * 1e9).round()), Some(2e8));
    let file = Scratch::new("wrong-share", &spec);
    let (code, _, err) = run(&file.0, &["--share", "giver=50%"]);
    assert_eq!((code, err.contains("did you mean `givers`?")), (2, true), "{err}");
    let (code, _, err) = run(&file.0, &["--share", "givers=60%", "--share", "givers=50%"]);
    assert_eq!((code, err.contains("more than 100%")), (2, true), "{err}");
}

#[test]
fn measured_rates_take_the_place_of_planned_ones() {
    let spec = Scratch::new("measured", &three(BRINGS, "  a -> b rate 10% { ads 20% }\n  b -> c rate 50%"));
    let way = serde_json::json!({ "from": "f.a", "to": "f.b", "rate": 0.04, "time": { "median": 2_629_800.0 } });
    let document = serde_json::json!({ "version": 1, "funnels": [{ "transitions": [way] }] });
    let file = spec.0.with_extension("json");
    fs::write(&file, document.to_string()).unwrap();
    let own: Value =
        serde_json::from_str(&forecast(&spec.0, &["--format", "json", "--measured", file.to_str().unwrap()])).unwrap();
    assert_eq!(own["rates"], "measured");
    assert_eq!(own["funnels"][0]["transitions"][0]["rate"], 0.04);
    assert_eq!(own["funnels"][0]["transitions"][0]["within_months"], 2.0);
    assert_eq!(own["funnels"][0]["transitions"][1]["rate"], 0.5);
    fs::write(&file, "{}").unwrap();
    let (code, _, err) = run(&spec.0, &["--measured", file.to_str().unwrap()]);
    assert_eq!((code, err.contains("is not what `funnelc measure")), (2, true), "{err}");
    fs::remove_file(&file).unwrap();
}

#[test]
fn a_thousand_channels_and_two_hundred_stages_are_quick() {
    let mut spec = String::from("project p \"P\" { currency USD; timezone \"UTC\" }\n");
    for at in 0..1_000 {
        spec += &format!("channel c{at} : paid {{ budget 5 USD / month; brings {at} people / month to f.s0 }}\n");
    }
    (0..200).for_each(|at| spec += &format!("event e{at} {{ sent_by web }}\n"));
    spec += "funnel f \"F\" {\n";
    for at in 0..200 {
        let converts = if at == 100 { "converts; worth 10 USD" } else { "" };
        spec += &format!("  stage s{at} \"S\" : loyalty {{ enter e{at}; {converts} }}\n");
    }
    for at in 0..199 {
        let special = if at < 20 { format!(" {{ c{at} 70% }}") } else { String::new() };
        spec += &format!("  s{at} -> s{} rate 80%{special} within 20d\n", at + 1);
        if at > 0 && at % 10 == 0 {
            spec += &format!("  s{at} -> s{} rate 10% within 20d\n", at - 5);
        }
    }
    spec += "}\n";
    let own = told("large", &spec, &["--months", "12"]);
    assert_eq!(own["channels"].as_array().unwrap().len(), 1_000);
    assert!(own["levers"].as_array().unwrap().len() > 50);
}
