"""The command line: every command once, and what it says and keeps when something is wrong."""

import json
import math
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from simclr_mini import baselines, checkpoint, cli, experiment, runs
from simclr_mini.data import resolve
from simclr_mini.report import report, table

ROOT = Path(__file__).resolve().parents[1]
TINY = ("--size", "16", "--epochs", "1", "--batch-size", "8", "--warmup-epochs", "0")


def paint(folder: Path, count: int, classes=("cat", "dog")) -> Path:
    """A folder of pictures of 16 x 16 pixels, all different."""
    rng = np.random.default_rng(0)
    for i in range(count):
        file = folder / classes[i % len(classes)] / f"{i}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (16, 16, 3), np.uint8)).save(file)
    return folder


def train(data: Path, runs: Path, *words: str) -> Path:
    cli.main(["train", "--data", str(data), "--runs", str(runs), "--name", "mine", *TINY, *words])
    return runs / "mine"


def refused(*words) -> str:
    """What the command says when it does not do what it was asked."""
    with pytest.raises(SystemExit) as stop:
        cli.main([str(word) for word in words])
    assert isinstance(stop.value.code, str), "it did not end in a sentence"
    assert "\n" not in stop.value.code
    return stop.value.code


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A folder with pictures and a finished run on them; to be copied, not changed."""
    where = tmp_path_factory.mktemp("made")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield train(paint(where / "pets", 40), where / "runs", "--supervised").parents[1]
    torch.set_num_threads(before)


@pytest.fixture
def own(made, tmp_path, monkeypatch) -> Path:
    """A run that a test may spoil, on pictures that it may change."""
    shutil.copytree(made, tmp_path / "own")
    monkeypatch.chdir(tmp_path / "own")
    config = Path("runs/mine/config.json")
    for file in (config, config.parent / "supervised" / "config.json"):
        text = file.read_text().replace(str(made), str(tmp_path / "own"))
        file.write_text(text)
    return tmp_path / "own"


def test_views_are_drawn_in_the_size_that_training_uses(own, monkeypatch):
    """They are not drawn in the size of the images."""
    shown = []
    monkeypatch.setattr("simclr_mini.sheets.contact_sheet", lambda *rows: shown.extend(rows))
    monkeypatch.setattr("simclr_mini.canvas.save", lambda figure, out: out)
    cli.main(["views", "pets", "--size", "40"])
    assert [row.shape[2] for row in shown] == [40, 30, 30]


def test_every_command_writes_what_it_says(own, capsys):
    """`train` is tested at length elsewhere."""
    cli.main(["evaluate", "runs/mine", "--no-fine-tune"])
    cli.main(["embed", "runs/mine", "--data", "pets"])
    cli.main(["neighbours", "runs/mine", "--data", "pets"])
    cli.main(["compare", "runs/mine"])
    cli.main(["views", "pets"])
    cli.main(["data", "info", "pets"])
    cli.main(["data", "build", "pets"])
    said = capsys.readouterr().out
    assert "train      33 images" in said and "40 pictures of 32 x 32" in said
    again = json.loads(Path("runs/mine/evaluation.json").read_text())
    first = json.loads(Path("runs/mine/result.json").read_text())
    for key in ("views_per_second", "wall_seconds", "images"):
        assert again[key] == first[key]
    assert again["diagnostics"] == pytest.approx(first["diagnostics"], rel=1e-3)
    for name in ("features.npz", "neighbours.png", "compare.svg", "views.png", "pets.npy"):
        assert Path(name).stat().st_size > 500


@pytest.mark.parametrize(
    "words",
    [
        ("embed", "runs/mine", "--data", "pets", "--out", "here.npz"),
        ("neighbours", "runs/mine", "--out", "here.png"),
        ("compare", "runs/mine", "--out", "here.svg"),
        ("views", "pets", "--out", "here.png"),
        ("data", "build", "pets", "--out", "here.npy"),
    ],
    ids=lambda words: words[0],
)
def test_a_file_that_is_there_is_replaced_only_with_force(own, words):
    file = Path(words[-1])
    file.write_text("mine")
    assert "--force replaces it" in refused(*words)
    assert file.read_text() == "mine"
    cli.main([*words, "--force"])
    assert file.read_bytes() != b"mine"


def test_a_build_leaves_other_files_alone(own):
    Path("pets.json").write_text("mine")
    cli.main(["data", "build", "pets"])
    assert Path("pets.json").read_text() == "mine"


def test_force_deletes_the_run_and_nothing_else(own):
    own_files = ["notes.txt", "notes.json", "cat.png", "few.npy.json", "other/config.json"]
    Path("runs/mine/other").mkdir()
    for file in own_files:
        Path("runs/mine", file).write_text("{}")
    train(Path("pets").resolve(), Path("runs"), "--force")
    assert all(Path("runs/mine", file).read_text() == "{}" for file in own_files)
    assert not Path("runs/mine/supervised/config.json").exists()


def test_nothing_of_a_run_is_left_when_it_is_cleared(own):
    """--force knows every file that a run writes, even each method's own picture."""
    for method in ("deepcluster", "nnclr", "curation"):
        words = ["--method", method, "--name", method, "--epochs", "2"]
        words += ["--support-size", "32"] if method == "nnclr" else []
        words += ["--clusters", "4"] if method == "deepcluster" else []
        cli.main(["train", "--data", "pets", *TINY, *words])
        assert [*Path("runs", method).glob("*.png")] != []
        runs.clear(Path("runs", method))
        assert [*Path("runs", method).iterdir()] == []


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_force_loses_nothing_if_the_new_run_cannot_begin(own, monkeypatch):
    """The loss is not finite in the first step; or memory ends, or the disk is full."""
    before = content_of(Path("runs/mine"))
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    assert "nan" in refused(*words, "--force", "--temperature", "1e-300")
    assert content_of(Path("runs/mine")) == before
    monkeypatch.setattr(torch, "save", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    assert "full" in refused(*words, "--force", "--supervised")
    assert content_of(Path("runs/mine")) == before


def test_force_keeps_the_old_run_until_the_new_one_has_a_result(own, monkeypatch):
    before = content_of(Path("runs/mine"))
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)

    def fails(*_, **__):
        raise ValueError("the evaluation failed")

    for _ in range(2):  # the second finds a run without a result, and one that waits
        with monkeypatch.context() as patch:
            patch.setattr(experiment, "report", fails)
            assert "evaluation failed" in refused(*words, "--force")
        kept = content_of(Path("runs/mine/replaced"))
        assert kept == {name.replace("mine/", "mine/replaced/"): x for name, x in before.items()}
    cli.main([str(word) for word in (*words, "--resume")])
    assert not Path("runs/mine/replaced").exists()


