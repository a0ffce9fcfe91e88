"""Google Cloud in the local cloud: fake-gcs-server and the control plane behind the plugin `gcp`."""

from typing import Final

from infra.local_cloud.emulators import FAKE_GCS
from infra.local_cloud.gcp import iam, payloads, schemas
from infra.local_cloud.gcp.base import PROJECT, GcpHandler, Project
from infra.local_cloud.gcp.storage import Bucket, BucketMember, Buckets, new_session
from infra.local_cloud.gcp.watch_schemas import ALERT_POLICY, BUDGET, CHANNEL
from infra.local_cloud.gcp.watching import Budget, Numbered
from infra.local_cloud.handlers import Catalog, Cloud, Failure, Session
from infra.local_cloud.values import Properties

_KEPT: Final = frozenset({"project"})

# How to reach and to prove oneself to a real project: there is none, so they mean nothing here.
_MEANINGLESS: Final = frozenset(
    {"accessToken", "credentials", "impersonateServiceAccount", "externalCredentials", "scopes"}
    | {"impersonateServiceAccountDelegates", "billingProject", "userProjectOverride"}
    | {"requestTimeout", "requestReason", "batching", "region", "zone", "universeDomain"}
    | {"addPulumiAttributionLabel", "pulumiAttributionLabelAdditionStrategy", "version"}
    | {"addTerraformAttributionLabel", "terraformAttributionLabelAdditionStrategy"}
    | {"disableGooglePartnerName", "googlePartnerName", "pollInterval"}
)


def config_failures(config: Properties) -> list[Failure]:
    """Say what is wrong with the provider's configuration."""
    found: list[Failure] = []
    for name in config:
        if name.endswith("CustomEndpoint"):
            found.append(
                (name, "cannot be given for a local stack: the local cloud is the endpoint")
            )
        elif name == "defaultLabels":
            found.append((name, "is not served by the local cloud"))
        elif name not in _KEPT | _MEANINGLESS:
            found.append((name, "is no configuration of the gcp provider"))
    return found


def open_catalog(session: Session) -> Catalog:
    """The types of Google Cloud, connected to the fake-gcs-server and the control plane of a stack."""
    project = Project(str(session.config.get("project") or PROJECT), session.plane)
    buckets = Buckets(session.endpoints.gcs_url, new_session())
    handlers: list[GcpHandler] = [
        Bucket(schemas.BUCKET, project, buckets),
        BucketMember(schemas.BUCKET_MEMBER, project, buckets),
        iam.Account(schemas.ACCOUNT, project),
        iam.AccountMember(schemas.ACCOUNT_MEMBER, project),
        iam.Role(schemas.ROLE, project),
        iam.Pool(schemas.POOL, project),
        iam.PoolProvider(schemas.POOL_PROVIDER, project),
        Numbered(CHANNEL, project, "notificationChannels"),
        Numbered(ALERT_POLICY, project, "alertPolicies"),
        Budget(BUDGET, project),
    ]
    return Catalog({handler.token: handler for handler in handlers}, {})


GCP: Final = Cloud(
    plugin="gcp",
    distribution="pulumi-gcp",
    emulators=(FAKE_GCS,),
    config_failures=config_failures,
    open=open_catalog,
    failures=payloads.failures,
)
