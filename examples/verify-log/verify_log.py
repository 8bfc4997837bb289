#!/usr/bin/env python3
"""Verifies records of Muster for an auditor. It needs only Python's standard library, and shares no code with Muster.

    verify_log.py KEY EVIDENCE            is this event in the log?
    verify_log.py KEY EXPORT CHECKPOINT   are the first events of an export those that were signed?

KEY is the line that "muster tlog key" prints. Further lines are keys of witnesses that must have cosigned, too. EVIDENCE is a file of "muster evidence", EXPORT one of "muster export".
CHECKPOINT is a file of "muster tlog checkpoint", or a directory of "muster tlog export": then it also says which event
is the first that differs.
"""

import base64
import hashlib
import json
import os
import sys

# The tree contains events of streams whose name begins with one of these words, alone or before a hyphen.
CATEGORIES = set("cluster job lease node scheduler template user tenant username email session counter enrolment gpuClaim task taskname tenantTasks taskDependencies secrets registries environment environmentname volume serviceTemplate environmentroom service tenantServices quota attempt command tenantname".split())


class No(Exception):
    """What differs."""


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(entry):
    return sha256(b"\0" + entry)


def node_hash(left, right):
    return sha256(b"\1" + left + right)


def entry(event):
    """The bytes of an event in the tree."""
    metadata = event["metadata"].encode()
    digest = sha256(str(len(metadata)).encode() + b"\n" + metadata + event["data"].encode())
    fields = [event["stream"], str(event["revision"]), event["id"], event["type"], base64.b64encode(digest).decode()]
    return "".join(line + "\n" for line in ["muster-event/v1", *fields]).encode()


def describe(event):
    return f"{event['type']} ({event['stream']}, revision {event['revision']})"


# Ed25519 (RFC 8032, section 5.1.7), which the standard library does not have.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e, f = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    g, h = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def decode_point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (x * x - square) % P != 0 or (x == 0 and sign):
        raise No("a point of the signature or key is not on the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(key, text, signature):
    if len(signature) != 64:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    left = multiply(scalar, BASE)
    right = add(decode_point(signature[:32]), multiply(challenge, decode_point(key)))
    same = (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0
    return scalar < L and same


def parse_key(vkey, kind=1):
    """Kind 1: a key of Ed25519. Kind 4: the key of a witness (c2sp.org/tlog-cosignature)."""
    try:
        name, key_id, encoded = vkey.strip().split("+", 2)
        key = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise No(f"the key cannot be read: {error}") from error
    if len(key) != 33 or key[0] != kind or sha256(name.encode() + b"\n" + key)[:4].hex() != key_id:
        raise No("the key is damaged, or of another kind")
    return name, bytes.fromhex(key_id), key[1:]


def open_checkpoint(vkeys, note):
    """Verifies the signatures, and returns origin, size and root."""
    vkey, *witnesses = vkeys.split()
    name, key_id, key = parse_key(vkey)
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    found = []
    for line in signatures.splitlines():
        dash, signer, encoded = line.split(" ", 2)
        if dash == "\u2014":
            signature = base64.b64decode(encoded, validate=True)
            found.append((signer, signature[:4], signature[4:]))
    own = [signature for signer, id_, signature in found if (signer, id_) == (name, key_id)]
    if not own:
        raise No("the checkpoint is not signed by this key")
    if not all(signature_holds(key, text.encode(), signature) for signature in own):
        raise No("the signature of the checkpoint is wrong: it was altered")
    for witness in witnesses:
        if not is_cosigned(witness, text, found):
            raise No(f"the checkpoint is not cosigned by {witness.split('+')[0]}")
    origin, size, root = text.split("\n")[:3]
    if origin != name:
        raise No("the checkpoint is of another log than the key")
    return origin, int(size), base64.b64decode(root, validate=True)


def is_cosigned(vkey, text, signatures):
    """A cosignature is the time in seconds, 8 bytes, and the signature of time and text."""
    name, key_id, key = parse_key(vkey, kind=4)
    for signer, id_, signature in signatures:
        time = int.from_bytes(signature[:8], "big")
        message = f"cosignature/v1\ntime {time}\n{text}".encode()
        if (signer, id_) == (name, key_id) and signature_holds(key, message, signature[8:]):
            return True
    return False


def root_from_proof(leaf, index, size, proof):
    """RFC 9162, section 2.1.3.2."""
    node, last = index, size - 1
    root = leaf
    for sibling in proof:
        if last == 0:
            return None
        if node % 2 == 1 or node == last:
            root = node_hash(sibling, root)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            root = node_hash(root, sibling)
        node, last = node // 2, last // 2
    return root if last == 0 and 0 <= index < size else None


class Edge:
    """Computes the root of a growing tree from its complete subtrees, the largest first."""

    def __init__(self):
        self.size = 0
        self.hashes = []

    def add(self, hash_):
        full = self.size
        while full % 2 == 1:
            hash_ = node_hash(self.hashes.pop(), hash_)
            full //= 2
        self.hashes.append(hash_)
        self.size += 1

    def root(self):
        if not self.hashes:
            return sha256(b"")
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


def check_evidence(vkey, file):
    with open(file, encoding="utf-8") as opened:
        evidence = json.load(opened)
    event, (head, _, note) = evidence["event"], evidence["proof"].partition("\n\n")
    lines = head.split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("index "):
        raise No("the proof is not in the format c2sp.org/tlog-proof@v1")
    index = int(lines[1][len("index ") :])
    origin, size, root = open_checkpoint(vkey, note)
    proof = [base64.b64decode(line, validate=True) for line in lines[2:]]
    if root_from_proof(leaf_hash(entry(event)), index, size, proof) != root:
        raise No(f"entry {index} of the log is not this event: the event or its proof was altered")
    return f"{describe(event)} is entry {index} of {origin}"


def check_export(vkey, file, against):
    directory = against if os.path.isdir(against) else None
    with open(os.path.join(against, "checkpoint") if directory else against, encoding="utf-8") as opened:
        origin, size, root = open_checkpoint(vkey, opened.read())
    signed = None if directory is None else leaves(directory, size, root)
    edge = Edge()
    with open(file, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            event = json.loads(line)
            if edge.size == size or event.get("stream", "").split("-")[0] not in CATEGORIES:
                continue
            hash_ = leaf_hash(entry(event))
            if signed is not None and hash_ != signed[edge.size]:
                raise No(f"entry {edge.size} is not what was signed: now it is {describe(event)}")
            edge.add(hash_)
    if edge.size < size:
        raise No(f"the export has only {edge.size} of the {size} events that were signed")
    if edge.root() != root:
        raise No(f"the first {size} events are not those that were signed")
    return f"the first {size} events are those that {origin} signed"


def leaves(directory, size, root):
    """Reads the hashes of all entries from tiles, and makes sure that they are those of the checkpoint."""
    found, edge = [], Edge()
    for n in range((size + 255) // 256):
        digits = f"{n:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        path = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
        width = min(256, size - n * 256)
        with open(os.path.join(directory, "tile", "0", path if width == 256 else f"{path}.p/{width}"), "rb") as tile:
            hashes = tile.read()
        for at in range(0, len(hashes), 32):
            found.append(hashes[at : at + 32])
            edge.add(found[-1])
    if edge.size != size or edge.root() != root:
        raise No("the tiles do not fit their checkpoint")
    return found


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        verdict = check_evidence(*arguments) if len(arguments) == 2 else check_export(*arguments)
    except (No, OSError, ValueError, KeyError, IndexError) as error:
        print(f"NO: {error}")
        return 1
    print(f"YES: {verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
