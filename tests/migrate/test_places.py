"""Sides that are one place, or one inside the other, are refused however they are spelled."""

import pytest

from app.store.backends.memory import MemoryStore
from app.store.url import parse_store_url
from migrate.places import Place, refuse_overlap
from migrate.refusals import SourceRefused


@pytest.mark.parametrize(
    ("source", "to"),
    [
        ("s3://bucket/kb", "s3://bucket/kb/"),
        ("s3://bucket", "s3://bucket/backup"),
        ("s3://bucket/a/b", "s3://bucket/a"),
        ("s3://bucket?endpoint_url=https://s3.eu-west-1.amazonaws.com", "s3://bucket/x"),
        (
            "s3://bucket?endpoint_url=http://localhost:90/",
            "s3://bucket?endpoint_url=http://127.0.0.1:90",
        ),
        ("azure://account/box", "azure://account/box/x?endpoint_url=http://127.0.0.1:90/account"),
        ("gs://bucket/x", "gs://bucket?endpoint_url=https://storage.googleapis.com"),
        ("file:///tmp/x", "file:///tmp/x/y"),
    ],
)
def test_stores_that_overlap_are_refused_either_way(source: str, to: str) -> None:
    places = [Place(url, parse_store_url(url), MemoryStore) for url in (source, to)]

    for here, there in (places, places[::-1]):
        with pytest.raises(SourceRefused):
            refuse_overlap(here, there, environ={})


@pytest.mark.parametrize(
    ("source", "to"),
    [
        ("s3://bucket/kb", "s3://bucket/kb2"),
        ("s3://bucket", "s3://other"),
        ("s3://bucket", "gs://bucket"),
        ("s3://bucket", "s3://bucket?endpoint_url=http://127.0.0.1:90"),
        ("azure://account/box", "azure://other/box"),
    ],
)
def test_stores_beside_each_other_are_not(source: str, to: str) -> None:
    here, there = (Place(url, parse_store_url(url), MemoryStore) for url in (source, to))

    refuse_overlap(here, there, environ={})
    refuse_overlap(there, here, environ={})


def test_an_address_from_the_variables_counts() -> None:
    url = "s3://bucket?endpoint_url=http://127.0.0.1:90"
    here, there = (Place(u, parse_store_url(u), MemoryStore) for u in ("s3://bucket", url))

    with pytest.raises(SourceRefused):
        refuse_overlap(here, there, environ={"AWS_ENDPOINT_URL": "http://localhost:90"})
