"""Checks of the foreign trust node: the ciphers against the vectors, the process against a tiny hub.

Run: python3 tests/foreign/selftest.py
"""

import base64
import json
import unittest
from pathlib import Path

import aes
import envelope
from selftest_loop import Configuration, Loop  # noqa: F401, run by unittest.main
from selftest_tasks import PlantedBugs, Tasks  # noqa: F401, run by unittest.main

VECTORS = Path(__file__).resolve().parents[2] / "fixtures" / "vectors" / "aes.json"


class Ciphers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vectors = json.loads(VECTORS.read_text())

    def test_block_cipher_gives_the_published_answer(self):
        cipher = aes.Aes256(bytes(range(32)))
        block = bytes.fromhex("00112233445566778899aabbccddeeff")
        sealed = cipher.encrypt_block(block)
        self.assertEqual(sealed.hex(), "8ea2b7ca516745bfeafc49904b496089")
        self.assertEqual(cipher.decrypt_block(sealed), block)

    def test_sealed_texts_are_reproduced_and_open(self):
        self.assertTrue(self.vectors["sealed"])
        for row in self.vectors["sealed"]:
            with self.subTest(row["name"], format=row["format"]):
                key = bytes.fromhex(self.vectors["keys"][row["key"]]["hex"])
                iv, plaintext = bytes.fromhex(row["iv_hex"]), row["plaintext"].encode()
                if row["format"] == "cbc":
                    sealed = aes.cbc_seal(aes.Aes256(key), iv, plaintext)
                    self.assertEqual(sealed.hex(), row["ciphertext_hex"])
                    self.assertEqual(envelope.open_cbc(row["payload"], base64.b64encode(key).decode()), plaintext)
                else:
                    data = row["associated_data"].encode()
                    sealed = aes.Gcm(key).seal(iv, plaintext, data)
                    self.assertEqual(sealed.hex(), row["ciphertext_hex"] + row["tag_hex"])
                    self.assertEqual(aes.Gcm(key).open(iv, sealed, data), plaintext)

    def test_sealed_envelopes_open_in_their_context(self):
        rows = [row for row in self.vectors["sealed"] if row["format"] == "gcm-context"]
        self.assertTrue(rows)
        for row in rows:
            with self.subTest(row["name"]):
                key = self.vectors["keys"][row["key"]]["base64"]
                opened = envelope.open_gcm_context(row["payload"], key, row["context"])
                self.assertEqual(opened, row["plaintext"].encode())

    def test_fingerprints_and_proofs_agree(self):
        for name, key in self.vectors["keys"].items():
            with self.subTest(name):
                self.assertEqual(envelope.fingerprint(key["base64"]), key["fingerprint"])
                self.assertEqual(envelope.cohort_admin_proof(key["base64"]), key["cohort_admin_proof"])

    def test_readings_end_as_listed(self):
        spoken = [row for row in self.vectors["readings"] if row["reader"] in ("gcm-context", "cbc")]
        self.assertTrue(spoken)
        for row in spoken:
            with self.subTest(row["name"], reader=row["reader"]):
                self.assertEqual(*self._reading(row))

    def _reading(self, row):
        """(what happened, what was expected) as comparable values."""
        key_hex = row.get("key_hex") or self.vectors["keys"][row["key"]]["hex"]
        key_base64 = base64.b64encode(bytes.fromhex(key_hex)).decode()
        expected = row["plaintext"] if row["expect"] == "opens" else row.get("message", row["expect"])
        try:
            if row["reader"] == "cbc":
                opened = envelope.open_cbc(row["payload"], key_base64).decode()
                json.loads(opened)
            else:
                kids = None if row.get("force_key") else row.get("ring", (envelope.SHARED_KID,))
                opened = envelope.open_gcm_context(row["payload"], key_base64, row["context"], kids).decode()
            return opened, expected
        except envelope.AuthenticationFailed:
            return "auth_failed", expected
        except ValueError as error:
            return ("cbc_garbage" if row["reader"] == "cbc" else str(error)), expected


if __name__ == "__main__":
    unittest.main()
