"""OCI images in tar files, as deploy/images/build leaves them."""
import json
import tarfile
from pathlib import Path

IMAGES = Path(__file__).resolve().parents[2] / "images" / "target"


class Archive:
    """What an image says of itself, and its layers by their digests, from the lowest up."""

    def __init__(self, path):
        self.tar = tarfile.open(path)
        index = json.load(self.tar.extractfile("index.json"))
        manifest = json.load(self._blob(index["manifests"][0]["digest"]))
        self.config = json.load(self._blob(manifest["config"]["digest"]))
        self.layers = [layer["digest"] for layer in manifest["layers"]]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tar.close()

    def layer(self, digest):
        return tarfile.open(fileobj=self._blob(digest))

    def _blob(self, digest):
        return self.tar.extractfile("blobs/" + digest.replace(":", "/"))
