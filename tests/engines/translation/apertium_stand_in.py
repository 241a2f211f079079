#!/usr/bin/env python3
"""Stands in for the program `apertium`, which no package index has: its options, its ways of failing, and no language.

-l lists directions; otherwise the text of standard input comes back in capitals, its empty lines kept, as Apertium 3.8
keeps them. A text with a word of FAULTS shows one of its ways to go wrong.
"""

import sys
import time

MODES = ("eng-spa", "spa-eng", "spa-eng_US", "en-ca", "hbs-mkd")


def main(arguments: list[str]) -> int:
    if arguments == ["-l"]:
        print("\n".join(f"  {mode}" for mode in MODES))
        return 0
    if arguments == ["-V"]:
        print("Apertium 3.8.3")
        return 0
    mode = arguments[-1]
    if arguments[:-1] != ["-u", "-f", "txt"] or mode not in MODES:
        print(f"Error: Mode {mode} does not exist. Try one of:")
        return 1
    text = sys.stdin.read()
    if "hang" in text:
        time.sleep(600)
    if "broken" in text:  # a program of its row is missing: nothing comes out, and the exit code is that of the last
        print("lrx-proc: error while loading shared libraries", file=sys.stderr)
        return 0
    if "vanish" in text:
        text = text.replace("vanish", "")
    if "swallow" in text and "\n\n" in text:
        text = text.replace("\n\n", " ", 1)
    sys.stdout.write(text.upper())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
