//! Whether a workload says that it works in its own namespace only.
//!
//! Most operators watch all namespaces unless they are told otherwise, so that nothing follows from
//! their saying nothing.

use crate::{
    model::{Container, PodSpec},
    object::Namespace,
    yaml::Node,
};

/// How a workload says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign<'a> {
    /// A variable or a flag tells a program which namespace to watch.
    Told(Node<'a>),
    /// The image is that of a collector of ConfigMaps and Secrets, which asks for those of its own
    /// namespace unless it is told otherwise; nothing is known of the other containers.
    Collector(Node<'a>),
}

impl<'a> Sign<'a> {
    /// Where it stands.
    pub fn node(self) -> Node<'a> {
        match self {
            Self::Told(node) | Self::Collector(node) => node,
        }
    }
}

/// Variables that name the namespaces to watch, by the convention of the Operator SDK.
const VARIABLES: [&str; 2] = ["WATCH_NAMESPACE", "WATCH_NAMESPACES"];

/// Flags that name the namespaces to watch: of ingress controllers, kube-state-metrics, Argo.
const FLAGS: [&str; 4] = [
    "managed-namespace",
    "namespaces",
    "watch-namespace",
    "watch-namespaces",
];

/// What one container says.
#[derive(Clone, Copy)]
enum Statement<'a> {
    Own(Sign<'a>),
    /// That it works elsewhere too, or what the input does not tell.
    Other,
}

/// The sign that the Pods of `pod`, in `namespace`, work there only; `None` where no container says so,
/// or one says otherwise.
pub fn sign<'a>(pod: &PodSpec<'a>, namespace: Namespace<'a>) -> Option<Sign<'a>> {
    let containers = pod.containers();
    let statements = containers.iter().flat_map(|it| statements(it, namespace));
    let mut found = None;
    for statement in statements {
        match statement {
            Statement::Other => return None,
            Statement::Own(sign) => found = found.or(Some(sign)),
        }
    }
    found
}

fn statements<'a>(container: &Container<'a>, namespace: Namespace<'a>) -> Vec<Statement<'a>> {
    let variables = container.env().filter_map(|it| {
        let name = it.get("name")?.text()?;
        let is_own = || is_own_field(it) || it.get("value").is_some_and(|it| is(it, namespace));
        VARIABLES.contains(&name).then(|| told(it, is_own()))
    });
    let mut found: Vec<_> = variables.collect();
    found.extend(flags(container, namespace));
    found.extend(collector(container, namespace));
    found
}

fn told(at: Node<'_>, is_own: bool) -> Statement<'_> {
    if is_own {
        Statement::Own(Sign::Told(at))
    } else {
        Statement::Other
    }
}

fn is(value: Node<'_>, namespace: Namespace<'_>) -> bool {
    value.text().is_some_and(|it| namespace.name() == Some(it))
}

/// Whether a variable holds the namespace of the Pod.
fn is_own_field(variable: Node<'_>) -> bool {
    let field = variable.at(&["valueFrom", "fieldRef", "fieldPath"]);
    field.and_then(Node::text) == Some("metadata.namespace")
}

fn flags<'a>(container: &Container<'a>, namespace: Namespace<'a>) -> Vec<Statement<'a>> {
    let lists = ["command", "args"].into_iter();
    let lists = lists.filter_map(|it| container.node().get(it));
    let mut words = lists.flat_map(Node::items).peekable();
    let mut found = Vec::new();
    while let Some(at) = words.next() {
        let Some(flag) = at.text().and_then(|it| it.strip_prefix('-')) else {
            continue;
        };
        let flag = flag.strip_prefix('-').unwrap_or(flag);
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (flag, None),
        };
        match name {
            "all-namespaces" => found.push(Statement::Other),
            "namespaced" => found.push(told(at, matches!(value, None | Some("true")))),
            _ if FLAGS.contains(&name) => {
                let next = || words.peek().and_then(|it| it.text());
                let value = value.or_else(next).unwrap_or_default();
                found.push(told(at, means(container, value, namespace)));
            }
            _ => {}
        }
    }
    found
}

/// Whether the value of a flag is the namespace of the Pod, by its name or by a variable.
fn means(container: &Container<'_>, value: &str, namespace: Namespace<'_>) -> bool {
    let variable = value.strip_prefix("$(").and_then(|it| it.strip_suffix(')'));
    match variable {
        None => namespace.name() == Some(value),
        Some(name) => {
            let named = |it: &Node<'_>| it.get("name").and_then(Node::text) == Some(name);
            container.env().find(named).is_some_and(is_own_field)
        }
    }
}

/// `k8s-sidecar` of kiwigrid, by its README: `NAMESPACE` is that in which it runs by default, and
/// `RESOURCE_NAME` may name others.
fn collector<'a>(container: &Container<'a>, namespace: Namespace<'a>) -> Option<Statement<'a>> {
    let image = container.node().get("image")?;
    let name = image.text()?.split('@').next()?;
    let last = name.rsplit('/').next()?.split(':').next()?;
    if last != "k8s-sidecar" {
        return None;
    }
    let named = |name| {
        let mut variables = container.env();
        variables.find(|it| it.get("name").and_then(Node::text) == Some(name))
    };
    let is_hidden = container.env_from().next().is_some() || named("RESOURCE_NAME").is_some();
    let is_own = named("NAMESPACE").is_none_or(|it| {
        let value = it.get("value");
        is_own_field(it) || value.is_some_and(|it| it.text() == Some("") || is(it, namespace))
    });
    Some(if is_own && !is_hidden {
        Statement::Own(Sign::Collector(image))
    } else {
        Statement::Other
    })
}
