//! Markdown for a comment on a pull request.
//!
//! What manifests say is shown as code or escaped: it makes no link, no markup, and calls nobody.

use std::{
    fmt::{self, Write as _},
    io::{self, Write},
};

use kube_lint_core::{
    diagnostic::{Diagnostic, Severity},
    report::Report,
};

use super::{Origin, Style, page, summary, worst_first};

/// Characters that GitHub takes in a comment are 65,536; bytes are never fewer than characters, and
/// the last words need some too.
const MOST: usize = 65_000;

const FOLDED: &str = "</details>\n\n";

pub(super) fn write(output: &mut impl Write, report: &Report, origin: &Origin) -> io::Result<()> {
    let everything = Style {
        color: false,
        info: true,
    };
    let findings = worst_first(report, everything);
    let mut text = format!("### kube-lint: {}\n\n", summary::findings(report, true));
    let mut left_out = findings.len();
    for level in findings.chunk_by(|left, right| left.severity == right.severity) {
        left_out -= section(&mut text, report, level, origin);
    }
    if left_out > 0 {
        let left_out = summary::count(left_out, "finding");
        let _ = writeln!(text, "{left_out} left out: a comment holds no more.\n");
    }
    let files = summary::count(report.summary.files, "file");
    let objects = summary::count(report.summary.objects, "object");
    writeln!(output, "{text}{files}, {objects}")
}

/// Writes findings of one level, as many as there is room for, and says how many these are.
fn section(text: &mut String, report: &Report, findings: &[&Diagnostic], origin: &Origin) -> usize {
    let is_folded = findings.iter().all(|it| it.severity == Severity::Info);
    let (head, foot) = if is_folded {
        let head = format!("<details><summary>{} info</summary>\n\n", findings.len());
        (head, FOLDED)
    } else {
        (String::new(), "")
    };
    let mut items = String::new();
    let mut written = 0;
    for finding in findings {
        let item = Item {
            path: &origin.path(report, finding.primary.place.file),
            finding,
        };
        let item = item.to_string();
        if text.len() + head.len() + items.len() + item.len() + foot.len() > MOST {
            break;
        }
        items.push_str(&item);
        written += 1;
    }
    if written > 0 {
        let _ = write!(text, "{head}{items}\n{foot}");
    }
    written
}

struct Item<'a> {
    path: &'a str,
    finding: &'a Diagnostic,
}

impl fmt::Display for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, finding } = self;
        let place = format!("{path}:{}", finding.primary.start.line);
        let (severity, rule) = (finding.severity, finding.rule);
        let link = page(rule);
        write!(f, "- **{severity}** {} ", Code(&place))?;
        write!(f, "{} ([{rule}]({link}))", Prose(&finding.message))?;
        match &finding.help {
            Some(help) => writeln!(f, "<br>help: {}", Prose(help)),
            None => writeln!(f),
        }
    }
}

/// A span of code, which ends where its text does, whatever is in that.
struct Code<'a>(&'a str);

impl fmt::Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs = self.0.split(|it| it != '`').map(str::len);
        let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
        let blank = if self.0.starts_with('`') || self.0.ends_with('`') {
            " "
        } else {
            ""
        };
        write!(f, "{fence}{blank}{}{blank}{fence}", one_line(self.0))
    }
}

/// A message: what it has in backticks is code, the rest is escaped.
struct Prose<'a>(&'a str);

impl fmt::Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.0.split('`').peekable();
        while let Some(words) = parts.next() {
            escape(words, f)?;
            match (parts.next(), parts.peek()) {
                (Some(code), Some(_)) if !code.trim().is_empty() => write!(f, "{}", Code(code))?,
                // A pair of backticks with nothing in it, or one that has no other.
                (Some(rest), _) => escape(rest, f)?,
                (None, _) => {}
            }
        }
        Ok(())
    }
}

/// Writes all that could be markup as a character reference, and keeps GitHub from seeing a name in
/// `@name` and a number in `#1`.
fn escape(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = one_line(text);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '@' | '#' => write!(f, "{character}\u{200b}")?,
            ' ' | ',' | ';' | '\'' | '"' | '(' | ')' | '?' | '-' => write!(f, "{character}")?,
            // What a blank follows is no part of an address.
            '.' | ':' if characters.peek().is_none_or(|it| *it == ' ') => {
                write!(f, "{character}")?;
            }
            _ if character.is_ascii_punctuation() => write!(f, "&#{};", u32::from(character))?,
            _ => write!(f, "{character}")?,
        }
    }
    Ok(())
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_backticks_is_code_whatever_it_is() {
        let text = Prose("role `<b>@me|*x*` grants, and more").to_string();
        assert_eq!(text, "role `<b>@me|*x*` grants, and more");
        assert_eq!(Code("a`b").to_string(), "``a`b``");
        assert_eq!(Code("`a").to_string(), "`` `a ``");
    }

    #[test]
    fn what_is_not_is_no_markup() {
        let text = "a ` <img src=x>: [x](https://a.b) @me #1 **b**.";
        assert_eq!(
            Prose(text).to_string(),
            "a  &#60;img src&#61;x&#62;: &#91;x&#93;(https&#58;&#47;&#47;a&#46;b) @\u{200b}me #\u{200b}1 \
             &#42;&#42;b&#42;&#42;."
        );
    }
}
