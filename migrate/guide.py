"""The guide's function for moving a folder to Azure, on the real migration."""

import os
import sys
from collections import deque
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from app.environment import Environments
from app.store.errors import StoreError
from app.terms.answers import Refusal
from migrate.journal import Journal
from migrate.outcomes import Outcome, Result
from migrate.paths import path_fields, printable
from migrate.run import Transfer
from migrate.sides import opened_sides
from migrate.state_folder import journal_file
from migrate.stop import Stop
from migrate.survey import Extent

VARIABLE: Final = "AZURE_STORAGE_CONNECTION_STRING"
