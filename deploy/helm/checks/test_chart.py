"""Lint, schema, templates of every example, policies, and what the chart promises about each resource."""
import csv
import json
import re
import subprocess
import sys
from urllib.parse import urlsplit

import kubernetes_validate
import pytest
import yaml

from chart import CHART, EXAMPLES, KUBERNETES, NAMES, NEEDED, NAMESPACE, Rendered, helm, merge, template

sys.path.insert(0, str(EXAMPLES))
import identities  # noqa: E402

APIS = ("dataset", "poison", "trainer", "evaluator")
ALL = (*APIS, "trainer-worker")
POLICY = EXAMPLES.parent / "checks" / "policy"
KAFKA_ACLS = EXAMPLES.parents[1] / "policies" / "kafka-acls.csv"
# Every flag at once.
EVERYTHING = {
    "defaults": {"autoscaling": {"enabled": True}},
    "kafka": {"topics": {"create": "strimzi", "strimziCluster": "kafka"}},
    "worker": {"gpu": {"enabled": True}, "keda": {"enabled": True, "serverAddress": "http://prometheus:9090"}},
    "metrics": {name: {"enabled": True} for name in ("serviceMonitor", "prometheusRule", "dashboard")},
}


@pytest.fixture(scope="module", params=[*NAMES, "everything"])
def rendered(request):
    if request.param == "everything":
        return Rendered(EVERYTHING)
    return Rendered(example=request.param)


@pytest.fixture(scope="module")
def plain():
    return Rendered()


# Whole charts


@pytest.mark.parametrize("example", NAMES)
def test_lints_strictly(example):
    result = helm("lint", CHART, "--strict", "--values", EXAMPLES / f"{example}.yaml", "--kube-version", KUBERNETES)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_builtin_resource_fits_its_schema(rendered):
    for each in rendered.objects:
        try:
            kubernetes_validate.validate(each, KUBERNETES, strict=True)
        except kubernetes_validate.SchemaNotFoundError:
            # Custom resources: the API server of the cluster test knows them.
            assert "." in each["apiVersion"].split("/")[0], each["kind"]


def test_scores(rendered, request):
    # An image with a tag of its own needs no pull at each start, and limits on processors are left out on purpose.
    ignored = ["container-image-pull-policy", "container-resources"]
    if "[laptop]" in request.node.name:
        # One pod of everything.
        ignored.append("deployment-replicas")
    if rendered.kind("ScaledObject"):
        # There may be no worker at all.
        ignored += ["deployment-replicas", "deployment-has-poddisruptionbudget"]
    command = ["kube-score", "score", "--kubernetes-version", f"v{KUBERNETES}", "--exit-one-on-warning"]
    for test in ignored:
        command += ["--ignore-test", test]
    result = subprocess.run([*command, "-"], input=rendered.text, text=True, capture_output=True)
    assert result.returncode == 0, result.stdout + result.stderr


def conftest(text):
    return subprocess.run(["conftest", "test", "--no-color", "--policy", POLICY, "--parser", "yaml", "-"],
                          input=text, text=True, capture_output=True)


def test_keeps_the_policies(rendered):
    result = conftest(rendered.text)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("change", "message"), [
    (lambda pod: pod.update(hostNetwork=True), "host's namespaces"),
    (lambda pod: pod["volumes"].append({"name": "host", "hostPath": {"path": "/"}}), "hostPath"),
    (lambda pod: pod["volumes"].append({"name": "more", "emptyDir": {}}), "no size limit"),
    (lambda pod: pod["securityContext"].update(runAsNonRoot=False), "as root"),
    (lambda pod: pod["securityContext"].update(runAsUser=1), "user id"),
    (lambda pod: pod["securityContext"].pop("seccompProfile"), "seccomp"),
    (lambda pod: pod["containers"][0]["securityContext"].update(readOnlyRootFilesystem=False), "root file system"),
    (lambda pod: pod["containers"][0]["securityContext"].pop("allowPrivilegeEscalation"), "escalated"),
    (lambda pod: pod["containers"][0]["securityContext"]["capabilities"].update(drop=[]), "not dropped"),
    (lambda pod: pod["containers"][0]["securityContext"]["capabilities"].update(add=["NET_ADMIN"]), "are added"),
    (lambda pod: pod["containers"][0].update(image="hemlock/dataset-service"), "no version"),
    (lambda pod: pod["containers"][0].update(image="hemlock/dataset-service:latest"), "latest"),
    (lambda pod: pod["containers"][0]["env"].append({"name": "KAFKA_PASSWORD", "value": "x"}), "KAFKA_PASSWORD"),
    (lambda pod: pod["containers"][0]["resources"]["limits"].pop("memory"), "no limit on memory"),
    (lambda pod: pod["containers"][0].pop("livenessProbe"), "no livenessProbe"),
    (lambda pod: pod.update(automountServiceAccountToken=True), "token is mounted"),
    (lambda pod: pod.update(terminationGracePeriodSeconds=30), "45 s"),
])
def test_the_policies_notice(plain, change, message):
    deployment = json.loads(json.dumps(plain.get("Deployment", "dataset")))
    change(deployment["spec"]["template"]["spec"])
    result = conftest(yaml.safe_dump(deployment))
    assert result.returncode == 1, result.stderr
    assert message in result.stdout


