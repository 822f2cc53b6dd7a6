//! A small whole spec for every kind of declaration. The match has no other arm, so that a kind without an example does
//! not compile; a test compiles every one of them.

use crate::model::kinds::Kind;

/// A spec that shows how a kind is written.
pub const fn of(kind: Kind) -> &'static str {
    match kind {
        Kind::Project | Kind::Brief => PROJECT,
        Kind::Use => USE,
        Kind::Team => TEAM,
        Kind::Source => SOURCE,
        Kind::Measure => MEASURE,
        Kind::Group => GROUP,
        Kind::Model | Kind::Make => MODEL,
        Kind::Consent => CONSENT,
        Kind::Traits | Kind::Trait => TRAITS,
        Kind::Type | Kind::Member => TYPE,
        Kind::Props | Kind::Prop => PROPS,
        Kind::Event => EVENT,
        Kind::Variant => VARIANT,
        Kind::Channel => CHANNEL,
        Kind::Campaign => CAMPAIGN,
        Kind::Segment | Kind::Persona => SEGMENT,
        Kind::Antisegment => ANTISEGMENT,
        Kind::Score => SCORE,
        Kind::Kpi => KPI,
        Kind::Goal => GOAL,
        Kind::Funnel | Kind::Stage | Kind::Transition => FUNNEL,
        Kind::Handover => HANDOVER,
        Kind::Offer => OFFER,
        Kind::Program | Kind::Tier => PROGRAM,
        Kind::Survey => SURVEY,
        Kind::Sending | Kind::Holidays => SENDING,
        Kind::Sequence => SEQUENCE,
        Kind::Email => EMAIL,
        Kind::Sms | Kind::Whatsapp | Kind::Push => SHORT_MESSAGES,
        Kind::Call | Kind::Task => CALL,
        Kind::Post => POST,
        Kind::Wait | Kind::Then => WAIT,
        Kind::When | Kind::Else => WHEN,
        Kind::Split | Kind::Arm | Kind::Nothing => SPLIT,
        Kind::Experiment => EXPERIMENT,
        Kind::Competitor => COMPETITOR,
        Kind::Audit => AUDIT,
        Kind::Dashboard => DASHBOARD,
    }
}

const PROJECT: &str = r#"project peepers "Peepers eyewear" {
  edition    2026
  languages  en, ar
  currency   USD
  timezone   "America/Chicago"
  identity   user_id, anonymous_id
  label      { en "Peepers eyewear"; ar "نظارات بيبرز" }
  brief {
    sells        "Glasses of our own design"
    sells_to     "Adults who wear glasses every day"
    not_to       "Wholesale"
    strategy     differentiation
    positioning  "Eyewear with a point of view"
    fact "Season" "Back to school, December"
  }
}
"#;

const USE: &str = r#"use std.ecommerce { page_viewed, order_completed }

event order_placed "Order placed" extends order_completed { sent_by web; owner checkout_team }
"#;

const TEAM: &str = r#"team crm "Customer relations" { lead "crm@example.com"; members "crm-mail@example.com", "crm-data@example.com" }

event newsletter_subscribed "Newsletter subscribed" { sent_by web; owner crm }
"#;

const SOURCE: &str = r#"source warehouse {
  events  "analytics.events"    { identity user_id, anonymous_id; time occurred_at; name event; properties props }
  spend   "analytics.ad_spend"  { date day; channel channel; amount usd; impressions shown; clicks clicked }
  rates   "fx.daily"            { date day; from base; to quote; rate rate }
}
"#;

const MEASURE: &str = r"measure {
  mature       only
  start        latest
  count        people
  attribution  last_non_direct lookback 30d
}
";

const GROUP: &str = r#"group account "Accounts" {
  key company_id
  traits { plan enum(basic, team, enterprise) }
}

event demo_requested "Demo requested" { prop company_id string required }
event contract_signed "Contract signed" { prop company_id string required }

funnel sales "Sales" : standard {
  counts account
  window 180d
  stage demo     "Demo"     : middle { enter demo_requested by 2 people }
  stage customer "Customer" : bottom { enter contract_signed; converts }

  demo -> customer  rate 20%  within 120d
}
"#;

const MODEL: &str = r#"event page_viewed "Page viewed" { prop country country }
event order_completed "Order completed" { prop country country }

model shop(market) {
  funnel store "Store {market}" : standard {
    window 30d
    stage visit    "Visit"    : top    { enter page_viewed(country == "{market}") }
    stage purchase "Purchase" : bottom { enter order_completed(country == "{market}"); converts }

    visit -> purchase  rate 3%  within 14d
  }
}

