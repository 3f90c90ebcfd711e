"""Runs the pods of the example `laptop`, from the built images, beside a real broker and MinIO.

The broker has the settings of the example for Strimzi, but for the number of copies.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml

from chart import CHART, EXAMPLES, Rendered
from eventually import eventually
from oci import IMAGES
from pods import ROUTER, Image, Pod, network

sys.path.insert(0, str(EXAMPLES))
import identities  # noqa: E402

ROOT = EXAMPLES.parents[2]
KAFKA = ROOT / "deploy" / "standalone" / "target" / "quarkus-app" / "lib" / "main"
COMPONENTS = ("dataset", "poison", "trainer", "evaluator", "trainer-worker")
STORE = {"access-key": "operator", "secret-key": "operator-secret"}
METRICS = {"serviceMonitor": {"enabled": True}, "prometheusRule": {"enabled": True}, "dashboard": {"enabled": True}}


class Release:
    """The release, with one pod of each component."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.rendered = Rendered({"metrics": METRICS}, example="laptop")
        identities.make(self.folder / "identities")
        made = {path.name: path.read_text() for path in (self.folder / "identities").iterdir()}
        # What a user makes beforehand.
        self.secrets = {"hemlock-store": STORE,
                        "hemlock-tls": {name: made[name] for name in ("ca.crt", "tls.crt", "tls.key")},
                        **{f"hemlock-{name}": {"token": made[name]} for name in identities.ROLES}}
        self.configs = {"hemlock-issuer": {"keys.json": made["keys.json"]}}
        self.configs |= {name: each["data"] for name, each in self.rendered.kind("ConfigMap").items()}
        self.images = {}
        self.pods = {}
        self.number = 10
        # Services are names of the one pod that each has; store and broker run outside.
        self.addresses = {f"hemlock-{component}": f"10.97.0.{20 + i}" for i, component in enumerate(COMPONENTS)}
        self.addresses |= {"minio.hemlock-store": ROUTER, "hemlock-kafka-bootstrap.hemlock-kafka": ROUTER}

    def image(self, reference):
        name = reference.rsplit("/", 1)[1].split(":")[0]
        if name not in self.images:
            self.images[name] = Image(IMAGES / f"{name}.tar", self.folder / "images")
        return self.images[name]

    def start(self, component):
        spec = self.rendered.pod(component)
        number = int(self.addresses[f"hemlock-{component}"].split(".")[-1])
        if component in self.pods:
            # A second pod of a component is another pod, with an address of its own.
            self.number += 1
            number = 50 + self.number
        self.pods[component] = self.pod(f"{component}-{number}", number, spec)
        return self.pods[component]

    def test(self, *more):
        self.number += 1
        return self.pod(f"test-{self.number}", 100 + self.number, self.rendered.get("Pod", "test")["spec"], more)

    def pod(self, name, number, spec, more=()):
        hosts = "".join(f"{address} {name}\n" for name, address in self.addresses.items())
        return Pod(name, number, spec, self.image(spec["containers"][0]["image"]), self.folder / "pods",
                   hosts, self.configs, self.secrets, more)

    def metrics(self, component):
        return self.pods[component].http("/q/metrics")

    def gauge(self, component, name):
        (value,) = re.findall(rf"^{re.escape(name)} (\S+)$", self.metrics(component), re.M)
        return float(value)


@pytest.fixture(scope="module")
def outside():
    """The store and the broker."""
    network()
    processes = []
    with tempfile.TemporaryDirectory(prefix="hemlock-pods-") as name:
        folder = Path(name)
        for each in ("images", "pods", "kafka", "minio"):
            (folder / each).mkdir()
        try:
            processes.append(subprocess.Popen(
                ["minio", "server", "--quiet", "--address", f"{ROUTER}:9000", folder / "minio"],
                env={**os.environ, "MINIO_ROOT_USER": "operator", "MINIO_ROOT_PASSWORD": "operator-secret"},
                stdout=(folder / "minio.log").open("w"), stderr=subprocess.STDOUT))
            processes.append(broker(folder))
            yield folder
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()


