//! Which fields the Kubernetes API has, for the kinds and the parts of PodSpecs that rules read.
//!
//! Fields that some releases have and others do not are all here; so are those of older versions of an
//! API. Nothing is said of parts of the type [`Any`](Type::Any).

mod meta;
mod network;
mod pod;
mod rbac;
mod settings;
mod volume;
mod workload;

use crate::object::Kind;

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// Anything; not looked into.
    Any,
    /// A string or a number: a quantity, or a port by number or name.
    Scalar,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A string, or bytes as base64.
    Text,
    /// A mapping with the fields of the schema.
    Object(&'static Schema),
    /// A list.
    List(&'static Self),
    /// A mapping with any keys.
    Map(&'static Self),
}

/// A field by name.
pub type Field = (&'static str, Type);

/// A type of the API with its fields.
#[derive(Debug)]
pub struct Schema {
    /// Name of the type.
    pub name: &'static str,
    /// The fields, sorted by name.
    pub fields: &'static [Field],
    /// Whether any other field is a mistake; else it may belong to a newer release.
    pub is_strict: bool,
}

const TEXTS: Type = Type::List(&Type::Text);
const TEXT_MAP: Type = Type::Map(&Type::Text);

const fn strict(name: &'static str, fields: &'static [Field]) -> Schema {
    Schema {
        name,
        fields,
        is_strict: true,
    }
}

const fn lenient(name: &'static str, fields: &'static [Field]) -> Schema {
    Schema {
        name,
        fields,
        is_strict: false,
    }
}

/// `metadata` of any object.
pub static OBJECT_META: &Schema = &meta::OBJECT_META;

/// A `PodSpec` of `core/v1`.
pub static POD_SPEC: &Schema = &pod::POD_SPEC;

/// A container of a `PodSpec`.
pub static CONTAINER: &Schema = &pod::CONTAINER;

impl Schema {
    /// The schema of a kind, where there is one here.
    pub fn of(kind: Kind) -> Option<&'static Self> {
        Some(match kind {
            Kind::AuditPolicy => &settings::AUDIT_POLICY,
            Kind::ClusterRole => &rbac::CLUSTER_ROLE,
            Kind::ClusterRoleBinding => &rbac::CLUSTER_ROLE_BINDING,
            Kind::ConfigMap => &settings::CONFIG_MAP,
            Kind::CronJob => &workload::CRON_JOB,
            Kind::DaemonSet => &workload::DAEMON_SET,
            Kind::Deployment => &workload::DEPLOYMENT,
            Kind::EncryptionConfiguration => &settings::ENCRYPTION_CONFIGURATION,
            Kind::Job => &workload::JOB,
            Kind::NetworkPolicy => &network::NETWORK_POLICY,
            Kind::Pod => &workload::POD,
            Kind::PodTemplate => &workload::POD_TEMPLATE,
            Kind::ReplicaSet => &workload::REPLICA_SET,
            Kind::ReplicationController => &workload::REPLICATION_CONTROLLER,
            Kind::Role => &rbac::ROLE,
            Kind::RoleBinding => &rbac::ROLE_BINDING,
            Kind::Secret => &settings::SECRET,
            Kind::ServiceAccount => &settings::SERVICE_ACCOUNT,
            Kind::StatefulSet => &workload::STATEFUL_SET,
            _ => return None,
        })
    }

    /// The type of the field `name`, spelt exactly so.
    pub fn field(&self, name: &str) -> Option<&'static Type> {
        let at = self.fields.binary_search_by_key(&name, |it| it.0).ok()?;
        self.fields.get(at).map(|it| &it.1)
    }
}

impl Type {
    /// The schema of what the field holds, or of the items of its list.
    pub fn schema(&self) -> Option<&'static Schema> {
        match self {
            Self::Object(schema) => Some(schema),
            Self::List(of) => of.schema(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 19] = [
        Kind::AuditPolicy,
        Kind::ClusterRole,
        Kind::ClusterRoleBinding,
        Kind::ConfigMap,
        Kind::CronJob,
        Kind::DaemonSet,
        Kind::Deployment,
        Kind::EncryptionConfiguration,
        Kind::Job,
        Kind::NetworkPolicy,
        Kind::Pod,
        Kind::PodTemplate,
        Kind::ReplicaSet,
        Kind::ReplicationController,
        Kind::Role,
        Kind::RoleBinding,
        Kind::Secret,
        Kind::ServiceAccount,
        Kind::StatefulSet,
    ];

    fn sorted_below(schema: &'static Schema) {
        assert!(
            schema.fields.is_sorted_by(|one, other| one.0 < other.0),
            "{}",
            schema.name
        );
        let below = schema.fields.iter().filter_map(|it| it.1.schema());
        below.for_each(sorted_below);
    }

    #[test]
    fn fields_are_sorted_so_that_they_are_found() {
        for kind in KINDS {
            sorted_below(Schema::of(kind).unwrap());
        }
    }

    #[test]
    fn names_of_fields_are_case_sensitive() {
        let account = Schema::of(Kind::ServiceAccount).unwrap();
        assert!(account.field("automountServiceAccountToken").is_some());
        assert!(account.field("automountServiceAccounttoken").is_none());
    }
}
