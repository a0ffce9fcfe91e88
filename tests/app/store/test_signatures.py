"""A signature that stands in the URL of a request is neither in an error nor in a log."""

import logging

import pytest
import requests
from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline.transport import HttpRequest

from app.store.backends.blob_service.signatures import (
    QuietTransport,
    hide_signatures,
    without_signature,
)

SIGNED = "http://127.0.0.1:1/c/a.md?sv=1&sig=c2lnbmF0dXJl%2B%3D&se=2030"


def test_an_error_says_the_url_without_its_signature_and_so_do_its_causes() -> None:
    # As the store's own session: the one of the SDK hides the URL of a refused connection.
    quiet = QuietTransport(session=requests.Session())
    with quiet as transport, pytest.raises(ServiceRequestError) as raised:
        transport.send(HttpRequest("GET", SIGNED))

    error = raised.value
    assert "/c/a.md?sv=1&sig=…&se=2030" in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert "c2lnbmF0dXJl" not in repr(vars(error))


def test_an_error_without_a_signature_keeps_its_causes() -> None:
    with QuietTransport() as transport, pytest.raises(ServiceRequestError) as raised:
        transport.send(HttpRequest("GET", "http://127.0.0.1:1/c/a.md?sv=1"))

    assert raised.value.inner_exception is not None


@pytest.mark.parametrize("logger", ["urllib3.connectionpool", "urllib3.util.retry"])
def test_a_log_line_says_the_url_without_its_signature(
    logger: str, caplog: pytest.LogCaptureFixture
) -> None:
    hide_signatures()
    hide_signatures()
    with caplog.at_level(logging.DEBUG, logger=logger):
        logging.getLogger(logger).debug('"%s %s" %d', "GET", SIGNED, 200)
        logging.getLogger(logger).debug('"%s %s" %d', "GET", "/c/a.md", 200)

    assert caplog.messages == [f'"GET {without_signature(SIGNED)}" 200', '"GET /c/a.md" 200']
    assert "sig=…&se" in caplog.messages[0]
