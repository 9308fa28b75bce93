"""Makes the example models, their held-out tables and their reference profiles.

    python -m venv /tmp/models && /tmp/models/bin/pip install -r tools/models/requirements.txt
    /tmp/models/bin/python tools/models/make.py            # writes into examples/models

The data sets ship with scikit-learn, so nothing is fetched. The same versions on the same kind of
machine give the same bytes: every seed is a constant below, and training runs on one thread, since
BLAS may add in another order on several.
"""

import argparse
import csv
import hashlib
import json
import platform
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import scipy
import skl2onnx
import sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

SPLIT_SEED = 20261123
MODEL_SEED = 7
HELD_OUT_SHARE = 0.4
HIDDEN_UNITS = (16,)
# Few bins: the expected PSI of an unshifted window of n rows is about (bins - 1) * (1/n + 1/N),
# 0.08 for n = 57, N = 341 and five bins, against a customary threshold of 0.2; ten bins would give 0.18.
BINS = 5
# The newest opset of the default domain that Triton's and onnxruntime's releases of the last years all read.
OPSETS = {"": 17, "ai.onnx.ml": 3}


def feature_name(name):
    return name.replace(" ", "_")


def profile_of(rows, names, model, version, input_name):
    """The reference profile that @plinth/contract describes. A value on an edge belongs to the bin below it."""
    features = []
    for index, name in enumerate(names):
        values = np.sort(rows[:, index])
        cuts = [step / BINS for step in range(1, BINS)]
        # inverted_cdf picks observed values; repeated ones (few distinct values) collapse into one edge.
        edges = np.unique(np.quantile(values, cuts, method="inverted_cdf"))
        counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
        features.append(
            {
                "name": name,
                "edges": [float(edge) for edge in edges],
                "shares": [int(count) / len(values) for count in counts],
                "sample": [float(value) for value in values],
            }
        )
    return {
        "schemaVersion": 1,
        "model": model,
        "version": version,
        "input": input_name,
        "datatype": "FP32",
        "rows": len(rows),
        "features": features,
    }


def profile_text(profile):
    """JSON with one feature a line, so that a difference can be read."""
    head = {key: value for key, value in profile.items() if key != "features"}
    lines = ",\n".join("    " + json.dumps(feature, separators=(",", ":")) for feature in profile["features"])
    return json.dumps(head)[:-1] + ', "features": [\n' + lines + "\n]}\n"


CONFIG = """# Triton's model configuration; the batch axis is the model's own, hence max_batch_size 0.
name: "tumour"
backend: "onnxruntime"
max_batch_size: 0
input [ { name: "features", data_type: TYPE_FP32, dims: [ -1, 30 ] } ]
output [
  { name: "label", data_type: TYPE_INT64, dims: [ -1 ] },
  { name: "probabilities", data_type: TYPE_FP32, dims: [ -1, 2 ] }
]
"""

PROVENANCE = """# Where the example models come from

Made by [`tools/models/make.py`](../../tools/models/make.py); no file here is edited by hand.

## tumour
| | |
|---|---|
| Data set | Breast Cancer Wisconsin (Diagnostic): {total} rows, {features} features, no missing values; W. H. Wolberg, W. N. Street, O. L. Mangasarian, 1995 |
| Source | `sklearn.datasets.load_breast_cancer()`, which scikit-learn documents as "a copy of UCI ML Breast Cancer Wisconsin (Diagnostic) datasets", <https://goo.gl/U2Uwz2> |
| Licence of the data | CC BY 4.0, as the UCI repository states it for this data set (<https://doi.org/10.24432/C5DW2B>); scikit-learn's description names none |
| Rows | {train} for training, {held} held out ({share:.0%}), stratified by label, split and order by `train_test_split(random_state={split_seed})` |
| Labels | 0 malignant, 1 benign |
| Model | `StandardScaler` and `MLPClassifier(hidden_layer_sizes={hidden}, random_state={model_seed})` on float32 |
| Interface | input `features` FP32 [batch, {features}]; outputs `label` INT64 [batch] and `probabilities` FP32 [batch, 2] |
| Accuracy | {accuracy:.4f} on the held-out rows ({right} of {held}), log loss {loss:.4f}, both from the ONNX file by onnxruntime; scikit-learn itself agrees on every label |
| Profile | from the training rows only: all {train} values of each feature, and {bins} quantile bins |

For trying Plinth out, not for diagnosing anybody.

## Files
| file | bytes | sha256 |
|---|---|---|
{files}

## Versions
{versions}
"""


def make_tumour(out):
    data = load_breast_cancer()
    names = [feature_name(name) for name in data.feature_names]
    train_x, held_x, train_y, held_y = train_test_split(
        data.data, data.target, test_size=HELD_OUT_SHARE, random_state=SPLIT_SEED, stratify=data.target
    )
    pipeline = make_pipeline(
        StandardScaler(), MLPClassifier(hidden_layer_sizes=HIDDEN_UNITS, max_iter=1000, random_state=MODEL_SEED)
    )
    with threadpool_limits(limits=1):
        pipeline.fit(train_x.astype(np.float32), train_y)

    model = skl2onnx.to_onnx(
        pipeline,
        name="tumour",
        initial_types=[("features", FloatTensorType([None, len(names)]))],
        options={"zipmap": False},
        target_opset=OPSETS,
    )
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    onnx.checker.check_model(model, full_check=True)

    folder = out / "tumour"
    (folder / "1").mkdir(parents=True, exist_ok=True)
    (folder / "1" / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    (folder / "1" / "profile.json").write_text(profile_text(profile_of(train_x, names, "tumour", "1", "features")))
    (folder / "config.pbtxt").write_text(CONFIG)
    with open(folder / "heldout.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, "label"])
        for row, label in zip(held_x, held_y):
            writer.writerow([*(repr(float(value)) for value in row), int(label)])

    session = onnxruntime.InferenceSession(str(folder / "1" / "model.onnx"), providers=["CPUExecutionProvider"])
    labels, probabilities = session.run(["label", "probabilities"], {"features": held_x.astype(np.float32)})
    if not np.array_equal(labels, pipeline.predict(held_x.astype(np.float32))):
        raise ValueError("the ONNX file and scikit-learn disagree on a held-out label")
    return {
        "total": len(data.target),
        "features": len(names),
        "train": len(train_y),
        "held": len(held_y),
        "share": HELD_OUT_SHARE,
        "split_seed": SPLIT_SEED,
        "model_seed": MODEL_SEED,
        "hidden": HIDDEN_UNITS,
        "bins": BINS,
        "accuracy": float(np.mean(labels == held_y)),
        "right": int(np.sum(labels == held_y)),
        "loss": float(log_loss(held_y, probabilities)),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[2] / "examples" / "models")
    out = parser.parse_args().out
    facts = make_tumour(out)
    files = []
    for path in sorted(out.glob("tumour/**/*")):
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            files.append(f"| `{path.relative_to(out)}` | {path.stat().st_size} | `{digest}` |")
    modules = [np, onnx, onnxruntime, sklearn, scipy, skl2onnx]
    versions = [f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"]
    versions += [f"{module.__name__} {module.__version__}" for module in modules]
    text = PROVENANCE.format(**facts, files="\n".join(files), versions=", ".join(versions) + ".")
    (out / "PROVENANCE.md").write_text(text)
    print(f"{out}: held-out accuracy {facts['accuracy']:.4f}, log loss {facts['loss']:.4f}")


if __name__ == "__main__":
    main()
