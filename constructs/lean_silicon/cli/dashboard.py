"""``lean-silicon dashboard preview STACK``: a dashboard looked at before it is deployed."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from lean_silicon.cli.command_parser import add_command
from lean_silicon.cli.output import complain, write_report
from lean_silicon.exceptions import ConfigurationError, UnreadableInputError
from lean_silicon.preview import Dashboard, dashboards, problems, render
from lean_silicon.preview.browser import find_browser, picture
from lean_silicon.preview.page import size
from lean_silicon.templates import read_app

_LONGEST_NAME = 100

_EPILOG = """examples:
  lean-silicon dashboard preview Monitoring
  lean-silicon dashboard preview Monitoring --app cdk.out --output dashboard.html --png dashboard.png

exit codes: 0 CloudWatch would show it whole, 1 it would not, 2 bad usage or unreadable input"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    preview = add_command(
        actions, "preview", "draw a stack's dashboard with made-up data, and check it", epilog=_EPILOG
    )
    preview.add_argument("stack", metavar="STACK", help="the stack's name")
    preview.add_argument(
        "--app", default="cdk.out", metavar="PATH", help="a cdk.out folder or a template; default: cdk.out"
    )
    preview.add_argument("--output", metavar="FILE.html", help="where to write the page; default: STACK.html")
    preview.add_argument("--png", metavar="FILE.png", help="a picture too, where a Chromium is found")


def run(arguments: argparse.Namespace) -> int:
    """Draw. 0: CloudWatch would show it whole, 1: it would not, 2: bad usage or unreadable input."""
    try:
        dashboard = _the_one(arguments.app, arguments.stack)
        found = problems(dashboard)
        target = arguments.output or f"{_file_name(dashboard.stack)}.html"
        write_report(render(dashboard, found), target)
        print(target)
        if arguments.png is not None:
            _picture(dashboard, Path(target), Path(arguments.png))
    except (ConfigurationError, UnreadableInputError) as error:
        complain(str(error))
        return 2
    for each in found:
        complain(each)
    return 1 if found else 0


def _the_one(path: str, stack: str) -> Dashboard:
    app = read_app(path)
    known = list(dashboards(app))
    matching = [each for each in known if stack in (each.stack, each.name, _called(each.stack))]
    if matching:
        return matching[0]
    if app.unreadable and not known:
        raise UnreadableInputError("; ".join(f"{each.path}: {each.error}" for each in app.unreadable))
    has = ", ".join(dict.fromkeys(each.stack for each in known)) or "none"
    raise ConfigurationError(
        f"{path} has no dashboard in a stack {stack!r}; stacks with one: {has}. Synthesize first: cdk synth"
    )


def _called(stack: str) -> str:
    """A stack's name; of a template that stands alone, which is known by its path, what its file is called."""
    return Path(stack).name.partition(".")[0] or stack


def _file_name(stack: str) -> str:
    """A name in this folder, whatever the template calls the stack."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", _called(stack)).strip("-")[:_LONGEST_NAME] or "dashboard"


def _picture(dashboard: Dashboard, page: Path, target: Path) -> None:
    browser = find_browser()
    if browser is None:
        raise ConfigurationError(
            "--png: no Chromium was found on the PATH; install one, or open the page in any browser"
        )
    if not picture(browser, page, target, *size(dashboard)):
        raise ConfigurationError(f"--png {target}: {browser} made no picture")
    print(target)
