//! Generated projects of any size, for measuring and for laws that must hold on large inputs.
//!
//! A project is made of *cells*. Each is a file with a small business of its own: consent, events with properties,
//! channels, a campaign, segments, KPIs, a goal, a funnel and a sequence that moves it. Every cell uses the teams and
//! traits of the first file and sends people on from the cell before it, so that names resolve across files. The text
//! depends on nothing but the number asked for.

use std::fmt::Write;

/// Declarations of one cell, as the compiler counts them: everything with a kind, properties and transitions included.
pub(crate) const PER_CELL: usize = 57;

/// The names and texts of the files of a project with about `declarations` declarations (at least one cell).
pub(crate) fn generate(declarations: usize) -> Vec<(String, String)> {
    let cells = declarations.div_ceil(PER_CELL).max(1);
    let mut files = vec![("main.funnel".to_owned(), HEAD.to_owned())];
    files.extend((0..cells).map(|cell| (format!("cells/c{cell:05}.funnel"), cell_text(cell))));
    files
}

const HEAD: &str = r#"// A generated project.
project generated "Generated" {
  edition 2026
  languages en, ar
  currency USD
  timezone "America/Chicago"
  identity user_id, anonymous_id
}

team growth "Growth" { lead "growth@example.com" }
team crm "CRM" { lead "crm@example.com" }
team web_team "Web"

source warehouse {
  events "analytics.events" { identity user_id, anonymous_id; time occurred_at; name event; properties props }
  spend "analytics.ad_spend" { date day; channel channel; amount usd; impressions shown; clicks clicked }
}

event unsubscribed "Unsubscribed" { sent_by server; owner crm; status live }
event subscribed "Subscribed" {
  sent_by web
  owner crm
  status live
  prop email string required pii(contact) purpose newsletter
}

consent newsletter "Newsletter" { given subscribed; withdrawn unsubscribed; keep 24mo }

traits {
  country string
  first_name string pii(contact) purpose newsletter
  account_type enum(consumer, reseller)
}

antisegment resellers "Resellers" { where trait account_type == reseller }
"#;

/// One cell; `@` in the template is its number.
fn cell_text(cell: usize) -> String {
    let number = cell.to_string();
    let mut text = String::with_capacity(CELL.len() + 64 * number.len());
    let _ = writeln!(text, "// Cell {number}.");
    for (index, piece) in CELL.split('@').enumerate() {
        if index > 0 {
            text.push_str(&number);
        }
        text.push_str(piece);
    }
    if let Some(before) = cell.checked_sub(1) {
        let _ =
            writeln!(text, "\nhandover store{before}.loyal -> store{cell}.awareness rate 5% within 30d owner growth");
    }
    text
}

const CELL: &str = r#"
/// The visitor opened a page of shop @.
event page_viewed@ "Page viewed @" : page {
  named "Page Viewed @"
  sent_by web
  owner web_team
  status live
  prop page_url@ url required
  prop title@ string length 1..200
}

/// A product of shop @ was looked at.
event product_viewed@ "Product viewed @" : track {
  named "Product Viewed @"
  sent_by web, ios
  owner web_team
  status live
  prop product_id@ string required
  prop price@ money
  prop category@ enum(frames, lenses, sun) = frames
  prop position@ integer 1..500
}

event cart_updated@ "Cart updated @" : track {
  sent_by web, ios
  owner web_team
  status live
  prop cart_id@ string required
  prop quantity@ integer = 1
}

event order_completed@ "Order completed @" : track {
  named "Order Completed @"
  named purchase@ in ga4
  sent_by web, server
  once_per order_id@ within 3d prefer server
  owner web_team
  status live
  prop order_id@ string required
  prop total@ money required
  prop coupon@ string
  prop gift@ bool = false
}

event order_refunded@ "Order refunded @" {
  sent_by server
  owner web_team
  status live
  prop order_id@ string required
  prop amount@ money
}

event photo_shared@ "Photo shared @" { sent_by web; owner crm; status planned; prop order_id@ string required }

