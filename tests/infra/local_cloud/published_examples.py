"""What the vendors themselves show as valid, in Pulumi's form.

AWS: the examples that botocore carries (`data/SERVICE/VERSION/examples-1.json`), read where it is installed.
Azure: `azure_storage_published`, `azure_published`, `azure_watch_published`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session

from infra.local_cloud.aws import payloads
from infra.local_cloud.aws.schemas import SCHEMAS
from tests.infra.local_cloud.azure_published import OTHERS
from tests.infra.local_cloud.azure_storage_published import STORAGE
from tests.infra.local_cloud.azure_watch_published import WATCHING

Properties = dict[str, Any]


def of_aws() -> Iterator[tuple[str, str, Properties]]:
    """Type, the example's id, its inputs; without what only the API has a place for."""
    loader = botocore.session.get_session().get_component("data_loader")
    for token, schema in SCHEMAS.items():
        examples = loader.load_service_model(schema.service, "examples-1")["examples"]
        for example in examples.get(schema.operation, []):
            given = example.get("input", {})
            inputs = {
                name: payloads.live_property(token, name, value)
                for name, path in schema.members.items()
                if (value := _at(given, path)) is not None
            }
            # Where a policy stands, some examples have a placeholder: <Stringified-JSON>.
            whole = "<" not in "".join(it[:1] for it in inputs.values() if isinstance(it, str))
            if whole and inputs.keys() >= set(schema.required):
                yield token, example["id"], inputs


def _at(given: Mapping[str, Any], path: str) -> Any:
    value: Any = given
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


AZURE: Mapping[str, tuple[str, Properties]] = {**STORAGE, **OTHERS, **WATCHING}
