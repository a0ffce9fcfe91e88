"""Who may act as one of an environment's identities, in no cloud's words."""

import re
from dataclasses import dataclass
from typing import Final

_PRINCIPAL: Final = re.compile(r"arn:aws[a-z-]*:(iam|sts)::\d{12}:.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Who may act as one identity, apart from what the account itself allows.

    Attributes:
        oidc_issuer: of workload identity tokens, without a slash at the end; None: no workload from outside.
        oidc_subject: the whole `sub` of the one workload that is trusted; goes with the issuer.
        aws_principals: ARNs of IAM roles or users of AWS.
    """

    oidc_issuer: str | None = None
    oidc_subject: str | None = None
    aws_principals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.oidc_issuer is None) != (self.oidc_subject is None):
            raise ValueError("oidc_issuer and oidc_subject go together")
        if self.oidc_issuer is not None and not re.fullmatch(
            r"https://[^\s/?#][^\s?#]*[^\s/?#]", self.oidc_issuer
        ):
            raise ValueError(
                f"oidc_issuer {self.oidc_issuer!r} must look like 'https://token.actions.githubusercontent.com'"
            )
        if self.oidc_subject is not None and (not self.oidc_subject or "*" in self.oidc_subject):
            raise ValueError(
                f"oidc_subject {self.oidc_subject!r} must be one whole subject, without '*': "
                "a pattern would trust workloads that nobody named"
            )
        for principal in self.aws_principals:
            if not _PRINCIPAL.fullmatch(principal) or "*" in principal:
                raise ValueError(
                    f"aws_principals: {principal!r} must be the ARN of one IAM role or user"
                )
