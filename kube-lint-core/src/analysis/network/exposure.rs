//! Which Services clients outside the cluster reach, and which Pods by them.

use rustc_hash::FxHashMap;

use crate::{
    model::{Backend, Match, Route, Service},
    object::{Kind, Namespace, Object, Relation},
    yaml::Node,
};

use super::{Home, Network, Workload};

/// A Service that clients outside the cluster reach, by itself or through a route.
#[derive(Clone, Copy, Debug)]
pub struct Exposed<'a> {
    /// Where the Service lives.
    pub home: Home<'a>,
    /// The Service.
    pub service: Object<'a>,
    /// What leads to it from outside: the Service itself, or a route.
    pub by: Object<'a>,
    /// Where that is said.
    pub node: Node<'a>,
}

impl<'a> Exposed<'a> {
    /// Whether it certainly sends to the Pods of `workload`.
    pub fn leads_to(&self, workload: &Workload<'a>) -> bool {
        self.home.shares_namespace(&workload.home).is_certain()
            && Service::new(&self.service)
                .selects(&workload.labels)
                .is_certain()
    }
}

impl<'a> Network<'_, 'a> {
    /// Every Service that clients outside the cluster reach, once for each way.
    pub fn exposed_services(&self) -> Vec<Exposed<'a>> {
        let mut backends: FxHashMap<&str, Vec<_>> = FxHashMap::default();
        let kinds = Route::KINDS.into_iter();
        for route in kinds.flat_map(|it| self.inventory.of_kind(it)) {
            for backend in Route::new(route).backends() {
                let to = backends.entry(backend.name).or_default();
                to.extend(self.homes(route).map(|home| (home, backend, *route)));
            }
        }
        let mut exposed = Vec::new();
        for service in self.inventory.of_kind(Kind::Service) {
            let name = service.name().map_or("", |it| it.value);
            for home in self.homes(service) {
                let entry = |by, node| Exposed {
                    home,
                    service: *service,
                    by,
                    node,
                };
                let own = Service::new(service).exposing_type();
                exposed.extend(own.map(|it| entry(*service, it)));
                let routes = backends.get(name).into_iter().flatten();
                let routes = routes.filter(|it| is_meant(&it.0, &it.1, &home));
                exposed.extend(routes.map(|(_, backend, route)| entry(*route, backend.node)));
            }
        }
        exposed
    }
}

/// Whether a route at `from` certainly means the Service at `home` by `backend`, whose name it has.
fn is_meant<'a>(from: &Home<'a>, backend: &Backend<'a>, home: &Home<'a>) -> bool {
    match backend.namespace {
        Some(namespace) => Namespace::Named(namespace).compare(home.namespace) == Relation::Same,
        None => from.shares_namespace(home) == Match::Yes,
    }
}
