"""The Pulumi engine: a CLI and its Python language host, found on this machine or built here.

    found = find()                      # cheap, builds nothing
    here = ensure(lambda event: print(event.sentence))
    here.bin_directory                  # for the front of PATH

Only the standard library is imported, so that a bare Python can run `python -m infra.engine` before
anything is installed. What is chosen, in order: the first `pulumi` on PATH that is complete and new
enough, the engine that was built before for this user, a build from pinned Go modules.
"""

from infra.engine.candidates import Candidate, candidates
from infra.engine.engines import Engine, ensure, find
from infra.engine.errors import EngineError
from infra.engine.progress import OnProgress, Progress
from infra.engine.recipe import PULUMI, Program, Recipe

__all__ = [
    "PULUMI",
    "Candidate",
    "Engine",
    "EngineError",
    "OnProgress",
    "Program",
    "Progress",
    "Recipe",
    "candidates",
    "ensure",
    "find",
]
