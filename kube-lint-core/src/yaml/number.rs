//! Numbers as Go reads and prints them.

use std::fmt::Write as _;

/// `strconv.ParseInt(text, 0, 64)`: a sign, then digits whose base the prefix tells (`0x`, `0o`,
/// `0b`, or a bare leading `0` for octal). Underscores must be gone already.
pub(super) fn parse_int(text: &str) -> Option<i64> {
    let (negative, digits) = signed(text);
    let (radix, digits) = base(digits)?;
    if digits.is_empty() {
        return Some(0);
    }
    let magnitude = i128::from(parse_digits(digits, radix)?);
    let value = if negative { -magnitude } else { magnitude };
    i64::try_from(value).ok()
}

/// `strconv.ParseUint(text, 0, 64)`: as [`parse_int`], without a sign.
pub(super) fn parse_uint(text: &str) -> Option<u64> {
    let (radix, digits) = base(text)?;
    if digits.is_empty() {
        return Some(0);
    }
    parse_digits(digits, radix)
}

/// go-yaml's second try at `0b`, which accepts a sign after the prefix.
pub(super) fn parse_binary(text: &str) -> Option<i64> {
    let rest = text.strip_prefix("0b")?;
    let (negative, digits) = signed(rest);
    let magnitude = i128::from(parse_digits(digits, 2)?);
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// The base and the digits behind its prefix; no digits are left of a lone `0`.
fn base(text: &str) -> Option<(u32, &str)> {
    let Some(rest) = text.strip_prefix('0') else {
        return (!text.is_empty()).then_some((10, text));
    };
    let radix = match rest.as_bytes() {
        [b'x' | b'X', _, ..] => 16,
        [b'o' | b'O', _, ..] => 8,
        [b'b' | b'B', _, ..] => 2,
        _ => return Some((8, rest)),
    };
    rest.get(1..).map(|digits| (radix, digits))
}

fn parse_digits(digits: &str, radix: u32) -> Option<u64> {
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

/// A number that matches go-yaml's `yamlStyleFloat`; underscores must be gone already.
///
/// `None` for other texts and for numbers beyond the range of a double, which go-yaml leaves strings.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    let (_, unsigned) = signed(text);
    let rest = unsigned.trim_start_matches(is_digit);
    let whole = unsigned.len() - rest.len();
    let after_dot = rest.strip_prefix('.').unwrap_or(rest);
    let exponent = after_dot.trim_start_matches(is_digit);
    if whole == 0 && after_dot.len() == exponent.len() {
        return None;
    }
    if !rest.starts_with('.') && after_dot.len() != exponent.len() {
        return None;
    }
    if !exponent.is_empty() {
        let digits = exponent.strip_prefix(['e', 'E'])?;
        let (_, digits) = signed(digits);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// `strconv.ParseFloat` of a text that starts with a dot: underscores may stand between digits.
pub(super) fn parse_dotted(text: &str) -> Option<f64> {
    if !text.contains('_') {
        return parse_float(text);
    }
    let bytes = text.as_bytes();
    let between = |at: usize| {
        let digit = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(u8::is_ascii_digit)
        };
        digit(at.checked_sub(1)) && digit(Some(at + 1))
    };
    let fits = (0..bytes.len()).all(|at| bytes.get(at) != Some(&b'_') || between(at));
    fits.then(|| parse_float(&text.replace('_', "")))?
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

/// A finite double as Go's `encoding/json` writes it.
pub(super) fn write_json_float(out: &mut String, value: f64) {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        // Go strips the zero of a one-digit negative exponent, as Rust prints it anyway, but keeps
        // the sign of a positive one.
        let text = format!("{value:e}");
        match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => {
                out.push_str(digits);
                out.push_str("e+");
                out.push_str(exponent);
            }
            _ => out.push_str(&text),
        }
    } else {
        _ = write!(out, "{value}");
    }
}

/// A key that is a float, as `sigs.k8s.io/yaml` writes it: `strconv.FormatFloat(value, 'g', -1, 32)`.
pub(super) fn key_of_float(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    #[expect(clippy::cast_possible_truncation, reason = "the rounding is kubectl's")]
    let value = value as f32;
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return value.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.unsigned_abs())
}
