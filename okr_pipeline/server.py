"""Starts the Dagster UI for one ``$OKR_HOME``, on the loopback address only: the server has no login."""

import os
import signal
import sys

from okr_pipeline.instance import instance_folder
from okr_pipeline.settings import Settings

HOST = "127.0.0.1"


def serve(settings: Settings, port: int) -> None:
    """Replace this process by the Dagster development server."""
    environment = {
        **settings.environment,
        "DAGSTER_HOME": str(instance_folder(settings.home)),
        "OKR_HOME": str(settings.home),
        "OKR_PROJECT": str(settings.project),
    }
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-m",
        "okr_pipeline.definitions",
        "-h",
        HOST,
        "-p",
        str(port),
    ]
    # A script that starts us in the background makes us ignore SIGINT, and dagster dev then ignores SIGTERM too.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execve(sys.executable, command, environment)  # noqa: S606 - our own interpreter, no shell