def test_the_readme_is_generated():
    generated = subprocess.run(
        ["helm-docs", "--chart-search-root", CHART, "--dry-run", "--sort-values-order", "file", "--log-level", "error"],
        text=True, capture_output=True, check=True).stdout
    assert (CHART / "README.md").read_text().strip() == generated.strip(), (
        "helm-docs --chart-search-root deploy/helm/hemlock --sort-values-order file")


# Values


@pytest.mark.parametrize(("values", "message"), [
    ({"replicas": 3}, "replicas"),
    ({"dataset": {"replica": 3}}, "replica"),
    ({"worker": {"autoscaling": {"enabled": True}}}, "autoscaling"),
    ({"worker": {"gpu": {"counts": 2}}}, "counts"),
    ({"image": {"registry": "r"}}, "registry"),
    ({"image": {"tag": "latest"}}, "tag"),
    ({"dataset": {"digest": "sha256:12"}}, "digest"),
    ({"storage": {"secretKey": "s"}}, "secretKey"),
    ({"storage": {"endpoint": "s3.example.com"}}, "endpoint"),
    ({"storage": {"endpoint": "https://user:password@s3.example.com"}}, "endpoint"),
    ({"storage": {"bucket": "ab"}}, "bucket"),
    ({"config": {"hemlock.storage.secret-key": "s"}}, "secret-key"),
    ({"dataset": {"config": {"quarkus.datasource.password": "s"}}}, "password"),
    ({"config": {"hemlock.work.train.time-limit": "12H\nquarkus.http.port=1"}}, "time-limit"),
    ({"kafka": {"bootstrapServers": "kafka"}}, "bootstrapServers"),
    ({"kafka": {"topics": {"create": "job"}}}, "create"),
    ({"trainer": {"admission": "on"}}, "admission"),
    ({"defaults": {"terminationGracePeriodSeconds": 30}}, "terminationGracePeriodSeconds"),
    ({"defaults": {"resources": {"limits": {"memory": "1.5G"}}}}, "memory"),
    ({"worker": {"cacheSize": "8G"}}, "cacheSize"),
    ({"worker": {"concurrency": 0}}, "concurrency"),
    ({"podSecurity": {"runAsUser": 0}}, "runAsUser"),
    ({"podSecurity": {"privileged": True}}, "privileged"),
    ({"networkPolicy": {"clients": [{}]}}, "clients"),
    ({"networkPolicy": {"dns": {"ports": [0]}}}, "ports"),
    ({"networkPolicy": {"others": [{"ports": [4317]}]}}, "others"),
    ({"networkPolicy": {"others": [{"to": [], "ports": [4317]}]}}, "others"),
    ({"metrics": {"serviceMonitor": {"interval": "often"}}}, "interval"),
])
def test_refuses_values(values, message):
    with pytest.raises(ValueError, match="(?s)values don't meet the specifications.*" + re.escape(message)):
        Rendered(values)


@pytest.mark.parametrize("key", [
    "image.repository", "storage.endpoint", "storage.existingSecret", "kafka.bootstrapServers", "tls.existingSecret",
    "auth.issuer", "auth.service.existingSecret", "test.tokenSecret"])
def test_names_the_value_that_is_missing(key):
    without = ""
    for name in reversed(key.split(".")):
        without = {name: without}
    with pytest.raises(ValueError, match=re.escape(f"{key} is required")):
        template(merge(NEEDED, without))


