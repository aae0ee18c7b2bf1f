"""A flipped bit in the ledger's files is found by `varve verify`."""
import json
import os
import random
import resource
import shutil
import subprocess
import time
import unittest

from varve import CLEAN, PROGRAM, SAMPLE, Cluster, Project

SEED = int(os.environ.get('VARVE_SEED', time.time_ns() % 1_000_000))
FLIPS = 400 if os.environ.get('VARVE_SOAK') == '1' else 40


def setUpModule():
    global cluster, project
    cluster = Cluster()
    project = Project(cluster, SAMPLE / 'migrations')
    project.varve('run', '--init')  # the sample's sixth migration fails, which is history too


def tearDownModule():
    project.remove()
    cluster.stop()


def flip(path, offset, bit):
    data = bytearray(path.read_bytes())
    data[offset] ^= 1 << bit
    path.write_bytes(data)


class Damage(unittest.TestCase):
    def copy(self):
        copied = project.folder / 'copy'
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(project.ledger, copied)
        return copied

    def verify(self, ledger, *words):
        real, project.ledger = project.ledger, ledger
        try:
            return project.varve('verify', *words)
        finally:
            project.ledger = real

    def found(self, ledger, *words):
        return json.loads(self.verify(ledger, *words, '--format', 'json').stdout)

    def test_whole(self):
        """verify: a copy of a whole ledger is whole"""
        answer = self.verify(self.copy())
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn('OK', answer.stdout)

    def test_random(self):
        """verify: any flipped bit in the files that hold the events is found"""
        chance = random.Random(SEED)
        files = [path for path in sorted((project.ledger / 'events').iterdir())
                 if path.suffix in ('.log', '.sst') and path.stat().st_size > 0]
        self.assertTrue(files)
        weights = [path.stat().st_size for path in files]
        for _ in range(FLIPS):
            path = chance.choices(files, weights)[0]
            offset, bit = chance.randrange(path.stat().st_size), chance.randrange(8)
            copied = self.copy()
            flip(copied / 'events' / path.name, offset, bit)
            answer = self.verify(copied)
            self.assertEqual(answer.returncode, 7, f'seed {SEED}: bit {bit} of byte {offset} of '
                             f'{path.name}: {answer.stdout}{answer.stderr}')

    def test_no_descriptors(self):
        """verify: too few open files say nothing about the ledger: an error, and no verdict"""
        for few in (6, 8):
            answer = subprocess.run(project.arguments('verify'), env=CLEAN, text=True,
                                    cwd=project.folder, capture_output=True, timeout=60,
                                    preexec_fn=lambda few=few: resource.setrlimit(
                                        resource.RLIMIT_NOFILE, (few, few)))
            self.assertEqual(answer.returncode, 1, answer.stdout + answer.stderr)
            self.assertIn('error[ledger-unreachable]', answer.stderr)
            self.assertIn('ulimit -n', answer.stderr)
            self.assertNotIn('NOT WHOLE', answer.stdout)

    def test_no_threads(self):
        """review --ack: too little memory for a thread more is an error, whichever one it is, and no abort"""
        for megabytes in range(60, 108, 4):
            ledger = self.copy()
            size = megabytes << 20
            answer = subprocess.run(
                [PROGRAM, 'review', '--ack', '--to', '3', '--reason', 'r', '--ledger', ledger],
                env=CLEAN, text=True, cwd=project.folder, capture_output=True, timeout=60,
                preexec_fn=lambda size=size: resource.setrlimit(resource.RLIMIT_AS, (size, size)))
            said = f'{megabytes} MiB: {answer.stdout}{answer.stderr}'
            self.assertIn(answer.returncode, (0, 1), said)
            self.assertEqual(self.verify(ledger).returncode, 0, said)

    def test_lost_tail(self):
        """verify: a ledger whose newest events are cut off is found, by its anchor"""
        copied = self.copy()
        logs = [path for path in (copied / 'events').glob('*.log') if path.stat().st_size > 4096]
        if not logs:
            self.skipTest('nothing is in the write-ahead log')
        newest = max(logs, key=lambda path: path.stat().st_mtime_ns)
        os.truncate(newest, newest.stat().st_size - 2000)
        self.assertEqual(self.verify(copied).returncode, 7)

    def test_no_writing(self):
        """run: a damaged ledger is never written to"""
        copied = self.copy()
        path = max((path for ending in ('*.log', '*.sst')
                    for path in (copied / 'events').glob(ending)),
                   key=lambda path: path.stat().st_size)
        flip(path, path.stat().st_size // 2, 3)
        before = {path: path.read_bytes() for path in (copied / 'events').iterdir()}
        real, project.ledger = project.ledger, copied
        try:
            answer = project.varve('run')
        finally:
            project.ledger = real
        self.assertEqual(answer.returncode, 7, answer.stdout + answer.stderr)
        self.assertEqual(before, {path: path.read_bytes() for path in before})

    def older(self):
        """An older copy's events under the newer anchor; and the ledger is as it was."""
        older = self.copy().rename(project.folder / 'older')
        self.addCleanup(shutil.rmtree, older)
        copied = self.copy()
        answer = subprocess.run([PROGRAM, 'review', '--ack', '--to', '3', '--reason', 'r', '--ledger', copied],
                                env=CLEAN, text=True, cwd=project.folder, capture_output=True, timeout=60)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        shutil.rmtree(copied / 'events')
        shutil.copytree(older / 'events', copied / 'events')
        return copied

    def flipped(self):
        copied = self.copy()
        path = max((copied / 'events').glob('*.sst'), key=lambda path: path.stat().st_size)
        flip(path, path.stat().st_size // 3, 3)
        return copied

    def unanchored(self):
        copied = self.copy()
        (copied / 'anchor').unlink()
        return copied

    def test_witnesses(self):
        """verify --witnesses: what was found of a ledger that cannot be opened is told all the same"""
        for make in (self.flipped, self.older, self.unanchored):
            copied = make()
            plain, answer = self.verify(copied), self.verify(copied, '--witnesses')
            self.assertEqual((plain.returncode, answer.returncode), (7, 7), answer.stdout + answer.stderr)
            self.assertTrue(answer.stdout.startswith(plain.stdout), answer.stdout)
            self.assertIn('not looked at: what the witnesses hold', answer.stdout)
            document, asked = self.found(copied), self.found(copied, '--witnesses')
            for name in ('faults', 'event_count', 'root'):
                self.assertEqual(document[name], asked[name])
            self.assertIn('what the witnesses hold', asked['not_looked_at'][0])

    def test_record(self):
        """verify --record: what was found of a ledger that cannot be written to is told all the same"""
        copied = self.unanchored()
        answer = self.verify(copied, '--record')
        self.assertEqual(answer.returncode, 7)
        self.assertIn('error[anchor-missing]', answer.stderr)
        document = self.found(copied, '--record')
        self.assertEqual(document['faults'][0]['what'], 'anchor-disagrees')
        self.assertIsNone(document['recorded_at_position'])

    def test_fast(self):
        """verify --fast, --since: a cut end is found without a checkpoint to start from, or one beyond it"""
        copied = self.older()
        kept = project.folder / 'kept.checkpoint'
        answer = project.varve('checkpoint', '--output', kept)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        events = len(project.events())
        for words in (['--fast'], ['--since', kept]):
            answer = self.verify(copied, *words)
            self.assertEqual(answer.returncode, 7, answer.stdout + answer.stderr)
            self.assertIn(f'tail-cut at position {events}', answer.stdout)

    def test_views(self):
        """verify: read models that cannot be read are no fault, and are said not to be looked at"""
        copied = self.copy()
        self.assertEqual(self.found(copied)['not_looked_at'], [])
        (copied / 'views' / 'CURRENT').unlink()
        answer = self.verify(copied)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn('not looked at: the stored read models: ', answer.stdout)
        shutil.rmtree(copied / 'views')
        self.assertNotIn('not looked at', self.verify(copied).stdout)


if __name__ == '__main__':
    unittest.main()
