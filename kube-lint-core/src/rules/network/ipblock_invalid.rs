//! `network/ipblock-invalid`.

use ipnet::IpNet;

use crate::{
    diagnostic::{Applicability, Severity},
    inventory::Inventory,
    model::{Cidr, Direction, IpBlock, NetworkPolicy, NetworkPolicyRule},
    object::{Kind, Object, Text, is_template},
    rule::{Check, Reporter, declare_rule},
    yaml::{NewValue, Node},
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds `ipBlock`s that the API server refuses, by the rules of `ValidateIPBlock` in
    /// `pkg/apis/networking/validation/validation.go`: a `cidr` that is none or is missing, an `except`
    /// that is not a smaller part of the `cidr`, an `ipBlock` beside a selector in one peer. Weaker:
    /// blocks that do not mean what they say, by host bits (`192.168.1.7/24`) or leading zeros, exceptions
    /// that leave nothing of the block (warnings), and repeated blocks (info).
    ///
    /// ## Why is this bad?
    ///
    /// A policy that is refused protects nothing. One with `192.168.1.7/24` admits 256 addresses where its
    /// author may have meant one; Kubernetes warns of it, and refuses it where strict validation is on.
    ///
    /// ## What to do
    ///
    /// Write the first address of the block, and for a single address a prefix of 32 (IPv6: 128).
    "network/ipblock-invalid" {
        summary: "ipBlock is invalid or is not what it looks like",
        severity: Error,
        since: "0.1.0",
        fix: Safe,
        check: Check::Object(&[Kind::NetworkPolicy], check),
    }
}

fn check(object: &Object<'_>, inventory: &Inventory<'_>, reporter: &mut Reporter<'_>) {
    let policy = NetworkPolicy::new(object);
    for direction in Direction::ALL {
        for rule in policy.rules(direction) {
            check_rule(object, &rule, inventory, reporter);
        }
    }
}

fn check_rule(
    object: &Object<'_>,
    rule: &NetworkPolicyRule<'_>,
    inventory: &Inventory<'_>,
    reporter: &mut Reporter<'_>,
) {
    let name = inventory.display(object);
    let mut seen: Vec<(IpNet, Text<'_>)> = Vec::new();
    for peer in rule.peers() {
        let Some(block) = peer.ip_block() else {
            continue;
        };
        if let Some(selector) = peer.pod_selector().or_else(|| peer.namespace_selector()) {
            let message = format!(
                "policy `{name}` has an `ipBlock` and a selector in one peer, which the API refuses"
            );
            let finding = reporter.report(block.node().key().unwrap_or(block.node()), message);
            if let Some(node) = selector.node() {
                finding.label(node.key().unwrap_or(node), "a peer of its own");
            }
            finding.help("make two peers of them: either is allowed");
        }
        let Some((cidr, written)) = check_cidr(object, &block, inventory, reporter) else {
            continue;
        };
        check_exceptions(&name, &block, &cidr, reporter);
        match seen.iter().find(|it| it.0 == cidr.network()) {
            Some((_, first)) if !block.has_exceptions() => {
                let message = format!(
                    "policy `{name}` lists block `{}` twice in one rule",
                    written.value
                );
                let finding = reporter.report(written.node, message);
                finding
                    .severity(Severity::Info)
                    .label(first.node, "here already");
                finding.help("leave one of them out");
            }
            _ => seen.push((cidr.network(), written)),
        }
    }
}

/// The `cidr` of a block, where it is one.
fn check_cidr<'a>(
    object: &Object<'a>,
    block: &IpBlock<'a>,
    inventory: &Inventory<'a>,
    reporter: &mut Reporter<'_>,
) -> Option<(Cidr, Text<'a>)> {
    let name = inventory.display(object);
    let field = block.node().get("cidr").filter(|it| !it.is_null());
    let is_empty = |it: Node<'_>| it.str().is_some_and(str::is_empty);
    if field.is_none_or(is_empty) {
        let is_lacking = field.is_some() || inventory.lacks(object, block.node(), "cidr");
        if is_lacking && block.node().is_mapping() {
            let at = block.node().key().unwrap_or(block.node());
            let finding =
                reporter.report(at, format!("an `ipBlock` of policy `{name}` has no `cidr`"));
            finding.help("name the block of addresses, as `10.0.0.0/8`");
        }
        return None;
    }
    let written = block.cidr()?;
    let cidr = parse(&name, "cidr", written, reporter)?;
    Some((cidr, written))
}

