"""What Microsoft's REST specifications of alarms, logs and budgets show as right, in Pulumi's form.

Facts of the examples in Azure/azure-rest-api-specs (read 2026-11-26; above each stands its folder), named
after their files and written down anew: values that mean nothing are ours. Properties that the local cloud
does not serve are left out.
"""

from collections.abc import Mapping
from typing import Any, Final

from infra.local_cloud.azure_native import watch_schemas

Properties = dict[str, Any]

_SUBSCRIPTION: Final = "/subscriptions/00000000-0000-0000-0000-000000000000"
_GROUP: Final = f"{_SUBSCRIPTION}/resourceGroups/rg1"
_MACHINES: Final = f"{_GROUP}/providers/Microsoft.Compute/virtualMachines"
_ACTIONS: Final = f"{_GROUP}/providers/microsoft.insights/actionGroups/group2"
_WEB_TEST: Final = f"{_GROUP}/providers/microsoft.insights/webtests/component-example"
_COMPONENT: Final = f"{_GROUP}/providers/microsoft.insights/components/webtest-name-example"
_GUID: Final = "05c5a614-a7d6-4502-b150-c2fb455033ff"
_KEPT: Final = {"enabled": False, "days": 0}


def _alert(criteria: Properties, **properties: Any) -> Properties:
    return {
        "resourceGroupName": "gigtest",
        "ruleName": "chiricutin",
        "location": "global",
        "description": "This is the description of the rule1",
        "severity": 3,
        "enabled": True,
        "scopes": [f"{_MACHINES}/gigwadme"],
        "evaluationFrequency": "PT1M",
        "windowSize": "PT15M",
        "criteria": criteria,
        "autoMitigate": False,
        "actions": [{"actionGroupId": _ACTIONS, "webHookProperties": {"key11": "value11"}}],
        "tags": {},
        **properties,
    }


def _criteria(kind: str, **criterion: Any) -> Properties:
    whole = {
        "criterionType": "StaticThresholdCriterion",
        "name": "High_CPU_80",
        "metricName": "Percentage CPU",
        "operator": "GreaterThan",
        "timeAggregation": "Average",
        "dimensions": [],
        **criterion,
    }
    return {"odataType": f"Microsoft.Azure.Monitor.{kind}MetricCriteria", "allOf": [whole]}


def _query_rule(condition: Properties, **properties: Any) -> Properties:
    periods = {"numberOfEvaluationPeriods": 1, "minFailingPeriodsToAlert": 1}
    return {
        "resourceGroupName": "QueryResourceGroupName",
        "ruleName": "perf",
        "location": "eastus",
        "description": "Performance rule",
        "severity": 4,
        "enabled": True,
        "evaluationFrequency": "PT5M",
        "windowSize": "PT10M",
        "criteria": {
            "allOf": [{**condition, "operator": "GreaterThan", "failingPeriods": periods}]
        },
        "actions": {
            "actionGroups": [_ACTIONS],
            "actionProperties": {"Icm.TsgId": "https://tsg.url"},
            "customProperties": {"key11": "value11"},
        },
        "skipQueryValidation": True,
        **properties,
    }


