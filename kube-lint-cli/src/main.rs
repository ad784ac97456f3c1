//! The command `kube-lint`.

fn main() {}