/// Reads a block, and reports it where it is none or misleads.
fn parse(name: &str, field: &str, written: Text<'_>, reporter: &mut Reporter<'_>) -> Option<Cidr> {
    let value = written.value;
    let Some(cidr) = Cidr::parse(value) else {
        let message =
            format!("`{field}` of policy `{name}` is `{value}`, which is no block of addresses");
        let finding = reporter.report(written.node, message);
        match value.parse::<core::net::IpAddr>() {
            Ok(address) => {
                let block = IpNet::from(address).to_string();
                let edits = written.node.rewritten(NewValue::Text(&block));
                finding
                    .help(format!("write `{block}` for this one address"))
                    .fix(Applicability::Unsafe, format!("write `{block}`"), edits)
            }
            Err(_) => {
                finding.help("write an address and the length of its prefix, as `10.0.0.0/8`")
            }
        };
        return None;
    };
    let network = cidr.network();
    if cidr.has_leading_zeros() || cidr.has_host_bits() {
        let why = if cidr.has_leading_zeros() {
            "leading zeros are read as decimal here and as octal elsewhere"
        } else {
            "the address is not the first of its block"
        };
        let message =
            format!("`{field}` `{value}` of policy `{name}` stands for `{network}`: {why}");
        let finding = reporter.report(written.node, message);
        finding.severity(Severity::Warning);
        finding.help(format!(
            "write `{network}` if all of it is meant, or a longer prefix if not"
        ));
        // It is what the API server reads, but with zeros in front not what all others do.
        let applicability = if cidr.has_leading_zeros() {
            Applicability::Unsafe
        } else {
            Applicability::Safe
        };
        let edits = written.node.rewritten(NewValue::Text(&network.to_string()));
        finding.fix(applicability, format!("write `{network}`"), edits);
    }
    Some(cidr)
}

fn check_exceptions(name: &str, block: &IpBlock<'_>, cidr: &Cidr, reporter: &mut Reporter<'_>) {
    let mut seen: Vec<IpNet> = Vec::new();
    for written in block.except() {
        let Some(except) = parse(name, "except", written, reporter) else {
            continue;
        };
        let value = written.value;
        let (inner, outer) = (except.network(), cidr.network());
        if !cidr.strictly_contains(&except) {
            let why = if inner == outer {
                "is all of"
            } else {
                "does not lie in"
            };
            let message = format!(
                "`except` `{value}` of policy `{name}` {why} its `cidr` `{outer}`, which the API refuses"
            );
            let finding = reporter.report(written.node, message);
            finding.help("an exception must be a smaller part of the block");
            if let Some(cidr) = block.cidr() {
                finding.label(cidr.node, "the block");
            }
        } else if seen.contains(&inner) {
            let message = format!("policy `{name}` lists exception `{value}` twice");
            let finding = reporter.report(written.node, message);
            finding
                .severity(Severity::Info)
                .help("leave one of them out");
        } else {
            seen.push(inner);
        }
    }
    let has_unknown = block
        .node()
        .get("except")
        .into_iter()
        .flat_map(Node::items)
        .any(|it| it.text().is_some_and(is_template));
    if !has_unknown && IpNet::aggregate(&seen).contains(&cidr.network()) {
        let Some(written) = block.cidr() else { return };
        let message = format!(
            "the exceptions of block `{}` in policy `{name}` leave nothing of it",
            written.value
        );
        let finding = reporter.report(written.node, message);
        finding
            .severity(Severity::Warning)
            .help("leave the block out, or except less");
    }
}
