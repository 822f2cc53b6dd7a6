//! The page that says how names of a spec come out in typed clients, made with the same code as the clients.

use std::fmt::Write;

use crate::emit::{Named, named};

/// Names that show a rule each.
const ALONE: &[&str] =
    &["order_completed", "OrderCompleted", "order_id", "v1_2", "2nd_visit", "class", "اكتمل_الطلب", "كُتب", "said 🎉!"];

/// Properties of one event whose names come out the same.
const BESIDE: &[&str] = &["order_id", "orderId", "OrderID"];

/// Where a member of an enum has a name; elsewhere it is a text.
const NAMES_MEMBERS: &[&str] = &["go", "kotlin", "swift"];

const RULES: &str = "\
# Names in clients

A typed client has a function for each event, a parameter or member for each property, and a type for each `type` and
each enum. Their names are made from those of the spec, by these rules and in this order. Names of another event, and
the order in which a spec declares things, change nothing, unless two names come out the same. What is sent has the name
of the spec, or the one that `named` gives; the comments in the code say it wherever the two differ.

1. **Words.** Unicode brings a name into one form (NFKC). Punctuation, spaces and a capital after a small letter begin a
   new word. A symbol or an emoji becomes a word of its own, `u` and its code: `u1f389`. A mark on a letter, as in كُتب,
   stays where the language takes marks in names, and becomes its code elsewhere.
2. **Case.** The words are put together as is usual in the language. Where no capital can show that a word begins, as
   between Arabic words or digits, `_` stands between them. Go writes its common initialisms, such as `ID` and `URL`, in
   capitals.
3. **Length.** After 60 characters comes `_` and a hash of the name.
4. **The beginning.** A name that would begin with a digit gets a sign before it. In Go, names that other packages see
   begin with a capital, so a letter that has none gets an `X`.
5. **Reserved names.** A word of the language, and what the client itself is made of, gets `_` at the end.
6. **The same name.** Two names are the same where they differ in case only. The one that is spelled in small letters
   with `_` keeps it, then the first by its path. The others are called by their whole path where they have one, else
   the name and a hash of the path follow each other. The hash depends on the path only, so it stays when others come.
   An enum is called by what declares it and the property: `ThingColour`.
";

/// The page.
pub(super) fn page() -> String {
    let all = named(ALONE, BESIDE);
    let mut page = RULES.to_owned();
    table(&mut page, "Functions", ALONE, &all, |own| &own.functions);
    table(&mut page, "Types", ALONE, &all, |own| &own.types);
    table(&mut page, "Members of enums", ALONE, all.iter().filter(|own| NAMES_MEMBERS.contains(&own.target)), |own| {
        &own.members
    });
    page.push_str(
        "\nIn Go the name of the enum stands before them. Python and TypeScript take the words themselves.\n",
    );
    table(&mut page, "Properties of one event", BESIDE, &all, |own| &own.beside);
    page.push_str("\n## Reserved names\n");
    for own in &all {
        let _ = writeln!(page, "\n### {}\n", own.target);
        for (what, words) in ["Functions", "Properties", "Types"].iter().zip(own.reserved) {
            let _ = writeln!(page, "{what}: {}.\n", listed(words));
        }
        page.pop();
    }
    page
}

fn table<'n>(
    page: &mut String,
    what: &str,
    names: &[&str],
    all: impl IntoIterator<Item = &'n Named>,
    of: fn(&Named) -> &Vec<String>,
) {
    let all: Vec<&Named> = all.into_iter().collect();
    let heads: Vec<&str> = all.iter().map(|own| own.target).collect();
    let _ =
        write!(page, "\n## {what}\n\n| in the spec | {} |\n|---|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    for (index, name) in names.iter().enumerate() {
        let made: Vec<String> = all.iter().map(|own| format!("`{}`", of(own)[index])).collect();
        let _ = writeln!(page, "| `{name}` | {} |", made.join(" | "));
    }
}

fn listed(words: &[&str]) -> String {
    if words.is_empty() {
        return "none".to_owned();
    }
    words.iter().map(|own| format!("`{own}`")).collect::<Vec<_>>().join(", ")
}