make shop_sa from shop(SA)
make shop_ae from shop(AE)
"#;

const CONSENT: &str = r#"event newsletter_subscribed "Newsletter subscribed"
event unsubscribed "Unsubscribed"

consent newsletter "Newsletter" {
  given      newsletter_subscribed
  withdrawn  unsubscribed
  keep       24mo
  text       { en "Yes, write to me about new frames."; ar "نعم، راسلوني عن الإطارات الجديدة." }
}
"#;

const TRAITS: &str = r#"event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed" { prop total money required }
consent newsletter "Newsletter" { given newsletter_subscribed }

traits {
  country         country
  /// As it was typed; used in greetings only.
  first_name      string  pii(contact)  purpose newsletter
  account_type    enum(consumer, reseller)
  lifetime_value  money = sum(order_completed.total)
}
"#;

const TYPE: &str = r#"type item {
  /// The number of the article in the shop.
  id        string   required
  price     money    required
  quantity  integer  1..99 = 1
}

event order_completed "Order completed" { prop items list(item) 1..200 }
"#;

const PROPS: &str = r#"props commerce "Commerce" {
  prop cart_id  string  required
  prop coupon   string  named "coupon_code" in ga4
}

event checkout_started "Checkout started" {
  with commerce
  prop total  money  required
  prop email  email  pii(contact)  purpose "Receipt of the order"
}
"#;

const EVENT: &str = r#"/// The visitor left an address and asked for the newsletter.
event newsletter_subscribed "Newsletter subscribed" : track {
  named    "Newsletter Subscribed"
  sent_by  web, ios
  owner    web_team
  status   live
  once_per email within 1d prefer web
  prop email  email  required  pii(contact)  purpose "To send the newsletter"
  prop list   enum(main, launches) = main
  example { email "a@example.com"; list main }
}
"#;

const VARIANT: &str = r#"event form_submitted "Form submitted" {
  prop form enum(newsletter, demo) required
  variant demo_form "Demo form" when form == demo {
    prop company string required
  }
}
"#;

const CHANNEL: &str = r#"event page_viewed "Page viewed"
event order_completed "Order completed"

channel organic_search "Organic search" : organic {
  match   utm_medium == "organic"
  brings  60_000 people / month to store.visit
  demand  product "round frames" 2_400 / month, problem "glasses slide down" 900 / month
}
channel social_ads "Social ads" : paid {
  match   utm_source in ["facebook", "instagram"] and utm_medium == "paid"
  cost    spend
  budget  12_000 USD / month
  season  { nov 160%; jan 70% }
}
channel postcards "Postcards" : offline { cost 1.10 USD / message; lead_time 5d..8d }

funnel store "Store" : standard {
  window 30d
  stage visit    "Visit"    : top    { enter page_viewed; channels organic_search, social_ads }
  stage purchase "Purchase" : bottom { enter order_completed; converts }

  visit -> purchase  rate 3%  within 14d
}
"#;

const CAMPAIGN: &str = r#"channel social_ads "Social ads" : paid

campaign back_to_school "Back to school" {
  channel       social_ads
  between       2027-08-01 .. 2027-09-15
  budget        9_000 USD
  utm_source    "instagram"
  utm_medium    "paid"
  utm_campaign  "{country}_{offer}_{yyyymm}"
  owner         growth
}
"#;

const SEGMENT: &str = r#"event order_completed "Order completed" { prop gift bool = false }

segment gift_buyers "Gift buyers" : behavioural {
  where  did order_completed(gift == true) within 365d
  size   80_000 people
  usp    "Free exchange until the frame fits"
  persona mother "Buys for the family" : decision_maker {
    needs   "A present that fits"
    pains   "Does not know the size"
    trusts  "Friends, reviews"
  }
  persona brother "Knows what she would like" : influencer { influences mother }
}
"#;

const ANTISEGMENT: &str = r#"traits { account_type enum(consumer, reseller) }

antisegment resellers "Resellers" {
  where  trait account_type == reseller
  needs  "A price list, which wholesale sends"
}
"#;

const SCORE: &str = r#"traits { country string }
event newsletter_subscribed "Newsletter subscribed"
event product_viewed "Product viewed"

score engagement "Engagement" {
  +5   newsletter_subscribed
  +10  product_viewed  up_to 30
  +20  when trait country == "US"
  -15  when no product_viewed for 60d
  decay 50% every 30d
}
"#;

