//! CSV with a header; an empty value is none.

use std::io::BufReader;
use std::path::Path;

use arrow_array::builder::StringBuilder;
use csv::{Reader, ReaderBuilder, StringRecord};

use super::{Batch, ReadTrouble, TEXT_ROWS, Wanted, io, malformed};
use crate::cell::Column;
use crate::system;

fn open(path: &Path) -> Result<(Reader<BufReader<std::fs::File>>, StringRecord), ReadTrouble> {
    let (file, _) = system::open(path).map_err(|error| io(path, &error))?;
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(BufReader::with_capacity(1 << 16, file));
    let header = reader.headers().map_err(|error| fault(path, &error))?.clone();
    let first = header.get(0).unwrap_or_default().trim_start_matches('\u{feff}').to_owned();
    let names = std::iter::once(first.as_str()).chain(header.iter().skip(1)).map(str::trim);
    Ok((reader, names.collect()))
}

fn fault(path: &Path, error: &csv::Error) -> ReadTrouble {
    malformed(path, error.position().map(csv::Position::line), error)
}

pub(super) fn column_names(path: &Path) -> Result<Vec<String>, ReadTrouble> {
    Ok(open(path)?.1.iter().map(str::to_owned).collect())
}

pub(super) fn read(
    path: &Path,
    wanted: &Wanted,
    take: &mut dyn FnMut(&Batch) -> Result<(), ReadTrouble>,
) -> Result<(), ReadTrouble> {
    let (mut reader, header) = open(path)?;
    let places: Vec<Option<usize>> =
        wanted.names.iter().chain(&wanted.inside).map(|name| header.iter().position(|own| own == name)).collect();
    let mut record = StringRecord::new();
    let mut texts = Texts::new(places.len());
    loop {
        match reader.read_record(&mut record) {
            Ok(true) if record.len() == header.len() => texts.push(places.iter().map(|at| record.get((*at)?))),
            // A row with more or fewer values than the header names is no row of this table.
            Ok(true) => texts.unreadable += 1,
            Ok(false) => break,
            Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => texts.unreadable += 1,
            Err(error) => return Err(fault(path, &error)),
        }
        if texts.rows >= TEXT_ROWS {
            take(&texts.batch(wanted, &places))?;
        }
    }
    take(&texts.batch(wanted, &places))
}

/// Columns of text in the making.
pub(super) struct Texts {
    builders: Vec<StringBuilder>,
    pub(super) rows: usize,
    pub(super) unreadable: u64,
}

impl Texts {
    pub(super) fn new(columns: usize) -> Self {
        Self { builders: (0..columns).map(|_| StringBuilder::new()).collect(), rows: 0, unreadable: 0 }
    }

    pub(super) fn push<'a>(&mut self, values: impl Iterator<Item = Option<&'a str>>) {
        for (builder, value) in self.builders.iter_mut().zip(values) {
            builder.append_option(value.filter(|value| !value.is_empty()));
        }
        self.rows += 1;
    }

    /// The rows so far; a place that is none is a column that is not there.
    pub(super) fn batch<T>(&mut self, wanted: &Wanted, places: &[Option<T>]) -> Batch {
        let arrays = self.builders.iter_mut().map(StringBuilder::finish);
        let mut columns: Vec<Column> = arrays
            .zip(places)
            .map(|(array, place)| if place.is_some() { Column::Text(array) } else { Column::Missing })
            .collect();
        let inside = if wanted.inside.is_some() { columns.pop() } else { None };
        let (rows, unreadable) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.unreadable));
        Batch { rows, columns, inside: inside.unwrap_or(Column::Missing), unreadable }
    }
}
