from tests.infra.local_cloud.conftest import Deployment


def test_x(deployment: Deployment) -> None:
    print(deployment.up())
    print(deployment.refresh())
    print(deployment.up())
    print(deployment.outputs())
    r = deployment.pulumi("up", "--yes", "--diff")
    raise AssertionError(r.text)
