"""A picture of a page, by a browser where there is one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SECONDS = 120


def find_browser() -> str | None:
    """A browser that takes pictures without a screen; `None` where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name)) is not None), None)


def picture(browser: str, page: Path, target: Path, width: int, height: int) -> bool:
    """Whether a picture of the page was made. The page has no script and needs no network."""
    command = [
        browser,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--window-size={width},{height}",
        f"--screenshot={target}",
        page.resolve().as_uri(),
    ]
    try:
        subprocess.run(command, check=True, timeout=_SECONDS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - no shell, a browser by its name
    except (OSError, subprocess.SubprocessError):
        return False
    return target.is_file()
