"""A flipped bit in the ledger's files is found by `varve verify`."""
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

    def verify(self, ledger):
        real, project.ledger = project.ledger, ledger
        try:
            return project.varve('verify')
        finally:
            project.ledger = real

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


if __name__ == '__main__':
    unittest.main()
