"""Undoing without a transaction, and after a failed run."""
import signal
import subprocess

from varve import Cluster
from applying import Case


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class WithoutTransaction(Case):
    INDEXES = ('0002_indexes',
               'CREATE INDEX CONCURRENTLY a_x ON a (x);\nCREATE INDEX CONCURRENTLY a_y ON a (y);\n',
               'DROP INDEX CONCURRENTLY a_y;\nDROP INDEX CONCURRENTLY a_x;\n')

    def indexes(self, project):
        return project.sql("SELECT count(*) FROM pg_class WHERE relname IN ('a_x', 'a_y')")

    def table(self):
        return self.applied(('0001_a', 'CREATE TABLE a (x int, y int);', 'DROP TABLE a;'),
                            self.INDEXES)

    def test_up_and_down(self):
        """without a transaction: indexes are dropped concurrently, up and down and up again"""
        project = self.table()
        for _ in range(2):
            self.exits(0, project.varve('rollback'))
            self.assertEqual(self.indexes(project), '0')
            self.exits(0, project.varve('run'))
            self.assertEqual(self.indexes(project), '2')
        self.agrees(project)

    def test_failure(self):
        """without a transaction: a down script that failed goes on where it stopped"""
        project = self.table()
        down = project.migrations / '0002_indexes.down.sql'
        down.write_text('DROP INDEX CONCURRENTLY a_y;\nDROP INDEX CONCURRENTLY a_z;\n')
        self.exits(9, project.varve('rollback'))
        self.assertEqual(self.states(project)['0002'], 'partially-rolled-back')
        self.assertRegex(self.exits(4, project.varve('run')).stderr, 'varve rollback .*--only 0002')
        down.write_text('DROP INDEX CONCURRENTLY a_y;\nDROP INDEX CONCURRENTLY a_x;\n')
        answer = self.exits(0, project.varve('rollback', '--only', '2'))
        self.assertIn('goes on at statement 2 of 2', answer.stdout)
        self.assertEqual(self.indexes(project), '0')
        self.agrees(project)

    def test_nothing_left(self):
        """without a transaction: where the rest has been taken out of the file, nothing is left to run"""
        project = self.table()
        project.write('0003_more', 'CREATE INDEX CONCURRENTLY a_xy ON a (x, y);\nSELECT 1/0;', 'DROP INDEX a_xy;')
        self.exits(9, project.varve('run'))
        project.write('0003_more', 'CREATE INDEX CONCURRENTLY a_xy ON a (x, y);', 'DROP INDEX a_xy;')
        for words in (['dry-run', '--no-rehearsal'], ['run']):
            answer = self.exits(0, project.varve(*words))
            self.assertIn('has no statement left to run', answer.stdout)
            self.assertNotIn('goes on at', answer.stdout)
        self.agrees(project)

    def test_killed(self):
        """without a transaction: killed within DROP INDEX CONCURRENTLY, the next rollback ends it"""
        project = self.table()
        # The reader makes the second DROP wait for it.
        reader = subprocess.Popen(['psql', '-X', '-q', project.url], stdin=subprocess.PIPE,
                                  stdout=subprocess.DEVNULL, text=True)
        self.addCleanup(reader.wait)
        self.addCleanup(reader.stdin.close)
        (project.migrations / '0002_indexes.down.sql').write_text(
            'DROP INDEX CONCURRENTLY a_y;\n-- the reader has come\n'
            'DROP INDEX CONCURRENTLY a_x;\n')
        self.exits(0, project.varve('rollback'))
        self.exits(0, project.varve('run'))
        reader.stdin.write('BEGIN; SELECT count(*) FROM a;\n')
        reader.stdin.flush()
        self.wait_for(project, "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'a'::regclass")
        process = project.start('rollback')
        self.wait_for(project, "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE "
                               "'DROP INDEX%' AND wait_event_type = 'Lock'")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        reader.stdin.write('COMMIT;\n')
        reader.stdin.flush()
        self.exits(0, project.varve('rollback'))
        self.assertEqual(self.indexes(project), '0')
        self.assertEqual(self.states(project)['0002'], 'rolled-back')
        self.agrees(project)


