"""The store on Google Cloud: a closed, versioned bucket and the identities that work in it."""

import re
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_gcp import storage

from app.terms.permissions import PERMISSIONS
from app.terms.variables import Identity
from infra.settings import Environment
from infra.stores import gcp_settings
from infra.stores.gcp_identity import GcpIdentity, GcpRole
from infra.stores.gcp_trust import GcpTrust
from infra.stores.keeping import kept
from infra.watch.gcp import GcpAccessLog, GcpWatch


def provision(environment: Environment) -> Mapping[str, Any]:
    """Make the store and return its outputs."""
    return GcpStore(f"kb-{_label(environment.name)}", environment).outputs


class GcpStore(pulumi.ComponentResource):
    """A bucket that only its identities reach, only by IAM, and that forgets nothing at once.

    Of an adopted bucket none of these are changed: they hold as far as its owner has set them.
    A bucket has no setting here that demands TLS: our programs send credentials over HTTPS only.

    Attributes:
        outputs: each field of `Outputs` that begins with `gcp_`; None where there is none.
    """

    outputs: Mapping[str, Any]

    def __init__(
        self, name: str, environment: Environment, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(f"{environment.project}:stores:GcpStore", name, None, opts)
        self._name = name
        self._inside = pulumi.ResourceOptions(parent=self)
        self._labels = {name: _label(value) for name, value in environment.tags.items()}
        log = self._keep_log(environment)
        bucket = self._adopt_or_make(environment, log)
        # A role and a pool are there whether or not somebody has them: Google keeps the name of a deleted one
        # for weeks, so that a migrator that comes and goes would find its own taken.
        roles = {
            identity: GcpRole(
                f"{name}-{identity}",
                identity=identity,
                environment=environment,
                bucket=bucket,
                opts=self._inside,
            )
            for identity in PERMISSIONS
        }
        trusts = {
            identity: GcpTrust(
                f"{name}-{identity}",
                identity=identity,
                environment=environment,
                bucket=bucket,
                opts=self._inside,
            )
            for identity in PERMISSIONS
            if environment.trust(identity).oidc_issuer is not None
        }
        identities = {
            identity: GcpIdentity(
                f"{name}-{identity}",
                identity=identity,
                environment=environment,
                bucket=bucket,
                role=roles[identity],
                trust=trusts.get(identity),
                opts=self._inside,
            )
            for identity in environment.identities
        }
        watch = GcpWatch(
            f"{name}-watch",
            environment=environment,
            bucket=bucket,
            labels=self._labels,
            opts=self._inside,
        )
        self.outputs = {
            "gcp_bucket": bucket.name,
            "gcp_project": bucket.project,
            "gcp_location": bucket.location,
            "gcp_endpoint_url": environment.gcp_endpoint_url,
            **_outputs_of("agent", identities),
            **_outputs_of("migrator", identities),
            "gcp_alarms": watch.alarms,
            "gcp_access_log": None if log is None else log.url,
        }
        self.register_outputs({"bucket": bucket.name})

    def _keep_log(self, environment: Environment) -> GcpAccessLog | None:
        days = environment.settings.watch.access_log_days
        # An adopted bucket is read only: where its log goes is its owner's to say.
        if days is None or environment.settings.adopt.gcp_bucket is not None:
            return None
        return GcpAccessLog(
            f"{self._name}-watch-log",
            environment=environment,
            days=days,
            labels=self._labels,
            opts=self._inside,
        )

    def _adopt_or_make(self, environment: Environment, log: GcpAccessLog | None) -> Any:
        settings = environment.settings
        if settings.adopt.gcp_bucket is not None:
            # Read, never managed: the engine has no operation that could change or delete it. Versions and
            # rules are parts of a bucket here, so that there is nothing beside it that could be changed.
            return storage.Bucket.get(self._name, settings.adopt.gcp_bucket, opts=self._inside)
        key = settings.gcp_kms_key
        return storage.Bucket(
            self._name,
            name=settings.gcp_bucket,
            location=settings.gcp_location,
            **gcp_settings.bucket_arguments(settings),
            encryption=None if key is None else {"default_kms_key_name": key},
            logging=None if log is None else log.logging,
            force_destroy=settings.disposable,
            labels=self._labels,
            # Only what holds documents is protected: roles and identities may always change.
            opts=kept(self, disposable=settings.disposable),
        )


def _label(text: str) -> str:
    """A label's value, and a part of a name: lower-case letters, digits and dashes."""
    return re.sub(r"[^a-z0-9-]", "-", text.lower())[:63]


def _outputs_of(identity: Identity, identities: Mapping[Identity, GcpIdentity]) -> dict[str, Any]:
    made = identities.get(identity)
    return {
        f"gcp_{identity}_service_account": made and made.email,
        f"gcp_{identity}_workload_provider": made and made.workload_provider,
    }
