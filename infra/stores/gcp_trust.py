"""Which workload from outside Google Cloud may act as an identity: a pool of its own for each."""

from typing import Any

import pulumi
from pulumi_gcp import iam

from app.terms.variables import Identity
from infra.settings import Environment
from infra.stores.gcp_names import POOL_CHARACTERS_MAX, name_beside


class GcpTrust(pulumi.ComponentResource):
    """A workload identity pool whose one provider lets one subject of one issuer in.

    A pool names its members by subject alone: with two issuers in one pool, whoever one of them calls by
    another's subject would be that other.

    Attributes:
        member: the one workload, as a policy names it.
        provider: what the workload names when it asks for a token; also the audience of its own token.
    """

    member: pulumi.Output[str]
    provider: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        identity: Identity,
        environment: Environment,
        bucket: Any,
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(f"{environment.project}:stores:GcpTrust", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        trust = environment.trust(identity)
        pool = iam.WorkloadIdentityPool(
            name,
            project=bucket.project,
            workload_identity_pool_id=bucket.name.apply(
                lambda known: name_beside(known, identity, characters_max=POOL_CHARACTERS_MAX)
            ),
            description=f"Who may act as the {identity} of {environment.name}",
            opts=inside,
        )
        provider = iam.WorkloadIdentityPoolProvider(
            name,
            project=bucket.project,
            workload_identity_pool_id=pool.workload_identity_pool_id,
            workload_identity_pool_provider_id="oidc",
            attribute_mapping={"google.subject": "assertion.sub"},
            # The binding names the subject, too; so nobody else gets as far as a token of the pool.
            attribute_condition=f"assertion.sub == {cel_text(trust.oidc_subject or '')}",
            # Without an audience named, it is the provider's own name: no token made for somebody else fits.
            oidc={"issuer_uri": trust.oidc_issuer},
            opts=inside,
        )
        self.member = pulumi.Output.concat(
            "principal://iam.googleapis.com/", pool.name, f"/subject/{trust.oidc_subject}"
        )
        self.provider = provider.name
        self.register_outputs({"provider": provider.name})


def cel_text(text: str) -> str:
    """Return a string literal of the Common Expression Language (cel-spec, string values)."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
