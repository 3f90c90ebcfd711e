"""Installs, upgrades, rolls back and uninstalls the chart where Pod Security is enforced."""
import pytest
import yaml

from chart import CHART, EXAMPLES, NAMES, NAMESPACE, RELEASE
from cluster import CRDS, Cluster, Refused
from eventually import eventually

APIS = ("dataset", "poison", "trainer", "evaluator")
ALL = (*APIS, "trainer-worker")
SELECTOR = f"app.kubernetes.io/instance={RELEASE}"


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as cluster:
        for crd in sorted(CRDS.glob("*.yaml")):
            cluster.apply(crd)
        for zone in "abc":
            cluster.node(f"node-{zone}", {"topology.kubernetes.io/zone": zone})
        cluster.node("gpu-1", {"nvidia.com/gpu.present": "true"}, gpus=2,
                     taints=[{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}])
        cluster.create({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": NAMESPACE, "labels": {
                f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}}})
        for manifest in ("strimzi/secure.yaml", "store/minio.yaml"):
            eventually(lambda: kinds(EXAMPLES / manifest) <= set(cluster.resources()), "the kinds of " + manifest)
            cluster.apply(EXAMPLES / manifest)
        cluster.create({
            "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "batch"}, "value": -1})
        cluster.create({
            "apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "nvidia"}, "handler": "nvidia"})
        # What every namespace gets by itself.
        eventually(lambda: {("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")}
                   <= cluster.everything(NAMESPACE), "the namespace is ready")
        yield cluster


@pytest.fixture
def release(cluster):
    """Installs the release, which leaves nothing behind."""
    def there():
        # The chart's topics are where their cluster is.
        everything = cluster.everything(NAMESPACE) | cluster.everything("hemlock-kafka")
        return {each for each in everything if each[0] != "Event"}

    before = there()
    yield lambda example: helm(cluster, "install", RELEASE, CHART, "--values", EXAMPLES / f"{example}.yaml")
    helm(cluster, "uninstall", RELEASE)
    eventually(lambda: there() == before, "everything but events is gone")


def kinds(manifest):
    return {(each["apiVersion"], each["kind"]) for each in yaml.safe_load_all(manifest.read_text())}


def helm(cluster, command, *arguments):
    """Helm, which waits until every workload is ready and must not be warned of anything."""
    result = cluster.helm(command, *arguments, "--namespace", NAMESPACE, "--wait", "--timeout", "4m")
    assert "warn" not in result.stderr.lower() and "violate" not in result.stderr, result.stderr
    return result


def deployments(cluster):
    return {each["metadata"]["name"].removeprefix(f"{RELEASE}-"): each
            for each in cluster.list("apps/v1", "Deployment", NAMESPACE, SELECTOR)}


def generations(cluster):
    return {name: each["metadata"]["generation"] for name, each in deployments(cluster).items()}


def templates(cluster):
    return {name: each["spec"]["template"] for name, each in deployments(cluster).items()}


def ready(cluster):
    return {name: each["status"].get("readyReplicas", 0) for name, each in deployments(cluster).items()}


def becomes_ready(cluster, wanted):
    eventually(lambda: ready(cluster) == wanted, f"pods are ready: {wanted}")


def pods(cluster, component):
    found = cluster.list("v1", "Pod", NAMESPACE, f"{SELECTOR},app.kubernetes.io/component={component}")
    return [each for each in found if "deletionTimestamp" not in each["metadata"]]


def nodes(cluster, component):
    return {each["spec"].get("nodeName") for each in pods(cluster, component)}


def endpoints(cluster, component):
    slices = cluster.list("discovery.k8s.io/v1", "EndpointSlice", NAMESPACE,
                          f"kubernetes.io/service-name={RELEASE}-{component}")
    return {each["targetRef"]["name"] for one in slices for each in one.get("endpoints") or []}


def test_the_namespace_takes_no_pod_that_is_not_restricted(cluster):
    with pytest.raises(Refused, match="violates PodSecurity") as refused:
        cluster.create({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "root", "namespace": NAMESPACE},
            "spec": {"containers": [{"name": "root", "image": "root:1"}]}})
    assert refused.value.code == 403


def test_installs_upgrades_rolls_back_and_uninstalls(cluster, release):
    values = ("--values", EXAMPLES / "external.yaml")
    installed = {"dataset": 2, "poison": 2, "trainer": 2, "evaluator": 2, "trainer-worker": 4}

    # Installed, each component has its pods and its service leads to them.
    release("external")
    first = templates(cluster)
    assert set(first) == set(ALL)
    becomes_ready(cluster, installed)
    for component in ALL:
        names = {each["metadata"]["name"] for each in pods(cluster, component)}
        eventually(lambda: endpoints(cluster, component) == names, f"{component}'s service leads to {names}")

    # An upgrade touches what it changes.
    before = generations(cluster)
    helm(cluster, "upgrade", RELEASE, CHART, *values, "--set", "poison.replicas=3",
         "--set", "poison.config.hemlock\\.work\\.poison\\.time-limit=1H")
    after = generations(cluster)
    assert {name for name in ALL if before[name] != after[name]} == {"poison"}
    becomes_ready(cluster, {**installed, "poison": 3})
    configured = cluster.get("v1", "ConfigMap", NAMESPACE, f"{RELEASE}-poison")["data"]["application.properties"]
    assert "hemlock.work.poison.time-limit=1H" in configured.splitlines()

    # One with a value that there isn't is refused as a whole.
    with pytest.raises(AssertionError, match="specifications"):
        helm(cluster, "upgrade", RELEASE, CHART, *values, "--set", "dataset.replicas=3", "--set", "poison.replica=1")
    assert generations(cluster) == after

    # One whose pods find no node takes none of the old ones away, and is taken back.
    upgraded = templates(cluster)
    with pytest.raises(AssertionError, match="rolled back"):
        cluster.helm("upgrade", RELEASE, CHART, *values, "--set", "poison.replicas=3",
                     "--set", "poison.config.hemlock\\.work\\.poison\\.time-limit=1H",
                     "--set", "poison.resources.requests.memory=900Gi", "--set", "poison.resources.limits.memory=900Gi",
                     "--namespace", NAMESPACE, "--wait", "--timeout", "20s", "--atomic")
    assert templates(cluster) == upgraded
    becomes_ready(cluster, {**installed, "poison": 3})

    # A rollback brings back what was.
    helm(cluster, "rollback", RELEASE, "1")
    assert templates(cluster) == first
    becomes_ready(cluster, installed)
    configured = cluster.get("v1", "ConfigMap", NAMESPACE, f"{RELEASE}-poison")["data"]["application.properties"]
    assert "time-limit" not in configured


@pytest.mark.parametrize("example", NAMES)
def test_every_example_gets_ready(cluster, release, example):
    release(example)
    assert set(deployments(cluster)) == set(ALL)
    for component, each in deployments(cluster).items():
        eventually(lambda: ready(cluster)[component] == deployments(cluster)[component]["spec"]["replicas"], component)
    if example == "gpu":
        assert nodes(cluster, "trainer-worker") == {"gpu-1"}
        assert "gpu-1" not in nodes(cluster, "trainer")
    if example == "secure":
        # As many pods as their autoscalers want at least, each on another node.
        for component in APIS:
            eventually(lambda: len(nodes(cluster, component) - {None}) == 2, f"two nodes for {component}")


@pytest.mark.parametrize("phase, status", [("Succeeded", 0), ("Failed", 1)])
def test_the_test_pod_is_admitted_and_its_end_is_the_tests(cluster, release, phase, status):
    release("laptop")
    pod = f"/api/v1/namespaces/{NAMESPACE}/pods/{RELEASE}-test"

    def runs():
        return any(each["metadata"]["name"] == f"{RELEASE}-test" and each["status"]["phase"] == "Running"
                   for each in pods(cluster, "test"))

    with cluster.started("test", RELEASE, "--namespace", NAMESPACE, "--timeout", "4m") as test:
        eventually(runs, "the test pod runs")
        # What it does is done by a process in test_processes.py.
        cluster.request("PATCH", pod + "/status", {"status": {"phase": phase}},
                        kind="application/merge-patch+json")
        assert test.wait(120) == status
    if status:
        # It stays for whoever wants to know why.
        cluster.request("DELETE", pod)
    eventually(lambda: not pods(cluster, "test"), "the test pod is gone")


def test_a_disruption_takes_one_pod_of_a_component_at_a_time(cluster, release):
    release("external")
    first, second = (each["metadata"]["name"] for each in pods(cluster, "dataset"))

    def cordon(unschedulable):
        for node in cluster.list("v1", "Node", None):
            cluster.request("PATCH", f'/api/v1/nodes/{node["metadata"]["name"]}',
                            {"spec": {"unschedulable": unschedulable}}, kind="application/merge-patch+json")

    def evict(pod):
        return cluster.request("POST", f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}/eviction", {
            "apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": NAMESPACE}})

    def allowed():
        budget = cluster.get("policy/v1", "PodDisruptionBudget", NAMESPACE, f"{RELEASE}-dataset")
        return budget["status"].get("disruptionsAllowed")

    eventually(lambda: allowed() == 1, "one disruption is allowed")
    cordon(True)
    try:
        evict(first)
        eventually(lambda: allowed() == 0, "none is allowed any more")
        with pytest.raises(Refused, match="disruption budget") as refused:
            evict(second)
        assert refused.value.code == 429
    finally:
        cordon(None)
