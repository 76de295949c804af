"""A trained network into the ONNX files that the package ships: small, and the same for every text on its own.

The encoder's matrices become integers of 7 bits, one scale a column; what enters them is brought to 8 bits one
word piece at a time, so that neither the neighbours of a text nor one outlying piece changes the others. The outlying
channels before each second feed-forward matrix are first moved into its weights, as in SmoothQuant (Xiao et al., 2023).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from kg.nlp.training.network import Encoder, Layer, Network

OPSET = 17

MOST = 2**6 - 1
"""The largest weight of 7 bits. Two products of such weights fit the 16 bits in which processors without VNNI add them,
so that these compute the same; with 8 bits they overflow, and what the model says is wrong.
"""


class _Words(nn.Module):
    """The encoder over one window, as word vectors."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, pieces: Tensor, shapes: Tensor, first: Tensor, last: Tensor) -> Tensor:
        hidden = self.encoder(pieces[None], shapes[None])[0]
        return torch.cat([hidden[first], hidden[last]], 1)


def _onnx(module: nn.Module, inputs: dict[str, Tensor], dynamic: dict[str, str], outputs: list[str]) -> onnx.ModelProto:
    held = io.BytesIO()
    axes = {name: {0: axis} for name, axis in dynamic.items()}
    torch.onnx.export(
        module.eval(), tuple(inputs.values()), cast("Any", held), input_names=list(inputs), output_names=outputs,
        dynamic_axes=axes, opset_version=OPSET, dynamo=False,
    )  # fmt: skip
    return onnx.load_from_string(held.getvalue())


def smooth(network: Network, windows: Sequence[tuple[Tensor, Tensor]], strength: float = 0.5) -> None:
    """Move outlying channels from the inputs of each ``down`` matrix into its weights, in place; outputs stay equal.

    Args:
        network: A trained network.
        windows: Pieces and shapes of some texts of the training data, to see how large each channel gets.
        strength: How much of the difference moves, 0 to 1 (alpha of SmoothQuant).
    """
    largest: dict[nn.Module, Tensor] = {}

    def watch(module: nn.Module, given: tuple[Tensor, ...]) -> None:
        seen = given[0].abs().flatten(0, -2).amax(0)
        largest[module] = torch.maximum(largest[module], seen) if module in largest else seen

    layers = [cast("Layer", layer) for layer in network.encoder.layers]
    hooks = [layer.down.register_forward_pre_hook(watch) for layer in layers]
    network.eval()
    with torch.no_grad():
        for pieces, shapes in windows:
            network.encoder(pieces[None], shapes[None])
        for layer in layers:
            weight = layer.down.weight
            scale = largest[layer.down].clamp(min=1e-3) ** strength
            scale = scale / weight.abs().amax(0).clamp(min=1e-5) ** (1 - strength)
            weight.mul_(scale)
            layer.ease.div_(scale)
    for hook in hooks:
        hook.remove()


def _constant(name: str, value: np.ndarray[Any, Any]) -> TensorProto:
    return numpy_helper.from_array(np.ascontiguousarray(value), name)


