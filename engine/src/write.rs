//! Tables to Parquet, column by column.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, where there is some.
    Text,
    /// Moments in microseconds since 1970 in UTC.
    Time,
    /// Whole numbers, where there are some.
    Whole,
    /// Numbers, where there are some.
    Number,
}

/// Some rows of a column.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "as in `Kind`")]
pub enum Values {
    Text(Vec<Option<String>>),
    Time(Vec<i64>),
    Whole(Vec<Option<i64>>),
    Number(Vec<Option<f64>>),
}

impl Kind {
    fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Whole => DataType::Int64,
            Self::Number => DataType::Float64,
        }
    }
}

impl Values {
    fn array(self) -> ArrayRef {
        match self {
            Self::Text(all) => Arc::new(StringArray::from(all)),
            Self::Time(all) => Arc::new(TimestampMicrosecondArray::from(all).with_timezone("UTC")),
            Self::Whole(all) => Arc::new(Int64Array::from(all)),
            Self::Number(all) => Arc::new(Float64Array::from(all)),
        }
    }
}

/// Writes a table to Parquet (zstd). The same rows give the same bytes.
pub struct Table<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: Arc<Schema>,
}

impl<W: Write + Send> Table<W> {
    /// A table without rows.
    pub fn new(to: W, columns: &[(String, Kind)]) -> Result<Self, ParquetError> {
        let field = |(name, kind): &(String, Kind)| Field::new(name, kind.data_type(), *kind != Kind::Time);
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let zstd = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(zstd).set_created_by("funnelc".to_owned()).build();
        Ok(Self { writer: ArrowWriter::try_new(to, Arc::clone(&schema), Some(properties))?, schema })
    }

    /// Adds rows; as many columns as the table has, all of one length.
    pub fn add(&mut self, columns: Vec<Values>) -> Result<(), ParquetError> {
        let arrays = columns.into_iter().map(Values::array).collect();
        self.writer.write(&RecordBatch::try_new(Arc::clone(&self.schema), arrays)?)
    }

    /// Ends the table.
    pub fn close(self) -> Result<(), ParquetError> {
        self.writer.close().map(drop)
    }
}
