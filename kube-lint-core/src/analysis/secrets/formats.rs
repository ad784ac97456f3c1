//! Tokens that their issuers made recognisable.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::{
    any_of,
    value::{entropy, is_placeholder},
};

/// A kind of token that tells itself by how it begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Format {
    /// What it is, with its article: `a GitHub token`.
    pub name: &'static str,
    prefix: &'static str,
    /// Length of the shortest, prefix included.
    length: usize,
    /// Which characters follow the prefix.
    alphabet: Alphabet,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Alphabet {
    /// Capitals and digits.
    Capitals,
    /// Letters and digits.
    Alphanumeric,
    /// Letters, digits, `-`, `_` and `.`.
    Url,
}

use Alphabet::{Alphanumeric, Capitals, Url};

const fn format(
    name: &'static str,
    prefix: &'static str,
    length: usize,
    alphabet: Alphabet,
) -> Format {
    Format {
        name,
        prefix,
        length,
        alphabet,
    }
}

/// Sources: the issuers' documentation of their tokens.
const FORMATS: &[Format] = &[
    format("an AWS access key", "AKIA", 20, Capitals),
    format("an AWS access key", "ASIA", 20, Capitals),
    format("a GitHub token", "ghp_", 40, Alphanumeric),
    format("a GitHub token", "gho_", 40, Alphanumeric),
    format("a GitHub token", "ghu_", 40, Alphanumeric),
    format("a GitHub token", "ghs_", 40, Alphanumeric),
    format("a GitHub token", "ghr_", 40, Alphanumeric),
    format("a GitHub token", "github_pat_", 60, Url),
    format("a GitLab token", "glpat-", 26, Url),
    format("a Slack token", "xoxb-", 24, Url),
    format("a Slack token", "xoxp-", 24, Url),
    format("a Slack token", "xoxa-", 24, Url),
    format("a Slack token", "xoxs-", 24, Url),
    format("a Slack token", "xapp-", 24, Url),
    format("a Stripe key", "sk_live_", 24, Alphanumeric),
    format("a Stripe key", "rk_live_", 24, Alphanumeric),
    format("a Vault token", "hvs.", 28, Url),
    format("a Vault token", "hvb.", 28, Url),
    format("an npm token", "npm_", 40, Alphanumeric),
    format("a PyPI token", "pypi-AgE", 60, Url),
    format("a Docker Hub token", "dckr_pat_", 30, Url),
    format("a Google API key", "AIza", 39, Url),
    format("an Anthropic key", "sk-ant-", 40, Url),
    format("an OpenAI key", "sk-proj-", 40, Url),
    format("a SendGrid key", "SG.", 60, Url),
    format("a DigitalOcean token", "dop_v1_", 70, Alphanumeric),
    format("a Hugging Face token", "hf_", 37, Alphanumeric),
    format("a JSON web token", "eyJ", 40, Url),
];

/// Finds the prefix of any of [`FORMATS`] in one pass.
static PREFIXES: LazyLock<AhoCorasick> =
    LazyLock::new(|| any_of(FORMATS.iter().map(|it| it.prefix.as_bytes())));

impl Format {
    /// Length of the token at the start of `text`, if there is one.
    fn length_at(&self, text: &str) -> Option<usize> {
        let rest = text.strip_prefix(self.prefix)?;
        let belongs = |byte: u8| match self.alphabet {
            Capitals => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Alphanumeric => byte.is_ascii_alphanumeric(),
            Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
        };
        let length = self.prefix.len() + rest.bytes().take_while(|it| belongs(*it)).count();
        let token = text.get(..length)?;
        let is_exact = self.alphabet != Capitals || length == self.length;
        let is_whole = self.prefix != "eyJ" || token.split('.').count() == 3;
        let is_real = length >= self.length
            && is_exact
            && is_whole
            && entropy(token) >= 3.0
            && !is_placeholder(token);
        is_real.then_some(length)
    }
}

/// The format of the token that `value` is.
///
/// ```
/// use kube_lint_core::analysis::secrets::format_of;
///
/// assert_eq!(format_of("AKIAIOSFODNN7EXAMPLE"), None);
/// let token = format!("ghp_{}", "r7Tq2Lw9Xc4Vb8Nm1Kj6Hg3Fd5Sa0PoIuYtR");
/// assert_eq!(format_of(&token).map(|it| it.name), Some("a GitHub token"));
/// ```
pub fn format_of(value: &str) -> Option<&'static Format> {
    let value = value.trim();
    FORMATS
        .iter()
        .find(|it| it.length_at(value) == Some(value.len()))
}

/// Whether a recognisable token stands somewhere in `text`.
pub(super) fn holds_token(text: &str) -> bool {
    let begins = |at: usize| {
        let before = at.checked_sub(1).and_then(|it| text.as_bytes().get(it));
        before.is_none_or(|it| !it.is_ascii_alphanumeric())
    };
    PREFIXES.find_iter(text).any(|found| {
        let format = FORMATS.get(found.pattern().as_usize());
        let rest = text.get(found.start()..).filter(|_| begins(found.start()));
        format
            .zip(rest)
            .is_some_and(|(format, rest)| format.length_at(rest).is_some())
    })
}
