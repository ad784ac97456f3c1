//! What leads requests from outside the cluster to Services: Ingresses, routes of the Gateway API and of Istio.

use crate::{
    object::{Kind, Object, Text, text},
    yaml::Node,
};

/// An `Ingress` (`k8s.io/api/networking/v1/types.go`, `extensions/v1beta1/types.go`), a route of the
/// Gateway API (`sigs.k8s.io/gateway-api/apis`), or a `VirtualService` of Istio
/// (`istio.io/api/networking/v1/virtual_service.proto`).
#[derive(Clone, Copy, Debug)]
pub struct Route<'a> {
    object: Object<'a>,
}

/// A Service that a route leads to.
#[derive(Clone, Copy, Debug)]
pub struct Backend<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its namespace, where it is not that of the route.
    pub namespace: Option<&'a str>,
    /// Where the route names it.
    pub node: Node<'a>,
}

impl<'a> Route<'a> {
    /// The kinds of routes.
    pub const KINDS: [Kind; 3] = [Kind::Ingress, Kind::GatewayRoute, Kind::VirtualService];

    /// The view of an object of one of [`KINDS`](Self::KINDS).
    pub fn new(object: &Object<'a>) -> Self {
        Self { object: *object }
    }

    /// The Services that it leads requests from outside to, where known; none where it is only for what
    /// Pods send each other.
    pub fn backends(&self) -> Vec<Backend<'a>> {
        match self.object.kind() {
            Kind::Ingress => self.of_ingress(),
            Kind::GatewayRoute if self.has_gateway() => self.of_gateway_route(),
            Kind::VirtualService if self.has_istio_gateway() => self.of_virtual_service(),
            _ => Vec::new(),
        }
    }

    fn of_ingress(&self) -> Vec<Backend<'a>> {
        let defaults = ["defaultBackend", "backend"].into_iter();
        let defaults = defaults.filter_map(|it| self.object.spec()?.get(it));
        let paths = self
            .items("rules")
            .filter_map(|it| it.at(&["http", "paths"]));
        let paths = paths.flat_map(Node::items);
        let backends = defaults.chain(paths.filter_map(|it| it.get("backend")));
        let names = backends.filter_map(|it| match it.get("service") {
            Some(service) => text(service, "name"),
            None => text(it, "serviceName"),
        });
        let of_own = |it: Text<'a>| Backend {
            name: it.value,
            namespace: None,
            node: it.node,
        };
        names.map(of_own).collect()
    }

    /// Whether it hangs on a Gateway; one that hangs on Services only is for requests of Pods.
    fn has_gateway(&self) -> bool {
        let kind = |it: Node<'a>| it.get("kind").and_then(Node::str);
        self.items("parentRefs")
            .any(|it| kind(it) != Some("Service"))
    }

    fn of_gateway_route(&self) -> Vec<Backend<'a>> {
        let lists = self.items("rules").filter_map(|it| it.get("backendRefs"));
        let backends = lists.flat_map(Node::items).filter(|it| {
            let says = |field: &str, word: &str| {
                let own = it.get(field).and_then(Node::text);
                own.is_none_or(|own| own == word)
            };
            says("kind", "Service") && says("group", "")
        });
        let backends = backends.filter_map(|it| {
            let name = text(it, "name")?;
            Some(Backend {
                name: name.value,
                namespace: it.get("namespace").and_then(Node::str),
                node: name.node,
            })
        });
        backends.collect()
    }

    /// Whether it is for a gateway: `mesh`, which is the default, means the Pods.
    fn has_istio_gateway(&self) -> bool {
        self.items("gateways").any(|it| it.text() != Some("mesh"))
    }

    fn of_virtual_service(&self) -> Vec<Backend<'a>> {
        let rules = ["http", "tls", "tcp"].into_iter();
        let rules = rules.flat_map(|it| self.items(it));
        let routes = rules.filter_map(|it| it.get("route")).flat_map(Node::items);
        let hosts = routes.filter_map(|it| text(it.get("destination")?, "host"));
        hosts.map(of_host).collect()
    }

    fn items(&self, list: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
        let list = self.object.at(&["spec", list]);
        list.into_iter().flat_map(Node::items)
    }
}

/// `name`, `name.namespace` and `name.namespace.svc.cluster.local` are one Service.
fn of_host(host: Text<'_>) -> Backend<'_> {
    let mut parts = host.value.split('.');
    Backend {
        name: parts.next().unwrap_or_default(),
        namespace: parts.next(),
        node: host.node,
    }
}