WATCHING: Final[Mapping[str, tuple[str, Properties]]] = {
    # monitor/resource-manager/Microsoft.Insights/preview/2021-05-01-preview
    "createOrUpdateDiagnosticSetting": (
        watch_schemas.DIAGNOSTICS,
        {
            "resourceUri": f"{_GROUP}/providers/microsoft.logic/workflows/viruela6".strip("/"),
            "name": "mysetting",
            "storageAccountId": f"{_GROUP}/providers/Microsoft.Storage/storageAccounts/apptest",
            "workspaceId": "",
            "eventHubAuthorizationRuleId": f"{_GROUP}/providers/microsoft.eventhub/namespaces/n"
            "/authorizationrules/myrule",
            "eventHubName": "myeventhub",
            "metrics": [{"category": "WorkflowMetrics", "enabled": True, "retentionPolicy": _KEPT}],
            "logs": [{"categoryGroup": "allLogs", "enabled": True, "retentionPolicy": _KEPT}],
            "logAnalyticsDestinationType": "Dedicated",
        },
    ),
    # monitor/resource-manager/Microsoft.Insights/preview/2024-10-01-preview
    "createOrUpdateActionGroup": (
        watch_schemas.ACTION_GROUP,
        {
            "resourceGroupName": "Default-NotificationRules",
            "actionGroupName": "SampleActionGroup",
            "location": "Global",
            "groupShortName": "sample",
            "enabled": True,
            "emailReceivers": [
                {
                    "name": f"{who}'s email",
                    "emailAddress": f"{who}@email.com",
                    "useCommonAlertSchema": who == "jane",
                }
                for who in ("john", "jane")
            ],
            "armRoleReceivers": [
                {"name": "Sample armRole", "roleId": _GUID, "useCommonAlertSchema": True}
            ],
            "tags": {},
        },
    ),
    # monitor/resource-manager/Microsoft.Insights/stable/2018-03-01
    "createOrUpdateMetricAlertSingleResource": (
        watch_schemas.METRIC_ALERT,
        _alert(
            _criteria(
                "SingleResourceMultiple",
                metricName="\\Processor(_Total)\\% Processor Time",
                threshold=80.5,
            ),
            evaluationFrequency="Pt1m",
            windowSize="Pt15m",
        ),
    ),
    "createOrUpdateMetricAlertMultipleResource": (
        watch_schemas.METRIC_ALERT,
        _alert(
            _criteria(
                "MultipleResourceMultiple",
                metricNamespace="microsoft.compute/virtualmachines",
                threshold=80.5,
            ),
            scopes=[f"{_MACHINES}/gigwadme1", f"{_MACHINES}/gigwadme2"],
            targetResourceType="Microsoft.Compute/virtualMachines",
            targetResourceRegion="southcentralus",
        ),
    ),
    "createOrUpdateMetricAlertSubscription": (
        watch_schemas.METRIC_ALERT,
        _alert(
            _criteria(
                "MultipleResourceMultiple",
                metricNamespace="microsoft.compute/virtualmachines",
                threshold=80.5,
            ),
            scopes=[_SUBSCRIPTION],
            targetResourceType="Microsoft.Compute/virtualMachines",
            targetResourceRegion="southcentralus",
            autoMitigate=True,
        ),
    ),
    "createOrUpdateMetricAlertWithDimensions": (
        watch_schemas.METRIC_ALERT,
        _alert(
            _criteria(
                "MultipleResourceMultiple",
                metricName="Availability",
                metricNamespace="Microsoft.KeyVault/vaults",
                dimensions=[
                    {"name": "ActivityName", "operator": "Include", "values": ["*"]},
                    {"name": "StatusCode", "operator": "Include", "values": ["200"]},
                ],
                threshold=55,
            ),
            evaluationFrequency="PT1H",
            windowSize="P1D",
            autoMitigate=True,
        ),
    ),
    "createOrUpdateDynamicMetricAlertSingleResource": (
        watch_schemas.METRIC_ALERT,
        _alert(
            _criteria(
                "MultipleResourceMultiple",
                criterionType="DynamicThresholdCriterion",
                operator="GreaterOrLessThan",
                alertSensitivity="Medium",
                failingPeriods={"numberOfEvaluationPeriods": 4, "minFailingPeriodsToAlert": 4},
                ignoreDataBefore="2019-04-04T21:00:00.000Z",
            )
        ),
    ),
    "createOrUpdateWebTestMetricAlert": (
        watch_schemas.METRIC_ALERT,
        _alert(
            {
                "odataType": "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
                "webTestId": _WEB_TEST,
                "componentId": _COMPONENT,
                "failedLocationCount": 2,
            },
            scopes=[_WEB_TEST, _COMPONENT],
            actions=[],
            severity=4,
            tags={f"hidden-link:{_COMPONENT}": "Resource", f"hidden-link:{_WEB_TEST}": "Resource"},
        ),
    ),
    # monitor/resource-manager/Microsoft.Insights/preview/2025-01-01-preview
    "createOrUpdateScheduledQueryRule": (
        watch_schemas.QUERY_RULE,
        _query_rule(
            {
                "query": 'Perf | where ObjectName == "Processor"',
                "timeAggregation": "Average",
                "metricMeasureColumn": "% Processor Time",
                "resourceIdColumn": "resourceId",
                "dimensions": [
                    {"name": "ComputerIp", "operator": "Exclude", "values": ["192.168.1.1"]},
                    {"name": "OSType", "operator": "Include", "values": ["*"]},
                ],
                "threshold": 70,
            },
            scopes=[f"{_MACHINES}/vm1"],
        ),
    ),
    "createOrUpdateScheduledQueryRuleResourceGroup": (
        watch_schemas.QUERY_RULE,
        _query_rule(
            {"query": "Heartbeat", "timeAggregation": "Count", "dimensions": [], "threshold": 360},
            scopes=[_GROUP],
        ),
    ),
    # operationalinsights/resource-manager/Microsoft.OperationalInsights/stable/2023-09-01
    "WorkspacesCreate": (
        watch_schemas.WORKSPACE,
        {
            "resourceGroupName": "oiautorest6685",
            "workspaceName": "oiautorest6685",
            "location": "australiasoutheast",
            "sku": {"name": "PerGB2018"},
            "retentionInDays": 30,
            "tags": {"tag1": "val1"},
        },
    ),
    # consumption/resource-manager/Microsoft.Consumption/stable/2024-08-01
    "CreateOrUpdateBudget": (
        watch_schemas.BUDGET,
        {
            "scope": _SUBSCRIPTION.strip("/"),
            "budgetName": "TestBudget",
            "category": "Cost",
            "amount": 100.65,
            "timeGrain": "Monthly",
            "timePeriod": {"startDate": "2017-10-01T00:00:00Z", "endDate": "2018-10-31T00:00:00Z"},
            "notifications": {
                "Actual_GreaterThan_80_Percent": {
                    "enabled": True,
                    "operator": "GreaterThan",
                    "threshold": 80,
                    "locale": "en-us",
                    "contactEmails": ["johndoe@contoso.com", "janesmith@contoso.com"],
                    "contactRoles": ["Contributor", "Reader"],
                    "contactGroups": [_ACTIONS],
                    "thresholdType": "Actual",
                }
            },
        },
    ),
}
