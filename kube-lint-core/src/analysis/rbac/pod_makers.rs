//! Which rules let their holders decide what Pods run: as Pods, or as objects that controllers make Pods of.

use crate::model::PolicyRule;

use super::{Deed, Match, WAYS, Way};

/// What a rule lets its holders do about Pods.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PodPower {
    /// Change the images of Pods that there are.
    ChangeImages,
    /// Change Pod templates of certain objects, whose account and volumes may be any of their namespace.
    ChangeTemplates,
    /// Make Pods with any account and any volume of their namespace.
    Run,
}

/// An entry of a rule that gives a [`PodPower`].
#[derive(Clone, Copy, Debug)]
pub struct PodMaker<'a> {
    /// What it gives.
    pub power: PodPower,
    /// The entries of the rule.
    pub found: Match<'a>,
}

/// API group and plurals of the custom resources of which controllers make Pods by a template, as
/// `ServiceAccount`s and with volumes that the template names. Left out is what makes no Pods by itself, as
/// the templates of Argo and Tekton.
const CUSTOM: [(&str, &[&str]); 16] = [
    ("agones.dev", &["fleets", "gameservers", "gameserversets"]),
    ("apps.kruise.io", KRUISE),
    ("apps.openshift.io", &["deploymentconfigs"]),
    ("argoproj.io", ARGO),
    ("batch.volcano.sh", &["jobs"]),
    ("jobset.x-k8s.io", &["jobsets"]),
    ("keda.sh", &["scaledjobs"]),
    ("kubeflow.org", KUBEFLOW),
    ("kubevirt.io", KUBEVIRT),
    ("leaderworkerset.x-k8s.io", &["leaderworkersets"]),
    ("monitoring.coreos.com", PROMETHEUS),
    ("ray.io", &["rayclusters", "rayjobs", "rayservices"]),
    ("serving.knative.dev", &["services", "configurations"]),
    ("serving.kserve.io", &["inferenceservices"]),
    ("sparkoperator.k8s.io", SPARK),
    ("tekton.dev", &["taskruns", "pipelineruns"]),
];

const ARGO: &[&str] = &[
    "rollouts",
    "workflows",
    "cronworkflows",
    "experiments",
    "analysisruns",
];
const KRUISE: &[&str] = &[
    "clonesets",
    "statefulsets",
    "daemonsets",
    "broadcastjobs",
    "advancedcronjobs",
    "uniteddeployments",
];
const KUBEFLOW: &[&str] = &["pytorchjobs", "tfjobs", "mpijobs", "xgboostjobs"];
const KUBEVIRT: &[&str] = &[
    "virtualmachines",
    "virtualmachineinstances",
    "virtualmachineinstancereplicasets",
];
const PROMETHEUS: &[&str] = &[
    "prometheuses",
    "prometheusagents",
    "alertmanagers",
    "thanosrulers",
];
const SPARK: &[&str] = &["sparkapplications", "scheduledsparkapplications"];

/// Several programs of which only some make Pods have their resources in this group, so that `*` there
/// says little.
const SHARED_GROUP: &str = "argoproj.io";

/// What `rule` lets its holders do about Pods, by each entry of `resources` that gives it.
pub fn pod_makers<'a>(rule: &PolicyRule<'a>) -> Vec<PodMaker<'a>> {
    // Most rules are about nothing of the kind.
    let entries: Vec<_> = rule.resources().map(|it| it.value).collect();
    let ways = ways().filter(|way| entries.iter().any(|it| way.is_about(it)));
    let mut makers: Vec<PodMaker<'a>> = Vec::new();
    for maker in ways.filter_map(|it| making(&it, rule)) {
        // One entry may mean several resources.
        let mut known = makers.iter_mut();
        match known.find(|it| it.found.resource == maker.found.resource) {
            Some(known) if known.power < maker.power => *known = maker,
            Some(_) => {}
            None => makers.push(maker),
        }
    }
    makers
}

/// Every resource of which Pods are made, by its plural.
pub fn pod_making_resources() -> impl Iterator<Item = &'static str> {
    ways().map(|it| it.resource)
}

/// The ways to decide what Pods run.
fn ways() -> impl Iterator<Item = Way> {
    let built_in = WAYS.into_iter();
    let built_in = built_in.filter(|it| matches!(it.deed, Deed::RunPods | Deed::ChangePods));
    let custom = CUSTOM.iter();
    let custom = custom.flat_map(|(group, resources)| {
        resources.iter().map(|resource| Way {
            deed: Deed::RunPods,
            verbs: &["create", "update", "patch"],
            group,
            resource,
            subresource: "",
        })
    });
    built_in.chain(custom)
}

fn making<'a>(way: &Way, rule: &PolicyRule<'a>) -> Option<PodMaker<'a>> {
    let (_, found) = way.opened_by(rule)?;
    let says_little = way.group == SHARED_GROUP && found.resource.value == "*";
    let power = match way.deed {
        Deed::RunPods if rule.is_limited_by_name() => PodPower::ChangeTemplates,
        Deed::RunPods => PodPower::Run,
        _ => PodPower::ChangeImages,
    };
    (!says_little).then_some(PodMaker { power, found })
}
