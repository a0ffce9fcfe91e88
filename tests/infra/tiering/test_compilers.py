from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.keys import RESERVED_PREFIX
from infra.tiering import (
    RESERVED_FOLDER,
    FolderRule,
    OldVersions,
    TieringPolicy,
    azure_management_rules,
    azure_soft_delete_days,
    gcs_lifecycle_rules,
    gcs_soft_delete_seconds,
    s3_lifecycle_rules,
)

READ_AT_ONCE = {"STANDARD_IA", "GLACIER_IR"}
FOLDERS = st.builds(
    FolderRule,
    folder=st.sampled_from(["drafts/", "logs/old/", "기록/", "a b/"]),
    after_days=st.integers(1, 4000),
)


@st.composite
def policies(draw: st.DrawFn) -> TieringPolicy:
    """Any policy that can be configured."""
    live = sorted(draw(st.sets(st.integers(1, 4000), max_size=2)))
    kept = draw(st.integers(3, 365))
    old = sorted(draw(st.sets(st.integers(1, kept - 1), max_size=2)))
    archive = tuple(draw(st.lists(FOLDERS, max_size=3)))
    return TieringPolicy(
        cool_after_days=live[0] if live else None,
        cold_after_days=live[1] if len(live) > 1 else None,
        allow_offline=bool(archive),
        archive=archive,
        expire=tuple(draw(st.lists(FOLDERS, max_size=3))),
        old_versions=OldVersions(
            cool_after_days=old[0] if old else None,
            archive_after_days=old[1] if len(old) > 1 else None,
            kept_days=kept,
        ),
    )


PREFIXES = st.sampled_from(["", "kb/", "team/kb/"])


@given(policies(), PREFIXES)
def test_on_s3_a_live_document_is_readable_at_once_unless_its_folder_was_named(
    policy: TieringPolicy, prefix: str
) -> None:
    named = {prefix + rule.folder for rule in policy.archive}

    for rule in s3_lifecycle_rules(policy, prefix=prefix):
        classes = {it["storage_class"] for it in rule.get("transitions", ())}
        assert classes <= READ_AT_ONCE or rule["filter"]["prefix"] in named


@given(policies(), PREFIXES)
def test_on_azure_a_live_document_is_readable_at_once_unless_its_folder_was_named(
    policy: TieringPolicy, prefix: str
) -> None:
    named = [f"docs/{prefix}{rule.folder}" for rule in policy.archive]

    for rule in azure_management_rules(policy, prefix=prefix, container="docs"):
        live = rule["definition"]["actions"].get("base_blob", {})
        (matched,) = rule["definition"]["filters"]["prefix_match"]
        assert "tier_to_archive" not in live or matched in named


@given(policies(), PREFIXES)
def test_on_cloud_storage_a_live_document_leaves_the_bucket_s_tiers_only_where_named(
    policy: TieringPolicy, prefix: str
) -> None:
    named = [[prefix + rule.folder] for rule in policy.archive]

    for rule in gcs_lifecycle_rules(policy, prefix=prefix):
        condition = rule["condition"]
        archives = rule["action"].get("storage_class") == "ARCHIVE"
        assert (
            not archives
            or condition["with_state"] == "ARCHIVED"
            or (condition["matches_prefixes"] in named)
        )


@given(policies(), PREFIXES)
def test_nothing_live_expires_outside_the_named_folders_so_never_our_own_records(
    policy: TieringPolicy, prefix: str
) -> None:
    named = {prefix + rule.folder for rule in policy.expire}
    records = prefix + RESERVED_PREFIX

    on_s3 = {
        rule["filter"]["prefix"]
        for rule in s3_lifecycle_rules(policy, prefix=prefix)
        if "days" in rule.get("expiration", {})
    }
    on_azure = {
        rule["definition"]["filters"]["prefix_match"][0].removeprefix("docs/")
        for rule in azure_management_rules(policy, prefix=prefix, container="docs")
        if "delete" in rule["definition"]["actions"].get("base_blob", {})
    }
    on_gcs = {
        rule["condition"]["matches_prefixes"][0]
        for rule in gcs_lifecycle_rules(policy, prefix=prefix)
        if rule["action"]["type"] == "Delete" and rule["condition"]["with_state"] == "LIVE"
    }
    assert on_s3 == on_azure == on_gcs == named
    assert not [it for it in named if records.startswith(it) or it.startswith(records)]


