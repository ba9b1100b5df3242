//! SARIF 2.1.0, for code scanning.

use super::{Report, shown_payload};
use crate::compat::level::Level;
use crate::compat::read::BUNDLE;
use crate::compat::rules::RULES;
use serde_json::{Value, json};

pub(super) fn json(report: &Report) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.purpose },
                "help": { "text": rule.advice },
            })
        })
        .collect();
    let results: Vec<Value> = report.findings.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "xtask compat", "rules": rules } },
            "results": results,
        }],
    })
}

fn result(finding: &crate::compat::finding::Finding) -> Value {
    let level = match finding.level {
        Level::Breaking => "error",
        Level::Dangerous => "warning",
        Level::Compatible => "note",
    };
    let payload = finding.witness.as_ref().map(shown_payload);
    let payload = payload.map_or(String::new(), |it| format!(" Payload that breaks: {it}"));
    let text = format!(
        "{}: {}.{payload} {}",
        finding.subject, finding.change, finding.advice
    );
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level,
        "message": { "text": text },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": BUNDLE },
                "region": { "startLine": 1 },
            },
            "logicalLocations": [{ "fullyQualifiedName": finding.pointer }],
        }],
        "partialFingerprints": { "compat/v1": finding.fingerprint },
    });
    if let Some(reason) = &finding.accepted {
        result["suppressions"] = json!([{ "kind": "external", "justification": reason }]);
    }
    result
}
