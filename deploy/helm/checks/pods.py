"""Runs the pods that the chart renders as processes, from the images' own files: what a container runtime
does, with the kernel's namespaces, and what a kubelet does with probes. Linux and root only.

Everything happens in a network and a mount namespace of the tests' own: each pod has an address and the
ports that the chart says, and nothing of it is left when the tests end.
"""
import contextlib
import os
import signal
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from oci import Archive

ROUTER = "10.97.0.1"
# A kubelet doesn't look at certificates.
UNVERIFIED = ssl._create_unverified_context()
START = r"""
set -e
mount --bind "$IMAGE" "$ROOT"
while read -r source target mode; do
  mount --bind "$source" "$ROOT$target"
  if [ "$mode" = ro ]; then mount -o remount,ro,bind "$ROOT$target"; fi
done <"$VOLUMES"
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
mount -o remount,ro,bind "$ROOT"
ip link set lo up
exec setpriv --no-new-privs env -i "${ENVIRONMENT[@]}" "$(command -v unshare)" \
  --root="$ROOT" --wd="$FOLDER" --setgid="$PROCESS_USER" --setuid="$PROCESS_USER" "$@"
"""


def run(*command):
    subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)


def network():
    """A bridge that every pod is on, and a place for their names that ends with the tests."""
    Path("/run/netns").mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "none", "/run/netns")
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "pods", "type", "bridge")
    run("ip", "address", "add", f"{ROUTER}/24", "dev", "pods")
    run("ip", "link", "set", "pods", "up")


class Image:
    """An unpacked OCI image."""

    def __init__(self, archive, folder):
        self.root = Path(folder) / archive.stem
        self.root.mkdir()
        with Archive(archive) as image:
            self.config = image.config
            for digest in image.layers:
                with image.layer(digest) as layer:
                    layer.extractall(self.root, filter="tar")
        for mount in ("proc", "dev", "etc"):
            (self.root / mount).mkdir(exist_ok=True)
        (self.root / "etc" / "hosts").touch()


class Pod:
    """One rendered pod: `spec` of a pod, with one container."""

    def __init__(self, name, number, spec, image, folder, hosts, configs, secrets, more=()):
        self.name, self.address, self.spec = name, f"10.97.0.{number}", spec
        self.container = spec["containers"][0]
        self.folder = Path(folder) / name
        self.folder.mkdir()
        (self.folder / "root").mkdir()
        self.log = self.folder / "log"
        user = spec["securityContext"]["runAsUser"]
        (self.folder / "hosts").write_text("127.0.0.1 localhost\n" + hosts)
        volumes = [f'{self.folder / "hosts"} /etc/hosts ro']
        for volume in spec["volumes"]:
            source = self.folder / volume["name"]
            source.mkdir()
            files = None
            if "configMap" in volume:
                files = configs[volume["configMap"]["name"]]
            elif "secret" in volume:
                files = secrets[volume["secret"]["secretName"]]
            if files is not None:
                for file, text in files.items():
                    (source / file).write_text(text)
            else:
                os.chown(source, 0, user)
                source.chmod(0o2777)
            (mount,) = [each for each in self.container["volumeMounts"] if each["name"] == volume["name"]]
            (image.root / mount["mountPath"].lstrip("/")).mkdir(parents=True, exist_ok=True)
            volumes.append(f'{source} {mount["mountPath"]} {"ro" if mount.get("readOnly") else "rw"}')
        (self.folder / "volumes").write_text("\n".join(volumes) + "\n")
        environment = list(image.config["config"].get("Env", []))
        for variable in self.container.get("env", []):
            value = variable.get("value")
            if value is None:
                reference = variable["valueFrom"]["secretKeyRef"]
                value = secrets[reference["name"]][reference["key"]]
            environment.append(f'{variable["name"]}={value}')
        self._connect()
        script = f"ENVIRONMENT=({' '.join(map(quoted, environment))})\n{START}"
        command = ["ip", "netns", "exec", name, "unshare", "--mount", "--pid", "--fork", "--kill-child",
                   "bash", "-c", script, "pod", *self.container["command"], *self.container.get("args", []), *more]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={
                **os.environ, "IMAGE": str(image.root), "ROOT": str(self.folder / "root"),
                "VOLUMES": str(self.folder / "volumes"), "PROCESS_USER": str(user),
                "FOLDER": self.container.get("workingDir", image.config["config"]["WorkingDir"])})
        self.answer = None
        self.condemned = None
        self._ended = threading.Event()

    def _connect(self):
        inside, outside = "eth0", f"p{self.address.split('.')[-1]}"
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside, "netns", self.name)
        run("ip", "link", "set", outside, "master", "pods", "up")
        run("ip", "-n", self.name, "address", "add", f"{self.address}/24", "dev", inside)
        run("ip", "-n", self.name, "link", "set", inside, "up")

    @property
    def first(self):
        """The process that is number 1 in the pod."""
        return int(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])

    def status(self):
        lines = Path(f"/proc/{self.first}/status").read_text().splitlines()
        return dict(line.split(":\t", 1) for line in lines if ":\t" in line)

    def http(self, path, timeout=10):
        port = self.container["ports"][0]["containerPort"]
        scheme = self.container["livenessProbe"]["httpGet"].get("scheme", "HTTP").lower()
        with urllib.request.urlopen(
                f"{scheme}://{self.address}:{port}{path}", timeout=timeout, context=UNVERIFIED) as answer:
            return answer.read().decode()

    def probe(self, kind):
        """Whether a probe passes once."""
        probe = self.container[kind]
        assert probe["httpGet"]["port"] == self.container["ports"][0]["name"]
        try:
            self.http(probe["httpGet"]["path"], probe.get("timeoutSeconds", 1))
            self.answer = None
        except urllib.error.HTTPError as error:
            self.answer = f"{error} {error.read().decode()}"
        except OSError as error:
            self.answer = repr(error)
        return self.answer is None

    def await_probe(self, kind):
        """Waits until a probe passes, on a busy machine longer than a kubelet would."""
        end = time.monotonic() + 600
        while not self.probe(kind):
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended:\n{self.output()}")
            if time.monotonic() > end:
                raise AssertionError(f"{self.name}: {kind}: {self.answer}\n{self.output()}")
            time.sleep(self.container[kind]["periodSeconds"])

    def watch_liveness(self):
        """From now on probes as often as a kubelet would, and notes when it would end the container."""
        def watch():
            failed = 0
            while not self._ended.wait(self.container["livenessProbe"]["periodSeconds"]):
                failed = 0 if self.probe("livenessProbe") or self._ended.is_set() else failed + 1
                if failed == self.container["livenessProbe"]["failureThreshold"]:
                    self.condemned = self.answer

        threading.Thread(target=watch, daemon=True).start()

    def end(self):
        """SIGTERM, and the seconds until it ended, which the grace period bounds."""
        self._ended.set()
        start = time.monotonic()
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(self.first, signal.SIGTERM)
        self.process.wait(self.spec.get("terminationGracePeriodSeconds", 30))
        return time.monotonic() - start

    def kill(self):
        self._ended.set()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def output(self):
        return self.log.read_text()[-6000:]


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"
