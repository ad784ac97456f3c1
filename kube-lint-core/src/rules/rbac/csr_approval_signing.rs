//! `rbac/csr-approval-signing`.

use crate::{
    analysis::rbac::{Holdings, Request, Trade},
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Reporter, declare_rule},
    target::KubeVersion,
};

use super::{
    powers::{Entry, Granted, Other, Powers, Verdict, names},
    tampering::{Tampering, Target},
    words,
};

declare_rule! {
    /// ## What it does
    ///
    /// Finds roles that can approve requests for certificates: `update` or `patch` on
    /// `certificatesigningrequests/approval`, together with `approve` on those `signers` whose certificates the
    /// API server takes for a proof of who somebody is, `kubernetes.io/kube-apiserver-client` and
    /// `kubernetes.io/kube-apiserver-client-kubelet`. The two may come from two roles of one subject.
    ///
    /// It is an error where the same subject can make the requests too, and a warning where it approves those
    /// of others. It is info where nobody was found who has both rights, without which the API server refuses,
    /// and for a cluster role that nothing binds. It is one level lower where role or subject bear the name
    /// of a program that approves by trade. Signers of your own and `kubernetes.io/kubelet-serving` are silent.
    ///
    /// `sign` on the signers of Kubernetes or on all, with the right to write the `status` of requests, is info:
    /// nobody trusts a certificate that is not made with the key of the signer, but those who wait for theirs
    /// do not get it.
    ///
    /// From Kubernetes 1.34 on it also finds roles that can make `PodCertificateRequests`, in which the API
    /// server checks the Pod only where a kubelet asks. It is a warning in the whole cluster, and info in one namespace.
    ///
    /// ## Why is this bad?
    ///
    /// A client certificate says who its holder is, and which groups they are in. Whoever asks for one and
    /// approves it becomes whom they like: only `system:masters` is refused, not those who are bound to as much.
    /// It is good until it expires, as no certificate is ever taken back.
    ///
    /// ## What to do
    ///
    /// List in `resourceNames` of `signers` those that the program approves for. Let people approve the
    /// certificates of people.
    "rbac/csr-approval-signing" {
        summary: "role can approve certificates of any identity",
        severity: Error,
        since: "0.1.0",
        supersedes: ["rbac/wildcard-resource", "rbac/wildcard-verb"],
        check: Check::Holdings(check),
    }
}

const GROUP: &str = "certificates.k8s.io";

const DECIDING: Tampering = Tampering {
    targets: &[
        target("certificatesigningrequests/approval", &["update", "patch"]),
        target("certificatesigningrequests/status", &["update", "patch"]),
        target("podcertificaterequests/status", &["update", "patch"]),
    ],
    trade: Trade::Certificates,
    help: "list in `resourceNames` of `signers` those that it decides for",
};

const ASKING: Tampering = Tampering {
    targets: &[target("podcertificaterequests", &["create"])],
    trade: Trade::Certificates,
    help: "leave it to the kubelets, which ask for the Pods that they run",
};

const ASK: Request<'static> = request("create", "certificatesigningrequests");
const APPROVE: Request<'static> = request("approve", "signers");
const SIGN: Request<'static> = request("sign", "signers");

/// `PodCertificateRequest` in `pkg/features/kube_features.go`.
const POD_CERTIFICATES: KubeVersion = KubeVersion::minor(34);

const fn target(resource: &'static str, verbs: &'static [&'static str]) -> Target {
    Target {
        group: GROUP,
        resource,
        verbs,
    }
}

const fn request(verb: &'static str, resource: &'static str) -> Request<'static> {
    Request {
        verb,
        group: GROUP,
        resource,
        subresource: "",
        name: "",
    }
}

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    DECIDING.check((holdings, inventory), deciding, reporter);
    ASKING.check((holdings, inventory), asking, reporter);
}

