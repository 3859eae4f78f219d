"""Adapters on the published architectures, against what their authors' own inference code does with the same networks.

The layers are written down in ``tests/published``. The torch network is run on an input made as its authors make it
(by Pillow and NumPy, without a line of the adapter), and its answer read as they read it; the adapter runs the exported
file.
"""

import numpy as np
import pytest
from PIL import Image as Pillow

torch = pytest.importorskip("torch", reason="needs torch (install the extra: diffusion)")
pytest.importorskip("transformers", reason="needs transformers (install the extra: diffusion)")

import tiny_networks  # noqa: E402
from adapter_pictures import bundle, overlap, spread  # noqa: E402
from cyclorama.core.image import Image  # noqa: E402
from cyclorama.documents.read import read_image  # noqa: E402
from cyclorama.plate.lama import LamaFiller  # noqa: E402
from cyclorama.segmentation.birefnet import BiRefNetSegmenter  # noqa: E402
from cyclorama.segmentation.modnet import ModNetSegmenter  # noqa: E402
from cyclorama.segmentation.u2net import U2NetSegmenter  # noqa: E402
from published import export_traced, steepen  # noqa: E402
from published.birefnet import BiRefNet  # noqa: E402
from published.lama import Lama  # noqa: E402
from published.modnet import ModNet  # noqa: E402
from published.u2net import U2Net  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{kind}")
    for kind in ("DeprecationWarning", "UserWarning", "torch.jit.TracerWarning")
]
MEAN, STD = np.float32(tiny_networks.IMAGENET_MEAN), np.float32(tiny_networks.IMAGENET_STD)
SIDE = 128


@pytest.fixture
def photo(sample_photo):
    image = read_image(sample_photo)
    small = Pillow.fromarray(image.samples).resize((400, 300), Pillow.BILINEAR)
    return Image(np.array(small))


def resized(image, size, kernel=Pillow.BILINEAR):
    return np.asarray(Pillow.fromarray(image.samples).resize(size[::-1], kernel), np.float32) / 255


def tensor(pixels, mean, std):
    return torch.from_numpy(((pixels - mean) / std).transpose(2, 0, 1)[None].copy())


def logit(alpha):
    return torch.log(alpha / (1 - alpha))


def as_published(family, image):
    """Return network, its input and the alpha that its authors' code reads from its answer."""
    torch.manual_seed(3)
    if family == "u2net":
        network = U2Net(steepness=1.0).eval()
        # Divided by the largest value of the picture, not by 255.
        pixels = resized(image, (320, 320))
        given = tensor(pixels / pixels.max(), MEAN, STD)
        steepen(network.fuse, logit(network(given)[0]))
        return network, given, network(given)[0][0, 0]
    if family == "birefnet":
        network = BiRefNet(SIDE).eval()
        given = tensor(resized(image, (SIDE, SIDE)), MEAN, STD)
        steepen(network.last, network(given))
        # The network gives logits; its authors call sigmoid afterwards.
        return network, given, network(given).sigmoid()[0, 0]
    network = ModNet(steepness=1.0).eval()
    # Short side 512, both sides cut to multiples of 32.
    height, width = (int(side * 512 / min(image.size)) // 32 * 32 for side in image.size)
    given = tensor(resized(image, (height, width)), np.float32(0.5), np.float32(0.5))
    steepen(network.last[1][0], logit(network(given)))
    return network, given, network(given)[0, 0]


FAMILIES = {
    "u2net": (U2NetSegmenter, ["input", *(f"d{k}" for k in range(7))], {}),
    "birefnet": (BiRefNetSegmenter, ["input", "output"], {}),
    "modnet": (ModNetSegmenter, ["input", "output"], {"dynamic_axes": {"input": {2: "height", 3: "width"}}}),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_alpha_is_what_the_authors_code_finds(family, photo, tmp_path):
    kind, names, more = FAMILIES[family]
    with torch.no_grad():
        network, given, expected = as_published(family, photo)
    expected = expected.numpy()
    assert expected.std() > 0.2  # there is something to see
    export_traced(network, (given,), tmp_path / "model.onnx", names, **more)
    adapter = kind.from_bundle(bundle(tmp_path, "model.onnx"))
    # The very input first: then the exported file is the network.
    assert np.abs(adapter.run(given.numpy()) - expected).mean() < 2e-3
    # Then the adapter's own: Pillow rounds to 8 bit, and the untrained network is steep.
    alpha = adapter.run(adapter.prepared(photo))
    assert alpha.shape == expected.shape
    assert np.abs(alpha - expected).mean() < 0.02
    assert overlap(alpha > 0.5, expected > 0.5) > 0.97
    # And over the whole photograph, as layers get it.
    whole = np.zeros(photo.size, bool)
    for found in adapter(photo):
        whole |= spread(found, photo.size) > 0.5
    seen = np.asarray(Pillow.fromarray(expected).resize(photo.size[::-1], Pillow.BILINEAR)) > 0.5
    assert overlap(whole, seen) > 0.85


def test_lama_fills_as_its_authors_code_does(photo, tmp_path):
    torch.manual_seed(5)
    network, side = Lama().eval(), 64
    examples = torch.rand(1, 3, side, side), torch.zeros(1, 1, side, side)
    tiny_networks.export(network, examples, tmp_path / "model.onnx", ["image", "mask"], ["output"])
    filler = LamaFiller.from_bundle(bundle(tmp_path, "model.onnx"))
    assert filler.side_px == side
    for size in ((64, 64), (64, 48)):
        pixels = resized(photo, size)
        hole = np.zeros(size, bool)
        hole[20:44, 10:30] = True
        # The authors pad with mirrored pixels to what the network takes, and cut the rest off again.
        rest = ((0, side - size[0]), (0, side - size[1]))
        image = np.pad(pixels, (*rest, (0, 0)), mode="symmetric").transpose(2, 0, 1)[None]
        mask = np.pad(hole, rest, mode="symmetric")[None, None]
        with torch.no_grad():
            answer = network(torch.from_numpy(image.copy()), torch.from_numpy(mask.astype(np.float32)))
        expected = answer[0].numpy().transpose(1, 2, 0)[: size[0], : size[1]] / 255
        filled = filler(np.where(hole[..., None], np.float32(1), pixels), hole)
        np.testing.assert_array_equal(filled[~hole], pixels[~hole])
        np.testing.assert_allclose(filled[hole], np.clip(expected[hole], 0, 1), atol=2e-3)
        assert filled[hole].std() > 0.02
