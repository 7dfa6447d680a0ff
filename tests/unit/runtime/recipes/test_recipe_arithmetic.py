"""What the recipes do without PyTorch: arguments, texts, places, and which parts of a model stay."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from lean_silicon.inference.recipes import DistillationHyperparameters, PruningHyperparameters
from lean_silicon.runtime.recipes.shrinking.importance import most_important, width_left
from lean_silicon.runtime.recipes.shrinking.places import channel, model_folder, publish
from lean_silicon.runtime.recipes.shrinking.settings import ARTIFACTS, DistillationSettings, PruningSettings
from lean_silicon.runtime.recipes.shrinking.texts import sequences, texts
from lean_silicon.training.hyperparameters import encode_hyperparameters


def _touch(name: str, folder: Path) -> None:
    (folder / name).touch()


def command_line(values: dict[str, object]) -> list[str]:
    """The arguments that the training toolkit makes of a job's hyperparameters."""
    encoded = encode_hyperparameters(values, reserved={})
    return [word for name, text in encoded.items() for word in (f"--{name}", str(json.loads(text)))]


def test_the_scripts_read_every_hyperparameter_that_the_constructs_send() -> None:
    wanted = PruningHyperparameters(layers=3, mlp_share=0.25, sequence_tokens=64, sequences=5)
    assert PruningSettings.read(command_line(wanted.to_request())) == PruningSettings(3, 0.25, 64, 5, ARTIFACTS)
    lesson = DistillationHyperparameters(learning_rate=3e-5)
    read = DistillationSettings.read(command_line(lesson.to_request()))
    assert {name: getattr(read, name) for name in lesson.to_request()} == lesson.to_request()


def test_a_script_refuses_what_it_was_not_told_of() -> None:
    arguments = command_line(PruningHyperparameters(layers=1).to_request())
    with pytest.raises(SystemExit):
        PruningSettings.read([*arguments, "--epochs", "3"])
    with pytest.raises(SystemExit):
        PruningSettings.read(arguments[2:])


def test_the_learning_rate_warms_up_and_falls_to_a_tenth() -> None:
    wanted = DistillationSettings.read(command_line(DistillationHyperparameters().to_request()))
    assert wanted.rate_at(0) == pytest.approx(1e-6)
    assert wanted.rate_at(99) == wanted.rate_at(100) == pytest.approx(1e-4)
    assert wanted.rate_at(1050) == pytest.approx(0.55e-4)
    assert wanted.rate_at(2000) == pytest.approx(1e-5)


def test_processes_share_a_step_alike_or_not_at_all() -> None:
    wanted = DistillationSettings.read(command_line(DistillationHyperparameters(batch=6).to_request()))
    assert wanted.share_of(2) == 3
    with pytest.raises(SystemExit, match="multiple of 4"):
        wanted.share_of(4)


def test_the_most_important_parts_stay_in_their_order_and_of_equals_the_first() -> None:
    assert most_important([0.4, 0.1, 0.9, 0.1, 0.3], 3) == [0, 2, 4]
    assert most_important([1.0, 1.0, 1.0], 2) == [0, 1]
    for count in (0, 4):
        with pytest.raises(SystemExit, match="cannot stay"):
            most_important([1.0, 2.0, 3.0], count)


@pytest.mark.parametrize(
    ("width", "share", "left"),
    [(14336, 0.25, 10752), (14336, 0.2, 11520), (100, 0.5, 64), (100, 0.0, 100), (64, 0.9, 64)],
)
def test_an_mlp_keeps_a_width_that_fills_the_silicon(width: int, share: float, left: int) -> None:
    assert width_left(width, share) == left


def test_texts_come_from_lines_and_files_and_are_cut_into_sequences_of_one_length(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("two", encoding="utf-8")
    (tmp_path / "a.jsonl").write_text('{"text": "one"}\n\n{"text": "1"}\n', encoding="utf-8")
    (tmp_path / "readme.md").write_text("not a text", encoding="utf-8")
    assert list(texts(tmp_path)) == ["one", "1", "two"]
    assert list(sequences([[1, 2], [3], [4, 5, 6]], 4, end=0)) == [[1, 2, 0, 3], [0, 4, 5, 6]]


@pytest.mark.parametrize("line", ['{"prompt": "x"}', "[]", '{"text": 3}'])
def test_a_line_without_text_is_told_with_its_file(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(SystemExit, match=r"a\.jsonl"):
        list(texts(tmp_path))


def test_a_channel_holds_one_model_wherever_below_it(tmp_path: Path) -> None:
    assert channel("model", {"SM_CHANNEL_MODEL": str(tmp_path)}) == tmp_path
    with pytest.raises(SystemExit, match="no channel 'teacher'"):
        channel("teacher", {})
    with pytest.raises(SystemExit, match="0 folders"):
        model_folder(tmp_path)
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "config.json").write_text("{}", encoding="utf-8")
    assert model_folder(tmp_path) == tmp_path / "v1"
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SystemExit, match="2 folders"):
        model_folder(tmp_path)


def test_a_model_is_published_whole_with_its_report_and_replaces_the_one_before(tmp_path: Path) -> None:
    artifacts = tmp_path / "checkpoints"
    for weights in ("old", "new"):
        place = publish(artifacts, partial(_touch, weights), {"kept": [1]}, "pruning.json")
        assert sorted(each.name for each in place.iterdir()) == sorted((weights, "pruning.json"))
    assert place == artifacts / "model"
    assert json.loads((place / "pruning.json").read_text(encoding="utf-8")) == {"kept": [1]}


def test_a_model_that_could_not_be_saved_leaves_the_one_before(tmp_path: Path) -> None:
    artifacts = tmp_path / "checkpoints"
    publish(artifacts, partial(_touch, "old"), {}, "pruning.json")

    def fails(folder: Path) -> None:
        raise OSError(str(folder))

    with pytest.raises(OSError, match="partial"):
        publish(artifacts, fails, {}, "pruning.json")
    assert (artifacts / "model" / "old").exists()
