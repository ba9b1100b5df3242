//! The compatibility gate as a CI sees it: output and exit codes, rule by rule.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic, in its helpers too"
)]

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/compat")
}

fn compat(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("compat")
        .args(arguments)
        .env_remove("RUST_BACKTRACE")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs the gate over the two bundles of a case.
fn run_case(rule: &str, previous: &str, current: &str, more: &[&str]) -> Output {
    let case = cases().join(rule);
    let path = |name: &str| case.join(name).to_str().unwrap().to_owned();
    let (previous, current) = (path(previous), path(current));
    let accept = path("accept.toml");
    // The versions of this project's own packages do not matter here.
    let project = if case.join("project").is_dir() {
        "project"
    } else {
        ""
    };
    let project = path(project);
    let mut arguments = vec!["--against", &previous, "--current", &current];
    arguments.extend(["--accept-file", &accept]);
    arguments.extend(["--root", &project]);
    arguments.extend(more);
    compat(&arguments)
}

fn rules() -> Vec<String> {
    let list = text(&compat(&["rules"]).stdout);
    let ids = list
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    ids.map(str::to_owned).collect()
}

#[test]
fn every_rule_has_a_case_in_which_it_speaks() {
    let rules: BTreeSet<_> = rules().into_iter().collect();
    let folders = fs::read_dir(cases()).unwrap();
    let folders: BTreeSet<_> = folders
        .map(Result::unwrap)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    assert_eq!(rules, folders);
    for rule in rules {
        let output = run_case(
            &rule,
            "previous.json",
            "current.json",
            &["--format", "json"],
        );
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{rule}: {error}: {}", text(&output.stderr)));
        let findings = report["findings"].as_array().unwrap();
        let found = findings.iter().find(|finding| finding["rule"] == *rule);
        let found = found.unwrap_or_else(|| panic!("{rule} does not speak: {report:#}"));
        let breaking = findings
            .iter()
            .any(|finding| finding["level"] == "breaking");
        assert_eq!(output.status.code(), Some(i32::from(breaking)), "{rule}");
        let explained = text(&compat(&["explain", &rule]).stdout);
        assert!(
            explained.contains(found["advice"].as_str().unwrap()),
            "{explained}"
        );
    }
}

#[test]
fn a_protocol_is_compatible_with_itself() {
    for rule in rules()
        .iter()
        .filter(|rule| !rule.starts_with("ACCEPTANCE"))
    {
        for mode in ["backward", "forward", "full"] {
            let same = ["--mode", mode, "--format", "json"];
            let output = run_case(rule, "current.json", "current.json", &same);
            assert_eq!(
                output.status.code(),
                Some(0),
                "{rule}: {}",
                text(&output.stdout)
            );
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report["findings"], json!([]), "{rule}");
        }
    }
}