@pytest.mark.parametrize(("values", "key"), [
    ({"kafka": {"securityProtocol": "SASL_SSL"}}, "kafka.username"),
    ({"kafka": {"securityProtocol": "SASL_SSL", "username": "hemlock"}}, "kafka.existingSecret"),
    ({"kafka": {"topics": {"create": "strimzi"}}}, "kafka.topics.strimziCluster"),
    ({"worker": {"keda": {"enabled": True}}}, "worker.keda.serverAddress"),
])
def test_names_the_value_that_another_needs(values, key):
    with pytest.raises(ValueError, match=re.escape(f"{key} is required")):
        Rendered(values)


def test_the_schema_lets_no_unknown_key_through_at_any_level():
    def walk(schema, path):
        if not isinstance(schema, dict):
            return
        if schema.get("type") == "object" and path != "/properties/global":
            assert "additionalProperties" in schema, path
            assert schema["additionalProperties"] is not True, path
        for key, value in schema.items():
            walk(value, f"{path}/{key}")

    walk(json.loads((CHART / "values.schema.json").read_text()), "")


def test_configuration_keys_of_a_component_win_over_those_of_all():
    both = Rendered({
        "config": {"hemlock.work.train.time-limit": "12H", "hemlock.dataset.limits.source-bytes": 17179869184},
        "worker": {"config": {"hemlock.work.train.time-limit": "6H"}}})
    assert both.properties("trainer")["hemlock.work.train.time-limit"] == "12H"
    assert both.properties("trainer-worker")["hemlock.work.train.time-limit"] == "6H"
    assert both.properties("dataset")["hemlock.dataset.limits.source-bytes"] == "17179869184"


