"""What the deployer, who runs `pulumi up`, must be able to do: by type of resource, and as policies.

A type that the program makes and that has no row here fails a test. Nothing here touches a document.
"""

from infra.access.deployer.aws import iam_deployer_policy
from infra.access.deployer.aws_needs import AWS_NEEDS
from infra.access.deployer.azure import AZURE_NEEDS, rbac_deployer_permissions
from infra.access.deployer.google import GOOGLE_NEEDS, google_deployer_permissions

__all__ = [
    "AWS_NEEDS",
    "AZURE_NEEDS",
    "GOOGLE_NEEDS",
    "google_deployer_permissions",
    "iam_deployer_policy",
    "rbac_deployer_permissions",
]
