//! The words of a suppression in a comment: `# kube-lint: allow(family/rule) reason`.

use crate::{
    rule::Misread,
    span::{Span, narrow},
};

use super::length;

/// A suppression as it is written.
#[derive(Debug)]
pub(super) struct Written<'a> {
    /// From `kube-lint` to the end of the reason, in bytes of the comment.
    pub(super) span: Span,
    pub(super) content: Result<(Reach, Content<'a>), Misread>,
}

/// Names, each with its distance from `kube-lint`; and the reason.
type Content<'a> = (Vec<(u32, &'a str)>, Option<&'a str>);

/// What a comment is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// A line, and what begins on it.
    Line,
    /// The whole file.
    File,
}

/// The suppressions in a comment, which may stand behind other words of it: `# why # kube-lint: …`.
pub(super) fn read(comment: &str) -> Vec<Written<'_>> {
    let marks = memchr::memchr_iter(b'#', comment.as_bytes());
    let starts = marks.filter_map(|at| {
        let rest = comment.get(at + 1..)?.trim_start();
        is_ours(rest).then_some(comment.len() - rest.len())
    });
    let starts: Vec<_> = starts.collect();
    let ends = starts.iter().skip(1).copied().chain([comment.len()]);
    let parts = starts.iter().zip(ends);
    parts
        .map(|(&start, end)| part(comment, start, end))
        .collect()
}

/// Whether the text of a comment is meant for kube-lint, and not a word about it.
fn is_ours(text: &str) -> bool {
    let rest = text.strip_prefix("kube-lint").map(str::trim_start);
    rest.is_some_and(|it| it.starts_with(':') || it.starts_with("allow"))
}

fn part(comment: &str, start: usize, end: usize) -> Written<'_> {
    let text = comment.get(start..end).unwrap_or_default();
    // What follows is another comment.
    let text = text.trim_end_matches(|it: char| it == '#' || it.is_whitespace());
    let from = narrow(start);
    Written {
        span: Span::new(from, from + length(text)),
        content: content(text),
    }
}

fn content(text: &str) -> Result<(Reach, Content<'_>), Misread> {
    let rest = text.trim_start_matches("kube-lint").trim_start();
    let rest = rest.strip_prefix(':').ok_or(Misread::NoColon)?.trim_start();
    let is_word = |it: char| it.is_alphanumeric() || it == '-' || it == '_';
    let word = rest.split(|it| !is_word(it)).next().unwrap_or_default();
    let reach = match word {
        "allow" => Reach::Line,
        "allow-file" => Reach::File,
        _ => return Err(Misread::UnknownWord),
    };
    let rest = rest.get(word.len()..).unwrap_or_default().trim_start();
    let rest = rest.strip_prefix('(').ok_or(Misread::NoNames)?;
    let (list, behind) = rest.split_once(')').ok_or(Misread::NotClosed)?;
    let before = length(text) - length(rest);
    let names: Vec<_> = names(list).map(|(at, name)| (before + at, name)).collect();
    if names.is_empty() {
        return Err(Misread::NoNames);
    }
    let reason = behind.trim_start_matches(|it: char| it.is_whitespace() || ":,;-–—".contains(it));
    Ok((reach, (names, (!reason.is_empty()).then_some(reason))))
}

