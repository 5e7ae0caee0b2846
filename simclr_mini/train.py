"""Training: one loop for all methods.

    simclr-mini train                                   # shapes, two minutes on two cores
    simclr-mini train --data cifar10 --images 10000     # photographs, two minutes

`build` makes what the loop needs, and `resume` keeps what a killed run needs to continue.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from simclr_mini import distributed
from simclr_mini.build import build_optimizer, trained_on
from simclr_mini.config import Config
from simclr_mini.data import Images, as_floats
from simclr_mini.device import number_format, pick_device
from simclr_mini.evaluate import knn_predict, represent, share_right
from simclr_mini.grad_cache import live_norms, project_in_chunks, warn_of_live_norms
from simclr_mini.optim import learning_rate, scaled_learning_rate, take_step
from simclr_mini.resume import Progress
from simclr_mini.simclr import SimCLR


def train(
    config: Config,
    method: SimCLR,
    data: dict[str, Images],
    folder: Path,
    show: Callable[[dict], None],
) -> None:
    """Train a method to the end of its run, from the folder's checkpoint if there is one.

    Args:
        config: the choices of the run.
        method: untrained, as returned by `build.build_method`. It is trained in place.
        data: training and validation images, "train" and "val".
        folder: the run's folder, which exists.
        show: called after each step with its line of the log.

    Raises:
        FloatingPointError: the loss is not finite. The last checkpoint is intact.
        Stopped: Ctrl-C was pressed. The state is saved.
        OSError: the folder cannot be written. The last checkpoint is intact.
    """
    images, B = trained_on(data), config.batch_size
    device = pick_device(config.device)
    bfloat16 = number_format(config.precision, config.device) == "bfloat16"
    # channels_last is the layout in which CPUs and GPUs convolve fastest
    method.to(device, memory_format=torch.channels_last)
    if distributed.size() > 1:  # a batch norm must see the whole batch
        nn.SyncBatchNorm.convert_sync_batchnorm(method)
    optimizer = build_optimizer(config, method)
    distributed.average_before_steps(optimizer)
    warn_of_live_norms(method.train(), B, config.chunk_size)
    peak = scaled_learning_rate(config.learning_rate, B, config.scaling)
    with Progress(config, method, optimizer, images, folder) as run:
        # at least one step comes after the warm-up: a single step would have a rate of zero
        warmup = min(round(run.per_epoch * config.warmup_epochs), run.total - 1)
        for epoch in run.epochs_left():
            run.start_epoch()  # here G-SimCLR and DeepCluster make clusters
            for index in run.batches_left():  # except those that a killed process trained on
                x = as_floats(images.pixels[index], device)
                views = [*method.views(x), *method.small_views(x)]
                z = project(method, views, bfloat16, config.chunk_size)
                loss = method.loss_of_views(z, index)
                check_finite(loss, run.step, config)  # before it can spoil the weights
                # set by step, not by epoch: short runs have few epochs
                rate = float(learning_rate(run.step, run.total, warmup, peak))
                take_step(optimizer, loss, rate)
                line = run.next_line(epoch, rate, loss)
                with torch.no_grad():
                    line |= method.meters(z[0], z[1], index)
                if run.epoch_ends() and distributed.rank() == distributed.FIRST:
                    line |= run.follow_neighbours()  # tells when training has settled
                    if knn_is_due(config, epoch, data["train"]):
                        line["knn"] = knn_accuracy(method, data)
                run.record(line, show)  # log, checkpoint, Ctrl-C


def project(
    method: SimCLR, views: list[Tensor], bfloat16: bool, chunk_size: int = 0
) -> list[Tensor]:
    """Projections of views, shape (B, d) each, float32 or wider.

    Many processes divide the work: each passes its own rows through the network, and all of them
    get the projections of the whole batch.

    Autocast ends here because losses need float32: bfloat16 is too coarse for a sum of
    exponentials.

    Args:
        method: has `project_views`.
        views: two large views, then small ones, shape (B, 3, size, size) each.
        bfloat16: whether the network computes in bfloat16.
        chunk_size: how many images are in the network at a time, as for `project_in_chunks`.
    """
    B = len(views[0])
    views = [distributed.own_rows(x).contiguous(memory_format=torch.channels_last) for x in views]
    with torch.autocast(views[0].device.type, torch.bfloat16, enabled=bfloat16):
        z = project_in_chunks(method, views, chunk_size)
    z = [one.to(torch.promote_types(one.dtype, torch.float32)) for one in z]
    return [distributed.gather(one, B) for one in z]


def check_processes(config: Config, method: SimCLR) -> None:
    """Refuse options with which several processes would not compute what one process does.

    Raises:
        ValueError: an option cannot work; the message says what can be used instead.
    """
    B, W = config.batch_size, distributed.size()
    if B < W:
        raise ValueError(f"--batch-size must be {W} or more for {W} processes, not {B}")
    if W > 1 and getattr(config.options, "norm_groups", 1) > 1:
        raise ValueError(f"--norm-groups must be 1 for {W} processes, which share one batch")
    if W == 1 or not live_norms(method):
        return
    if config.chunk_size:
        raise ValueError(f"--chunk-size with {W} processes needs --norm group, which is exact")
    if pick_device(config.device).type == "cpu":
        raise ValueError(
            f"a batch norm cannot see the whole batch of {W} processes without GPUs: "
            "use --norm group, or one process"
        )


def check_finite(loss: Tensor, step: int, config: Config) -> None:
    """Raise FloatingPointError, with likely causes, if the loss is infinite or not a number."""
    if loss.isfinite():
        return
    causes = [f"--learning-rate {config.learning_rate} is too high"]
    if hasattr(config.options, "temperature"):
        causes.append(f"--temperature {config.options.temperature} is too low")
    causes.append(f"--precision {config.precision} is too coarse")
    raise FloatingPointError(
        f"the loss is {loss.item()} at step {step}. Likely causes: {', or '.join(causes)}"
    )


def knn_is_due(config: Config, epoch: int, images: Images) -> bool:
    """Whether to measure k-NN accuracy after this epoch, with these images as neighbours."""
    labelled = images.labels is not None
    return labelled and config.knn_every > 0 and (epoch + 1) % config.knn_every == 0


def knn_accuracy(method: SimCLR, data: dict[str, Images]) -> float:
    """Accuracy of k-NN on up to 1,000 validation images among up to 2,000 training images."""
    bank, queries = data["train"].first(2_000), data["val"].first(1_000)
    predicted = knn_predict(
        represent(method.encoder, bank), bank.labels, represent(method.encoder, queries)
    )
    return share_right(predicted, queries.labels)