const KPI: &str = r#"channel social_ads "Social ads" : paid { cost spend }
event page_viewed "Page viewed"
event order_completed "Order completed" { prop total money required }

funnel store "Store" : standard {
  window 30d
  stage visit    "Visit"    : top    { enter page_viewed; channels social_ads; kpis cost_per_visit }
  stage purchase "Purchase" : bottom { enter order_completed; converts; kpis conversion, revenue }

  visit -> purchase  rate 3%  within 14d
}

kpi conversion "Visit to purchase" {
  value   rate(store.visit -> store.purchase)
  target  >= 3% by 2027-03-31
  by      channel
  owner   growth; review weekly; alert below 2%
}
kpi cost_per_visit "Cost per visit" { value spend() / people(store.visit); target <= 2 USD; by channel; owner growth }
kpi revenue "Revenue" { value sum(order_completed.total); per month; target >= 90_000 USD; owner growth }
"#;

const GOAL: &str = r#"event page_viewed "Page viewed"
event order_completed "Order completed"

funnel store "Store" : standard {
  window 30d
  stage visit    "Visit"    : top    { enter page_viewed }
  stage purchase "Purchase" : bottom { enter order_completed; converts; kpis conversion }

  visit -> purchase  rate 3%  within 14d
}

kpi conversion "Visit to purchase" { value rate(store.visit -> store.purchase); target >= 3%; owner growth }

goal more_orders "More orders from the same visits" {
  kpi        conversion
  from       2.4% to 3%
  between    2026-12-01 .. 2027-06-30
  milestone  2027-03-31 2.7%
  owner      growth
}
"#;

const FUNNEL: &str = r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"
event order_refunded "Order refunded"
event referral_sent "Referral sent"
segment gift_buyers "Gift buyers" { where did order_completed 2 times within 365d }

funnel store "Store" : hourglass {
  cycle   21d
  window  60d

  stage awareness "Awareness" : top {
    enter    page_viewed
    content  "Guide to frames", "Collaborations"
    asks     "Who are you?"
    feels    curious
    touches  blog, instagram
    pains    "Too many look-alikes"
  }
  stage consideration "Consideration" : middle { enter newsletter_subscribed; optional }
  stage purchase "Purchase" : bottom {
    enter   order_completed
    converts
    worth   85 USD margin 55%
    undone  by order_refunded within 30d
  }
  stage loyal    "Loyal"    : loyalty { enter order_completed }
  stage advocate "Advocate" : loyalty { enter referral_sent }

  awareness     -> consideration  rate 8%   within 14d
  consideration -> purchase       rate 12% { gift_buyers 20% }  within 30d
  purchase      -> loyal          rate 27%  within 180d
  loyal         -> loyal          rate 40%  within 180d
  loyal         -> advocate       rate 10%  within 90d
  advocate      -> awareness      rate 150% within 90d  as referral
}
"#;

const HANDOVER: &str = r#"event demo_requested "Demo requested"
event lead_qualified "Lead qualified"
event call_held "Call held"
event contract_signed "Contract signed"

funnel marketing "Marketing" : standard {
  window 90d
  stage lead      "Lead"      : top    { enter demo_requested }
  stage qualified "Qualified" : bottom { enter lead_qualified; converts }

  lead -> qualified  rate 35%  within 30d
}
funnel sales "Sales" : standard {
  window 180d
  stage accepted "Accepted" : middle { enter call_held }
  stage won      "Won"      : bottom { enter contract_signed; converts }

  accepted -> won  rate 22%  within 120d
}

handover marketing.qualified -> sales.accepted  rate 60%  within 2d  owner sales_team
"#;

const OFFER: &str = r#"event newsletter_subscribed "Newsletter subscribed"

offer welcome10 "10% off the first order" { code "WELCOME10"; value 10%; valid 14d after newsletter_subscribed; once; stacks no }
offer come_back "15% for coming back" { code unique "BACK-{8}"; value 15%; valid 30d after sent; minimum 60 USD }
"#;

const PROGRAM: &str = r#"event order_completed "Order completed" { prop total money required }
traits { lifetime_value money = sum(order_completed.total) }

program circle "Circle" {
  by trait lifetime_value
  tier friend  "Friend"  from 0 USD   { benefit "Birthday gift" }
  tier insider "Insider" from 250 USD { benefit "Free shipping" }
  tier icon    "Icon"    from 800 USD { benefit "Early access", "A stylist of their own" }
}
"#;

