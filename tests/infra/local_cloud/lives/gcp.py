"""The lives of Google's types."""

import requests

from infra.local_cloud.gcp import schemas
from tests.infra.local_cloud.gcp.examples import GCP
from tests.infra.local_cloud.lives.life import Life, World, given, recorded


def _stop_versions(world: World, bucket: str) -> None:
    url = f"{world.session.endpoints.gcs_url}/storage/v1/b/{bucket}"
    answer = requests.patch(url, json={"versioning": {"enabled": False}}, timeout=30)
    answer.raise_for_status()


LIVES: dict[str, Life] = {
    schemas.BUCKET: Life(
        inputs=given(GCP[schemas.BUCKET]),
        update={"versioning": {"enabled": False}, "labels": {"a": "b"}},
        replacement={"location": "US"},
        drift=_stop_versions,
        drifted="versioning",
    ),
    schemas.ROLE: Life(
        inputs=given(GCP[schemas.ROLE]),
        update={"permissions": ["storage.objects.get"]},
        replacement={"roleId": "kb_renamed"},
        drift=recorded(permissions=["storage.objects.delete"]),
        drifted="permissions",
    ),
    schemas.ACCOUNT: Life(
        inputs=given(GCP[schemas.ACCOUNT]),
        update={"displayName": "Another"},
        replacement={"accountId": "kb-renamed"},
        drift=recorded(disabled=True),
        drifted="disabled",
    ),
    schemas.POOL: Life(
        inputs=given(GCP[schemas.POOL]),
        update={"disabled": True},
        replacement={"workloadIdentityPoolId": "kb-renamed"},
        drift=recorded(disabled=True),
        drifted="disabled",
    ),
    schemas.POOL_PROVIDER: Life(
        inputs=given(GCP[schemas.POOL_PROVIDER]),
        update={"attributeCondition": "false"},
        replacement={"workloadIdentityPoolProviderId": "renamed"},
        drift=recorded(attributeCondition=None),
        drifted="attributeCondition",
    ),
    schemas.BUCKET_MEMBER: Life(
        inputs=given(GCP[schemas.BUCKET_MEMBER]),
        replacement={"role": "roles/storage.objectViewer"},
        drift=recorded(condition=None),
        drifted="condition",
    ),
    schemas.ACCOUNT_MEMBER: Life(
        inputs=given(GCP[schemas.ACCOUNT_MEMBER]),
        replacement={"role": "roles/iam.serviceAccountTokenCreator"},
        drift=recorded(condition=None),
        drifted="condition",
    ),
}
