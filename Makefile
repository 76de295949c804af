# Everything a fresh machine needs is made in $(VENV); Python 3.11 or later with venv is all that must be there.
PYTHON ?= python3
VENV ?= .venv
EXTRAS ?= draw
BIN ?= $(VENV)/bin/
READY ?= $(VENV)/ready-$(subst $(comma),-,$(EXTRAS))
SHARED ?= ../shared
MODEL ?= model
comma := ,

.PHONY: demo test lint bench train clean

demo: $(READY)
	@mkdir -p .demo
	$(BIN)kg build kg/examples/papers.jsonl -o .demo/example.kg
	@echo; echo "Which methods are used for image classification?"
	$(BIN)kg query .demo/example.kg methods-for-task -p task="image classification"
	@echo; echo "Which results are reported for machine translation?"
	$(BIN)kg query .demo/example.kg leaderboard -p task="machine translation" -p limit:=5
	@echo; echo "How are BERT and ImageNet connected?"
	$(BIN)kg query .demo/example.kg path-between -p first=BERT -p second=ImageNet -p limit:=3
	@echo; echo "Now try:"
	@echo "  $(BIN)kg show .demo/example.kg BERT           # one thing, with the sentences behind every edge"
	@echo "  $(BIN)kg queries                              # the other questions that have a name"
	@echo "  $(BIN)kg export .demo/example.kg graph.svg    # a picture; also .graphml, .gexf, .json, csv/"
	@echo "  $(BIN)kg build YOUR-PAPERS.jsonl -o my.kg     # or .csv, .tsv, .json, .txt, .gz, a folder"

test: $(READY)
	$(BIN)python -m pytest

lint: $(READY)
	$(BIN)ruff check .
	$(BIN)ruff format --check .
	$(BIN)mypy
	$(BIN)lint-imports

bench: $(READY)
	$(BIN)python tests/bench.py
	$(BIN)python tests/bench_neo4j.py

train: $(READY)
	$(BIN)kg train accurate --data $(SHARED)/data/abstracts-train.jsonl \
		--corpus $(SHARED)/corpus/conference-papers.jsonl.gz --dev $(SHARED)/data/abstracts-dev.jsonl -o $(MODEL)
	$(BIN)kg train fast --epochs 4 --data $(SHARED)/data/abstracts-train.jsonl \
		--corpus $(SHARED)/corpus/conference-papers.jsonl.gz --silver 6000 --teacher $(MODEL) \
		--dev $(SHARED)/data/abstracts-dev.jsonl -o $(MODEL)-fast

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(VENV)/bin/python -m pip install --quiet --editable ".[$(EXTRAS)]" --group dev
	@touch $@

clean:
	rm -rf $(VENV) .demo
