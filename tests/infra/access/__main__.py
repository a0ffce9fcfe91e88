"""Write anew what the agent and a migration ask of each cloud: python -m tests.infra.access"""

import tempfile
from pathlib import Path

from infra.local_cloud import servers
from infra.local_cloud.emulators import FAKE_GCS
from tests.infra.access.recording import CLOUDS, FOLDER, WORK, record, written


def main() -> None:
    """Start the emulators, record each cloud, and stop them."""
    with tempfile.TemporaryDirectory() as folder:
        roots = Path(folder, "first"), Path(folder, "second")
        try:
            first = servers.start("local", root=roots[0]).endpoints
            second = servers.start("local", root=roots[1], names=(FAKE_GCS,)).endpoints
            at = {"aws": first.aws_url, "azure": first.azure_blob_url, "gcp": second.gcs_url}
            for cloud in CLOUDS:
                own = Path(folder, f"work-{cloud.name}")
                own.mkdir()
                found = record(cloud, at[cloud.name], own, who=tuple(WORK))
                FOLDER.mkdir(exist_ok=True)
                (FOLDER / f"{cloud.name}.json").write_text(written(found))
        finally:
            for root in roots:
                servers.stop("local", root=root)


if __name__ == "__main__":
    main()
