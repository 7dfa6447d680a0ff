"""Serve a scikit-learn model on a processor.

The four functions are those that AWS's scikit-learn container calls (SageMaker inference toolkit); `server` calls the same ones in an
image of one's own. Put this file as ``code/inference.py`` beside ``model.joblib`` into ``model.tar.gz``; train with the version of
scikit-learn that the image has, as the format of its files changes.
"""

from __future__ import annotations

import csv
import io
import json
from importlib import import_module
from pathlib import Path
from typing import Any

MODEL_FILE = "model.joblib"
CSV, JSON = "text/csv", "application/json"


def model_fn(model_dir: str) -> Any:
    """Load the model, once for each worker. A file of joblib can run code as it is loaded: only load what you trained."""
    return import_module("joblib").load(Path(model_dir) / MODEL_FILE)


def input_fn(body: str | bytes, content_type: str) -> list[list[float]]:
    """The rows of features in a request: CSV without a header, or JSON, a list of rows or ``{"instances": [...]}``.

    Raises
    ------
    ValueError
        If the body is not such rows, all of one length. The message says what is wrong and holds none of the data.
    """
    text = body.decode("utf-8") if isinstance(body, bytes) else body
    kind = content_type.partition(";")[0].strip().lower()
    if kind == CSV:
        rows: Any = [row for row in csv.reader(io.StringIO(text)) if row]
    elif kind == JSON:
        rows = json.loads(text)
        rows = rows.get("instances") if isinstance(rows, dict) else rows
    else:
        raise ValueError(f"content type {kind!r} is not served; send {CSV} or {JSON}")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) and row for row in rows):
        raise ValueError("the request has no rows of features; send a list of lists of numbers")
    if len({len(row) for row in rows}) > 1:
        raise ValueError("the rows have different numbers of features")
    try:
        return [[float(value) for value in row] for row in rows]
    except (TypeError, ValueError):
        raise ValueError("a feature is not a number") from None


def predict_fn(rows: list[list[float]], model: Any) -> dict[str, list[Any]]:
    """The predictions, and the probabilities of each class where the model gives them."""
    answer = {"predictions": model.predict(rows).tolist()}
    if hasattr(model, "predict_proba"):
        answer["probabilities"] = model.predict_proba(rows).tolist()
    return answer


def output_fn(answer: dict[str, list[Any]], accept: str) -> tuple[str, str]:
    """The body of the response and its content type: JSON, or the bare predictions as CSV where that is asked for."""
    if accept.partition(";")[0].strip().lower() == CSV:
        return "".join(f"{each}\n" for each in answer["predictions"]), CSV
    return json.dumps(answer), JSON
