"""Laws about the repository itself."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


def tracked(*patterns: str) -> list[Path]:
    answer = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *patterns],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [PROJECT / line for line in answer.stdout.splitlines() if (PROJECT / line).is_file()]


def test_no_module_is_two_thoughts_long() -> None:
    long = {
        str(path.relative_to(PROJECT)): count
        for path in tracked("*.py")
        if (count := len(path.read_text().splitlines())) > 310
    }

    assert long == {}


def test_nothing_is_left_to_do_later() -> None:
    unfinished = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImplemented" r"Error)\b")
    found = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in tracked("*.py", "Makefile", "*.yaml", "*.toml")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if unfinished.search(line)
    ]

    assert found == []


def test_every_link_of_the_documents_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(PROJECT)} -> {target}"
        for page in tracked("*.md")
        if "samples" not in page.parts
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []


def test_every_exception_to_a_rule_has_its_reason_beside_it() -> None:
    bare = re.compile(r"#\s*(noqa|type:\s*ignore)(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[\w, -]+\])?\s*$")
    found = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in tracked("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if bare.search(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    "module", ["pulumi", "boto3", "azure", "google", "anthropic", "pydantic", "rich"]
)
def test_help_imports_nothing_heavy(module: str) -> None:
    code = (
        "import sys; from app.cli import run; "
        f"code = run(['--help']); sys.exit(99 if {module!r} in sys.modules else code)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert answer.returncode == 0


def test_the_package_itself_imports_nothing_heavy() -> None:
    heavy = ("boto3", "azure", "google", "anthropic")
    code = f"import sys, app; sys.exit(any(m in sys.modules for m in {heavy}))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_run_imports_only_what_it_uses(tmp_path: Path) -> None:
    unused = (
        "boto3",
        "pathspec",
        "rich.console",
        "migrate.forecast",
        "migrate.page",
        "migrate.rollback",
    )
    for folder in ("source", "destination"):
        (tmp_path / folder).mkdir()
    to, journal = (tmp_path / "destination").as_uri(), str(tmp_path / "journal")
    words = ["migrate", "run", "--source", "source", "--to", to, "--journal", journal]
    code = (
        f"import sys; from app.cli import run; assert run({words}) == 0; "
        f"print([m for m in {unused} if m in sys.modules], file=sys.stderr)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (answer.returncode, answer.stderr) == (0, "[]\n")