channel search@ "Search @" : organic {
  match utm_medium == "organic" and utm_campaign == "shop-@"
  brings 60_000 people / month to store@.awareness
  owner growth
}

channel ads@ "Ads @" : paid {
  match utm_source in ["facebook", "instagram"] and utm_medium == "paid-@"
  cost spend
  budget 12_000 USD / month
  brings 26_000 people / month to store@.awareness
  season { nov 160%; jan 70% }
  owner growth
}

campaign spring@ "Spring @" { channel ads@; between 2027-03-01 .. 2027-04-15; budget 9_000 USD; owner growth }

segment gift_buyers@ "Gift buyers @" : behavioural {
  where did order_completed@(gift@ == true) within 365d
  size 80_000 people
  needs "A present that fits"
  persona layla@ "Layla @" : decision_maker { needs "A present that fits"; pains "Does not know the size" }
}

segment returning@ "Returning @" : behavioural {
  where did product_viewed@ within 30d and not (trait country == "US" and trait account_type == reseller)
}

kpi reach@ "Reach @" { value people(store@.awareness); per month; target >= 80_000; owner growth; review monthly }
kpi conversion@ "Visit to purchase @" {
  value rate(store@.awareness -> store@.purchase)
  target >= 0.5% by 2027-03-31
  by channel
  per month
  owner growth
  review weekly
}
kpi lead_cost@ "Cost per lead @" { value spend(ads@) / people(store@.consideration); target <= 7 USD; owner growth; review weekly }
kpi revenue@ "Revenue @" { value sum(order_completed@.total@); per month; target >= 10_000 USD; owner growth; review monthly }
kpi repeat@ "Repeat rate @" { value rate(store@.purchase -> store@.loyal); target >= 25%; owner crm; review monthly }

goal repeat_orders@ "More repeat orders @" { kpi repeat@; from 21% to 27%; between 2026-12-01 .. 2027-06-30; owner crm }

/// How people of shop @ come to buy.
funnel store@ "Store @" : hourglass {
  cycle 21d
  window 60d
  counts people

  stage awareness "Awareness" : top { enter page_viewed@; channels search@, ads@; kpis reach@, lead_cost@ }
  stage consideration "Consideration" : middle { enter product_viewed@ or cart_updated@; kpis lead_cost@ }
  stage purchase "Purchase" : bottom {
    enter order_completed@
    converts
    worth 85 USD margin 55%
    undone by order_refunded@ matching order_id@ within 30d
    kpis conversion@, revenue@
  }
  stage loyal "Loyal" : loyalty { enter order_completed@; kpis repeat@ }
  stage advocate "Advocate" : loyalty { enter photo_shared@; kpis repeat@ }

  awareness     -> consideration  rate 8% { gift_buyers@ 12%; ads@ 7% }  within 14d
  consideration -> purchase       rate 6%    within 30d  when not resellers
  purchase      -> loyal          rate 27%   within 180d
  loyal         -> loyal          rate 40%   within 180d
  loyal         -> advocate       rate 10%   within 90d
  advocate      -> loyal          rate 25%   within 90d
}

offer welcome@ "10% off in shop @" { code "WELCOME@"; value 10%; valid 14d after subscribed; once; stacks no }

sequence series@ "Series @" {
  moves store@.consideration -> store@.purchase
  start cart_updated@
  audience not resellers
  stop order_completed@ or unsubscribed
  basis consent(newsletter)
  again after 90d
  owner crm

  wait 1h
  email hello {
    subject { en "You left something"; ar "تركت شيئًا" }
    preview "Ten percent off"
    says "Hello {{first_name|there}}: what makes a frame fit."
    cta "Find your frame" -> "https://example.com/shop/@"
    offer welcome@
    aims_for product_viewed@ within 3d target >= 25%
    owner crm
  }
  wait 2d
  wait until product_viewed@ at_most 3d {
    then { email picks { subject "Frames you looked at"; says "Here they are"; cta "Continue" -> "https://example.com/viewed/@"; owner crm } }
    else { email story { subject "How a frame is drawn"; says "By hand"; cta "Watch" -> "https://example.com/story/@"; owner crm } }
  }
}
"#;
