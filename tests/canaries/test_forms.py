"""The scanner finds what it looks for, in each form: else finding nothing would say nothing."""

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus, urlencode

import pytest

from tests.canaries.forms import Canaries, core, forms_of

CORE = core()
SECRET = f'{CORE}/+ "ü" <&> ==\\'
CANARIES = Canaries({"the secret": (SECRET, CORE)})

WRITERS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": lambda secret: json.dumps({"key": secret}),
    "JSON, not only ASCII": lambda secret: json.dumps({"key": secret}, ensure_ascii=False),
    "JSON in JSON": lambda secret: json.dumps(json.dumps({"key": secret})),
    "a URL's path": quote,
    "a URL's query": lambda secret: urlencode({"sig": secret}),
    "a form": quote_plus,
    "URL, all escaped": lambda secret: quote(secret, safe=""),
    "URL, small digits": lambda secret: (
        quote(secret, safe="").replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d")
    ),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 of more, 1 byte on": lambda secret: base64.b64encode(f"a{secret}b".encode()).decode(),
    "base64 of more, 2 bytes on": lambda secret: base64.b64encode(
        f":a{secret}bc".encode()
    ).decode(),
    "base64 of more, 3 bytes on": lambda secret: base64.b64encode(f"a:b{secret}".encode()).decode(),
    "base64 for URLs": lambda secret: base64.urlsafe_b64encode(f"?{secret}".encode()).decode(),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("secret", [SECRET, CORE], ids=["whole", "cut to its core"])
def test_a_planted_secret_is_found_in_each_form(
    write: Callable[[str], str], secret: str, tmp_path: Path
) -> None:
    (tmp_path / "log").write_text(f"before {write(secret)} behind")

    assert {(hit.place, hit.secret) for hit in CANARIES.hits_below(tmp_path)} == {
        ("log", "the secret")
    }


@pytest.mark.parametrize("form", forms_of(SECRET))
def test_each_form_alone_is_a_hit(form: str) -> None:
    only_whole = Canaries({"the secret": (SECRET,)})

    assert form in {hit.form for hit in only_whole.hits("x", b"<" + forms_of(SECRET)[form] + b">")}


def test_a_planted_secret_is_found_in_a_compressed_file_and_in_a_name(tmp_path: Path) -> None:
    (tmp_path / "packed").write_bytes(b"head" + gzip.compress(SECRET.encode()) + b"tail")
    (tmp_path / CORE).touch()

    places = {hit.place for hit in CANARIES.hits_below(tmp_path)}

    assert places == {"packed", f"the name {CORE}"}


def test_what_is_no_secret_is_no_hit(tmp_path: Path) -> None:
    other = core()
    (tmp_path / "log").write_text(f"{other} {CORE[:10]} {base64.b64encode(other.encode())!r}")
    (tmp_path / "half").write_bytes(gzip.compress(b"text")[:8])

    assert CANARIES.hits_below(tmp_path) == []
