//! The ways as a drawing: each stop once, each step once.

use std::{
    collections::{HashMap, HashSet},
    io::{self, Write},
};

use super::{Way, shown};
use kube_lint_core::source::printable;

/// What is drawn: the stops, and the steps between them by number.
#[derive(Default)]
struct Drawing {
    stops: Vec<String>,
    steps: Vec<Arrow>,
}

struct Arrow {
    from: usize,
    to: usize,
    does: String,
    is_certain: bool,
}

impl Drawing {
    fn of(ways: &[Way<'_, '_>]) -> Self {
        let mut drawing = Self::default();
        let mut numbers = HashMap::new();
        let mut seen = HashSet::new();
        for step in ways.iter().flat_map(|(way, _)| &way.steps) {
            let [from, to] = [&step.from, &step.to].map(|stop| {
                let name = shown(stop);
                *numbers.entry(name.clone()).or_insert_with(|| {
                    drawing.stops.push(name);
                    drawing.stops.len() - 1
                })
            });
            let arrow = Arrow {
                from,
                to,
                does: printable(&step.to_string()).replace('`', ""),
                is_certain: step.is_certain,
            };
            if seen.insert((from, to, arrow.does.clone())) {
                drawing.steps.push(arrow);
            }
        }
        drawing
    }
}

/// The language of Graphviz (<https://graphviz.org/doc/info/lang.html>).
pub(super) fn dot(output: &mut impl Write, ways: &[Way<'_, '_>]) -> io::Result<()> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let drawing = Drawing::of(ways);
    writeln!(output, "digraph escalations {{")?;
    writeln!(output, "  rankdir=LR;")?;
    writeln!(output, "  node [shape=box];")?;
    for (number, stop) in drawing.stops.iter().enumerate() {
        writeln!(output, "  n{number} [label={}];", quoted(stop))?;
    }
    for Arrow {
        from,
        to,
        does,
        is_certain,
    } in &drawing.steps
    {
        let style = if *is_certain { "" } else { ", style=dashed" };
        writeln!(
            output,
            "  n{from} -> n{to} [label={}{style}];",
            quoted(does)
        )?;
    }
    writeln!(output, "}}")
}

/// A flowchart of Mermaid (<https://mermaid.js.org/syntax/flowchart.html>), which knows characters by their
/// names in HTML.
pub(super) fn mermaid(output: &mut impl Write, ways: &[Way<'_, '_>]) -> io::Result<()> {
    let quoted = |text: &str| {
        let text = text.replace('#', "#35;").replace('"', "#quot;");
        let text = text.replace('<', "#lt;").replace('>', "#gt;");
        format!("\"{text}\"")
    };
    let drawing = Drawing::of(ways);
    writeln!(output, "flowchart LR")?;
    for (number, stop) in drawing.stops.iter().enumerate() {
        writeln!(output, "  n{number}[{}]", quoted(stop))?;
    }
    for Arrow {
        from,
        to,
        does,
        is_certain,
    } in &drawing.steps
    {
        let line = if *is_certain { "-->" } else { "-.->" };
        writeln!(output, "  n{from} {line}|{}| n{to}", quoted(does))?;
    }
    Ok(())
}
