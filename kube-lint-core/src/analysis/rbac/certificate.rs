//! Who a certificate signing request asks to be.

use base64::{Engine, engine::general_purpose::STANDARD};

/// Object identifier 2.5.4.10, `organizationName`, in DER.
const ORGANIZATION: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x0a];

/// Whether the request, in `spec.request` of a `CertificateSigningRequest`, asks for a certificate of
/// `organization`, which the API server takes for a group (`CommonNameUserConversion` in
/// `apiserver/pkg/authentication/request/x509`).
///
/// PKCS#10 is read only as far as needed: an organization is its identifier, a string type, a length
/// and the text.
pub fn asks_for_organization(request: &str, organization: &str) -> bool {
    let Some(der) = decode(request) else {
        return false;
    };
    let found = memchr::memmem::find_iter(&der, &ORGANIZATION);
    found
        .filter_map(|at| der.get(at + ORGANIZATION.len()..))
        .any(|rest| match rest {
            [_, length, text @ ..] => {
                usize::from(*length) == organization.len()
                    && text.starts_with(organization.as_bytes())
            }
            _ => false,
        })
}

/// The DER in the PEM in the base64 of a manifest.
fn decode(request: &str) -> Option<Vec<u8>> {
    let pem = STANDARD.decode(joined(request.lines())).ok()?;
    let pem = String::from_utf8(pem).ok()?;
    let lines = pem.lines().filter(|it| !it.starts_with("-----"));
    STANDARD.decode(joined(lines)).ok()
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.flat_map(str::split_whitespace).collect()
}