/// `None` where what `entry` allows is no more than a program of its own does.
fn deciding<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Option<Verdict<'h, 'a>> {
    match entry.request.subresource {
        "approval" => approving(powers, granted, entry),
        _ => signing(powers, granted, entry),
    }
}

/// Whom certificates are of that the API server trusts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    /// None of those: a signer's own business.
    None,
    Node,
    User,
}

/// What the signers that `other` is about make: those that are named, or all of a domain
/// (`IsAuthorizedForSignerName` in `pkg/certauthorization`).
fn identity(other: &Other<'_, '_>) -> Identity {
    let Some(names) = names(&other.rule) else {
        return Identity::User;
    };
    let of_signer = |it: &&str| match *it {
        "kubernetes.io/*" | "kubernetes.io/kube-apiserver-client" => Identity::User,
        "kubernetes.io/kube-apiserver-client-kubelet" => Identity::Node,
        // `kubernetes.io/legacy-unknown` is not served any more.
        _ => Identity::None,
    };
    names.iter().map(of_signer).max().unwrap_or(Identity::None)
}

fn approving<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Option<Verdict<'h, 'a>> {
    let on = |deed: &str, here, severity, others| {
        let verdict = Verdict::on(powers.inventory, granted.reach(), deed, severity);
        Verdict {
            others,
            here,
            ..verdict.unless_unbound(granted.extent)
        }
    };
    let holders = entry.holders.iter();
    let found = holders.filter_map(|it| {
        let others = powers.also(it, APPROVE).into_iter();
        let others = others.map(|other| (identity(&other), other));
        let (identity, other) = others.max_by_key(|it| it.0)?;
        Some((identity, it, other))
    });
    let Some((identity, holder, approve)) = found.max_by_key(|it| it.0) else {
        let deed =
            "approve certificates, but nobody was found who may `approve` for a signer as well";
        let here = "approves nothing by itself";
        return Some(on(deed, here, Severity::Info, Vec::new()));
    };
    let whose = match identity {
        Identity::None => return None,
        Identity::Node => "any node",
        Identity::User => "any user",
    };
    let deed = format!("approve client certificates of {whose}");
    let here = "approves certificates";
    let Some(ask) = powers.also(holder, ASK).into_iter().next() else {
        let deed = format!("{deed} that others ask for");
        return Some(on(&deed, here, Severity::Warning, vec![approve]));
    };
    let who = powers.name(holder);
    let deed = format!("{deed}, and {who} may ask for them too: it can become {whose}");
    Some(on(&deed, here, Severity::Error, vec![ask, approve]))
}

fn signing<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Option<Verdict<'h, 'a>> {
    let mut holders = entry.holders.iter();
    let sign = holders.find_map(|it| {
        let mut others = powers.also(it, SIGN).into_iter();
        others.find(|it| identity(it) != Identity::None)
    })?;
    let whose = match names(&sign.rule) {
        None => "every signer",
        Some(_) => "Kubernetes' own signers",
    };
    let deed = format!("answer requests for certificates in place of {whose}");
    let verdict = Verdict::on(powers.inventory, granted.reach(), &deed, Severity::Info);
    Some(Verdict {
        here: "writes certificates into requests",
        others: vec![sign],
        ..verdict
    })
}

/// `admitPodCertificateRequest` in `plugin/pkg/admission/noderestriction` looks at those of kubelets only.
fn asking<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Option<Verdict<'h, 'a>> {
    // The whole API group is a matter of its own.
    let is_all = entry.found.resource.value == "*";
    if is_all || powers.inventory.target().kube_version < POD_CERTIFICATES {
        return None;
    }
    let deed = "ask for certificates in the name of any Pod";
    let severity = words::lowered(words::level(granted.extent));
    let verdict = Verdict::on(powers.inventory, granted.reach(), deed, severity);
    Some(Verdict {
        here: "whose Pod it is, is checked for kubelets only",
        ..verdict.at(granted.extent, "")
    })
}
