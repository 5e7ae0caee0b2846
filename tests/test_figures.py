"""The figures: titles say what the data say, nothing is cut off, equal input gives equal bytes."""

import itertools
import subprocess
import sys

import pytest
import torch

from simclr_mini import canvas, charts, shapes, sheets
from simclr_mini.canvas import save
from simclr_mini.compare import Row
from simclr_mini.methods import METHODS, method_class

RESULT = {
    "test": {"linear_probe": 0.71, "knn": 0.79},
    "baselines": {
        "pixels": {"linear_probe": 0.24, "knn": 0.475},
        "histogram": {"linear_probe": 0.17, "knn": 0.2},
        "untrained": {"linear_probe": 0.47, "knn": 0.45},
        "supervised": {"linear_probe": 1.0, "knn": 1.0},
    },
}
PIXELS, LABELS, _ = shapes.draw(60, seed=0)
VIEWS = PIXELS.float() / 255
NEIGHBOURS = PIXELS[:48].unflatten(0, (6, 8))
SAME = torch.arange(48).view(6, 8) % 4 != 0  # three in four
H = torch.eye(10)[LABELS] + 0.1 * PIXELS[:, :, 0, :3].flatten(1).float().repeat(1, 2)[:, :10] / 255


def log(end: float, steps: int = 400, start: float = 6.0) -> list[dict]:
    """Half-way through, the loss drops from `start` to `end`."""
    lines = [{"step": i + 1, "loss": start if i < steps // 2 else end} for i in range(steps)]
    for line in lines[steps // 8 - 1 :: steps // 8]:
        line["knn"] = line["step"] / steps
    return lines


def with_majority(share: float) -> dict:
    """A result whose commonest class has this share of the test images."""
    row = {"linear_probe": share, "knn": share}
    return RESULT | {"baselines": RESULT["baselines"] | {"majority": row}}


ROWS = [
    Row("untrained", "untrained", (0, 1), (0.2, 0.3), (0.3, 0.32), ()),
    Row("simclr", "simclr", (0, 1), (0.5, 0.6), (0.55, 0.6), (1, 1)),
    Row("gsimclr, batching released", "gsimclr", (0, 1), (0.5, 0.6), (0.56, 0.58), (1, 1)),
]
FIGURES = {
    "contact sheet": lambda: sheets.contact_sheet(PIXELS[:8], VIEWS[8:16], VIEWS[16:24]),
    "gallery": lambda: sheets.neighbour_gallery(PIXELS[:6], NEIGHBOURS, SAME),
    "clusters": lambda: sheets.image_rows(
        "Some clusters", ["12 images", "3 images"], [PIXELS[:8], PIXELS[:3]]
    ),
    "captions": lambda: sheets.image_rows(
        "Some neighbours", ["query", "neighbour"], [PIXELS[:8]] * 2, [[""] * 8, ["120 steps"] * 8]
    ),
    "curation": lambda: sheets.image_rows(
        "Kept and rejected",
        ["kept, view 1", "view 2", "rejected, view 1", "view 2"],
        [PIXELS[:8]] * 4,
    ),
    "comparison": lambda: charts.comparison_figure(ROWS),
    "loss": lambda: charts.loss_figure(log(4.0), 6.0, 3.0, "curation"),
    "loss at chance": lambda: charts.loss_figure(log(6.0), 6.0, 5.9),
    "similarity": lambda: charts.similarity_figure(torch.ones(9), -torch.ones(9)),
    "features": lambda: charts.feature_figure(H, LABELS, shapes.CLASSES),
    "features in one place": lambda: charts.feature_figure(
        torch.eye(5).repeat(12, 1), torch.arange(60) // 6, shapes.CLASSES
    ),
    "all that there is": lambda: charts.accuracy_figure(
        RESULT | {"test": {"linear_probe": 1.0, "knn": 1.0}}, "curation", 0.1
    ),
    "accuracy": lambda: charts.accuracy_figure(RESULT, "curation", 0.1),
    "mostly one class": lambda: charts.accuracy_figure(with_majority(0.5), "curation"),
    "nearly all one class": lambda: charts.accuracy_figure(with_majority(0.98), "curation"),
    "long names": lambda: charts.feature_figure(
        torch.eye(5).repeat(12, 1), torch.arange(60) % 3, ("x" * 90, "a\nb", "$_{ " * 20)
    ),
}


def title(figure) -> str:
    return figure.get_suptitle()


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off_or_on_other_text(name, tmp_path):
    figure = FIGURES[name]()
    save(figure, tmp_path / "figure.png")  # fixes the layout
    texts = list(figure.texts)
    for axes in figure.axes:
        texts += axes.texts
        for axis in (axes.xaxis, axes.yaxis):
            low, high = axis.get_view_interval()
            ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            texts += [axis.label, *(tick.label1 for tick in ticks)]
    boxes = {}
    for i, text in enumerate(text for text in texts if text.get_text()):
        boxes[i, text.get_text()] = box = text.get_window_extent()
        assert box.x0 >= 0 and box.y0 >= 0, text
        assert box.x1 <= canvas.WIDTH and box.y1 <= canvas.HEIGHT, text
    for (one, a), (other, b) in itertools.combinations(boxes.items(), 2):
        apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1
        assert apart, (one, other)


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_equal_input_gives_equal_bytes(suffix, tmp_path):
    def draw(folder):
        return [
            save(FIGURES[name](), folder / f"{name}{suffix}")
            for name in ("contact sheet", "gallery", "loss", "similarity", "features", "accuracy")
        ]

    for one, two in zip(draw(tmp_path / "one"), draw(tmp_path / "two"), strict=True):
        assert one.read_bytes() == two.read_bytes()
        assert one.read_bytes()[:4] == (b"\x89PNG" if suffix == ".png" else b"<?xm")


@pytest.mark.parametrize("suffix", [".pdf", ".jpg"])
def test_other_formats_are_written_and_have_no_date(suffix, tmp_path):
    path = save(charts.loss_figure(log(4.0), 6.0, 3.0), tmp_path / f"loss{suffix}")
    assert path.stat().st_size > 1000 and b"Date" not in path.read_bytes()


def test_the_title_is_in_the_file_for_screen_readers(tmp_path):
    path = save(charts.loss_figure(log(4.0), 6.0, 3.0), str(tmp_path / "loss.svg"))
    assert "<dc:title>The loss went 67 % of the way" in path.read_text()


def test_pyplot_is_not_loaded_and_settings_are_left_alone():
    code = """
import sys, matplotlib
before = matplotlib.rcParams.copy()  # not dict(): that loads pyplot
from simclr_mini import charts
charts.loss_figure([{"step": 1, "loss": 2.0}], 3.0, 1.0)
assert "matplotlib.pyplot" not in sys.modules
assert matplotlib.rcParams.copy() == before
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_each_method_has_its_own_colour_and_a_name():
    owners = [method_class(name) for name in METHODS]
    assert len({owner.color for owner in owners}) == len({o.title for o in owners}) == len(METHODS)


# ---- pictures made of pixels


def test_a_pixel_of_the_image_is_a_square_of_whole_pixels():
    """Eight 32-pixel images across leave room for 4 x 4 pixels of the page for each pixel."""
    figure = FIGURES["contact sheet"]()
    drawn = [axes.images[0].get_array().data for axes in figure.axes if axes.images]
    images, views, _ = (torch.from_numpy(row) for row in drawn)
    assert images.shape == views.shape == (128, 8 * 134 - 6, 3)
    corner = PIXELS[0].float().div(255).permute(1, 2, 0)
    assert torch.equal(images[::4, :128:4], corner)
    assert torch.equal(images[3::4, 3:128:4], corner)
    assert torch.equal(views[::4, :128:4], VIEWS[8].permute(1, 2, 0))


@pytest.mark.parametrize("B, many", [(1, ""), (3, "s")])
def test_fewer_than_eight_images_are_drawn_larger(B, many):
    figure = sheets.contact_sheet(PIXELS[:B], VIEWS[:B], VIEWS[:B])
    assert title(figure) == f"Two views of the same image{many}"
    assert figure.axes[0].images[0].get_array().shape[1] == B * 166 - 6


def test_an_oblong_or_large_image_keeps_its_shape():
    cells = sheets.squares(torch.zeros(1, 3, 50, 100), 40)
    assert cells.shape == (1, 3, 40, 40)
    assert (cells[0, 0, 10:30] == 0).all() and (cells[0, 0, [0, 9, 30, 39]] > 0.9).all()


def test_the_gallery_counts_neighbours_of_the_same_class():
    """The drawn part is 4 x 7: 28 of 48 neighbours, of which 7 or so are framed."""
    assert title(FIGURES["gallery"]()).startswith("75 % of 48 nearest images")
    drawn = FIGURES["gallery"]().axes[1].patches
    assert len(drawn) == (~SAME[:4, :7]).sum()
    all_same = sheets.neighbour_gallery(PIXELS[:6], NEIGHBOURS, SAME | True)
    assert title(all_same).startswith("100 %") and not all_same.axes[1].patches
    assert "%" not in title(sheets.neighbour_gallery(PIXELS[:1], NEIGHBOURS[:1, :1]))


def test_images_without_views_or_neighbours_are_refused():
    with pytest.raises(ValueError, match="3 images with 2 and 3 views"):
        sheets.contact_sheet(PIXELS[:3], VIEWS[:2], VIEWS[:3])
    with pytest.raises(ValueError, match="2 queries with neighbours of shape"):
        sheets.neighbour_gallery(PIXELS[:2], NEIGHBOURS[:1])


# ---- charts


@pytest.mark.parametrize("end, share", [(4.5, 50), (3.0, 100), (6.0, 0), (5.22, 26)])
def test_the_loss_title_measures_the_end_between_chance_and_floor(end, share):
    assert f"went {share} % of the way" in title(charts.loss_figure(log(end), 6.0, 3.0))


def test_a_loss_above_chance_is_called_so():
    assert "at 7.00, above chance (6.00)" in title(charts.loss_figure(log(7.0), 6.0, 3.0))


def test_the_end_of_the_loss_is_its_last_tenth():
    lines = [{"step": i, "loss": 4.0 if i >= 90 else 6.0} for i in range(100)]
    assert "went 100 %" in title(charts.loss_figure(lines, 6.0, 4.0))


def test_a_log_of_one_step_is_drawn(tmp_path):
    save(charts.loss_figure([{"step": 1, "loss": 5.0, "knn": 0.1}], 6.0, 3.0), tmp_path / "l.svg")


def test_a_loss_without_steps_or_scale_is_refused():
    with pytest.raises(ValueError, match="no steps"):
        charts.loss_figure([], 6.0, 3.0)
    with pytest.raises(ValueError, match="above the floor"):
        charts.loss_figure(log(4.0), 3.0, 3.0)


@pytest.mark.parametrize(
    "positive, negative, claim",
    [
        (0.71, 0.02, "nearer (mean 0.71) than views of two (0.02)"),
        (0.1, 0.3, "farther apart (mean 0.10) than views of two (0.30)"),
        (0.5, 0.5, "no nearer (mean 0.50) than views of two (0.50)"),
        (0.2, -0.001, "nearer (mean 0.20) than views of two (0.00)"),
    ],
)
def test_the_similarity_title_is_true_whichever_is_greater(positive, negative, claim):
    figure = charts.similarity_figure(torch.full((4,), positive), torch.full((5,), negative))
    assert title(figure).replace("\n", " ") == f"Views of one image are {claim}"


def test_similarity_of_no_pairs_is_refused():
    with pytest.raises(ValueError, match="0 negatives"):
        charts.similarity_figure(torch.ones(3), torch.ones(0))


def test_components_hold_the_variance_they_say():
    """Points at +-a, +-b and +-c of three axes, of unit length: each axis holds a third."""
    h = torch.cat([torch.eye(3), -torch.eye(3)])
    points, shares = charts.principal_components(5 * h)
    assert shares == pytest.approx([1 / 3, 1 / 3])
    assert points.square().sum(1).max() <= 1 + 1e-9
    assert "of 3 hold 67 %" in title(charts.feature_figure(h, None, ()))


def test_components_have_a_sign_of_their_own():
    generator = torch.Generator().manual_seed(0)
    h = torch.randn(50, 6, generator=generator) * torch.arange(1, 7)
    points, _ = charts.principal_components(h)
    order = torch.randperm(50, generator=generator)
    assert torch.allclose(charts.principal_components(h[order])[0], points[order])


def test_collapsed_features_are_called_so():
    h = torch.tensor([0.3, 0.1, 0.7]).repeat(9, 1)
    assert "collapsed" in title(charts.feature_figure(h, torch.zeros(9, dtype=torch.long), ("a",)))


@pytest.mark.parametrize("N", [2, 60, 5000])
def test_a_map_draws_at_most_2000_points_in_one_colour_without_labels(N):
    h = torch.randn(N, 4, generator=torch.Generator().manual_seed(0))
    drawn = charts.feature_figure(h, None, ()).axes[0].collections[0]
    assert len(drawn.get_offsets()) == min(N, 2000)
    assert len(drawn.get_facecolors()) == 1


def test_a_map_names_the_classes_that_are_there_at_their_medians():
    names = [
        t for t in charts.feature_figure(H, LABELS, shapes.CLASSES).axes[0].texts if t.get_text()
    ]
    assert sorted(name.get_text() for name in names) == sorted(shapes.CLASSES)
    one = charts.feature_figure(H, torch.full((60,), 3), shapes.CLASSES).axes[0].texts
    assert [name.get_text() for name in one] == ["dots"]
    points, _ = charts.principal_components(H)
    assert one[0].xy == pytest.approx(points.median(0).values.tolist())


def test_boxes_in_one_place_move_apart_and_the_first_stays():
    heights = canvas.separate([(0, 0.0), (0, 0.0), (0, 50.0), (99, 0.0)], [10] * 4, 8)
    assert heights == [0.0, 8.0, 50.0, 0.0]


def test_the_accuracy_title_names_method_and_untrained():
    assert title(charts.accuracy_figure(RESULT)) == (
        "A linear probe reaches 71 % on SimCLR, 47 % on the untrained encoder"
    )
    better = RESULT | {"test": {"linear_probe": 0.808, "knn": 0.8}}
    assert "81 % on NNCLR" in title(charts.accuracy_figure(better, "nnclr"))


def test_only_rows_that_were_measured_are_drawn():
    baselines = {"untrained": RESULT["baselines"]["untrained"], "supervised": None}
    rows = charts.accuracy_rows(RESULT | {"baselines": baselines}, "simclr")
    assert rows == {"SimCLR": (0.71, 0.79), "untrained": (0.47, 0.45)}


@pytest.mark.parametrize(
    "result",
    [
        RESULT | {"test": None},
        RESULT | {"test": {"linear_probe": None, "knn": None}},
        RESULT | {"baselines": None},
        {},
    ],
)
def test_accuracy_without_labels_is_refused(result):
    with pytest.raises(ValueError, match="accuracy needs labelled images"):
        charts.accuracy_figure(result)
