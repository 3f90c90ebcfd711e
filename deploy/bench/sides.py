"""The two sides of a comparison as processes that compute only when told to."""
import os
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
QUIET = 0.05
JVM_FLAGS = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:Tier4InvocationThreshold=50000",
             "-XX:Tier4MinInvocationThreshold=6000", "-XX:Tier4CompileThreshold=150000"]
MALLOC = {"GLIBC_TUNABLES": "glibc.malloc.arena_max=1:glibc.malloc.mmap_threshold=67108864"
                            ":glibc.malloc.trim_threshold=1073741824"
                            ":glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0"}


class Side:
    """A process that answers a number of steps with the seconds they took, once it has said that it is ready."""

    def __init__(self, command, log, environment=None):
        self.log = log
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=open(log, "w"), text=True, cwd=HERE, env={**os.environ, **(environment or {})})
        self.ready = False

    def take(self, steps):
        if not self.ready:
            self._answer()
            self.ready = True
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        answer = [float(number) for number in self._answer().split()]
        time.sleep(QUIET)
        return answer

    def peak_bytes(self):
        """The most memory the process has had resident, without its children."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"A side ended early:\n{Path(self.log).read_text()[-4000:]}")
        return line


def worker(task, data, description, run, log, threads, count=1):
    """Hemlock's side, with the libraries and settings that the embedded default runs with."""
    libraries = ROOT / "deploy/standalone/target/quarkus-app/lib"
    path = f"{HERE}/target/classes:{libraries}/main/*:{libraries}/boot/*"
    return Side(
        ["java", *JVM_FLAGS, "-cp", path, "dev.hemlock.bench.Worker", task, data, description,
         run, threads, count], log, MALLOC)


class Hemlock:
    """The embedded default, and its command line."""

    def __init__(self, data, log):
        self.process = subprocess.Popen(
            [ROOT / "deploy/hemlock", "up", "--data-dir", data, "--port", "0"],
            stdout=subprocess.PIPE, stderr=open(log, "w"), text=True)
        for line in self.process.stdout:
            if line.startswith("gRPC"):
                self.address = line.split()[1]
                return
        raise SystemExit(f"The embedded default did not start:\n{Path(log).read_text()}")

    def __call__(self, command, *arguments):
        return hemlock(command, "--address", self.address, *arguments)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def hemlock(*arguments):
    """Runs one command and gives what it printed."""
    done = subprocess.run(
        [ROOT / "deploy/hemlock", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"deploy/hemlock {' '.join(map(str, arguments))}:\n{done.stderr[-4000:]}")
    return done.stdout
