"""Set up and run safepassage with nothing but Python: demo, test, check, serve, bundle, bench, lock, clean.

This file uses only what very old Pythons understand, so that it can say in one sentence what is missing.
The work itself is in tools/.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
NAMES = ("python3.13", "python3.12", "python3.11")
ROOT = os.path.dirname(os.path.abspath(__file__))


def newer_python():
    """Return the command of a Python that is new enough, or None."""
    candidates = [[name] for name in NAMES]
    if os.name == "nt":
        candidates += [["py", "-3.13"], ["py", "-3.12"], ["py", "-3.11"]]
    question = "import sys; sys.exit(sys.version_info < %r)" % (OLDEST,)
    for command in candidates:
        try:
            process = subprocess.Popen(
                command + ["-c", question], stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except OSError:
            continue
        process.communicate()
        if process.returncode == 0:
            return command
    return None


def main():
    """Run the command with this Python, or with a newer one found on the path."""
    if sys.version_info < OLDEST:
        command = newer_python()
        if command is None:
            sys.stderr.write(
                "safepassage needs Python 3.11 or newer, and this is Python %d.%d: install a newer one "
                "and run it on this file.\n" % sys.version_info[:2]
            )
            return 2
        return subprocess.call(command + [os.path.abspath(__file__)] + sys.argv[1:])
    sys.dont_write_bytecode = True
    sys.path.insert(0, ROOT)
    from tools import commands

    return commands.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
