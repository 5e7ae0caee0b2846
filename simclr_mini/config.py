"""Config: every choice of a training run in one flat record.

The choices that every method has are here, in four groups. Those of a single method are in that
method's file, and `options` holds them. The command line is made from these records.
"""

from dataclasses import asdict, dataclass, fields
from typing import Literal, get_args, get_origin, get_type_hints

from simclr_mini.folder import LEAST_SIDE, MOST_SIDE
from simclr_mini.views import recipe_named


def flag(name: str) -> str:
    """How an option is written on the command line, without the dashes in front."""
    return name.replace("_", "-")


def refuse(name: str, value: object, wanted: str) -> None:
    """Raise a ValueError that says which option is wrong, what it must be, and what it was."""
    raise ValueError(f"--{flag(name)} must be {wanted}, not {value}")


MOST = 10**9  # a larger value would overflow before memory runs out


def at_least(choices: object, **least: float) -> None:
    """Raise ValueError if a choice is below its minimum, above MOST or not a number."""
    for name, value in least.items():
        chosen = getattr(choices, name)
        if not value <= chosen:
            refuse(name, chosen, f"{value} or more")
        if chosen > MOST:
            refuse(name, chosen, f"at most {MOST:,}")


def check_seed(seed: int) -> None:
    """Raise ValueError if torch's CPU generator, which uses 32 bits, cannot take a seed."""
    if not 0 <= seed < 2**32:
        refuse("seed", seed, "0 or more and below 2^32")


def one_of_its_values(choices: object) -> None:
    """Raise ValueError if a choice is not one of its named values."""
    for name, kind in get_type_hints(type(choices)).items():
        values = get_args(kind) if get_origin(kind) is Literal else ()
        if values and getattr(choices, name) not in values:
            refuse(name, getattr(choices, name), f"one of {', '.join(values)}")


@dataclass(frozen=True)
class Options:
    """The choices of one method. Each method has a sub-class of its own."""

    def check(self, config: "Config") -> None:
        """Raise ValueError if an option cannot work, alone or with the general choices."""

    def idle(self, epochs: int) -> dict[str, str]:
        """Options without an effect in a run of so many epochs.

        Returns:
            For the name of each, the other option that is the reason.
        """
        return {}


@dataclass(frozen=True)
class DataChoices:
    """What to train on."""

    data: str = "shapes"
    """"shapes" (built in), "cifar10", or the path of a folder of pictures or of a .npy file from
    `simclr-mini data build`."""
    images: int = 0
    """Train on only this many images of the training split. 0: all of them."""
    size: int = 32
    """Side in pixels to which the pictures of a folder are resized."""


@dataclass(frozen=True)
class ViewChoices:
    """How views are made."""

    views: str = "cifar"
    """A recipe: "simclr", "cifar", "crop_only" (colours stay unchanged) or "none". Or operations
    joined by "+": crop, flip, rotate, cutout, color, gray, blur, sobel, noise."""
    crop_min: float = 0.2
    """Smallest share of an image's area that a crop shows. The paper uses 0.08 on larger images."""
    view_size: int = 0
    """Side of a view in pixels. 0: three quarters of the image's side, so that a step takes a third
    less time. The encoder is evaluated on whole images."""
    small_crops: int = 0
    """Number of additional small views of each image, as in SwAV's multi-crop."""
    small_size: int = 16
    """Side of a small view in pixels."""


@dataclass(frozen=True)
class NetworkChoices:
    """The encoder and its projection head."""

    encoder: Literal["patches", "tiny", "resnet18", "resnet34", "resnet50"] = "patches"
    """The network. "patches": a first layer of k-means patches that is not trained, then two
    residual stages. "tiny": a ResNet with three narrow stages. The others are meant for GPUs."""
    width: float = 1.0
    """Factor for the number of channels in every layer. At 2, training takes about three times as
    long."""
    stem: Literal["auto", "cifar", "half", "imagenet"] = "auto"
    """First layer: "cifar" keeps the resolution, "half" halves it, "imagenet" divides it by four.
    With "auto", the encoder "tiny" uses "half" and the ResNets use "cifar". The encoder "patches"
    has a first layer of its own."""
    zero_init: bool = False
    """Start each residual block as the identity."""
    norm: Literal["batch", "group"] = "batch"
    """Kind of normalisation. "group" looks at one image at a time, so a batch may be divided into
    chunks or among processes."""
    projector: Literal["none", "linear", "mlp"] = "mlp"
    """The head between the representation and the loss."""
    hidden_dim: int = 512
    """Width of the hidden layer of the "mlp" head."""
    out_dim: int = 128
    """Width of the projection z."""


