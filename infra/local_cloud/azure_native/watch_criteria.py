"""When Azure's alarms ring: the criteria of metric alerts and of scheduled query rules.

Members are those of azure-native's own classes (monitor/_inputs.py, 3.29); which may be given together is
from the examples in Azure/azure-rest-api-specs (metricAlerts 2018-03-01, scheduledQueryRules
2025-01-01-preview).
"""

from collections.abc import Mapping
from typing import Final

from infra.local_cloud.azure_native.hand_models import Body, Choice, Flag, Many, Model, Number, Text

ID: Final = Text(pattern=r"/.*", said="the id of a resource: it begins with a slash")

_OPERATORS: Final = ("Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual")
_AGGREGATIONS: Final = ("Average", "Count", "Minimum", "Maximum", "Total")
_SENSITIVITIES: Final = ("Low", "Medium", "High")
_DIMENSIONS: Final = Many(
    of=Body(
        members={
            "name": Text(),
            "operator": Text(allowed=("Include", "Exclude")),
            "values": Many(of=Text(), least=1),
        },
        required=("name", "operator", "values"),
    )
)
_METRIC: Final[Mapping[str, Model]] = {
    "name": Text(),
    "metricName": Text(),
    "metricNamespace": Text(),
    "timeAggregation": Text(allowed=_AGGREGATIONS),
    "dimensions": _DIMENSIONS,
    "skipMetricValidation": Flag(),
}
_STATIC: Final = Body(
    members={**_METRIC, "operator": Text(allowed=_OPERATORS), "threshold": Number()},
    required=("name", "metricName", "operator", "threshold", "timeAggregation"),
)
_DYNAMIC: Final = Body(
    members={
        **_METRIC,
        "operator": Text(allowed=("GreaterThan", "LessThan", "GreaterOrLessThan")),
        "alertSensitivity": Text(allowed=_SENSITIVITIES),
        "failingPeriods": Body(
            members={
                "numberOfEvaluationPeriods": Number(least=1, most=6),
                "minFailingPeriodsToAlert": Number(least=1, most=6),
            },
            required=("numberOfEvaluationPeriods", "minFailingPeriodsToAlert"),
        ),
        "ignoreDataBefore": Text(),
    },
    required=(
        *("name", "metricName", "operator", "timeAggregation"),
        *("alertSensitivity", "failingPeriods"),
    ),
)
_SINGLE_RESOURCE: Final = Body(
    members={
        "allOf": Many(
            of=Choice(by="criterionType", of={"StaticThresholdCriterion": _STATIC}),
            least=1,
            most=5,
        )
    }
)
_MULTIPLE_RESOURCE: Final = Body(
    members={
        "allOf": Many(
            of=Choice(
                by="criterionType",
                of={"StaticThresholdCriterion": _STATIC, "DynamicThresholdCriterion": _DYNAMIC},
            ),
            least=1,
            most=5,
        )
    }
)
_WEB_TEST: Final = Body(
    members={"componentId": ID, "failedLocationCount": Number(), "webTestId": ID},
    required=("componentId", "failedLocationCount", "webTestId"),
)

METRIC_CRITERIA: Final = Choice(
    by="odataType",
    of={
        "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria": _SINGLE_RESOURCE,
        "Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria": _MULTIPLE_RESOURCE,
        "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria": _WEB_TEST,
    },
)

QUERY_CRITERIA: Final = Body(
    members={
        "allOf": Many(
            of=Body(
                members={
                    "query": Text(),
                    "timeAggregation": Text(allowed=_AGGREGATIONS),
                    "metricMeasureColumn": Text(),
                    "resourceIdColumn": Text(),
                    "metricName": Text(),
                    "dimensions": _DIMENSIONS,
                    "criterionType": Text(
                        allowed=("StaticThresholdCriterion", "DynamicThresholdCriterion")
                    ),
                    "operator": Text(allowed=_OPERATORS),
                    "threshold": Number(),
                    "minRecurrenceCount": Number(),
                    "alertSensitivity": Text(allowed=_SENSITIVITIES),
                    "ignoreDataBefore": Text(),
                    "failingPeriods": Body(
                        members={
                            "numberOfEvaluationPeriods": Number(least=1, most=6),
                            "minFailingPeriodsToAlert": Number(least=1, most=6),
                        }
                    ),
                },
                required=("query", "timeAggregation", "operator", "threshold"),
            ),
            least=1,
            most=1,
        )
    }
)
