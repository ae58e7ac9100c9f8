#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The table of measurements, one row for each metric, guest and clock.

results.py take TABLE BOOT CLOCK CHANNEL    put a boot's reports into the table
results.py show TABLE                       print it for people
"""
import os
import re
import sys
from statistics import median

HEADER = ["metric", "guest", "clock", "ours", "stock", "ratio", "limit", "ours_limit",
          "core", "xen", "core_xen"]
REPORT = re.compile(r"# report: (\w+) (\w+) (\d+)\s*$")

# What is wanted: at least so many times as fast as stock, at most so far from the limit.
WANTED_RATIO = {
    ("inflate", "pvh", "icount"): 2.3, ("inflate", "pvh", "wall"): 4,
    ("deflate", "pvh", "icount"): 15, ("deflate", "pvh", "wall"): 30,
    ("inflate", "pv", "icount"): 2.2, ("inflate", "pv", "wall"): 2.5,
    ("deflate", "pv", "icount"): 2.2, ("deflate", "pv", "wall"): 2.2,
}
WANTED_LIMIT = {
    ("inflate", "pvh", "icount"): 1.15, ("deflate", "pvh", "icount"): 1.25,
    ("inflate", "pv", "icount"): 1.2, ("deflate", "pv", "icount"): 1.3,
}
# An entry through xen-memfront in batches of 128: against update_va_mapping one by one,
# against mmu_update one by one, and against an mmu_update of 128 filled by hand.
for kind in ("pte", "ptes"):
    for step in ("map", "change", "unmap"):
        WANTED_RATIO[f"{kind}_over_va_{step}_128", "pv", "icount"] = 1.9
        WANTED_RATIO[f"{kind}_over_mmu_{step}_128", "pv", "icount"] = 1.4
        WANTED_LIMIT[f"{kind}_{step}_128", "pv", "icount"] = 1.1
# A look-up against a plain read of the list.
for way in ("single_seq", "array_seq", "range_seq", "single_random", "array_random"):
    WANTED_LIMIT[f"lookup_{way}", "pv", "icount"] = 1.3
# Another domain's memory, by the kind of the control domain.
for metric in ("map_first", "unmap_first", "map", "unmap"):
    WANTED_RATIO[f"foreign_{metric}", "host", "icount"] = 1
    WANTED_RATIO[f"foreign_{metric}", "host-pvh", "icount"] = 2
# Granted pages, by how many are mapped or copied at a time; a cached one against map and
# unmap.
for guest in ("pv", "host-pvh"):
    for batch in (1, 8, 32, 256):
        for way in ("map", "copy"):
            WANTED_RATIO[f"granted_{way}_{batch}", guest, "icount"] = 1
            if batch > 1:
                WANTED_LIMIT[f"granted_{way}_{batch}", guest, "icount"] = 1.1
    WANTED_RATIO["granted_hit", guest, "icount"] = 20
# Frames without RAM, taken and given back in turn, by how many at a time.
for batch in (1, 8, 32, 256, 16384):
    for guest in ("pv", "pvh"):
        WANTED_RATIO[f"frames_turn_{batch}", guest, "icount"] = 2
WANTED_SPREAD = 0.15
# The in-tree core: at most so many times what Xen takes; two threads at least so many
# times as fast as one.
WANTED_CORE = 1.5
WANTED_TWO_THREADS = 1.7

# The first word of each metric that is a time in milliseconds.
DIRECTIONS = ("inflate", "deflate", "audit", "foreign")

# The in-tree core is plain QEMU's hypervisor, and makes it a PV guest.
GUEST_OF_BOOT = {"plain": "pv"}


def read_table(path):
    """Rows by (metric, guest, clock), in their order."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding="ascii") as table:
        lines = [line.rstrip("\n").split("\t") for line in table]
    if not lines or lines[0] != HEADER:
        sys.exit(f"bench: {path} has another header: move it away")
    return {tuple(line[:3]): line for line in lines[1:]}


