"""README's lines that hand an encoder's weights to other libraries, run as they stand there.

These libraries are no dependencies of ours: a test skips where its library is missing or broken.
"""

import importlib
import re
from pathlib import Path

import pytest
import torch
from torch import nn

from simclr_mini.resnet import resnet18

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
MAKE, LOAD, *EXPORT = re.search(r"\n(network = .*?)```", README, re.S)[1].splitlines()


def needed(*names: str) -> list:
    """These modules. Skips the test without them; a wheel for another torch fails in other ways."""
    try:
        return [importlib.import_module(name) for name in names]
    except Exception as error:
        pytest.skip(f"needs {' and '.join(names)}: {type(error).__name__}: {error}")


@pytest.fixture
def encoder() -> nn.Module:
    """As after `train --encoder resnet18 --stem imagenet`, with statistics in its norms."""
    torch.manual_seed(0)
    encoder = resnet18("imagenet").train()
    encoder(torch.rand(8, 3, 32, 32))
    return encoder.eval()


@pytest.mark.parametrize("library", ["torchvision", "timm"])
def test_the_weights_load_into_another_resnet(library, encoder):
    """No weight is left over, none but the classifier's is missing, and h is the same."""
    (module,) = needed(library)
    make = MAKE.split("=", 1)[1].split("# or")[library == "timm"]
    scope = {library: module, "encoder": encoder, "torch": torch}
    scope["network"] = network = eval(make.strip(), scope)
    missing, unexpected = eval(LOAD, scope)
    assert set(missing) <= {"fc.weight", "fc.bias"} and not unexpected
    network.fc = nn.Identity()
    x = torch.rand(4, 3, 64, 64)
    torch.testing.assert_close(network.eval()(x), encoder(x), rtol=1e-6, atol=1e-6)


def test_the_encoder_goes_to_onnx(encoder, tmp_path, monkeypatch):
    """It takes another number of images than it was exported with, and gives the same h."""
    onnx, _, _ = needed("onnx", "onnx.reference", "onnxscript")
    monkeypatch.chdir(tmp_path)
    exec("\n".join(EXPORT), {"torch": torch, "encoder": encoder})
    model = onnx.load("encoder.onnx")
    x = torch.rand(3, 3, 32, 32)
    feeds = {model.graph.input[0].name: x.numpy()}
    (h,) = onnx.reference.ReferenceEvaluator(model).run(None, feeds)
    torch.testing.assert_close(torch.from_numpy(h), encoder(x), rtol=1e-3, atol=1e-3)
