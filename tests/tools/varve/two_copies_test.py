"""Two copies of one ledger that meet at a target: one waits for the other, and is told."""
import re
import shutil
import subprocess
import unittest

from meddling import RUN_LOCK, wait_until
from varve import CLEAN, PROGRAM, Answers, Cluster, Project

LOCKED = f'SELECT count(*) FROM pg_locks WHERE {RUN_LOCK}'
REASONS = r'\[(ledger-behind-witness|checkpoint-contradicted)\]'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class TwoCopies(Answers, unittest.TestCase):

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

    def part(self):
        """Theirs, copied once more, goes on by one migration; ours writes one event of its own."""
        self.theirs.write('0002_other', 'CREATE TABLE other (id int);', 'DROP TABLE other;')
        self.good(self.theirs.varve('run'))
        self.ours.write('0002_other', 'CREATE TABLE other (id int);', 'DROP TABLE other;')
        size = self.ours.document('verify')['size']
        self.good(self.ours.varve('ledger', 'backup', self.ours.folder / 'nightly'))
        return size

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

    def test_lock_not_obtained(self):
        """who never had the lock gives the target no checkpoint, and the run that has it goes on"""
        self.theirs.write('0002_other', 'CREATE TABLE other (id int);', 'DROP TABLE other;')
        process = self.begin_ours('SELECT pg_sleep(4);')
        self.assertIn('[lock-not-obtained]', self.good(self.theirs.varve('run', '--lock-wait', '1s'), 8))
        self.assertIsNone(process.poll())
        last, = self.theirs.events('lock-waited')
        self.assertEqual(self.theirs.events('checkpoint-signed')[-1]['data']['size'], last['position'] + 1)
        _, said = process.communicate(timeout=30)
        self.assertEqual((process.returncode, said), (0, ''))
        newest = self.ours.events('checkpoint-signed')[-1]['data']['size']
        self.assertEqual(self.ours.sql('SELECT max(size) FROM varve.checkpoint'), str(newest))
        self.ours.write('0003_last', 'CREATE TABLE last (id int);', 'DROP TABLE last;')
        self.good(self.ours.varve('run'))
        self.assertRegex(self.good(self.theirs.varve('run'), 7), REASONS)

    def test_bookkeeping(self):
        """an older copy with an event of its own says where it parted, and how the whole one comes back"""
        size = self.part()
        said = self.good(self.ours.varve('run'), 7)
        self.assertIn('[ledger-behind-witness]', said)
        self.assertIn('write nothing else to it', said)
        words = ('ledger', 'restore', self.theirs.ledger, '--replace')
        for more in (), ('--accept-loss', '--reason', 'x'):
            said = self.good(self.ours.varve(*words, *more), 7)
            self.assertIn('[restore-contradicted]', said)
            self.assertIn(f'old ledger ({size + 1} events): it parts from the copy at position {size}, '
                          'and has of its own from there: 1 ledger-copied', said)
        self.assertEqual(self.ours.document('verify')['size'], size + 1)
        way_out = re.search('(mv .*--to [^;]*);', said).group(1)
        way_out = way_out.replace('varve ', f'{PROGRAM} ', 1)
        pasted = subprocess.run(way_out, shell=True, capture_output=True, text=True,
                                cwd=self.ours.folder,
                                env={**CLEAN, 'DATABASE_URL': self.ours.url})
        self.assertIn('One of the two goes on from here', self.good(pasted))
        self.good(self.ours.varve('run'))
        self.good(self.ours.varve('verify', '--witnesses', '--strict'))
        self.assertTrue((self.ours.folder / 'parted-ledger').is_dir())

    def test_same_ledger(self):
        """markers of this very ledger that it never wrote are told as another copy's, with who and when"""
        self.part()
        self.ours.sql('DROP TABLE varve.checkpoint')  # of a machine without the key
        size = self.ours.sql('SELECT max(ledger_size) FROM varve.__migrations_metadata')
        said = self.good(self.ours.varve('run'), 7)
        self.assertIn('[difference-ahead]', said)
        self.assertRegex(said, f'another copy of it did, .* when it had {size} events')
        self.assertIn('Two copies of one ledger', said)
        self.assertNotIn("another project's", said)


if __name__ == '__main__':
    unittest.main()