const SURVEY: &str = r#"event order_completed "Order completed"
event survey_answered "Survey answered" { prop survey string required; prop answer string required }
channel organic_search "Organic search" : organic
channel social_ads "Social ads" : paid

survey how_found "How did you find us?" {
  ask_on    order_completed
  question  "How did you first hear of us?"
  choices   search -> organic_search, social -> social_ads, friend, other
  answered  survey_answered(survey == "how_found") by answer
  comment
  informs   attribution
}
survey nps "Would you recommend us?" { ask_on order_completed; question "How likely are you to recommend us?" scale 0..10 }
"#;

const SENDING: &str = r#"event product_added "Product added"
event order_completed "Order completed"

sending {
  week    sunday .. thursday
  quiet   21:00 .. 08:00 recipient
  quiet   friday
  cap     5 per 7d hold
  not_on  eid
}
holidays eid "Eid al-Fitr" { on 2027-03-09 .. 2027-03-12 }

sequence cart "Cart" {
  start product_added; stop order_completed; basis soft_opt_in
  sending { cap 1 per day skip }
  wait 1h
  email left "You left something" { subject "Your frames are waiting"; cta "Back to the cart" -> "https://example.com/cart" }
}
"#;

const SEQUENCE: &str = r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event unsubscribed "Unsubscribed"
event order_completed "Order completed"
consent newsletter "Newsletter" { given newsletter_subscribed; withdrawn unsubscribed }

funnel store "Store" : standard {
  window 60d
  stage visit      "Visit"      : top    { enter page_viewed }
  stage subscriber "Subscriber" : middle { enter newsletter_subscribed }
  stage purchase   "Purchase"   : bottom { enter order_completed; converts }

  visit      -> subscriber  rate 8%   within 14d
  subscriber -> purchase    rate 12%  within 30d
}

sequence welcome "Welcome series" {
  moves  store.subscriber -> store.purchase
  start  newsletter_subscribed
  stop   order_completed or unsubscribed
  basis  consent(newsletter)
  again  after 90d
  owner  crm

  email hello "Hello" { subject "Welcome"; cta "Find your frame" -> "https://example.com/shop" }
  wait 2d
  email story "How a frame is drawn" { subject "From sketch to frame"; cta "Watch" -> "https://example.com/story" }
}
"#;

const EMAIL: &str = r#"project peepers "Peepers eyewear" { languages en, ar }
traits { first_name string }
event newsletter_subscribed "Newsletter subscribed"
event unsubscribed "Unsubscribed"
event product_viewed "Product viewed"
event order_completed "Order completed"
consent newsletter "Newsletter" { given newsletter_subscribed; withdrawn unsubscribed }
segment gift_buyers "Gift buyers" { where did order_completed 2 times within 365d }
offer welcome10 "10% off the first order" { code "WELCOME10"; value 10%; valid 14d after newsletter_subscribed }

sequence welcome "Welcome series" {
  start newsletter_subscribed; stop order_completed or unsubscribed; basis consent(newsletter)

  email hello "Hello" {
    subject   { en "Welcome to Peepers"; ar "أهلًا بك في بيبرز" }
    preview   { en "Ten percent off your first pair"; ar "خصم عشرة بالمئة على أول نظارة" }
    says      { en "Hello {{first_name|there}}, this is what makes a frame fit."; ar "أهلًا {{first_name|بك}}، هكذا تختار الإطار المناسب." }
    says for gift_buyers { en "Presents that fit."; ar "هدايا بالمقاس المناسب." }
    cta       { en "Find your frame"; ar "اختر إطارك" } -> "https://example.com/shop"
    offer     welcome10
    aims_for  product_viewed within 3d target >= 25%
    owner     crm
  }
}
"#;

const SHORT_MESSAGES: &str = r#"event order_completed "Order completed"
event order_delivered "Order delivered"
event review_written "Review written"

sequence delivery "Delivery" {
  start order_completed; stop order_delivered; basis transactional
  sms packed "Packed" { says "Your frames have left our workshop." }
  wait 1d
  whatsapp on_the_way "On the way" { says "Your parcel arrives today."; cta "Follow it" -> "https://example.com/track" }
}
sequence review "Review" {
  start order_delivered; stop review_written; basis soft_opt_in
  wait 7d
  push rate_us "Rate us" { says "How do they fit?"; cta "Tell us" -> "https://example.com/review" }
}
"#;

const CALL: &str = r#"event demo_requested "Demo requested"
event contract_signed "Contract signed"

sequence follow_up "Follow-up" {
  start demo_requested; stop contract_signed; basis transactional
  task prepare "Read what they asked for" { by sales_team }
  wait 1 workdays
  call first_call "First call" { by sales_team; says "Which of their tasks takes the most time?" }
}
"#;

