"""The results page's section on the studies: a figure and the arms of each that is complete."""

from forest import finding, heading, is_complete
from runner import Study, chosen, declared, kept
from table import core_minutes, spread


def section() -> str:
    """Markdown for every study whose runs are all there, and the names of the others."""
    parts = [part for study in declared() if is_complete(study) for part in shown(study)]
    left = [f"*{study.title}*" for study in declared() if not is_complete(study)]
    if left:
        parts.append(f"Declared, but not run or not complete yet: {', '.join(left)}.")
    return "\n\n".join(parts)


def shown(study: Study) -> list[str]:
    """The figure of a study, and its arms, folded."""
    alt = f"{heading(study)}. {'; '.join(finding(study, claim) for claim in study.claims)}."
    lines = [
        "| arm | options | k-NN | linear probe | core-minutes |",
        "|---|---|---:|---:|---:|",
        *(row(study, arm) for arm in study.arms),
    ]
    folder = f"docs/results/studies/kept/{study.name}"
    said = f"Mean ± half the range of seeds {study.seeds[0]} to {study.seeds[-1]}. "
    said += f"Results and logs of each run are in `{folder}/`. "
    said += f"Every run begins with `simclr-mini train {study.common}`."
    if len(names := machines(study)) > 1:
        said += f" The runs were made on {' and '.join(names)}, which differ in speed."
    if any(not isinstance(options, str) for options in study.arms.values()):
        said += " The options are those of the choice that was best on validation images."
    folded = "\n".join(["    " + line for line in lines])
    return [
        f"### {study.title}",
        f"![{alt}](figures/study-{study.name}.svg)",
        f"`python docs/results/studies/runner.py {study.name}`\n{{ .caption }}",
        f'??? info "Every arm"\n\n    {said}\n\n{folded}',
    ]


def machines(study: Study) -> list[str]:
    """The CPUs on which the runs of a study were made."""
    runs = [kept(study, f"{arm}-{seed}") for arm in study.arms for seed in study.seeds]
    return sorted({run["machine"].partition(",")[0] for run in runs if run})


def row(study: Study, arm: str) -> str:
    """A line of the table of arms."""
    runs = [run for seed in study.seeds if (run := kept(study, f"{arm}-{seed}"))]
    accuracies = [spread([run[key] for run in runs]) for key in ("knn", "linear_probe")]
    options = f"`{chosen(study, arm)}`" if chosen(study, arm) else "none"
    return f"| {' | '.join([arm, options, *accuracies, core_minutes(runs)])} |"
