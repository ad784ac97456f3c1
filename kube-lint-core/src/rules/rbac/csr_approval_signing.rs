//! `rbac/csr-approval-signing`.

use crate::{
    analysis::rbac::{Extent, Holdings, Rbac, Request, Trade},
    diagnostic::Severity,
    inventory::Inventory,
    rule::{Check, Reporter, declare_rule},
    target::KubeVersion,
};

use super::{
    powers::{Entry, Granted, Holder, Other, Powers, names},
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

const REQUESTS: [Request<'static>; 7] = [
    request("update", "certificatesigningrequests", "approval"),
    request("patch", "certificatesigningrequests", "approval"),
    request("create", "podcertificaterequests", ""),
    request("update", "certificatesigningrequests", "status"),
    request("patch", "certificatesigningrequests", "status"),
    request("update", "podcertificaterequests", "status"),
    request("patch", "podcertificaterequests", "status"),
];

const ASK: Request<'static> = request("create", "certificatesigningrequests", "");
const APPROVE: Request<'static> = request("approve", "signers", "");
const SIGN: Request<'static> = request("sign", "signers", "");

const RESOURCES: [&str; 6] = [
    "certificatesigningrequests",
    "certificatesigningrequests/approval",
    "certificatesigningrequests/status",
    "podcertificaterequests",
    "podcertificaterequests/status",
    "signers",
];

/// `PodCertificateRequest` in `pkg/features/kube_features.go`.
const POD_CERTIFICATES: KubeVersion = KubeVersion::minor(34);

const fn request(
    verb: &'static str,
    resource: &'static str,
    subresource: &'static str,
) -> Request<'static> {
    Request {
        verb,
        group: "certificates.k8s.io",
        resource,
        subresource,
        name: "",
    }
}

fn check<'a>(holdings: &Holdings<'a>, inventory: &Inventory<'a>, reporter: &mut Reporter<'_>) {
    let powers = Powers {
        holdings,
        inventory,
    };
    for granted in powers.granted(&REQUESTS) {
        report(powers, granted, reporter);
    }
}

/// What comes of an entry.
struct Verdict<'h, 'a> {
    /// Behind the name of the role.
    what: String,
    here: &'static str,
    help: &'static str,
    severity: Severity,
    others: Vec<Other<'h, 'a>>,
}

fn report<'h, 'a>(
    powers: Powers<'h, 'a>,
    mut granted: Granted<'h, 'a>,
    reporter: &mut Reporter<'_>,
) {
    let verdicts = granted.entries.iter();
    let verdicts = verdicts.filter_map(|it| Some((it.request, verdict(powers, &granted, it)?)));
    // The first of the worst.
    let worst = verdicts.collect::<Vec<_>>().into_iter().rev();
    let Some((request, worst)) = worst.max_by_key(|it| it.1.severity) else {
        return;
    };
    granted.entries.retain(|it| {
        (it.request.resource, it.request.subresource) == (request.resource, request.subresource)
    });
    let Some(first) = granted.entries.first() else {
        return;
    };
    let name = words::named(powers.inventory, &granted.role);
    let message = format!("{name} {}", worst.what);
    let severity = match granted.extent {
        Extent::Nowhere => Severity::Info,
        _ => worst.severity,
    };
    let (severity, message) = words::allow_for_trade(
        (severity, message),
        &granted.role,
        granted.extent,
        Trade::Certificates,
    );
    let at = first.resource_place(&RESOURCES);
    let finding = reporter.report(at.node, message);
    finding.here(worst.here).help(worst.help).severity(severity);
    for other in &worst.others {
        other.label(finding, &granted.role);
    }
    for other in &granted.entries {
        let other = other.resource_place(&RESOURCES);
        if other.node.id() != at.node.id() {
            finding.label(other.node, "here too");
        }
    }
    words::label_bindings(finding, Rbac::new(powers.inventory), &granted.role);
}

/// `None` where what `entry` allows is no more than a program of its own does.
fn verdict<'h, 'a>(
    powers: Powers<'h, 'a>,
    granted: &Granted<'h, 'a>,
    entry: &Entry<'h, 'a>,
) -> Option<Verdict<'h, 'a>> {
    match entry.request.subresource {
        "approval" => approving(powers, entry),
        "status" => signing(powers, entry),
        _ => asking(powers, granted),
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

fn approving<'h, 'a>(powers: Powers<'h, 'a>, entry: &Entry<'h, 'a>) -> Option<Verdict<'h, 'a>> {
    let holders = entry.holders.iter();
    let found = holders.filter_map(|it| {
        let others = powers.also(it, APPROVE).into_iter();
        let others = others.map(|other| (identity(&other), other));
        let (identity, other) = others.max_by_key(|it| it.0)?;
        Some((identity, it, other))
    });
    let help = "list in `resourceNames` of `signers` those that it approves for";
    let Some((identity, holder, approve)) = found.max_by_key(|it| it.0) else {
        return Some(Verdict {
            what: "can approve certificates, but nobody was found who may `approve` for a signer \
                   as well"
                .to_owned(),
            here: "approves nothing by itself",
            help: "grant `approve` on `signers`, limited by `resourceNames`, or remove it",
            severity: Severity::Info,
            others: Vec::new(),
        });
    };
    let whose = match identity {
        Identity::None => return None,
        Identity::Node => "any node",
        Identity::User => "any user",
    };
    let what = format!("can approve client certificates of {whose}");
    let ask = powers.also(holder, ASK).into_iter().next();
    let (what, severity) = match &ask {
        Some(_) => {
            let who = powers.name(holder);
            let what = format!("{what}, and {who} may ask for them too: it can become {whose}");
            (what, Severity::Error)
        }
        None => (format!("{what} that others ask for"), Severity::Warning),
    };
    Some(Verdict {
        what,
        here: "approves certificates",
        help,
        severity,
        others: std::iter::once(approve).chain(ask).collect(),
    })
}

fn signing<'h, 'a>(powers: Powers<'h, 'a>, entry: &Entry<'h, 'a>) -> Option<Verdict<'h, 'a>> {
    let mut holders = entry.holders.iter();
    let sign = holders.find_map(|it: &Holder<'h, 'a>| {
        let mut others = powers.also(it, SIGN).into_iter();
        others.find(|it| identity(it) != Identity::None)
    })?;
    let whose = match names(&sign.rule) {
        None => "every signer",
        Some(_) => "Kubernetes' own signers",
    };
    Some(Verdict {
        what: format!("can answer requests for certificates in place of {whose}"),
        here: "writes certificates into requests",
        help: "list in `resourceNames` of `signers` those that it signs for",
        severity: Severity::Info,
        others: vec![sign],
    })
}

/// `admitPodCertificateRequest` in `plugin/pkg/admission/noderestriction` looks at those of kubelets only.
fn asking<'h, 'a>(powers: Powers<'h, 'a>, granted: &Granted<'h, 'a>) -> Option<Verdict<'h, 'a>> {
    if powers.inventory.target().kube_version < POD_CERTIFICATES {
        return None;
    }
    let place = words::place(granted.extent);
    Some(Verdict {
        what: format!("can ask for certificates in the name of any Pod {place}"),
        here: "whose Pod it is, is checked for kubelets only",
        help: "leave it to the kubelets, which ask for the Pods that they run",
        severity: words::lowered(words::level(granted.extent)),
        others: Vec::new(),
    })
}
