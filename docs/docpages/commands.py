"""Every command with its arguments and options, read off the parser that reads the command line."""

import argparse
from collections.abc import Iterator

from dcpermit.terminal import STATUSES
from docpages.markup import block, code, paragraphs, table, target, text

WIDTH = 84
"""How many columns a line of usage may take."""


def command_page(parser: argparse.ArgumentParser) -> str:
    """The page of commands, as MyST: each with what it does, an example, its usage and what it takes."""
    parts = [part for one in commands_of(parser) for part in _command(one)]
    return paragraphs(
        target("commands-index"),
        "# Every command",
        "Results go to standard output or to `--out`, progress and messages to standard error. `python -m dcpermit` "
        "is the same program. This page is read off the program whenever the documentation is built.",
        "## Exit status",
        table(("status", "means"), ((f"{status}", text(says)) for status, says in STATUSES.items())),
        *parts,
    )


def commands_of(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers of all commands and of theirs, in the order in which help names them."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield one
                yield from commands_of(one)


def _command(parser: argparse.ArgumentParser) -> list[str]:
    takes = [
        (_call(action), text(_help(parser, action)))
        for action in parser._actions
        if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
    ]
    example = (parser.epilog or "").removeprefix("example: ")
    return [
        target(f"command-{parser.prog.replace(' ', '-')}"),
        f"## {code(parser.prog)}",
        text(parser.description or ""),
        f"Example: {code(example)}" if example else "",
        block(_usage(parser)),
        table(("argument or option", "what it is"), takes) if takes else "",
    ]


def _usage(parser: argparse.ArgumentParser) -> str:
    # The formatter of argparse takes the width of the terminal that it happens to run in; ours does not.
    formatter = argparse.HelpFormatter(parser.prog, width=WIDTH)
    actions = [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]
    formatter.add_usage(parser.usage, actions, parser._mutually_exclusive_groups, prefix="")
    return formatter.format_help()


def _call(action: argparse.Action) -> str:
    name = action.metavar or action.dest
    shown = name if isinstance(name, str) else " ".join(name)
    if not action.option_strings:
        return code(shown)
    takes = "" if action.nargs == 0 else f" {shown if action.metavar else shown.upper()}"
    return ", ".join(code(one + takes) for one in action.option_strings)


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    said = argparse.HelpFormatter(parser.prog)._expand_help(action) if action.help else ""
    choices = ", ".join(map(str, action.choices)) if action.choices else ""
    parts = [said, f"one of {choices}" if choices else ""]
    if action.default not in (None, False, argparse.SUPPRESS) and "default" not in said and action.option_strings:
        parts.append(f"default: {action.default}")
    return "; ".join(part for part in parts if part)
