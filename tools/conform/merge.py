#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Make one text of the transcripts of two domains that ran the same scripts on Xen.

merge.py FILE   prints what is in it, but what is between "== PART first" and "== PART
                second", and from there to "== PART whole", as one: each domain has only its
                own turns, as "# turn N" says
"""
import re
import sys

HEAD = re.compile(r"== (\S+)$")
PART = re.compile(r"== PART (\w+)$")
TURN = re.compile(r"# turn (\d+)$")
STATUS = "== STATUS: "


class Part:
    """One domain's part of a job: lines by turn."""

    def __init__(self):
        self.begun = self.ended = False
        self.turns = {0: []}
        self.turn = 0
        self.status = "missing"

    def add(self, line):
        turn = TURN.match(line)
        if line == "# xen-memreplay 1":
            self.begun = True
        elif line == "# end":
            self.ended = True
        elif line.startswith(STATUS):
            self.status = line[len(STATUS):].strip()
        elif turn:
            self.turn = int(turn.group(1))
            self.turns[self.turn] = [line]
        else:
            self.turns[self.turn].append(line)


def read_parts(lines):
    """By the job's name, in order."""
    parts, current = {}, None
    for line in lines:
        head = HEAD.match(line)
        if head:
            current = parts.setdefault(head.group(1), Part())
        elif current:
            current.add(line)
    return parts


def show(name, first, second):
    print("== " + name)
    if first.begun and second.begun:
        print("# xen-memreplay 1")
    for turn in sorted(set(first.turns) | set(second.turns)):
        for line in first.turns.get(turn, []) + second.turns.get(turn, []):
            print(line)
    if first.ended and second.ended:
        print("# end")
    same = first.status == second.status
    print(STATUS + (first.status if same else f"{first.status}, and {second.status}"))


def show_both(lines):
    first, second = (read_parts(lines[part]) for part in ("first", "second"))
    for name, part in first.items():
        show(name, part, second.get(name, Part()))


def main():
    part, lines = "whole", {"first": [], "second": []}
    with open(sys.argv[1], encoding="ascii", errors="replace") as text:
        for line in text:
            line = line.rstrip("\r\n")
            change = PART.match(line)
            if change:
                part = change.group(1)
                if part == "whole":
                    show_both(lines)
                    lines = {"first": [], "second": []}
            elif part == "whole":
                print(line)
            else:
                lines[part].append(line)


if __name__ == "__main__":
    main()
