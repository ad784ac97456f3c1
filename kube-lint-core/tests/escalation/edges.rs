//! Every power that leads on.

use crate::input::{account, bind, cut, from, grant, namespace, role, workload};

const CI: &str = "ServiceAccount ci/ci";

/// An account that is bound to everything, which the tests are about reaching.
fn admin() -> String {
    account("ci/admin") + &bind("cluster-admin", "*", "ci/admin")
}

const ADMIN: &str = "cluster-admin";

/// How `ci/ci` comes by `cluster-admin` where it may do `rules` in `scope`.
fn way(scope: &str, rules: &[&str], rest: &str) -> Vec<String> {
    let text = admin() + &grant("ci/ci", scope, rules) + rest;
    let ways = from(CI, &text).into_iter();
    ways.filter_map(|it| {
        let (to, steps) = it.split_once(": ")?;
        (to == ADMIN).then(|| steps.to_owned())
    })
    .collect()
}

const RUNS: &str = "runs a Pod as ServiceAccount ci/admin; may do everything";

#[test]
fn who_runs_pods_runs_them_as_any_account_of_the_namespace() {
    for rule in [
        "create :pods",
        "create :replicationcontrollers",
        "create apps:daemonsets",
        "create apps:deployments",
        "create apps:replicasets",
        "create apps:statefulsets",
        "create batch:cronjobs",
        "create batch:jobs",
    ] {
        for scope in ["ci", "*"] {
            assert_eq!(way(scope, &[rule], ""), [RUNS], "{rule} {scope}");
        }
        assert!(way("other", &[rule], "").is_empty(), "{rule}");
    }
}

#[test]
fn who_may_do_everything_in_a_namespace_acts_as_its_accounts() {
    let acts = ["acts as ServiceAccount ci/admin; may do everything"];
    assert_eq!(way("ci", &["* *:*"], ""), acts);
    assert!(way("other", &["* *:*"], "").is_empty());
}

#[test]
fn who_changes_a_workload_changes_its_account() {
    let changed =
        ["changes a workload so that it runs as ServiceAccount ci/admin; may do everything"];
    let web = workload(("Deployment", "ci/web"), "default", "", "");
    for verb in ["update", "patch"] {
        let rule = format!("{verb} apps:deployments");
        assert_eq!(way("ci", &[&rule], &web), changed);
        assert_eq!(way("*", &[&rule], &web), changed);
        assert!(way("ci", &[&rule], "").is_empty());
        assert_eq!(way("ci", &[&format!("{rule} web")], &web), changed);
        assert!(way("ci", &[&format!("{rule} other")], &web).is_empty());
        assert!(way("ci", &[&format!("{verb} apps:daemonsets")], &web).is_empty());
    }
    // A name that the API server makes up is none that a rule could allow.
    assert!(way("ci", &["create apps:deployments web"], &web).is_empty());
    // The template of a Job is never changed.
    let job = workload(("Job", "ci/web"), "default", "", "");
    assert!(way("ci", &["update,patch batch:jobs"], &job).is_empty());
}

#[test]
fn who_acts_as_an_account_has_what_it_has() {
    let acts = ["acts as ServiceAccount ci/admin; may do everything"];
    for scope in ["ci", "*"] {
        assert_eq!(way(scope, &["impersonate :serviceaccounts"], ""), acts);
        assert_eq!(
            way(scope, &["impersonate :serviceaccounts admin"], ""),
            acts
        );
        assert!(way(scope, &["impersonate :serviceaccounts other"], "").is_empty());
    }
    // Constrained impersonation has verbs of its own, which are asked for besides others (KEP-5284).
    let constrained = ["impersonate:serviceaccount authentication.k8s.io:serviceaccounts"];
    assert!(way("ci", &constrained, "").is_empty());
}

