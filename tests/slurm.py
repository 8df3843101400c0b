"""A Slurm of two nodes on this machine: the real daemons, as processes that end with the tests.

Each node is a `slurmd` with a host name and a `/run` of its own, so that MPI takes it for the
machine that Slurm names. Nobody from outside can reach it, and nothing stays behind.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

NODES = ("n1", "n2")
_SBIN = Path("/usr/sbin")
_CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
AuthType=auth/none
CredType=cred/none
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={place}/state
SlurmdSpoolDir={place}/spool-%n
SlurmctldPidFile={place}/slurmctld.pid
SlurmdPidFile={place}/%n.pid
SlurmctldLogFile={place}/slurmctld.log
SlurmdLogFile={place}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2,batch_sched_delay=0,requeue_delay=1
ReturnToService=2
KillWait=30
MinJobAge=3600
NodeName=n1 NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2 RealMemory=4000
NodeName=n2 NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2 RealMemory=4000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
# Where programs look for the configuration whose environment does not name it.
_USUAL = Path("/etc/slurm")
_NODE = """\
hostname "$1"
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /etc/slurm
cp "$SLURM_CONF" "${SLURM_CONF%/*}/cgroup.conf" /etc/slurm
exec /usr/sbin/slurmd -D -N "$1"
"""


def missing() -> str:
    """Why there can be no Slurm here; empty if there can."""
    programs = [_SBIN / "slurmctld", _SBIN / "slurmd", _USUAL]
    found = [path for path in programs if not path.exists()]
    found += [name for name in ("sbatch", "snakemake") if shutil.which(name) is None]
    if found:
        return f"not installed: {', '.join(map(str, found))}"
    command = [*_namespaces(), "sh", "-c", "hostname n1 && mount -t tmpfs tmpfs /run"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"no namespaces here: {tried.stderr.strip()}"


def _namespaces() -> list[str]:
    return ["unshare", "--mount", "--uts", *(["--map-root-user"] if os.getuid() else [])]


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class Slurm:
    """A controller and two nodes; a context.

    Attributes:
        environment: In which the commands of Slurm find it.
    """

    def __init__(self, place: Path):
        self._place = place
        self._daemons: list[subprocess.Popen[bytes]] = []
        self.environment = {**os.environ, "SLURM_CONF": str(place / "slurm.conf")}

    def __enter__(self) -> Self:
        """Start all, and wait until nodes are idle."""
        place = self._place
        (place / "state").mkdir()
        text = _CONFIGURATION.format(
            host=socket.gethostname(), ports=_free_ports(3), user=_user(), place=place
        )
        (place / "slurm.conf").write_text(text)
        (place / "cgroup.conf").write_text("CgroupPlugin=disabled\n")
        try:
            self._start(str(_SBIN / "slurmctld"), "-D")
            for node in NODES:
                self._start(*_namespaces(), "sh", "-ec", _NODE, "sh", node)
            self.wait_for(lambda: self.call("sinfo", "-h", "-o", "%D %T").strip() == "2 idle")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End jobs, then all daemons."""
        subprocess.run(["scancel", "--user", _user()], env=self.environment, check=False)
        time.sleep(1.0)
        for daemon in reversed(self._daemons):
            daemon.send_signal(signal.SIGTERM)
        for daemon in self._daemons:
            try:
                daemon.wait(20.0)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def _start(self, *command: str) -> None:
        with (self._place / f"{len(self._daemons)}.out").open("wb") as told:
            daemon = subprocess.Popen(command, env=self.environment, stdout=told, stderr=told)
        self._daemons.append(daemon)

    def call(self, *command: str, cwd: Path | None = None) -> str:
        """What a command prints, such as one of Slurm."""
        done = subprocess.run(
            command, env=self.environment, cwd=cwd, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def jobs(self) -> dict[str, str]:
        """The state of each job so far by its number."""
        told = self.call("squeue", "--states=all", "--noheader", "--array", "--format=%i %T")
        return dict(line.split() for line in told.splitlines())

    def wait_for(self, seen, seconds: float = 120.0) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not seen():
            assert time.monotonic() < end, f"not in {seconds} s: {self.told()}"
            time.sleep(0.3)

    def told(self) -> str:
        """The ends of all that the daemons said."""
        files = [*self._place.glob("*.out"), *self._place.glob("*.log")]
        return "\n".join(f"{file.name}: {file.read_text()[-1000:]}" for file in files)

    @contextmanager
    def down(self, node: str) -> Iterator[None]:
        """A node out of order; what runs there is lost to it."""
        self.call("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=test")
        try:
            yield
        finally:
            self.call("scontrol", "update", f"NodeName={node}", "State=RESUME")


def _user() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name
