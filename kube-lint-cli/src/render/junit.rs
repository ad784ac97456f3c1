//! JUnit's XML, which CI servers show as tests: a suite for each file, a test for each finding.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    io::{self, Write},
    ops::Add,
};

use kube_lint_core::{
    diagnostic::Diagnostic,
    report::{Report, Suppression},
};

use super::{Origin, Style, every, reason, short::Line};

pub(super) fn write(
    output: &mut impl Write,
    report: &Report,
    style: Style,
    origin: &Origin,
) -> io::Result<()> {
    let suites = suites(report, style, origin);
    let all = suites
        .values()
        .fold(Counts::default(), |sum, it| sum + it.counts());
    writeln!(output, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    if suites.is_empty() {
        return output.write_all(NOTHING.as_bytes());
    }
    writeln!(output, r#"<testsuites name="kube-lint"{all}>"#)?;
    for (path, suite) in suites {
        suite.write(output, &path)?;
    }
    writeln!(output, "</testsuites>")
}

/// A passed test, since a report without tests is an error to some servers.
const NOTHING: &str = r#"<testsuites name="kube-lint" tests="1" failures="0" errors="0" skipped="0">
<testsuite name="kube-lint" tests="1" failures="0" errors="0" skipped="0">
<testcase name="no findings" classname="kube-lint"/>
</testsuite>
</testsuites>
"#;

#[derive(Clone, Copy, Default)]
struct Counts {
    tests: usize,
    skipped: usize,
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tests, skipped } = *self;
        let failures = tests - skipped;
        write!(
            f,
            r#" tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}""#
        )
    }
}

/// The findings of one file.
#[derive(Default)]
struct Suite<'a> {
    tests: Vec<(&'a Diagnostic, Option<&'a Suppression>)>,
}

fn suites<'a>(report: &'a Report, style: Style, origin: &Origin) -> BTreeMap<String, Suite<'a>> {
    let mut suites: BTreeMap<String, Suite<'a>> = BTreeMap::new();
    for (finding, by) in every(report).filter(|(it, _)| style.shows(it)) {
        let path = origin.path(report, finding.primary.place.file);
        suites.entry(path).or_default().tests.push((finding, by));
    }
    suites
}

impl Suite<'_> {
    fn counts(&self) -> Counts {
        let suppressed = self.tests.iter().filter(|(_, by)| by.is_some());
        Counts {
            tests: self.tests.len(),
            skipped: suppressed.count(),
        }
    }

    fn write(&self, output: &mut impl Write, path: &str) -> io::Result<()> {
        let counts = self.counts();
        writeln!(output, r#"<testsuite name="{}"{counts}>"#, Escaped(path))?;
        // Servers follow a test from run to run by class and name, so no line is in it.
        let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
        for &(finding, by) in &self.tests {
            let number = seen.entry((finding.rule, &finding.message)).or_default();
            *number += 1;
            test(output, path, finding, *number)?;
            verdict(output, path, finding, by)?;
        }
        writeln!(output, "</testsuite>")
    }
}

fn test(
    output: &mut impl Write,
    path: &str,
    finding: &Diagnostic,
    number: usize,
) -> io::Result<()> {
    let name = Escaped(&finding.message);
    write!(output, r#"<testcase name="{name}"#)?;
    if number > 1 {
        write!(output, " ({number})")?;
    }
    writeln!(
        output,
        r#"" classname="{}" file="{}" line="{}">"#,
        Escaped(finding.rule),
        Escaped(path),
        finding.primary.start.line
    )
}

fn verdict(
    output: &mut impl Write,
    path: &str,
    finding: &Diagnostic,
    by: Option<&Suppression>,
) -> io::Result<()> {
    if let Some(by) = by {
        writeln!(output, r#"<skipped message="{}"/>"#, Escaped(reason(by)))?;
    } else {
        let (kind, message) = (finding.severity, Escaped(&finding.message));
        let line = Line(path, finding).to_string();
        write!(output, r#"<failure type="{kind}" message="{message}">"#)?;
        write!(output, "{}", Escaped(&line))?;
        if let Some(help) = &finding.help {
            write!(output, "\nhelp: {}", Escaped(help))?;
        }
        writeln!(output, "</failure>")?;
    }
    writeln!(output, "</testcase>")
}

/// Text of an element or an attribute.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                // What XML 1.0 has no way to write.
                '\u{fffe}' | '\u{ffff}' => f.write_str("\u{fffd}")?,
                _ if character.is_control() => f.write_str("\u{fffd}")?,
                _ => write!(f, "{character}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        let text = "a<b>&\"c\"\u{1b}[31m\u{ffff} ]]> \u{e4}";
        assert_eq!(
            Escaped(text).to_string(),
            "a&lt;b&gt;&amp;&quot;c&quot;\u{fffd}[31m\u{fffd} ]]&gt; \u{e4}"
        );
    }
}
