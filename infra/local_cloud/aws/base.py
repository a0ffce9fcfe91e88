"""What all handlers of AWS types share: names, tags, and comparing what is there with what was asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local_cloud.aws import payloads
from infra.local_cloud.aws.schemas import SCHEMAS
from infra.local_cloud.control_plane import ControlPlane
from infra.local_cloud.handlers import Naming
from infra.local_cloud.values import Properties, same_document


@dataclass(frozen=True, slots=True)
class Account:
    """Whose resources these are, where, and where is kept what moto drops."""

    id: str
    region: str
    default_tags: Mapping[str, str]
    plane: ControlPlane

    def tags(self, inputs: Properties) -> dict[str, str]:
        """The tags that the service gets: the provider's default ones and the resource's own."""
        return {**self.default_tags, **(inputs.get("tags") or {})}


@dataclass(frozen=True, slots=True)
class AwsHandler:
    """The part of a handler that its type's schema decides."""

    token: str
    account: Account

    @property
    def replaces(self) -> frozenset[str]:
        """As the schema of the type says."""
        return frozenset(SCHEMAS[self.token].replaces)

    @property
    def remade_in_place(self) -> bool:
        """Ids are names here, but for keys."""
        return True

    @property
    def name_property(self) -> str | None:
        """`bucket` of a bucket, `name` in IAM."""
        return "name" if "name" in SCHEMAS[self.token].members else None

    def prepare(self, inputs: Properties, old_inputs: Properties, naming: Naming) -> Properties:
        """Give a name to what has none: the old one, else the program's with seven random digits."""
        found = self.located(inputs)
        name = self.name_property
        if name is None or found.get(name) is not None:
            return found
        prefix = found.get("bucketPrefix" if name == "bucket" else "namePrefix")
        made = f"{prefix}{naming.suffix}" if prefix else f"{naming.name}-{naming.suffix}"
        found[name] = old_inputs.get(name, made.lower() if name == "bucket" else made)
        return found

    def claim(self, inputs: Properties) -> str | None:
        """Putting it twice is the same as once: nobody can collide."""
        return None

    def id_of(self, inputs: Properties) -> str:
        """What is claimed by its name has it as its id."""
        return str(inputs[self.name_property or "name"])

    def tags(self, inputs: Properties) -> dict[str, str]:
        """As the account says."""
        return self.account.tags(inputs)

    def live_inputs(
        self, inputs: Properties, live: Mapping[str, Any], defaults: Mapping[str, Any] | None = None
    ) -> Properties:
        """Return `inputs` with those properties replaced that are different in the service.

        Args:
            inputs: as they were last asked for.
            live: property → what the service has, in the API's form; None when it has none. Properties that
                are not in it are not compared.
            defaults: property → what the service has when nothing was asked for.
        """
        found = self.located(inputs)
        for name, answer in live.items():
            asked = inputs.get(name)
            if asked is None:
                # With nothing there or the service's own default, nothing has drifted.
                default = (defaults or {}).get(name)
                if canonical(answer) not in (None, "", canonical(default)):
                    found[name] = payloads.live_property(self.token, name, answer)
            elif answer is None:
                found.pop(name)
            elif not _same(payloads.request_property(self.token, name, asked), answer):
                found[name] = payloads.live_property(self.token, name, answer)
        return found

    def located(self, inputs: Properties) -> Properties:
        """The inputs with the region that every resource of a regional service is in."""
        if "region" not in SCHEMAS[self.token].own:
            return dict(inputs)
        return {"region": self.account.region, **inputs}

    def live_tags(
        self, inputs: Properties, tags: list[dict[str, str]]
    ) -> list[dict[str, str]] | None:
        """The tags of the service without the provider's default ones, sorted; None when none are left."""
        own = inputs.get("tags") or {}
        left = [
            tag
            for tag in tags
            if _tag(tag)[0] in own or self.account.default_tags.get(_tag(tag)[0]) != _tag(tag)[1]
        ]
        return sorted(left, key=_tag) or ([] if own else None)


def _tag(tag: Mapping[str, str]) -> tuple[str, str]:
    """Name and value; KMS calls them TagKey and TagValue."""
    return tag.get("Key") or tag["TagKey"], tag["Value" if "Value" in tag else "TagValue"]


def canonical(value: Any) -> Any:
    """A value without what means nothing: empty members, an empty prefix, the zone of a moment."""
    if isinstance(value, Mapping):
        members = {name: canonical(item) for name, item in value.items()}
        return {name: item for name, item in members.items() if item not in (None, "")} or None
    if isinstance(value, list):
        return [canonical(item) for item in value] or None
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value


def jsonable(value: Any) -> Any:
    """A value of the API as a JSON file gives it back."""
    return json.loads(json.dumps(value, default=str))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return same_document(one, other)
    return bool(canonical(one) == canonical(other))
