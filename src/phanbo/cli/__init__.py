"""The command line: the same core, plain words, exit codes that mean something.

0 done, 1 data, 2 usage, round, calendar, rulebook or policy, 3 infeasible, 4 certificate, 5 stopped, 6 a file
cannot be read or written, 130 interrupted.

`main` runs one command. `parser` knows them all; each topic (`tables`, `calendar`, `rounds`, `case`,
`comparison`) declares its commands and does what they ask. `input` reads what is given, `texts` holds what is said.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence

from phanbo.cli.exits import exit_code
from phanbo.cli.parser import Usage, parser
from phanbo.cli.texts import file_fault, say, usage_fault

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never a traceback for what a user can mend."""
    from phanbo.errors import PhanboError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang = _language(given)
    try:
        options = parser().parse_args(given)
        code: int = options.run(options)
    except Usage as error:
        print(usage_fault(error.args[0], error.args[1], lang), file=sys.stderr)
        return 2
    except PhanboError as error:
        print(error.message(lang), file=sys.stderr)
        return exit_code(error.code)
    except OSError as error:
        print(file_fault(error, lang), file=sys.stderr)
        return 6
    except KeyboardInterrupt:
        print(say("interrupted", lang), file=sys.stderr)
        return 130
    return code


def _language(given: Sequence[str]) -> str:
    """Return the language asked for, before anything else is understood."""
    told = [right for left, right in itertools.pairwise(given) if left == "--lang"]
    return "en" if "--lang=en" in given or "en" in told else "vi"
