"""The experiments of the lesson pages: `python docs/lessons/experiments.py 4` is lesson 4's.

Those of lessons 3, 6, 7 and 13 read the runs that are kept in docs/results. `h_or_z` needs a run of
your own. The others compute, in seconds.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn

from simclr_mini import (
    baselines,
    curation,
    data,
    deepcluster,
    diagnostics,
    evaluate,
    gsimclr,
    kmeans,
    nnclr,
    resnet,
    simclr,
    views,
)
from simclr_mini.build import build_method
from simclr_mini.methods import configure
from simclr_mini.runs import load_run

RESULTS = Path(__file__).parents[1] / "results"


def partner_by_colour():
    """Find each view's partner among 256 by its colours alone, without any network."""
    images = data.load("shapes").first(256).pixels / 255
    print("recipe      right partner, of 256")
    for name in ("none", "crop_only", "cifar", "simclr"):
        generator = torch.Generator().manual_seed(0)
        pair = views.two_views(images, views.RECIPES[name], generator)
        h1, h2 = (baselines.histogram_features((255 * x).round().byte()) for x in pair)
        nearest = torch.cdist(h1, h2, p=1).argmin(1)  # the most similar histogram
        right = int((nearest == torch.arange(256)).sum())
        print(f"{name:<12}{right:>4}    {right / 256:.0%}")


def before_training():
    """Classify the test images by k-NN, with three networks that have learned nothing."""
    bank, queries = data.load("shapes"), data.load("shapes", split="test")
    pairs = {"raw pixels": [baselines.pixel_features(split.pixels) for split in (bank, queries)]}
    for seed in range(3):
        torch.manual_seed(seed)
        encoder = resnet.resnet_tiny()
        h = [evaluate.features(encoder, split) for split in (bank, queries)]
        pairs[f"untrained {seed}"] = h
    for name, (known, asked) in pairs.items():
        found = evaluate.knn_predict(known, bank.labels, asked)
        print(f"{name:<12}{evaluate.share_right(found, queries.labels):6.1%}")


def directions_used():
    """How many of their dimensions h and z use after training: the effective rank."""
    print("run             h, of 256    z, of 128")
    for name, result in results("shapes"):
        found = result["diagnostics"]
        print(f"{name:<16}{found['effective_rank_h']:9.1f}{found['effective_rank_z']:13.1f}")


def h_or_z(run):
    """k-NN accuracy of both sides of the projector of a trained run."""
    try:
        _, method, splits, _ = load_run(Path(run))
    except FileNotFoundError as error:
        done = sorted(Path("runs").glob("*/result.json"), key=lambda file: file.stat().st_mtime)
        other = f"The latest finished run is in {done[-1].parent}" if done else "Train one first"
        sys.exit(f"{error}. {other}")
    print("accuracy of k-NN on the test images")
    both = {"h": method.encoder, "z": nn.Sequential(method.encoder, method.projector)}
    for name, network in both.items():
        bank, queries = (evaluate.features(network, splits[s]) for s in ("train", "test"))
        found = evaluate.knn_predict(bank, splits["train"].labels, queries)
        print(f"{name}  {evaluate.share_right(found, splits['test'].labels):.1%}")


def first_loss():
    """The loss of 128 images before the first step, and where training takes it."""
    images = data.load("shapes")
    for seed in range(5):
        method = build_method(configure(seed=seed), images)
        x1, x2 = method.views(images.first(128).pixels / 255)
        loss = method.loss(method.project(x1), method.project(x2), torch.arange(128))
        print(f"untrained, seed {seed}       {loss.item():.2f}")
    for name, lines in logs("shapes"):
        print(f"{name}, step 1         {lines[0]['loss']:.2f}")
        print(f"{name}, step {lines[-1]['step']}       {lines[-1]['loss']:.2f}")
    print(f"chance, ln 255          {diagnostics.chance_loss(128):.2f}")
    print(f"floor at tau 0.2        {diagnostics.floor_loss(128, 0.2):.2f}")


def steps_of_layers():
    """|gradient| / |weights| of each layer at the first step of training: SGD's relative step."""
    images = data.load("shapes")
    method = build_method(configure(), images)
    x1, x2 = method.views(images.first(128).pixels / 255)
    method.loss(method.project(x1), method.project(x2), torch.arange(128)).backward()
    found = {}
    for name, w in method.named_parameters():
        if w.dim() > 1:
            found[name] = (w.grad.norm() / w.norm()).item()
            print(f"{name:<36}|w| {w.norm():4.1f}   |g| {w.grad.norm():.3f}   {found[name]:.3f}")
    print(f"greatest / least: {max(found.values()) / min(found.values()):.0f}")
    return found


