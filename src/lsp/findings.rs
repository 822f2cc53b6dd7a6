//! Findings in the words of the protocol: the same codes, places and words as `funnelc check` has.

use lsp_types::{
    CodeDescription, Diagnostic as Shown, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    NumberOrString, Range,
};

use super::view::View;
use crate::diagnostic::{Diagnostic, Severity};

/// What a finding is called in the protocol.
pub(super) fn shown(view: &View<'_, '_>, finding: &Diagnostic) -> Shown {
    let said = |message: &crate::diagnostic::Message| message.said(view.language);
    let primary = finding.labels.iter().find(|label| label.primary).or(finding.labels.first());
    let mut words = said(&finding.message);
    let own = primary.map(|label| said(&label.text)).filter(|text| !text.is_empty());
    for line in own.into_iter().chain(finding.help.as_ref().map(said)) {
        words.push('\n');
        words.push_str(&line);
    }
    let others = finding.labels.iter().filter(|label| Some(*label) != primary);
    let related: Vec<DiagnosticRelatedInformation> = others
        .filter_map(|label| {
            Some(DiagnosticRelatedInformation { location: view.location(label.span)?, message: said(&label.text) })
        })
        .collect();
    Shown {
        range: finding.span().map_or_else(Range::default, |span| view.range(span)),
        severity: Some(severity(finding.severity)),
        code: Some(NumberOrString::String(finding.code.id.to_owned())),
        code_description: finding.code.page().parse().ok().map(|href| CodeDescription { href }),
        source: Some("funnelc".to_owned()),
        message: words,
        related_information: (!related.is_empty()).then_some(related),
        tags: finding.code.name.starts_with("unused-").then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    }
}

const fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Note => DiagnosticSeverity::INFORMATION,
    }
}
