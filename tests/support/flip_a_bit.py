#!/usr/bin/env python3
"""Flips one bit in the middle of the largest file of a ledger's events: flip_a_bit.py LEDGER."""
import pathlib
import sys


def main(ledger):
    files = [path for path in (pathlib.Path(ledger) / 'events').iterdir()
             if path.suffix in ('.log', '.sst')]
    path = max(files, key=lambda each: each.stat().st_size)
    data = bytearray(path.read_bytes())
    offset = len(data) // 2
    data[offset] ^= 0x08
    path.write_bytes(data)
    print(f'flipped bit 3 of byte {offset} of {path} ({len(data)} bytes)')


main(sys.argv[1])
