"""The command `dundun`: names and help of all commands; what one of them does is imported only when it is called."""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import NoReturn

from cyclopts import App, CycloptsError, Parameter

from commands.errors import CommandError

app = App(
    name="dundun",
    help="Write a conversation as a text file, check it, play it, and run it over SMS.",
    default_parameter=Parameter(negative=""),
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
)

for _name, _place, _help in (
    ("check", "commands.check:check", "Every mistake in flow files, with its line and a proposal."),
    ("fmt", "commands.fmt:fmt", "Flow files in their canonical form; repairs what Word did."),
    ("test", "commands.test:test", "Run the tests that stand in flow files."),
    ("graph", "commands.graph:graph", "Draw a flow, from top to bottom, as a picture."),
    (
        "simulate",
        "commands.simulate:simulate",
        "Let made-up workers answer a flow: how it ends, where they leave, what it costs.",
    ),
    ("chat", "commands.chat:chat", "Play a flow, as a worker would."),
    ("lsp", "commands.lsp:lsp", "The language server, for editors."),
    ("strings", "commands.strings:app", "The texts of a flow, for translators."),
    ("demo", "commands.demo:demo", "A server with example flows, made-up workers and a web phone."),
    ("serve", "commands.serve:serve", "Run the flows for real, as dundun.toml says."),
    ("workers", "commands.workers:app", "The health workers that the server knows."),
    ("send", "commands.send:send", "Begin a flow for many workers, or send them all a text."),
    ("pause", "commands.pause:pause", "Send nothing of a channel, a flow or a broadcast, or nothing at all."),
    ("unpause", "commands.pause:unpause", "Let what is paused go on."),
    ("costs", "commands.costs:costs", "What was sent, and what it cost, by day, channel and flow."),
    ("backup", "commands.backup:backup", "A copy of the whole database, while the server runs."),
    ("restore", "commands.backup:restore", "Put a backup in the place of the database."),
    ("copy", "commands.copy:copy", "From a database file to a PostgreSQL server."),
    ("resume", "commands.resume:resume", "Let go out what a hold kept back, after a look at it."),
    ("doctor", "commands.doctor:doctor", "Is all well? What is not, and what to do."),
    ("dead", "commands.dead:app", "Messages that could not be applied: once more, or never."),
    ("claims", "commands.claims:app", "What workers said of themselves, and a person has to confirm."),
    ("purge", "commands.purge:purge", "Wipe what is past its time."),
    ("audit", "commands.audit:app", "Who decided what, and the proof that nobody changed it."),
    ("migrate", "commands.migrate:migrate", "Bring the database of an older Dundun to today's tables."),
    (
        "versions",
        "commands.versions:versions",
        "Versions of flows: which is current, who still runs which.",
    ),
    ("rollback", "commands.versions:rollback", "Make an earlier version of a flow current again."),
    ("export", "commands.export:export", "The answers of a flow, as files."),
):
    app.command(_place, name=_name, help=_help)


INTERRUPTED = 130
"""The exit code of whatever a person broke off, as shells have it."""


def main() -> None:
    """Do what the person asked for.  Exit code 0: done; 1: something was found; 2: used wrongly."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a letter shows another in its place
            stream.reconfigure(errors="replace")
    # What a command imports and reads stays to its end: looking through it for garbage was 20 of 410 ms of a check.
    gc.set_threshold(100_000, 50, 100)
    try:
        code = app(sys.argv[1:], exit_on_error=False, result_action="return_value")
        sys.exit(code if isinstance(code, int) else 0)
    except CycloptsError:
        sys.exit(2)
    except CommandError as error:
        _leave(str(error), error.code)
    except KeyboardInterrupt:
        _leave("Stopped. What it had done stands; give the command again for the rest.", INTERRUPTED)
    except OSError as error:
        if error.filename:
            _leave(f"{error.filename} cannot be used: {error.strerror}.", 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what still waits to be written goes nowhere
        if isinstance(error, BrokenPipeError):
            sys.exit(1)
        _leave(f"What it writes to cannot be used: {error.strerror or error}.", 1)
    except Exception as error:
        from commands import faults  # seldom needed

        if faults.is_traced():
            raise
        _leave(faults.sentence(error), 1)


def _leave(sentence: str, code: int) -> NoReturn:
    print(sentence, file=sys.stderr)  # noqa: T201 - the screen is where the person is
    sys.exit(code)
