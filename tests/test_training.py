"""Training on a toy: the way from gold annotations to a model that ``--model`` takes, whole and repeatable."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from kg.cli import main
from kg.errors import KGError
from kg.evaluate import MEASURES
from kg.model import Extraction, Mention, Relation, Result

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("onnx", reason="onnx is not installed")

from click.testing import CliRunner  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: E402

from kg.model import Paper  # noqa: E402
from kg.nlp.confidence import Confidence, log_odds  # noqa: E402
from kg.nlp.extract import REVISION, extract  # noqa: E402
from kg.nlp.labels import PAIR_LABELS, TAGS  # noqa: E402
from kg.nlp.runtime import Runtime  # noqa: E402
from kg.nlp.training.calibrate import fitted  # noqa: E402
from kg.nlp.training.data import Example, read  # noqa: E402
from kg.nlp.training.export import MOST, export, smooth  # noqa: E402
from kg.nlp.training.fit import Inputs, Settings, fit, losses  # noqa: E402
from kg.nlp.training.network import Network, load_encoder, range_maximum  # noqa: E402
from kg.nlp.training.restore import restore  # noqa: E402
from kg.nlp.training.silver import label, sample  # noqa: E402
from kg.nlp.training.train import train  # noqa: E402

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "conference-papers.jsonl.gz"
WIDTH, INNER, HEADS, LAYERS = 32, 64, 2, 6
SETTINGS = Settings(epochs=2, batch=2, encoder_rate=1e-3, head_rate=3e-3, precision="float32")


def gold(id_: str, title: str, sentences: list[str], names: list[tuple[str, str]], **stated: object) -> Extraction:
    """An annotated text; ``names`` are in reading order, each found after the one before."""
    text, spans, at = title + "\n" + " ".join(sentences), [(0, len(title))], len(title) + 1
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    mentions, at = [], 0
    for name, kind in names:
        at = text.index(name, at)
        mentions.append(Mention(at, at + len(name), kind))
        at += len(name)
    return replace(Extraction(id_, text, tuple(spans), tuple(mentions)), **stated)


PAPERS = [
    gold(
        "a",
        "FooNet for parsing",
        ["We propose FooNet, a neural network for parsing.", "FooNet reaches 91.5 F1 on TreeSet."],
        [
            *(("FooNet", "Method"), ("parsing", "Task"), ("FooNet", "Method"), ("neural network", "Method")),
            *(("parsing", "Task"), ("FooNet", "Method"), ("F1", "Metric"), ("TreeSet", "Dataset")),
        ],
        relations=(Relation(0, "Used-For", 1), Relation(2, "SubClass-Of", 3), Relation(5, "Evaluated-With", 7)),
        proposes=(0,),
        results=(Result(2, "91.5", metric="F1", method="FooNet", dataset="TreeSet"),),
    ),
    gold(
        "b",
        "A survey of tagging",
        ["Tagging is studied on WordBank.", "We compare BarTag with BazTag."],
        [
            *(("tagging", "Task"), ("Tagging", "Task"), ("WordBank", "Dataset")),
            ("BarTag", "Method"),
            ("BazTag", "Method"),
        ],
        relations=(Relation(2, "Benchmark-For", 1), Relation(3, "Compare-With", 4)),
    ),
    gold("c", "Nothing here", ["The weather was fine."], []),
]


def published(folder: Path, kind: str) -> Path:
    """A small random encoder as its makers publish theirs, with a tokenizer of the words of PAPERS."""
    folder.mkdir(parents=True)
    words = sorted(
        {word for paper in PAPERS for word in paper.text.lower().replace(".", " . ").replace(",", " , ").split()}
    )
    vocabulary = {word: k for k, word in enumerate(["[PAD]", "[UNK]", "<s>", "</s>", *words, "##s"])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 2), ("</s>", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    places = 514 if kind == "mpnet" else 512
    config = {"model_type": kind, "hidden_size": WIDTH, "num_attention_heads": HEADS, "vocab_size": len(vocabulary)}
    config |= {"max_position_embeddings": places, "layer_norm_eps": 1e-5, "intermediate_size": INNER}
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": LAYERS}))
    random = torch.Generator().manual_seed(7)

    def made(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=random) * 0.2

    state = {"embeddings.word_embeddings.weight": made(len(vocabulary), WIDTH)}
    state["embeddings.position_embeddings.weight"] = made(places, WIDTH)
    norms = ["embeddings.LayerNorm"]
    linear: list[tuple[str, int, int]] = []
    for k in range(LAYERS):
        layer = f"encoder.layer.{k}."
        mine = ("attn.q", "attn.k", "attn.v", "attn.o") if kind == "mpnet" else ("self.query", "self.key", "self.value")
        linear += [(f"{layer}attention.{name}", WIDTH, WIDTH) for name in mine]
        if kind == "bert":
            linear.append((layer + "attention.output.dense", WIDTH, WIDTH))
        norms.append(layer + ("attention.LayerNorm" if kind == "mpnet" else "attention.output.LayerNorm"))
        linear += [(layer + "intermediate.dense", INNER, WIDTH), (layer + "output.dense", WIDTH, INNER)]
        norms.append(layer + "output.LayerNorm")
    for name, rows, columns in linear:
        state |= {f"{name}.weight": made(rows, columns), f"{name}.bias": made(rows)}
    for name in norms:
        state |= {f"{name}.weight": 1 + made(WIDTH), f"{name}.bias": made(WIDTH)}
    if kind == "mpnet":
        state["encoder.relative_attention_bias.weight"] = made(32, HEADS)
    else:
        state["embeddings.token_type_embeddings.weight"] = made(2, WIDTH)
    save_file(state, folder / "model.safetensors")
    return folder


@pytest.fixture(params=["mpnet", "bert"])
def encoder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return published(tmp_path / "encoder", request.param)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(paper.to_json() + "\n" for paper in PAPERS), "utf-8")
    return path


def examples(encoder: Path, data: Path) -> list[Example]:
    return read(data, Tokenizer.from_file(str(encoder / "tokenizer.json")))


def network(encoder: Path) -> Network:
    torch.manual_seed(1)
    return Network(load_encoder(encoder))


def teacher_of(encoder: Path, folder: Path) -> Path:
    """The folder of a model that learnt nothing."""
    export(network(encoder).eval(), folder, small=False)
    (folder / "tokenizer.json").write_bytes((encoder / "tokenizer.json").read_bytes())
    (folder / "model.json").write_text('{"name": "teacher", "version": "1"}')
    return folder


def silent(line: str) -> None:
    """Take a line of progress, and show it to nobody."""


def same(one: Network, other: Network) -> bool:
    others = other.state_dict()
    return all(torch.equal(value, others[name]) for name, value in one.state_dict().items())


def test_gold_is_laid_on_words(encoder: Path, data: Path) -> None:
    first = examples(encoder, data)[0]
    text = first.gold.text
    assert [text[first.offsets[b][0] : first.offsets[e - 1][1]] for b, e, _ in first.spans] == [
        *("FooNet", "parsing", "FooNet", "neural network", "parsing", "FooNet", "F1", "TreeSet")
    ]
    assert [text[first.offsets[b][0] : first.offsets[e - 1][1]] for b, e, _ in first.values] == ["91.5"]
    # Three relations; the number is joined to its metric, its dataset, and each of three mentions of its method.
    assert (first.pair_labels.argmax(1) > 0).sum() == 3 + 1 + 1 + 3
    assert first.pair_labels.sum() == len(first.pairs)
    assert sum(first.proposed) == 1


def test_training_goes_on_as_if_it_had_not_been_stopped(encoder: Path, data: Path, tmp_path: Path) -> None:
    whole, broken, again = network(encoder), network(encoder), network(encoder)
    fit(whole, examples(encoder, data), SETTINGS, tmp_path / "whole", silent)

    def stop(line: str) -> None:
        if line.startswith("epoch 1/2 is done"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(broken, examples(encoder, data), SETTINGS, tmp_path / "broken", stop)
    fit(again, examples(encoder, data), SETTINGS, tmp_path / "broken", silent)
    assert same(whole, again)
    assert not same(whole, broken)


def test_a_checkpoint_of_other_settings_is_refused(encoder: Path, data: Path, tmp_path: Path) -> None:
    fit(network(encoder), examples(encoder, data), SETTINGS, tmp_path, silent)
    with pytest.raises(KGError) as told:
        fit(network(encoder), examples(encoder, data), replace(SETTINGS, seed=2), tmp_path, silent)
    advice = "is of a run with other settings: give another folder, or remove it"
    assert str(told.value) == f"{tmp_path / 'checkpoint.pt'} {advice}"


def test_the_same_seed_gives_the_same_weights(encoder: Path, data: Path, tmp_path: Path) -> None:
    made = []
    for name in ("one", "other"):
        made.append(network(encoder))
        fit(made[-1], examples(encoder, data), SETTINGS, tmp_path / name, silent)
    assert same(*made)


def test_smoothing_changes_no_output(encoder: Path, data: Path) -> None:
    net = network(encoder).eval()
    windows = [(torch.tensor(w.pieces), torch.tensor(w.shapes)) for one in examples(encoder, data) for w in one.windows]
    before = [net.encoder(pieces[None], shapes[None]) for pieces, shapes in windows]
    smooth(net, windows)
    assert any(not torch.equal(layer.ease, torch.ones(INNER)) for layer in net.encoder.layers)
    for (pieces, shapes), old in zip(windows, before, strict=True):
        torch.testing.assert_close(net.encoder(pieces[None], shapes[None]), old, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("small", "tolerance"), [(False, 1e-5), (True, 0.1)])
def test_what_is_exported_computes_the_same(
    encoder: Path, data: Path, tmp_path: Path, small: bool, tolerance: float
) -> None:
    net = network(encoder).eval()
    export(net, tmp_path / "model", small=small)
    (tmp_path / "model" / "tokenizer.json").write_bytes((encoder / "tokenizer.json").read_bytes())
    model = Runtime(tmp_path / "model", Confidence(), scorer=False)
    for one in examples(encoder, data):
        words = [one.gold.text[a:b] for a, b in one.offsets]
        (window,) = one.windows
        vectors = model.vectors(words, [(0, len(words))])
        with torch.no_grad():
            hidden = net.encoder(torch.tensor([window.pieces]), torch.tensor([window.shapes]))[0]
            right = torch.cat([hidden[window.first], hidden[window.last]], 1)
            assert np.linalg.norm(vectors - right.numpy()) < tolerance * np.linalg.norm(right.numpy())
            if not small and one.pairs:
                pairs = net.pairs(right, torch.tensor(one.pairs)).numpy()
                assert np.abs(model.pairs(vectors, np.array(one.pairs)) - pairs).max() < 1e-3


@pytest.mark.parametrize(("small", "tolerance"), [(False, 0), (True, 1 / MOST)])
def test_an_exported_model_can_be_restored(
    encoder: Path, data: Path, tmp_path: Path, small: bool, tolerance: float
) -> None:
    net = network(encoder)
    fit(net, examples(encoder, data), replace(SETTINGS, epochs=1), tmp_path / "workshop", silent)
    smooth(net, [(torch.tensor(w.pieces), torch.tensor(w.shapes)) for w in examples(encoder, data)[0].windows])
    export(net.eval(), tmp_path / "model", small=small)
    other = network(encoder)
    assert not same(net, other)
    restore(other, tmp_path / "model")
    frozen = tuple(f"encoder.layers.{k}." for k in range(net.encoder.frozen))
    for name, value in other.state_dict().items():
        right = net.state_dict()[name]
        if not name.startswith(frozen):
            assert (value - right).abs().max() <= tolerance * right.abs().max(), name
    if not small:
        pieces = torch.tensor([examples(encoder, data)[0].windows[0].pieces])
        shapes = torch.zeros_like(pieces)
        torch.testing.assert_close(other.eval().encoder(pieces, shapes), net.encoder(pieces, shapes))


def test_a_model_on_another_encoder_is_not_restored(tmp_path: Path) -> None:
    model = teacher_of(published(tmp_path / "bert", "bert"), tmp_path / "model")
    (model / "encoder.onnx").write_bytes((model / "tagger.onnx").read_bytes())
    with pytest.raises(KGError) as told:
        restore(network(published(tmp_path / "mpnet", "mpnet")), model)
    reason = "no training can start here ('encoder.shapes.weight'): is it of another encoder?"
    assert str(told.value) == f"{model}: {reason}"


def test_a_range_maximum_is_the_maximum_of_the_range() -> None:
    x = torch.randn(300, 3, generator=torch.Generator().manual_seed(3))
    begin, end = torch.meshgrid(torch.arange(0, 300, 7), torch.arange(0, 301, 5), indexing="ij")
    begin, end = begin.flatten(), end.flatten()
    right = [x[b:e].max(0).values if e > b else torch.zeros(3) for b, e in zip(begin, end, strict=True)]
    assert torch.equal(range_maximum(x, begin, end), torch.stack(right))


def test_a_model_reads_what_it_learnt(data: Path, tmp_path: Path) -> None:
    encoder, model = published(tmp_path / "encoder", "mpnet"), tmp_path / "model"
    card = train("toy", [data], model, encoder, replace(SETTINGS, epochs=200), data, silent)
    assert card == json.loads((model / "model.json").read_text())
    perfect = dict.fromkeys(MEASURES, 100.0)
    assert card["f1"] == {"full": perfect, "small": perfect}
    papers = [Paper.from_text(paper.id, paper.text) for paper in PAPERS]
    for right, said in zip(PAPERS, extract(papers, str(model)), strict=True):
        assert [mention[:3] for mention in said.mentions] == [mention[:3] for mention in right.mentions]
        assert said.results == right.results


def test_kg_train(data: Path, tmp_path: Path) -> None:
    encoder, model = published(tmp_path / "encoder", "bert"), tmp_path / "model"
    command = ["train", "toy", "--data", str(data), "--encoder", str(encoder), "-o", str(model), "--epochs", "2"]
    first, again = (CliRunner().invoke(main, command) for _ in range(2))
    assert (first.exit_code, again.exit_code) == (0, 0)
    kept = f"epoch {{}}/2 is done and kept in {model / 'training' / 'checkpoint.pt'}"
    begins = "3 abstracts to learn from, 0 held back for confidences, on cpu"
    ends = f"Next: kg build papers.jsonl -o my.kg --model {model}"
    told = ["the frozen layers are done", kept.format(1), kept.format(2)]
    assert first.output.splitlines() == [begins, *told, ends]
    assert again.output.splitlines() == [begins, "going on after epoch 2", ends]
    card = json.loads((model / "model.json").read_text())
    assert (card["name"], card["settings"]["epochs"], list(card["data"])) == ("toy", 2, ["gold.jsonl"])


def test_kg_train_says_what_is_missing(tmp_path: Path) -> None:
    for command, message in ((["--data", "no.jsonl"], "Error: no.jsonl: no such file of gold annotations\n"),):
        done = CliRunner().invoke(main, ["train", *command, "-o", str(tmp_path / "model")])
        assert (done.exit_code, done.output) == (1, message)
    done = CliRunner().invoke(main, ["train", "--data", "no.jsonl", "--silver", "5", "-o", str(tmp_path / "model")])
    assert (done.exit_code, done.output.splitlines()[-1]) == (2, "Error: --silver needs the papers of --corpus")


def test_what_a_teacher_believes_is_what_it_says(tmp_path: Path) -> None:
    encoder = published(tmp_path / "encoder", "bert")
    folder = teacher_of(encoder, tmp_path / "teacher")
    papers = [Paper.from_text(paper.id, paper.text) for paper in PAPERS] * 12
    said: list[str] = []
    read = partial(label, papers, str(folder), encoder / "tokenizer.json", 2, tmp_path / "silver", said.append)
    made, kept = list(read()), {path: path.stat().st_mtime_ns for path in (tmp_path / "silver").iterdir()}
    assert [one.tags.tolist() for one in read()] == [one.tags.tolist() for one in made]
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "silver").iterdir()} == kept
    assert [one.gold for one in made] == list(extract(papers, str(folder)))
    for one in made:
        assert one.tags.shape == (len(one.offsets), len(TAGS))
        assert one.pair_labels.shape == (len(one.pairs), len(PAIR_LABELS))
        for likely in (one.tags, one.value_tags, one.pair_labels):
            np.testing.assert_allclose(likely.sum(1), 1, rtol=1e-5)
        assert ((one.proposed > 0.5).sum(), len(set(one.groups))) == (len(one.gold.proposes), len(one.proposed))
    found = losses(network(encoder), Inputs(network(encoder), made, torch.device("cpu")), made[:3], SETTINGS)
    assert sorted(found) == ["contributions", "mentions", "pairs", "values"]
    assert all(torch.isfinite(loss) for loss in found.values())


def test_silver_papers_are_the_same_whatever_their_order(tmp_path: Path) -> None:
    papers = [{"id": str(k), "title": f"Title {k}", "abstract": "Of something."} for k in range(50)]
    drawn = []
    for name, records in (("one", papers), ("other", papers[::-1])):
        path = tmp_path / name
        path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        drawn.append(sample(path, 10, {"Title 7\nOf something."}))
    assert len(drawn[0]) == 10
    assert drawn[0] == drawn[1]
    assert sample(tmp_path / "one", 20, {"Title 7\nOf something."})[:10] == drawn[0]
    (tmp_path / "few").write_text("".join(json.dumps(record) + "\n" for record in papers[5:9]), "utf-8")
    assert [paper.id for paper in sample(tmp_path / "few", 10, {"Title 7\nOf something."})] == ["8", "6", "5"]


def test_confidences_are_fitted_to_what_is_right() -> None:
    random = np.random.default_rng(5)
    scores, strange = random.uniform(0.01, 0.99, (2, 4000))
    # What is right follows the first score, at half its log odds and one less; the second tells nothing.
    right = random.uniform(size=4000) < 1 / (1 + np.exp(1 - log_odds(scores) / 2))
    weights = fitted(list(zip(scores, strange, strict=True)), right.tolist(), (1.0, 0.0, 0.0))
    np.testing.assert_allclose(weights, (0.5, 0.0, -1.0), atol=0.1)
    assert fitted([(0.9,)] * 49, [True] * 49, (1.0, 0.0)) == (1.0, 0.0)
    # What is always right is no reason for certainty.
    assert 0.95 < Confidence(fitted([(0.9,)] * 100, [True] * 100, (1.0, 0.0))).of_mention(0.9) < 0.9999


@pytest.mark.skipif(not CORPUS.exists(), reason="no ../shared beside this clone")
def test_training_from_a_teacher(data: Path, tmp_path: Path) -> None:
    encoder, model = published(tmp_path / "encoder", "bert"), tmp_path / "model"
    teacher = teacher_of(encoder, tmp_path / "teacher")
    command = ["train", "toy", "--data", data, "--encoder", encoder, "-o", model, "--epochs", "1"]
    command += ["--corpus", CORPUS, "--silver", "5", "--teacher", teacher]
    done = CliRunner().invoke(main, [str(part) for part in command])
    assert done.exit_code == 0, done.output
    # Three papers of ours and 1,056 of our annotations, of which every twentieth is held back.
    assert done.output.splitlines()[:3] == [
        "3 abstracts to learn from, 52 held back for confidences, on cpu",
        f"5 more abstracts, which teacher-1-{REVISION} reads",
        "the frozen layers are done",
    ]
    card = json.loads((model / "model.json").read_text())
    assert card["silver"] == {"papers": 5, "teacher": f"teacher-1-{REVISION}"}
    # The last epoch leaves our annotations out, and here it is the only one.
    assert sorted(card["data"]) == ["gold.jsonl"]


def test_training_goes_on_from_a_model(tmp_path: Path) -> None:
    encoder = published(tmp_path / "encoder", "bert")
    papers = {name: [replace(PAPERS[0], id=f"{name}{k}") for k in range(30)] for name in ("old", "known", "new")}
    files = {name: tmp_path / f"{name}.jsonl" for name in papers}
    for name, path in files.items():
        path.write_text("".join(paper.to_json() + "\n" for paper in papers[name]), "utf-8")
    start = teacher_of(encoder, tmp_path / "start")
    begun = {"name": "start", "version": "7", "data": {"old.jsonl": "1", "known.jsonl": "2"}}
    (start / "model.json").write_text(json.dumps(begun | {"held_back": ["known.jsonl"]}))
    command = ["train", "toy", "--encoder", encoder, "-o", tmp_path / "model", "--epochs", "1", "--start", start]
    for path in files.values():
        command += ["--data", path]
    done = CliRunner().invoke(main, [str(part) for part in command])
    assert done.exit_code == 0, done.output
    # Of every twentieth abstract of 90, one in each file, that of the first has been learnt from already.
    assert done.output.splitlines()[0] == "87 abstracts to learn from, 3 held back for confidences, on cpu"
    card = json.loads((tmp_path / "model" / "model.json").read_text())
    assert card["held_back"] == ["known.jsonl", "new.jsonl"]
    assert card["start"] == {key: value for key, value in begun.items() if key != "name"}
    assert (card["settings"]["encoder_rate"], card["settings"]["head_rate"]) == (3e-5, 5e-4)
