//! Texts in boxes. No font is at hand, so widths are estimated, on the safe side.

use unicode_width::UnicodeWidthChar;

use super::words::Words;

/// How much of the font size the column of a character is wide, on average.
const COLUMN: f64 = 0.6;
/// The height of a line by the font size.
pub(super) const LINE: f64 = 1.34;

/// A line of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) words: String,
    /// Whether a text begins here.
    pub(super) is_first: bool,
}

/// Texts as lines of a size.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    /// Whether all of it is there.
    pub(super) is_whole: bool,
}

/// The width of a text of a size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|character| width_of(character, size)).sum()
}

fn width_of(character: char, size: f64) -> f64 {
    let columns = character.width().unwrap_or(0) as f64;
    let share = match character {
        'i' | 'l' | 'j' | 't' | 'f' | 'r' | ' ' | '.' | ',' | ':' | '\'' | '|' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.9,
        'A'..='Z' => 0.68,
        _ => COLUMN,
    };
    columns * size * share
}

/// A text in lines of a width; a word that is longer than a line is broken.
pub(super) fn wrapped(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0.0;
    for word in text.split_whitespace() {
        let own = width(word, size);
        let space = width_of(' ', size);
        match lines.last_mut() {
            Some(line) if used + space + own <= most => {
                line.push(' ');
                line.push_str(word);
                used += space + own;
            }
            _ if own <= most => {
                lines.push(word.to_owned());
                used = own;
            }
            _ => {
                for piece in broken(word, size, most) {
                    used = width(&piece, size);
                    lines.push(piece);
                }
            }
        }
    }
    lines
}

fn broken(word: &str, size: f64, most: f64) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0.0;
    for character in word.chars() {
        let own = width_of(character, size);
        if used + own > most && pieces.last().is_some_and(|piece| !piece.is_empty()) {
            pieces.push(String::new());
            used = 0.0;
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(character);
        }
        used += own;
    }
    pieces
}

/// How many lines texts take.
pub(super) fn count(texts: &[String], size: f64, most: f64) -> usize {
    texts.iter().map(|text| wrapped(text, size, most).len()).sum()
}

/// Texts in at most so many lines; what has no room is said in the last line.
pub(super) fn lines(texts: &[String], size: f64, most: f64, room: usize, words: &Words) -> Lines {
    let mut all = Vec::new();
    // Where each line begins that starts a text.
    for text in texts {
        let own = wrapped(text, size, most).into_iter().enumerate();
        all.extend(own.map(|(at, words)| Line { words, is_first: at == 0 }));
    }
    if all.len() <= room {
        return Lines { lines: all, is_whole: true };
    }
    let shown = room.saturating_sub(1);
    let hidden = all[shown..].iter().filter(|line| line.is_first).count();
    all.truncate(room);
    if let Some(last) = all.last_mut() {
        if hidden > 0 {
            *last = Line { words: format!("{} {hidden}", words.more), is_first: false };
        } else {
            last.words = ended(&last.words, size, most);
        }
    }
    Lines { lines: all, is_whole: false }
}

/// A line that goes on where there is no room.
pub(super) fn ended(line: &str, size: f64, most: f64) -> String {
    let mut kept = String::new();
    let mut used = width_of('…', size) * 1.6;
    for character in line.chars() {
        used += width_of(character, size);
        if used > most {
            break;
        }
        kept.push(character);
    }
    format!("{}…", kept.trim_end())
}

/// A text in one line.
pub(super) fn one_line(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most { text.to_owned() } else { ended(text, size, most) }
}

/// The largest of some sizes in which parts fit under each other, and their heights. `needs` tells how many lines a part
/// takes; in the smallest size, what is too high is cut down to a fair share.
pub(super) fn heights(
    sizes: &[f64],
    parts: usize,
    room: f64,
    around: f64,
    needs: impl Fn(usize, f64) -> usize,
) -> (f64, Vec<f64>) {
    let height = |at: usize, size: f64| (needs(at, size).max(1) as f64).mul_add(size * LINE, around);
    let mut wanted: Vec<f64> = Vec::new();
    let mut chosen = 0.0;
    for size in sizes {
        chosen = *size;
        wanted = (0..parts).map(|at| height(at, *size)).collect();
        if wanted.iter().sum::<f64>() <= room {
            let rest = (room - wanted.iter().sum::<f64>()) / parts.max(1) as f64;
            return (chosen, wanted.into_iter().map(|own| own + rest).collect());
        }
    }
    (chosen, fair(&wanted, room))
}

/// What each gets of too little: those who want less than a fair share all of it, the others alike.
fn fair(wanted: &[f64], room: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut given = vec![0.0; wanted.len()];
    let mut left = room;
    for (at, part) in order.iter().enumerate() {
        given[*part] = wanted[*part].min(left / (wanted.len() - at) as f64);
        left -= given[*part];
    }
    given
}
