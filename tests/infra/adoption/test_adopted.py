"""The real engine over a bucket and an account that were there before: their documents are never touched."""

import json

import pytest

from tests.infra.adoption.conftest import (
    ACCOUNT_ID,
    ADOPT,
    BUCKET,
    CONTAINER,
    GROUP_ID,
    Adopted,
    Plan,
)

SUBNET = "/subscriptions/x/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
ZONE = "/subscriptions/x/resourceGroups/n/providers/Microsoft.Network/privateDnsZones/z"
KEY = "/subscriptions/x/resourceGroups/g/providers/Microsoft.KeyVault/vaults/theirvault/keys/kb"

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(600)]


def test_an_up_adopts_and_changes_nothing_on_what_it_adopts(adopted: Adopted) -> None:
    documents, bucket = adopted.documents(), adopted.bucket()
    account = adopted.plane.get(ACCOUNT_ID)
    changes = adopted.up()
    outputs = adopted.outputs()

    assert set(changes) == {"create"}
    assert (outputs["aws_bucket"], outputs["azure_container"]) == (BUCKET, CONTAINER)
    assert adopted.documents() == documents
    assert adopted.bucket() == bucket
    assert adopted.plane.get(ACCOUNT_ID) == account


def test_a_plan_names_what_differs_and_says_that_it_stays(adopted: Adopted, plan: Plan) -> None:
    found = {(it["aspect"], it["property"]): it for it in plan()["differences"]}

    assert {it["verdict"] for it in found.values()} == {"kept", "owner"}
    tls = found["account", "minimumTlsVersion"]
    assert (tls["now"], tls["wanted"]) == ("TLS1_0", "TLS1_2")
    assert found["versions", "versioningConfiguration.status"]["now"] is None
    assert found["lifecycle", "rules[theirs]"]["wanted"] is None


def test_the_engine_reads_what_is_adopted_and_manages_none_of_it(adopted: Adopted) -> None:
    resources = json.loads(adopted.pulumi("stack", "export").out)["deployment"]["resources"]

    read = {it["type"].rpartition(":")[2] for it in resources if it.get("external")}
    assert read == {"Bucket", "ResourceGroup", "StorageAccount", "BlobContainer"}


@pytest.mark.proof
def test_a_second_up_changes_nothing(adopted: Adopted) -> None:
    assert set(adopted.up()) == {"same"}


def test_what_a_plan_names_is_changed_and_the_documents_stay(adopted: Adopted, plan: Plan) -> None:
    documents, before = adopted.documents(), adopted.bucket()
    adopted.configure(adopt={**ADOPT, "change": ["versions", "lifecycle"]})
    planned = [it for it in plan()["differences"] if it["verdict"] in ("change", "lost")]
    changes = adopted.up()
    after = adopted.bucket()
    left = [it for it in plan()["differences"] if it["verdict"] in ("change", "lost")]

    assert changes["create"] == 4
    assert not changes.keys() & {"replace", "delete", "update"}
    assert {name for name in after if after[name] != before[name]} == {
        "versioning",
        "lifecycle_configuration",
    }
    assert after["versioning"] == {"Status": "Enabled"}
    assert {it["aspect"] for it in planned} == {"versions", "lifecycle"}
    assert [it["property"] for it in planned if it["verdict"] == "lost"] == ["rules[theirs]"]
    assert left == []
    assert adopted.documents() == documents


def test_a_down_leaves_what_was_adopted_and_what_was_set_on_it(adopted: Adopted) -> None:
    documents, bucket = adopted.documents(), adopted.bucket()
    done = adopted.destroy()

    assert done.code == 0, done.text
    assert adopted.documents() == documents
    assert adopted.bucket() == bucket
    left = set(adopted.plane.ids("/subscriptions/"))
    assert {GROUP_ID, ACCOUNT_ID} <= left
    assert not [it for it in left if "managedIdentity" in it or "roleAssignments" in it]


@pytest.mark.proof
def test_adopting_another_store_deletes_no_document_of_the_protected_one(adopted: Adopted) -> None:
    adopted.configure(disposable=False, clouds=["aws"], adopt={})
    adopted.up()
    own = adopted.outputs()["aws_bucket"]
    adopted.aws("s3").put_object(Bucket=own, Key="kb/a.md", Body=b"ours")
    adopted.configure(disposable=False, clouds=["aws"], adopt={"aws_bucket": BUCKET})
    refused = adopted.pulumi("up", "--yes", "--skip-preview")
    adopted.configure(disposable=False, clouds=["aws"], adopt={"aws_bucket": own})
    relinquished = adopted.pulumi("up", "--yes", "--skip-preview")

    assert refused.code != 0, refused.text
    assert "protect" in refused.text
    assert relinquished.code == 0, relinquished.text
    body = adopted.aws("s3").get_object(Bucket=own, Key="kb/a.md")["Body"].read()
    assert body == b"ours"
    assert adopted.destroy().code == 0
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
    adopted.configure(adopt={}, network=network, azure_key=KEY)
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
