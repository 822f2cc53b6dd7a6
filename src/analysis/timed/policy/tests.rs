use super::*;
use crate::source::{Source, Sources};

/// What the policies of a spec are: of the project, and of its sequence if it has one.
fn with_policy<T>(spec: &str, look: impl Fn(&Policy<'_, '_>) -> T) -> T {
    let mut sources = Sources::new();
    sources.add(Source::new("spec.funnel", spec));
    let (model, faults) = crate::model::build(&sources);
    assert!(faults.is_empty(), "{faults:?}");
    let sequence = model.nodes(Kind::Sequence).next();
    look(&sequence.map_or_else(|| Policy::of_project(&model), Policy::of))
}

/// The end of the quiet of a moment; 2027-03-04 is a Thursday.
fn quiet_until(spec: &str, at: &str) -> String {
    let at = at.parse().unwrap();
    with_policy(spec, |policy| match policy.quiet_until(at) {
        None => "loud".to_owned(),
        Some(Until::At(end)) => end.to_string(),
        Some(Until::Never) => "never".to_owned(),
    })
}

const NIGHTS: &str = "sending { quiet 21:00 .. 08:00 recipient; quiet friday }\n";

#[test]
fn quiet_lasts_from_its_first_moment_up_to_its_end() {
    assert_eq!(quiet_until(NIGHTS, "2027-03-02T20:59:59"), "loud");
    assert_eq!(quiet_until(NIGHTS, "2027-03-02T21:00:00"), "2027-03-03T08:00:00");
    assert_eq!(quiet_until(NIGHTS, "2027-03-03T07:59:59"), "2027-03-03T08:00:00");
    assert_eq!(quiet_until(NIGHTS, "2027-03-03T08:00:00"), "loud");
}

#[test]
fn what_is_quiet_without_a_break_is_one_block() {
    assert_eq!(quiet_until(NIGHTS, "2027-03-04T22:00:00"), "2027-03-06T08:00:00");
    let eid =
        format!("{NIGHTS}holidays eid {{ on 2027-03-06 .. 2027-03-08 }}\n").replace("friday", "friday; not_on eid");
    assert_eq!(quiet_until(&eid, "2027-03-04T22:00:00"), "2027-03-09T08:00:00");
}

#[test]
fn quiet_that_covers_the_day_never_ends() {
    assert_eq!(quiet_until("sending { quiet 20:00 .. 08:00; quiet 08:00 .. 20:00 }\n", "2027-03-02T12:00:00"), "never");
    let week = "sending { quiet monday, tuesday, wednesday, thursday, friday, saturday, sunday }\n";
    assert_eq!(quiet_until(week, "2027-03-02T12:00:00"), "never");
}

#[test]
fn the_longest_quiet_is_over_a_weekend_or_a_holiday() {
    let hours = |spec: &str| {
        with_policy(spec, |policy| match policy.longest_quiet() {
            Lasting::Seconds(seconds) => Some(seconds / 3_600),
            Lasting::Ever => None,
        })
    };
    assert_eq!(hours("sending { cap 1 per day }\n"), Some(0));
    assert_eq!(hours("sending { quiet 21:00 .. 08:00 }\n"), Some(11));
    assert_eq!(hours(NIGHTS), Some(35));
    // From Thursday at nine to Tuesday at eight.
    let eid =
        format!("{NIGHTS}holidays eid {{ on 2027-03-06 .. 2027-03-08 }}\n").replace("friday", "friday; not_on eid");
    assert_eq!(hours(&eid), Some(107));
    assert_eq!(hours("sending { quiet 20:00 .. 08:00; quiet 08:00 .. 20:00 }\n"), None);
}

#[test]
fn a_sequence_only_tightens_the_policy() {
    let spec = format!(
        "{}event e {{ sent_by web }}\nsequence s {{ start e; sending {{ quiet monday; cap 1 per day skip; holdout 5%; week sunday .. tuesday }}; email m {{}} }}\n",
        NIGHTS.replace("quiet friday", "quiet friday; cap 3 per 7d; holdout 10%; week sunday .. thursday")
    );
    with_policy(&spec, |policy| {
        assert_eq!(policy.quiet_days, [true, false, false, false, true, false, false]);
        assert_eq!(policy.week.works, [true, true, false, false, false, false, true]);
        assert_eq!(policy.first_day, 6);
        assert_eq!(policy.holdout, Decimal::TEN);
        let caps: Vec<(usize, Per, Then)> = policy.caps.iter().map(|cap| (cap.count, cap.per, cap.then)).collect();
        assert_eq!(caps, [(3, Per::Rolling(604_800), Then::Hold), (1, Per::Day, Then::Skip)]);
    });
}

#[test]
fn quiet_follows_the_clock_of_whoever_it_is_of() {
    let until = |spec: &str, at: &str, zone: &str| {
        let (at, zone) = (at.parse().unwrap(), TimeZone::get(zone).unwrap());
        with_policy(spec, |policy| match policy.quiet_until_for(at, &zone) {
            Some(Until::At(end)) => end.to_string(),
            other => format!("{other:?}"),
        })
    };
    let spec = "project p { edition 2026; timezone \"Asia/Riyadh\" }\nsending { quiet 21:00 .. 08:00 }\n";
    assert_eq!(until(spec, "2027-03-02T20:00:00Z", "Europe/Berlin"), "2027-03-03T07:00:00Z");
    assert_eq!(
        until(&spec.replace("08:00", "08:00 project"), "2027-03-02T20:00:00Z", "Europe/Berlin"),
        "2027-03-03T05:00:00Z"
    );
    // The night in which the clock is put back lasts an hour longer.
    assert_eq!(until(spec, "2027-10-30T19:00:00Z", "Europe/Berlin"), "2027-10-31T07:00:00Z");
    // Quiet that ends in the hour that comes twice is over the first time, and holds the second time.
    let twice = "sending { quiet 02:15 .. 02:30 }\n";
    assert_eq!(until(twice, "2027-10-31T00:20:00Z", "Europe/Berlin"), "2027-10-31T00:30:00Z");
    assert_eq!(until(twice, "2027-10-31T01:20:00Z", "Europe/Berlin"), "2027-10-31T01:30:00Z");
}
