//! Network policies: `k8s.io/api/networking/v1/types.go`.

use super::{
    Schema, TEXTS,
    Type::{Any, Integer, List, Object, Scalar, Text},
    meta::{LABEL_SELECTOR, OBJECT_META},
    strict,
};

pub(super) static NETWORK_POLICY: Schema = strict(
    "NetworkPolicy",
    &[
        ("apiVersion", Text),
        ("kind", Text),
        ("metadata", Object(&OBJECT_META)),
        ("spec", Object(&NETWORK_POLICY_SPEC)),
        ("status", Any),
    ],
);

pub(super) static NETWORK_POLICY_SPEC: Schema = strict(
    "NetworkPolicySpec",
    &[
        ("egress", List(&Object(&NETWORK_POLICY_EGRESS_RULE))),
        ("ingress", List(&Object(&NETWORK_POLICY_INGRESS_RULE))),
        ("podSelector", Object(&LABEL_SELECTOR)),
        ("policyTypes", TEXTS),
    ],
);

pub(super) static NETWORK_POLICY_INGRESS_RULE: Schema = strict(
    "NetworkPolicyIngressRule",
    &[
        ("from", List(&Object(&NETWORK_POLICY_PEER))),
        ("ports", List(&Object(&NETWORK_POLICY_PORT))),
    ],
);

pub(super) static NETWORK_POLICY_EGRESS_RULE: Schema = strict(
    "NetworkPolicyEgressRule",
    &[
        ("ports", List(&Object(&NETWORK_POLICY_PORT))),
        ("to", List(&Object(&NETWORK_POLICY_PEER))),
    ],
);

pub(super) static NETWORK_POLICY_PEER: Schema = strict(
    "NetworkPolicyPeer",
    &[
        ("ipBlock", Object(&IP_BLOCK)),
        ("namespaceSelector", Object(&LABEL_SELECTOR)),
        ("podSelector", Object(&LABEL_SELECTOR)),
    ],
);

pub(super) static NETWORK_POLICY_PORT: Schema = strict(
    "NetworkPolicyPort",
    &[("endPort", Integer), ("port", Scalar), ("protocol", Text)],
);

pub(super) static IP_BLOCK: Schema = strict("IPBlock", &[("cidr", Text), ("except", TEXTS)]);
