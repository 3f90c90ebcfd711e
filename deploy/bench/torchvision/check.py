"""Compares a Hemlock model and its evaluation with torchvision and scikit-learn; see README.md."""

import argparse
import base64
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

import numpy as np
import sklearn
import torch
import torchvision
from PIL import Image
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

TOLERANCE = 1e-4
GRPCURL = shutil.which("grpcurl") or str(
    pathlib.Path(__file__).resolve().parents[2] / ".bin" / "grpcurl"
)


def call(address, method, request):
    """The JSON text of a call's answers, one after another."""
    command = [GRPCURL, "-plaintext", "-emit-defaults", "-max-msg-sz", str(1 << 26)]
    command += ["-d", json.dumps(request), address, method]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def camel(value):
    """The same with lowerCamelCase names; some builds of grpcurl print proto names."""
    if isinstance(value, list):
        return [camel(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {re.sub("_(.)", lambda m: m[1].upper(), k): camel(v) for k, v in value.items()}


def one(address, method, name):
    return camel(json.loads(call(address, method, {"name": name})))


def download(address, method, request, path):
    """Joins the chunks of a server stream in a file."""
    decoder, text, at = json.JSONDecoder(), call(address, method, request), 0
    with open(path, "wb") as file:
        while at < len(text.rstrip()):
            message, at = decoder.raw_decode(text, at + (text[at:at + 1] == "\n"))
            file.write(base64.b64decode(message["chunk"]))


def fetch(address, name, directory):
    evaluation = one(address, "hemlock.evaluation.v1.EvaluationService/GetEvaluation", name)
    (directory / "evaluation.json").write_text(json.dumps(evaluation))
    training = "hemlock.training.v1.TrainingService/DownloadModel"
    run, snapshot = evaluation["spec"]["trainingRun"], evaluation["spec"]["snapshot"]
    for kind, file in ("WEIGHTS", "model.safetensors"), ("CARD", "model.json"):
        request = {"name": run, "file": f"MODEL_FILE_{kind}"}
        download(address, training, request, directory / file)
    predictions = "hemlock.evaluation.v1.EvaluationService/DownloadPredictions"
    request = {"name": name, "kind": "PREDICTION_KIND_LOGITS"}
    download(address, predictions, request, directory / "logits.f32")
    export = "hemlock.dataset.v1.DatasetService/ExportSnapshot"
    download(address, export, {"name": snapshot}, directory / "images.tar")


def images(path, split, class_names):
    """The split's images in the order of their ids, uint8 N x H x W x C, and their classes."""
    samples = {}
    with tarfile.open(path) as tar:
        for member in tar:
            parts = member.name.split("/")
            if member.isfile() and parts[0] == split:
                picture = np.asarray(Image.open(io.BytesIO(tar.extractfile(member).read())))
                picture = picture[:, :, None] if picture.ndim == 2 else picture
                label = class_names.index("/".join(parts[1:-1]))
                samples[int(parts[-1].split(".")[0])] = (picture, label)
    order = sorted(samples)
    return np.stack([samples[i][0] for i in order]), np.array([samples[i][1] for i in order])


def model_logits(card, pixels):
    """Runs the model card's own Python in its directory."""
    namespace = {}
    exec(card["python"], namespace)
    batches = [namespace["logits"](torch.from_numpy(b)) for b in np.array_split(pixels, max(1, len(pixels) // 250))]
    return torch.cat(batches).numpy()


def check(directory):
    os.chdir(directory)
    evaluation, card = json.load(open("evaluation.json")), json.load(open("model.json"))
    names = card["classNames"]
    pixels, labels = images("images.tar", evaluation["spec"]["split"], names)
    stored = np.fromfile("logits.f32", "<f4").reshape(len(labels), len(names))
    ours = evaluation["metrics"]

    apart = float(np.abs(model_logits(card, pixels) - stored).max())
    predicted = stored.argmax(1)
    every = range(len(names))
    confusion = confusion_matrix(labels, predicted, labels=list(every))
    figures = precision_recall_fscore_support(
        labels, predicted, labels=list(every), zero_division=0
    )
    same_confusion = [row["counts"] for row in ours["confusion"]] == confusion.tolist()
    mine = [[c[key] for c in ours["perClass"]] for key in ("precision", "recall", "f1", "support")]
    figures_apart = float(max(np.abs(np.array(a, float) - b).max() for a, b in zip(mine, figures)))
    accuracy_apart = abs(ours["accuracy"] - float((labels == predicted).mean()))

    result = {
        "architecture": card["spec"]["recipe"]["architecture"],
        "parameters": card["parameterCount"],
        "samples": len(labels),
        "accuracy": ours["accuracy"],
        "largestLogitDifference": apart,
        "largestLogit": float(np.abs(stored).max()),
        "confusionEqual": same_confusion,
        "largestFigureDifference": figures_apart,
        "accuracyDifference": accuracy_apart,
        "versions": {
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
            "scikit-learn": sklearn.__version__,
        },
    }
    print(json.dumps(result, indent=2))
    return apart <= TOLERANCE and same_confusion and figures_apart < 1e-12 and accuracy_apart < 1e-12


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", help="host:port of the services; omitted: check --directory")
    parser.add_argument("--evaluation", help="evaluations/{id}")
    parser.add_argument("--directory", type=pathlib.Path, help="where the files are kept")
    options = parser.parse_args()
    if options.address is None and options.directory is None:
        parser.error("give --address and --evaluation, or --directory")
    with tempfile.TemporaryDirectory() as scratch:
        directory = (options.directory or pathlib.Path(scratch)).resolve()
        directory.mkdir(parents=True, exist_ok=True)
        if options.address:
            fetch(options.address, options.evaluation, directory)
        sys.exit(0 if check(directory) else 1)


main()
