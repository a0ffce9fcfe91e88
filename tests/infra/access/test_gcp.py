"""The roles and conditions that are compiled for Google Cloud."""

from typing import get_args

import pytest

from app.terms.variables import Identity
from infra.access import gcs_condition, gcs_permissions

IDENTITIES: tuple[Identity, ...] = get_args(Identity)


@pytest.mark.parametrize("identity", IDENTITIES)
def test_nobody_may_touch_a_bucket_or_its_policy(identity: Identity) -> None:
    assert all(it.startswith("storage.objects.") for it in gcs_permissions(identity))
    assert not [it for it in gcs_permissions(identity) if "IamPolicy" in it or "*" in it]


def test_whoever_writes_may_replace_and_so_delete() -> None:
    assert "storage.objects.delete" in gcs_permissions("migrator")


def test_a_condition_names_objects_and_listings_below_the_prefix() -> None:
    condition = gcs_condition("agent", bucket="kb-prod", prefix="kb/")

    assert condition is not None
    assert condition["expression"] == (
        'resource.name.startsWith("projects/_/buckets/kb-prod/objects/kb/")'
        ' || api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("kb/")'
    )


def test_without_a_prefix_the_whole_bucket_is_meant() -> None:
    assert gcs_condition("agent", bucket="kb-prod", prefix="") is None
