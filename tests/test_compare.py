"""Comparing runs: means by hand; runs that differ are compared only on request."""

import json

import pytest

from simclr_mini import cli
from simclr_mini.charts import comparison_figure
from simclr_mini.compare import Row, against, compare, half_range, mean
from simclr_mini.methods import configure


def a_run(folder, probe=0.5, knn=0.4, untrained=0.3, **options):
    """A folder with a result like that of a run."""
    config = configure(**options)
    result = {
        "method": config.method,
        "seed": config.seed,
        "wall_seconds": 10.0,
        "test": {"knn": knn, "linear_probe": probe},
        "baselines": {"untrained": {"knn": 0.2, "linear_probe": untrained}},
        "config": config.flat(),
    }
    folder.mkdir()
    (folder / "result.json").write_text(json.dumps(result))
    return folder


def test_runs_that_differ_in_their_seed_are_one_row(tmp_path):
    probes = (0.5, 0.6, 0.7)
    runs = [a_run(tmp_path / str(s), p, seed=s) for s, p in enumerate(probes)]
    untrained, row = compare(runs)
    assert row.seeds == (0, 1, 2) and row.linear_probe == probes and row.name == "simclr"
    assert mean(row.linear_probe) == pytest.approx(0.6)
    assert half_range(row.linear_probe) == pytest.approx(0.1)
    assert untrained.linear_probe == (0.3, 0.3, 0.3)


def test_a_run_older_than_an_option_is_compared_as_it_was(tmp_path):
    """Its views had the size of its images."""
    same = {"size": 32, "view_size": 32}
    old, new = a_run(tmp_path / "old", **same), a_run(tmp_path / "new", seed=1, **same)
    result = json.loads((old / "result.json").read_text())
    del result["config"]["view_size"]
    result["config"]["recipe"] = result["config"].pop("views")
    (old / "result.json").write_text(json.dumps(result))
    assert [row.seeds for row in compare([old, new])] == [(0, 1), (0, 1)]


def test_a_row_is_named_by_what_sets_it_apart(tmp_path):
    runs = [
        a_run(tmp_path / "a"),
        a_run(tmp_path / "b", method="gsimclr"),
        a_run(tmp_path / "c", method="gsimclr", batching="released"),
        a_run(tmp_path / "d", method="nnclr", top_k=3, seed=1),
    ]
    names = [row.name for row in compare(runs)]
    assert names == [
        "untrained",
        "simclr",
        "gsimclr",
        "gsimclr, batching released",
        "nnclr, top-k 3",
    ]


@pytest.mark.parametrize("other", [{"data": "cifar10"}, {"epochs": 9}, {"images": 10}])
def test_other_data_or_another_budget_is_refused(tmp_path, other):
    runs = [a_run(tmp_path / "a"), a_run(tmp_path / "b", seed=1, **other)]
    with pytest.raises(ValueError, match=f"differ in {next(iter(other))}.*--mixed"):
        compare(runs)
    assert len(compare(runs, mixed=True)) == 3


def test_a_run_named_twice_is_refused(tmp_path):
    folder = a_run(tmp_path / "a")
    with pytest.raises(ValueError, match="twice"):
        compare([folder, folder])


def test_a_difference_within_the_spread_is_called_so():
    one = Row("a", "simclr", (0, 1), (0, 0), (0.50, 0.54), (1, 1))
    near = Row("b", "nnclr", (0, 1), (0, 0), (0.53, 0.57), (1, 1))
    far = Row("c", "nnclr", (0, 1), (0, 0), (0.60, 0.62), (1, 1))
    single = Row("d", "nnclr", (0,), (0,), (0.9,), (1,))
    assert against(near, one) == "+3.0, within the spread"
    assert against(far, one) == "+9.0, beyond the spread"
    assert against(one, far) == "-9.0, beyond the spread"
    below = Row("e", "nnclr", (0, 1), (0, 0), (0.4996, 0.5396), (1, 1))
    assert against(below, one) == "+0.0, within the spread"
    assert "one seed" in against(single, one)


def test_the_untrained_row_is_that_of_the_first_run(tmp_path):
    """On other data, or with an encoder that sees edges, it would differ."""
    one = a_run(tmp_path / "a", untrained=0.3)
    edges = a_run(tmp_path / "b", method="deepcluster", sobel=True, untrained=0.2)
    other = a_run(tmp_path / "c", data="cifar10", untrained=0.1)
    group = a_run(tmp_path / "d", norm="group", untrained=0.2)
    for runs, value, name in (
        ([one, edges], 0.3, "untrained, of simclr"),
        ([one, group], 0.3, "untrained, of simclr"),
        ([edges, one], 0.2, "untrained, of deepcluster, sobel True"),
        ([other, one], 0.1, "untrained, of simclr, data cifar10"),
    ):
        row = compare(runs, mixed=True)[0]
        assert row.linear_probe == (value,) and row.name == name


def test_the_picture_counts_within_the_spread_as_the_table_does():
    """The difference of the means counts as within if it is at most the sum of the half ranges."""
    untrained = Row("untrained", "untrained", (0,), (0,), (0.3,), ())
    one = Row("a", "simclr", (0, 1), (0, 0), (0.760, 0.780), (1, 1))
    other = Row("b", "nnclr", (0, 1), (0, 0), (0.745, 0.765), (1, 1))
    assert "within" in against(other, one)
    title = comparison_figure([untrained, one, other]).get_suptitle()
    assert "1 of 1 others come within the spread" in " ".join(title.split())


def test_the_command_makes_a_table_and_a_picture(tmp_path, capsys):
    runs = [a_run(tmp_path / str(s), 0.5 + s / 10, seed=s) for s in range(2)]
    runs.append(a_run(tmp_path / "n", 0.7, method="nnclr"))
    picture = tmp_path / "compare.svg"
    cli.main(["compare", *map(str, runs), "--out", str(picture)])
    printed = capsys.readouterr().out
    assert "55.0% ± 5.0" in printed and "nnclr" in printed
    assert picture.read_text().count("<svg") == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder, "holds no result.json"),
        (lambda folder: a_run(folder, probe=None), "without labels"),
    ],
)
def test_a_folder_that_cannot_be_compared_is_named(tmp_path, capsys, make, said):
    with pytest.raises(SystemExit) as stop:
        cli.main(["compare", str(make(tmp_path / "run"))])
    assert said in str(stop.value) and "Traceback" not in capsys.readouterr().err
