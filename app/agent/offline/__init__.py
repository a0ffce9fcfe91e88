"""The offline model: it speaks the Messages API inside the SDK's HTTP client and answers by fixed rules.

It sees what a model sees, nothing else: the system prompt, the tools, the transcript. It reaches no network
and knows no document. What it can do is find the line that answers a question in much the same words, and say
so when there is none; it does not reason, summarise or count.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anthropic import Anthropic


def offline_client() -> "Anthropic":
    """Return a client of the Anthropic SDK whose every request is answered on this machine."""
    import httpx2
    from anthropic import Anthropic

    from app.agent.offline.transport import OfflineTransport

    return Anthropic(
        api_key="offline",  # never the person's key: nothing here needs it
        base_url="http://offline.invalid",  # RFC 2606: no name server answers for it
        http_client=httpx2.Client(transport=OfflineTransport()),
        max_retries=0,
    )
