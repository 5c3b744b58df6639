"""AES-256 as a block cipher, with the two modes the contract needs: CBC with PKCS7, and GCM.

Table-based (FIPS 197, SP 800-38A, SP 800-38D). Payloads are a few KiB, so clarity comes before speed. Table look-ups
are not constant in time: good enough for a stand-in, not for a product.
"""

import hmac
import struct

BLOCK_BYTES = 16
KEY_BYTES = 32
TAG_BYTES = 16
NONCE_BYTES = 12


class TagMismatch(ValueError):
    """The GCM tag does not fit: wrong key, wrong associated data, or altered bytes."""


class BadPadding(ValueError):
    """CBC text that is no whole number of blocks, or does not end in PKCS7 padding."""


class Aes256:
    """One expanded key. `encrypt_block` and `decrypt_block` take and return 16 bytes."""

    def __init__(self, key):
        if len(key) != KEY_BYTES:
            raise ValueError(f"AES key must be {KEY_BYTES} bytes, got {len(key)}")
        self._encrypt_keys = _expand_key(key)
        inner = [[_unmix_column(word) for word in round_key] for round_key in self._encrypt_keys[1:-1]]
        self._decrypt_keys = [self._encrypt_keys[-1], *reversed(inner), self._encrypt_keys[0]]

    def encrypt_block(self, block):
        return _run_rounds(block, self._encrypt_keys, ENCRYPT_TABLES, SBOX, 1)

    def decrypt_block(self, block):
        return _run_rounds(block, self._decrypt_keys, DECRYPT_TABLES, INVERSE_SBOX, -1)


def cbc_seal(cipher, iv, plaintext):
    """CBC with PKCS7 padding; returns the ciphertext without the iv."""
    fill = BLOCK_BYTES - len(plaintext) % BLOCK_BYTES
    previous, sealed = iv, []
    for block in _blocks(plaintext + bytes([fill]) * fill):
        previous = cipher.encrypt_block(_xor(block, previous))
        sealed.append(previous)
    return b"".join(sealed)


def cbc_open(cipher, iv, ciphertext):
    """Undo `cbc_seal`. Raises BadPadding; nothing else can be noticed, CBC has no authentication."""
    if not ciphertext or len(ciphertext) % BLOCK_BYTES:
        raise BadPadding("Ciphertext is not a whole number of blocks")
    previous, opened = iv, []
    for block in _blocks(ciphertext):
        opened.append(_xor(cipher.decrypt_block(block), previous))
        previous = block
    padded = b"".join(opened)
    fill = padded[-1]
    if not 1 <= fill <= BLOCK_BYTES or padded[-fill:] != bytes([fill]) * fill:
        raise BadPadding("Invalid padding bytes")
    return padded[:-fill]


class Gcm:
    """AES-256-GCM with 12-byte nonces and 16-byte tags."""

    def __init__(self, key):
        self._cipher = Aes256(key)
        self._hash_tables = _ghash_tables(int.from_bytes(self._cipher.encrypt_block(bytes(BLOCK_BYTES)), "big"))

    def seal(self, nonce, plaintext, associated_data):
        """Returns ciphertext followed by the tag."""
        ciphertext = self._keystream_xor(nonce, plaintext)
        return ciphertext + self._tag(nonce, ciphertext, associated_data)

    def open(self, nonce, sealed, associated_data, check_tag=True):
        """Returns the plaintext of ciphertext-then-tag. Raises TagMismatch."""
        if len(sealed) < TAG_BYTES:
            raise TagMismatch("shorter than a tag")
        ciphertext, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
        fits = hmac.compare_digest(tag, self._tag(nonce, ciphertext, associated_data))
        if check_tag and not fits:
            raise TagMismatch("tag does not fit")
        return self._keystream_xor(nonce, ciphertext)

    def _keystream_xor(self, nonce, data):
        """Counter mode; block 1 is kept for the tag, the data starts at block 2."""
        out = []
        for counter, block in enumerate(_blocks(data), start=2):
            out.append(_xor(block, self._cipher.encrypt_block(nonce + struct.pack(">I", counter))))
        return b"".join(out)

    def _tag(self, nonce, ciphertext, associated_data):
        lengths = struct.pack(">QQ", 8 * len(associated_data), 8 * len(ciphertext))
        digest = 0
        for block in (*_blocks(associated_data), *_blocks(ciphertext), lengths):
            digest = self._times_h(digest ^ int.from_bytes(block.ljust(BLOCK_BYTES, b"\0"), "big"))
        return _xor(digest.to_bytes(BLOCK_BYTES, "big"), self._cipher.encrypt_block(nonce + b"\0\0\0\1"))

    def _times_h(self, value):
        product = 0
        for table, byte in zip(self._hash_tables, value.to_bytes(BLOCK_BYTES, "big")):
            product ^= table[byte]
        return product


