"""The colour profile layouts/srgb.icc: its bytes, its header, and the colours it stands for."""

import importlib.util
import struct
from io import BytesIO
from itertools import product
from types import ModuleType

import pytest
from conftest import ROOT
from PIL import Image, ImageCms

PATH = ROOT / "layouts" / "srgb.icc"
DATA = PATH.read_bytes()
RED = (204, 15, 26)
"""Of the specimen seal."""
COLOURS = [
    *((grey, grey, grey) for grey in range(256)),
    *product(range(0, 256, 17), repeat=3),
    *((r, g, b) for r in range(190, 221, 5) for g in range(0, 31, 5) for b in range(0, 61, 5)),
    RED,
]
INTENTS = [*ImageCms.Intent]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The script that writes the profile."""
    spec = importlib.util.spec_from_file_location("writer", ROOT / "tools" / "srgb_profile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def opened() -> ImageCms.ImageCmsProfile:
    """The profile as littleCMS reads it."""
    return ImageCms.ImageCmsProfile(BytesIO(DATA))


def tags() -> dict[bytes, bytes]:
    """The tags by their signature."""
    (count,) = struct.unpack_from(">I", DATA, 128)
    entries = [struct.unpack_from(">4sII", DATA, 132 + 12 * at) for at in range(count)]
    return {name: DATA[offset : offset + size] for name, offset, size in entries}


def fixed(data: bytes) -> list[float]:
    """The numbers of an XYZType or s15Fixed16ArrayType."""
    return [number / 0x10000 for number in struct.unpack(f">{len(data) // 4 - 2}i", data[8:])]


def through(
    source: ImageCms.ImageCmsProfile, target: object, intent: ImageCms.Intent
) -> list[tuple[int, int, int]]:
    """The colours, taken from one profile to another in 8 bits."""
    image = Image.new("RGB", (len(COLOURS), 1))
    image.putdata(COLOURS)
    change = ImageCms.buildTransform(source, target, "RGB", "RGB", intent)  # type: ignore[arg-type]
    done = ImageCms.applyTransform(image, change)
    assert done is not None
    data = done.tobytes()
    return [(data[at], data[at + 1], data[at + 2]) for at in range(0, len(data), 3)]


def distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """The largest difference of a channel."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def test_the_file_is_what_the_script_writes(tool: ModuleType) -> None:
    """A stale file: run `python -m tools.srgb_profile`."""
    assert tool.profile() == DATA


def test_header() -> None:
    """A display's profile of version 2.4 from RGB to XYZ, of a fixed date, with nobody's names."""
    assert struct.unpack_from(">I", DATA) == (len(DATA),)
    assert DATA[4:8] == bytes(4)
    assert DATA[8:12] == b"\x02\x40\x00\x00"
    assert DATA[12:24] == b"mntrRGB XYZ "
    assert struct.unpack_from(">6H", DATA, 24) == (1999, 10, 18, 0, 0, 0)
    assert DATA[36:40] == b"acsp"
    assert DATA[40:68] == bytes(28)
    assert struct.unpack_from(">3I", DATA, 68) == (0xF6D6, 0x10000, 0xD32D)
    assert DATA[80:128] == bytes(48)
    assert 2_500 <= len(DATA) <= 3_000


def test_tags() -> None:
    """What a display's profile must have is there, aligned, inside the file, without overlap."""
    assert tags().keys() == {
        b"desc", b"cprt", b"wtpt", b"chad", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC",
    }  # fmt: skip
    entries = {struct.unpack_from(">II", DATA, 136 + 12 * at) for at in range(10)}
    end = 132 + 12 * 10
    for offset, size in sorted(entries):
        assert offset % 4 == 0
        assert end <= offset < end + 4
        assert DATA[end:offset] == bytes(offset - end)
        end = offset + size
    assert DATA[end:] == bytes(-end % 4)
    assert tags()[b"rTRC"] == tags()[b"gTRC"] == tags()[b"bTRC"]


def test_texts() -> None:
    """Its name, and that everybody may use it; the README says so, too."""
    profile = opened().profile
    assert profile.profile_description == "sRGB (IEC 61966-2-1)"
    assert "CC0 1.0" in (profile.copyright or "")
    assert "srgb.icc" in (ROOT / "README.md").read_text(encoding="utf-8").split("## Licence")[1]


def test_tone_curve() -> None:
    """1024 steps from black to white, each that of the standard."""
    data = tags()[b"rTRC"]
    assert data[:12] == struct.pack(">4s4xI", b"curv", 1024)
    steps = struct.unpack(">1024H", data[12:])
    assert (steps[0], steps[-1]) == (0, 65535)
    for at, step in enumerate(steps):
        value = at / 1023
        light = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        assert step / 65535 == pytest.approx(light, abs=0.5 / 65535 + 1e-12)


def test_primaries() -> None:
    """They are those that littleCMS computes; the adapted white is D50, before it was D65."""
    ours, theirs = opened().profile, ImageCms.createProfile("sRGB")
    for name in ("red_colorant", "green_colorant", "blue_colorant", "media_white_point"):
        assert getattr(ours, name)[0] == pytest.approx(getattr(theirs, name)[0], abs=2e-5), name
    found = tags()
    columns = [fixed(found[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    assert [sum(parts) for parts in zip(*columns, strict=True)] == fixed(found[b"wtpt"])
    chad, white = fixed(found[b"chad"]), (0.3127 / 0.3290, 1, 0.3583 / 0.3290)
    adapted = [sum(chad[3 * row + at] * white[at] for at in range(3)) for row in range(3)]
    assert adapted == pytest.approx(fixed(found[b"wtpt"]), abs=5e-5)


@pytest.mark.parametrize("intent", INTENTS)
def test_colours_are_those_of_srgb(intent: ImageCms.Intent) -> None:
    """To the built-in sRGB and back, no channel of 8 bits changes by more than 1."""
    ours, theirs = opened(), ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    for source, target in ((ours, theirs), (theirs, ours)):
        changed = through(source, target, intent)
        assert max(map(distance, COLOURS, changed)) <= 1


def test_a_wrong_curve_would_be_seen(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison of colours tells sRGB from a plain gamma of 2.2."""
    monkeypatch.setattr(tool, "curve", lambda value: value**2.2)
    other = ImageCms.ImageCmsProfile(BytesIO(tool.profile()))
    changed = through(other, ImageCms.createProfile("sRGB"), ImageCms.Intent.PERCEPTUAL)
    assert max(map(distance, COLOURS, changed)) > 3


def test_grey_stays_neutral() -> None:
    """In Lab, greys have no colour, black is black and white is white."""
    lab = ImageCms.createProfile("LAB")
    image = Image.new("RGB", (256, 1))
    image.putdata([(grey, grey, grey) for grey in range(256)])
    change = ImageCms.buildTransform(opened(), lab, "RGB", "LAB")
    done = ImageCms.applyTransform(image, change)
    assert done is not None
    light, a, b = (channel.tobytes() for channel in done.split())
    assert (light[0], light[-1]) == (0, 255)
    assert list(light) == sorted(light)
    assert set(a) == set(b) == {a[0]}