class AfterAFailure(Case):
    def failing(self, down='DROP TABLE b;'):
        project = self.applied(('0001_a', 'CREATE TABLE a (id int);', 'DROP TABLE a;'))
        project.write('0002_b', 'CREATE TABLE b (id int);', down)
        project.write('0003_c', 'CREATE TABLE c (id int);', 'DROP TABLE c;')
        project.write('0004_d', 'CREATE TABLE d (id int);\nSELECT 1/0;', 'DROP TABLE d;')
        return project

    def test_undone(self):
        """run --on-failure rollback: what the run applied is undone, and what was there stays"""
        project = self.failing()
        size = len(project.events())
        answer = self.exits(9, project.varve('run', '--on-failure', 'rollback'))
        self.assertIn('Of this run: Undone: 2 migrations', answer.stdout)
        self.assertEqual(project.sql("SELECT count(*) FROM pg_class WHERE relname ~ '^[a-d]$'"), '1')
        self.assertEqual(self.states(project), {'0001': 'applied', '0002': 'rolled-back',
                                                '0003': 'rolled-back', '0004': 'failed'})
        events = project.events()[size:]
        kinds = [e['type'].rsplit('.', 1)[0] for e in events]
        self.assertLess(kinds.index('run-finished'), kinds.index('rollback-started'))
        self.assertEqual(kinds[-3:],
                         ['rollback-finished', 'checkpoint-witnessed', 'checkpoint-signed'])
        self.assertEqual(len({e['correlation'] for e in events}), 1)
        document = project.document('run', '--on-failure', 'rollback')
        self.assertEqual(document['rollback']['undone_count'], 2)
        self.assertEqual(document['failure']['version'], '0004')
        self.agrees(project)

    def test_refused(self):
        """run --on-failure rollback: a missing down script is said before anything is applied"""
        project = self.failing(down=None)
        answer = self.exits(4, project.varve('run', '--on-failure', 'rollback'))
        self.assertIn('error[down-missing]: no down script for "0002"', answer.stderr)
        self.assertIn('down-missing', self.exits(4, project.varve(
            'dry-run', '--on-failure', 'rollback')).stderr)
        self.assertEqual(len(project.events('attempt-started')), 1)
        self.assertIn('policy', self.exits(4, project.varve(
            'run', '--on-failure', 'rollback', env={'MIGRATION_ROLLBACK_ENABLED': 'false'})).stderr)

    def test_in_part(self):
        """run --on-failure rollback: below a half-applied migration nothing is undone"""
        project = self.failing()
        project.write('0004_d', '-- varve: transaction off\nCREATE TABLE d (id int);\nSELECT 1/0;',
                      'DROP TABLE d;')
        answer = self.exits(9, project.varve('run', '--on-failure', 'rollback'))
        self.assertIn('Not undone: 2 migrations of this run stay applied.', answer.stdout)
        self.assertIn('"0004" is applied only in part: 1 of 2 statements', answer.stderr)
        project.write('0004_d', '-- varve: transaction off\nCREATE TABLE d (id int);\nSELECT 1;',
                      'DROP TABLE d;')
        self.exits(0, project.varve('run'))
        self.agrees(project)

    def test_killed(self):
        """run --on-failure rollback: killed while it undoes, the next command settles it"""
        project = self.failing(down='SELECT pg_sleep(20); DROP TABLE b;')
        process = project.start('run', '--on-failure', 'rollback')
        self.wait_for(project, "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE "
                               "'SELECT pg_sleep(20)%' AND wait_event = 'PgSleep'")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        project.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE wait_event = 'PgSleep'")
        self.exits(0, project.varve('recover'))
        self.assertEqual(self.states(project), {'0001': 'applied', '0002': 'applied',
                                                '0003': 'rolled-back', '0004': 'failed'})
        finished = project.events('rollback-finished')[-1]['data']
        self.assertEqual([finished[f'{what}_count'] for what in ('undone', 'failed', 'skipped')],
                         [1, 1, 0])
        self.agrees(project)