def test_a_run_that_could_not_be_moved_stays_a_run(own, monkeypatch):
    """Otherwise its checkpoint would be taken for the new run's, with other options."""
    before = content_of(Path("runs/mine"))
    replace = os.replace

    def in_use(source, target):
        if str(target).endswith("replaced/log.jsonl"):
            raise PermissionError(13, "in use by another program", str(source))
        replace(source, target)

    monkeypatch.setattr(os, "replace", in_use)
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    words += ("--seed", "7", "--force")
    assert "log.jsonl" in refused(*words)
    assert content_of(Path("runs/mine")) == before
    monkeypatch.undo()
    monkeypatch.chdir(own)
    cli.main([str(word) for word in words])
    config = json.loads(Path("runs/mine/config.json").read_text())
    state = checkpoint.load(Path("runs/mine"))
    assert state["config"]["seed"] == config["seed"] == 7


def test_a_checkpoint_of_other_options_is_refused(own):
    config = Path("runs/mine/config.json")
    config.write_text(config.read_text().replace('"learning_rate": 0.003', '"learning_rate": 0.02'))
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    said = refused(*words, "--learning-rate", "0.02", "--resume")
    assert "comes from a run with --learning-rate 0.003" in said


def test_a_run_with_half_a_line_at_the_end_of_its_log_is_measured(own):
    """A killed or running run leaves one; the checkpoint knows where its own lines end."""
    with open("runs/mine/log.jsonl", "a") as log:
        log.write('{"step": 4, "epo')
    cli.main(["evaluate", "runs/mine", "--no-fine-tune"])


def test_a_run_of_another_machine_is_measured_here(own, monkeypatch):
    if torch.cuda.is_available():
        pytest.skip("this machine has the device")
    for method in ("curation", "simclr"):
        cli.main(["train", "--data", "pets", *TINY, "--method", method, "--name", method])
        config = Path("runs", method, "config.json")
        config.write_text(config.read_text().replace('"device": "auto"', '"device": "cuda"'))
        cli.main(["evaluate", f"runs/{method}", "--no-fine-tune"])