def quantize(model: onnx.ModelProto) -> onnx.ModelProto:
    """Bring the matrices and the word embeddings of an encoder to integers, in place.

    A product of ``x`` ``[..., pieces, n]`` and a matrix ``[n, m]`` becomes: each piece of ``x`` divided by its largest
    magnitude and rounded to 255 steps, an integer product, and both scales multiplied back. Word embeddings have one
    scale a word, and 8 bits.

    Args:
        model: The encoder as ``torch.onnx.export`` writes it.
    """
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    made: list[onnx.NodeProto] = []
    added: dict[str, TensorProto] = {}
    gone: set[str] = set()
    small: dict[str, str] = {}

    def hold(name: str, value: np.ndarray[Any, Any]) -> str:
        added[name] = _constant(name, value)
        return name

    step = hold("step", np.array(1 / 127, dtype=np.float32))
    centre, zero = hold("centre", np.array(128, dtype=np.uint8)), hold("zero", np.array(0, dtype=np.int8))
    floor, steps = hold("floor", np.array(1e-6, dtype=np.float32)), hold("steps", np.array(1 / 127, dtype=np.float32))

    def node(kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        made.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    for old in graph.node:
        if old.op_type == "MatMul" and old.input[1] in weights:
            x, matrix, y = old.input[0], old.input[1], old.output[0]
            value = numpy_helper.to_array(weights[matrix])
            scale = np.maximum(np.abs(value).max(0), 1e-8) / MOST
            gone.add(matrix)
            whole = hold(f"{matrix}.q", np.clip(np.rint(value / scale), -MOST, MOST).astype(np.int8))
            scales = hold(f"{matrix}.scale", scale.astype(np.float32))
            if x not in small:
                size = node("ReduceMax", [node("Abs", [x], f"{x}.abs")], f"{x}.most", axes=[-1], keepdims=1)
                size = node("Max", [size, floor], f"{x}.size")
                even = node("Div", [x, size], f"{x}.even")
                node("QuantizeLinear", [even, step, centre], f"{x}.q")
                small[x] = node("Mul", [size, steps], f"{x}.scale")
            node("MatMulInteger", [f"{x}.q", whole, centre, zero], f"{y}.whole")
            real = node("Cast", [f"{y}.whole"], f"{y}.real", to=TensorProto.FLOAT)
            node("Mul", [node("Mul", [real, small[x]], f"{y}.rows"), scales], y)
        elif old.op_type == "Gather" and old.input[0] == "encoder.words.weight":
            table, y = old.input[0], old.output[0]
            value = numpy_helper.to_array(weights[table])
            scale = np.maximum(np.abs(value).max(1, keepdims=True), 1e-8) / 127
            gone.add(table)
            whole = hold(f"{table}.q", np.rint(value / scale).astype(np.int8))
            scales = hold(f"{table}.scale", scale.astype(np.float32))
            rows = node("Gather", [whole, old.input[1]], f"{y}.whole")
            real = node("Cast", [rows], f"{y}.real", to=TensorProto.FLOAT)
            node("Mul", [real, node("Gather", [scales, old.input[1]], f"{y}.scale")], y)
        else:
            made.append(old)
    kept = [tensor for tensor in graph.initializer if tensor.name not in gone]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(made)
    graph.initializer.extend([*kept, *added.values()])
    onnx.checker.check_model(model)
    return model


def _save(model: onnx.ModelProto, folder: Path, name: str, largest: int = 64 * 2**20) -> None:
    """Write a model beside files of its large tensors, each of at most ``largest`` bytes."""
    number, offset, held = 0, 0, b""
    for tensor in model.graph.initializer:
        raw = tensor.raw_data
        if len(raw) < 2**16:
            continue
        if held and offset + len(raw) > largest:
            (folder / f"{name}-{number}.bin").write_bytes(held)
            number, offset, held = number + 1, 0, b""
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", f"{name}-{number}.bin"), ("offset", offset), ("length", len(raw))):
            tensor.external_data.add(key=key, value=str(value))
        held += raw
        offset += len(raw)
    if held:
        (folder / f"{name}-{number}.bin").write_bytes(held)
    (folder / f"{name}.onnx").write_bytes(model.SerializeToString())


def export(network: Network, folder: Path, *, small: bool) -> None:
    """Write the four networks that ``kg.nlp.runtime`` loads; the encoder of a ``small`` one in 7 bits."""
    folder.mkdir(parents=True, exist_ok=True)
    whole, wide = torch.zeros(20, dtype=torch.long), torch.zeros(20, 2 * network.encoder.width)
    words = {"words": wide}
    inputs = {"pieces": whole, "shapes": whole, "first": whole[:9], "last": whole[:9]}
    dynamic = {"pieces": "pieces", "shapes": "pieces", "first": "words", "last": "words", "vectors": "words"}
    encoder = _onnx(_Words(network.encoder), inputs, dynamic, ["vectors"])
    parts = {
        "encoder": quantize(encoder) if small else encoder,
        "tagger": _onnx(
            network.tagger, words, {"words": "w", "mentions": "w", "values": "w"}, ["mentions", "values"]
        ),
        "pairs": _onnx(
            network.pairs, words | {"pairs": torch.ones(7, 8, dtype=torch.long)},
            {"words": "w", "pairs": "p", "labels": "p"}, ["labels"],
        ),
        "proposer": _onnx(
            network.proposer, words | {"spans": torch.ones(7, 3, dtype=torch.long)},
            {"words": "w", "spans": "s", "proposed": "s"}, ["proposed"],
        ),
    }  # fmt: skip
    for name, model in parts.items():
        _save(model, folder, name)
