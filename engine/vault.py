"""What must not be read on the disk: sealed bodies open only at the table, box and id that they were sealed for.

The key stands in a file of its own, outside the database; whoever has only the database can read neither messages
nor phone numbers.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.ids import BUCKETS, bucket_of
from engine.ownfiles import opened

_KEY_BYTES = 32
_NONCE_BYTES = 12
_MAC_BYTES = 16
_KEY_ID = 1
_HEADING = bytes((_KEY_ID,))
_HEAD = """\
# This key opens the database of Dundun beside it. Without it no message, answer or phone number can ever be read
# again: keep a copy in a safe place, apart from the copies of the database, and show it to nobody.
"""


class VaultError(Exception):
    """A sentence for the person who starts the server: what is wrong with the key, and what to do."""


class Vault:
    """Seals and opens bodies (AES-GCM, a random nonce each), and makes the digests that phones are found by."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        # Copied for each digest: to set up the key takes longer than a short text.
        self._lookup = hmac.new(_derive(key, "lookup"), digestmod=sha256)
        self._pins = _derive(key, "pins")
        self._marks = _derive(key, "audit")
        # Random nonces must not meet under one key: a key for each bucket allows 2^42 bodies instead of 2^32.
        self._ciphers: list[AESGCM | None] = [None] * BUCKETS

    def seal(self, table: str, box_id: int, key: int | str, body: bytes) -> bytes:
        """The body, sealed for this place: key id, nonce, ciphertext."""
        nonce = os.urandom(_NONCE_BYTES)
        return _HEADING + nonce + self._cipher(box_id).encrypt(nonce, body, _place(table, box_id, key))

    def open(self, table: str, box_id: int, key: int | str, sealed: bytes) -> bytes:
        """What was sealed for this place; VaultError where it was not, or was changed."""
        if not sealed.startswith(_HEADING):
            raise _unreadable(table)
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher(box_id).decrypt(nonce, body, _place(table, box_id, key))
        except (InvalidTag, ValueError):
            raise VaultError(
                f"A stored {table} cannot be opened: it was changed, or sealed with another key."
            ) from None

    def digest(self, text: str) -> str:
        """32 hex digits by which a phone number, or another value, is found again."""
        digest = self._lookup.copy()
        digest.update(text.encode())
        return digest.digest()[:_MAC_BYTES].hex()

    def pin_digest(self, worker_id: str, pin: str) -> bytes:
        """What is kept of a worker's PIN."""
        return hmac.digest(self._pins, f"{worker_id}\n{pin}".encode(), sha256)

    def mark(self, *parts: bytes) -> bytes:
        """32 bytes that only who has the key could make of these parts, in this order."""
        whole = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.digest(self._marks, whole, sha256)

    def _cipher(self, box_id: int) -> AESGCM:
        bucket = bucket_of(box_id)
        cipher = self._ciphers[bucket]
        if cipher is None:
            cipher = self._ciphers[bucket] = AESGCM(_derive(self._key, f"bodies {bucket}"))
        return cipher


def make_key_file(path: Path) -> Vault:
    """A new key in a new file that only its owner can read; FileExistsError where there is one."""
    key = os.urandom(_KEY_BYTES)
    handle = opened(path, os.O_WRONLY | os.O_EXCL)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{_HEAD}{_KEY_ID}:{base64.b64encode(key).decode()}\n")
        file.flush()
        os.fsync(file.fileno())
    return Vault(key)


def read_key_file(path: Path) -> Vault:
    """The vault of a key file; VaultError, with what to do, where there is none or it is damaged."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        raise VaultError(
            f"The key file {path} is missing, and the database cannot be read without it. Put its copy back there."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise VaultError(f"The key file {path} cannot be read. Put its copy back, readable for this user.") from None
    for line in lines:
        number, _, key = line.partition(":")
        if number == str(_KEY_ID) and (found := _decoded(key)):
            return Vault(found)
    raise VaultError(f"The key file {path} holds no key of Dundun. Put its copy back.")


def _decoded(key: str) -> bytes | None:
    try:
        found = base64.b64decode(key, validate=True)
    except binascii.Error:
        return None
    return found if len(found) == _KEY_BYTES else None


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"dundun {purpose}".encode()).derive(key)


def _unreadable(table: str) -> VaultError:
    return VaultError(f"A stored {table} cannot be opened: it was changed, or sealed with another key.")


def _place(table: str, box_id: int, key: int | str) -> bytes:
    return f"{table}|{box_id}|{key}".encode()
