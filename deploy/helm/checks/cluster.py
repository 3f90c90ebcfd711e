"""A control plane of real programs (etcd, kube-apiserver, kube-controller-manager, kube-scheduler) with
nodes that kwok pretends. Containers don't run on them; everything else is what a cluster does."""
import contextlib
import json
import shutil
import socket
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import yaml

from eventually import eventually

TOKEN = "tests"
BIN = Path(__file__).resolve().parents[2] / ".bin"
CRDS = BIN / "crds"
STAGES = BIN / "kwok-stages"


class Refused(Exception):
    """What the API server answered instead."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Cluster:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="hemlock-cluster-"))
        self.processes = {}
        self.kubeconfig = self.folder / "kubeconfig"
        self.known = {}

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in reversed(self.processes.values()):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, program, *arguments):
        with (self.folder / f"{program}.log").open("w") as log:
            self.processes[program] = subprocess.Popen(
                [program, *map(str, arguments)], cwd=self.folder, stdout=log, stderr=log)

    def log(self, program):
        return (self.folder / f"{program}.log").read_text()[-3000:]

    def _start(self):
        etcd, peers, port = free_port(), free_port(), free_port()
        self.start("etcd", "--data-dir", "etcd", "--unsafe-no-fsync",
                 "--listen-client-urls", f"http://127.0.0.1:{etcd}",
                 "--advertise-client-urls", f"http://127.0.0.1:{etcd}",
                 "--listen-peer-urls", f"http://127.0.0.1:{peers}",
                 "--initial-advertise-peer-urls", f"http://127.0.0.1:{peers}",
                 "--initial-cluster", f"default=http://127.0.0.1:{peers}")
        subprocess.run(["openssl", "genrsa", "-out", "sa.key", "2048"],
                       cwd=self.folder, check=True, capture_output=True)
        (self.folder / "tokens.csv").write_text(f"{TOKEN},admin,1,system:masters\n")
        self.start("kube-apiserver", "--etcd-servers", f"http://127.0.0.1:{etcd}",
                 "--bind-address", "127.0.0.1", "--secure-port", port, "--cert-dir", "certificates",
                 "--endpoint-reconciler-type", "none", "--service-cluster-ip-range", "10.0.0.0/24",
                 "--service-account-issuer", "https://kubernetes.default.svc",
                 "--service-account-key-file", "sa.key", "--service-account-signing-key-file", "sa.key",
                 "--token-auth-file", "tokens.csv", "--authorization-mode", "RBAC")
        certificate = self.folder / "certificates" / "apiserver.crt"
        # Its key is written after it.
        eventually(certificate.with_suffix(".key").exists, "the API server's certificate")
        self.url = f"https://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=certificate)))
        self.kubeconfig.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "tests",
            "clusters": [{"name": "tests", "cluster": {
                "server": self.url, "certificate-authority": str(certificate)}}],
            "users": [{"name": "admin", "user": {"token": TOKEN}}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "admin"}}]}))
        try:
            eventually(self._ready, "the API server is ready", 180)
        except AssertionError as error:
            raise AssertionError(f'{error}\n{self.log("etcd")}\n{self.log("kube-apiserver")}') from None
        self.start("kube-controller-manager", "--kubeconfig", self.kubeconfig, "--leader-elect=false",
                 "--secure-port", 0, "--service-account-private-key-file", "sa.key",
                 "--root-ca-file", certificate)
        self.start("kube-scheduler", "--kubeconfig", self.kubeconfig, "--leader-elect=false", "--secure-port", 0)
        self.start("kwok", "--kubeconfig", self.kubeconfig, "--manage-all-nodes=true",
                 "--node-port", free_port(), "--node-lease-duration-seconds", 40,
                 *(argument for stage in sorted(STAGES.glob("*.yaml")) for argument in ("--config", stage)))

    def _alive(self):
        for program, process in self.processes.items():
            if process.poll() is not None:
                raise AssertionError(f"{program} has ended:\n{self.log(program)}")

    def _ready(self):
        with contextlib.suppress(OSError, Refused):
            return self.request("GET", "/readyz", raw=True) == "ok"

    def request(self, method, path, body=None, raw=False, kind="application/json"):
        self._alive()
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": kind})
        try:
            with self.opener.open(request, timeout=30) as response:
                text = response.read().decode()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read().decode()) from None
        return text if raw else json.loads(text)

    def read(self, path):
        """What is at a path, once the API server's cache of a new kind is filled."""
        def answer():
            try:
                return [self.request("GET", path)]
            except Refused as refused:
                if refused.code != 429:
                    raise
        return eventually(answer, f"the API server gives {path}")[0]

    def resources(self):
        """Every resource that the API server serves, by API version and kind."""
        groups = ["/api/v1"]
        groups += [f'/apis/{version["groupVersion"]}'
                   for group in self.request("GET", "/apis")["groups"] for version in group["versions"]]
        found = {}
        for group in groups:
            served = self.request("GET", group)
            for each in served["resources"]:
                if "/" not in each["name"]:
                    found[(served["groupVersion"], each["kind"])] = (group, each["name"], each["namespaced"], each["verbs"])
        return found

    def path(self, api_version, kind, namespace=None, name=None):
        if (api_version, kind) not in self.known:
            self.known = self.resources()
        group, plural, namespaced, _ = self.known[(api_version, kind)]
        parts = [group, *(["namespaces", namespace] if namespaced and namespace else []), plural,
                 *([name] if name else [])]
        return "/".join(parts)

    def create(self, each):
        """Creates a resource; a field that its type doesn't have is refused."""
        path = self.path(each["apiVersion"], each["kind"], each["metadata"].get("namespace"))
        return self.request("POST", path + "?fieldValidation=Strict", each)

    def apply(self, manifest):
        for each in yaml.safe_load_all(Path(manifest).read_text()):
            if each:
                self.create(each)

    def get(self, api_version, kind, namespace, name):
        return self.read(self.path(api_version, kind, namespace, name))

    def list(self, api_version, kind, namespace, selector=""):
        return self.read(self.path(api_version, kind, namespace) + f"?labelSelector={selector}")["items"]

    def everything(self, namespace):
        """Kind and name of everything in a namespace."""
        found = set()
        for (version, kind), (_, _, namespaced, verbs) in self.resources().items():
            if namespaced and "list" in verbs:
                found |= {(kind, each["metadata"]["name"]) for each in self.list(version, kind, namespace)}
        return found

    def node(self, name, labels, *, gpus=0, taints=()):
        capacity = {"cpu": "32", "memory": "128Gi", "ephemeral-storage": "500Gi", "pods": "110"}
        if gpus:
            capacity["nvidia.com/gpu"] = str(gpus)
        self.create({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, **labels}},
            "spec": {"taints": list(taints)},
            "status": {"capacity": capacity, "allocatable": capacity}})

    def command(self, *arguments):
        return ["helm", "--kubeconfig", self.kubeconfig, *map(str, arguments)]

    @contextlib.contextmanager
    def started(self, *arguments):
        """Helm while it runs."""
        with (self.folder / "helm.log").open("w") as log, subprocess.Popen(
                self.command(*arguments), stdout=log, stderr=log) as process:
            try:
                yield process
            finally:
                process.kill()

    def helm(self, *arguments):
        result = subprocess.run(self.command(*arguments), text=True, capture_output=True)
        if result.returncode:
            raise AssertionError(result.stderr + result.stdout)
        return result
