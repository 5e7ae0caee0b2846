"""Config: every choice of a training run, in one flat record. The command line is made from it."""

from dataclasses import dataclass, fields
from typing import Literal

from simclr_mini.resnet import ENCODERS
from simclr_mini.views import RECIPES


@dataclass(frozen=True)
class Config:
    """The defaults train on `shapes` in about two minutes on two cores, without a GPU."""

    method: Literal["simclr", "gsimclr", "curation", "nnclr", "deepcluster", "supervised"] = (
        "simclr"
    )
    """What to train. "supervised" learns from labels, for comparison."""
    data: str = "shapes"
    """"shapes" (built in), "cifar10", or the path of a folder of pictures or a built .npy file."""
    images: int = 0
    """Train on this many images of the training split. 0: all."""
    size: int = 32
    """Side in pixels to which the pictures of a folder are resized."""
    encoder: Literal["tiny", "resnet18", "resnet34", "resnet50"] = "tiny"
    """The network. All but "tiny" are for GPUs."""
    stem: Literal["auto", "cifar", "half", "imagenet"] = "auto"
    """First layer: "cifar" keeps the resolution, "half" halves it, "imagenet" divides it by four.
    "auto": "half" for "tiny", else "cifar"."""
    zero_init: bool = False
    """Start each residual block as the identity."""
    projector: Literal["none", "linear", "mlp"] = "mlp"
    """The head between the representation and the loss."""
    hidden_dim: int = 512
    """Width of the hidden layer of the "mlp" head."""
    out_dim: int = 128
    """Width of the projection z."""
    recipe: Literal["simclr", "cifar", "crop_only", "none"] = "cifar"
    """How views are made. "crop_only" leaves the colours alone."""
    crop_min: float = 0.2
    """Least share of an image's area that a crop shows. The paper has 0.08, for larger pictures."""
    temperature: float = 0.2
    """tau of NT-Xent. Smaller looks harder at the nearest images."""
    positives: Literal["same", "wrong"] = "same"
    """"wrong" takes the second view from another image: a control that can learn nothing."""
    clusters: int = 256
    """gsimclr, deepcluster: K, how many clusters of images."""
    batching: Literal["dealt", "strict", "released", "random", "frozen", "oracle"] = "dealt"
    """gsimclr: how batches are put together. "dealt": fewest images of one cluster in a batch;
    "strict": never two, some images wait; "released": as the authors' code. For comparison:
    "random"; "frozen", the same every epoch; "oracle", by true labels (not self-supervised)."""
    autoencoder_epochs: int = 2
    """gsimclr: of the autoencoder whose latents are clustered, at most."""
    noise: float = 0.01
    """gsimclr: of the autoencoder's input, standard deviation."""
    curate: Literal["best", "threshold", "frechet", "random", "reversed", "off"] = "best"
    """curation: which draw of a batch's views to train on. All are our interpretation."""
    tries: int = 2
    """curation: draws of a batch, at most."""
    curate_warmup: int = 0
    """curation: epochs before it begins."""
    support_size: int = 4096
    """nnclr: Q, how many projections the support set holds."""
    top_k: int = 1
    """nnclr: take at random one of this many nearest neighbours."""
    candidates: Literal["batch", "all"] = "batch"
    """nnclr: what the neighbour is compared with. "batch": the other view's B predictions, as the
    paper; "all": the 2B - 1 candidates of NT-Xent."""
    exclude_same: bool = True
    """nnclr: an image's own rows in the support set are not its neighbours."""
    pca_dim: int = 64
    """deepcluster: directions of the representation that are whitened and clustered."""
    warm_start: bool = False
    """deepcluster: start k-means from the last epoch's clusters."""
    sobel: bool = False
    """deepcluster: the encoder sees edges in the place of colours, as in the paper."""
    epochs: int = 6
    """Times that every training image is seen, twice each time."""
    batch_size: int = 128
    """Images in a batch; each has two views."""
    optimizer: Literal["adamw", "sgd", "lars"] = "adamw"
    """"sgd" has momentum 0.9."""
    learning_rate: float = 3e-3
    """The highest rate, at 256 images in a batch."""
    scaling: Literal["linear", "sqrt"] = "sqrt"
    """How the rate grows with the batch."""
    weight_decay: float = 1e-4
    """Pull of the weights towards zero; biases and norms have none."""
    warmup_epochs: float = 0.5
    """Epochs during which the rate climbs from zero."""
    seed: int = 0
    """Of the weights, the order of images and the views."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where to compute. "auto": the fastest that is there."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """"auto": bfloat16 where the machine computes in it, else float32."""
    knn_every: int = 2
    """Epochs between looks at the validation images by k-NN. 0: never."""
    checkpoint_every: int = 50
    """Steps between checkpoints."""

    def check(self) -> None:
        """Refuse what cannot work before any work starts: ValueError, with what would do."""
        least = {
            "images": 0,
            "epochs": 1,
            "batch_size": 2,
            "size": 8,
            "hidden_dim": 1,
            "out_dim": 1,
        }
        least |= {"seed": 0, "knn_every": 0, "checkpoint_every": 1, "weight_decay": 0}
        least |= {"warmup_epochs": 0, "clusters": 2, "autoencoder_epochs": 1, "noise": 0}
        least |= {"tries": 2, "curate_warmup": 0, "support_size": 1, "top_k": 1, "pca_dim": 1}
        for name, value in least.items():
            if not getattr(self, name) >= value:
                refuse(name, getattr(self, name), f"{value} or more")
        for name, high in {"temperature": 100, "learning_rate": 1e6}.items():
            if not 0 < getattr(self, name) <= high:
                refuse(name, getattr(self, name), "a number above 0, such as 0.2")
        for name in ("weight_decay", "noise"):
            if getattr(self, name) == float("inf"):
                refuse(name, getattr(self, name), "a number of 0 or more")
        if self.seed >= 2**63:
            refuse("seed", self.seed, "below 2^63")
        if not 0 < self.crop_min <= 1:
            refuse("crop_min", self.crop_min, "above 0 and at most 1")
        if self.warmup_epochs > self.epochs:
            refuse("warmup_epochs", self.warmup_epochs, f"at most the {self.epochs} epochs")
        for name, choices in {"encoder": ENCODERS, "recipe": RECIPES}.items():
            if getattr(self, name) not in choices:
                refuse(name, getattr(self, name), "one of " + ", ".join(choices))
        for name, value in {"batch_size": self.batch_size, "top_k": self.top_k}.items():
            if self.method == "nnclr" and value > self.support_size:
                refuse("support_size", self.support_size, f"--{flag(name)} or more, {value}")
        if self.batching == "strict" and self.clusters < self.batch_size:
            refuse("clusters", self.clusters, f"--batch-size, {self.batch_size}, or more")
        for field in fields(self):
            if field.name in unused(self.method) and getattr(self, field.name) != field.default:
                raise ValueError(
                    f"--method {self.method} makes no use of --{flag(field.name)}; leave it out"
                )


HEAD = ("projector", "hidden_dim", "out_dim", "temperature")
USES = {  # options that not every method uses
    "simclr": (*HEAD, "positives"),
    "gsimclr": (*HEAD, "clusters", "batching", "autoencoder_epochs", "noise"),
    "curation": (*HEAD, "curate", "tries", "curate_warmup"),
    "nnclr": (*HEAD, "support_size", "top_k", "candidates", "exclude_same"),
    "deepcluster": ("clusters", "pca_dim", "warm_start", "sobel"),
    "supervised": (),
}


def unused(method: str) -> set[str]:
    """Names of the options that a method makes no use of."""
    return {name for names in USES.values() for name in names} - set(USES[method])


def flag(name: str) -> str:
    """How an option is written on the command line."""
    return name.replace("_", "-")


def refuse(name: str, value: object, wanted: str) -> None:
    """Raise ValueError: which option is wrong, what came, and what would do."""
    raise ValueError(f"--{flag(name)} must be {wanted}, not {value}")