def write_table(path, rows):
    """In one step, so that a table is whole or not there."""
    with open(path + ".new", "w", encoding="ascii") as table:
        for line in [HEADER, *rows.values()]:
            table.write("\t".join(line) + "\n")
    os.replace(path + ".new", path)


def read_reports(path):
    """Medians by metric and driver; times in milliseconds."""
    figures = {}
    with open(path, encoding="ascii", errors="replace") as channel:
        for line in channel:
            match = REPORT.match(line)
            if match:
                driver, metric, figure = match.groups()
                figures.setdefault(metric, {}).setdefault(driver, []).append(int(figure))
    return {metric: {driver: settle(metric, values) for driver, values in drivers.items()}
            for metric, drivers in figures.items()}


def is_time(metric):
    return metric.split("_")[0] in DIRECTIONS


def settle(metric, values):
    return median(values) / 1e6 if is_time(metric) else median(values)


def add_pages_per_call(figures):
    pages = figures.pop("pages", {}).get("both")
    for metric in [name for name in figures if name.startswith("hypercalls_")]:
        per_call = {driver: pages / calls for driver, calls in figures[metric].items() if calls}
        figures[metric.replace("hypercalls", "pages_per_hypercall")] = per_call


def add_batches(figures):
    """The same entries by hand beside those through xen-memfront, from the same boot."""
    for metric in list(figures):
        match = re.fullmatch(r"(ptes?)_(map|change|unmap)_(\d+)", metric)
        if match:
            kind, step, batch = match.groups()
            ours = figures[metric]["ours"]
            by_hand = figures[f"mmu_{step}_{batch}"]["xen"]
            for other in ("mmu", "va", "vaflush"):
                figures[f"{kind}_over_{other}_{step}_{batch}"] = {
                    "ours": ours, "stock": figures[f"{other}_{step}_1"]["xen"]}
            figures[metric]["limit"] = by_hand


def add_hit(figures):
    """What a cache saves: beside a hit, mapping one page and unmapping it."""
    if "granted_hit" in figures:
        figures["granted_hit"]["stock"] = figures["granted_map_1"]["ours"]


def number(value):
    """A figure's text; nothing where nothing was measured."""
    if value is None:
        return ""
    return f"{value:.0f}" if value == int(value) else f"{value:.3f}"


def quotient(above, below):
    return None if above is None or not below else above / below


def make_row(key, drivers):
    ours, stock, limit, core, xen = (drivers.get(name)
                                     for name in ("ours", "stock", "limit", "core", "xen"))
    figures = [ours, stock, quotient(stock, ours), limit, quotient(ours, limit),
               core, xen, quotient(core, xen)]
    return [*key, *map(number, figures)]


def known(row):
    """What earlier boots have found out: Xen's figure and the core's come from two."""
    figures = dict(zip(HEADER, row))
    return {name: float(figures[name]) for name in ("core", "xen") if figures.get(name)}


def take(path, boot, clock, channel):
    rows = read_table(path)
    figures = read_reports(channel)
    add_pages_per_call(figures)
    add_batches(figures)
    add_hit(figures)
    for metric, drivers in figures.items():
        key = (metric, GUEST_OF_BOOT.get(boot, boot), clock)
        rows[key] = make_row(key, known(rows.get(key, ())) | drivers)
    write_table(path, rows)


def verdict(figure, wanted, at_least):
    """What is wanted, and whether it is so."""
    if wanted is None or figure in (None, ""):
        return ""
    reached = float(figure) >= wanted if at_least else float(figure) <= wanted
    sign = ">=" if at_least else "<="
    return f"{sign} {wanted:g} {'yes' if reached else 'NO'}"


def judged(row):
    """A row for people: each quotient with its wanted figure beside."""
    metric, guest, clock, ours, stock, ratio, limit, ours_limit = row[:8]
    key = (metric, guest, clock)
    return [metric, guest, clock, ours, stock,
            ratio, verdict(ratio, WANTED_RATIO.get(key), True),
            limit, ours_limit, verdict(ours_limit, WANTED_LIMIT.get(key), False)]


def print_aligned(lines, words):
    """Columns as wide as needed; the first WORDS of them to the left."""
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        cells = [cell.ljust(width) if at < words else cell.rjust(width)
                 for at, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())


