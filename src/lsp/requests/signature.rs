//! How what is being written is written: a function of computations, or a field.

use lsp_types::request::SignatureHelpRequest;
use lsp_types::{
    Documentation, ParameterInformation, ParameterLabel, SignatureHelp, SignatureHelpParams, SignatureInformation,
};
use serde_json::{Value, json};

use super::super::cursor::{self, Place, What};
use super::{Answer, Client, Reply, View};
use crate::model::faults::readable;
use crate::model::types::FUNCTIONS;

pub(super) struct Signature;

impl Answer for Signature {
    type Of = SignatureHelpRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("signatureHelpProvider", json!({ "triggerCharacters": ["(", ",", " "] }))
    }

    fn answer(view: &View<'_, '_>, params: SignatureHelpParams) -> Reply<Option<SignatureHelp>> {
        let Some((file, offset)) = view.place(&params.text_document_position_params) else { return Ok(None) };
        let text = &view.source(file).text;
        let Place::Statement(statement) = cursor::place(text, cursor::word_start(text, offset as usize)) else {
            return Ok(None);
        };
        Ok(of_function(view, &statement.before).or_else(|| of_field(view, statement.what)))
    }
}

fn of_function(view: &View<'_, '_>, before: &[String]) -> Option<SignatureHelp> {
    let open = before.iter().rposition(|word| word == "(")?;
    let name = before.get(open.checked_sub(1)?)?;
    let (_, usage, phrase) = FUNCTIONS.iter().find(|(own, ..)| own == name)?;
    let inside = usage.split_once('(')?.1.trim_end_matches(')');
    let parameters = inside.split(", ").filter(|parameter| !parameter.is_empty()).map(|parameter| {
        ParameterInformation { label: ParameterLabel::Simple(parameter.to_owned()), documentation: None }
    });
    let active = before[open..].iter().filter(|word| *word == ",").count() as u32;
    Some(help(view, (*usage).to_owned(), phrase, parameters.collect(), Some(active)))
}

fn of_field(view: &View<'_, '_>, what: What) -> Option<SignatureHelp> {
    let (What::Field(field) | What::Row(field)) = what else { return None };
    Some(help(view, format!("{} {}", field.word, readable(field.notation)), field.doc, Vec::new(), None))
}

fn help(
    view: &View<'_, '_>,
    label: String,
    doc: &'static str,
    parameters: Vec<ParameterInformation>,
    active: Option<u32>,
) -> SignatureHelp {
    let doc = view.language.text(doc).to_owned();
    let signature = SignatureInformation {
        label,
        documentation: Some(Documentation::MarkupContent(view.markup(doc))),
        parameters: Some(parameters),
        active_parameter: active,
    };
    SignatureHelp { signatures: vec![signature], active_signature: Some(0), active_parameter: active }
}