@dataclass(frozen=True)
class TrainingChoices:
    """Length, batches, optimiser and machine."""

    epochs: int = 6
    """Number of passes over the training images. A pass shows two views of each image."""
    batch_size: int = 128
    """Number of images in a batch; each has two views."""
    chunk_size: int = 0
    """Number of images in the network at a time, for a batch that does not fit in memory. Costs one
    more forward pass. 0: the whole batch."""
    optimizer: Literal["adamw", "sgd", "lars"] = "adamw"
    """The optimiser. "sgd" uses momentum 0.9."""
    learning_rate: float = 3e-3
    """Base learning rate; with "linear" or "sqrt" scaling, the rate at a batch size of 256."""
    scaling: Literal["linear", "simclr_sqrt", "sqrt"] = "sqrt"
    """How the learning rate grows with the batch size B. "linear": in proportion to B / 256; "sqrt"
    (ours): in proportion to its square root; "simclr_sqrt": the paper's square-root rule, which
    equals "linear" at B = 4,096."""
    weight_decay: float = 1e-4
    """Weight decay, from which biases and norms are exempt."""
    warmup_epochs: float = 0.5
    """Number of epochs during which the learning rate climbs from zero."""
    seed: int = 0
    """Random seed for weights, batch order and views."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where to compute. "auto": the fastest device available."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Number format of the network. "auto": bfloat16 if the device has instructions for it,
    float32 otherwise."""
    knn_every: int = 2
    """Number of epochs between k-NN measurements on the validation images. 0: never."""
    checkpoint_every: int = 50
    """Number of steps between checkpoints."""


GROUPS = (DataChoices, ViewChoices, NetworkChoices, TrainingChoices)


@dataclass(frozen=True)
class Config(TrainingChoices, NetworkChoices, ViewChoices, DataChoices):
    """The general choices, the method, and the method's own options.

    With SimCLR's options, the defaults train on `shapes` in about two minutes on two cores, without
    a GPU. `methods.configure` makes one from plain names and values, with the method's options.
    """

    method: str = "simclr"
    options: Options = Options()

    def check(self) -> None:
        """Raise an error if an option cannot work, before any work starts.

        Raises:
            ValueError: an option cannot work; the message says which one, and what it must be.
        """
        one_of_its_values(self)
        one_of_its_values(self.options)
        at_least(self, images=0, hidden_dim=1, out_dim=1, small_crops=0)
        at_least(self, size=LEAST_SIDE, small_size=LEAST_SIDE)
        if self.view_size:
            at_least(self, view_size=LEAST_SIDE)
        if not 0 < self.width <= 64:
            refuse("width", self.width, "above 0 and at most 64, such as 2")
        if self.encoder == "patches" and self.stem != "auto":
            refuse("stem", self.stem, "auto: --encoder patches has a first layer of its own")
        for side in ("size", "view_size", "small_size"):
            if getattr(self, side) > MOST_SIDE:
                refuse(side, getattr(self, side), f"at most {MOST_SIDE}")
        at_least(self, epochs=1, batch_size=2, chunk_size=0)
        at_least(self, weight_decay=0, warmup_epochs=0, knn_every=0, checkpoint_every=1)
        if not 0 < self.learning_rate <= 1e6:
            refuse("learning_rate", self.learning_rate, "above 0 and at most 1e6, such as 0.003")
        if self.norm == "batch" and self.chunk_size in (1, 2):
            refuse("chunk_size", self.chunk_size, "3 or more with --norm batch")
        check_seed(self.seed)
        if not 0 < self.crop_min <= 1:
            refuse("crop_min", self.crop_min, "above 0 and at most 1")
        if self.warmup_epochs > self.epochs:
            refuse("warmup_epochs", self.warmup_epochs, f"at most --epochs ({self.epochs})")
        recipe_named(self.views)
        self.options.check(self)

    def check_use(self) -> None:
        """Raise ValueError if an option was set that has no effect beside another one."""
        idle = self.options.idle(self.epochs)
        if self.projector != "mlp":
            idle["hidden_dim"] = f"--projector {self.projector}"
        if self.projector == "none":
            idle["out_dim"] = "--projector none"
        if not self.small_crops:
            idle["small_size"] = "--small-crops 0"
            if not recipe_named(self.views).crop:
                idle["crop_min"] = f"--views {self.views}"
        for choices in (self, self.options):
            for one in fields(choices):
                if one.name in idle and getattr(choices, one.name) != one.default:
                    said = f"--{flag(one.name)} has no effect with {idle[one.name]}; leave it out"
                    raise ValueError(said)

    def flat(self) -> dict:
        """All choices by name, the method's own among them: what config.json holds."""
        general = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "options"}
        return {"method": self.method} | general | asdict(self.options)
