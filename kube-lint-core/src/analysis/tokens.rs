//! Which ServiceAccount tokens the containers of a Pod get.
//!
//! As the API server decides on creation (`plugin/pkg/admission/serviceaccount/admission.go`): the
//! PodSpec's `automountServiceAccountToken`, else the account's, else yes; but never in a container that
//! mounts something of its own at [`TOKEN_PATH`]. Projected volumes and Secrets with tokens come on top.

use crate::{
    inventory::{Inventory, Resolution},
    model::{
        AUTOMOUNT, Container, ContainerRole, MIRROR_ANNOTATION, PodSpec, Secret, SecretEntry,
        TOKEN_SECRET, automount,
    },
    object::{Kind, Object, Text, text},
    target::World,
    yaml::Node,
};

use super::jwt::is_of_token_secret;

/// Where the token is mounted (`DefaultAPITokenMountPath`).
pub const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The account of Pods that name none; every namespace has it.
pub const DEFAULT_ACCOUNT: &str = "default";

/// The tokens that the Pods of a PodSpec get, and of which account.
pub struct Tokens<'i, 'a> {
    inventory: &'i Inventory<'a>,
    pod: PodSpec<'a>,
    account: Option<Account<'a>>,
    automount: Automount<'a>,
}

/// The ServiceAccount of a Pod.
#[derive(Clone, Debug)]
pub struct Account<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where the PodSpec names it; `None` where it names none and so gets `default`.
    pub node: Option<Node<'a>>,
    /// The objects that may be meant; none where the input does not define it.
    pub objects: Vec<Object<'a>>,
    /// Whether it exists nowhere, so that no Pod is admitted.
    pub is_missing: bool,
}

/// Whether the account's token is mounted without being asked for by a volume.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Automount<'a> {
    /// It is: by this field, or because nobody has it.
    Yes(Option<Node<'a>>),
    /// It is not: by this field, or because the Pod has no account.
    No(Option<Node<'a>>),
    /// It is by default, but a field that says otherwise may stand where the input does not show it: in
    /// an account that is not defined here, a template, a patch, the defaults of a custom resource.
    Assumed,
}

/// A token that a container can read.
#[derive(Clone, Debug)]
pub struct TokenMount<'a> {
    /// The container.
    pub container: Container<'a>,
    /// Where the token comes from.
    pub source: TokenSource<'a>,
}

/// Where a token comes from.
#[derive(Clone, Debug)]
pub enum TokenSource<'a> {
    /// The API server mounts it.
    Automount,
    /// This source of a projected volume, of the Pod's own account, for the API server.
    Projected(Node<'a>),
    /// A Secret with a token that does not expire, of any account.
    Secret {
        /// The Secret.
        object: Object<'a>,
        /// Where the PodSpec names it.
        named: Node<'a>,
    },
}

impl<'i, 'a> Tokens<'i, 'a> {
    /// The tokens of the Pods of `pod`.
    pub fn of(pod: &PodSpec<'a>, inventory: &'i Inventory<'a>) -> Self {
        let is_mirror = is_mirror(pod);
        let account = if is_mirror {
            None
        } else {
            account(pod, inventory)
        };
        let automount = if is_mirror {
            Automount::No(None)
        } else {
            decide(pod, account.as_ref(), inventory)
        };
        Self {
            inventory,
            pod: *pod,
            account,
            automount,
        }
    }

