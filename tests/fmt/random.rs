//! Makes up a spec from a list of choices: any statement the grammar takes, with space, line breaks and comments
//! wherever they may stand. Fewer and smaller choices make a smaller spec, so failures shrink.

/// A spec; it is free of syntax errors, though it means nothing.
pub(crate) fn spec(choices: &[u16]) -> String {
    let mut maker = Maker { choices: choices.iter(), out: String::new(), comments: 0 };
    while !maker.choices.as_slice().is_empty() {
        maker.above(0);
        maker.stmt(0, true);
        maker.end(true);
    }
    maker.out
}

const WORDS: [&str; 14] = [
    "stage",
    "enter",
    "loyal",
    "store.purchase",
    "within",
    "on",
    "when",
    "شراء",
    "pt-BR",
    "did",
    "no",
    "for",
    "rate",
    "x",
];
const VALUES: [&str; 12] = [
    "5%",
    "30d",
    "12_000 USD / month",
    "2027-03-31",
    "21:00 .. 08:00",
    "5d..8d",
    "0 .. 10",
    "\"a  text; {\\\"} // so\"",
    "\"نص\"",
    "\"\"\"long\"\"\"",
    "-3",
    "\"\"",
];
const CLAUSES: [&str; 8] = [
    "rate 8%",
    "within 14d",
    "on order_completed",
    "when did x within 3d",
    "as reentry",
    "after 60d",
    "owner growth",
    "when no x for 90d",
];
const OPS: [&str; 10] = [" and ", " or ", " == ", " -> ", " + ", " - ", "/", "..", " = ", " >= "];

struct Maker<'c> {
    choices: std::slice::Iter<'c, u16>,
    out: String,
    comments: usize,
}

impl Maker<'_> {
    fn pick(&mut self, count: usize) -> usize {
        usize::from(self.choices.next().copied().unwrap_or(0)) % count
    }

    fn push(&mut self, words: &str) {
        self.out.push_str(words);
    }

    fn comment(&mut self, slashes: &str) {
        self.comments += 1;
        let text = format!("{slashes} note {} ", self.comments);
        self.push(&text);
        self.push("\n");
    }

    /// Space between two parts, never a line break.
    fn gap(&mut self) {
        let gap = [" ", " ", "  ", "\t", " \u{200F}"][self.pick(5)];
        self.push(gap);
    }

    /// Space where a line may end, on one line if `flat`.
    fn open_gap(&mut self, flat: bool) {
        match self.pick(8) {
            0 if !flat => self.push("\n   "),
            1 if !flat => self.comment(" //"),
            2 if !flat => {
                self.push("\n\n");
                self.comment("  //");
            }
            _ => self.gap(),
        }
    }

    /// What may stand above a statement.
    fn above(&mut self, depth: usize) {
        match self.pick(10) {
            0 => self.comment("//"),
            1 => self.comment("///"),
            2 => self.push("\n\n\n"),
            3 => self.push("\r\n"),
            4 => {
                self.comment("  //");
                self.push("\n");
                self.comment("///");
            }
            _ => {}
        }
        let indent = [0, 2 * depth, 1, 7][self.pick(4)];
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// What ends a statement.
    fn end(&mut self, lines: bool) {
        match self.pick(if lines { 6 } else { 2 }) {
            0 => self.push(";"),
            1 => self.push(" ; "),
            2 => self.push(";\n"),
            3 => self.comment(" //"),
            4 => self.comment(";///"),
            _ => self.push("\n"),
        }
    }

    fn stmt(&mut self, depth: usize, lines: bool) {
        match self.pick(6) {
            0 => self.transition(depth, lines),
            1 => {
                self.value();
                self.tail(depth, lines);
            }
            2 => {
                self.word();
                self.gap();
                self.expression(depth, lines);
            }
            3 => {
                self.word();
                self.gap();
                self.list(lines);
            }
            _ => {
                self.word();
                self.gap();
                self.word();
                self.tail(depth, lines);
            }
        }
    }

    fn word(&mut self) {
        let word = WORDS[self.pick(WORDS.len())];
        self.push(word);
    }

    fn value(&mut self) {
        let value = VALUES[self.pick(VALUES.len())];
        self.push(value);
    }

    fn tail(&mut self, depth: usize, lines: bool) {
        if self.pick(3) == 0 {
            self.gap();
            self.value();
        }
        if self.pick(2) == 0 {
            self.gap();
            self.block(depth, lines);
        }
    }

    fn list(&mut self, lines: bool) {
        self.value();
        for _ in 0..self.pick(9) {
            self.push(",");
            self.open_gap(!lines);
            self.value();
        }
        if self.pick(5) == 0 {
            self.push(" ,");
            self.push(";"); // or the next line would belong to it
        }
    }

    fn expression(&mut self, depth: usize, lines: bool) {
        self.operand(depth, lines);
        for _ in 0..self.pick(6) {
            let op = OPS[self.pick(OPS.len())];
            self.push(" ");
            self.push(op);
            self.open_gap(!lines);
            self.operand(depth, lines);
        }
    }

    fn operand(&mut self, depth: usize, lines: bool) {
        match self.pick(4) {
            0 if depth < 4 => {
                self.word();
                let open = ["(", " ("][self.pick(2)];
                self.push(open);
                self.open_gap(!lines);
                self.expression(depth + 2, lines);
                self.open_gap(!lines);
                self.push(")");
            }
            1 => {
                self.push("[");
                self.list(lines);
                let closed = self.out.ends_with(';');
                self.out.truncate(self.out.len() - usize::from(closed));
                self.push("]");
            }
            2 => self.value(),
            _ => self.word(),
        }
    }

    fn transition(&mut self, depth: usize, lines: bool) {
        self.word();
        let arrow = ["->", " -> ", "  ->\t"][self.pick(3)];
        self.push(arrow);
        self.push("x");
        for _ in 0..self.pick(5) {
            let clause = self.pick(CLAUSES.len());
            // The grammar lets a line begin with any clause but `owner`.
            if CLAUSES[clause].starts_with("owner") {
                self.gap();
            } else {
                self.open_gap(!lines);
            }
            self.push(CLAUSES[clause]);
            if clause == 0 && self.pick(2) == 0 {
                self.gap();
                self.block(depth, lines);
            }
        }
    }

    fn block(&mut self, depth: usize, lines: bool) {
        if depth > 5 {
            return self.push("{}");
        }
        let lines = lines && self.pick(2) == 0;
        self.push("{");
        match self.pick(4) {
            0 if lines => self.comment(" //"),
            1 => {}
            _ if lines => self.push("\n"),
            _ => {}
        }
        for _ in 0..self.pick(4) {
            if lines {
                self.above(depth + 1);
            }
            self.stmt(depth + 1, lines);
            self.end(lines);
        }
        if lines && self.pick(4) == 0 {
            self.push("\n");
            self.comment(" //");
        }
        self.push("}");
    }
}
