//! No format holds a secret, whatever is found beside it.

use std::fs;

use tempfile::TempDir;

use crate::{folder, kube_lint};

/// Values of several shapes, planted below.
const PLANTED: [&str; 6] = [
    "hunter2hunter2",
    "vR8-kd2Wq-Tz6mLp",
    "zq!9x$Kp@7",
    "s3cr3t\u{fc}ml\u{e4}ut",
    "trustno1trustno1",
    // The first one in base64.
    "aHVudGVyMmh1bnRlcjI=",
];

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: shop}
data: {password: aHVudGVyMmh1bnRlcjI=}
stringData: {password: 'zq!9x$Kp@7', token: vR8-kd2Wq-Tz6mLp, token: s3cr3t\u{fc}ml\u{e4}ut}
";

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web
        args: [--db-password=hunter2hunter2]
        env:
        - {name: DB_PASSWORD, value: vR8-kd2Wq-Tz6mLp, vlaue: 'zq!9x$Kp@7'}
";

const CONFIG_MAP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  DB_PASSWORD: trustno1trustno1
  url: postgres://shop:vR8-kd2Wq-Tz6mLp@db/shop
  on: {password: hunter2hunter2}
";

const BROKEN: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: broken}
stringData:
  password: s3cr3t\u{fc}ml\u{e4}ut
  token: 'trustno1trustno1
";

fn repository() -> TempDir {
    folder(&[
        ("secret.yaml", SECRET),
        ("deployment.yaml", DEPLOYMENT),
        ("config-map.yaml", CONFIG_MAP),
        ("broken.yaml", BROKEN),
    ])
}

/// Every format there is, as the help lists them.
fn formats() -> Vec<String> {
    let assert = kube_lint().args(["check", "--help"]).assert().code(0);
    let help = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let (_, formats) = help.split_once("--format").unwrap();
    let lines = formats
        .lines()
        .skip_while(|it| !it.contains("Possible values"));
    let lines = lines.skip(1).take_while(|it| !it.is_empty());
    let items = lines.filter_map(|it| it.trim_start().strip_prefix("- "));
    items
        .map(|it| it.split_once(':').unwrap().0.to_owned())
        .collect()
}

#[track_caller]
fn holds_no_secret(text: &[u8], of: &str) {
    let text = String::from_utf8_lossy(text);
    for secret in PLANTED {
        let line = text.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{of} shows {secret:?} in {line:?}");
    }
}

#[test]
fn no_format_shows_a_secret() {
    let folder = repository();
    let formats = formats();
    assert!(formats.len() >= 9, "{formats:?}");
    for format in formats {
        let command = kube_lint().current_dir(folder.path());
        let command = command.args(["check", "--format", &format, "--show", "info"]);
        let output = command.args(["--output", "report"]).output().unwrap();
        let report = fs::read(folder.path().join("report")).unwrap();
        let text = String::from_utf8_lossy(&report);
        for file in ["secret", "deployment", "config-map", "broken"] {
            assert!(text.contains(&format!("{file}.yaml")), "{format}: {file}");
        }
        holds_no_secret(&report, &format);
        holds_no_secret(&output.stdout, &format);
        holds_no_secret(&output.stderr, &format);
    }
}
