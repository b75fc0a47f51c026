"""The settings for the type checker, which loads the application but starts nothing."""

import os
from pathlib import Path

HOME = Path(__file__).resolve().parents[1] / ".cache" / "types"
os.environ.update(JISHI_DEMO="1", JISHI_ENV_FILE="", JISHI_HOME=str(HOME))

from jishi.config.settings import *  # noqa: E402, F403 - the variables must be there first