    /// The account; `None` where the input does not tell, and for the mirror of a static Pod.
    pub fn account(&self) -> Option<&Account<'a>> {
        self.account.as_ref()
    }

    /// Where to speak of the account: at its name, or at the field with the PodSpec that names none.
    pub fn account_place(&self) -> Option<Node<'a>> {
        let named = self.account()?.node;
        named.or_else(|| self.pod.node().key())
    }

    /// Whether the token is mounted unasked, and by what.
    pub fn automount(&self) -> Automount<'a> {
        self.automount
    }

    /// Whether the token is mounted unasked, as far as is known.
    pub fn is_automounted(&self) -> bool {
        !matches!(self.automount, Automount::No(_))
    }

    /// The tokens for the API server that the containers can read.
    pub fn mounts(&self) -> Vec<TokenMount<'a>> {
        let mut mounts = Vec::new();
        let volumes = self.volumes();
        for container in self.pod.containers() {
            let add = |source| TokenMount { container, source };
            if self.is_automounted_in(&container) {
                mounts.push(add(TokenSource::Automount));
            }
            mounts.extend(self.variables(&container).into_iter().map(add));
            for mount in container.volume_mounts() {
                let name = mount.get("name").and_then(Node::str);
                let sources = volumes.iter().filter(|(volume, _)| Some(*volume) == name);
                mounts.extend(sources.map(|(_, source)| add(source.clone())));
            }
        }
        mounts
    }

    /// The plugin knows init containers and main ones, and leaves alone those that have a mount there.
    fn is_automounted_in(&self, container: &Container<'a>) -> bool {
        self.is_automounted()
            && container.role() != ContainerRole::Ephemeral
            && mount_at_token_path(container).is_none()
    }

    /// The tokens in volumes, by the volume's name.
    fn volumes(&self) -> Vec<(&'a str, TokenSource<'a>)> {
        let mut found = Vec::new();
        for volume in self.pod.volumes() {
            let Some(name) = volume.get("name").and_then(Node::str) else {
                continue;
            };
            let sources = volume.at(&["projected", "sources"]);
            let sources = sources.into_iter().flat_map(Node::items);
            let secrets = sources.clone().filter_map(|it| it.get("secret"));
            let secrets = secrets.filter_map(|it| self.token_file(it, "name"));
            let secret = volume.get("secret");
            let secret = secret.and_then(|it| self.token_file(it, "secretName"));
            found.extend(secret.into_iter().chain(secrets).map(|it| (name, it)));
            let projected = sources.filter_map(|it| it.get("serviceAccountToken"));
            let projected = projected.filter(|it| is_for_api_server(*it));
            found.extend(projected.map(|it| (name, TokenSource::Projected(it))));
        }
        found
    }

    /// The tokens in variables.
    fn variables(&self, container: &Container<'a>) -> Vec<TokenSource<'a>> {
        let single = container.env().filter_map(|it| {
            let reference = it.at(&["valueFrom", "secretKeyRef"])?;
            let key = text(reference, "key")?.value;
            self.token_secret(&text(reference, "name")?, |it| it == key)
        });
        let all = container.env_from().filter_map(|it| {
            let reference = it.get("secretRef")?;
            self.token_secret(&text(reference, "name")?, |_| true)
        });
        single.chain(all).collect()
    }

    /// The token that a volume makes a file of: `node` names a Secret in its field `name`, and those of its
    /// keys that become files, if not all do.
    fn token_file(&self, node: Node<'a>, name: &str) -> Option<TokenSource<'a>> {
        let items = node.get("items").into_iter().flat_map(Node::items);
        let keys: Vec<_> = items.map(|it| it.get("key").and_then(Node::str)).collect();
        self.token_secret(&text(node, name)?, |key| {
            keys.is_empty() || keys.contains(&Some(key))
        })
    }

    /// The token in the Secret `name`, if its key is read.
    fn token_secret(
        &self,
        name: &Text<'a>,
        is_read: impl Fn(&str) -> bool,
    ) -> Option<TokenSource<'a>> {
        let object = self.pod.object();
        let found = self.inventory.find(&object, Kind::Secret, None, name.value);
        let Resolution::Found(definitions) = found else {
            return None;
        };
        let objects = definitions.into_iter();
        let objects = objects.filter_map(|it| self.inventory.defining_object(it));
        let mut secrets = objects.filter(|it| it.kind() == Kind::Secret);
        let token = secrets.find(|it| holds_token(&Secret::new(it), &is_read))?;
        Some(TokenSource::Secret {
            object: *token,
            named: name.node,
        })
    }
}

/// Whether one of the keys that are read holds a token of an account: by the type of the Secret, or
/// because it is written there.
fn holds_token(secret: &Secret<'_>, is_read: impl Fn(&str) -> bool) -> bool {
    let is_token = |it: &SecretEntry<'_>| {
        let is_read = it.key().text().is_some_and(&is_read);
        is_read && it.bytes().is_some_and(|it| is_of_token_secret(&it))
    };
    secret.is(TOKEN_SECRET) && is_read("token") || secret.entries().any(|it| is_token(&it))
}

/// Whether Pods are made as `pod` says: it is whole and no patch, and Pods are wanted. A container without
/// an image is a patch of some other tool, kubeadm say.
pub fn makes_pods<'a>(pod: &PodSpec<'a>, inventory: &Inventory<'a>) -> bool {
    let object = pod.object();
    let containers = pod.containers();
    pod.is_whole()
        && !object.is_partial()
        && !pod.is_scaled_to_zero()
        && inventory.units_of(object.id()).next().is_some()
        && containers.iter().all(|it| it.node().get("image").is_some())
}