def test_a_changed_configuration_restarts_the_pods_it_is_for(plain):
    changed = Rendered({"poison": {"config": {"hemlock.work.poison.time-limit": "1H"}}})

    def checksums(rendered):
        return {c: rendered.get("Deployment", c)["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
                for c in ALL}

    before, after = checksums(plain), checksums(changed)
    assert [c for c in ALL if before[c] != after[c]] == ["poison"]


def test_names_fit_whatever_the_release_is_called():
    objects = Rendered(release="r" * 53).objects
    assert max(len(each["metadata"]["name"]) for each in objects) <= 63


# Workloads


def test_there_are_four_apis_and_workers_of_the_trainers_image(plain):
    assert set(plain.kind("Deployment")) == {f"hemlock-{component}" for component in ALL}
    assert plain.container("trainer-worker")["image"] == plain.container("trainer")["image"]
    assert plain.properties("trainer")["hemlock.work.train.concurrency"] == "0"
    assert plain.properties("trainer-worker")["hemlock.work.train.concurrency"] == "1"


def test_the_api_refuses_what_no_worker_has_memory_for(plain):
    limit = 4 * 2**30 * 85 // 100
    assert plain.properties("trainer")["hemlock.trainer.memory-bytes"] == str(limit)
    assert plain.properties("trainer-worker")["hemlock.trainer.memory-bytes"] == str(limit)


def test_services_find_each_other(plain):
    calls = {"poison": ("dataset", "evaluation"), "trainer": ("dataset",), "trainer-worker": ("dataset",),
             "evaluator": ("dataset", "poison", "training")}
    services = {"dataset": "dataset", "poison": "poison", "training": "trainer", "evaluation": "evaluator"}
    for component, clients in calls.items():
        properties = plain.properties(component)
        for client in clients:
            service = plain.get("Service", services[client])
            assert properties[f"quarkus.grpc.clients.{client}.host"] == service["metadata"]["name"]
            assert properties[f"quarkus.grpc.clients.{client}.port"] == str(service["spec"]["ports"][0]["port"])


def test_every_service_selects_the_pods_of_its_component_only(plain):
    for component in ALL:
        selector = plain.get("Service", component)["spec"]["selector"]
        selected = [name for name, each in plain.kind("Deployment").items()
                    if selector.items() <= each["spec"]["template"]["metadata"]["labels"].items()]
        assert selected == [f"hemlock-{component}"]


def test_probes_leave_time_for_a_slow_start_and_a_busy_trainer(plain):
    for component in ALL:
        container = plain.container(component)
        startup, liveness = container["startupProbe"], container["livenessProbe"]
        patience = 60
        assert startup["periodSeconds"] * startup["failureThreshold"] >= 2 * patience
        assert liveness["periodSeconds"] * liveness["failureThreshold"] >= 120


def test_a_pod_has_time_to_save_what_it_works_on(plain):
    farewell, clients = 20, 10
    for component in ALL:
        hook = plain.container(component).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        assert plain.pod(component)["terminationGracePeriodSeconds"] - hook >= farewell + clients + 15


def test_a_mesh_may_encrypt_instead():
    meshed = Rendered({"tls": {"existingSecret": "", "plaintext": "allowed"}})
    assert meshed.properties("dataset")["hemlock.tls.plaintext"] == "allowed"
    assert meshed.container("dataset")["livenessProbe"]["httpGet"]["scheme"] == "HTTP"
    assert meshed.get("Service", "dataset")["spec"]["ports"][0]["appProtocol"] == "kubernetes.io/h2c"


def test_each_service_can_be_somebody_of_its_own():
    secure = Rendered(example="secure")
    users, stores, clients = set(), set(), set()
    for component in APIS:
        users.add(secure.properties(component)["hemlock.kafka.username"])
        secrets = {each["name"]: each["valueFrom"]["secretKeyRef"]["name"]
                   for each in secure.container(component)["env"] if "valueFrom" in each}
        stores.add(secrets["HEMLOCK_STORAGE_SECRET_KEY"])
        clients.add(secrets["HEMLOCK_AUTH_SERVICE_CLIENT_SECRET"])
        assert secrets["HEMLOCK_KAFKA_PASSWORD"] == f"hemlock-{component}"
    assert len(users) == len(stores) == len(clients) == 4


def test_what_is_mounted_is_where_the_configuration_looks(rendered):
    for component in ALL:
        container = rendered.container(component)
        mounts = tuple(each["mountPath"] + "/" for each in container["volumeMounts"])
        assert container["workingDir"] + "/config/" in mounts
        paths = [value for value in rendered.properties(component).values() if value.startswith("/") and value != "/tmp"]
        assert paths and all(path.startswith(mounts) for path in paths), paths


def test_secrets_are_only_ever_referred_to(rendered):
    assert not rendered.kind("Secret")
    for each in rendered.kind("Deployment").values():
        for variable in each["spec"]["template"]["spec"]["containers"][0]["env"]:
            if re.search("KEY|PASSWORD|CLIENT", variable["name"]):
                assert "secretKeyRef" in variable["valueFrom"]


def all_pods(rendered):
    pods = [each["spec"]["template"]["spec"] for each in rendered.kind("Deployment").values()]
    pods += [each["spec"] for each in rendered.kind("Pod").values()]
    assert len(pods) == 6
    return pods


def test_every_pod_keeps_to_pod_security_restricted(rendered):
    for pod in all_pods(rendered):
        assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers", "ephemeralContainers"} & set(pod)
        assert {kind for volume in pod["volumes"] for kind in volume} <= {"name", "emptyDir", "configMap", "secret"}
        context = pod["securityContext"]
        assert context["runAsNonRoot"] is True and context["runAsUser"] == context["runAsGroup"] == 10001
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        assert "sysctls" not in context
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
            assert not any("hostPort" in port for port in container.get("ports", []))


def test_every_pod_has_limits_on_memory_and_disk(rendered):
    for pod in all_pods(rendered):
        for container in pod["containers"]:
            assert {"memory", "ephemeral-storage"} <= set(container["resources"]["limits"])
            assert "cpu" in container["resources"]["requests"]
        assert all("sizeLimit" in volume["emptyDir"] for volume in pod["volumes"] if "emptyDir" in volume)


def test_every_image_has_a_version(rendered):
    for pod in all_pods(rendered):
        for container in pod["containers"]:
            assert re.search(r"(:[0-9][^:/@]*|@sha256:[0-9a-f]{64})$", container["image"]), container["image"]


def test_the_chart_makes_no_secrets_and_asks_for_no_rights(rendered):
    kinds = {each["kind"] for each in rendered.objects}
    assert not kinds & {"Secret", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"}


def test_no_pod_has_a_token(rendered):
    assert not any(pod["automountServiceAccountToken"] for pod in all_pods(rendered))
    assert not any(each["automountServiceAccountToken"] for each in rendered.kind("ServiceAccount").values())


def test_budgets_where_there_is_more_than_one_pod():
    assert set(Rendered().kind("PodDisruptionBudget")) == {f"hemlock-{c}" for c in APIS}
    assert not Rendered({"defaults": {"replicas": 1}}).kind("PodDisruptionBudget")
    assert "hemlock-trainer-worker" in Rendered({"worker": {"replicas": 2}}).kind("PodDisruptionBudget")
    assert set(Rendered({"poison": {"replicas": 1, "autoscaling": {"enabled": True}}})
               .kind("PodDisruptionBudget")) == {f"hemlock-{c}" for c in APIS}


def test_an_autoscaler_alone_decides_how_many_pods():
    everything = Rendered(EVERYTHING)
    assert set(everything.kind("HorizontalPodAutoscaler")) == {f"hemlock-{c}" for c in APIS}
    for each in everything.kind("Deployment").values():
        assert "replicas" not in each["spec"]


def test_workers_scale_by_the_backlog_that_the_api_exports():
    scaled = Rendered(merge(EVERYTHING, {"worker": {"concurrency": 2}})).get("ScaledObject", "trainer-worker")["spec"]
    assert scaled["scaleTargetRef"]["name"] == "hemlock-trainer-worker"
    assert (scaled["minReplicaCount"], scaled["maxReplicaCount"]) == (0, 10)
    (trigger,) = scaled["triggers"]
    assert trigger["metadata"]["query"] == (
        f'max(hemlock_work_backlog{{stage="train",namespace="{NAMESPACE}",service="hemlock-trainer"}})')
    assert trigger["metadata"]["threshold"] == "2"
    assert trigger["metadata"]["ignoreNullValues"] == "false"


def test_gpu_workers_ask_for_a_gpu_and_use_it():
    gpu = Rendered(example="gpu")
    container, pod = gpu.container("trainer-worker"), gpu.pod("trainer-worker")
    assert container["resources"]["limits"]["nvidia.com/gpu"] == 1
    assert container["image"].startswith("registry.example.com/hemlock/trainer-service-cuda:")
    assert gpu.properties("trainer-worker")["hemlock.torch.device"] == "cuda"
    assert pod["runtimeClassName"] == "nvidia" and pod["priorityClassName"] == "batch"
    assert pod["nodeSelector"] and pod["tolerations"]
    assert "nvidia.com/gpu" not in gpu.container("trainer")["resources"]["limits"]
    assert gpu.container("trainer")["image"].startswith("registry.example.com/hemlock/trainer-service:")
    assert "hemlock.trainer.memory-bytes" not in gpu.properties("trainer")


def test_pods_spread_as_told():
    for component in ALL:
        (constraint,) = Rendered(example="secure").pod(component)["topologySpreadConstraints"]
        assert constraint["labelSelector"]["matchLabels"]["app.kubernetes.io/component"] == component


def test_admission_is_enforced_by_whoever_trains():
    secure = Rendered(example="secure")
    assert secure.properties("trainer")["hemlock.trainer.admission"] == "enforce"
    assert secure.properties("trainer-worker")["hemlock.trainer.admission"] == "enforce"
    assert secure.properties("dataset")["hemlock.dataset.admission.public-keys"] == "/etc/hemlock-approval-keys/keys.pem"


def test_topics_come_from_who_was_told():
    assert Rendered().properties("dataset")["hemlock.kafka.create-topics"] == "true"
    assert Rendered(example="external").properties("dataset")["hemlock.kafka.create-topics"] == "false"
    secure = Rendered(example="secure")
    assert secure.properties("dataset")["hemlock.kafka.create-topics"] == "false"
    stages = ("poison", "train", "evaluate", "experiment", "detect", "certify")
    assert set(secure.kind("KafkaTopic")) == {
        *(f"hemlock.{name}.v1" for name in ("events", "results", "dead-letters")),
        *(f"hemlock.work.{stage}.v1" for stage in stages)}


# Networks


def selects(selector, labels):
    return selector.get("matchLabels", {}).items() <= labels.items()


class Network:
    """Which traffic between the release's own pods the rendered policies allow."""

    def __init__(self, rendered):
        self.policies = list(rendered.kind("NetworkPolicy").values())
        self.pods = {name.removeprefix("hemlock-"): each["spec"]["template"]["metadata"]["labels"]
                     for name, each in rendered.kind("Deployment").items()}
        self.pods["test"] = rendered.get("Pod", "test")["metadata"]["labels"]

    def rules(self, pod, direction):
        chosen = [each["spec"] for each in self.policies if selects(each["spec"]["podSelector"], self.pods[pod])]
        assert any(direction in (each["policyTypes"]) and not each.get(direction.lower()) for each in chosen), pod
        return [rule for each in chosen for rule in each.get(direction.lower()) or []]

    def reaches(self, source, target):
        def allows(rules, key, other):
            return any("podSelector" in peer and "namespaceSelector" not in peer
                       and selects(peer["podSelector"], self.pods[other])
                       for rule in rules for peer in rule.get(key, []))

        return (allows(self.rules(source, "Egress"), "to", target)
                and allows(self.rules(target, "Ingress"), "from", source))


def test_only_named_calls_pass(plain):
    network = Network(plain)
    passes = {(a, b) for a in network.pods for b in network.pods if network.reaches(a, b)}
    assert passes == {
        ("poison", "dataset"), ("poison", "evaluator"),
        ("trainer", "dataset"), ("trainer-worker", "dataset"),
        ("evaluator", "dataset"), ("evaluator", "poison"), ("evaluator", "trainer"),
        *(("test", api) for api in APIS)}


def test_nobody_calls_a_worker_and_only_monitoring_reads_it(plain):
    assert not Network(plain).rules("trainer-worker", "Ingress")
    secure = Rendered(example="secure")
    (rule,) = Network(secure).rules("trainer-worker", "Ingress")
    assert rule["from"] == [{
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}},
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "prometheus"}}}]