#[test]
fn who_acts_as_users_has_what_these_have() {
    let chief = bind("cluster-admin", "*", "User:chief");
    let acts = ["acts as user chief; may do everything"];
    assert_eq!(way("*", &["impersonate :users"], &chief), acts);
    assert_eq!(way("*", &["impersonate :users chief"], &chief), acts);
    assert!(way("*", &["impersonate :users other"], &chief).is_empty());
    assert!(way("ci", &["impersonate :users"], &chief).is_empty());
    let any = from(CI, &grant("ci/ci", "*", &["impersonate :users"]));
    assert_eq!(
        any,
        [
            "reader of the Secrets of kube-system: acts as user system:kube-controller-manager, \
          which reads all Secrets"
        ]
    );
}

#[test]
fn who_acts_as_groups_must_act_as_a_user_too() {
    let groups = "impersonate :groups";
    assert!(way("*", &[groups], "").is_empty());
    for user in [
        "impersonate :users nobody",
        "impersonate :serviceaccounts nobody",
    ] {
        assert_eq!(
            way("*", &[groups, user], ""),
            ["acts as group system:masters"]
        );
    }
    let nobody = "impersonate :users nobody";
    assert!(way("*", &["impersonate :groups team", nobody], "").is_empty());
    let team = bind("cluster-admin", "*", "Group:team");
    let acts = ["acts as group team; may do everything"];
    assert_eq!(way("*", &["impersonate :groups team", nobody], &team), acts);
}

#[test]
fn who_makes_tokens_makes_those_of_accounts_that_there_are() {
    let makes = ["makes a token of ServiceAccount ci/admin; may do everything"];
    for scope in ["ci", "*"] {
        assert_eq!(way(scope, &["create :serviceaccounts/token"], ""), makes);
        assert_eq!(
            way(scope, &["create :serviceaccounts/token admin"], ""),
            makes
        );
        assert!(way(scope, &["create :serviceaccounts/token other"], "").is_empty());
    }
    assert!(way("ci", &["create :serviceaccounts"], "").is_empty());
    // An account that is bound, and neither defined nor used, may not be there.
    let unborn = bind("cluster-admin", "*", "ci/unborn") + &account("ci/other");
    let text = unborn.clone() + &grant("ci/ci", "ci", &["create :serviceaccounts/token"]);
    assert!(from(CI, &text).is_empty());
    // As whom one may act all the same.
    let text = unborn + &grant("ci/ci", "ci", &["impersonate :serviceaccounts"]);
    assert_eq!(from(CI, &text).len(), 1);
}

#[test]
fn who_reads_secrets_reads_the_tokens_in_them() {
    let secret = "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\n\
        metadata: {name: token, namespace: ci, annotations: {kubernetes.io/service-account.name: admin}}\n";
    let reads = ["reads the token of ServiceAccount ci/admin in a Secret; may do everything"];
    for verb in ["get", "list", "watch", "patch"] {
        assert_eq!(way("ci", &[&format!("{verb} :secrets")], secret), reads);
        assert_eq!(
            way("ci", &[&format!("{verb} :secrets token")], secret),
            reads
        );
        assert!(way("ci", &[&format!("{verb} :secrets other")], secret).is_empty());
    }
    assert_eq!(way("ci", &["deletecollection :secrets"], secret), reads);
    assert!(way("ci", &["deletecollection :secrets token"], secret).is_empty());
    assert!(way("ci", &["update,delete :secrets"], secret).is_empty());
    assert!(way("ci", &["get :secrets"], "").is_empty());
    for scope in ["kube-system", "*"] {
        let text = grant("ci/ci", scope, &["get :secrets"]);
        let all = "reader of the Secrets of kube-system: reads the Secrets of kube-system";
        assert_eq!(from(CI, &text), [all]);
    }
}

#[test]
fn who_makes_secrets_and_reads_them_has_tokens_made() {
    let makes = ["makes a Secret with a token of ServiceAccount ci/admin; may do everything"];
    assert_eq!(way("ci", &["create,get :secrets"], ""), makes);
    assert_eq!(way("ci", &["create :secrets", "list :secrets"], ""), makes);
    assert!(way("ci", &["create :secrets"], "").is_empty());
    assert!(way("ci", &["create :secrets", "get :secrets mine"], "").is_empty());
    // Here the one, there the other.
    let elsewhere = grant("ci/ci", "other", &["get :secrets"]);
    assert!(way("ci", &["create :secrets"], &elsewhere).is_empty());
}

