"""The entry point of the provider plugins: `python -m infra.local_cloud.plugin aws ENGINE`."""

import sys

from infra.local_cloud.handlers import Cloud
from infra.local_cloud.plugins import PLUGINS
from infra.local_cloud.serving import serve
from infra.local_cloud.stacks import LocalCloudError


def main(arguments: list[str]) -> None:
    """Serve the cloud that the first argument names for the engine at the address in the second.

    The engine may pass more (its logging flags); they mean nothing here.
    """
    if len(arguments) < 2 or arguments[0] not in PLUGINS:
        raise LocalCloudError(
            f"Usage: python -m infra.local_cloud.plugin {'|'.join(PLUGINS)} ADDRESS"
        )
    serve(_cloud(arguments[0]), engine_address=arguments[1])


def _cloud(name: str) -> Cloud:
    # Only the asked cloud is imported: each brings a vendor's models with it.
    if name == "aws":
        from infra.local_cloud.aws.cloud import AWS

        return AWS
    if name == "gcp":
        from infra.local_cloud.gcp.cloud import GCP

        return GCP
    from infra.local_cloud.azure_native.cloud import AZURE_NATIVE

    return AZURE_NATIVE


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except LocalCloudError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