def test_the_way_out_leads_to_names_store_brokers_issuer_and_services(plain):
    for component in ALL:
        names, store, brokers, issuer, *services = Network(plain).rules(component, "Egress")
        assert {port["port"] for port in names["ports"]} == {53}
        assert [port["port"] for port in store["ports"]] == [443]
        assert [port["port"] for port in brokers["ports"]] == [9092]
        assert [port["port"] for port in issuer["ports"]] == [443]
        assert all(rule["to"] for rule in services)


@pytest.mark.parametrize(("endpoint", "port"), [
    ("http://minio:9000", 9000), ("http://minio", 80), ("https://s3.example.com/", 443), ("https://s3:9443", 9443)])
def test_the_stores_port_is_that_of_its_address(endpoint, port):
    rules = Network(Rendered({"storage": {"endpoint": endpoint}})).rules("dataset", "Egress")
    assert rules[1]["ports"] == [{"port": port, "protocol": "TCP"}]


def test_more_ways_out_are_open_once_they_are_named(plain):
    collector = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "tracing"}}}
    wider = Network(Rendered({"networkPolicy": {"others": [{"to": [collector], "ports": [4317]}]}}))
    for component in ALL:
        before, after = Network(plain).rules(component, "Egress"), wider.rules(component, "Egress")
        assert [rule for rule in after if rule not in before] == [
            {"to": [collector], "ports": [{"port": 4317, "protocol": "TCP"}]}]


