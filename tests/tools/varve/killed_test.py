"""A run killed at random moments, each time followed by the same command."""
import os
import random
import signal
import subprocess
import time
import unittest

from varve import CORPORA, Cluster, Project

KILLS = 10
SEED = int(os.environ.get('VARVE_SEED', time.time_ns() % 1_000_000))


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


def generated(project, count):
    """A long history: tables, columns, indexes built concurrently, functions."""
    for i in range(count):
        table = f't_{i // 4}'
        up = [f'CREATE TABLE {table} (id bigint PRIMARY KEY, name text);\n'
              f'INSERT INTO {table} SELECT n, \'row \' || n FROM generate_series(1, 500) n;\n',
              f'ALTER TABLE {table} ADD COLUMN note text;\n'
              f'UPDATE {table} SET note = upper(name);\n',
              f'CREATE INDEX CONCURRENTLY {table}_note ON {table} (note);\n',
              f'CREATE FUNCTION count_{table}() RETURNS bigint LANGUAGE sql AS '
              f'$$ SELECT count(*) FROM {table} $$;\n'][i % 4]
        project.write(f'{i + 1:05d}_step', up)


class Killed(unittest.TestCase):
    def measure(self, make):
        """How long a whole run takes, how long one with nothing to do, and its schema."""
        project = Project(cluster)
        self.addCleanup(project.remove)
        make(project)
        began = time.monotonic()
        answer = project.varve('run', '--init')
        self.assertEqual(answer.returncode, 0, answer.stderr + answer.stdout[-500:])
        middle = time.monotonic()
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        return middle - began, time.monotonic() - middle, cluster.schema(project.database)

    def kill(self, project, delay):
        """True where the process still ran when it was killed."""
        process = project.start('run', '--init')
        try:
            process.communicate(timeout=delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            return True
        self.assertEqual(process.returncode, 0)
        return False

    def check_history(self, project, migrations):
        """Ledger and markers agree, and every attempt has one outcome."""
        started = [e['data']['attempt'] for e in project.events('attempt-started')]
        succeeded = {e['data']['attempt']: e['data']['version']
                     for e in project.events('attempt-succeeded')}
        outcomes = sorted(list(succeeded) + [
            e['data']['attempt']
            for e in project.events('attempt-failed') + project.events('attempt-cancelled')])
        self.assertEqual(sorted(started), outcomes, 'every attempt has exactly one outcome')
        self.assertEqual(len(set(succeeded.values())), len(succeeded), 'each applied once')
        self.assertEqual(len(succeeded), migrations)
        whole = {m[0]: m[1] for m in project.markers() if m[3] == m[4]}
        self.assertEqual(whole, succeeded, 'markers and ledger tell the same')
        return len(started) - len(succeeded)

    def torture(self, make, migrations, expected=None):
        whole, nothing, schema = self.measure(make)
        chance = random.Random(SEED)
        project = Project(cluster)
        self.addCleanup(project.remove)
        make(project)
        killed = 0
        for _ in range(KILLS):
            delay = nothing * chance.uniform(0.2, 1.0) + chance.uniform(0, (whole - nothing) / 12)
            killed += self.kill(project, delay)
            if project.ledger.exists():
                answer = project.varve('verify')
                self.assertEqual(answer.returncode, 0, f'seed {SEED}: {answer.stdout}')
        answer = project.varve('run', '--init')
        self.assertEqual(answer.returncode, 0, f'seed {SEED}: {answer.stderr}{answer.stdout[-800:]}')
        self.assertEqual(cluster.schema(project.database), expected or schema, f'seed {SEED}')
        interrupted = self.check_history(project, migrations)
        self.assertEqual(project.varve('verify').returncode, 0)
        print(f'        seed {SEED}: {killed} of {KILLS} runs were killed, {interrupted} attempts '
              f'interrupted, {len(project.events("run-started"))} runs')
        self.assertGreaterEqual(killed, KILLS - 2, f'seed {SEED}: too few were still running')

    def test_generated(self):
        """killed ten times: a history with concurrent index builds ends whole, each applied once"""
        self.torture(lambda project: generated(project, 160), 160)

    @unittest.skipUnless((CORPORA / 'coder').exists(), f'there is no {CORPORA}/coder')
    def test_coder(self):
        """killed ten times: a real history of 362 migrations ends whole, each applied once"""
        lines = (CORPORA / 'coder' / 'expected_schema.sql').read_text().splitlines()
        expected = [line.rstrip() for line in lines if line.strip() and not line.startswith('--')]

        def make(project):
            project.migrations.rmdir()
            project.migrations.symlink_to(CORPORA / 'coder' / 'migrations')
        self.torture(make, 362, expected)


if __name__ == '__main__':
    unittest.main()
