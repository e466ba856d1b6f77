"""The documents do not lie where that is cheap to find out: links, settings, codes, samples."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from abonent import settings as configuration
from abonent.__main__ import cli
from abonent.app import application
from abonent.dialogue.model import TRANSITIONS
from abonent.faces.api.problems import STATUS
from abonent.storage import Database
from tests.phones import spoken

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "abonent"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda file: str(file))
API = ROOT / "docs" / "api.md"
OPERATE = ROOT / "docs" / "operate" / "README.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
NETWORK = ROOT / "docs" / "network" / "README.md"
SECURITY = ROOT / "SECURITY.md"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CELL = re.compile(r"(?<!\\)\|")


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def prose(file: Path) -> str:
    """The document without its samples."""
    return _FENCE.sub("", text_of(file))


def rows(file: Path) -> Iterator[list[str]]:
    """The rows of all tables, cell by cell."""
    for line in prose(file).splitlines():
        if line.startswith("|") and not set(line) <= set("|- "):
            yield [cell.strip() for cell in _CELL.split(line)[1:-1]]


def anchors(file: Path) -> set[str]:
    """What a heading is called in an address: lower case, hyphens, no other signs."""
    headings = re.findall(r"^#+ (.+)$", prose(file), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def kept_files() -> list[Path]:
    """All files that are kept in the repository, new ones too."""
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if (ROOT / name).is_file()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_and_image_leads_somewhere(document: Path) -> None:
    for link in _LINK.findall(prose(document)):
        path, _, anchor = link.partition("#")
        if ":" in path:
            continue
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), f"{named(document)}: {link} is not there"
        if anchor:
            assert anchor in anchors(target), f"{named(document)}: {link} has no such heading"


def test_every_document_can_be_reached_from_the_first_one() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document in reached or document.suffix != ".md" or not document.exists():
            continue
        reached.add(document)
        for link in _LINK.findall(prose(document)):
            if ":" not in link and (path := link.partition("#")[0]):
                waiting.append((document.parent / path).resolve())
    assert set(DOCUMENTS) <= reached


def test_every_variable_that_is_read_is_in_the_operators_guide() -> None:
    asked: set[str] = set()

    class Environment(dict[str, str]):
        def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
            asked.add(key)
            return default

    configuration.load(Environment())
    for file in SOURCE.rglob("*.py"):
        asked |= set(re.findall(r"ABONENT_[A-Z]+(?:_[A-Z]+)*", text_of(file)))
    told = {row[0].strip("`") for row in rows(OPERATE) if row[0].startswith("`ABONENT_")}
    assert told == asked


def test_every_field_of_a_profile_is_in_the_operators_guide() -> None:
    told = " ".join(row[0] for row in rows(OPERATE))
    for name in fields(configuration.Operator, "operator."):
        assert f"`{name}`" in told, name
    for name in fields(configuration.UssdLink, "ussd."):
        assert f"`{name}`" in told, name
    for name in fields(configuration.Settings, ""):
        if name not in {"folder", "database_url", "owner_url", "tls_proxy"}:
            assert f"`{name}`" in text_of(OPERATE) or f"`{name}.*`" in told or name in told, name


def fields(kind: type[msgspec.Struct], before: str) -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        inner = field.type
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and before:
            yield from fields(inner, f"{before}{field.name}.")
        else:
            yield f"{before}{field.name}"


def test_the_limits_stand_with_their_defaults() -> None:
    limits = msgspec.structs.asdict(configuration.Limits())
    told = {row[0].strip("`"): row[1] for row in rows(SECURITY) if len(row) == 3}
    for name, value in limits.items():
        if isinstance(value, tuple):
            value = ", ".join(map(str, value)) or "none"
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        assert told.get(name) == shown, name


def test_every_problem_is_told_with_its_status() -> None:
    told = {row[0].strip("`"): row[1] for row in rows(API) if len(row) == 4}
    told.pop("code")
    assert told == {code: str(status) for code, status in STATUS.items()}


async def test_every_path_of_the_api_is_told_and_no_other(
    db: Database, settings: configuration.Settings
) -> None:
    app = application(db, spoken(settings), close=False)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # two spellings of ASGI
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.get("/api/v1/openapi.json")
    built = {
        f"{method.upper()} {path}"
        for path, methods in answer.json()["paths"].items()
        for method in methods
    }
    told = {cell for row in rows(API) for cell in re.findall(r"`([A-Z]+ /api/v1\S*)`", row[0])}
    assert told == built


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_that_is_named_exists(document: Path) -> None:
    text = text_of(document)
    targets = set(re.findall(r"^([a-z-]+):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE))
    for target in re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE):
        assert target in targets, f"make {target}"
    commands = {
        command.name or command.callback.__name__.removesuffix("_command")
        for command in cli.registered_commands
        if command.callback is not None
    }
    commands |= {str(group.name) for group in cli.registered_groups}
    for name in re.findall(r"(?:^|`|\s)abonent ([a-z]+)(?=`|\n|$)", text, re.MULTILINE):
        assert name in commands, f"abonent {name}"


def test_the_tree_shows_every_room() -> None:
    tree = next(body for kind, body in _FENCE.findall(text_of(ARCHITECTURE)) if kind == "text")
    shown = set(re.findall(r"^  ([a-z]+)/", tree, re.MULTILINE))
    built = {folder.name for folder in SOURCE.iterdir() if (folder / "__init__.py").exists()}
    assert shown == built
    faces = {folder.name for folder in (SOURCE / "faces").iterdir() if folder.is_dir()}
    told = re.search(r"^  faces/ .*: (.+)$", tree, re.MULTILINE)
    assert told is not None
    assert set(told[1].split(", ")) == faces - {"__pycache__"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_samples_of_our_code_stand_in_the_code(document: Path) -> None:
    kept = [
        "\n".join(line.strip() for line in text_of(file).splitlines())
        for file in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.sql")]
    ]
    for kind, body in _FENCE.findall(text_of(document)):
        if kind in {"python", "sql"}:
            sample = "\n".join(line.strip() for line in body.strip().splitlines())
            assert any(sample in source for source in kept), f"{named(document)}:\n{body}"


def test_the_drawing_of_the_dialogue_is_its_table() -> None:
    drawn = next(
        body for _, body in _FENCE.findall(text_of(NETWORK)) if body.startswith("stateDiagram")
    )
    wanted = [
        f"{step.replace('-', '_')} --> {after.replace('-', '_')}: {event}"
        for (step, event), after in TRANSITIONS.items()
    ]
    assert [line.strip() for line in drawn.splitlines()[1:]] == wanted


def test_the_dial_codes_and_screens_are_those_of_the_profile() -> None:
    loaded = configuration.load({})
    text = text_of(NETWORK)
    for code in msgspec.structs.asdict(loaded.operator.ussd).values():
        assert f"`{code}`" in text
    for name, value in msgspec.structs.asdict(loaded.ussd).items():
        assert name in text
        assert str(value) in text


def test_nothing_speaks_of_where_it_was_written() -> None:
    # Put together here, so that this file does not speak of them itself.
    words = (
        "/" + "work/",
        "/tmp/" + "team",
        "/tmp/" + "bash_jobs",
        "pypi" + ".org",
        "python" + "hosted.org",
        "registry.npm" + "js.org",
        "registry.yarn" + "pkg.com",
        "session" + " time",
        "index-" + "url http",
    )
    wrong = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    for file in kept_files():
        try:
            text = text_of(file)
        except UnicodeDecodeError:
            continue  # a picture
        found = wrong.search(text)
        assert found is None, f"{named(file)}: {found and found[0]}"