#[test]
fn who_runs_commands_in_a_pod_has_its_token() {
    let tool = workload(("Deployment", "ci/tool"), "admin", "", "");
    let holds = "holds the token of ServiceAccount ci/admin; may do everything";
    for (rule, does) in [
        ("create :pods/exec", "runs commands in Deployment ci/tool"),
        (
            "patch :pods/ephemeralcontainers",
            "adds a container to Deployment ci/tool",
        ),
        (
            "update :pods/ephemeralcontainers",
            "adds a container to Deployment ci/tool",
        ),
        ("patch :pods", "changes what Deployment ci/tool runs"),
        ("create *:*/exec", ""),
    ] {
        let does = if does.is_empty() {
            "runs commands in Deployment ci/tool"
        } else {
            does
        };
        assert_eq!(
            way("ci", &[rule], &tool),
            [format!("{does}; {holds}")],
            "{rule}"
        );
        assert!(way("other", &[rule], &tool).is_empty());
        assert!(way("ci", &[&format!("{rule} tool")], &tool).is_empty());
    }
    assert!(way("ci", &["create :pods/*"], &tool).is_empty());
    // As of Kubernetes 1.35.
    assert!(way("ci", &["get :pods/exec"], &tool).is_empty());
    // One who is attached is heard only by what reads its input.
    assert!(way("ci", &["create :pods/attach"], &tool).is_empty());
    let listening = workload(("Deployment", "ci/tool"), "admin", "", ", stdin: true");
    let writes = ["writes to what runs in Deployment ci/tool; ".to_owned() + holds];
    assert_eq!(way("ci", &["create :pods/attach"], &listening), writes);
    let through = format!("has a kubelet run commands in Deployment ci/tool; {holds}");
    for verb in ["get", "create"] {
        let rule = format!("{verb} :nodes/proxy");
        assert_eq!(way("*", &[&rule], &tool), vec![through.clone()]);
        assert!(way("ci", &[&rule], &tool).is_empty());
    }
    let webhook = "create admissionregistration.k8s.io:mutatingwebhookconfigurations";
    let through = format!("adds a container to Deployment ci/tool by a webhook; {holds}");
    assert_eq!(way("*", &[webhook], &tool), [through]);
}

#[test]
fn pods_of_certain_names_are_told_apart() {
    let rule = ["create :pods/exec tool-1"];
    let set = workload(("StatefulSet", "ci/tool"), "admin", "", "");
    assert!(way("ci", &rule, &set).is_empty());
    let two = set.replace("spec: {template", "spec: {replicas: 2, template");
    assert_eq!(way("ci", &rule, &two).len(), 1);
    let pod = workload(("Pod", "ci/tool-1"), "admin", "", "");
    assert_eq!(way("ci", &rule, &pod).len(), 1);
    assert!(
        way(
            "ci",
            &rule,
            &workload(("Pod", "other/tool-1"), "admin", "", "")
        )
        .is_empty()
    );
}

#[test]
fn who_writes_rules_that_they_do_not_have_needs_a_role_of_their_own() {
    let rbac = "rbac.authorization.k8s.io";
    let gives = ["gives a role of its own every right"];
    let both = format!("escalate,update {rbac}:clusterroles");
    assert_eq!(way("*", &[&both], ""), gives);
    assert!(way("*", &[&format!("escalate {rbac}:clusterroles")], "").is_empty());
    assert!(way("ci", &[&both], "").is_empty());
    let own = "ci-ci-in-all";
    assert_eq!(way("*", &[&format!("{both} {own}")], ""), gives);
    assert!(way("*", &[&format!("{both} other")], "").is_empty());
    let roles = format!("escalate,patch {rbac}:roles");
    let bound = role("ci/own", &[&roles]) + &bind("ci/own", "ci", "ci/ci");
    assert_eq!(
        from(CI, &bound),
        ["admin of ci: gives a role of its own every right"]
    );
    // It holds no role that it could write.
    assert!(from(CI, &grant("ci/ci", "ci", &[&roles])).is_empty());
}

