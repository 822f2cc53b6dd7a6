//! For spreadsheets: a row a number, no cell a formula.

use super::{Format, Report};
use crate::emit::csv::table;
use crate::forecast::{Forecast, Origin};

pub(super) const FORMAT: Format =
    Format { name: "csv", about: "for spreadsheets: a row a number, no cell a formula", render };

const COLUMNS: [&str; 7] = ["of", "path", "label", "measure", "month", "unit", "value"];

fn render(report: &Report<'_>) -> String {
    let mut rows = Rows { forecast: report.forecast, all: vec![COLUMNS.map(str::to_owned).to_vec()] };
    let own = report.forecast;
    rows.origin("total", &own.total);
    own.channels.iter().for_each(|channel| rows.origin("channel", channel));
    own.referred.iter().for_each(|referred| rows.origin("referred", referred));
    for segment in &own.segments {
        let place = ["segment", &segment.path, &segment.label];
        rows.add(place, "conversion", "", "ratio", segment.conversion);
        rows.add(place, "ltv", "", &own.currency, segment.ltv);
        rows.add(place, "potential", "", "people", segment.potential);
    }
    for funnel in &own.funnels {
        rows.add(["funnel", &funnel.path, &funnel.label], "people", "", "people", funnel.people);
        for stage in &funnel.stages {
            let place = ["stage", &stage.path, &stage.label];
            rows.add(place, "reach", "", "ratio", Some(stage.reach));
            rows.add(place, "visits_per_person", "", "count", Some(stage.visits_per_person));
            rows.add(place, "people", "", "people", stage.typical.map(|flow| flow.people));
            rows.add(place, "visits", "", "count", stage.typical.map(|flow| flow.visits));
            for (month, flow) in own.months.iter().zip(&stage.months) {
                rows.add(place, "people", month, "people", Some(flow.people));
                rows.add(place, "visits", month, "count", Some(flow.visits));
            }
        }
        for way in &funnel.transitions {
            let path = format!("{} -> {}", way.from, way.to);
            rows.add(["transition", &path, ""], "rate", "", "ratio", way.rate);
            rows.add(["transition", &path, ""], "taken", "", "count", way.typical);
        }
    }
    for promise in &own.promises {
        let place = ["promise", &promise.path, &promise.label];
        rows.add(place, "promised", "", &promise.unit, Some(promise.promised));
        rows.add(place, "planned", "", &promise.unit, promise.planned);
    }
    for lever in &own.levers {
        rows.add(["lever", &lever.transition, ""], "elasticity", "", "ratio", Some(lever.elasticity));
    }
    String::from_utf8(table(rows.all)).unwrap_or_default()
}

struct Rows<'a> {
    forecast: &'a Forecast,
    all: Vec<Vec<String>>,
}

impl Rows<'_> {
    /// A number, where there is one.
    fn add(&mut self, place: [&str; 3], measure: &str, month: &str, unit: &str, value: Option<f64>) {
        let Some(value) = value else { return };
        let mut row: Vec<String> = place.iter().chain(&[measure, month, unit]).map(|cell| (*cell).to_owned()).collect();
        row.push(value.to_string());
        self.all.push(row);
    }

    fn origin(&mut self, of: &str, own: &Origin) {
        let currency = &self.forecast.currency;
        let place = [of, own.path.as_deref().unwrap_or_default(), &own.label];
        self.add(place, "people", "", "people", Some(own.people));
        self.add(place, "customers", "", "people", own.customers);
        self.add(place, "conversion", "", "ratio", own.conversion);
        self.add(place, "cost", "", currency, own.cost);
        self.add(place, "cac", "", currency, own.cac);
        self.add(place, "ltv", "", currency, own.ltv);
        self.add(place, "ltv_to_cac", "", "ratio", own.ltv_to_cac);
        self.add(place, "payback_month", "", "count", own.payback_month.map(crate::forecast::float));
        for (month, own) in self.forecast.months.iter().zip(&own.months) {
            self.add(place, "people", month, "people", Some(own.people));
            self.add(place, "customers", month, "people", own.customers);
            self.add(place, "cost", month, currency, own.cost);
        }
        for stage in &own.stages {
            self.add(place, &format!("reach of {}", stage.path), "", "ratio", Some(stage.reach));
        }
    }
}