def the_control():
    """SimCLR compared with the same training with second views of other images."""
    print("run                         loss at the end   k-NN   linear probe")
    for kind in ("shapes", "shapes-wrong-positives"):
        for (name, result), (_, lines) in zip(results(kind), logs(kind), strict=True):
            tail = [line["loss"] for line in lines[-len(lines) // 10 :]]
            test, end = result["test"], sum(tail) / len(tail)
            print(f"{name:<32}{end:6.2f}  {test['knn']:10.1%}  {test['linear_probe']:10.1%}")
    for name, result in results("shapes"):
        test = result["baselines"]["untrained"]
        print(f"{name + ', untrained':<40}{test['knn']:10.1%}  {test['linear_probe']:10.1%}")


def few_labels():
    """Accuracy of the linear probe by how many labels it saw."""
    print("run             90 labels   900 labels   9,000 labels   untrained, 9,000 labels")
    for name, result in results("shapes"):
        row = few_labels_of(result)
        print(f"{name:<16}{row[0]:9.1%}{row[1]:13.1%}{row[2]:15.1%}{row[3]:26.1%}")


def few_labels_of(result):
    """Accuracies with 90, 900 and 9,000 labels, and of the untrained network with 9,000."""
    test = result["test"]
    row = [test["few_labels"][share]["probe"] for share in ("1%", "10%")]
    return [*row, test["linear_probe"], result["baselines"]["untrained"]["linear_probe"]]


def starts():
    """How often k-means finds 20 tight clumps, by how it starts; 100 runs each."""
    ways = [("random points", 0), ("far points", 1), ("the best of 4 far points", 4)]
    print("start                            finds all 20   inertia, mean over the least")
    for name, candidates in ways:
        found = []
        for seed in range(100):
            generator = torch.Generator().manual_seed(seed)
            places = torch.randn(20, 5, generator=generator)
            clump = torch.arange(2000) % 20
            x = places[clump] + 0.05 * torch.randn(2000, 5, generator=generator)
            start = some_start(x, 20, candidates, generator)
            least = kmeans.inertia(x, *kmeans.kmeans(x, 20, start=places))
            found.append(kmeans.inertia(x, *kmeans.kmeans(x, 20, start=start)) / least)
        all_found = sum(ratio < 1.05 for ratio in found)
        print(f"{name:<30}{all_found:10}%{sum(found) / 100:20.1f}")


def some_start(x, k, candidates, generator):
    """First centroids: random points, or k-means++ with this many candidates."""
    if not candidates:
        return x[torch.randperm(len(x), generator=generator)[:k]]
    rows = x[torch.randint(len(x), (1,), generator=generator)]
    nearest = kmeans.assign(x, rows)[1]
    for _ in range(k - 1):
        drawn = x[kmeans.far_points(nearest, candidates, generator)]
        after = [torch.minimum(nearest, kmeans.assign(x, row[None])[1]) for row in drawn]
        best = min(range(candidates), key=lambda i: after[i].sum())
        rows, nearest = torch.cat([rows, drawn[best : best + 1]]), after[best]
    return rows


def unequal_clusters():
    """Collisions of a batch with 64 clusters of 50,000 images, ever more unequal; B = 64."""
    print("spread   largest / smallest   released   the last tenth   random   dealt")
    found = []
    for spread in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
        # the logarithm of a size is normal: its 64 quantiles
        normal = torch.special.ndtri((torch.arange(64, dtype=torch.float64) + 0.5) / 64)
        sizes = (50_000 * (spread * normal).softmax(0)).long()
        clusters = torch.arange(64).repeat_interleave(sizes)
        generator = torch.Generator().manual_seed(0)
        clusters = clusters[torch.randperm(len(clusters), generator=generator)]
        released, dealt = (
            [gsimclr.collisions(clusters[i]) for i in batches]
            for batches in (
                gsimclr.released_batches(clusters, 64),
                gsimclr.dealt_batches(clusters, 64, generator),
            )
        )
        row = sum(released) / len(released), sum(released[-78:]) / 78
        row += gsimclr.expected_collisions(sizes, 64), sum(dealt) / len(dealt)
        found.append((spread, *row))
        ratio = int(sizes.max()) / int(sizes.min())
        print(f"{spread:6.1f}{ratio:21.1f}{row[0]:11.1f}{row[1]:17.1f}{row[2]:9.1f}{row[3]:8.1f}")
    return found


def what_is_kept():
    """The best and the worst of four draws for untrained networks, compared with larger crops."""
    images = data.load("shapes").first(1280)
    print("trained on                    violated   positives apart   overlap")
    rows = [("first draw", "off", 0.2), ("best of four", "best", 0.2)]
    rows += [("worst of four", "reversed", 0.2), ("first draw, larger crops", "off", 0.3)]
    for name, rule, crop_min in rows:
        found = []
        for seed in range(3):
            choices = {"curate": rule, "tries": 4, "crop_min": crop_min, "seed": seed}
            config = configure("curation", **choices)
            method = build_method(config, images).train()
            for x in (images.pixels / 255).split(128):
                if rule == "off":
                    kept = method.score(method.draw_views(x, method.generators["views"]))
                else:
                    method.views(x)
                    kept = method.last["draws"][method.last["chosen"]]
                share = float(curation.overlap(*kept["boxes"]).mean())
                found.append((kept["badness"], kept["positive"], share))
        mean = [sum(column) / len(found) for column in zip(*found, strict=True)]
        print(f"{name:<30}{mean[0]:8.1%}{mean[1]:18.4f}{mean[2]:10.3f}")


def who_is_found():
    """Whose rows a view finds by colour alone, for each order of searching and pushing."""
    images = data.load("shapes").first(2048)
    generator = torch.Generator().manual_seed(0)
    steps = []
    for _ in range(3):  # epochs, the last of which is looked at
        for index in simclr.shuffled_batches(2048, 128, generator):
            x = images.pixels[index] / 255
            pair = views.two_views(x, views.RECIPES["crop_only"], generator)
            steps.append((index, *(baselines.histogram_features((255 * v).byte()) for v in pair)))
    print("order               own rows   finds itself   same class   age in steps")
    for push_first, exclude_same in [(True, False), (False, False), (False, True)]:
        config = configure("nnclr", support_size=1024, exclude_same=exclude_same, out_dim=64)
        method = nnclr.NNCLR(config, images, nn.Identity(), nn.Identity())
        support = method.support
        found = []
        for index, z1, z2 in steps:
            if push_first:
                support.push(z1, index)
            twice = index.repeat(2)
            found.append(method.health(method.search(torch.cat([z1, z2]), twice), twice))
            if not push_first:
                support.push(z1, index)
        names = ("self_match", "same_class", "neighbour_age")
        last = [sum(line[name] for line in found[-16:]) / 16 for name in names]
        order = "push, then search" if push_first else "search, then push"
        own = "left out" if exclude_same else "count"
        print(f"{order:<20}{own:<11}{last[0]:12.1%}{last[1]:13.1%}{last[2]:15.1f}")


def what_is_clustered():
    """Cluster 2,000 images by untrained networks: agreement with the classes, and evenness."""
    images, seeds = data.load("shapes").first(2000), range(3)
    found = {"chance": [], "h": [], "h, whitened": []}
    for seed in seeds:
        torch.manual_seed(seed)
        h = evaluate.features(resnet.resnet_tiny(), images)
        generator = torch.Generator().manual_seed(1000 + seed)
        found["chance"].append(torch.randint(100, (2000,), generator=generator))
        for name, x in [("h", h), ("h, whitened", deepcluster.pca_whiten(h, 64))]:
            found[name].append(kmeans.kmeans(x, 100, generator=generator)[1])
    print("clusters of     agree with the classes   in effect   (mean of 3 networks)")
    for name, clusterings in found.items():
        agree = sum(deepcluster.mutual_information(c, images.labels) for c in clusterings) / 3
        effect = sum(map(deepcluster.effective_clusters, clusterings)) / 3
        print(f"{name:<16}{agree:22.3f}{effect:12.1f}")


def while_the_queue_fills():
    """MoCo's loss at some steps, and the share of queries that find their own key."""
    print("run              step   queue filled   loss   find their key")
    for name, lines in logs("shapes-moco"):
        for step in (1, 2, 5, 9, 70, 420):
            line = lines[step - 1]
            shares = f"{line['queue_filled']:13.0%}{line['loss']:9.2f}{line['key_accuracy']:15.0%}"
            print(f"{name:<16}{step:5}{shares}")


def results(kind):
    """Name and result of every kept seed of a run."""
    for file in sorted(RESULTS.glob(f"{kind}-[0-9]/result.json")):
        yield file.parent.name, json.loads(file.read_text())


def logs(kind):
    """Name and log of every kept seed of a run."""
    for file in sorted(RESULTS.glob(f"{kind}-[0-9]/log.jsonl")):
        yield file.parent.name, [json.loads(line) for line in file.read_text().splitlines()]


EXPERIMENTS = {
    "1": partner_by_colour,
    "2": before_training,
    "3": directions_used,
    "4": first_loss,
    "5": steps_of_layers,
    "6": the_control,
    "7": few_labels,
    "8": starts,
    "9": unequal_clusters,
    "10": what_is_kept,
    "11": who_is_found,
    "12": what_is_clustered,
    "13": while_the_queue_fills,
    "h-or-z": h_or_z,
}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in EXPERIMENTS:
        EXPERIMENTS[sys.argv[1]](*sys.argv[2:])
    else:
        sys.exit(f"Which one? {', '.join(EXPERIMENTS)} (h-or-z takes the folder of a run)")
