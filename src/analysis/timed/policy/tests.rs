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

/// The fast of 2027 begins on Monday, the eighth of February.
const FAST: &str = "holidays ramadan { on 2027-02-08 .. 2027-03-08 }\n\
                    sending { quiet 23:00 .. 08:00; quiet 04:00 .. 20:00 recipient during ramadan }\n";

#[test]
fn a_window_may_hold_on_some_days_only() {
    assert_eq!(quiet_until(FAST, "2027-02-07T12:00:00"), "loud");
    assert_eq!(quiet_until(FAST, "2027-02-08T12:00:00"), "2027-02-08T20:00:00");
    assert_eq!(quiet_until(FAST, "2027-02-08T20:00:00"), "loud");
    assert_eq!(quiet_until(FAST, "2027-02-08T23:30:00"), "2027-02-09T20:00:00");
    assert_eq!(quiet_until(FAST, "2027-03-08T12:00:00"), "2027-03-08T20:00:00");
    // The night after the last day is like any other.
    assert_eq!(quiet_until(FAST, "2027-03-08T23:30:00"), "2027-03-09T08:00:00");
    assert_eq!(quiet_until(FAST, "2027-03-09T12:00:00"), "loud");
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_begins() {
    let nights = "holidays feast { on 2027-03-09 }\nsending { quiet 22:00 .. 10:00 during feast }\n";
    assert_eq!(quiet_until(nights, "2027-03-09T09:00:00"), "loud");
    assert_eq!(quiet_until(nights, "2027-03-09T22:00:00"), "2027-03-10T10:00:00");
    assert_eq!(quiet_until(nights, "2027-03-10T09:00:00"), "2027-03-10T10:00:00");
    assert_eq!(quiet_until(nights, "2027-03-10T22:00:00"), "loud");
}

#[test]
fn the_days_are_those_of_the_clock_that_a_window_follows() {
    let until = |whose: &str| {
        let spec = format!(
            "project p {{ edition 2026; timezone \"Asia/Riyadh\" }}\nholidays h {{ on 2027-02-09 }}\nsending {{ quiet 01:00 .. 20:00 {whose} during h }}\n"
        );
        let at = "2027-02-08T22:30:00Z".parse().unwrap();
        let chicago = TimeZone::get("America/Chicago").unwrap();
        with_policy(&spec, |policy| policy.quiet_until_for(at, &chicago))
    };
    // In Riyadh the ninth has begun, in Chicago it is the eighth.
    assert_eq!(until("project"), Some(Until::At("2027-02-09T17:00:00Z".parse().unwrap())));
    assert_eq!(until("recipient"), None);
}

/// What is measured from the ends of blocks is what an hour by hour walk over the years finds.
#[test]
fn the_longest_quiet_of_a_fast_is_found() {
    let specs = [
        FAST.to_owned(),
        FAST.replace("; quiet 04", "; quiet friday; quiet 04"),
        FAST.replace("23:00 .. 08:00", "20:00 .. 04:00"),
        FAST.replace("; quiet 04", "; not_on eid; quiet 04") + "holidays eid { on 2027-03-09 .. 2027-03-12 }\n",
    ];
    for spec in specs {
        let (measured, walked) = with_policy(&spec, |policy| (policy.longest_quiet(), longest_hour_by_hour(policy)));
        assert_eq!(measured, Lasting::Seconds(walked * 3_600), "{spec}");
    }
}

/// The most hours in a row that are quiet in the first half of 2027.
fn longest_hour_by_hour(policy: &Policy<'_, '_>) -> i64 {
    let first = Date::constant(2027, 1, 1).to_datetime(Time::midnight());
    let (mut longest, mut now) = (0, 0);
    for hour in 0..24 * 180 {
        let at = first.checked_add(hour.hours()).unwrap();
        now = if policy.quiet_until(at).is_some() { now + 1 } else { 0 };
        longest = longest.max(now);
    }
    longest
}

#[test]
fn what_a_model_makes_is_of_the_project() {
    let spec = "model quiet_day(day) { sending { quiet day; cap 2 per week hold } }\n\
                make one from quiet_day(friday)\nmake two from quiet_day(sunday)\nsending { cap 1 per day hold }\n";
    with_policy(spec, |policy| {
        assert_eq!(policy.quiet_days, [false, false, false, false, true, false, true]);
        assert_eq!(policy.caps.len(), 3);
    });
}
