//! What the claims of a JSON web token say; the signature is not looked at.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::yaml::{Document, Limits};

/// Whether `token` is a JSON web token with claims but without an end (`exp`, RFC 7519 §4.1.4), as the
/// tokens in Secrets of the type `kubernetes.io/service-account-token` are.
pub fn is_without_end(token: &[u8]) -> bool {
    claims(token).is_some_and(|claims| {
        let root = claims.root().filter(|it| it.is_mapping());
        root.is_some_and(|it| it.get("iss").is_some() && it.get("exp").is_none())
    })
}

/// Whether `token` is a JSON web token that the control plane put into a Secret: those that the API server
/// gives out on request have its own address as their issuer.
pub fn is_of_token_secret(token: &[u8]) -> bool {
    let issuer = |claims: Document| claims.root()?.get("iss")?.str().map(str::to_owned);
    claims(token).and_then(issuer).as_deref() == Some(LEGACY_ISSUER)
}

/// `LegacyIssuer` in `pkg/serviceaccount/legacy.go`.
const LEGACY_ISSUER: &str = "kubernetes/serviceaccount";

fn claims(token: &[u8]) -> Option<Document> {
    let mut parts = token.trim_ascii().split(|it| *it == b'.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let document = Document::parse_text(&claims, &Limits::default());
    document.error().is_none().then_some(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> Vec<u8> {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims)).into_bytes()
    }

    #[test]
    fn only_tokens_without_an_end_have_none() {
        assert!(is_without_end(&token(
            r#"{"iss":"kubernetes/serviceaccount"}"#
        )));
        assert!(!is_without_end(&token(r#"{"iss":"kubernetes","exp":1}"#)));
        assert!(!is_without_end(&token("[1]")));
        assert!(!is_without_end(b"changeme"));
        assert!(!is_without_end(b"a.b.c"));
    }

    #[test]
    fn tokens_of_secrets_are_known_by_their_issuer() {
        assert!(is_of_token_secret(&token(
            r#"{"iss":"kubernetes/serviceaccount"}"#
        )));
        assert!(!is_of_token_secret(&token(
            r#"{"iss":"https://kubernetes.default.svc","exp":1}"#
        )));
        assert!(!is_of_token_secret(b"changeme"));
    }
}
