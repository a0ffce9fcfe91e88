"""What a cloud's access system would answer, as far as its documentation says.

Pure and without a network: `kb drift` asks what a changed policy breaks, and the tests ask whether every call
of ours is allowed and nothing else is. What an evaluator does not know, an operator or an attribute, it
refuses to judge (`NotEvaluated`) instead of guessing.
"""

from infra.access.evaluate.calls import Call, Decision, NotEvaluated
from infra.access.evaluate.google import Binding, judge_google
from infra.access.evaluate.iam import Caller, judge_iam
from infra.access.evaluate.rbac import Assignment, judge_rbac

__all__ = [
    "Assignment",
    "Binding",
    "Call",
    "Caller",
    "Decision",
    "NotEvaluated",
    "judge_google",
    "judge_iam",
    "judge_rbac",
]