/// The names in a list, each with its place; a comma within `{}` belongs to a glob.
pub(super) fn names(list: &str) -> impl Iterator<Item = (u32, &str)> {
    let mut depth = 0_u32;
    let parts = list.split(move |it| {
        match it {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        it == ',' && depth == 0
    });
    let mut next = 0;
    let parts = parts.map(move |part| {
        let blanks = length(part) - length(part.trim_start());
        let at = next + blanks;
        next += length(part) + 1;
        (at, part.trim())
    });
    parts.filter(|(_, name)| !name.is_empty())
}

/// The bytes of `text` that go with the suppression at `at`: the comment that it is the end of, as far as it
/// is no other, and all of the line where nothing else is there; `None` where another comment follows.
pub(super) fn whole(text: &str, at: Span) -> Option<Span> {
    let before = text.get(..at.start() as usize)?;
    let behind = text.get(at.end() as usize..)?;
    let after = behind.trim_start_matches([' ', '\t']);
    if !matches!(after.as_bytes().first(), None | Some(b'\n' | b'\r')) {
        return None;
    }
    let start = before.rfind(['\n', '\r']).map_or(0, |it| it + 1);
    let end = at.end() + length(behind) - length(after);
    let line = before.get(start..)?;
    let kept = line.trim_end_matches(['#', ' ', '\t']);
    if !kept.is_empty() {
        return Some(Span::new(narrow(start + kept.len()), end));
    }
    let is_whole = after.starts_with("\r\n");
    let line_break = if is_whole { 2 } else { after.len().min(1) };
    Some(Span::new(narrow(start), end + narrow(line_break)))
}

/// The bytes that go with the name of this number, one of several at `spans`.
pub(super) fn with_comma(spans: &[Span], number: usize) -> Option<Span> {
    let name = spans.get(number)?;
    match (spans.get(number + 1), number.checked_sub(1)) {
        (Some(next), _) => Some(Span::new(name.start(), next.start())),
        (None, before) => Some(Span::new(spans.get(before?)?.end(), name.end())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_of(text: &str) -> Vec<(u32, &str)> {
        names(text).collect()
    }

    #[test]
    fn names_are_separated_by_commas_outside_of_braces() {
        assert_eq!(names_of("rbac"), [(0, "rbac")]);
        assert_eq!(names_of(" a/b ,, c"), [(1, "a/b"), (8, "c")]);
        assert_eq!(names_of("a/{b,c},d"), [(0, "a/{b,c}"), (8, "d")]);
        assert_eq!(names_of("a/{b,c"), [(0, "a/{b,c")]);
        assert_eq!(names_of(" , "), []);
    }

    /// Reach, names and reason.
    fn understood(comment: &str) -> Vec<(Reach, Vec<&str>, Option<&str>)> {
        let found = read(comment).into_iter().map(|it| {
            let (reach, (names, reason)) = it.content.expect("a suppression");
            for (at, name) in &names {
                let from = (it.span.start() + at) as usize;
                let rest = comment.get(from..).expect("a character");
                assert!(rest.starts_with(name), "{comment}");
            }
            let names = names.into_iter().map(|it| it.1).collect();
            (reach, names, reason)
        });
        found.collect()
    }

    #[test]
    fn blanks_and_marks_do_not_matter() {
        for comment in [
            "# kube-lint: allow(a/b) why not",
            "#kube-lint:allow(a/b)why not",
            "##\tkube-lint : allow ( a/b ): why not",
            "# kube-lint: allow(a/b) \u{2014} why not \t",
        ] {
            let expected = vec![(Reach::Line, vec!["a/b"], Some("why not"))];
            assert_eq!(understood(comment), expected, "{comment}");
        }
        let expected = vec![(Reach::File, vec!["a", "b/*"], None)];
        assert_eq!(understood("# kube-lint: allow-file(a, b/*) -"), expected);
    }

    #[test]
    fn other_words_may_stand_before_it() {
        let comment = "# \u{fc}ber alles # kube-lint: allow(a) x # kube-lint: allow-file(b)";
        let expected = vec![
            (Reach::Line, vec!["a"], Some("x")),
            (Reach::File, vec!["b"], None),
        ];
        assert_eq!(understood(comment), expected);
    }

    #[test]
    fn words_about_kube_lint_are_no_suppressions() {
        for comment in [
            "# see kube-lint: allow(a)",
            "# kube-linter: allow(a)",
            "# kube-lint is run in CI",
            "# kube-lint/allow: a",
            "# kube-lint.yaml: allow(a)",
            "#",
            "",
        ] {
            assert!(read(comment).is_empty(), "{comment}");
        }
    }

    #[test]
    fn what_is_not_understood_is_told() {
        for (comment, expected) in [
            ("# kube-lint allow(a)", Misread::NoColon),
            ("# kube-lint: disable(a)", Misread::UnknownWord),
            ("# kube-lint: allowed(a)", Misread::UnknownWord),
            ("# kube-lint:", Misread::UnknownWord),
            ("# kube-lint: allow a", Misread::NoNames),
            ("# kube-lint: allow()", Misread::NoNames),
            ("# kube-lint: allow(a", Misread::NotClosed),
        ] {
            let found = read(comment);
            assert_eq!(found.len(), 1, "{comment}");
            assert_eq!(
                found[0].content.as_ref().unwrap_err(),
                &expected,
                "{comment}"
            );
        }
    }
}
