"""Environments of which one thing is broken, each really: with emulators, folders and a relay between."""

import socket
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.environment import Environments
from app.store.backends.azure import AzureStore
from app.store.backends.s3 import S3Store
from app.terms.outputs import Outputs, parse_outputs
from infra.local_cloud import credentials
from migrate.checklist.commands import checked
from migrate.checklist.course import Check, Outcome
from migrate.checklist.route import OPEN_ROADS, Roads
from migrate.checklist.trial import Choices
from migrate.checklist.verdict import Result
from migrate.walk import Folder
from tests.contract.relay import DELAY_SECONDS, Request, relayed
from tests.contract.stores import Place
from tests.migrate.scene import plant

SOURCE = {"a.md": b"# A\n", "b/c.md": b"c" * 3000, "b/d.bin": bytes(range(256)), "e.md": b""}
_WRITERS = 3
_MIGRATOR = "migrators-key"


@dataclass
class Notes:
    """A report that keeps what it is told."""

    outcomes: list[Outcome] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    ended: dict[str, Any] = field(default_factory=dict)
    on_about: Callable[[Check], None] = lambda check: None

    def begin(self, fields: dict[str, Any]) -> None:
        pass

    def about(self, check: Check) -> None:
        self.on_about(check)

    def note(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def remark(self, line: str) -> None:
        self.remarks.append(line)

    def end(self, counts: Counter[Result], fields: dict[str, Any]) -> None:
        self.ended = fields

    def of(self, result: Result) -> list[str]:
        return [each.check.word for each in self.outcomes if each.verdict.result is result]

    def outcome(self, word: str) -> Outcome:
        return next(each for each in self.outcomes if each.check.word == word)


@dataclass(frozen=True)
class Ground:
    """An environment, and what a person types about it."""

    variables: dict[str, str]
    choices: Choices
    folder: Path
    outputs: Outputs | None = None
    roads: Roads = OPEN_ROADS
    open_source: Callable[[Path], Folder] = Folder

    def environments(self) -> Environments:
        """Return what the command line would hand over."""
        outputs = self.outputs
        read = (lambda environment: outputs) if outputs else None
        return Environments(read, {"KB_MONITORED": "1", **self.variables}, self.folder)

    def checked(self, notes: Notes | None = None) -> Notes:
        """Run the checklist once."""
        notes = notes or Notes()
        checked(
            self.environments(),
            self.choices,
            notes,
            roads=self.roads,
            open_source=self.open_source,
        )
        return notes


def folder(place: Place) -> Ground:
    """A folder as the store, and a small source."""
    (place.folder / "store").mkdir()
    source = plant(place.folder / "source", SOURCE)
    choices = Choices(to=(place.folder / "store").as_uri(), source=source, writers=_WRITERS)
    return Ground({}, choices, place.folder)


def s3(place: Place, *, url: str | None = None, made: bool = True) -> Ground:
    """An environment whose store is a bucket at moto; two identities with a key each."""
    url = url or place.moto_url
    bucket = f"checklist-{uuid.uuid4().hex}"
    if made:
        store = S3Store(
            bucket,
            region_name=credentials.MOTO_REGION,
            endpoint_url=place.moto_url,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        store.create_bucket()
        store.close()
    values = {
        "schema_version": 1,
        "environment": "trial",
        "primary": "aws",
        "prefix": "kb/",
        "aws_bucket": bucket,
        "aws_region": credentials.MOTO_REGION,
        "aws_endpoint_url": url,
        "aws_agent_access_key_id": "agents-key",
        "aws_agent_secret_access_key": "secret",
        "aws_migrator_access_key_id": _MIGRATOR,
        "aws_migrator_secret_access_key": "secret",
        "aws_alarms": "trial-latency,trial-quiet",
        "aws_access_log": "s3://trial-log/access/",
    }
    outputs = parse_outputs({**values, "given": list(values)}, environment="trial")
    source = plant(place.folder / "source", SOURCE)
    return Ground(
        {}, Choices(stack="trial", source=source, writers=_WRITERS), place.folder, outputs
    )


def azure(place: Place, *, key: str = credentials.AZURITE_KEY) -> Ground:
    """A container at Azurite, named by variables."""
    container = f"checklist-{uuid.uuid4().hex}"
    right = credentials.azurite_connection_string(place.azurite_url)
    store = AzureStore(container, connection_string=right)
    store.create_container()
    store.close()
    variables = {
        "STORAGE_TYPE": "azure",
        "AZURE_CONTAINER_NAME": container,
        "AZURE_STORAGE_CONNECTION_STRING": right.replace(credentials.AZURITE_KEY, key),
    }
    source = plant(place.folder / "source", SOURCE)
    return Ground(variables, Choices(source=source, writers=_WRITERS), place.folder)


@contextmanager
def relayed_s3(place: Place, fate: Callable[[Request], Any]) -> Iterator[Ground]:
    """A bucket behind a relay that is not what it should be."""
    with relayed(place.moto_url) as relay:
        relay.fate = fate
        yield s3(place, url=relay.url)


@contextmanager
def no_bucket(place: Place) -> Iterator[Ground]:
    yield s3(place, made=False)


@contextmanager
def wrong_key(place: Place) -> Iterator[Ground]:
    yield azure(place, key="b3RoZXI=")


@contextmanager
def no_route(place: Place) -> Iterator[Ground]:
    with socket.socket() as bound:  # bound and not listening: nobody else takes the port
        bound.bind(("127.0.0.1", 0))
        ground = folder(place)
        url = f"s3://bucket/?endpoint_url=http://127.0.0.1:{bound.getsockname()[1]}"
        variables = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
        yield replace(ground, variables=variables, choices=replace(ground.choices, to=url))


@contextmanager
def damaged_backup(place: Place) -> Iterator[Ground]:
    ground = folder(place)
    documents = {"a.md": b"# A\n", "b/c.md": b"stored"}
    plant(place.folder / "store", documents)
    backup = plant(place.folder / "backup", {**documents, "b/c.md": b"sdored"})
    yield replace(ground, choices=replace(ground.choices, backup=backup))


@contextmanager
def unreadable_source(place: Place) -> Iterator[Ground]:
    def opened(root: Path) -> Folder:
        return Folder(root, is_readable=lambda path: not path.endswith(b"/b/c.md"))

    yield replace(folder(place), open_source=opened)


@contextmanager
def impossible_name(place: Place) -> Iterator[Ground]:
    plant(place.folder / "source", {"ends with a dot.": b""})
    yield folder(place)


@contextmanager
def forgotten_conditions(place: Place) -> Iterator[Ground]:
    with relayed_s3(place, lambda request: "forget the condition") as ground:
        yield ground


@contextmanager
def slow_service(place: Place) -> Iterator[Ground]:
    def fate(request: Request) -> str:
        return "delay" if "/performance/" in request.target else "pass"

    with relayed_s3(place, fate) as ground:
        limit = 1000 * DELAY_SECONDS * 0.9
        yield replace(ground, choices=replace(ground.choices, p95_milliseconds_max=limit))


@contextmanager
def impossible_limit(place: Place) -> Iterator[Ground]:
    ground = folder(place)
    yield replace(ground, choices=replace(ground.choices, p95_milliseconds_max=0.0001))


@contextmanager
def damaged_prices(place: Place) -> Iterator[Ground]:
    ground = s3(place)
    prices = place.folder / "prices.toml"
    prices.write_text('cloud = "nobody\'s"')
    yield replace(ground, choices=replace(ground.choices, prices=prices))


@contextmanager
def dear_storage(place: Place) -> Iterator[Ground]:
    ground = s3(place)
    yield replace(ground, choices=replace(ground.choices, cost_max=0.0))


@contextmanager
def no_monitoring(place: Place) -> Iterator[Ground]:
    yield replace(folder(place), variables={"KB_MONITORED": "0"})


@contextmanager
def nobody_watching(place: Place) -> Iterator[Ground]:
    ground = s3(place)
    assert ground.outputs
    unwatched = {"aws_alarms": None, "aws_access_log": None}
    yield replace(ground, outputs=ground.outputs.model_copy(update=unwatched))


@contextmanager
def no_deletes(place: Place) -> Iterator[Ground]:
    def fate(request: Request) -> str:
        migrators = _MIGRATOR in request.headers.get("authorization", "")
        return "deny" if request.method == "DELETE" and migrators else "pass"

    with relayed_s3(place, fate) as ground:
        yield ground


@dataclass(frozen=True)
class Broken:
    """One broken environment: the check that fails, and words of what is seen and of what mends it."""

    check: str
    made: Callable[[Place], AbstractContextManager[Ground]]
    seen: str
    mend: str

    def __str__(self) -> str:
        return f"{self.check}: {self.made.__name__.replace('_', ' ')}"


BROKEN = (
    Broken("account", no_bucket, "does not exist", "kb up -s trial makes it"),
    Broken("credentials", wrong_key, "refused the credentials", "AZURE_STORAGE_CONNECTION_STRING"),
    Broken("network", no_route, "connection refused", "kb local start"),
    Broken("backup", damaged_backup, "first b/c.md", "kb migrate run --source file:"),
    Broken("migration", unreadable_source, "b/c.md (no permission", "chmod"),
    Broken("migration", impossible_name, "ends with a dot", "--names=map"),
    Broken("concurrency", forgotten_conditions, "If-Match", "proxy that drops these headers"),
    Broken("performance", impossible_limit, "Too slow: write and read", "--p95-max"),
    Broken("performance", slow_service, "Too slow: write and read", "--p95-max"),
    Broken("cost", damaged_prices, "prices.toml cannot be used", "leave --prices out"),
    Broken("cost", dear_storage, "More than 0.00 USD", "--cost-max"),
    Broken("monitoring", no_monitoring, "KB_MONITORED is off", "KB_MONITORED=1"),
    Broken("monitoring", nobody_watching, "no alarms and no access log", "docs/guide/watch.md"),
    Broken("rollback", no_deletes, "migrator may not delete", "migration: rollback"),
)

SECOND = (impossible_name, dear_storage, slow_service, nobody_watching)
"""Further ways to fail a check that another row fails already: for the long count."""
