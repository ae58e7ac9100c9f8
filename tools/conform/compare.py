#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compare the transcripts of two runs of the same jobs, answer by answer.

compare.py DIRECTORY   reads xen.transcripts, core.transcripts and jobs/ there, prints the
                       counts for each hypercall, and writes totals, notes (all that is
                       wrong) and differences/
"""
import difflib
import os
import re
import sys
from collections import Counter

SIDES = ("xen", "core")
SHOWN = 30
HEAD = re.compile(r"== (?!STATUS|AUDIT)(\S+)$")
ANSWER = re.compile(r"\s*(\d+(?:\.\d+)*): (.*)$")
ENTRY = re.compile(r"[A-Z]\w*(?:\[[^\]]*\])?|window(?:\[[^\]]*\])?|top(?:\[[^\]]*\])?|raw")
UPDATES = {0: "normal", 1: "m2p", 2: "preserve_ad", 3: "no_translate"}
MEMORY = {
    "decrease": "decrease_reservation", "populate": "populate_physmap",
    "increase": "increase_reservation", "exchange": "exchange",
    "reservation": "current_reservation", "maximum_reservation": "maximum_reservation",
    "claim": "claim_pages", "reserved_memory_map": "reserved_device_memory_map",
}
MEMORY.update({name: name for name in (
    "maximum_ram_page", "maximum_gpfn", "machphys_mfn_list", "machphys_compat_mfn_list",
    "machphys_mapping", "memory_map", "machine_memory_map", "set_memory_map",
    "add_to_physmap", "add_to_physmap_batch", "remove_from_physmap", "get_pod_target",
    "set_pod_target", "get_vnumainfo", "acquire_resource")})
CALLS = ("set_gdt", "update_descriptor", "stack_switch", "set_segment_base", "vm_assist",
         "multicall", "hypercall")
GRANT = {
    "map": "map_grant_ref", "unmap": "unmap_grant_ref", "replace": "unmap_and_replace",
    "swap": "swap_grant_ref", "grant_op": "other",
}
GRANT.update({name: name for name in (
    "setup_table", "transfer", "copy", "query_size", "set_version", "get_status_frames",
    "get_version", "cache_flush")})
GUEST = ("write", "fill", "read", "dump", "root", "access", "grant", "entry", "take", "vacate",
         "occupy")


class Transcript:
    """One job's: its answers, each with the words listed under it, and its end."""

    def __init__(self):
        self.lines = []
        self.answers = []
        self.status = "missing"
        self.audit = []
        self.whole = False

    def add(self, line):
        self.lines.append(line)
        match = ANSWER.match(line)
        if line.startswith("== STATUS: "):
            self.status = line[len("== STATUS: "):].strip()
        elif line.startswith("== AUDIT: "):
            self.audit.append(line)
        elif line == "# end":
            self.whole = True
        elif match:
            self.answers.append([line])
        elif self.answers and line.startswith(" "):
            self.answers[-1].append(line)


def read_transcripts(path):
    """By the job's name."""
    found, current = {}, None
    with open(path, encoding="ascii", errors="replace") as text:
        for line in text:
            line = line.rstrip("\r\n")
            head = HEAD.match(line)
            if head:
                current = found.setdefault(head.group(1), Transcript())
            elif current:
                current.add(line)
    return found


def read_jobs(directory):
    """Names, by kind."""
    jobs = []
    for kind in ("ordinary", "ordinary-translated", "control", "throwaway",
                 "throwaway-translated", "peer", "peer-translated"):
        with open(os.path.join(directory, "jobs", kind + ".list"), encoding="ascii") as names:
            jobs += [(name.strip(), kind) for name in names]
    return jobs


def update_of(item):
    """mmu_update's kind of request, from the low bits of its address."""
    bits = re.search(r":(\d+)", item.split("=")[0])
    return UPDATES.get(int(bits.group(1)) if bits else 0, "other")


def calls_of(answer):
    """What a statement calls: pairs of hypercall and sub-operation, one a request."""
    statement = ANSWER.match(answer).group(2).split(" -> ")[0]
    statement = statement.replace("{", "").replace("}", "multicall", 1).strip()
    words = statement.split()
    if words[0] == "peer":
        words = words[1:]
        statement = " ".join(words)
    first = words[0]
    items = [item.strip() for item in statement.split(";")]
    if first == "va":
        other = any(word.startswith("dom=") for word in words)
        return [("update_va_mapping" + ("_otherdomain" if other else ""), "-")]
    if first == "mmuext":
        items[0] = items[0][len("mmuext"):].strip()
        return [("mmuext_op", item.split()[0] if item else "-") for item in items]
    if first in GRANT:
        return [("grant_table_op", GRANT[first])] * len(items)
    if first == "memory_op":
        return [("memory_op", words[1])]
    if first in MEMORY:
        return [("memory_op", MEMORY[first])]
    if first in ("mmu_update",) or (len(words) > 1 and words[1] == "=") or ENTRY.fullmatch(first):
        return [("mmu_update", update_of(item)) for item in items]
    if first in CALLS:
        return [(first, "-" if first in ("multicall", "set_gdt") or len(words) < 2
                 else words[1] if first != "update_descriptor" else "-")]
    if first in GUEST:
        return [("guest", first)]
    return [("guest", "other")]