/// The type refers to itself, and so changes its text with its name.
#[test]
fn the_new_name_of_a_recursive_type_is_all_that_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let write = |side: &str, name: &str| {
        let bundle = fs::read_to_string(cases().join("TYPE_RENAMED").join(side)).unwrap();
        let mut bundle: Value = serde_json::from_str(&bundle).unwrap();
        let itself = json!({ "$ref": format!("#/$defs/{name}") });
        bundle["$defs"][name]["properties"]["preview"] =
            json!({ "anyOf": [itself, { "type": "null" }] });
        let path = directory.path().join(side);
        fs::write(&path, bundle.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (old, new) = (
        write("previous.json", "Picture"),
        write("current.json", "Image"),
    );
    let root = directory.path().to_str().unwrap();
    let output = compat(&[
        "--against",
        &old,
        "--current",
        &new,
        "--root",
        root,
        "--format",
        "json",
    ]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let found: Vec<_> = findings
        .iter()
        .map(|it| (it["rule"].as_str().unwrap(), it["axis"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("TYPE_RENAMED", "source")]);
}

#[test]
fn a_failure_says_who_what_where_and_what_to_do() {
    let output = run_case("FIELD_ADDED_REQUIRED", "previous.json", "current.json", &[]);
    let told = text(&output.stdout);
    for part in [
        "error[FIELD_ADDED_REQUIRED]: the required field `more` was added",
        "event `ask` (client to server), argument `question`",
        "/$defs/Question/required",
        "a client of the old protocol 1.0.0 (writes)",
        "a server of the new protocol 2.0.0 (reads)",
        r#"payload: {"text":"a"}"#,
        r#""more" is a required property"#,
        "Make the field optional",
        "[[accept]]",
        "1 breaking",
    ] {
        assert!(told.contains(part), "`{part}` is not in\n{told}");
    }
}

#[test]
fn an_accepted_break_passes_until_its_date() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("accept.toml");
    let file = file.to_str().unwrap();
    let check = || {
        let case = cases().join("BOUND_TIGHTENED");
        let path = |name: &str| case.join(name).to_str().unwrap().to_owned();
        let (previous, current) = (path("previous.json"), path("current.json"));
        let arguments = [
            "--against",
            &previous,
            "--current",
            &current,
            "--format",
            "json",
        ];
        let project = directory.path().to_str().unwrap();
        compat(&[&arguments[..], &["--accept-file", file, "--root", project]].concat())
    };
    let report: Value = serde_json::from_slice(&check().stdout).unwrap();
    let fingerprint = report["findings"][0]["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned();
    let accept = |until: &str| {
        let reason = ["--reason", "nobody asks so much", "--until", until];
        compat(
            &[
                &["accept", &fingerprint],
                &reason[..],
                &["--accept-file", file],
            ]
            .concat(),
        )
    };
    assert_eq!(accept("2020-01-31").status.code(), Some(2));
    assert_eq!(accept("2999-01-31").status.code(), Some(0));
    assert_eq!(accept("2999-01-31").status.code(), Some(2), "twice");
    assert_eq!(check().status.code(), Some(0), "{}", text(&check().stdout));

    let entries = fs::read_to_string(file).unwrap();
    fs::write(file, entries.replace("2999", "2020")).unwrap();
    let expired = text(&check().stdout);
    assert!(expired.contains("ACCEPTANCE_EXPIRED"), "{expired}");
    fs::write(file, entries.replace("until", "unless")).unwrap();
    assert_eq!(check().status.code(), Some(2));
}

#[test]
fn every_format_can_be_read_by_who_reads_it() {
    let print = |format: &str| {
        let format = ["--format", format];
        text(&run_case("ENUM_VALUE_ADDED", "previous.json", "current.json", &format).stdout)
    };
    let sarif: Value = serde_json::from_str(&print("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "ENUM_VALUE_ADDED");
    assert!(
        print("github")
            .starts_with("::error file=schema/json/protocol.json,title=ENUM_VALUE_ADDED::")
    );
    assert!(print("junit").contains("<failure message=\"`&quot;mixed&quot;` was added\">"));
    assert!(print("markdown").contains("```json\n{\"mood\":\"mixed\",\"title\":\"a\"}\n```"));
}

#[test]
fn what_cannot_be_read_is_trouble_and_no_finding() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = directory.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = write("good.json", r#"{"type":"string"}"#);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for (content, why) in [
        ("{", "not valid JSON"),
        ("[]", "a schema is an object"),
        (r#"{"type":"strnig"}"#, "/type"),
        (r#"{"pattern":"("}"#, "/pattern"),
        (r#"{"minLength":-1}"#, "/minLength"),
        (r##"{"$ref":"#/$defs/Gone"}"##, "leads nowhere"),
        (r##"{"$ref":"#"}"##, "leads back to itself"),
        (
            r#"{"$ref":"https://example.com/schema.json"}"#,
            "outside of the document",
        ),
        (&deep, "levels deep"),
        (
            r#"{"enum":[18446744073709551616,18446744073709551617]}"#,
            "cannot be told apart",
        ),
    ] {
        let bad = write("bad.json", content);
        let output = compat(&["--schema", &bad, &good, "--direction", "client-to-server"]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{content:.60}: {told}");
        assert!(told.contains(why), "{told}");
    }
    for place in ["no-such-revision", "-x", "/nowhere"] {
        let output = compat(&[&format!("--against={place}")]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    }
}

#[test]
fn a_batch_is_answered_line_by_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pairs.jsonl");
    let lines = [
        r#"{"id":"a","old":{"type":"string"},"new":{"type":["string","null"]},"direction":"client-to-server"}"#,
        r#"{"id":"b","old":{"type":"string"},"new":{"type":["string","null"]},"direction":"server-to-client"}"#,
        "",
        r#"{"id":"c","previous":true,"current":{"$ref":"https://example.com/"},"direction":"c2s"}"#,
        "not JSON",
    ];
    fs::write(&path, lines.join("\n")).unwrap();
    let output = compat(&["--batch", path.to_str().unwrap()]);
    let answers: Vec<Value> = text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[0]["breaking"], false);
    assert_eq!(answers[1]["breaking"], true);
    assert_eq!(answers[1]["findings"][0]["rule"], "NULL_ADDED");
    assert!(
        answers[2]["error"]
            .as_str()
            .unwrap()
            .contains("outside of the document")
    );
    assert!(answers[3]["error"].is_string());
    assert_eq!(output.status.code(), Some(2));
}

/// A stream of events in one schema: a union of unions, told apart by name and by action only.
#[test]
fn inside_a_union_of_unions_each_break_is_told_where_it_is() {
    let action = |name: &str, field: Value| {
        json!({
            "type": "object",
            "properties": { "action": { "type": "string", "enum": [name] }, "subject": field },
            "required": ["action", "subject"],
            "additionalProperties": false,
        })
    };
    let alert = |states: &[&str]| {
        json!({
            "type": "object",
            "properties": { "state": { "enum": states } },
            "required": ["state"],
            "additionalProperties": false,
        })
    };
    let refer = |name: &str| json!({ "$ref": format!("#/definitions/{name}") });
    let issue = json!({ "type": "object", "properties": { "title": { "type": "string" } },
        "required": ["title"], "additionalProperties": false });
    let schema = |states: &[&str], title: Value, more: &[&str]| {
        let mut issue = issue.clone();
        issue["properties"]["title"] = title;
        let mut definitions = json!({
            "alert_event": { "oneOf": [refer("alert$opened"), refer("alert$closed")] },
            "alert$opened": action("opened", alert(&["open"])),
            "alert$closed": action("closed", alert(states)),
            "issue_event": { "oneOf": [refer("issue$opened")] },
            "issue$opened": action("opened", refer("issue")),
            "issue": issue,
        });
        for name in more {
            let (event, verb) = name.split_once('$').unwrap();
            definitions[*name] = action(verb, refer("issue"));
            let union = &mut definitions[format!("{event}_event")]["oneOf"];
            union.as_array_mut().unwrap().push(refer(name));
        }
        json!({ "oneOf": [refer("alert_event"), refer("issue_event")], "definitions": definitions })
    };
    let old = schema(&["fixed"], json!({ "type": "string" }), &[]);
    let new = schema(
        &["fixed", "muted", "wont_fix"],
        json!({ "type": ["string", "null"] }),
        &["issue$closed", "issue$labeled"],
    );
    let told = |old: &Value, new: &Value, direction: &str| -> BTreeSet<(String, String, String)> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pair.jsonl");
        let line = json!({ "old": old, "new": new, "direction": direction });
        fs::write(&path, line.to_string()).unwrap();
        let output = compat(&["--batch", path.to_str().unwrap()]);
        let answer: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
        let findings = answer["findings"].as_array().unwrap();
        let breaking = findings.iter().filter(|it| it["level"] == "breaking");
        let field = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
        breaking
            .map(|it| (field(it, "rule"), field(it, "pointer"), field(it, "change")))
            .collect()
    };
    let finding = |rule: &str, pointer: &str, change: &str| {
        (
            rule.to_owned(),
            format!("/definitions/{pointer}"),
            change.to_owned(),
        )
    };
    let place = "alert$closed/properties/subject/properties/state/enum";
    let title = "issue/properties/title/type";
    assert_eq!(
        told(&old, &new, "server-to-client"),
        BTreeSet::from([
            finding(
                "ENUM_VALUE_ADDED",
                place,
                r#"`"muted"`, `"wont_fix"` were added"#
            ),
            finding("NULL_ADDED", title, "`/subject/title` can now be null"),
            finding(
                "ALTERNATIVE_ADDED",
                "issue_event/oneOf",
                "the alternative `issue$closed` was added"
            ),
            finding(
                "ALTERNATIVE_ADDED",
                "issue_event/oneOf",
                "the alternative `issue$labeled` was added"
            ),
        ])
    );
    assert_eq!(
        told(&new, &old, "client-to-server"),
        BTreeSet::from([
            finding(
                "ENUM_VALUE_REMOVED",
                place,
                r#"`"muted"`, `"wont_fix"` were removed"#
            ),
            finding(
                "NULL_REMOVED",
                title,
                "`/subject/title` can no longer be null"
            ),
            finding(
                "ALTERNATIVE_REMOVED",
                "issue_event/oneOf",
                "the alternative `issue$closed` was removed"
            ),
            finding(
                "ALTERNATIVE_REMOVED",
                "issue_event/oneOf",
                "the alternative `issue$labeled` was removed"
            ),
        ])
    );
    assert!(told(&new, &old, "server-to-client").is_empty());
}

/// `tests/compat/pairs.jsonl`: pairs of schemas with what was reasoned by hand for each direction.
/// Each is judged as it stands and as a field, an item, a map's value, a variant and a type. Where
/// both schemas say the `same`, nothing may be
/// found at all; where a pair lists what is `found`, these rules and no others.
#[test]
fn labelled_pairs_are_judged_as_labelled() {
    let pairs = fs::read_to_string(cases().join("pairs.jsonl")).unwrap();
    let pairs: Vec<Value> = pairs
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut lines = String::new();
    let mut labels = Vec::new();
    for pair in &pairs {
        for (place, surround) in PLACES {
            let [old, new] = ["old", "new"].map(|side| pair[side].clone());
            // What refers to its own root, or names its dialect there, only stands alone.
            let text = format!("{old}{new}");
            if *place != "alone" && (text.contains("$ref") || text.contains("$schema")) {
                continue;
            }
            let (old, new) = (surround(old), surround(new));
            for (direction, label, found) in [
                (
                    "client-to-server",
                    "breaksClientToServer",
                    "foundClientToServer",
                ),
                (
                    "server-to-client",
                    "breaksServerToClient",
                    "foundServerToClient",
                ),
            ] {
                let line = json!({ "old": old, "new": new, "direction": direction });
                lines += &format!("{line}\n");
                let found = match pair["same"] == true {
                    true => Some(json!([])),
                    false => pair.get(found).cloned(),
                };
                labels.push((&pair["id"], *place, direction, pair[label] == true, found));
            }
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pairs.jsonl");
    fs::write(&path, lines).unwrap();
    let output = text(&compat(&["--batch", path.to_str().unwrap()]).stdout);
    let answers: Vec<Value> = output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), labels.len());
    let wrong: Vec<_> = labels
        .iter()
        .zip(&answers)
        .filter(|((.., label, expected), answer)| {
            let found = answer["findings"].as_array().into_iter().flatten();
            let found: Value = found.map(|finding| finding["rule"].clone()).collect();
            answer["breaking"] != *label || expected.as_ref().is_some_and(|it| *it != found)
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

type Surround = fn(Value) -> Value;

const PLACES: &[(&str, Surround)] = &[
    ("alone", |schema| schema),
    (
        "a field",
        |schema| json!({ "type": "object", "properties": { "f": schema, "g": true }, "required": ["f"] }),
    ),
    (
        "an item",
        |schema| json!({ "type": "array", "items": schema }),
    ),
    (
        "a map's value",
        |schema| json!({ "type": "object", "additionalProperties": schema }),
    ),
    ("a variant", |schema| {
        let tag = |tag: &str| json!({ "const": tag });
        json!({ "oneOf": [
            { "type": "object", "properties": { "t": tag("a"), "f": schema }, "required": ["t", "f"] },
            { "type": "object", "properties": { "t": tag("b") }, "required": ["t"] },
        ] })
    }),
    ("a type", |schema| {
        json!({ "$ref": "#/$defs/Outer", "$defs": {
            "Outer": { "type": "object", "properties": { "f": { "$ref": "#/$defs/Inner" } } },
            "Inner": schema,
        } })
    }),
];
