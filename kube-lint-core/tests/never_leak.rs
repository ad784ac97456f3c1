//! No output holds a secret: not a message, not a help, not a label, not an excerpt.
//!
//! Values are planted wherever manifests hold them, in documents that parse and in broken ones, and
//! everything that a report gives out is searched for them, as they are and in base64.

use std::collections::BTreeSet;

use kube_lint_core::{Baseline, Linter, Report, Scope, Settings, Source, model::encode_base64};

/// Twelve values of different shapes; none is a word that a manifest needs.
const PLANTED: [&str; 12] = [
    "hunter2hunter2",
    "vR8-kd2Wq-Tz6mLp",
    "correct horse battery",
    "zq!9x$Kp@7",
    "Pa55w0rd",
    "8f2b0c6d9e1a4735",
    "ghp_r7Tq2Lw9Xc4Vb8Nm1Kj6Hg3Fd5Sa0PoIuYtR",
    "AKIAQ7X2M4N8P6R5T3W9",
    "xoxb-2481632-QwErTyUiOpAs",
    "s3cr3t\u{fc}ml\u{e4}ut",
    "trustno1trustno1",
    "dragonfly77",
];

/// What to look for: values, the words of those with blanks, and their base64.
fn needles() -> Vec<String> {
    let mut needles = Vec::new();
    for value in PLANTED {
        needles.push(value.to_owned());
        needles.push(encode_base64(value.as_bytes()));
        needles.push(encode_base64(format!("{value}\n").as_bytes()));
        needles.push(encode_base64(encode_base64(value.as_bytes()).as_bytes()));
    }
    needles.push("battery".to_owned());
    needles
}

/// Everything that a report gives out.
fn output(report: &Report) -> BTreeSet<String> {
    let baseline = Baseline::of(report).to_yaml();
    let mut texts = BTreeSet::from([format!("{:?}", report.summary), baseline]);
    for finding in &report.findings {
        texts.insert(finding.message.clone());
        texts.extend(finding.help.clone());
        for fix in &finding.fix {
            texts.insert(fix.message.clone());
            texts.extend(fix.edits.iter().map(|it| it.replacement.clone()));
        }
        for label in finding.labels() {
            texts.insert(label.message.clone());
            texts.extend(report.excerpt(label.place).map(|it| it.text().to_owned()));
        }
    }
    texts
}

/// A fault beside which text is shown, in whatever document it is appended to.
const FAULTY_ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
rules:
- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}
";

fn check(name: &str, text: &str) -> Report {
    let sources = vec![Source::new(name, text)];
    let report = Linter::new(Settings::default()).check(sources, &Scope::Everything);
    let output = output(&report);
    for needle in needles() {
        for shown in &output {
            let line = shown.lines().find(|line| line.contains(&needle));
            assert!(
                line.is_none(),
                "{needle:?} of\n{text}\nis shown in {:?}",
                line.unwrap_or_default()
            );
        }
    }
    report
}

/// Replaces `VALUE` by each planted value, `B64` by its base64, and checks that something is found so
/// that something is shown.
fn plant(name: &str, template: &str) {
    for value in PLANTED {
        let text = template
            .replace("B64", &encode_base64(value.as_bytes()))
            .replace("VALUE", value);
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            let report = check(name, &text);
            assert!(!report.findings.is_empty(), "nothing is shown of\n{text}");
        }
    }
}

/// A template in which the whole document is in one excerpt with a fault.
fn plant_beside_fault(template: &str) {
    // A second object in the same document: all of its text may be quoted.
    let indented = |text: &str| {
        let lines: Vec<_> = text.lines().map(|line| format!("  {line}\n")).collect();
        lines.concat()
    };
    let (listed, indented) = (indented(FAULTY_ROLE), indented(template));
    let text = format!("apiVersion: v1\nkind: List\nitems:\n-\n{listed}-\n{indented}");
    plant("list.yaml", &text);
}

