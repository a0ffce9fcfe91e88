"""The lives of ARM's types."""

import copy

from infra.local_cloud.azure_native import schemas
from tests.infra.local_cloud.lives.life import Life, Properties, World, given, recorded
from tests.infra.local_cloud.payload_examples import AZURE

OTHER = "kbothers"


def prepare(world: World) -> None:
    """Make an account beside ours, which parts can move to."""
    for token in (schemas.RESOURCE_GROUP, schemas.ACCOUNT):
        inputs = {**AZURE[token], "resourceGroupName": "others", "accountName": OTHER}
        if token == schemas.RESOURCE_GROUP:
            del inputs["accountName"]
        world.handlers[token].create(inputs)


def clean(world: World) -> None:
    """Delete what `prepare` made."""
    for resource_id in world.plane.ids("/subscriptions/"):
        if "/others" in resource_id:
            world.plane.delete(resource_id)


def _endpoint(world: World) -> Properties:
    inputs = copy.deepcopy(AZURE[schemas.PRIVATE_ENDPOINT])
    connection = inputs["privateLinkServiceConnections"][0]
    connection["privateLinkServiceId"] = world.id(schemas.ACCOUNT)
    return inputs


def _policy(name: str) -> Properties:
    inputs = copy.deepcopy(AZURE[schemas.POLICY])
    inputs["policy"]["rules"][0]["name"] = name
    return inputs


MOVED = {"resourceGroupName": "others", "accountName": OTHER}

LIVES: dict[str, Life] = {
    schemas.RESOURCE_GROUP: Life(
        inputs=given(AZURE[schemas.RESOURCE_GROUP], tags={"a": "b"}),
        update={"tags": {"c": "d"}},
        replacement={"location": "westeurope"},
        drift=recorded(tags={"x": "y"}),
        drifted="tags",
    ),
    schemas.ACCOUNT: Life(
        inputs=given(AZURE[schemas.ACCOUNT]),
        update={"minimumTlsVersion": "TLS1_3", "tags": {"c": "d"}},
        replacement={"isHnsEnabled": True},
        drift=recorded(allowSharedKeyAccess=True),
        drifted="allowSharedKeyAccess",
    ),
    schemas.BLOB_SERVICE: Life(
        inputs=given(AZURE[schemas.BLOB_SERVICE]),
        update={"deleteRetentionPolicy": {"enabled": True, "days": 60}},
        replacement=MOVED,
        drift=recorded(isVersioningEnabled=False),
        drifted="isVersioningEnabled",
    ),
    schemas.CONTAINER: Life(
        inputs=given(AZURE[schemas.CONTAINER]),
        update={"metadata": {"c": "d"}},
        replacement={"containerName": "renamed"},
        drift=lambda world, _: world.blobs.get_container_client("knowledge").set_container_metadata(
            {"x": "y"}
        ),
        drifted="metadata",
    ),
    schemas.POLICY: Life(
        inputs=lambda _: _policy("tier-kb"),
        update={"policy": _policy("tier-all")["policy"]},
        replacement=MOVED,
        drift=recorded(policy=_policy("changed")["policy"]),
        drifted="policy",
    ),
    schemas.IDENTITY: Life(
        inputs=given(AZURE[schemas.IDENTITY], tags={"a": "b"}),
        update={"tags": {"c": "d"}},
        replacement={"resourceName": "renamed"},
        drift=recorded(tags=None),
        drifted="tags",
    ),
    schemas.FEDERATION: Life(
        inputs=given(AZURE[schemas.FEDERATION]),
        update={"subject": "repo:example/knowledge:environment:dev"},
        replacement={"federatedIdentityCredentialResourceName": "renamed"},
        drift=recorded(subject="repo:stranger/any:environment:prod"),
        drifted="subject",
    ),
    schemas.ROLE_DEFINITION: Life(
        inputs=given(AZURE[schemas.ROLE_DEFINITION]),
        update={"description": "x", "permissions": [{"actions": ["*/read"]}]},
        replacement={"roleDefinitionId": "ba92f5b4-2d11-453d-a403-000000000000"},
        drift=recorded(permissions=[{"actions": ["*"]}]),
        drifted="permissions",
    ),
    schemas.ROLE_ASSIGNMENT: Life(
        inputs=given(AZURE[schemas.ROLE_ASSIGNMENT]),
        update={"description": "x", "condition": None, "conditionVersion": None},
        replacement={"principalType": "User"},
        drift=recorded(condition=None),
        drifted="condition",
    ),
    schemas.PRIVATE_ENDPOINT: Life(
        inputs=_endpoint,
        update={"tags": {"c": "d"}},
        replacement={"privateEndpointName": "renamed"},
        drift=recorded(tags={"x": "y"}),
        drifted="tags",
    ),
    schemas.DNS_ZONE_GROUP: Life(
        inputs=given(AZURE[schemas.DNS_ZONE_GROUP]),
        update={"privateDnsZoneConfigs": []},
        replacement={"privateDnsZoneGroupName": "renamed"},
        drift=recorded(privateDnsZoneConfigs=[]),
        drifted="privateDnsZoneConfigs",
    ),
}
