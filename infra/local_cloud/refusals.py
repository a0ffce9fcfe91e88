"""What a person reads when a provider refuses: one sentence, never a traceback."""

from collections.abc import Callable
from typing import Any, NoReturn

import grpc

from infra.local_cloud.handlers import CloudError
from infra.local_cloud.stacks import LocalCloudError


class Refusals:
    """Turns what goes wrong within the block into the sentence that the engine shows.

    Args:
        context: of the engine's request.
        absent: says which emulator is not there, so that an error that nobody foresaw is explained by it.
    """

    def __init__(self, context: grpc.ServicerContext, absent: Callable[[], str | None]) -> None:
        self._context = context
        self._absent = absent

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: object) -> None:
        if isinstance(error, Exception):
            self._abort(error)

    def _abort(self, error: Exception) -> NoReturn:
        expected = isinstance(error, LocalCloudError | CloudError)
        sentence = str(error) if expected else f"{type(error).__name__}: {error}"
        if not expected:
            sentence = self._absent() or sentence
        self._context.abort(grpc.StatusCode.UNKNOWN, sentence)
        raise AssertionError  # abort raises
