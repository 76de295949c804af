"""A graph into files for neo4j-admin and these into a real store that a server starts with; the files of docker/."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import stores_graph as sample
from command_line import kg
from neo4j_server import ROOT, VERSIONS, Server
from test_neo4j_load import expected, odd, rows

from kg.exporters.neo4j_admin import command


def test_import_start_query_load_and_pull(own: Server, tmp_path: Path) -> None:
    path, folder, back = tmp_path / "a.kg", tmp_path / "an import", tmp_path / "back.kg"
    assert kg("build", ROOT / "kg" / "examples" / "papers.jsonl", "-o", path).code == 0
    (tmp_path / "own.toml").write_text('[apart]\nDataset = ["ImageNet"]\n')
    assert kg("aliases", path, "--apply", tmp_path / "own.toml").code == 0
    done = kg("export", path, folder, "-f", "neo4j-admin")
    said = f"cd '{folder}' && neo4j-admin database import full neo4j @import.args\n"
    assert done == (0, said, f"{path} written to {folder}\n")
    own.imports(folder)
    own.start()
    nodes, edges, constraints = expected(path)
    assert own.dump() == (nodes, edges, [])
    query = ("query", own.uri, "methods-for-task", "-p", "task=image classification")
    assert kg(*query) == kg("query", path, *query[2:])
    assert kg("pull", own.uri, "-o", back).code == 0
    assert rows(back) == rows(path)
    # A load finds everything there, and adds the constraints that an import cannot make.
    size = re.match(r"[^.]*? edges", kg("load", path, own.uri, "--dry-run").err)
    assert size is not None
    assert kg("load", path, own.uri).err.splitlines()[0] == f"{size[0]} in {own.uri}, 0 nodes and 0 edges of them new"
    assert own.dump() == (nodes, edges, constraints)


def test_odd_names_are_imported_as_they_are_loaded(own: Server, tmp_path: Path) -> None:
    path, folder = odd(tmp_path / "a.kg"), tmp_path / "import"
    assert kg("export", path, folder, "-f", "neo4j-admin").code == 0
    own.imports(folder)
    own.start()
    nodes, edges, _ = expected(path)
    assert own.dump() == (nodes, edges, [])


@pytest.mark.parametrize(
    ("folder", "quoted"),
    [("g-import/", "g-import"), ("my graph", "'my graph'"), ("it's; rm -r $HOME", "'it'\"'\"'s; rm -r $HOME'")],
)
def test_the_command_for_any_folder(folder: str, quoted: str) -> None:
    assert command(folder) == f"cd {quoted} && neo4j-admin database import full neo4j @import.args"


# The files of docker/


def test_compose_and_the_script_start_the_same_server_on_this_machine_only() -> None:
    compose = (ROOT / "docker" / "compose.yaml").read_text("utf-8")
    script = (ROOT / "docker" / "neo4j-from-jars").read_text("utf-8")
    assert re.findall(r"image: (.*)", compose) == [f"neo4j:${{NEO4J_VERSION:-{VERSIONS[0]}}}-community"]
    assert re.findall(r"version=\$\{NEO4J_VERSION:-(.*)\}", script) == [VERSIONS[0]]
    ports = re.findall(r'^ *- "(.*)"$', compose, re.MULTILINE)
    assert ports == ["127.0.0.1:${NEO4J_BOLT_PORT:-7687}:7687", "127.0.0.1:${NEO4J_HTTP_PORT:-7474}:7474"]
    assert re.findall(r"NEO4J_AUTH: (.*)", compose) == [
        "neo4j/${NEO4J_PASSWORD:?set NEO4J_PASSWORD, of 8 characters or more}"
    ]


def test_what_the_script_refuses(tmp_path: Path, own: Server) -> None:
    def script(*arguments: str, **environment: str) -> tuple[int, str]:
        done = subprocess.run(
            [ROOT / "docker" / "neo4j-from-jars", *arguments],
            env={**own.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr.splitlines()[0] if done.stderr else ""

    name = "neo4j-from-jars: "
    assert script("stop") == (1, f"{name}no server is running in {own.home}")
    assert script("start", NEO4J_VERSION="latest") == (1, f"{name}latest is no version such as 5.26.16")
    assert script("start", NEO4J_BOLT_PORT="a") == (1, f"{name}a is no port such as 7687")
    nothing = "is no folder that `kg export my.kg FOLDER -f neo4j-admin` wrote"
    assert script("import", str(tmp_path)) == (1, f"{name}{tmp_path} {nothing}")
    assert script("import") == (1, f"{name}nothing {nothing}")
    assert script("begin")[0] == 2
    assert script()[0] == 2
    own.start()  # skips where there is no Java for it
    assert script("start") == (
        1,
        f"{name}already running, with process {(own.home / 'server.pid').read_text().strip()}",
    )
    assert script("import", str(_folder(tmp_path))) == (1, f"{name}stop the server first")
    own.halt()
    assert script("start", NEO4J_SETTINGS="no.such.setting=1")[0] == 1
    assert not (own.home / "server.pid").exists()


def test_a_first_start_needs_a_password(own: Server) -> None:
    del own.environment["NEO4J_PASSWORD"]
    reason = "neo4j-from-jars: set NEO4J_PASSWORD, of 8 characters or more: the first start takes it\n"
    done = own._jars("start")
    assert (done.returncode, done.stderr) == (1, reason) or ", and there is no" in done.stderr
    own.environment["NEO4J_PASSWORD"] = "short"
    done = own._jars("start")
    assert done.returncode == 1
    assert not (own.home / "server.pid").exists()


def _folder(path: Path) -> Path:
    folder = path / "folder"
    assert kg("export", sample.build(path / "b.kg"), folder, "-f", "neo4j-admin").code == 0
    return folder
