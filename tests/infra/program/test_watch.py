"""What is watched in an environment, as its configuration wants it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.watch import aws_payloads, azure_payloads, gcp_payloads
from infra.watch.settings import Alarms, Watch
from tests.infra.program.recording import Recording, run_program

WATCH_TYPES = {
    *("BucketLogging", "BucketMetric", "Topic", "TopicPolicy", "TopicSubscription", "MetricAlarm"),
    *("Budget", "DiagnosticSetting", "ActionGroup", "MetricAlert", "ScheduledQueryRule"),
    *("Workspace", "NotificationChannel", "AlertPolicy"),
}
EMAILS = ["one@example.com", "two@example.com"]
CLOSED = {"migration": "closed"}
NOW = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)


def watched(watch: dict[str, Any] | None = None, **config: Any) -> Recording:
    return run_program({"watch": watch or {}, **CLOSED, **config})


@pytest.fixture(scope="module")
def usual() -> Recording:
    return watched({"emails": EMAILS, "access_log_days": 400}, clouds=["aws", "azure", "gcp"])


@pytest.fixture(scope="module")
def nothing() -> Recording:
    return watched({"budget_month": None, "access_log_days": None, "alarms": None})


def test_what_is_not_wanted_is_not_made(nothing: Recording) -> None:
    made = {it.token.rpartition(":")[2] for it in nothing.resources}

    assert not made & WATCH_TYPES
    assert len(nothing.of("Bucket")) == 1


def test_the_request_metrics_of_s3_are_those_of_the_prefix(usual: Recording) -> None:
    metric = usual.one("BucketMetric")

    assert metric.inputs["filter"] == {"prefix": "kb/"}
    for one in usual.of("MetricAlarm"):
        assert one.inputs["namespace"] == "AWS/S3"
        assert one.inputs["dimensions"]["FilterId"] == metric.inputs["name"]
    assert "filter" not in aws_payloads.metrics_filter("dev", prefix="")


def test_the_log_alerts_of_azure_are_about_the_prefix(usual: Recording) -> None:
    for one in usual.of("ScheduledQueryRule"):
        (condition,) = one.inputs["criteria"]["allOf"]
        assert 'Uri contains "/knowledge-base/kb/"' in condition["query"]


def aws_alarms(*, quiet: bool = True, **wanted: Any) -> dict[str, Any]:
    return aws_payloads.alarms(Alarms(**wanted), quiet=quiet)


def azure_alarms(*, quiet: bool = True, **wanted: Any) -> dict[str, Any]:
    alarms = Alarms(**wanted)
    on_log = azure_payloads.log_alerts(alarms, container="docs", prefix="kb/", quiet=quiet)
    return azure_payloads.metric_alerts(alarms) | on_log


def gcp_alarms(*, quiet: bool = True, **wanted: Any) -> dict[str, Any]:
    return gcp_payloads.alert_policies(Alarms(**wanted), bucket="docs", quiet=quiet)


def test_thresholds_are_those_of_the_configuration() -> None:
    wanted: dict[str, Any] = {
        "client_errors_percent": 7,
        "server_errors_percent": 3,
        "latency_milliseconds": 250,
        "quiet_hours": 6,
    }
    aws, azure = aws_alarms(**wanted), azure_alarms(**wanted)

    assert {name: it["threshold"] for name, it in aws.items()} == {
        "client-errors": 0.07,
        "server-errors": 0.03,
        "latency": 250,
        "quiet": 1,
    }
    assert aws["quiet"]["evaluation_periods"] * aws["quiet"]["period"] == 6 * 3600
    assert {name: it["criteria"]["all_of"][0]["threshold"] for name, it in azure.items()} == {
        "client-errors": 7,
        "server-errors": 97,
        "latency": 250,
        "quiet": 1,
    }
    assert azure["quiet"]["window_size"] == "PT6H"
    google = {name: it["conditions"][0] for name, it in gcp_alarms(**wanted).items()}
    assert {
        name: it["condition_threshold"]["threshold_value"]
        for name, it in google.items()
        if name != "quiet"
    } == {"client-errors": 0.07, "server-errors": 0.03, "latency": 0.25}
    assert google["quiet"]["condition_absent"]["duration"] == "21600s"


def test_on_google_requests_are_counted_in_the_bucket_and_timed_in_the_project() -> None:
    filters = {name: str(it["conditions"]) for name, it in gcp_alarms().items()}

    timed = {name for name, text in filters.items() if 'bucket_name = "docs"' not in text}
    assert timed == {"latency"}
    assert 'resource.labels.service = "storage.googleapis.com"' in filters["latency"]


@pytest.mark.parametrize("alarms", [aws_alarms, azure_alarms, gcp_alarms])
@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("client_errors_percent", "client-errors"),
        ("server_errors_percent", "server-errors"),
        ("latency_milliseconds", "latency"),
        ("quiet_hours", "quiet"),
    ],
)
def test_an_alarm_that_is_not_wanted_is_not_made(
    key: str, kind: str, alarms: Callable[..., dict[str, Any]]
) -> None:
    assert alarms().keys() - alarms(**{key: None}).keys() == {kind}


@pytest.mark.parametrize("alarms", [aws_alarms, azure_alarms, gcp_alarms])
def test_silence_is_an_alarm_only_when_nobody_migrates(
    alarms: Callable[..., dict[str, Any]], dev: Recording, prod: Recording
) -> None:
    assert alarms().keys() - alarms(quiet=False).keys() == {"quiet"}
    assert not [it for it in dev.resources if it.name.endswith("-quiet")]
    assert len([it for it in prod.resources if it.name.endswith("-quiet")]) == 2


def test_an_alarm_about_silence_counts_no_data_as_silence(usual: Recording) -> None:
    (quiet,) = (it.inputs for it in usual.of("MetricAlarm") if it.name.endswith("-quiet"))

    assert quiet["treatMissingData"] == "breaching"


def test_everybody_named_is_told_by_every_cloud(usual: Recording) -> None:
    topic = usual.one("Topic")

    assert [it.inputs["endpoint"] for it in usual.of("TopicSubscription")] == EMAILS
    assert all(it.inputs["alarmActions"] for it in usual.of("MetricAlarm"))
    receivers = usual.one("ActionGroup").inputs["emailReceivers"]
    assert [it["emailAddress"] for it in receivers] == EMAILS
    for budget in usual.of("Budget"):
        assert all(email in str(budget.inputs["notifications"]) for email in EMAILS)
    assert topic.inputs["tags"]["environment"] == "test"


def test_without_anybody_named_azure_tells_the_owners_and_budgets_the_topic_or_group() -> None:
    nobody = Watch()

    (owners,) = azure_payloads.receivers(nobody)["arm_role_receivers"]
    assert owners["name"] == "owners"
    azure = azure_payloads.budget(nobody, action_group_id="/group", today=NOW)
    assert {str(it["contact_groups"]) for it in azure["notifications"].values()} == {"['/group']"}
    aws = aws_payloads.budget(nobody, topic_arn="arn:topic")
    assert all(it["subscriber_sns_topic_arns"] == ["arn:topic"] for it in aws["notifications"])


def test_budgets_are_of_the_configured_amount_and_begin_with_a_month() -> None:
    watch = Watch(budget_month=7)

    aws = aws_payloads.budget(watch, topic_arn="arn:topic")
    azure = azure_payloads.budget(watch, action_group_id="/group", today=NOW)
    assert (aws["limit_amount"], aws["limit_unit"]) == ("7", "USD")
    assert azure["amount"] == 7
    assert azure["time_period"] == {"start_date": "2026-11-01T00:00:00Z"}


def test_only_alarms_and_budgets_of_the_account_may_publish(usual: Recording) -> None:
    (statement,) = usual.one("TopicPolicy").policy()

    assert statement["Principal"] == {
        "Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]
    }
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_access_log_of_s3_lies_in_a_closed_bucket_that_only_s3_writes_to(
    usual: Recording,
) -> None:
    logging = usual.one("BucketLogging").inputs
    (log,) = (it for it in usual.of("aws:Bucket") if it.name == logging["targetBucket"])
    (policy,) = (it for it in usual.of("BucketPolicy") if it.name == log.name)
    *denied, delivery = policy.policy()

    assert logging["bucket"] != logging["targetBucket"]
    assert [it["Effect"] for it in denied] == ["Deny", "Deny"]
    assert delivery["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert delivery["Action"] == "s3:PutObject"
    assert delivery["Resource"] == f"arn:aws:s3:::{log.name}/access/*"
    assert delivery["Condition"]["ArnLike"] == {
        "aws:SourceArn": f"arn:aws:s3:::{logging['bucket']}"
    }
    (block,) = (it for it in usual.of("BucketPublicAccessBlock") if it.name == log.name)
    assert all(block.inputs[name] is True for name in block.inputs if name != "bucket")


def test_access_logs_are_kept_for_the_configured_days(usual: Recording) -> None:
    (rules,) = (
        it.inputs["rules"]
        for it in usual.of("BucketLifecycleConfiguration")
        if it.name.endswith("-log")
    )

    assert [rule["expiration"]["days"] for rule in rules] == [400]
    assert usual.one("Workspace").inputs["retentionInDays"] == 400


def test_diagnostics_of_azure_record_each_request_to_the_blobs(usual: Recording) -> None:
    setting = usual.one("DiagnosticSetting").inputs

    assert setting["resourceUri"].endswith("/blobServices/default")
    categories = {it["category"] for it in setting["logs"] if it["enabled"]}
    assert categories == {"StorageRead", "StorageWrite", "StorageDelete"}
    assert setting["workspaceId"]


def test_the_access_log_of_google_lies_in_a_closed_bucket_that_google_writes_to(
    usual: Recording,
) -> None:
    documents, log = sorted(usual.of("gcp:Bucket"), key=lambda it: len(it.name))
    (member,) = (it for it in usual.of("BucketIAMMember") if it.name == log.name)

    assert documents.inputs["logging"]["logBucket"].startswith(log.name)
    assert log.inputs["publicAccessPrevention"] == "enforced"
    assert log.inputs["lifecycleRules"][0]["condition"] == {"age": 400}
    assert member.inputs["member"] == "group:cloud-storage-analytics@google.com"
    assert member.inputs["role"] == "roles/storage.objectCreator"


def test_alert_policies_of_google_are_about_the_bucket_and_tell_everybody(
    usual: Recording,
) -> None:
    (documents,) = (it for it in usual.of("gcp:Bucket") if "-watch" not in it.name)
    policies = {it.name.rpartition("-watch-")[2]: it.inputs for it in usual.of("AlertPolicy")}

    assert policies.keys() == {"client-errors", "server-errors", "latency", "quiet"}
    for name, policy in policies.items():
        about_it = f'bucket_name = "{documents.name}' in str(policy["conditions"])
        assert about_it == (name != "latency")
        assert len(policy["notificationChannels"]) == len(EMAILS)
    (rate,) = policies["client-errors"]["conditions"]
    assert rate["conditionThreshold"]["thresholdValue"] == 0.1
    assert usual.exports["gcp_alarms"].split(",") == [
        f"kb-test-watch-{kind}" for kind in ("client-errors", "server-errors", "latency", "quiet")
    ]


def test_an_adopted_bucket_keeps_its_owners_access_log() -> None:
    recorded = watched(clouds=["aws"], adopt={"aws_bucket": "somebodys-bucket"})

    assert not recorded.of("BucketLogging")
    assert recorded.of("MetricAlarm")
