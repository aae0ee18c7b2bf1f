"""A clock that was ahead once: that day stays in the ledger, and who runs or asks is told."""
import datetime
import shutil
import subprocess
import unittest

from varve import CLEAN, Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


@unittest.skipUnless(shutil.which('faketime'), 'faketime is not installed')
class Clocks(unittest.TestCase):
    def setUp(self):
        self.project = Project(cluster)
        self.addCleanup(self.project.remove)
        self.project.write('0001_a', 'CREATE TABLE a (id int);', 'DROP TABLE a;')

    def ahead(self, *words):
        """The program with a clock that is 400 days ahead; the server keeps its own."""
        return subprocess.run(['faketime', '-f', '+400d', *self.project.arguments(*words)], env=CLEAN,
                              cwd=self.project.folder, capture_output=True, text=True, timeout=600)

    def run_well(self, *words):
        answer = self.project.varve(*words)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        return answer

    def test_server(self):
        """run: with another time than the target's server it warns, and with the same it does not"""
        answer = self.ahead('run', '--init')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertRegex(answer.stderr, "warning.*: the target's server says that it is ")
        self.project.write('0002_b', 'CREATE TABLE b (id int);', 'DROP TABLE b;')
        self.assertNotIn("server says", self.run_well('run').stderr)

    def test_ahead(self):
        """run, rollback and status: they warn while the newest event is ahead of our clock"""
        self.assertNotIn('on the ledger is of', self.run_well('run', '--init').stderr)
        self.assertIsNone(self.project.document('status')['ahead_of_clock'])
        leapt = len(self.project.events())
        self.project.write('0002_b', 'CREATE TABLE b (id int);', 'DROP TABLE b;')
        self.assertEqual(self.ahead('run').returncode, 0)
        said = f'warning: from event {leapt} on the ledger is of '
        for words in (('status',), ('status', '--as-of', '1'), ('run',), ('run', '--quiet'),
                      ('rollback', '--yes')):
            answer = self.run_well(*words)
            self.assertEqual(answer.stderr.count(said), 1, answer.stderr)
        ahead = self.project.document('status')['ahead_of_clock']
        self.assertEqual(ahead['position'], leapt)
        recorded_at_us = self.project.events()[leapt]['recorded_at_us']
        self.assertEqual(ahead['recorded_at'][:19], datetime.datetime.fromtimestamp(
            recorded_at_us // 1_000_000, datetime.timezone.utc).isoformat()[:19])


if __name__ == '__main__':
    unittest.main()