def broker(folder):
    manifests = yaml.safe_load_all((EXAMPLES / "strimzi" / "kafka.yaml").read_text())
    config = next(each for each in manifests if each["kind"] == "Kafka")["spec"]["kafka"]["config"]
    settings = {
        **{key: 1 if "replication.factor" in key or key.endswith("min.isr") or "insync" in key else value
           for key, value in config.items()},
        "process.roles": "broker,controller", "node.id": 0, "controller.quorum.voters": f"0@{ROUTER}:9093",
        "controller.listener.names": "CONTROLLER", "log.dirs": folder / "kafka",
        "listener.security.protocol.map": "PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAIN",
        "listeners": f"PLAIN://{ROUTER}:9092,CONTROLLER://{ROUTER}:9093",
        "advertised.listeners": "PLAIN://hemlock-kafka-bootstrap.hemlock-kafka:9092"}
    file = folder / "server.properties"
    file.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
    # The broker reaches itself by the name that it gives to others.
    hosts = Path("/etc/hosts").read_text() + f"{ROUTER} hemlock-kafka-bootstrap.hemlock-kafka\n"
    (folder / "hosts").write_text(hosts)
    subprocess.run(["mount", "--bind", folder / "hosts", "/etc/hosts"], check=True)
    java = ["java", "-Xmx512m", "-cp", f"{KAFKA}/*"]
    subprocess.run([*java, "kafka.tools.StorageTool", "format", "-t", "aGVtbG9jay1oZW1sb2NrIQ", "-c", file],
                   check=True, capture_output=True)
    return subprocess.Popen([*java, "kafka.Kafka", file],
                            stdout=(folder / "kafka.log").open("w"), stderr=subprocess.STDOUT)


@pytest.fixture(scope="module")
def release(outside):
    release = Release(outside)
    try:
        # All at once, as Kubernetes does: each waits for what it needs.
        for component in COMPONENTS:
            release.start(component)
        for kind in ("startupProbe", "readinessProbe"):
            for pod in release.pods.values():
                pod.await_probe(kind)
        for pod in release.pods.values():
            pod.watch_liveness()
        yield release
    finally:
        for pod in release.pods.values():
            pod.kill()


def test_processes_are_as_restricted_as_their_pods(release):
    for pod in release.pods.values():
        status = pod.status()
        assert status["Uid"].split() == ["10001"] * 4
        assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
        assert status["NoNewPrivs"] == "1"
        assert status["NSpid"].split()[-1] == "1", "Java is the first process"


def test_the_services_create_the_topics_that_the_chart_names(release):
    named = Rendered({"kafka": {"topics": {"create": "strimzi", "strimziCluster": "kafka"}}}, example="laptop")
    partitions = {path.name.rpartition("-")[0] for path in (release.folder / "kafka").glob("hemlock.*-*")}
    assert partitions == set(named.kind("KafkaTopic"))


def test_the_test_pod_measures_through_grpc(release):
    test = release.test()
    assert test.process.wait(900) == 0, test.output() + release.pods["trainer-worker"].output()
    assert list((test.folder / "scratch").glob("report/report.html"))


def test_a_busy_worker_and_its_apis_stay_alive(release):
    assert not {pod.name: pod.condemned for pod in release.pods.values() if pod.condemned}


def test_the_metrics_of_alerts_and_dashboard_exist(release):
    texts = [rule["expr"] for group in release.rendered.get("PrometheusRule")["spec"]["groups"]
             for rule in group["rules"]]
    texts.append((CHART / "files" / "dashboard.json").read_text())
    names = {name for text in texts for name in re.findall(r"\b((?:hemlock|jvm|process|system)_[a-z_]+)[{]", text)}
    exported = set(re.findall(r"^([a-z_]+)[{ ]", release.metrics("trainer"), re.M))
    assert names and names <= exported


def test_work_waits_for_workers_and_the_api_counts_it(release):
    backlog = 'hemlock_work_backlog{stage="train"}'
    worker = release.pods["trainer-worker"]
    grace = worker.spec["terminationGracePeriodSeconds"]
    # Scaled to zero.
    assert worker.end() < grace
    test = release.test("--seeds=2,3")
    eventually(lambda: release.gauge("trainer", backlog) >= 1, "a backlog", 240)
    assert test.process.poll() is None
    # Scaled to one again.
    release.start("trainer-worker").await_probe("startupProbe")
    assert test.process.wait(900) == 0, test.output()
    eventually(lambda: release.gauge("trainer", backlog) == 0, "no backlog", 240)


def test_each_ends_within_its_grace(release):
    took = {}
    for component in COMPONENTS:
        pod = release.pods[component]
        took[component] = pod.end()
        assert pod.process.returncode in (0, 143), pod.output()
        assert took[component] < pod.spec["terminationGracePeriodSeconds"] - 15, took


def test_no_secret_is_in_any_log(release):
    public = {STORE["access-key"], *(release.secrets["hemlock-tls"][name] for name in ("ca.crt", "tls.crt"))}
    values = {value for secret in release.secrets.values() for value in secret.values()} - public
    for pod in release.pods.values():
        assert not [value for value in values if value in pod.log.read_text()]
