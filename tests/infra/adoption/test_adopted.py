"""The real engine over buckets and an account that were there before: their documents are never touched."""

from typing import Any

import pytest

from tests.infra.adoption.conftest import (
    ACCOUNT_ID,
    BUCKET,
    CONTAINER,
    GOOGLE_BUCKET,
    GROUP_ID,
    Adopted,
    FirstUp,
)

SUBNET = "/subscriptions/x/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
ZONE = "/subscriptions/x/resourceGroups/n/providers/Microsoft.Network/privateDnsZones/z"
KEY = "/subscriptions/x/resourceGroups/g/providers/Microsoft.KeyVault/vaults/theirvault/keys/kb"

# An access log has a bucket of its own, protected, too: it would stop the engine first.
KEPT: dict[str, Any] = {
    "disposable": False,
    "clouds": ["aws"],
    "watch": {"access_log_days": None},
}

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(600)]


def test_a_plan_names_what_differs_and_what_becomes_of_it(first_up: FirstUp) -> None:
    found = {(it["aspect"], it["property"]): it for it in first_up.planned}

    tls = found["account", "minimumTlsVersion"]
    assert (tls["now"], tls["wanted"], tls["verdict"]) == ("TLS1_0", "TLS1_2", "owner")
    status = found["versions", "versioningConfiguration.status"]
    assert (status["now"], status["verdict"]) == (None, "change")
    theirs = found["lifecycle", "rules[theirs]"]
    assert (theirs["wanted"], theirs["verdict"]) == (None, "lost")
    assert {it["verdict"] for it in found.values() if it["aspect"] == "policy"} == {"kept"}
    google = [it for it in first_up.planned if it["resource"] == f"bucket {GOOGLE_BUCKET}"]
    assert {it["verdict"] for it in google} == {"owner"}
    assert {"versioning.enabled", "publicAccessPrevention"} <= {it["property"] for it in google}


def test_an_up_adopts_and_changes_what_the_plan_said_and_no_more(
    first_up: FirstUp, adopted: Adopted
) -> None:
    before, after = first_up.before, first_up.after

    assert set(first_up.changes) == {"create"}
    names = [first_up.outputs[it] for it in ("aws_bucket", "azure_container", "gcp_bucket")]
    assert names == [BUCKET, CONTAINER, GOOGLE_BUCKET]
    assert {name for name in after if after[name] != before[name]} == {
        "versioning",
        "lifecycle_configuration",
    }
    assert after["versioning"] == {"Status": "Enabled"}
    assert {it["verdict"] for it in adopted.plan()} == {"kept", "owner"}


def test_the_engine_reads_what_is_adopted_and_manages_none_of_it(first_up: FirstUp) -> None:
    read = {it["type"].rpartition(":")[2] for it in first_up.resources if it.get("external")}

    assert read == {"Bucket", "ResourceGroup", "StorageAccount", "BlobContainer"}


def test_a_budget_is_of_the_project_that_the_adopted_bucket_lies_in(first_up: FirstUp) -> None:
    (budget,) = (it for it in first_up.resources if it["type"] == "gcp:billing/budget:Budget")

    assert budget["inputs"]["budgetFilter"]["projects"] == ["projects/123456789012"]


def test_a_down_leaves_what_was_adopted_and_what_was_set_on_it(adopted: Adopted) -> None:
    before = adopted.theirs()
    done = adopted.destroy()

    assert done.code == 0, done.text
    assert adopted.theirs() == before
    left = set(adopted.plane.ids("/subscriptions/"))
    assert {GROUP_ID, ACCOUNT_ID} <= left
    assert not [it for it in left if "managedIdentity" in it or "roleAssignments" in it]


@pytest.mark.proof
def test_where_nothing_is_named_nothing_is_changed_and_a_second_up_does_nothing(
    adopted: Adopted,
) -> None:
    adopted.configure()
    before = adopted.theirs()
    adopted.up()
    second = adopted.up()

    assert set(second) == {"same"}
    assert adopted.theirs() == before
    assert {it["verdict"] for it in adopted.plan()} <= {"kept", "owner"}


@pytest.mark.proof
def test_adopting_a_store_deletes_no_document_of_the_one_that_the_environment_had(
    adopted: Adopted,
) -> None:
    adopted.configure(**KEPT, adopt={})
    adopted.up()
    own = adopted.outputs()["aws_bucket"]
    adopted.aws("s3").put_object(Bucket=own, Key="kb/a.md", Body=b"ours")
    adopted.configure(**KEPT, adopt={"aws_bucket": BUCKET})
    another = adopted.pulumi("up", "--yes", "--skip-preview")
    adopted.configure(**KEPT, adopt={"aws_bucket": own})
    own_again = adopted.pulumi("up", "--yes", "--skip-preview")
    destroyed = adopted.destroy()

    assert another.code == 0, another.text
    assert own_again.code == 0, own_again.text
    assert destroyed.code == 0, destroyed.text
    assert adopted.aws("s3").get_object(Bucket=own, Key="kb/a.md")["Body"].read() == b"ours"


@pytest.mark.proof
def test_a_disposable_store_that_is_adopted_is_let_go_of_and_not_deleted(adopted: Adopted) -> None:
    adopted.configure(clouds=["aws"], adopt={})
    adopted.up()
    own = adopted.outputs()["aws_bucket"]
    adopted.aws("s3").put_object(Bucket=own, Key="kb/a.md", Body=b"ours")
    adopted.configure(clouds=["aws"], adopt={"aws_bucket": own})
    relinquished = adopted.pulumi("up", "--yes", "--skip-preview")
    destroyed = adopted.destroy()

    assert relinquished.code == 0, relinquished.text
    assert destroyed.code == 0, destroyed.text
    assert adopted.aws("s3").get_object(Bucket=own, Key="kb/a.md")["Body"].read() == b"ours"


@pytest.mark.proof
def test_private_endpoints_and_keys_come_and_go_with_the_environment(adopted: Adopted) -> None:
    ec2 = adopted.aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    caller = adopted.aws("sts").get_caller_identity()["Arn"]
    network = {
        "aws_deployers": [caller],
        "aws_private_endpoint": {"vpc_id": vpc, "route_table_ids": [table]},
        "azure_private_endpoint": {"subnet_id": SUBNET, "dns_zone_id": ZONE},
    }
    adopted.plane.set(KEY, {"type": "key", "inputs": {}, "outputs": {}})
    adopted.configure(clouds=["aws", "azure"], adopt={}, network=network, azure_key=KEY)
    adopted.up()
    second = adopted.up()
    (endpoint,) = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    left = [it for it in adopted.plane.ids("/subscriptions/") if "privateEndpoints" in it]

    assert set(second) == {"same"}
    assert endpoint["VpcId"] == vpc
    assert len(left) == 2
    done = adopted.destroy()
    assert done.code == 0, done.text
    gone = [it for it in ec2.describe_vpc_endpoints()["VpcEndpoints"] if it["State"] != "deleted"]
    assert gone == []
    assert not [it for it in adopted.plane.ids("/subscriptions/") if "privateEndpoints" in it]
