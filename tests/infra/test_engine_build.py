"""Building an engine: once, whole or not at all.

The recipe is a program of five lines, compiled by the real Go: the road of the real engine, in a second.
"""

import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from infra.engine import EngineError, Progress, find
from tests.infra.engine_workshop import VERSION, WAIT_SECONDS_MAX, Workshop, open_workshop

pytestmark = pytest.mark.engine


@pytest.fixture
def workshop(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    # One compiler's cache for all tests of this process: Go's own packages are compiled once.
    go_objects = tmp_path_factory.getbasetemp() / "go-objects"
    return open_workshop(tmp_path, go_objects)


def test_a_built_engine_is_found_and_runs(workshop: Workshop) -> None:
    directory = workshop.build()

    engine = find(recipe=workshop.recipe, environment=workshop.environment)
    said = subprocess.run([directory / "pulumi"], capture_output=True, text=True, check=True).stderr

    assert engine is not None
    assert (engine.bin_directory, engine.version, engine.origin) == (directory, VERSION, "cache")
    assert said == f"v{VERSION}\n"
    assert os.access(directory / "pulumi-language-python", os.X_OK)


def test_an_engine_that_is_here_is_not_built_again(workshop: Workshop) -> None:
    workshop.build()
    events: list[Progress] = []

    workshop.build(events.append)

    assert events == []


def test_a_build_leaves_nothing_but_the_engine(workshop: Workshop, tmp_path: Path) -> None:
    workshop.build()

    assert workshop.files() == {workshop.recipe.key}
    assert not (tmp_path / "home" / "go").exists()


def test_of_two_callers_at_once_one_builds_and_the_other_waits_for_it(workshop: Workshop) -> None:
    events: dict[str, list[Progress]] = {"first": [], "second": []}
    second_waits = threading.Event()

    def second(event: Progress) -> None:
        events["second"].append(event)
        second_waits.set()

    with ThreadPoolExecutor(1) as pool:
        futures = []

        def first(event: Progress) -> None:
            if not events["first"]:
                futures.append(pool.submit(workshop.build, second))
                assert second_waits.wait(WAIT_SECONDS_MAX)
            events["first"].append(event)

        directory = workshop.build(first)

    assert futures[0].result() == directory
    assert {event.phase for event in events["second"]} == {"wait"}
    assert "wait" not in {event.phase for event in events["first"]}


def test_what_a_killed_build_of_another_recipe_left_is_removed(workshop: Workshop) -> None:
    leftover = workshop.cache.partial("0123456789abcdef")
    leftover.mkdir(parents=True)
    (leftover / "4 GiB").touch()

    workshop.build()

    assert workshop.files() == {workshop.recipe.key}


def test_a_damaged_engine_is_not_found_and_built_anew(workshop: Workshop) -> None:
    program = workshop.build() / "pulumi"
    program.write_bytes(b"")

    assert not workshop.found()
    workshop.build()
    assert workshop.found()
    assert workshop.files() == {workshop.recipe.key}


def test_another_library_makes_another_engine(workshop: Workshop) -> None:
    workshop.build()

    assert not workshop.with_another_library().found()


def test_a_failing_compiler_is_one_sentence_with_its_last_words(workshop: Workshop) -> None:
    (workshop.module / "main.go").write_text("package main\n\nfunc main() {\n\tnonsense()\n}\n")

    with pytest.raises(EngineError) as failure:
        workshop.build()

    assert "main.go:4:2: undefined: nonsense" in str(failure.value)
    assert "official installer" in str(failure.value)
    assert "\n" not in str(failure.value)
    log = workshop.cache.log(workshop.recipe.key)
    assert str(log) in str(failure.value)
    assert "undefined: nonsense" in log.read_text()
    assert workshop.files() == {log.name}


def test_a_library_that_is_not_the_pinned_one_is_refused(workshop: Workshop) -> None:
    workshop.require_a_library()
    (workshop.module / "go.sum").unlink()
    environment = {**workshop.environment, "GOPROXY": "off", "GOFLAGS": "-mod=mod"}

    with pytest.raises(EngineError, match=r"go\.sum"):
        replace(workshop, environment=environment).build()


def test_a_result_that_says_another_version_is_not_kept(workshop: Workshop) -> None:
    (workshop.module / "main.go").write_text('package main\n\nfunc main() { println("v1.0.0") }\n')

    with pytest.raises(EngineError, match=r"'v1\.0\.0' instead of 9\.9\.9"):
        workshop.build()

    assert not workshop.found()


def test_a_full_disk_is_said_before_anything_is_done(workshop: Workshop) -> None:
    greedy = replace(workshop, recipe=replace(workshop.recipe, bytes_result=1 << 60))

    with pytest.raises(EngineError, match=r"needs 1073741824\.0 GiB of disk .* has .* GiB free"):
        greedy.build()

    assert greedy.files() == set()


def test_a_cache_that_cannot_be_written_is_one_sentence(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")

    with pytest.raises(EngineError, match="XDG_CACHE_HOME"):
        workshop.build()
