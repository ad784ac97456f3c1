//! Which rules let their holders decide what Pods run: as Pods, or as objects that controllers make Pods of.

use crate::model::PolicyRule;

use super::{Match, Request, granting};

/// What a rule lets its holders do about Pods.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PodPower {
    /// Change the images of Pods that there are: of the rest that decides what a Pod may do, an update
    /// changes nothing (`ValidatePodUpdate` in `pkg/apis/core/validation/validation.go`).
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

/// API group and plurals of the objects of which controllers make Pods by a template, as
/// `ServiceAccount`s and with volumes that the template names.
///
/// Left out is what makes no Pods by itself, as `podtemplates` and the templates of Argo and Tekton; and
/// the group `extensions`, which has had no such resource since Kubernetes 1.16.
const CONTROLLERS: [(&str, &[&str]); 19] = [
    (
        "apps",
        &["deployments", "daemonsets", "statefulsets", "replicasets"],
    ),
    ("batch", &["jobs", "cronjobs"]),
    ("", &["replicationcontrollers"]),
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
    let mut makers: Vec<PodMaker<'a>> = Vec::new();
    let controllers = CONTROLLERS.iter();
    let controllers =
        controllers.flat_map(|(group, resources)| resources.iter().map(move |it| (*group, *it)));
    let found = controllers.filter_map(|(group, resource)| controller(rule, group, resource));
    for maker in pods(rule).into_iter().chain(found) {
        // One entry may mean several resources.
        let known = makers.iter_mut();
        let mut known = known.filter(|it| it.found.resource == maker.found.resource);
        match known.next() {
            Some(known) if known.power < maker.power => *known = maker,
            Some(_) => {}
            None => makers.push(maker),
        }
    }
    makers
}

/// Every resource of which Pods are made, by its plural.
pub fn pod_making_resources() -> impl Iterator<Item = &'static str> {
    let controllers = CONTROLLERS.iter().flat_map(|it| it.1.iter().copied());
    std::iter::once("pods").chain(controllers)
}

fn pods<'a>(rule: &PolicyRule<'a>) -> Option<PodMaker<'a>> {
    let run = allowing(rule, &["create"], "", "pods", PodPower::Run);
    run.filter(|_| !rule.is_limited_by_name()).or_else(|| {
        allowing(
            rule,
            &["update", "patch"],
            "",
            "pods",
            PodPower::ChangeImages,
        )
    })
}

fn controller<'a>(
    rule: &PolicyRule<'a>,
    group: &'static str,
    resource: &'static str,
) -> Option<PodMaker<'a>> {
    let is_limited = rule.is_limited_by_name();
    let found = if is_limited {
        // To create an object has no name that the rule could allow.
        allowing(
            rule,
            &["update", "patch"],
            group,
            resource,
            PodPower::ChangeTemplates,
        )
    } else {
        let verbs = ["create", "update", "patch"];
        allowing(rule, &verbs, group, resource, PodPower::Run)
    };
    found.filter(|it| group != SHARED_GROUP || it.found.resource.value != "*")
}

fn allowing<'a>(
    rule: &PolicyRule<'a>,
    verbs: &[&'static str],
    group: &'static str,
    resource: &'static str,
    power: PodPower,
) -> Option<PodMaker<'a>> {
    let found = verbs.iter().find_map(|verb| {
        let request = Request {
            verb,
            group,
            resource,
            subresource: "",
            name: "",
        };
        granting(rule, &request)
    })?;
    Some(PodMaker { power, found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::rbac::{is_built_in_group, served_as};

    #[test]
    fn controllers_of_built_in_groups_are_served() {
        for (group, resources) in CONTROLLERS {
            for resource in resources {
                let is_served = served_as(group, resource).is_some_and(|it| it.is_namespaced);
                assert_eq!(is_served, is_built_in_group(group), "{group}/{resource}");
            }
        }
    }
}