const POST: &str = r#"event product_added "Product added"
event order_completed "Order completed"
channel postcards "Postcards" : offline { cost 1.10 USD / message; lead_time 5d..8d }
offer come_back "15% for coming back" { code unique "BACK-{8}"; value 15%; valid 30d after sent }

sequence cart "Cart" {
  start product_added; stop order_completed; basis soft_opt_in
  wait 3d
  post reminder "A card by mail" { via postcards; offer come_back; says "A pair is waiting for you." }
}
"#;

const WAIT: &str = r#"event newsletter_subscribed "Newsletter subscribed"
event product_viewed "Product viewed"
event order_completed "Order completed"
consent newsletter "Newsletter" { given newsletter_subscribed }

sequence welcome "Welcome series" {
  start newsletter_subscribed; stop order_completed; basis consent(newsletter)
  email hello "Hello" { subject "Welcome"; cta "Find your frame" -> "https://example.com/shop" }
  wait until product_viewed at_most 3d {
    then { email picks "Your picks" { subject "Frames you looked at"; cta "Continue" -> "https://example.com/viewed" } }
    else { email story "Our story" { subject "How a frame is drawn"; cta "Watch" -> "https://example.com/story" } }
  }
}
"#;

const WHEN: &str = r#"event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed" { prop gift bool = false }
consent newsletter "Newsletter" { given newsletter_subscribed }
segment gift_buyers "Gift buyers" { where did order_completed(gift == true) within 365d }

sequence december "December" {
  start newsletter_subscribed; stop order_completed; basis consent(newsletter)
  when gift_buyers {
    email gifts "Gifts" { subject "A present that fits"; cta "See gifts" -> "https://example.com/gifts" }
    else { email frames "Frames" { subject "New frames for winter"; cta "See frames" -> "https://example.com/new" } }
  }
}
"#;

const SPLIT: &str = r#"event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"
consent newsletter "Newsletter" { given newsletter_subscribed }

sequence welcome "Welcome series" {
  start newsletter_subscribed; stop order_completed; basis consent(newsletter)
  split proof_test "Does proof help?" {
    50% { email proof "Proof" { subject "What buyers say"; cta "Read reviews" -> "https://example.com/reviews" } }
    50% { nothing }
  }
}
"#;

const EXPERIMENT: &str = r#"event page_viewed "Page viewed"
event order_completed "Order completed" { prop total money required }
event experiment_viewed "Experiment viewed" { prop name string required; prop variant string required }

funnel store "Store" : standard {
  window 30d
  stage visit    "Visit"    : top    { enter page_viewed }
  stage purchase "Purchase" : bottom { enter order_completed; converts; kpis conversion }

  visit -> purchase  rate 3%  within 14d
}
kpi conversion "Visit to purchase" { value rate(store.visit -> store.purchase); target >= 3%; owner growth }
kpi order_value "Order value" { value avg(order_completed.total); target >= 85 USD; owner growth }

experiment checkout_copy "Shorter checkout texts" {
  on          store.visit -> store.purchase
  assigned    experiment_viewed(name == "checkout_copy") by variant
  variants    control 50%, short 50%
  measures    conversion
  guards      order_value
  detects     10% relative
  confidence  95%
  power       80%
}
"#;

const COMPETITOR: &str = r#"competitor framehouse "Framehouse" {
  kind        direct
  price       "120 USD a pair"
  usp         "Same-day delivery"
  strengths   "Shops in every city"
  weaknesses  "Few sizes"
  fact "Region" "Europe"
}
"#;

const AUDIT: &str = r#"audit structured_data "Structured data" {
  finding   "Product pages carry no structured data, so prices are missing in search results"
  status    missing
  severity  medium
  owner     web_team
}
"#;

const DASHBOARD: &str = r#"event page_viewed "Page viewed"
event order_completed "Order completed"

funnel store "Store" : standard {
  window 30d
  stage visit    "Visit"    : top    { enter page_viewed }
  stage purchase "Purchase" : bottom { enter order_completed; converts; kpis conversion }

  visit -> purchase  rate 3%  within 14d
}
kpi conversion "Visit to purchase" { value rate(store.visit -> store.purchase); target >= 3%; owner growth }

dashboard board "Growth board" {
  funnel     store by channel
  kpi        conversion
  retention  store.purchase weekly
  next       after store.visit
  time       store.visit -> store.purchase
}
"#;
