"""Calls methods of MLflow's own client, one a line of JSON: {"call": ..., "arguments": {...}}; answers a line each."""

import json
import os
import sys

from mlflow.tracking import MlflowClient

client = MlflowClient(sys.argv[1])


def register(name, path):
    """Logs a file, or the files of a folder, and registers them as the next version; answers its number."""
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    found = client.get_experiment_by_name(name)
    experiment = found.experiment_id if found else client.create_experiment(name)
    run = client.create_run(experiment).info
    log = client.log_artifacts if os.path.isdir(path) else client.log_artifact
    log(run.run_id, path, "model")
    return client.create_model_version(name, f"{run.artifact_uri}/model", run.run_id, await_creation_for=0).version


def describe(name):
    model = client.get_registered_model(name)
    return {"aliases": model.aliases, "tags": model.tags}


def version_tags(name, version):
    return client.get_model_version(name, version).tags


own = {"register": register, "describe": describe, "version_tags": version_tags}
for line in sys.stdin:
    request = json.loads(line)
    answer = (own.get(request["call"]) or getattr(client, request["call"]))(**request["arguments"])
    print(json.dumps(answer, default=str), flush=True)
