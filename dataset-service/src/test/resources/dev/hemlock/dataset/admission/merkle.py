"""Records Merkle tree hashes after RFC 9162, section 2.1.1, written anew from its text.

    python merkle.py

Writes merkle.json beside this file.
"""

import hashlib
import json
import pathlib


def root(leaves):
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()


cases = [[f"leaf {i}" for i in range(n)] for n in (0, 1, 2, 3, 4, 5, 7, 8, 9, 33)]
cases.append(["train\0" + f"{i}\0cat" for i in range(20)])
json.dump(
    [{"leaves": c, "root": root([leaf.encode() for leaf in c]).hex()} for c in cases],
    open(pathlib.Path(__file__).parent / "merkle.json", "w"),
)
