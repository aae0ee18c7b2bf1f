"""Ledgers that earlier versions have stored: opened, verified and understood for good."""
import json
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import unittest

from varve import CLEAN, PROGRAM, ROOT

GOLDEN = ROOT / 'tests' / 'golden'


def as_far_as(then, now):
    """What is said now, without members that a document did not have then."""
    if isinstance(then, dict) and isinstance(now, dict):
        return {name: as_far_as(then[name], now[name]) for name in then if name in now}
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [as_far_as(*each) for each in zip(then, now)]
    return now


class Stored(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='varve-stored.'))
        self.addCleanup(shutil.rmtree, self.folder)

    def document(self, ledger, *words):
        answer = subprocess.run([PROGRAM, *words, '--ledger', ledger, '--format', 'json'],
                                cwd=self.folder, env=CLEAN, capture_output=True, text=True,
                                timeout=120)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        return json.loads(answer.stdout)

    def test_stored(self):
        """a stored ledger of every version verifies, and says what it said then"""
        archives = sorted(GOLDEN.glob('ledger-*.tar.xz'))
        self.assertTrue(archives)
        for archive in archives:
            with self.subTest(archive.name):
                said = json.loads(archive.with_name(archive.name.replace('.tar.xz', '.json'))
                                  .read_text())
                ledger = self.folder / archive.name.removesuffix('.tar.xz')
                with tarfile.open(archive) as stored:
                    stored.extractall(ledger)
                whole = self.document(ledger, 'verify')
                self.assertTrue(whole['ok'])
                self.assertEqual((whole['size'], whole['root']), (said['size'], said['root']))
                events = self.document(ledger, 'history')['events']
                self.assertEqual([event['type'] for event in events], said['types'])
                now = self.document(ledger, 'replay', '--to', str(said['size']))
                for volatile in ('tool_version', 'time'):
                    now.pop(volatile, None), said['status'].pop(volatile, None)
                self.assertEqual(as_far_as(said['status'], now), said['status'])


if __name__ == '__main__':
    unittest.main()
