"""The sample handler serves a real model on this machine's processor, through the HTTP contract of SageMaker's containers."""

from __future__ import annotations

import http.client
import json
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression

from lean_silicon.runtime.inference import inference
from lean_silicon.runtime.inference.server import LARGEST_BODY, ModelServer


@pytest.fixture(scope="module")
def flowers() -> Any:
    return load_iris()


@pytest.fixture(scope="module")
def model_dir(flowers: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier of Fisher's irises, from the archive that SageMaker would unpack."""
    made = tmp_path_factory.mktemp("made")
    joblib.dump(LogisticRegression(max_iter=500).fit(flowers.data, flowers.target), made / inference.MODEL_FILE)
    with tarfile.open(made / "model.tar.gz", "w:gz") as archive:
        archive.add(made / inference.MODEL_FILE, inference.MODEL_FILE)
        archive.add(Path(str(inference.__file__)), "code/inference.py")
    unpacked = tmp_path_factory.mktemp("model")
    with tarfile.open(made / "model.tar.gz") as archive:
        archive.extractall(unpacked)
    return unpacked


@pytest.fixture(scope="module")
def port(model_dir: Path) -> Iterator[int]:
    server = ModelServer(("127.0.0.1", 0), inference, str(model_dir))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def ask(port: int, method: str, path: str, body: str | bytes = b"", **headers: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    answer = response.status, response.getheader("Content-Type") or "", response.read().decode()
    connection.close()
    return answer


def as_csv(rows: Any) -> str:
    return "\n".join(",".join(str(value) for value in row) for row in rows)


def test_ping_answers_once_the_model_is_loaded(port: int) -> None:
    assert ask(port, "GET", "/ping")[0] == 200


def test_csv_rows_are_classified_as_the_model_itself_does(port: int, flowers: Any, model_dir: Path) -> None:
    status, kind, text = ask(port, "POST", "/invocations", as_csv(flowers.data), Content_Type="text/csv; charset=utf-8")
    answer = json.loads(text)
    assert (status, kind) == (200, "application/json")
    assert answer["predictions"] == inference.model_fn(str(model_dir)).predict(flowers.data).tolist()
    right = sum(said == is_so for said, is_so in zip(answer["predictions"], flowers.target, strict=True))
    assert right / len(flowers.target) > 0.95
    assert all(sum(each) == pytest.approx(1) for each in answer["probabilities"])


@pytest.mark.parametrize("wrapped", [True, False], ids=["instances", "bare list"])
def test_json_rows_give_the_same_as_csv(port: int, flowers: Any, *, wrapped: bool) -> None:
    rows = flowers.data[:5].tolist()
    body = json.dumps({"instances": rows} if wrapped else rows)
    status, _, text = ask(port, "POST", "/invocations", body, Content_Type="application/json")
    assert status == 200
    assert text == ask(port, "POST", "/invocations", as_csv(rows), Content_Type="text/csv")[2]


def test_csv_is_answered_where_it_is_asked_for(port: int, flowers: Any) -> None:
    answer = ask(port, "POST", "/invocations", as_csv(flowers.data[:2]), Content_Type="text/csv", Accept="text/csv")
    assert answer == (200, "text/csv", "0\n0\n")


def test_a_regression_has_no_probabilities(flowers: Any) -> None:
    model = LinearRegression().fit(flowers.data[:, :3], flowers.data[:, 3])
    answer = inference.predict_fn(flowers.data[:2, :3].tolist(), model)
    assert list(answer) == ["predictions"]
    assert answer["predictions"] == pytest.approx(flowers.data[:2, 3], abs=0.2)


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        ("1,2,3\n4,5", "text/csv", "different numbers of features"),
        ("1,x,3,4", "text/csv", "a feature is not a number"),
        ("", "text/csv", "no rows"),
        ("[]", "application/json", "no rows"),
        ('{"rows": [[1]]}', "application/json", "no rows"),
        ("[[1, null]]", "application/json", "a feature is not a number"),
        ("{", "application/json", "Expecting"),
        (b"\xff\xfe", "text/csv", "codec"),
        ("1,2,3,4", "image/png", "is not served; send text/csv or application/json"),
    ],
)
def test_fails_with_the_reason_where_a_request_is_wrong(port: int, body: str | bytes, kind: str, why: str) -> None:
    status, _, text = ask(port, "POST", "/invocations", body, Content_Type=kind)
    assert status == 400
    assert why in json.loads(text)["error"]


def test_fails_without_details_where_the_model_fails_and_goes_on(
    port: int, capsys: pytest.CaptureFixture[str], flowers: Any
) -> None:
    status, _, text = ask(port, "POST", "/invocations", "1234.5,2", Content_Type="text/csv")
    assert (status, json.loads(text)) == (500, {"error": "the model failed"})
    assert "1234.5" not in capsys.readouterr().err
    assert ask(port, "POST", "/invocations", as_csv(flowers.data[:1]), Content_Type="text/csv")[0] == 200


def test_fails_for_other_paths_and_sizes(port: int) -> None:
    assert ask(port, "GET", "/models")[0] == 404
    assert ask(port, "POST", "/other", "1,2", Content_Type="text/csv")[0] == 404
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/invocations")
    connection.putheader("Content-Length", str(LARGEST_BODY + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", "/invocations")
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()


def test_the_log_tells_sizes_and_times_and_no_data(port: int, capsys: pytest.CaptureFixture[str], flowers: Any) -> None:
    ask(port, "POST", "/invocations", "5.125,3.5,1.4,0.2", Content_Type="text/csv")
    ask(port, "GET", "/ping")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [sorted(each) for each in lines] == [["bytes_in", "bytes_out", "milliseconds", "status"]]
    assert lines[0]["bytes_in"] == len("5.125,3.5,1.4,0.2")