@pytest.mark.parametrize("example", NAMES)
def test_every_example_names_every_peer(example):
    network = Network(Rendered(example=example))
    for component in ALL:
        assert all(rule.get("to") for rule in network.rules(component, "Egress"))
        assert all(rule.get("from") for rule in network.rules(component, "Ingress"))


@pytest.mark.parametrize("example", ["laptop", "secure", "gpu"])
def test_peers_in_the_cluster_are_where_their_addresses_lead(example):
    rendered = Rendered(example=example)
    network = Network(rendered)
    for component in ALL:
        properties = rendered.properties(component)
        _, store, brokers, *_ = network.rules(component, "Egress")
        for rule, address in ((store, properties["hemlock.storage.endpoint"]),
                              (brokers, "//" + properties["hemlock.kafka.bootstrap-servers"])):
            to = urlsplit(address)
            namespace = to.hostname.split(".")[1]
            assert rule == {
                "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}],
                "ports": [{"port": to.port, "protocol": "TCP"}]}


# Example manifests


def manifests(path, kind):
    return [each for each in yaml.safe_load_all((EXAMPLES / path).read_text()) if each["kind"] == kind]


@pytest.mark.parametrize("manifest", sorted(EXAMPLES.glob("*/*.yaml")), ids=lambda path: path.name)
def test_the_example_manifests_fit_their_schemas(manifest):
    for each in yaml.safe_load_all(manifest.read_text()):
        try:
            kubernetes_validate.validate(each, KUBERNETES, strict=True)
        except kubernetes_validate.SchemaNotFoundError:
            assert each["apiVersion"] == "kafka.strimzi.io/v1"