#[test]
fn who_binds_roles_needs_to_write_bindings() {
    let rbac = "rbac.authorization.k8s.io";
    let bind_all = format!("bind {rbac}:clusterroles");
    let write = format!("create {rbac}:clusterrolebindings");
    let binds = ["binds itself to cluster-admin"];
    assert_eq!(way("*", &[&bind_all, &write], ""), binds);
    assert!(way("*", &[&bind_all], "").is_empty());
    assert!(way("*", &[&write], "").is_empty());
    let admins = "binds itself to cluster-admin; may do everything";
    assert_eq!(
        way("*", &[&format!("{bind_all} cluster-admin"), &write], ""),
        [admins]
    );
    assert!(way("*", &[&format!("{bind_all} view"), &write], "").is_empty());
    let runner = role("runner", &["create :pods"]);
    let runs = format!("binds itself to runner; {RUNS}");
    assert_eq!(
        way("*", &[&format!("{bind_all} runner"), &write], &runner),
        vec![runs.clone()]
    );
    // In one namespace.
    let write = format!("create {rbac}:rolebindings");
    assert_eq!(
        way("ci", &[&format!("{bind_all} runner"), &write], &runner),
        [runs]
    );
    let text = grant("ci/ci", "shop", &[&bind_all, &write]);
    assert_eq!(
        from(CI, &text),
        ["admin of shop: binds itself to cluster-admin in shop"]
    );
    let runner = role("ci/runner", &["create :pods"]);
    let bind_roles = format!("bind {rbac}:roles");
    let runs = format!("binds itself to runner; {RUNS}");
    for rule in [bind_roles.clone(), format!("{bind_roles} runner")] {
        assert_eq!(way("ci", &[&rule, &write], &runner), vec![runs.clone()]);
    }
    assert!(way("ci", &[&format!("{bind_roles} other"), &write], &runner).is_empty());
}

#[test]
fn certificates_make_users_but_no_masters() {
    let certificates = "certificates.k8s.io";
    let all = [
        format!("create {certificates}:certificatesigningrequests"),
        format!("update {certificates}:certificatesigningrequests/approval"),
        format!("approve {certificates}:signers kubernetes.io/kube-apiserver-client"),
    ];
    let rules: Vec<_> = all.iter().map(String::as_str).collect();
    let chief = bind("cluster-admin", "*", "User:chief");
    let gets = ["gets a certificate of user chief; may do everything"];
    assert_eq!(way("*", &rules, &chief), gets);
    for left_out in 0..rules.len() {
        let mut rules = rules.clone();
        rules.remove(left_out);
        assert!(way("*", &rules, &chief).is_empty());
    }
    let masters = bind("cluster-admin", "*", "Group:system:masters");
    assert!(way("*", &rules, &masters).is_empty());
    let other = format!("approve {certificates}:signers example.com/own");
    assert!(way("*", &[rules[0], rules[1], &other], &chief).is_empty());
}

#[test]
fn who_writes_aws_auth_is_a_master_on_eks() {
    let rule = ["patch :configmaps"];
    assert!(way("kube-system", &rule, "").is_empty());
    let defined =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\n";
    let makes = ["makes itself a member of system:masters in aws-auth"];
    assert_eq!(way("kube-system", &rule, defined), makes);
    assert_eq!(way("*", &rule, defined), makes);
    assert_eq!(
        way("kube-system", &["update :configmaps aws-auth"], ""),
        makes
    );
    assert!(way("kube-system", &["update :configmaps coredns"], defined).is_empty());
    assert!(way("ci", &rule, defined).is_empty());
}

#[test]
fn a_cloud_identity_is_to_be_had() {
    let cloud = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: cloud, namespace: ci, \
        annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/store'}}\n---\n";
    let text = cloud.to_owned() + &grant("ci/ci", "ci", &["create :pods"]);
    let way = "AWS role store: runs a Pod as ServiceAccount ci/cloud; is AWS role store";
    assert_eq!(from(CI, &text), [way]);
    // Its own is nothing to come by.
    let text = cloud.to_owned() + &grant("ci/cloud", "ci", &["create :pods"]);
    assert!(from("ServiceAccount ci/cloud", &text).is_empty());
}

