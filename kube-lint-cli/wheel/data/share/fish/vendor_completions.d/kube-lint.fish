# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kube_lint_global_optspecs
	string join \n color= h/help V/version
end

function __fish_kube_lint_needs_command
	# Figure out if the current invocation already has a command.
	set -l cmd (commandline -opc)
	set -e cmd[1]
	argparse -s (__fish_kube_lint_global_optspecs) -- $cmd 2>/dev/null
	or return
	if set -q argv[1]
		# Also print the command, so this can be used to figure out what it is.
		echo $argv[1]
		return 1
	end
	return 0
end

function __fish_kube_lint_using_subcommand
	set -l cmd (__fish_kube_lint_needs_command)
	test -z "$cmd"
	and return 1
	contains -- $cmd[1] $argv
end

complete -c kube-lint -n "__fish_kube_lint_needs_command" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c kube-lint -n "__fish_kube_lint_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kube-lint -n "__fish_kube_lint_needs_command" -s V -l version -d 'Print version'
complete -c kube-lint -n "__fish_kube_lint_needs_command" -f -a "check" -d 'Lint manifests'
complete -c kube-lint -n "__fish_kube_lint_needs_command" -f -a "init" -d 'Write a commented .kube-lint.yaml from what is there'
complete -c kube-lint -n "__fish_kube_lint_needs_command" -f -a "config" -d 'Say which settings hold for a path, and why'
complete -c kube-lint -n "__fish_kube_lint_needs_command" -f -a "explain" -d 'Say what a rule finds, why that is bad and what to do'
complete -c kube-lint -n "__fish_kube_lint_needs_command" -f -a "rbac" -d 'Ask who may do what, from the roles and bindings of one cluster'
complete -c kube-lint -n "__fish_kube_lint_needs_command" -f -a "rules" -d 'List all rules'
complete -c kube-lint -n "__fish_kube_lint_needs_command" -f -a "completions" -d 'Print what makes a shell complete this command line'
complete -c kube-lint -n "__fish_kube_lint_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l stdin-filename -d 'The file that stdin stands for: it is linted among the other files of its root' -r -F
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l format -d 'How findings are written' -r -f -a "pretty\t'For people: each finding with its source'
short\t'One line each: `path:line:column: severity[rule] message`'
json\t'For programs: everything, info included'
sarif\t'SARIF 2.1.0, for code scanning: everything, info as notes, suppressed findings marked'
github\t'Workflow commands, for annotations in GitHub Actions: the worst first, info if shown'
gitlab\t'Code quality of GitLab: everything but what is suppressed'
junit\t'JUnit XML: each finding a failed test, each suppressed one a skipped test, info if shown'
ocsf\t'OCSF Compliance Findings, for a SIEM, one JSON object a line: everything'
markdown\t'For a comment on a pull request: the worst first, info folded, never too long for GitHub'"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l output -d 'Write the findings to this file; the terminal then gets `pretty`' -r -F
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l baseline -d 'Findings that are accepted: only others are reported' -r -F
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l write-baseline -d 'Accept all findings of the root: write them to a baseline instead of reporting them' -r -F
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l since -d 'Report what is new since this revision of git, `HEAD` say, wherever it is unless PATHS say' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l root -d 'Folder that is read as a whole [default: that of the nearest .kube-lint.yaml, else of .git, else PATHS]' -r -F
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l config -d 'Configuration [default: the nearest .kube-lint.yaml]' -r -F
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l select -d 'Run these rules only; those that are off by default if named by their id' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l ignore -d 'Do not run these rules' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l level -d 'Change the level of rules: error, warning, info or off' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l fail-on -d 'The least level that makes the exit status 1: error, warning, info or never [default: warning]' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l world -d 'Whether the manifests are the whole cluster, so that what they do not define is missing: open or closed [default: open]' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l kube-version -d 'Version of Kubernetes that the manifests are for, 1.33 say [default: the newest known]' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l namespace -d 'Namespace of objects that set none' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l now -d 'Date or time for what expires, 2026-01-31 or 2026-01-31T12:00:00Z say [default: the clock]' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l show -d 'Show findings that are hidden by default' -r -f -a "info\t'Findings of the level info'"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l threads -d 'Number of threads [default: that of the processors]' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -l require-reason -d 'Let comments and annotations suppress only what they give a reason for'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -s q -l quiet -d 'Leave out the summary on stderr'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand init" -l from -d 'Translate the configuration of another linter, and list what to write in place of its annotations' -r -f -a "kube-linter\t'.kube-linter.yaml, and annotations `ignore-check.kube-linter.io/…`'
checkov\t'.checkov.yaml, annotations `checkov.io/skip…` and comments `checkov:skip=…`'"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand init" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand init" -l baseline -d 'Also accept all that is found now: write it to .kube-lint-baseline.yaml, and name that file in the configuration'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l root -d 'Folder that is read as a whole [default: that of the nearest .kube-lint.yaml, else of .git, else PATHS]' -r -F
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l config -d 'Configuration [default: the nearest .kube-lint.yaml]' -r -F
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l select -d 'Run these rules only; those that are off by default if named by their id' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l ignore -d 'Do not run these rules' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l level -d 'Change the level of rules: error, warning, info or off' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l fail-on -d 'The least level that makes the exit status 1: error, warning, info or never [default: warning]' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l world -d 'Whether the manifests are the whole cluster, so that what they do not define is missing: open or closed [default: open]' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l kube-version -d 'Version of Kubernetes that the manifests are for, 1.33 say [default: the newest known]' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l namespace -d 'Namespace of objects that set none' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l now -d 'Date or time for what expires, 2026-01-31 or 2026-01-31T12:00:00Z say [default: the clock]' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -l require-reason -d 'Let comments and annotations suppress only what they give a reason for'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand explain" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and not __fish_seen_subcommand_from who-can can escalations help" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and not __fish_seen_subcommand_from who-can can escalations help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and not __fish_seen_subcommand_from who-can can escalations help" -f -a "who-can" -d 'List the subjects that may do something, and through which binding and role'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and not __fish_seen_subcommand_from who-can can escalations help" -f -a "can" -d 'List what a subject may do, dangerous powers first'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and not __fish_seen_subcommand_from who-can can escalations help" -f -a "escalations" -d 'List the ways by which somebody comes by more power than they were given'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and not __fish_seen_subcommand_from who-can can escalations help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from who-can" -s n -d 'In this namespace [default: anywhere]' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from who-can" -l format -d 'How the answer is written' -r -f -a "text\t'For people: a table'
json\t'For programs'"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from who-can" -l in -d 'Folder or file: everything below it, and what its kustomizations include, is one cluster [default: the root]' -r -F
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from who-can" -l namespace -d 'Namespace of objects that set none' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from who-can" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from who-can" -s A -l all-namespaces -d 'In all namespaces alike'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from who-can" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from can" -l in -d 'Folder or file: everything below it, and what its kustomizations include, is one cluster [default: the root]' -r -F
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from can" -l namespace -d 'Namespace of objects that set none' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from can" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from can" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from escalations" -l from -d 'Only the ways of `ServiceAccount/<namespace>/<name>`, `User/<name>`, `Group/<name>` or a ServiceAccount\'s user name' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from escalations" -l format -d 'How the ways are written' -r -f -a "text\t'For people: a step a line'
json\t'For programs'
dot\t'A drawing, for Graphviz'
mermaid\t'A drawing, for Markdown'"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from escalations" -l in -d 'Folder or file: everything below it, and what its kustomizations include, is one cluster [default: the root]' -r -F
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from escalations" -l namespace -d 'Namespace of objects that set none' -r
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from escalations" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from escalations" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from help" -f -a "who-can" -d 'List the subjects that may do something, and through which binding and role'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from help" -f -a "can" -d 'List what a subject may do, dangerous powers first'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from help" -f -a "escalations" -d 'List the ways by which somebody comes by more power than they were given'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rbac; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rules" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand rules" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand completions" -l color -d 'When to colour the output' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t''
never\t''"
complete -c kube-lint -n "__fish_kube_lint_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand help; and not __fish_seen_subcommand_from check init config explain rbac rules completions help" -f -a "check" -d 'Lint manifests'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand help; and not __fish_seen_subcommand_from check init config explain rbac rules completions help" -f -a "init" -d 'Write a commented .kube-lint.yaml from what is there'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand help; and not __fish_seen_subcommand_from check init config explain rbac rules completions help" -f -a "config" -d 'Say which settings hold for a path, and why'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand help; and not __fish_seen_subcommand_from check init config explain rbac rules completions help" -f -a "explain" -d 'Say what a rule finds, why that is bad and what to do'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand help; and not __fish_seen_subcommand_from check init config explain rbac rules completions help" -f -a "rbac" -d 'Ask who may do what, from the roles and bindings of one cluster'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand help; and not __fish_seen_subcommand_from check init config explain rbac rules completions help" -f -a "rules" -d 'List all rules'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand help; and not __fish_seen_subcommand_from check init config explain rbac rules completions help" -f -a "completions" -d 'Print what makes a shell complete this command line'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand help; and not __fish_seen_subcommand_from check init config explain rbac rules completions help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand help; and __fish_seen_subcommand_from rbac" -f -a "who-can" -d 'List the subjects that may do something, and through which binding and role'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand help; and __fish_seen_subcommand_from rbac" -f -a "can" -d 'List what a subject may do, dangerous powers first'
complete -c kube-lint -n "__fish_kube_lint_using_subcommand help; and __fish_seen_subcommand_from rbac" -f -a "escalations" -d 'List the ways by which somebody comes by more power than they were given'
