"""What holds documents outlives mistakes: the options of its resources."""

import pulumi


def kept(parent: pulumi.Resource, *, disposable: bool) -> pulumi.ResourceOptions:
    """Return the options of a resource that holds documents.

    Unless the environment is disposable, the engine refuses to delete or replace it (`protect`); and where
    somebody takes that protection away, deleting it from the state leaves it in the account, with its
    documents (`retain_on_delete`).

    Args:
        parent: the component that it belongs to.
        disposable: of the environment's settings.
    """
    return pulumi.ResourceOptions(
        parent=parent, protect=not disposable, retain_on_delete=not disposable
    )