#[test]
fn the_admin_of_another_namespace_is_found_behind_ones_own() {
    let text =
        account("ci/boss") + &bind("admin", "ci", "ci/boss") + &bind("admin", "shop", "ci/boss");
    let text = text + &grant("ci/ci", "ci", &["create :pods"]);
    let run = "runs a Pod as ServiceAccount ci/boss; may do everything in";
    assert_eq!(
        from(CI, &text),
        [
            format!("admin of ci: {run} ci"),
            format!("admin of shop: {run} shop")
        ]
    );
}

#[test]
fn groups_give_their_members_what_they_have() {
    let text = admin() + &account("ci/ci") + &bind("view", "ci", "ci/ci");
    for group in [
        "system:serviceaccounts",
        "system:serviceaccounts:ci",
        "system:authenticated",
    ] {
        let text = text.clone() + &grant(&format!("Group:{group}"), "ci", &["create :pods"]);
        assert_eq!(from(CI, &text), [format!("cluster-admin: {RUNS}")]);
        assert_eq!(from(&format!("group {group}"), &text).len(), 1);
    }
    let other = grant(
        "Group:system:serviceaccounts:other",
        "ci",
        &["create :pods"],
    );
    assert!(from(CI, &(text + &other)).is_empty());
}

#[test]
fn who_has_it_by_a_binding_comes_by_nothing() {
    let text = admin() + &grant("Group:system:masters", "*", &["create :pods"]);
    let text = text + &grant("User:system:kube-scheduler", "*", &["create :pods"]);
    assert!(crate::input::ways(&text).is_empty());
}

#[test]
fn the_nearest_cut_that_stops_all_ways_is_named() {
    let run = grant("ci/ci", "ci", &["create :pods"]);
    let text = admin() + &run;
    assert_eq!(cut(CI, &text).as_deref(), Some("rule of ci-ci-in-ci"));
    // Two rules of one role: only without the binding both are gone.
    let two = grant("ci/ci", "ci", &["create :pods", "create apps:deployments"]);
    let text = admin() + &two;
    assert_eq!(cut(CI, &text).as_deref(), Some("binding ci-ci-in-ci-ci-ci"));
    // Two bindings, which lead to the same account: only without its own there is no way.
    let more = role("more", &["create batch:jobs"]) + &bind("more", "ci", "ci/ci");
    let text = admin() + &run + &more;
    assert_eq!(
        cut(CI, &text).as_deref(),
        Some("binding cluster-admin-ci-admin")
    );
    let second = account("ci/second") + &bind("cluster-admin", "*", "ci/second");
    assert_eq!(cut(CI, &(text + &second)), None);
    // What the API server defines is not to be changed.
    let edit = admin() + &bind("edit", "ci", "ci/ci");
    assert_eq!(cut(CI, &edit).as_deref(), Some("binding edit-ci-ci"));
}

#[test]
fn what_is_used_together_is_cut_where_one_part_is() {
    let create = role("create", &["create :secrets"]) + &bind("create", "ci", "ci/ci");
    let read = role("read", &["get :secrets"]) + &bind("read", "ci", "ci/ci");
    let text = admin() + &create + &read;
    assert_eq!(cut(CI, &text).as_deref(), Some("rule of create"));
    let again = role("again", &["create :secrets"]) + &bind("again", "ci", "ci/ci");
    assert_eq!(cut(CI, &(text + &again)).as_deref(), Some("rule of read"));
}

#[test]
fn the_admin_of_a_namespace_goes_on_from_there() {
    let rbac = "rbac.authorization.k8s.io";
    let rules = [
        format!("bind {rbac}:clusterroles"),
        format!("create {rbac}:rolebindings"),
    ];
    let rules: Vec<_> = rules.iter().map(String::as_str).collect();
    let text = account("shop/root") + &bind("cluster-admin", "*", "shop/root");
    let text = text + &grant("ci/ci", "shop", &rules) + &namespace("shop", "");
    let ways = from(CI, &text);
    assert_eq!(
        ways[0],
        "cluster-admin: binds itself to cluster-admin in shop; runs a Pod as ServiceAccount shop/root; \
         may do everything"
    );
}