def of_core(row):
    """Whether a row is about the in-tree core, beside Xen or alone."""
    return bool(row[8] or row[9])


def of_interface(row, words="pte|ptes|lookup|foreign|granted|frames|holes|space"):
    """Whether a row is about what xen-memfront exports, or of one kind of that."""
    return re.fullmatch(words, row[0].split("_")[0]) is not None


def size_of(row):
    """MiB of a row of the scale, or None."""
    match = re.fullmatch(r"(?:inflate|deflate)_(\d+)", row[0])
    return int(match.group(1)) if match else None


def show_moves(rows):
    lines = [judged(row) for row in rows
             if not size_of(row) and not of_core(row) and not of_interface(row)]
    if not lines:
        return
    print("512 MiB; ms, or a count; ratio = stock / ours; limit = the bare hypercalls and zeroing")
    print_aligned([["metric", "guest", "clock", "ours", "stock", "ratio", "wanted",
                    "limit", "ours/limit", "wanted"], *lines], 3)


def batch_order(row):
    """Way, step, and how many."""
    way, batch = row[0].rsplit("_", 1)
    return way, int(batch)


def show_interface(rows, words, title, stock, limit):
    """What xen-memfront exports, beside others' ways and the least that is possible."""
    lines = [judged(row) for row in rows if of_interface(row, words)]
    if not lines:
        return
    print(f"\n{title}; ratio = {stock} / ours")
    print_aligned([["metric", "guest", "clock", "ours", "other", "ratio", "wanted",
                    limit, "ours/limit", "wanted"], *lines], 3)


def show_interfaces(rows):
    batches = sorted((row for row in rows if of_interface(row, "pte|ptes")), key=batch_order)
    show_interface(batches, "pte|ptes", "xen-memfront's batches, ns for each entry",
                   "a call for each entry", "by hand")
    show_interface(rows, "lookup", "P2M look-ups, ps each", "get_phys_to_machine", "array read")
    show_interface(rows, "granted", "granted pages, mapped and unmapped, or copied, ns for each",
                   "the kernel's, for a hit map and unmap", "by hand")
    show_interface(rows, "foreign", "64 MiB of another domain, ms", "privcmd", "limit")
    frames = sorted((row for row in rows if of_interface(row, "frames")), key=batch_order)
    show_interface(frames, "frames", "frames without RAM, ps each, by how many at a time",
                   "the kernel's", "limit")
    holes = sorted((row for row in rows if of_interface(row, "holes")), key=batch_order)
    show_interface(holes, "holes", "the same of holes of the balloon, ps each", "nobody's", "limit")
    show_interface(rows, "space", "address space held after 100 times 64 MiB of them, KiB",
                   "the kernel's", "limit")


def scale_lines(rows):
    """For each direction, guest and clock: the cost of a MiB at each size."""
    groups = {}
    for row in rows:
        if size_of(row):
            key = (row[0].split("_")[0], row[1], row[2])
            groups.setdefault(key, {})[size_of(row)] = float(row[3]) * 1000 / size_of(row)
    return groups


def show_scale(rows):
    groups = scale_lines(rows)
    if not groups:
        return
    sizes = sorted({size for costs in groups.values() for size in costs})
    lines = [["metric", "guest", "clock", *map(str, sizes), "spread", "wanted"]]
    for key, costs in groups.items():
        spread = max(costs.values()) / min(costs.values()) - 1
        cells = [f"{costs[size]:.0f}" if size in costs else "" for size in sizes]
        lines.append([*key, *cells, f"{spread:.1%}",
                      f"<= {WANTED_SPREAD:.0%} {'yes' if spread <= WANTED_SPREAD else 'NO'}"])
    print("\nours, microseconds for each MiB, by how many MiB are moved")
    print_aligned(lines, 3)


def numbered(rows, words):
    """{metric without its number: {number: row}} of those that start with such a word."""
    groups = {}
    for row in rows:
        match = re.fullmatch(rf"((?:{words})\w*)_(\d+)", row[0])
        if match:
            groups.setdefault(match.group(1), {})[int(match.group(2))] = row
    return groups


