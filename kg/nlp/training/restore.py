"""The folder of a model back into a network that can learn more: the inverse of ``export``, up to its rounding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from kg.errors import KGError
from kg.nlp.runtime import PARTS
from kg.nlp.training.network import Network

_PRODUCT = re.compile(r"/encoder/(layers\.\d+/\w+)/MatMul_output_0(\.whole)?")
"""What ``torch.onnx.export`` calls the output of a matrix of the encoder; ``export.quantize`` adds the ending."""


def restore(network: Network, folder: Path) -> None:
    """Give a network the weights of a model, in place; embeddings and frozen layers stay those of its encoder.

    Args:
        network: On the encoder that the model was trained from.
        folder: Of the model, as ``export`` writes it, of small or of full size.

    Raises:
        KGError: The model was trained from another encoder, or a file of it cannot be read.
    """
    state = network.state_dict()
    try:
        held: dict[str, np.ndarray[Any, Any]] = {}
        for part in PARTS:
            prefix = "" if part == "encoder" else f"{part}."
            held |= {prefix + name: value for name, value in _weights(onnx.load(folder / f"{part}.onnx"))}
        for name in _learnt(network):
            state[name] = _fitting(held[name], state[name])
    except (OSError, KeyError, ValueError) as error:
        raise KGError(f"{folder}: no training can start here ({error}): is it of another encoder?") from None
    network.load_state_dict(state)


def _learnt(network: Network) -> Iterator[str]:
    """Names of what training changes, and of the ``ease`` that exporting puts beside it."""
    upper = tuple(f"encoder.layers.{k}." for k in range(network.encoder.frozen, len(network.encoder.layers)))
    for name in network.state_dict():
        if not name.startswith("encoder.") or name.startswith(("encoder.shapes.", *upper)):
            yield name


def _fitting(value: np.ndarray[Any, Any], old: Tensor) -> Tensor:
    if value.shape != tuple(old.shape):
        raise ValueError(f"a matrix is of size {value.shape} in place of {tuple(old.shape)}")
    return torch.from_numpy(np.array(value, dtype=np.float32))


def _weights(model: onnx.ModelProto) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Parameters by the names that the network gives them; matrices of the encoder lost theirs on the way."""
    held = {tensor.name: tensor for tensor in model.graph.initializer}
    yield from ((name, numpy_helper.to_array(tensor)) for name, tensor in held.items())
    random = np.random.default_rng(1)
    for node in model.graph.node:
        if node.op_type == "Identity" and node.input[0] in held:  # equal parameters are written once
            yield node.output[0], numpy_helper.to_array(held[node.input[0]])
        if node.op_type in ("MatMul", "MatMulInteger") and (found := _PRODUCT.fullmatch(node.output[0])):
            matrix = numpy_helper.to_array(held[node.input[1]])
            if node.op_type == "MatMulInteger":
                # Anywhere in the steps that were rounded: from the steps themselves small changes would be rounded
                # back to them when the model is written again (dithering; it cost a whole run its gains).
                within = random.uniform(-0.5, 0.5, matrix.shape).astype(np.float32)
                matrix = (matrix + within) * numpy_helper.to_array(held[node.input[1].removesuffix(".q") + ".scale"])
            yield f"encoder.{found[1].replace('/', '.')}.weight", matrix.T