def test_a_checkpoint_that_cannot_be_read_now_is_not_called_damaged(own, monkeypatch):
    def fails(*_, **__):
        raise OSError(5, "Input/output error", "checkpoint.pt")

    monkeypatch.setattr(torch, "load", fails)
    assert refused("evaluate", "runs/mine") == "simclr-mini: checkpoint.pt: Input/output error"


def test_the_run_has_its_result_if_the_supervised_part_fails(own, monkeypatch):
    def fails(*_, **__):
        raise FloatingPointError("the loss is nan at step 1")

    monkeypatch.setattr(experiment, "train_supervised", fails)
    words = ("train", "--data", "pets", *TINY, "--name", "half", "--supervised")
    assert "the loss is nan" in refused(*words)
    assert json.loads(Path("runs/half/result.json").read_text())["test"]["knn"] >= 0


def test_too_few_labels_for_a_supervised_batch_are_refused_at_once(own):
    """The images without labels count for the run itself, and not for its supervised part."""
    paint(Path("pets/unlabeled"), 60, [""])
    words = ("train", "--data", "pets", *TINY, "--name", "few", "--batch-size", "64")
    said = refused(*words, "--supervised")
    assert "training images that have labels, not 64" in said and not Path("runs/few").exists()
    cli.main([*words])


def test_unlabelled_pictures_do_not_stop_the_look_at_validation(own):
    paint(Path("pets/unlabeled"), 10, [""])
    cli.main(["train", "--data", "pets", *TINY, "--name", "semi", "--knn-every", "1"])
    assert '"knn"' in Path("runs/semi/log.jsonl").read_text()


def test_a_picture_without_a_label_is_of_no_other_class(own, capsys, monkeypatch):
    paint(Path("pets/unlabeled"), 10, [""])
    shown = []
    monkeypatch.setattr("simclr_mini.sheets.neighbour_gallery", lambda *rows: shown.append(rows))
    monkeypatch.setattr("simclr_mini.canvas.save", lambda figure, out: out)
    cli.main(["neighbours", "runs/mine", "--data", "pets", "--out", "near.png"])
    assert shown[0][2] is None


def test_neighbours_of_a_changed_folder_are_refused(own):
    """In a new order, images that were trained on would be shown as test images."""
    Image.new("RGB", (16, 16)).save("pets/cat/new.png")
    assert "not those that this run began with" in refused("neighbours", "runs/mine")


