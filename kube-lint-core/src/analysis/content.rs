//! Whether two objects say the same, however they are written.

use crate::yaml::Node;

/// Whether kubectl would read the same from the two nodes: the order of fields, styles, comments and
/// aliases do not matter, the order of lists does.
pub fn is_same(one: Node<'_>, other: Node<'_>) -> bool {
    if one.is_mapping() {
        return other.is_mapping() && are_same_fields(one, other);
    }
    if one.is_sequence() {
        let same_length = one.items().count() == other.items().count();
        return other.is_sequence()
            && same_length
            && one.items().zip(other.items()).all(|(a, b)| is_same(a, b));
    }
    other.is_scalar() && one.scalar() == other.scalar()
}

fn are_same_fields(one: Node<'_>, other: Node<'_>) -> bool {
    let mut fields: Vec<_> = one.fields().map(|(key, it)| (key.key_text(), it)).collect();
    let mut others: Vec<_> = other
        .fields()
        .map(|(key, it)| (key.key_text(), it))
        .collect();
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    others.sort_by(|a, b| a.0.cmp(&b.0));
    fields.len() == others.len()
        && fields
            .iter()
            .zip(&others)
            .all(|(a, b)| a.0 == b.0 && is_same(a.1, b.1))
}

#[cfg(test)]
mod tests {
    use super::is_same;
    use crate::yaml::{Document, Limits};

    fn same(one: &str, other: &str) -> bool {
        let one = Document::parse_text(one, &Limits::default());
        let other = Document::parse_text(other, &Limits::default());
        is_same(one.root().unwrap(), other.root().unwrap())
    }

    #[test]
    fn style_and_order_of_fields_do_not_matter() {
        assert!(same("a: 1\nb: [x, 'z']\n", "# c\nb:\n- x\n- z\na: 0x1\n"));
        assert!(same("a: &x {k: v}\nb: *x\n", "{b: {k: v}, a: {k: v}}"));
    }

    #[test]
    fn values_types_and_order_of_lists_do() {
        assert!(!same("a: 1", "a: '1'"));
        assert!(!same("a: [1, 2]", "a: [2, 1]"));
        assert!(!same("a: [1]", "a: [1, 2]"));
        assert!(!same("a: 1", "a: 1\nb: 2"));
        assert!(!same("a: {}", "a: []"));
    }
}
