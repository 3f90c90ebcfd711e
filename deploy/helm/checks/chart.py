"""Renders the chart."""
import subprocess
from pathlib import Path

import yaml

HELM = Path(__file__).resolve().parent.parent
CHART = HELM / "hemlock"
EXAMPLES = HELM / "examples"
NAMES = ("laptop", "external", "secure", "gpu")
RELEASE, NAMESPACE = "hemlock", "hemlock"
KUBERNETES = "1.37"
NEEDED = {
    "image": {"repository": "registry.example.com/hemlock"},
    "storage": {"endpoint": "https://s3.example.com", "existingSecret": "store"},
    "kafka": {"bootstrapServers": "kafka:9092"},
    "tls": {"existingSecret": "tls"},
    "auth": {"issuer": "https://login.example.com", "service": {"existingSecret": "token"}},
    "test": {"tokenSecret": "test-token"},
}


def merge(base, more):
    both = dict(base)
    for key, value in more.items():
        both[key] = merge(both[key], value) if isinstance(value, dict) and isinstance(both.get(key), dict) else value
    return both


def helm(*arguments, values=None):
    command = ["helm", *map(str, arguments)]
    if values is not None:
        command += ["--values", "-"]
    return subprocess.run(command, input=yaml.safe_dump(values), text=True, capture_output=True)


def template(values=None, *, example=None, release=RELEASE):
    """The text that the chart renders, or an error with what Helm says."""
    arguments = ["template", release, CHART, "--namespace", NAMESPACE, "--kube-version", KUBERNETES]
    if example:
        arguments += ["--values", EXAMPLES / f"{example}.yaml"]
    rendered = helm(*arguments, values=values)
    if rendered.returncode:
        raise ValueError(rendered.stderr)
    return rendered.stdout


class Rendered:
    """What the chart renders for values: those that it needs and `values`, or an example and `values`."""

    def __init__(self, values=None, *, example=None, release=RELEASE):
        base = {} if example else NEEDED
        self.text = template(merge(base, values or {}), example=example, release=release)
        self.objects = [each for each in yaml.safe_load_all(self.text) if each]

    def kind(self, kind):
        return {each["metadata"]["name"]: each for each in self.objects if each["kind"] == kind}

    def get(self, kind, component=None):
        name = RELEASE if component is None else f"{RELEASE}-{component}"
        return self.kind(kind)[name]

    def pod(self, component):
        return self.get("Deployment", component)["spec"]["template"]["spec"]

    def container(self, component):
        return self.pod(component)["containers"][0]

    def properties(self, component):
        text = self.get("ConfigMap", component)["data"]["application.properties"]
        return dict(line.split("=", 1) for line in text.splitlines())
