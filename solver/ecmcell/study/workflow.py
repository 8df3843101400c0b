"""The runs of a study as a workflow of Snakemake: a job each, then the tables of all of them."""

import math
import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

SNAKEFILE = "Snakefile"
PROFILE = "profile"
ENDED = ".ended"
LOGS = "logs"
# Of its time a job leaves so much to the start of its programs, s, or a quarter if that is less.
_MARGIN = 60.0
# Snakemake leaves a job its number of Slurm, but not the list of its nodes, which OpenMPI's mpirun
# then looks for. On one node it needs neither.
_NOT_SLURM = ("env", "-u", "SLURM_JOB_ID", "-u", "SLURM_JOBID")

_SNAKEFILE = Template("""\
# The runs of a study, a job each, and the tables of all of them. `ecmcell study --scheduler` wrote
# this file and writes it anew at each call. To run it by hand, as it is or changed, in here:
#   snakemake --profile profile
# A run that was stopped before its end goes on from its checkpoint, so each try adds to the last.

study = "$study"
on_ranks = "$on_ranks"
on_one = "$on_one"
runs = [
$runs
]


rule tables:
    input:
        expand("$ended/{run}", run=runs),
    localrule: True
    shell:
        "{on_one} study {study:q} --output . --collect"


rule runs:
    input:
        expand("$ended/{run}", run=runs),


# Exit code 3: the solver gave up. It would again; `--collect` tells where and why.
# The log is none of Snakemake's, which would empty it before each try.
rule run:
    output:
        touch("$ended/{run}"),
$resources    shell:
        "{on_ranks} study {study:q} --output . --only {wildcards.run:q} --no-report$options"
        " >>$logs/{wildcards.run:q}.log 2>&1 || test $$? -eq 3"
""")


@dataclass(frozen=True)
class Jobs:
    """How the runs of a study become jobs.

    Attributes:
        scheduler: What runs them: `local`, this machine, or `slurm`.
        count: How many may run, or wait in the queue, at a time.
        ranks: Of each run.
        time: What each job may take, s; None if it is not limited.
        retries: How often one that did not end goes on.
        launcher: What starts the ranks, with its options: `mpirun`, all on one node, or `srun`.
        container: Image of Apptainer that has ecmcell; None where it is installed.
        resources: Further resources of a job by their names in Snakemake, such as
            `slurm_partition`.
    """

    scheduler: str
    count: int = 1
    ranks: int = 1
    time: float | None = None
    retries: int = 5
    launcher: str = "mpirun"
    container: Path | None = None
    resources: Mapping[str, str] = field(default_factory=dict)

    @property
    def spans_nodes(self) -> bool:
        """Whether the ranks of a job may be on several nodes: those that `srun` starts."""
        return shlex.split(self.launcher)[:1] == ["srun"]

    def command(self, ranks: int) -> str:
        """How `ecmcell` is called on some ranks: `srun` starts containers, `mpirun` runs in one."""
        inside = [] if self.container is None else ["apptainer", "exec", str(self.container)]
        launch = [*shlex.split(self.launcher), "-n", str(ranks)] if ranks > 1 else []
        if self.spans_nodes:
            words = [*launch, *inside, "ecmcell"]
        else:
            apart = [*_NOT_SLURM] if launch and self.scheduler == "slurm" else []
            words = [*apart, *inside, *launch, "ecmcell"]
        return shlex.join(words)


def write_workflow(
    directory: Path, study: Path, names: Collection[str], jobs: Jobs, options: str, squeue: bool
) -> None:
    """Write the Snakefile and its profile, so that `snakemake --profile profile` runs them.

    Args:
        directory: Of all results, and of the two.
        study: The study.toml.
        names: Of the variations, all or some.
        jobs: How they become jobs.
        options: Of `ecmcell study` besides.
        squeue: Whether Slurm keeps no accounts of jobs that have ended.
    """
    if jobs.time is not None:
        options += f" --wall-time {_clock(jobs.time - min(_MARGIN, jobs.time / 4.0))}"
    text = _SNAKEFILE.substitute(
        study=_quoted(study.resolve()),
        on_ranks=_quoted(jobs.command(jobs.ranks)),
        on_one=_quoted(jobs.command(1)),
        runs="\n".join(f'    "{name}",' for name in names),
        ended=ENDED,
        logs=LOGS,
        resources=_resources(jobs),
        options=options,
    )
    (directory / PROFILE).mkdir(parents=True, exist_ok=True)
    (directory / LOGS).mkdir(exist_ok=True)
    (directory / SNAKEFILE).write_text(text, encoding="utf-8")
    (directory / PROFILE / "config.yaml").write_text(_profile(jobs, squeue), encoding="utf-8")


def mark_ended(directory: Path, names: Collection[str], ended: Collection[str]) -> None:
    """Have the workflow run those of its runs that have not ended, and no others."""
    (directory / ENDED).mkdir(parents=True, exist_ok=True)
    for name in names:
        mark = directory / ENDED / name
        if name in ended:
            mark.touch()
        else:
            mark.unlink(missing_ok=True)


def _resources(jobs: Jobs) -> str:
    """The resources of a rule; none is an empty text."""
    found: dict[str, str] = {}
    if jobs.time is not None:
        found["runtime"] = str(math.ceil(jobs.time / 60.0))  # min
    if jobs.ranks > 1:
        found |= {"mpi": shlex.split(jobs.launcher)[0], "tasks": str(jobs.ranks)}
        if not jobs.spans_nodes:
            found["nodes"] = "1"
    found |= jobs.resources
    if not found:
        return ""
    lines = [f"        {k}={v if v.isdecimal() else _text(v)},\n" for k, v in found.items()]
    return f"    resources:\n{''.join(lines)}"


def _profile(jobs: Jobs, squeue: bool) -> str:
    """What Snakemake is called with."""
    lines = [
        f"executor: {jobs.scheduler}",
        f"{'cores' if jobs.scheduler == 'local' else 'jobs'}: {jobs.count}",
        f"retries: {jobs.retries} # in the Snakefile it would count within each job, too",
        "keep-going: true # one that fails does not stop the others",
        "rerun-incomplete: true",
        "rerun-triggers: mtime # other jobs for the same runs are no reason to run them again",
    ]
    if jobs.scheduler == "slurm":
        lines += [
            "latency-wait: 60 # s until all nodes see a file",
            "slurm-init-seconds-before-status-checks: 10",
        ]
        if squeue:
            lines.append("slurm-status-command: squeue # this cluster keeps no accounts of jobs")
    return "\n".join(lines) + "\n"


def _clock(seconds: float) -> str:
    """A time in hours, minutes and seconds."""
    minutes, rest = divmod(max(1, int(seconds)), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def _text(value: str) -> str:
    return f'"{_quoted(value)}"'


def _quoted(value: object) -> str:
    """What may stand between double quotes in Python."""
    return str(value).replace("\\", "\\\\").replace('"', '\\"')