@given(policies(), PREFIXES)
def test_an_old_version_stays_for_the_days_promised_whenever_it_was_written(
    policy: TieringPolicy, prefix: str
) -> None:
    kept = policy.old_versions.kept_days

    (on_s3,) = (
        rule["noncurrent_version_expiration"]["noncurrent_days"]
        for rule in s3_lifecycle_rules(policy, prefix=prefix)
        if "noncurrent_version_expiration" in rule
    )
    assert on_s3 == kept
    assert azure_soft_delete_days(policy) == kept
    (on_gcs,) = (
        rule["condition"]["days_since_noncurrent_time"]
        for rule in gcs_lifecycle_rules(policy, prefix=prefix)
        if rule["action"]["type"] == "Delete" and rule["condition"]["with_state"] == "ARCHIVED"
    )
    assert on_gcs == kept
    assert gcs_soft_delete_seconds(policy) >= min(kept, 90) * 86400


@given(policies(), PREFIXES)
def test_rules_have_names_of_their_own(policy: TieringPolicy, prefix: str) -> None:
    on_s3 = [rule["id"] for rule in s3_lifecycle_rules(policy, prefix=prefix)]
    on_azure = [
        it["name"] for it in azure_management_rules(policy, prefix=prefix, container="docs")
    ]

    assert len(set(on_s3)) == len(on_s3)
    assert len(set(on_azure)) == len(on_azure)
    # Management policies: "a rule name can contain up to 256 alphanumeric characters".
    assert all(name.isalnum() for name in on_azure)


def test_nothing_is_moved_where_nothing_is_asked() -> None:
    policy = TieringPolicy(cool_after_days=None, cold_after_days=None)

    names = [rule["id"] for rule in s3_lifecycle_rules(policy, prefix="kb/")]
    assert names == ["oldVersions", "unfinishedUploads", "deleteMarkers"]
    assert [it["name"] for it in azure_management_rules(policy, prefix="kb/", container="d-1")] == [
        "oldVersions"
    ]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"cool_after_days": 90, "cold_after_days": 30}, "cool_after_days"),
        ({"cool_after_days": 30, "cold_after_days": 30}, "cool_after_days"),
        ({"cool_after_days": 0}, "cool_after_days"),
        ({"unfinished_uploads_kept_days": 0}, "unfinished_uploads_kept_days"),
        ({"archive": (FolderRule(folder="a/", after_days=1),)}, "allow_offline"),
        ({"expire": (FolderRule(folder="a/", after_days=1),) * 91}, "90 folders"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_by_name(broken: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        TieringPolicy(**broken)


@pytest.mark.parametrize(
    "broken",
    [
        {"kept_days": 0},
        {"kept_days": 366},
        {"archive_after_days": 90, "kept_days": 90},
        {"cool_after_days": 30, "archive_after_days": 20},
    ],
)
def test_old_versions_that_cannot_be_are_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="days"):
        OldVersions(**broken)


@pytest.mark.parametrize(
    "folder", ["", "/", "a", "/a/", "a//b/", "../a/", "./", ".kb/", ".kb/content/", "a/*/"]
)
def test_a_folder_that_is_none_or_ours_is_refused(folder: str) -> None:
    with pytest.raises(ValueError, match="folder"):
        FolderRule(folder=folder, after_days=1)


def test_the_reserved_folder_is_the_stores() -> None:
    assert RESERVED_FOLDER == RESERVED_PREFIX
