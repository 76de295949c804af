"""A text into a spaCy Doc of the words that the model was trained on."""

from __future__ import annotations

from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab

from kg.nlp.features import WORD


class WordTokenizer(DummyTokenizer):
    """Words as in ``features.WORD``; other white space than one blank becomes a token of its own, as spaCy asks."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Cut a text into words; the Doc's text is the text given."""
        words: list[str] = []
        spaces: list[bool] = []
        end = 0
        for match in WORD.finditer(text):
            self._gap(text[end : match.start()], words, spaces)
            words.append(match.group())
            spaces.append(False)
            end = match.end()
        self._gap(text[end:], words, spaces)
        return Doc(self.vocab, words=words, spaces=spaces)

    @staticmethod
    def _gap(gap: str, words: list[str], spaces: list[bool]) -> None:
        if gap.startswith(" ") and words:
            spaces[-1] = True
            gap = gap[1:]
        if gap:
            words.append(gap)
            spaces.append(False)


@registry.tokenizers("kg.Words.v1")  # type: ignore[untyped-decorator]
def create_tokenizer() -> object:
    """Make the tokenizer for spaCy's configuration, ``[nlp.tokenizer] @tokenizers = "kg.Words.v1"``."""
    return lambda nlp: WordTokenizer(nlp.vocab)
