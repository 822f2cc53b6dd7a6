//! Decodes columns of Parquet and does nothing with them: what no evaluator of the same log can go below.
//! `decode LOG COLUMN…` prints the seconds it took, on all cores.

#![allow(clippy::disallowed_methods, reason = "an example reads its arguments, a file and the clock")]

use std::fs::File;
use std::time::Instant;

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use rayon::prelude::*;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().expect("a log");
    let columns: Vec<String> = arguments.collect();
    let begin = Instant::now();
    let open = || File::open(&path).expect("a file that can be read");
    let metadata = ArrowReaderMetadata::load(&open(), ArrowReaderOptions::new()).expect("Parquet");
    let groups = 0..metadata.metadata().num_row_groups();
    let rows = |group: usize| -> usize {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(open(), metadata.clone());
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().map(String::as_str));
        let builder = builder.with_projection(mask).with_row_groups(vec![group]).with_batch_size(8_192);
        builder.build().expect("columns").map(|batch| batch.expect("rows").num_rows()).sum()
    };
    let rows: usize = groups.into_par_iter().map(rows).sum();
    println!("{rows} rows in {:.3} s", begin.elapsed().as_secs_f64());
}
