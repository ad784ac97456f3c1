//! How the rules of this family tell how sure they are.

use crate::{
    analysis::tokens::{Automount, TokenMount, TokenSource, Tokens},
    diagnostic::Confidence,
    inventory::Inventory,
    model::{AUTOMOUNT, PodSpec},
};

/// How sure it is that the Pods get a token of their own account. Who binds something to an account that is
/// not defined here, so that it `is_bound`, counts on its token.
pub(super) fn confidence_in_token<'a>(
    pod: &PodSpec<'a>,
    tokens: &Tokens<'_, 'a>,
    is_bound: bool,
    inventory: &Inventory<'a>,
) -> Confidence {
    let mounts = tokens.mounts();
    let is_projected = |it: &TokenMount<'_>| matches!(it.source, TokenSource::Projected(_));
    let is_not_defined = tokens.account().is_some_and(|it| it.objects.is_empty());
    let says_nothing = || inventory.lacks(&pod.object(), pod.node(), AUTOMOUNT);
    match tokens.automount() {
        _ if mounts.iter().any(is_projected) => Confidence::High,
        Automount::Yes(_) => Confidence::High,
        _ if is_bound && is_not_defined && says_nothing() => Confidence::Medium,
        _ => Confidence::Low,
    }
}