def test_examples_fit_their_manifests():
    names = {f'hemlock-{component}' for component in APIS}
    assert names == set(identities.SERVICES) == set(Rendered(example="laptop").kind("Service")) - {"hemlock-trainer-worker"}
    (kafka,) = manifests("strimzi/kafka.yaml", "Kafka")
    cluster, (listener,) = kafka["metadata"], kafka["spec"]["kafka"]["listeners"]
    assert Rendered(example="laptop").properties("dataset")["hemlock.kafka.bootstrap-servers"] == (
        f'{cluster["name"]}-kafka-bootstrap.{cluster["namespace"]}:{listener["port"]}')
    (service,) = manifests("store/minio.yaml", "Service")
    assert Rendered(example="laptop").properties("dataset")["hemlock.storage.endpoint"] == (
        f'http://{service["metadata"]["name"]}.{service["metadata"]["namespace"]}:{service["spec"]["ports"][0]["port"]}')


def test_kafka_users_may_do_what_the_policies_say():
    allowed = []
    for user in manifests("strimzi/secure.yaml", "KafkaUser"):
        for rule in user["spec"]["authorization"]["acls"]:
            assert set(rule) == {"resource", "operations"}
            resource = rule["resource"]
            pattern = {"literal": "LITERAL", "prefix": "PREFIXED"}[resource.get("patternType", "literal")]
            for operation in rule["operations"]:
                allowed.append([user["metadata"]["name"], re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).upper(),
                                resource["type"].upper(), pattern, resource["name"]])
    _, *rules = csv.reader(KAFKA_ACLS.read_text().splitlines())
    assert sorted(allowed) == sorted(rules)


@pytest.mark.parametrize("example", ["secure", "gpu"])
def test_kafka_users_can_log_in(example):
    (kafka,) = manifests("strimzi/secure.yaml", "Kafka")
    cluster, spec = kafka["metadata"], kafka["spec"]
    (listener,) = spec["kafka"]["listeners"]
    assert listener["tls"] and spec["kafka"]["authorization"] == {"type": "simple"}
    users = {}
    for each in manifests("strimzi/secure.yaml", "KafkaUser"):
        assert each["metadata"]["namespace"] == spec["entityOperator"]["userOperator"]["watchedNamespace"] == NAMESPACE
        assert each["metadata"]["labels"]["strimzi.io/cluster"] == cluster["name"]
        users[each["metadata"]["name"]] = each["spec"]["authentication"]
    rendered = Rendered(example=example)
    for component in ALL:
        properties = rendered.properties(component)
        assert properties["hemlock.kafka.bootstrap-servers"] == (
            f'{cluster["name"]}-kafka-bootstrap.{cluster["namespace"]}.svc:{listener["port"]}')
        assert properties["hemlock.kafka.security-protocol"] == "SASL_SSL"
        user = properties["hemlock.kafka.username"]
        assert user == f'hemlock-{component.removesuffix("-worker")}'
        assert users[user] == listener["authentication"] == {
            "type": properties["hemlock.kafka.sasl-mechanism"].lower()}
        # The Secret that the user operator makes.
        (password,) = (each["valueFrom"]["secretKeyRef"] for each in rendered.container(component)["env"]
                       if each["name"] == "HEMLOCK_KAFKA_PASSWORD")
        assert password == {"name": user, "key": "password"}
    # The users may create none.
    topics = rendered.kind("KafkaTopic").values()
    assert topics
    for topic in topics:
        assert topic["metadata"]["labels"]["strimzi.io/cluster"] == cluster["name"]
        assert topic["metadata"]["namespace"] == cluster["namespace"]


def test_the_kafka_clusters_differ_in_who_may_log_in_only():
    (plain,), (secure,) = (manifests(f"strimzi/{name}.yaml", "Kafka") for name in ("kafka", "secure"))
    for each in (plain, secure):
        del each["spec"]["kafka"]["listeners"]
    del secure["spec"]["kafka"]["authorization"]
    del secure["spec"]["entityOperator"]["userOperator"]
    assert plain == secure
    assert manifests("strimzi/kafka.yaml", "KafkaNodePool") == manifests("strimzi/secure.yaml", "KafkaNodePool")
