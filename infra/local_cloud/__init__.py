"""The local cloud: the same program without an account.

    servers.start("local")          # its emulators, on 127.0.0.1
    environment("local")            # what a plain `pulumi` needs to use them

Nothing here imports the program or the engine, and neither of them this.
"""

from infra.local_cloud.plugins import environment, install_plugins
from infra.local_cloud.servers import Endpoints, Servers, ServerStatus, Status
from infra.local_cloud.stacks import LocalCloudError, is_local, require_local, state_directory

__all__ = [
    "Endpoints",
    "LocalCloudError",
    "ServerStatus",
    "Servers",
    "Status",
    "environment",
    "install_plugins",
    "is_local",
    "require_local",
    "state_directory",
]