#[test]
fn values_of_secrets() {
    for template in [
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  password: B64\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: 'VALUE'\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {other: 'VALUE', user: \"VALUE\"}\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  file: |\n    first\n    VALUE\n\n    VALUE\n  next: x\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  file: >-\n      VALUE\n      VALUE\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  quoted: \"first\n    VALUE\n    last\"\n  single: 'first\n\n    VALUE'\n  plain: first\n    VALUE\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  password: &p B64\n  copy: *p\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  password: B64\n  password: B64\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  password: B64 # VALUE\n  # VALUE\n  other: ''\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: [VALUE]\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: 'VALUE'\n",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"kind\":\"Secret\",\"data\":{\"x\":\"B64\"},\"stringData\":{\"y\":\"VALUE\"}}\ndata: {password: B64}\n",
        "apiVersion: isindir.github.com/v1alpha3\nkind: SopsSecret\nmetadata: {name: a}\nspec:\n  secretTemplates:\n  - name: b\n    stringData: {x: 'VALUE'}\n    data: {y: B64}\n",
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a}\nspec:\n  template:\n    data: {x: 'VALUE'}\n",
        "apiVersion: example.com/v1\nkind: Vault\nmetadata: {name: a}\ndata: {x: 'VALUE'}\nspec: {data: {x: 'VALUE'}}\n",
        "apiVersion: v1\nkind: SecretList\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: a}\n  data: {x: B64}\n- {apiVersion: v1, kind: Secret, stringData: {y: 'VALUE'}}\n",
    ] {
        plant_beside_fault(template);
    }
}

#[test]
fn values_of_misspelt_fields() {
    for template in [
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringdata: {other: 'VALUE'}\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nData:\n  other: B64\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstrngData: {other: 'VALUE', user: &u \"VALUE\"}\nother: *u\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\npassword: 'VALUE'\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    env:\n    - {name: ANY, Value: 'VALUE'}\n    - {name: ANY, vlaue: 'VALUE'}\n    - {name: ANY, val: 'VALUE'}\n    - name: ANY\n      values: ['VALUE']\n",
    ] {
        plant("a.yaml", template);
        plant_beside_fault(template);
    }
}

#[test]
fn anchors_outside_of_the_secret() {
    for template in [
        "x-shared: &shared 'VALUE'\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: *shared}\n",
        "x-shared: &shared\n  password: 'VALUE'\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: *shared\n",
        "x-shared: &shared\n  x: 'VALUE'\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  <<: *shared\n  y: ''\n",
        "x-one: &one {x: 'VALUE'}\nx-two: &two {y: 'VALUE'}\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  <<: [*one, *two]\n",
        "x-shared: &shared [first, 'VALUE']\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: *shared}\n",
    ] {
        plant_beside_fault(template);
    }
}

#[test]
fn environments_and_arguments() {
    for template in [
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    env:\n    - name: ANY\n      value: 'VALUE'\n    - {name: DB_PASSWORD, value: \"VALUE\"}\n    - name: FOLDED\n      value: >\n        VALUE\n        VALUE\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    env:\n    - name: A\n      value: &v 'VALUE'\n    - {name: B, value: *v}\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    args:\n    - '--password=VALUE'\n    - --api-token\n    - 'VALUE'\n    - --db=postgres://user:VALUE@db/x\n    command: [sh, -c, 'export DB_PASSWORD=VALUE; run']\n",
    ] {
        plant_beside_fault(template);
    }
}

#[test]
fn config_maps_and_custom_resources() {
    for template in [
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  db-password: 'VALUE'\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  app.yaml: |\n    host: db\n    password: 'VALUE'\n    token: |\n      VALUE\n    other: x\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  .env: \"HOST=db\\nDB_PASSWORD=VALUE\\n\"\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  settings.json: '{\"password\": \"VALUE\"}'\n",
        "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: a}\nspec:\n  password: 'VALUE'\n  auth: {apiToken: \"VALUE\", clientSecret: 'VALUE'}\n  tokens: ['x']\n  secretKey: 'VALUE'\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: a\n  annotations:\n    note: 'password: VALUE'\n# password: VALUE\n# token = \"VALUE\"\n#   secret:\n#     VALUE\nrules: []\n",
    ] {
        plant_beside_fault(template);
    }
}

#[test]
fn tokens_that_tell_what_they_are_stand_anywhere() {
    for value in &PLANTED[6..9] {
        let text = format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: a\n  annotations:\n    note: see {value}\n# {value}\nrules: # {value}\n- {{apiGroups: ['*'], resources: ['*'], verbs: ['*']}}\n"
        );
        assert!(!check("role.yaml", &text).findings.is_empty());
    }
}

#[test]
fn json() {
    plant(
        "list.json",
        "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\",\"metadata\":{\"name\":\"a\"},\"rules\":[{\"apiGroups\":[\"*\"],\"resources\":[\"*\"],\"verbs\":[\"*\"]}]},{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},\"data\":{\"password\":\"B64\"},\"stringData\":{\"x\":\"VALUE\"}}]}\n",
    );
}

#[test]
fn broken_documents() {
    for template in [
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  password: B64\n  oops: \"unclosed\n  VALUE: VALUE\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  file: |\n    VALUE\n  VALUE\n password: VALUE\n\tVALUE: x\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  'VALUE': x\n  y: [\n- VALUE\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a} # VALUE\n# VALUE\nstringData: {password: 'VALUE'\nname: VALUE\nkind: VALUE\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    env:\n    - name: DB_PASSWORD\n      value: VALUE\n    - VALUE\n    - name: VALUE\n      value: \"x\n",
        "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"},\"stringData\":{\"password\":\"VALUE\",\"data\":\"B64\"\n",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  user: name: VALUE\n  password: VALUE\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  first: *missing\n  password: VALUE\n",
    ] {
        // With the fault in a document of the same file, and behind a separator that kubectl refuses.
        for value in PLANTED {
            let text = template
                .replace("B64", &encode_base64(value.as_bytes()))
                .replace("VALUE", value);
            for text in [text.clone(), text.replace('\n', "\r\n")] {
                check("broken.yaml", &text);
                check("broken.yaml", &format!("{FAULTY_ROLE}---\n{text}"));
                check("broken.yaml", &format!("{FAULTY_ROLE}--- {value}\n{text}"));
                check("broken.yaml", &format!("{FAULTY_ROLE}oops: \"{text}"));
            }
        }
    }
}

