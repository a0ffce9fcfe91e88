"""Stores named by a URL: `file:///…`, `s3://…`, `azure://…`, `gs://…`, `memory:`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from app.store.contract import BlobStore
from app.store.errors import StoreOptionError
from app.store.keys import broken_rule

_FORMS: Final = (
    "file:///folder, s3://bucket/prefix?endpoint_url=…&region=…, "
    "azure://account/container/prefix?endpoint_url=…, gs://bucket/prefix?endpoint_url=… or memory:"
)
_OPTIONS: Final[Mapping[str, frozenset[str]]] = {
    "s3": frozenset({"endpoint_url", "region"}),
    "azure": frozenset({"endpoint_url"}),
    "gs": frozenset({"endpoint_url"}),
}


class StoreURLError(StoreOptionError):
    """A store's URL cannot be used; one sentence that says what to write instead."""

    code = "store_url"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a URL never carries. Left out, the vendor's own chain looks: variables, files, identities.

    Attributes:
        aws_access_key_id, aws_secret_access_key, aws_session_token: for s3 URLs.
        azure_connection_string: for azure URLs; its account must be the URL's.
        azure_client_id: for azure URLs without a connection string: which managed identity to use.
        google_credentials_file: for gs URLs: the path of a service account's key.
    """

    aws_access_key_id: str | None = None
    aws_secret_access_key: str | None = field(default=None, repr=False)
    aws_session_token: str | None = field(default=None, repr=False)
    azure_connection_string: str | None = field(default=None, repr=False)
    azure_client_id: str | None = None
    google_credentials_file: str | None = None


NO_CREDENTIALS: Final = Credentials()


@dataclass(frozen=True, slots=True)
class StoreURL:
    """The parts of a store's URL.

    Attributes:
        scheme: "file", "s3", "azure", "gs" or "memory".
        place: the folder's path, the bucket or the container; "" for memory.
        account: the storage account of an azure URL, else "".
        prefix: "" or a prefix that ends with a slash.
        endpoint_url, region: the options; None where the URL has none.
    """

    scheme: str
    place: str = ""
    account: str = ""
    prefix: str = ""
    endpoint_url: str | None = None
    region: str | None = None

    def __str__(self) -> str:
        """Return the URL in its normal form. It holds no secret: `parse_store_url` refuses those."""
        if self.scheme == "memory":
            return "memory:"
        if self.scheme == "file":
            return Path(self.place).as_uri()
        place = f"{self.account}/{self.place}" if self.account else self.place
        options = {"endpoint_url": self.endpoint_url, "region": self.region}
        query = urlencode({name: value for name, value in options.items() if value}, safe=":/")
        return f"{self.scheme}://{place}/{quote(self.prefix)}" + (f"?{query}" if query else "")


def parse_store_url(url: str) -> StoreURL:
    """Return the parts of `url`. Nothing is opened or looked up.

    Raises:
        StoreURLError: it names no store that this version can open, or it carries credentials. The sentence
            repeats no part of the URL that could be a secret.
    """
    if url == "memory:":
        return StoreURL("memory")
    try:
        parts = urlsplit(url)
        options = dict(
            parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        )
    except ValueError as error:
        raise StoreURLError(f"The store URL cannot be read; write {_FORMS}.") from error
    if parts.scheme not in ("file", "s3", "azure", "gs"):
        raise StoreURLError(f"{describe(url)} names no store; write {_FORMS}.")
    _refuse_extras(url, parts.scheme, "@" in parts.netloc, parts.fragment, options)
    if parts.scheme == "file":
        return _folder(url, parts.netloc, unquote(parts.path))
    return _bucket(url, parts.scheme, parts.netloc, unquote(parts.path), options)


def open_store(
    url: str, *, credentials: Credentials = NO_CREDENTIALS, concurrency: int = 16
) -> BlobStore:
    """Return the backend that `url` names; `app.store.stack.open_stack` puts the layers on it.

    Vendors' SDKs are imported here, each only for its own URLs. Nothing is created: a missing folder is
    StoreMissing now, a missing bucket or container with the first call.

    Args:
        url: of the store.
        credentials: what the URL does not carry.
        concurrency: how many calls the bulk verbs of s3 and azure stores make at once. Other stores decide
            themselves: more threads would cost them more than they gain.

    Raises:
        StoreURLError: see `parse_store_url`, or the credentials do not fit the URL.
        StoreMissing: the folder of a file URL does not exist.
    """
    parts = parse_store_url(url)
    match parts.scheme:
        case "memory":
            from app.store.backends.memory import MemoryStore

            return MemoryStore()
        case "file":
            from app.store.backends.local import LocalStore

            return LocalStore(Path(parts.place))
        case "s3":
            from app.store.backends.s3 import S3Store

            return S3Store(
                parts.place,
                prefix=parts.prefix,
                region_name=parts.region,
                endpoint_url=parts.endpoint_url,
                aws_access_key_id=credentials.aws_access_key_id,
                aws_secret_access_key=credentials.aws_secret_access_key,
                aws_session_token=credentials.aws_session_token,
                concurrency=concurrency,
            )
        case "gs":
            from app.store.backends.gcs import GCSStore

            return GCSStore(
                parts.place,
                prefix=parts.prefix,
                endpoint_url=parts.endpoint_url,
                credentials_file=credentials.google_credentials_file,
            )
        case _:
            return _open_azure(parts, credentials, concurrency)


def describe(url: str) -> str:
    """Return `url` fit to be printed: without user information and unknown options, whatever it is."""
    try:
        parts = urlsplit(url)
        known = _OPTIONS.get(parts.scheme, frozenset())
        options = [(name, value) for name, value in parse_qsl(parts.query) if name in known]
    except ValueError:
        return "the store URL"
    host = parts.netloc.rpartition("@")[2]
    query = urlencode([(name, _without_user(value)) for name, value in options], safe=":/")
    slashes = "//" if parts.netloc or parts.path.startswith("/") else ""
    scheme = f"{parts.scheme}:" if parts.scheme else ""
    return f"{scheme}{slashes}{host}{parts.path}" + (f"?{query}" if query else "")


def _refuse_extras(
    url: str, scheme: str, has_user: bool, fragment: str, options: Mapping[str, str]
) -> None:
    unknown = sorted(options.keys() - _OPTIONS.get(scheme, frozenset()))
    in_endpoint = "@" in urlsplit(options.get("endpoint_url", "")).netloc
    if has_user or in_endpoint or any(_sounds_secret(name) for name in unknown):
        raise StoreURLError(
            f"{describe(url)} was given with credentials in the URL, where logs and histories keep "
            "them; set them as environment variables or in .env."
        )
    if unknown:
        known = ", ".join(sorted(_OPTIONS.get(scheme, ()))) or "none"
        raise StoreURLError(
            f"{describe(url)}: unknown option {unknown[0]!r}; {scheme} URLs have these options: {known}."
        )
    if fragment:
        raise StoreURLError(f"{describe(url)}: write '#' in a store URL as %23.")


def _sounds_secret(name: str) -> bool:
    return any(
        word in name.lower() for word in ("key", "secret", "token", "password", "sig", "conn")
    )


def _without_user(address: str) -> str:
    scheme, separator, rest = address.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def _folder(url: str, host: str, path: str) -> StoreURL:
    if host not in ("", "localhost") or not path.startswith("/"):
        raise StoreURLError(
            f"{describe(url)}: a folder is named absolutely, like file:///srv/documents."
        )
    return StoreURL("file", place=path)


def _bucket(url: str, scheme: str, host: str, path: str, options: Mapping[str, str]) -> StoreURL:
    account = ""
    place, rest = host, path.removeprefix("/")
    if scheme == "azure":
        account, (place, _, rest) = host, rest.partition("/")
    prefix = rest.removesuffix("/")
    if not place or (scheme == "azure" and not account):
        raise StoreURLError(f"{describe(url)} is incomplete; write {_FORMS}.")
    broken = broken_rule(prefix) if prefix else None
    if broken:
        raise StoreURLError(f"{describe(url)}: the prefix {prefix!r} is not valid: {broken}.")
    endpoint_url = options.get("endpoint_url")
    if endpoint_url is not None and urlsplit(endpoint_url).scheme not in ("http", "https"):
        raise StoreURLError(f"{describe(url)}: endpoint_url must start with http:// or https://.")
    return StoreURL(
        scheme,
        place=place,
        account=account,
        prefix=f"{prefix}/" if prefix else "",
        endpoint_url=endpoint_url,
        region=options.get("region"),
    )


def _open_azure(parts: StoreURL, credentials: Credentials, concurrency: int) -> BlobStore:
    from app.store.backends.azure import AzureStore

    return AzureStore(
        parts.place,
        prefix=parts.prefix,
        account=parts.account,
        account_url=parts.endpoint_url,
        connection_string=credentials.azure_connection_string,
        client_id=credentials.azure_client_id,
        concurrency=concurrency,
    )