/// The mount of a container's own at the path of the token, which keeps the token out.
pub fn mount_at_token_path<'a>(container: &Container<'a>) -> Option<Node<'a>> {
    let mut mounts = container.volume_mounts();
    mounts.find(|it| it.get("mountPath").and_then(Node::str) == Some(TOKEN_PATH))
}

/// Whether the kubelet made the Pod from a file of its node; the plugin gives it no account.
fn is_mirror(pod: &PodSpec<'_>) -> bool {
    let annotations = pod
        .template()
        .and_then(|it| it.at(&["metadata", "annotations"]));
    annotations.is_some_and(|it| it.get(MIRROR_ANNOTATION).is_some())
}

fn account<'a>(pod: &PodSpec<'a>, inventory: &Inventory<'a>) -> Option<Account<'a>> {
    let object = pod.object();
    let named = pod.service_account_name();
    let fields = ["serviceAccountName", "serviceAccount"];
    let is_patched = fields.iter().any(|field| is_patched(pod, field, inventory));
    let is_known =
        named.is_some() || pod.is_whole() && !pod.names_service_account() && !object.is_partial();
    // A template without a namespace is used in any.
    if is_patched || !is_known || !object.kind().may_be_namespaced() {
        return None;
    }
    let name = named.map_or(DEFAULT_ACCOUNT, |it| it.value);
    let found = inventory.find(&object, Kind::ServiceAccount, None, name);
    let is_missing = name != DEFAULT_ACCOUNT
        && matches!(&found, Resolution::Missing(missing) if missing.is_certain);
    let definitions = match found {
        Resolution::Found(definitions) => definitions,
        Resolution::Missing(_) | Resolution::Unknown => Vec::new(),
    };
    let objects = definitions
        .into_iter()
        .filter_map(|it| inventory.defining_object(it));
    Some(Account {
        name,
        node: named.map(|it| it.node),
        objects: objects.copied().collect(),
        is_missing,
    })
}

fn decide<'a>(
    pod: &PodSpec<'a>,
    account: Option<&Account<'a>>,
    inventory: &Inventory<'a>,
) -> Automount<'a> {
    if account.is_some_and(|it| it.is_missing) {
        return Automount::No(None);
    }
    if is_patched(pod, AUTOMOUNT, inventory) {
        return Automount::Assumed;
    }
    if let Some(field) = automount(pod.node()) {
        return by_field(field);
    }
    match account {
        Some(account) if pod.is_whole() && !pod.object().is_partial() => {
            by_account(account, pod, inventory)
        }
        _ => Automount::Assumed,
    }
}

fn by_account<'a>(
    account: &Account<'a>,
    pod: &PodSpec<'a>,
    inventory: &Inventory<'a>,
) -> Automount<'a> {
    let mut answers = account.objects.iter().map(|object| {
        if inventory.is_patched(object, &[AUTOMOUNT]) || object.is_partial() {
            return Automount::Assumed;
        }
        automount(object.root()).map_or(Automount::Yes(None), by_field)
    });
    let Some(first) = answers.next() else {
        // The controller that makes `default` sets no field.
        let is_closed = inventory.world_of(pod.object().file()) == World::Closed;
        let is_as_made = account.name == DEFAULT_ACCOUNT && is_closed;
        return if is_as_made {
            Automount::Yes(None)
        } else {
            Automount::Assumed
        };
    };
    let is_refused = |it: Automount<'a>| matches!(it, Automount::No(_));
    if answers.all(|it| is_refused(it) == is_refused(first) && it != Automount::Assumed) {
        first
    } else {
        Automount::Assumed
    }
}

fn by_field(field: Node<'_>) -> Automount<'_> {
    match field.bool() {
        Some(true) => Automount::Yes(Some(field)),
        Some(false) => Automount::No(Some(field)),
        None => Automount::Assumed,
    }
}

/// Whether some kustomization may set or change `field` of the PodSpec.
fn is_patched(pod: &PodSpec<'_>, field: &str, inventory: &Inventory<'_>) -> bool {
    let mut path = pod.path();
    path.push(field);
    inventory.is_patched(&pod.object(), &path)
}

/// Whether the API server takes the token: without an audience it is for the server's own, which is the
/// issuer's address unless set otherwise (`--api-audiences`).
fn is_for_api_server(projection: Node<'_>) -> bool {
    let audience = projection.get("audience").filter(|it| !it.is_null());
    let audience = audience.and_then(Node::str).unwrap_or_default();
    let host = audience.strip_prefix("https://").unwrap_or(audience);
    matches!(
        host.trim_end_matches('/'),
        "" | "api" | "kubernetes.default.svc" | "kubernetes.default.svc.cluster.local"
    )
}
