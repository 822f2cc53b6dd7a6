//! Parquet, a row group (or a piece of a large one) at a time.

use std::path::Path;
use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::{Batch, Part, Piece as Any, ReadTrouble, Wanted, io, malformed};
use crate::cell::Column;
use crate::system;

/// Rows of a batch: so many that the columns of one stay in the processor's cache.
const ROWS: usize = 4_096;

/// Rows of a row group that one thread reads in one go.
const PIECE: usize = 1 << 20;

#[derive(Clone, Debug)]
pub(super) struct Piece {
    metadata: ArrowReaderMetadata,
    row_group: usize,
    first: usize,
    rows: usize,
}

pub(super) fn parts(path: &Path) -> Result<Vec<Part>, ReadTrouble> {
    let (file, _) = system::open(path).map_err(|error| io(path, &error))?;
    let metadata =
        ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|error| malformed(path, None, &error))?;
    let mut found = Vec::new();
    for (row_group, own) in metadata.metadata().row_groups().iter().enumerate() {
        let rows = usize::try_from(own.num_rows()).unwrap_or(0);
        for first in (0..rows).step_by(PIECE) {
            let taken = PIECE.min(rows - first);
            let bytes = u64::try_from(own.compressed_size()).unwrap_or(0) * taken as u64 / rows.max(1) as u64;
            let piece = Piece { metadata: metadata.clone(), row_group, first, rows: taken };
            found.push(Part { path: path.to_owned(), piece: Any::RowGroup(piece), bytes });
        }
    }
    if found.is_empty() {
        let piece = Piece { metadata, row_group: 0, first: 0, rows: 0 };
        found.push(Part { path: path.to_owned(), piece: Any::RowGroup(piece), bytes: 0 });
    }
    Ok(found)
}

pub(super) fn column_names(piece: &Piece) -> Vec<String> {
    piece.metadata.schema().fields().iter().map(|field| field.name().clone()).collect()
}

pub(super) fn read(
    path: &Path,
    piece: &Piece,
    wanted: &Wanted,
    take: &mut dyn FnMut(&Batch) -> Result<(), ReadTrouble>,
) -> Result<(), ReadTrouble> {
    if piece.rows == 0 {
        return Ok(());
    }
    let fault = |error: &dyn std::fmt::Display| malformed(path, None, &error.to_string());
    let (file, _) = system::open(path).map_err(|error| io(path, &error))?;
    let schema = hinted(piece.metadata.schema(), wanted);
    let options = ArrowReaderOptions::new().with_schema(schema);
    let metadata =
        ArrowReaderMetadata::try_new(piece.metadata.metadata().clone(), options).map_err(|error| fault(&error))?;
    let schema = metadata.schema().clone();
    let roots: Vec<usize> = wanted.names.iter().chain(&wanted.inside).filter_map(|name| root(&schema, name)).collect();
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let reader = builder
        .with_projection(mask)
        .with_row_groups(vec![piece.row_group])
        .with_offset(piece.first)
        .with_limit(piece.rows)
        .with_batch_size(ROWS)
        .build()
        .map_err(|error| fault(&error))?;
    for batch in reader {
        let batch = batch.map_err(|error| fault(&error))?;
        take(&columns(&batch, wanted))?;
    }
    Ok(())
}

fn columns(batch: &RecordBatch, wanted: &Wanted) -> Batch {
    let column = |name: &String| find(batch, name).map_or(Column::Missing, |array| Column::of(&array));
    Batch {
        rows: batch.num_rows(),
        columns: wanted.names.iter().map(column).collect(),
        inside: wanted.inside.as_ref().map_or(Column::Missing, column),
        unreadable: 0,
    }
}

/// The column that a name begins with.
fn root(schema: &Schema, name: &str) -> Option<usize> {
    schema.index_of(name).or_else(|_| schema.index_of(name.split('.').next().unwrap_or(name))).ok()
}

/// A column of a name, or a member of a nested one.
fn find(batch: &RecordBatch, name: &str) -> Option<ArrayRef> {
    if let Some(own) = batch.column_by_name(name) {
        return Some(own.clone());
    }
    let mut steps = name.split('.');
    let mut at = batch.column_by_name(steps.next()?)?.clone();
    for step in steps {
        let outer = at.as_struct_opt()?;
        // What is inside nothing is nothing.
        let inner = outer.column_by_name(step)?.clone();
        at = match outer.nulls() {
            Some(nulls) if nulls.null_count() > 0 => masked(&inner, outer)?,
            _ => inner,
        };
    }
    Some(at)
}

fn masked(inner: &ArrayRef, outer: &dyn Array) -> Option<ArrayRef> {
    let nulls = arrow_array::BooleanArray::new(outer.nulls()?.inner().clone(), None);
    let own = inner.nulls().map(|own| own.inner().clone());
    let nulls = own.map_or_else(|| nulls.values().clone(), |own| &own & nulls.values());
    let data = inner.to_data().into_builder().nulls(Some(nulls.into())).build().ok()?;
    Some(arrow_array::make_array(data))
}

/// Texts are read as views; those of few values by their number.
fn hinted(schema: &SchemaRef, wanted: &Wanted) -> SchemaRef {
    let few: Vec<&String> = wanted.few.iter().filter_map(|at| wanted.names.get(*at)).collect();
    let field = |field: &Arc<Field>| {
        let is_text = matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        let hint = match is_text {
            true if few.contains(&field.name()) => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
            true => DataType::Utf8View,
            false => return field.clone(),
        };
        Arc::new(field.as_ref().clone().with_data_type(hint))
    };
    let fields: Vec<Arc<Field>> = schema.fields().iter().map(field).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}
