"""Looks into the archives that deploy/images/build has left: what each says of itself, what it brings and what
it weighs."""
import json
import re

import pytest

from oci import IMAGES, Archive

# The most megabytes that each may have, on the base that deploy/images/base makes.
MEGABYTES = {"cli": 110, "dataset-service": 140, "poison-service": 140, "evaluator-service": 280,
             "trainer-service": 280, "trainer-service-cuda": 140}
LIBTORCH = re.compile(r"pytorch-native|libtorch|libc10")


class Image:
    def __init__(self, name):
        self.path = IMAGES / f"{name}.tar"
        self.files = set()
        with Archive(self.path) as archive:
            self.config = archive.config["config"]
            self.layers = archive.layers
            for digest in self.layers:
                with archive.layer(digest) as layer:
                    self.files |= {entry.name for entry in layer if not entry.isdir()}
        self.environment = dict(each.split("=", 1) for each in self.config["Env"])
        self.parts = json.loads((IMAGES / f"{name}.cdx.json").read_text())["components"]


@pytest.fixture(scope="module", params=MEGABYTES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def image(name):
    return Image(name)


def test_it_says_what_it_is(name, image):
    labels = image.config["Labels"]
    prefix = "org.opencontainers.image."
    assert labels[prefix + "title"] == "Hemlock: " + name.removesuffix("-cuda").replace("cli", "command line").replace("-", " ")
    assert labels[prefix + "version"]
    assert labels[prefix + "licenses"] == "Apache-2.0"
    assert len(labels[prefix + "description"]) > 20


def test_it_starts_java_as_a_user_without_rights(image):
    assert image.config["User"] == "10001:10001"
    command, option, jar = image.config["Entrypoint"]
    assert (command, option) == ("java", "-jar")
    assert jar.lstrip("/") in image.files
    assert "opt/java/bin/java" in image.files


def test_it_brings_no_shell(image):
    assert not [file for file in image.files if re.search(r"bin/\w*sh$", file)]


def test_its_bill_lists_every_library(image):
    listed = [f'{group}{part["name"]}-{part["version"]}' for part in image.parts for group in ("", part["group"] + ".")]
    libraries = {file.rsplit("/", 1)[1] for file in image.files if file.startswith("opt/hemlock/lib/")}
    assert libraries
    assert not {each for each in libraries if not each.startswith(tuple(listed))}


def test_it_weighs_no_more_than_it_should(name, image):
    assert image.path.stat().st_size < MEGABYTES[name] * 1_000_000


def test_libtorch_is_where_networks_compute_on_the_processor(name, image):
    brought = {file for file in image.files if LIBTORCH.search(file)}
    listed = {part["name"] for part in image.parts if LIBTORCH.search(part["name"])}
    computes = name in ("trainer-service", "evaluator-service")
    assert bool(brought) == bool(listed) == computes, (brought, listed)


def test_the_trainer_for_gpus_takes_libtorch_from_its_base():
    processor, gpu = Image("trainer-service"), Image("trainer-service-cuda")
    more = {key: value for key, value in gpu.environment.items() if processor.environment.get(key) != value}
    version = next(part["version"] for part in gpu.parts if part["name"] == "pytorch-jni").split("-")[0]
    assert more == {
        "PYTORCH_LIBRARY_PATH": "/opt/libtorch", "PYTORCH_VERSION": version, "PYTORCH_FLAVOR": "cu128",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8", "HEMLOCK_TORCH_DEVICE": "cuda"}
    assert gpu.layers[0] == processor.layers[0], "both are on the same base here"
    assert [file for file in gpu.files if "pytorch-jni" in file], "what calls libtorch comes with the service"
