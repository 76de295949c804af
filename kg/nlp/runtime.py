"""Words into vectors and scores, by ONNX Runtime on one thread: one text a run, so that no text changes another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kg.errors import KGError
from kg.nlp.confidence import Confidence
from kg.nlp.features import read_tokenizer, windows
from kg.nlp.spans import Scorer

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

WEIGHTS = Path(__file__).parent / "weights"
"""Where the package keeps its models, a folder each."""

PARTS = ("encoder", "tagger", "pairs", "proposer")
SCORER = "spans.npz"
"""What weighs whole spans; the card of a model that has it says ``scorer``, and older ones lack it."""


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True), dtype=np.float32)


def folder_of(model: str) -> Path:
    """The folder of a model that ships with the package, or of one trained by hand.

    Raises:
        KGError: There is no such model.
    """
    for folder in (WEIGHTS / model, Path(model)):
        if (folder / "model.json").is_file():
            return folder
    known = ", ".join(sorted(path.parent.name for path in WEIGHTS.glob("*/model.json")))
    raise KGError(f"no model {model!r}: it is one of {known}, or a folder that `kg train` wrote")


def card(model: str) -> dict[str, Any]:
    """What is written about a model: name, version, encoder, training data, measures."""
    path = folder_of(model) / "model.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {"name": told["name"], "version": told["version"], **told}
    except (OSError, ValueError) as error:
        raise KGError(f"{path}: cannot be read ({error}); install the package again") from None
    except (KeyError, TypeError):
        raise KGError(f"{path}: tells no name and version; install the package again") from None


class Runtime:
    """A trained model, ready to run."""

    def __init__(self, folder: Path, confidence: Confidence, *, scorer: bool) -> None:
        """Load the four networks of a folder, whose scores become probabilities by ``confidence``, and its ``scorer``.

        Raises:
            KGError: A file is missing or damaged.
        """
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self.tokenizer = read_tokenizer(folder / "tokenizer.json")
            self.scorer = Scorer.load(folder / SCORER) if scorer else None
            self._run: dict[str, InferenceSession] = {
                part: InferenceSession(folder / f"{part}.onnx", options, providers=["CPUExecutionProvider"])
                for part in PARTS
            }
        except Exception as error:  # both libraries raise many kinds, and tokenizers plain Exception
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise KGError(f"{folder}: the model cannot be loaded ({reason}); install the package again") from None
        self._folder, self.confidence = folder, confidence

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as the name of the folder, as sessions cannot."""
        return runtime, (str(self._folder.resolve()),)

    def vectors(self, words: Sequence[str], sentences: Sequence[tuple[int, int]]) -> Floats:
        """Read a text once; a text longer than the encoder takes is read in windows.

        Args:
            words: Its words.
            sentences: Begin and end (exclusive) of its sentences in words, together all words.

        Returns:
            ``[words, 2 * width]``: the encoder's output at the first piece of each word, and at its last.
        """
        parts = []
        for window in windows(self.tokenizer, words, sentences):
            keep = slice(window.keep_begin - window.begin, window.keep_end - window.begin)
            given = {"pieces": window.pieces, "shapes": window.shapes}
            given |= {"first": window.first[keep], "last": window.last[keep]}
            inputs = {name: np.asarray(numbers, dtype=np.int64) for name, numbers in given.items()}
            parts.append(self._run["encoder"].run(None, inputs)[0])
        return np.concatenate(parts) if len(parts) > 1 else np.asarray(parts[0])

    def tags(self, vectors: Floats) -> tuple[Floats, Floats]:
        """Probabilities of mention tags ``[words, labels.TAGS]`` and of value tags ``[words, labels.VALUE_TAGS]``."""
        mentions, values = self._run["tagger"].run(None, {"words": vectors})
        return softmax(mentions), softmax(values)

    def pairs(self, vectors: Floats, pairs: Integers) -> Floats:
        """Logits ``[pairs, labels.PAIR_LABELS]`` of what joins pairs of spans (see ``features.pair``)."""
        return np.asarray(self._run["pairs"].run(None, {"words": vectors, "pairs": pairs})[0])

    def proposals(self, vectors: Floats, spans: Integers) -> Floats:
        """Logits ``[spans]`` of the paper introducing what each span (first word, last word, kind) names."""
        return np.asarray(self._run["proposer"].run(None, {"words": vectors, "spans": spans})[0])


@lru_cache(maxsize=4)
def runtime(model: str) -> Runtime:
    """The model of that name, or in that folder; loaded once a process."""
    told = card(model)
    return Runtime(folder_of(model), Confidence.of(told), scorer=told.get("scorer") is True)