class Comparison:
    """Of all jobs, so far."""

    def __init__(self, directory):
        self.directory = directory
        self.agree = Counter()
        self.differ = Counter()
        self.scripts = Counter()
        self.notes = []

    def note(self, text):
        self.notes.append(text)

    def answers(self, name, xen, core):
        """Compare answer by answer; the number of those that differ."""
        wrong = 0
        for here, there in zip(xen.answers, core.answers):
            same = here == there
            for call in calls_of(here[0]):
                (self.agree if same else self.differ)[call] += 1
            if not same:
                wrong += 1
                self.note(f"{name}\n    xen:  {' | '.join(here)}\n    core: {' | '.join(there)}")
        beyond = abs(len(xen.answers) - len(core.answers))
        if beyond:
            self.note(f"{name}: {len(xen.answers)} answers of Xen, {len(core.answers)} of the core")
        return wrong + beyond

    def ends(self, name, kind, xen, core):
        """Compare how both ended; the number of things wrong with it."""
        wrong = len(core.audit)
        for line in core.audit:
            self.note(f"{name}: the core's audit: {line[len('== AUDIT: '):]}")
        if xen.status != core.status:
            self.note(f"{name}: ended on Xen as '{xen.status}', on the core as '{core.status}'")
            return wrong + 1
        for side, transcript in zip(SIDES, (xen, core)):
            killed = kind.startswith("throwaway") and transcript.status == "killed"
            if not (killed or transcript.whole and transcript.status == "ok"):
                self.note(f"{name}: {side}: not whole, {transcript.status}")
                wrong += 1
        return wrong

    def write_difference(self, name, xen, core):
        path = os.path.join(self.directory, "differences")
        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, name + ".diff"), "w", encoding="ascii",
                  errors="replace") as diff:
            for line in difflib.unified_diff(xen.lines, core.lines, "xen", "core", n=8,
                                             lineterm=""):
                diff.write(line + "\n")

    def job(self, name, kind, xen, core):
        if xen.status == core.status and xen.status.startswith("skipped"):
            self.scripts["skipped"] += 1
            self.note(f"{name}: {xen.status}")
            return
        wrong = self.answers(name, xen, core) + self.ends(name, kind, xen, core)
        self.scripts["failed" if wrong else "passed"] += 1
        if wrong:
            self.write_difference(name, xen, core)

    def show(self):
        print(f"{'hypercall':<30}{'of':<26}{'agree':>9}{'differ':>9}")
        for call in sorted(set(self.agree) | set(self.differ)):
            print(f"{call[0]:<30}{call[1]:<26}{self.agree[call]:>9}{self.differ[call]:>9}")
        for note in self.notes[:SHOWN]:
            print(note)
        if len(self.notes) > SHOWN:
            print(f"... and {len(self.notes) - SHOWN} more, see {self.directory}/notes")
        print(f"scripts: {self.scripts['passed']} alike, {self.scripts['failed']} not, "
              f"{self.scripts['skipped']} skipped; answers: {sum(self.agree.values())} agree, "
              f"{sum(self.differ.values())} differ")

    def write_notes(self):
        with open(os.path.join(self.directory, "notes"), "w", encoding="ascii",
                  errors="replace") as notes:
            for note in self.notes:
                print(note, file=notes)

    def write_totals(self):
        with open(os.path.join(self.directory, "totals"), "w", encoding="ascii") as totals:
            print(self.scripts["passed"], self.scripts["failed"], self.scripts["skipped"],
                  file=totals)


def main():
    directory = sys.argv[1]
    xen, core = (read_transcripts(os.path.join(directory, side + ".transcripts"))
                 for side in SIDES)
    comparison = Comparison(directory)
    for name, kind in read_jobs(directory):
        comparison.job(name, kind, xen.get(name, Transcript()), core.get(name, Transcript()))
    comparison.show()
    comparison.write_notes()
    comparison.write_totals()


if __name__ == "__main__":
    main()
