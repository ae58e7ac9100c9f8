#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""vmlinux.py BZIMAGE OUTPUT: take the ELF kernel out of a bzImage.

An emulated dom0 would spend many seconds on decompressing the kernel of each domU.
The place of the payload is in the boot protocol's header.
"""
import gzip
import lzma
import struct
import subprocess
import sys

SETUP_SECTS, PAYLOAD_OFFSET, PAYLOAD_LENGTH = 0x1F1, 0x248, 0x24C
ELF = b"\x7fELF"


def payload(image):
    """The compressed kernel, without the size that the build appends to it."""
    start = (image[SETUP_SECTS] + 1) * 512
    start += struct.unpack_from("<I", image, PAYLOAD_OFFSET)[0]
    length = struct.unpack_from("<I", image, PAYLOAD_LENGTH)[0]
    return image[start : start + length]


def decompress(data):
    if data.startswith(b"\x1f\x8b"):
        return gzip.decompress(data)
    if data.startswith(b"\xfd7zXZ"):
        return lzma.LZMADecompressor().decompress(data)
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        run = subprocess.run(["zstd", "-dcq"], input=data[:-4], capture_output=True, check=True)
        return run.stdout
    raise ValueError("the kernel is compressed in an unknown way")


def main():
    with open(sys.argv[1], "rb") as f:
        kernel = decompress(payload(f.read()))
    if not kernel.startswith(ELF):
        raise ValueError("no ELF kernel inside")
    with open(sys.argv[2], "wb") as f:
        f.write(kernel)


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, IndexError, struct.error, subprocess.CalledProcessError) as e:
        sys.exit(f"vmlinux.py: {e}")