@pytest.mark.parametrize(
    "words, said",
    [
        (("embed", "runs/mine", "--data", "pets", "--out", "no/f.npz"), "there is no folder no"),
        (("embed", "runs/mine", "--data", ""), "--data must name the pictures"),
        (("neighbours", "runs/mine", "--out", "a.png", "--force"), "a.png is a folder"),
        (("neighbours", "runs/mine", "--out", "near.txt"), "--out must end in .png or .svg"),
        (("data", "build", "pets", "--out", "pets.zip"), "--out must end in .npy"),
        (("data", "build", "few.npy"), "few.npy is built already; train with --data few.npy"),
        (("train", "--data", "~nobody-x/p"), "must be"),
        (("train", "--data", ""), "the path of a folder of pictures, not ''"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_read_or_written_is_said_first(own, words, said, monkeypatch):
    Path("few.npy").write_text("")
    Path("a.png").mkdir()
    monkeypatch.setattr("simclr_mini.evaluate.features", None)
    assert said in refused(*words)


def test_one_picture_has_no_neighbours(own):
    paint(Path("one"), 1)
    assert "has no neighbours" in refused("neighbours", "runs/mine", "--data", "one")


def test_a_cpu_out_of_memory_ends_in_a_sentence(own):
    words = ("train", "--data", "pets", *TINY, "--name", "big", "--hidden-dim", str(10**9))
    assert "out of memory; use a smaller" in refused(*words)


def test_force_does_not_touch_what_is_no_run(own):
    folder = Path("models/net")
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"layers": 3}')
    (folder / "model.png").write_text("mine")
    words = ("train", "--data", "pets", "--runs", "models", "--name", "net", *TINY, "--force")
    assert "does not belong to a run" in refused(*words)
    assert (folder / "model.png").read_text() == "mine"
    assert "inside runs" in refused("train", "--data", "pets", "--name", ".", "--force", *TINY)


def test_other_pictures_than_the_run_began_with_are_refused(own):
    """In a new order, images that were trained on would be test images."""
    Image.new("RGB", (16, 16)).save("pets/cat/new.png")
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    assert "not those that this run began with" in refused(*words, "--resume")
    assert "not those that this run began with" in refused("evaluate", "runs/mine")


def test_a_supervised_part_that_had_not_begun_is_begun_by_resume(own):
    shutil.rmtree("runs/mine/supervised")
    Path("runs/mine/result.json").unlink()
    run = train(Path("pets").resolve(), Path("runs"), "--supervised", "--resume")
    assert "supervised" in json.loads((run / "result.json").read_text())["baselines"]


def test_a_rate_that_is_a_numpy_number_can_be_resumed(own, monkeypatch):
    monkeypatch.setattr("simclr_mini.train.learning_rate", lambda *_: np.float64(0.01))
    run = train(Path("pets").resolve(), Path("runs"), "--force")
    assert checkpoint.load(run)["step"] > 0  # only plain numbers and tensors can be loaded


def test_resume_of_a_finished_run_loses_no_number(own, capsys):
    before = json.loads(Path("runs/mine/result.json").read_text())
    run = train(Path("pets").resolve(), Path("runs"), "--resume")
    after = json.loads((run / "result.json").read_text())
    assert after["test"] == before["test"] and after["baselines"] == before["baselines"]
    assert "every step of this run was done before" in " ".join(capsys.readouterr().out.split())


def test_a_run_goes_on_after_its_pictures_were_moved(own):
    """Not with other pictures; and from then on, the run knows the new place."""
    words = ("train", "--runs", "runs", "--name", "mine", *TINY, "--resume", "--data")
    shutil.copytree("pets", "copy/pets")
    assert "was started with --data" in refused(*words, "copy/pets")  # the old place still exists
    Path("pets").rename("away")
    assert "the new path with --data" in refused("evaluate", "runs/mine")
    before = Path("runs/mine/config.json").read_bytes()
    paint(Path("other/pets"), 30)
    assert "are not those that this run began with" in refused(*words, "other/pets")
    assert Path("runs/mine/config.json").read_bytes() == before
    cli.main([*words, "copy/pets"])
    cli.main(["evaluate", "runs/mine", "--no-fine-tune"])


@pytest.mark.parametrize("damage", [b"", b"hello", None, {"version": 2}])
def test_a_damaged_checkpoint_is_named(own, damage):
    file = Path("runs/mine/checkpoint.pt")
    if isinstance(damage, dict):
        torch.save(damage, file)
    else:
        file.write_bytes(file.read_bytes()[:999] if damage is None else damage)
    assert "checkpoint.pt is damaged" in refused("evaluate", "runs/mine")


@pytest.mark.parametrize("name", ["result.json", "log.jsonl"])
def test_a_damaged_file_is_named(own, name):
    file = Path("runs/mine", name)
    file.write_bytes(b"\0" + file.read_bytes()[1:])
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    assert f"{file} is damaged" in refused(*words, "--resume")


def test_a_checkpoint_without_its_configuration_is_not_taken_for_the_new_run_s(own):
    """Its options are unknown, and training would end before it began."""
    Path("runs/mine/config.json").rename("runs/mine/lost.json")
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    for more in ([], ["--resume"], ["--force"]):
        assert "holds checkpoint.pt but no config.json" in refused(*words, *more)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no locks")
@pytest.mark.parametrize("more", ["--resume", "--force"])
def test_two_processes_do_not_train_in_one_folder(own, more):
    """The one that comes second is refused, and the first loses nothing."""
    run = Path("runs/mine")
    before = {file: file.read_bytes() for file in run.glob("*.*")}
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    with runs.claim(run):
        assert "another process is training in runs/mine" in refused(*words, more)
        assert {file: file.read_bytes() for file in run.glob("*.*")} == before
    cli.main([str(word) for word in (*words, more)])


def test_what_a_killed_process_left_half_written_is_deleted_by_resume(own):
    """Even in a folder with an odd name; and a file of the user's stays."""
    Path("runs/mine").rename("runs/[mine]")
    for name in ("checkpoint.pt.77.part", "result.json.part", "notes.part"):
        Path("runs/[mine]", name).write_text("")
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "[mine]", *TINY)
    cli.main([str(word) for word in (*words, "--resume")])
    assert [file.name for file in Path("runs/[mine]").glob("*part")] == ["notes.part"]


def test_a_read_only_place_is_refused_before_the_work(own, monkeypatch):
    monkeypatch.setattr(os, "access", lambda place, _: False)
    monkeypatch.setattr("simclr_mini.evaluate.features", None)
    for name, words in [("f.npz", ["embed", "--data", "pets"]), ("n.png", ["neighbours"])]:
        said = refused(words[0], "runs/mine", *words[1:], "--out", name)
        assert "nothing can be written to ." in said


def test_a_read_only_run_is_measured_all_the_same(own, monkeypatch, capsys):
    """The table comes first."""
    monkeypatch.setattr("simclr_mini.runs.write_json", lambda *_: Path("/no/such/place").touch())
    assert "no/such/place" in refused("evaluate", "runs/mine", "--no-fine-tune")
    assert "accuracy on the" in capsys.readouterr().out


def test_a_reader_that_has_seen_enough_ends_a_run_with_a_sentence(own, capsys):
    def gone(*_, **__):
        experiment.console.on_broken_pipe()

    words = ["train", "--data", "pets", *TINY, "--name", "cut"]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(BrokenPipeError):
        patch.setattr(experiment.console, "print", gone)
        cli.run_command(words)
    assert "the output was closed by its reader" in capsys.readouterr().err


def test_a_run_that_has_not_ended_is_measured_with_a_note(own, capsys):
    cli.main(["evaluate", "runs/mine", "--no-fine-tune"])
    assert "has not ended" not in capsys.readouterr().out
    checkpoint.save(Path("runs/mine"), checkpoint.load(Path("runs/mine")) | {"step": 3})
    cli.main(["evaluate", "runs/mine", "--no-fine-tune"])
    assert "the run has not ended; it is at step 3 of 4" in capsys.readouterr().out


def test_pictures_that_were_replaced_are_noticed(own, capsys):
    """Their names and their number have not changed."""
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    for command in (("evaluate", "runs/mine", "--no-fine-tune"), (*words, "--resume")):
        cli.main([str(word) for word in command])
        assert "different pixels" not in capsys.readouterr().out
    for file in Path("pets").rglob("*.png"):
        Image.new("RGB", (16, 16)).save(file)
    for command in (("evaluate", "runs/mine", "--no-fine-tune"), (*words, "--resume")):
        cli.main([str(word) for word in command])
        assert "the pictures of pets have the same names" in capsys.readouterr().out


def test_a_run_folder_may_be_a_link(own):
    shutil.move("runs/mine", "elsewhere")
    Path("runs/mine").symlink_to(Path("elsewhere").resolve())
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    cli.main([str(word) for word in (*words, "--resume")])
    for name in ("../mine", "a/mine", ".."):
        assert "--name must name a folder inside runs" in refused(*words[:6], name, *TINY)


def test_a_report_is_of_one_checkpoint_though_training_goes_on(own):
    """Evaluation takes longer than the steps between two checkpoints."""
    folder = Path("runs/mine")
    config, method, data, state = runs.load_run(folder)
    checkpoint.save(folder, state | {"step": 1, "seconds": 1e6})
    found = report(config, state, folder, method, data, fine_tune=False)
    assert found["wall_seconds"] == round(state["seconds"], 1)
    assert found["diagnostics"]["final_loss"] == runs.read_log(folder)[-1]["loss"]


def test_a_tuned_encoder_that_is_never_right_is_shown(own):
    result = runs.read_result(Path("runs/mine"))
    result["test"]["few_labels"]["1%"]["fine_tune"] = 0.0
    shown = table(result).columns[-1]._cells
    assert any("fine-tuned 0.0%" in cell for cell in shown)


def test_a_home_of_an_unknown_user_is_a_folder_s_name(own, monkeypatch):
    """A run on it must be measured as it was trained."""
    Path("pets").rename("~nobody-x")
    cli.main(["train", "--data", "~nobody-x", *TINY, "--name", "odd"])
    cli.main(["evaluate", "runs/odd", "--no-fine-tune"])
    monkeypatch.setenv("SIMCLR_MINI_DATA", "~nobody-y")
    assert resolve("shapes", None) == ("shapes", Path("~nobody-y"))


def test_a_log_that_lost_lines_is_named(own):
    Path("runs/mine/log.jsonl").unlink()
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    assert "log.jsonl has lost lines" in refused(*words, "--resume")


@pytest.mark.parametrize("text", ["{}", "[", '{"test": 3}'])
def test_what_is_no_result_is_not_compared(own, text):
    Path("runs/mine/result.json").write_text(text)
    assert "is not the result of a run" in refused("compare", "runs/mine")


@pytest.mark.parametrize(
    "words, said",
    [
        (("views", "pets", "--size", "0"), "--size must be 8 to 4096, not 0"),
        (("data", "build", "pets", "--size", "-3"), "--size must be 8 to 4096, not -3"),
        (("neighbours", "runs/mine", "--count", "9"), "--count must be 1 to 4, not 9"),
        (("embed", "runs/mine", "--data", "pets", "--out", "f"), "must end in .npz"),
        (("train", "--size", "64"), "shapes has 32 x 32"),
        (("train", "--seed", str(2**32)), "--seed must be 0 or more and below 2^32"),
        (("views", "pets", "--seed", str(10**20)), "--seed must be 0 or more and below 2^32"),
        (("train", "--hidden-dim", str(10**18)), "--hidden-dim must be at most 1,000,000,000"),
        (("train", "--view-size", str(10**20)), "--view-size must be at most"),
        (("train", "--view-size", "5000"), "--view-size must be at most 4096"),
        (("train", "--loss", "margin_triplet", "--margin", "1e30"), "at most 2"),
        (("train", "--temperature", "1e20"), "--temperature must be above 0"),
        (("train", "--weight-decay", "inf"), "--weight-decay must be"),
        (("train", "--data", "pets", "--method", "gsimclr", "--clusters", "2", *TINY, "--size=20"),
         "multiples of 8"),
        (("train", "--data", "one", "--supervised", "--batch-size", "8"), "2 or more classes"),
        (("train", "--data", "plain", "--supervised", "--batch-size", "8"), "needs labels"),
        (("train", "--data", "plain", "--fine-tune", "--batch-size", "8"),
         "--fine-tune needs labels; plain has none"),
        (("train", "--data", "few", "--batch-size", "8"), "1 test image"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_before_anything_is_made(own, words, said):
    paint(Path("one"), 30, ("cat",))
    paint(Path("few"), 12)
    shutil.copytree("one/cat", "plain")
    before = {file for file in own.rglob("*") if file.is_file()}
    assert said in refused(*words)
    assert {file for file in own.rglob("*") if file.is_file()} == before


def test_an_epochs_line_is_of_its_own_last_step(own, capsys):
    train(Path("pets").resolve(), Path("two"), "--epochs", "2", "--warmup-epochs", "0")
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("epoch ")]
    log = [json.loads(line) for line in Path("two/mine/log.jsonl").read_text().splitlines()]
    last = [[one for one in log if one["epoch"] == epoch][-1] for epoch in (0, 1)]
    for epoch, (text, line) in enumerate(zip(said, last, strict=True), 1):
        assert text.startswith(f"epoch {epoch}: loss {line['loss']:.2f} ")


def test_pixels_of_a_set_too_large_are_read_in_part(own, monkeypatch):
    """The report of a set larger than the memory must fit into it."""
    seen = []
    real = baselines.pixel_features
    monkeypatch.setattr(baselines, "PIXEL_NUMBERS", 20 * 3 * 16 * 16)
    monkeypatch.setattr(baselines, "pixel_features", lambda x: seen.append(len(x)) or real(x))
    cli.main(["evaluate", "runs/mine", "--no-fine-tune"])
    assert seen == [20, 3, 4]


def test_python_m_is_the_command(monkeypatch):
    """torchrun starts a module, not a command."""
    called = []
    monkeypatch.setattr(cli, "main", lambda: called.append("main"))
    runpy.run_module("simclr_mini", run_name="__main__")
    assert called == ["main"]


# ---- files of a run that do not belong together, are damaged, or are somebody else's


def spoil(folder: Path, weight: str, value: float) -> None:
    """Put a number into one weight of a run's checkpoint."""
    state = checkpoint.load(folder)
    state["method"][weight].fill_(value)
    checkpoint.save(folder, {key: part for key, part in state.items() if key != "version"})


@pytest.mark.parametrize("command", [("embed", "--data", "pets"), ("evaluate", "--no-fine-tune")])
def test_a_checkpoint_of_another_run_is_not_measured(own, command):
    cli.main(["train", "--data", "pets", *TINY, "--name", "other", "--seed", "7"])
    shutil.copy("runs/other/checkpoint.pt", "runs/mine/checkpoint.pt")
    assert "comes from a run with --seed 7" in refused(command[0], "runs/mine", *command[1:])


def test_a_checkpoint_with_changed_bytes_is_called_damaged(own):
    file = Path("runs/mine/checkpoint.pt")
    content = bytearray(file.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 64] = bytes(64)
    file.write_bytes(content)
    assert "checkpoint.pt is damaged" in refused("embed", "runs/mine", "--data", "pets")
    assert not Path("features.npz").exists()


def test_features_that_are_no_numbers_are_refused(own):
    weight = next(w for w in checkpoint.load(Path("runs/mine"))["method"] if w.startswith("encod"))
    spoil(Path("runs/mine"), weight, float("nan"))
    for words in (("embed", "--data", "pets"), ("neighbours", "--data", "pets")):
        assert "lower --learning-rate" in refused(words[0], "runs/mine", *words[1:])
    assert not Path("features.npz").exists()


@pytest.mark.parametrize("left", [b"", b'{"loss": 1.0}\n', b"{}\n" * 9, b"\xb8\n" * 9])
def test_a_log_that_lost_lines_is_not_measured(own, left):
    """The run made four steps, and its numbers are means over them."""
    Path("runs/mine/log.jsonl").write_bytes(left)
    said = refused("evaluate", "runs/mine", "--no-fine-tune")
    assert "log.jsonl has " in said or "log.jsonl is damaged" in said


def changed(**parts) -> bytes:
    return json.dumps(json.loads(Path("runs/mine/result.json").read_bytes()) | parts).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"[1]",
        b"\xb8\x00",
        b"[" * 100_000,
        {"method": "byol"},
        {"config": None},
        {"baselines": {}},
        {"test": {"knn": 0.5, "linear_probe": math.nan}},
        {"test": {"knn": 0.5, "linear_probe": "x"}},
    ],
)
def test_a_result_that_cannot_be_read_is_named(own, content):
    content = content if isinstance(content, bytes) else changed(**content)
    Path("runs/mine/result.json").write_bytes(content)
    assert "result.json is not the result of a run" in refused("compare", "runs/mine")
    if not content.startswith(b"{"):
        words = ("--data", Path("pets").resolve(), *TINY, "--name", "mine", "--resume")
        assert "result.json is damaged" in refused("train", *words)


@pytest.mark.parametrize("name", ["log.jsonl", "result.json", "views.png"])
def test_files_of_a_run_without_its_configuration_are_not_replaced(own, name):
    Path("runs/kept").mkdir()
    Path("runs/kept", name).write_text("mine")
    said = refused("train", "--data", "pets", *TINY, "--name", "kept")
    assert f"already holds {name}" in said
    assert [file.name for file in Path("runs/kept").iterdir()] == [name]
    assert Path("runs/kept", name).read_text() == "mine"


def test_brackets_in_a_path_are_printed_as_they_are(own, capsys):
    Path("pets").rename("a [bold]b")
    cli.main(["train", "--data", "a [bold]b", *TINY, "--name", "brackets"])
    assert "training simclr on a [bold]b," in " ".join(capsys.readouterr().out.split())


def test_a_closed_output_is_no_failure():
    command = f"{sys.executable} -m simclr_mini views shapes --help >&-"
    assert subprocess.run(command, shell=True, cwd=ROOT, stderr=subprocess.PIPE).returncode == 0


def test_ctrl_c_during_the_imports_is_one_word(monkeypatch, capsys):
    import builtins

    from simclr_mini.__main__ import main

    def interrupted(name, *rest):
        if name == "simclr_mini.cli":
            raise KeyboardInterrupt
        return real(name, *rest)

    real = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", interrupted)
    with pytest.raises(SystemExit, match="stopped"):
        main()