def times(figure):
    return f"{float(figure):.2f}" if figure else ""


def at_most(figures, wanted):
    """The verdict on the worst of some quotients."""
    return verdict(max(map(float, filter(None, figures)), default=None), wanted, False)


def show_beside(rows, words, title):
    """Three lines a metric: Xen, the core, and the quotient."""
    groups = numbered(rows, words)
    if not groups:
        return
    numbers = sorted({number for group in groups.values() for number in group})
    lines = [["metric", "", *map(str, numbers), "wanted"]]
    for metric, group in groups.items():
        core, xen, quotients = ([group[number][at] if number in group else ""
                                 for number in numbers] for at in (8, 9, 10))
        lines += [[metric, "xen", *xen, ""], [metric, "core", *core, ""],
                  [metric, "core/xen", *map(times, quotients), at_most(quotients, WANTED_CORE)]]
    print(f"\n{title}")
    print_aligned(lines, 2)


def show_calls(rows):
    lines = [[row[0], row[8], row[9], times(row[10]), verdict(row[10], WANTED_CORE, False)]
             for row in rows if row[0].split("_")[0] in ("call", "pin", "unpin", "audit")]
    if not lines:
        return
    print("\nns for an empty call, ns for each L1 entry of a tree; ms for the audit of 1 GiB")
    print_aligned([["metric", "core", "xen", "core/xen", "wanted"], *lines], 1)


def show_flat(rows):
    groups = numbered(rows, "flat")
    if not groups:
        return
    sizes = sorted({size for group in groups.values() for size in group})
    lines = [["metric", *map(str, sizes), "spread", "wanted"]]
    for metric, group in groups.items():
        costs = [float(row[8]) for row in group.values()]
        spread = max(costs) / min(costs) - 1
        lines.append([metric.removeprefix("flat_"),
                      *(group[size][8] if size in group else "" for size in sizes),
                      f"{spread:.1%}", verdict(spread, WANTED_SPREAD, False)])
    print("\nthe core, ns for each entry, calls of 512, by the machine's memory in MiB")
    print_aligned(lines, 1)


def speedups(group):
    """Of so many threads, against one."""
    return {count: float(group[1][8]) / float(row[8]) for count, row in sorted(group.items())}


def show_threads(rows):
    groups = numbered(rows, "threads")
    control = groups.pop("threads_control", {})
    if 1 not in control:
        return
    lines = [["threads", "doing", "ns each", "times one", "wanted", "if they only compute"]]
    for name, group in groups.items():
        for count, faster in speedups(group).items():
            wanted = WANTED_TWO_THREADS if count == 2 else None
            lines.append([str(count), name.removeprefix("threads_"), group[count][8],
                          times(faster), verdict(faster, wanted, True),
                          times(speedups(control).get(count))])
    print("\nthe core, threads as domains of their own, two CPUs, wall clock")
    print_aligned(lines, 1)


def reading_order(row):
    """Times first, clock by clock."""
    metric, guest, clock = row[:3]
    return clock, not is_time(metric), metric, guest


def show(path):
    rows = sorted(read_table(path).values(), key=reading_order)
    of_cores = [row for row in rows if of_core(row)]
    show_moves(rows)
    show_scale(rows)
    show_interfaces(rows)
    show_beside(of_cores, "mmu|va|vaflush|grant",
                "ns for each entry, instruction clock, by how many entries go into a call")
    show_beside(of_cores, "reserve",
                "ns for each extent of 2^N pages, instruction clock, by N")
    show_beside(of_cores, "domains",
                "ns for each, calls of 32 grants or 1024 pages, instruction clock, by how many "
                "domains there are")
    show_calls(of_cores)
    show_flat(of_cores)
    show_threads(of_cores)


def main(argv):
    if len(argv) == 6 and argv[1] == "take":
        take(*argv[2:])
    elif len(argv) == 3 and argv[1] == "show":
        show(argv[2])
    else:
        sys.exit(__doc__)


main(sys.argv)