def _blocks(data):
    return [data[i : i + BLOCK_BYTES] for i in range(0, len(data), BLOCK_BYTES)]


def _xor(left, right):
    """XOR of the common length; a short last block takes what it needs of the keystream."""
    return bytes(a ^ b for a, b in zip(left, right))


def _run_rounds(block, round_keys, tables, last_box, step):
    """Both directions of the cipher: `step` is the direction in which ShiftRows picks the columns."""
    t0, t1, t2, t3 = tables
    state = [word ^ key for word, key in zip(struct.unpack(">4I", block), round_keys[0])]
    for key in round_keys[1:-1]:
        state = [
            t0[state[i] >> 24]
            ^ t1[state[(i + step) % 4] >> 16 & 255]
            ^ t2[state[(i + 2 * step) % 4] >> 8 & 255]
            ^ t3[state[(i + 3 * step) % 4] & 255]
            ^ key[i]
            for i in range(4)
        ]
    last = [
        (last_box[state[i] >> 24] << 24)
        ^ (last_box[state[(i + step) % 4] >> 16 & 255] << 16)
        ^ (last_box[state[(i + 2 * step) % 4] >> 8 & 255] << 8)
        ^ last_box[state[(i + 3 * step) % 4] & 255]
        ^ round_keys[-1][i]
        for i in range(4)
    ]
    return struct.pack(">4I", *last)


def _expand_key(key):
    """The 15 round keys of AES-256, four words each."""
    words = list(struct.unpack(">8I", key))
    round_constant = 1
    while len(words) < 60:
        word = words[-1]
        if len(words) % 8 == 0:
            word = _substitute_word((word << 8 | word >> 24) & 0xFFFFFFFF) ^ round_constant << 24
            round_constant = _double(round_constant)
        elif len(words) % 8 == 4:
            word = _substitute_word(word)
        words.append(words[-8] ^ word)
    return [words[i : i + 4] for i in range(0, 60, 4)]


def _substitute_word(word):
    return int.from_bytes(bytes(SBOX[byte] for byte in word.to_bytes(4, "big")), "big")


def _unmix_column(word):
    mixed = 0
    for table, byte in zip(DECRYPT_TABLES, word.to_bytes(4, "big")):
        mixed ^= table[SBOX[byte]]
    return mixed


def _ghash_tables(hash_key):
    """For each of the 16 byte positions, the product of every byte value there with the hash key."""
    shifted, tables = hash_key, []
    for _ in range(BLOCK_BYTES):
        table = [0] * 256
        for bit in range(7, -1, -1):
            table[1 << bit] = shifted
            shifted = shifted >> 1 ^ (0xE1 << 120 if shifted & 1 else 0)
        for value in range(1, 256):
            lowest = value & -value
            table[value] = table[lowest] ^ table[value ^ lowest]
        tables.append(table)
    return tables


def _double(value):
    """Times x in the field of AES."""
    return value << 1 ^ (0x11B if value & 0x80 else 0)


def _multiply(left, right):
    product = 0
    while right:
        if right & 1:
            product ^= left
        left, right = _double(left), right >> 1
    return product


def _build_sbox():
    box = [0x63] * 256
    power, inverse = 1, 1  # 3 generates the field: walk 3^n and 3^-n together
    for _ in range(255):
        power, inverse = _multiply(power, 0x03), _multiply(inverse, 0xF6)
        spread = inverse * 0x101
        box[power] = (inverse ^ spread >> 7 ^ spread >> 6 ^ spread >> 5 ^ spread >> 4) & 255 ^ 0x63
    return box


def _build_tables(box, column):
    """Substitution and column mixing in one look-up; table n is table 0 rotated right by n bytes."""
    first = [int.from_bytes(bytes(_multiply(value, factor) for factor in column), "big") for value in box]
    return tuple([(w >> 8 * n | w << 32 - 8 * n) & 0xFFFFFFFF for w in first] for n in range(4))


SBOX = _build_sbox()
INVERSE_SBOX = [SBOX.index(value) for value in range(256)]
ENCRYPT_TABLES = _build_tables(SBOX, (2, 1, 1, 3))
DECRYPT_TABLES = _build_tables(INVERSE_SBOX, (14, 9, 13, 11))
