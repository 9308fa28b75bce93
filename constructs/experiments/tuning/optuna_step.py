"""Searches the hyperparameters of a scikit-learn estimator with Optuna (https://optuna.org) on a table, and writes what it found.

Usage: optuna_step.py --table FILE.csv --target COLUMN --estimator sklearn.module.Class --space JSON --out FOLDER
                      [--trials 50] [--folds 5] [--scoring NAME] [--seed 0] [--study NAME]

The space names each hyperparameter:
  {"max_depth": {"type": "int", "low": 2, "high": 16}, "C": {"type": "float", "low": 0.001, "high": 100, "log": true},
   "criterion": {"type": "categorical", "choices": ["gini", "entropy"]}}
Writes best.json (parameters, score, trials, versions) and trials.csv (each trial's number, state, score and parameters).
The score is the mean over the folds, in the folds of one seed, so that trials can be compared.
OPTUNA_STORAGE, a database's URL, lets several runs share a study; without it the study lives as long as the run.
Exits 0 when it wrote both, 2 with a sentence on stderr when it was told something that cannot be done.
"""
import argparse
import csv
import importlib
import json
import os
import sys
from pathlib import Path

import numpy
import optuna
import sklearn
from sklearn.base import is_classifier
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score


def refuse(what):
    print(f"optuna_step: {what}", file=sys.stderr)
    raise SystemExit(2)


def read_table(path, target):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    if len(rows) < 2:
        refuse(f"{path} holds no rows, because a table is a line of names and at least one line of values; give it another")
    names = rows[0]
    if target not in names:
        refuse(f"{path} has no column '{target}', because its columns are {', '.join(names)}; name one of those as --target")
    column = names.index(target)
    try:
        features = numpy.array([[float(value) for i, value in enumerate(row) if i != column] for row in rows[1:]])
    except ValueError as error:
        refuse(f"{path} cannot be read as numbers ({error}); encode every column but the target as numbers first")
    values = [row[column] for row in rows[1:]]
    return features, values


def load_estimator(name):
    module, _, symbol = name.rpartition(".")
    if not (module == "sklearn" or module.startswith("sklearn.")):
        refuse(f"the estimator '{name}' is not scikit-learn's; give its full name, such as sklearn.ensemble.RandomForestClassifier")
    try:
        return getattr(importlib.import_module(module), symbol)
    except (ImportError, AttributeError):
        refuse(f"scikit-learn {sklearn.__version__} has no '{name}'; give a full name, such as sklearn.ensemble.RandomForestClassifier")


def suggest(trial, name, spec):
    kind = spec.get("type")
    if kind == "int":
        return trial.suggest_int(name, spec["low"], spec["high"], step=spec.get("step", 1), log=spec.get("log", False))
    if kind == "float":
        return trial.suggest_float(name, spec["low"], spec["high"], step=spec.get("step"), log=spec.get("log", False))
    if kind == "categorical":
        return trial.suggest_categorical(name, spec["choices"])
    refuse(f"the hyperparameter '{name}' is of the type '{kind}', because the types are int, float and categorical; use one of those")


def check_space(text):
    try:
        space = json.loads(text)
    except json.JSONDecodeError as error:
        refuse(f"the space cannot be read as JSON ({error}); see --help for its form")
    if not isinstance(space, dict) or not space:
        refuse("the space names no hyperparameter, so there is nothing to search; see --help for its form")
    for name, spec in space.items():
        needs = {"int": ("low", "high"), "float": ("low", "high"), "categorical": ("choices",)}.get(spec.get("type"))
        if needs is None:
            suggest(None, name, spec)
        for key in needs:
            if key not in spec:
                refuse(f"the hyperparameter '{name}' says no '{key}', which {spec['type']} needs; add it")
    return space


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag in ("--table", "--target", "--estimator", "--space", "--out"):
        parser.add_argument(flag, required=True)
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--scoring", default=None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--study", default=None)
    args = parser.parse_args()

    space = check_space(args.space)
    estimator = load_estimator(args.estimator)
    features, labels = read_table(args.table, args.target)
    seeded = {"random_state": args.seed} if "random_state" in estimator().get_params() else {}
    classifies = is_classifier(estimator())
    target = numpy.array(labels) if classifies else numpy.array([float(label) for label in labels])
    splits = (StratifiedKFold if classifies else KFold)(args.folds, shuffle=True, random_state=args.seed)

    unknown = sorted(set(space) - set(estimator().get_params()))
    if unknown:
        refuse(f"{args.estimator} has no hyperparameter '{unknown[0]}', because it has {', '.join(estimator().get_params())}; mend the space")

    def objective(trial):
        chosen = {name: suggest(trial, name, spec) for name, spec in space.items()}
        model = estimator(**seeded, **chosen)
        return float(cross_val_score(model, features, target, cv=splits, scoring=args.scoring, error_score="raise").mean())

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        study_name=args.study,
        storage=os.environ.get("OPTUNA_STORAGE") or None,
        load_if_exists=True,
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=args.seed),
    )
    # A combination that scikit-learn refuses (a solver without that penalty) fails its trial, not the study.
    study.optimize(objective, n_trials=args.trials, catch=(ValueError,))
    done = [trial for trial in study.trials if trial.state == optuna.trial.TrialState.COMPLETE]
    if not done:
        refuse(f"all of {len(study.trials)} trials failed, so there is no best one; see trials' messages above and mend the space")

    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    best = {
        "estimator": args.estimator,
        "parameters": study.best_params,
        "score": study.best_value,
        "scoring": args.scoring or "the estimator's own",
        "trials": len(study.trials),
        "failed": len(study.trials) - len(done),
        "rows": len(labels),
        "versions": {"optuna": optuna.__version__, "scikit-learn": sklearn.__version__},
    }
    (out / "best.json").write_text(json.dumps(best, indent=2) + "\n")
    with open(out / "trials.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "state", "score", *space])
        for trial in study.trials:
            writer.writerow([trial.number, trial.state.name, trial.value, *(trial.params.get(name) for name in space)])
    print(json.dumps(best))


if __name__ == "__main__":
    main()
