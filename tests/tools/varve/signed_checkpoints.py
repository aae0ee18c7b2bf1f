"""What the tests of checkpoints share: notes taken apart, and a case that holds them to be good."""
import base64
import pathlib
import subprocess
import tempfile
import unittest

from varve import Cluster, Project


def parse(note):
    """origin, size, root in hex, the signed text, [(name, key id in hex, signature)]"""
    text, _, tail = note.partition('\n\n')
    text += '\n'
    origin, size, root = text.splitlines()
    signatures = []
    for line in tail.splitlines():
        dash, name, encoded = line.split(' ')
        assert dash == '—', line
        raw = base64.b64decode(encoded)
        signatures.append((name, raw[:4].hex(), raw[4:]))
    return origin, int(size), base64.b64decode(root).hex(), text, signatures


def openssl_accepts(public_key_hex, text, signature):
    """What the openssl command says of an Ed25519 signature."""
    prefix = bytes.fromhex('302a300506032b6570032100')  # SubjectPublicKeyInfo of Ed25519
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / 'key.der').write_bytes(prefix + bytes.fromhex(public_key_hex))
        (place / 'text').write_bytes(text.encode())
        (place / 'signature').write_bytes(signature)
        answer = subprocess.run(
            ['openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', '-keyform', 'DER', '-inkey',
             'key.der', '-in', 'text', '-sigfile', 'signature'],
            cwd=folder, capture_output=True, text=True)
        return answer.returncode == 0


class Case(unittest.TestCase):
    cluster: Cluster  # of the module that runs

    def project(self, kind=Project, folder=True):
        project = kind(self.cluster)
        self.addCleanup(project.remove)
        if folder:
            (project.folder / 'varve.toml').write_text(
                'organisation = "example.com"\n[checkpoints]\nfolder = "checkpoints"\n')
        project.write('0001_first', 'CREATE TABLE first (id int);', 'DROP TABLE first;')
        return project

    def ok(self, answer):
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        return answer

    def refused(self, answer, reason, code):
        self.assertIn(f'[{reason}]', answer.stderr, answer.stdout)
        self.assertEqual(answer.returncode, code, answer.stderr)

    def key_file(self, project):
        return pathlib.Path(f'{project.ledger}.key')

    def held_by_target(self, project):
        """size and note of each row, smallest first"""
        rows = project.sql("SELECT size, encode(root, 'hex'), encode(note, 'hex') "
                           'FROM varve.checkpoint ORDER BY size')
        return [(int(size), root, bytes.fromhex(note).decode())
                for size, root, note in (row.split('|') for row in rows.splitlines())]

    def in_folder(self, project):
        folder, = (project.folder / 'checkpoints').iterdir()
        return {path.name: path.read_text() for path in folder.iterdir()}

    def check_note(self, project, note, signer_count=1):
        """Every signature holds, by openssl and the public keys that the ledger names."""
        origin, size, root, text, signatures = parse(note)
        self.assertEqual(len(signatures), signer_count, note)
        known = {key['key_id']: key for key in project.document('keys')['keys']}
        for name, key_id, signature in signatures:
            self.assertEqual(name, known[key_id]['name'])
            self.assertEqual(name, origin)
            self.assertTrue(openssl_accepts(known[key_id]['public_key'], text, signature))
            self.assertFalse(openssl_accepts(known[key_id]['public_key'], text + 'x', signature))
        return size, root
