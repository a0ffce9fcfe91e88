"""What every environment must keep, as pure functions of what is declared.

A rule is a demand on one resource, a stack rule one on all of them together. Nothing here asks a service or
knows of a program: the local cloud calls `findings` at preview, tests call both for every environment.
"""

from collections.abc import Sequence
from typing import Final

from infra.rules import aws, azure, gcp, tags
from infra.rules.stacks import STACK_RULES
from infra.rules.terms import Declared, Finding, Posture, Properties, Rule, StackRule

RULES: Final[tuple[Rule, ...]] = (*aws.RULES, *azure.RULES, *gcp.RULES, *tags.RULES)


def findings(token: str, inputs: Properties, *, posture: Posture) -> list[Finding]:
    """Say which demands the inputs of a resource do not meet.

    Args:
        token: the resource's type; one that no rule names has no findings.
        inputs: by their Pulumi names; what is not known yet is passed over.
        posture: of the environment.
    """
    return [
        Finding(rule.name, path, sentence)
        for rule in RULES
        if token in rule.types and rule.holds(posture)
        for path, sentence in rule.problems(inputs)
    ]


def stack_findings(resources: Sequence[Declared], *, posture: Posture) -> list[Finding]:
    """Say which demands a stack does not meet, of each resource and of all together."""
    found = [
        Finding(finding.rule, finding.path, finding.sentence, f"{declared.type} {declared.name}")
        for declared in resources
        for finding in findings(declared.type, declared.inputs, posture=posture)
    ]
    found += [
        Finding(rule.name, "", sentence, f"{declared.type} {declared.name}")
        for rule in STACK_RULES
        if rule.holds(posture)
        for declared, sentence in rule.problems(resources)
    ]
    return found


__all__ = [
    "RULES",
    "STACK_RULES",
    "Declared",
    "Finding",
    "Posture",
    "Rule",
    "StackRule",
    "findings",
    "stack_findings",
]
