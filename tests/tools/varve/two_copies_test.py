"""Two copies of one ledger that meet at a target: one waits for the other, and is told."""
import shutil
import unittest

from meddling import RUN_LOCK, wait_until
from varve import Cluster, Project

LOCKED = f'SELECT count(*) FROM pg_locks WHERE {RUN_LOCK}'
REASONS = r'\[(ledger-behind-witness|checkpoint-contradicted)\]'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class TwoCopies(unittest.TestCase):

    def setUp(self):
        self.ours = Project(cluster)
        self.addCleanup(self.ours.remove)
        self.ours.write('0001_first', 'CREATE TABLE first (id int);', 'DROP TABLE first;')
        self.good(self.ours.varve('run', '--init'))
        self.theirs = self.copy_of(self.ours)

    def copy_of(self, project):
        copy = object.__new__(Project)
        copy.__dict__.update(project.__dict__)
        copy.folder = project.folder.with_name(project.folder.name + '.copy')
        shutil.copytree(project.folder, copy.folder)
        copy.ledger, copy.migrations = copy.folder / 'ledger', copy.folder / 'migrations'
        shutil.copy(f'{project.ledger}.key', f'{copy.ledger}.key')
        self.addCleanup(copy.remove)
        return copy

    def good(self, answer, code=0):
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer.stdout + answer.stderr

    def begin_ours(self, text):
        """Ours runs 0002, and has the run lock."""
        self.ours.write('0002_slow', text, 'SELECT 1;')
        process = self.ours.start('run')
        wait_until(lambda: self.ours.sql(LOCKED) == '1')
        return process

    def test_waited(self):
        """who waited for another copy's run applies and writes nothing on what that one has ended"""
        count = len(self.theirs.events())
        self.theirs.write('0002_other', 'CREATE TABLE other (id int);', 'DROP TABLE other;')
        process = self.begin_ours('SELECT pg_sleep(2.5); SELECT 1/0;')
        said = self.good(self.theirs.varve('run'), 7)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 9)
        self.assertRegex(said, REASONS)
        self.assertEqual(self.ours.sql("SELECT to_regclass('other')"), '')
        self.assertEqual(len(self.theirs.events()), count)
        self.assertEqual(self.ours.varve('run').returncode, 9)  # the one that goes on still may

    def test_in_doubt(self):
        """a copy with an attempt in doubt does not settle what the other one has settled"""
        process = self.begin_ours('SELECT pg_sleep(4);')
        wait_until(lambda: self.ours.sql("SELECT count(*) FROM pg_stat_activity "
                                         "WHERE wait_event = 'PgSleep'") == '1')
        process.kill()
        process.communicate(timeout=30)
        self.theirs.remove()
        self.theirs = self.copy_of(self.ours)
        count = len(self.theirs.events())
        again = self.ours.start('run')
        wait_until(lambda: self.ours.sql(LOCKED) == '1')
        said = self.good(self.theirs.varve('run'), 7)
        again.communicate(timeout=30)
        self.assertEqual(again.returncode, 0)
        self.assertRegex(said, REASONS)
        self.assertEqual(len(self.theirs.events()), count)


if __name__ == '__main__':
    unittest.main()