#[test]
fn a_second_document_that_kubectl_drops() {
    for value in PLANTED {
        let text = format!(
            "{FAULTY_ROLE}...\napiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData:\n  password: '{value}'\n"
        );
        check("dropped.yaml", &text);
    }
}

#[test]
fn private_keys() {
    let body = encode_base64(&[0x30; 90]);
    let key = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    let indented = key.replace('\n', "\n    ");
    let encoded = encode_base64(key.as_bytes());
    let escaped = key.replace('\n', "\\n");
    let commented = key.replace('\n', "\n# ");
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  note: |\n    {indented}\n  b: {encoded}\n  c: \"{escaped}\"\n# {commented}\n"
    );
    let report = Linter::new(Settings::default()).check(
        vec![Source::new("keys.yaml", text.as_str())],
        &Scope::Everything,
    );
    assert!(report.findings.len() >= 4);
    for shown in output(&report) {
        assert!(!shown.contains(&body), "{shown}");
        assert!(!shown.contains(&encoded), "{shown}");
    }
}

#[test]
fn kustomizations() {
    for value in PLANTED {
        let text = format!(
            "resources: [role.yaml]\nsecretGenerator:\n- name: a\n  literals:\n  - password={value}\n  - \"other={value}\"\npatches:\n- patch: |-\n    - op: add\n      path: /data/x\n      value: {value}\n    - op: add\n      value:\n        {value}\n"
        );
        let sources = vec![
            Source::new("kustomization.yaml", text.as_str()),
            Source::new("role.yaml", FAULTY_ROLE),
        ];
        let report = Linter::new(Settings::default()).check(sources, &Scope::Everything);
        for shown in output(&report) {
            assert!(!shown.contains(value), "{shown}");
        }
    }
}
