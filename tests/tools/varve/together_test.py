"""run --transaction all: everything that is pending in one transaction, or nothing of it."""
import signal
import subprocess
import time
import unittest

from applying import Case
from varve import Cluster


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


ALL = ('run', '--init', '--transaction', 'all')


class Together(Case):
    def test_all(self):
        """--transaction all: one transaction on the server, and each migration on record"""
        project = self.project(
            ('0001_a', 'CREATE TABLE a (id int PRIMARY KEY, by xid8 DEFAULT pg_current_xact_id());\n'
             'INSERT INTO a VALUES (1);\n'),
            ('0002_b', 'BEGIN;\nINSERT INTO a VALUES (2);\nCOMMIT;\n'),
            ('0003_c', 'INSERT INTO a VALUES (3);\n', 'DELETE FROM a WHERE id = 3;\n'))
        answer = self.exits(0, project.varve(*ALL))
        self.assertIn('Applied: 3 migrations', answer.stdout)
        self.assertEqual(project.sql('SELECT count(*), count(DISTINCT by::text) FROM a'), '3|1')
        self.assertEqual([m[1] for m in project.markers()], ['0001', '0002', '0003'])
        self.assertEqual(set(self.states(project).values()), {'applied'})
        [started] = project.events('run-started')
        self.assertIn({'gate': 'transaction', 'passed': True,
                       'detail': 'all 3 migrations in one transaction'}, started['data']['gates'])
        self.exits(0, project.varve('verify'))
        self.exits(0, project.varve('rollback'))
        self.exits(0, project.varve('run', '--transaction', 'all'))

    def test_failure(self):
        """--transaction all: where one fails, the message names it, and nothing stays"""
        project = self.project(('0001_a', 'CREATE TABLE a (id int);\n'),
                               ('0002_b', 'CREATE TABLE b (id int);\nSELECT 1 / 0;\n'),
                               ('0003_c', 'CREATE TABLE c (id int);\n'))
        answer = self.exits(9, project.varve(*ALL))
        self.assertIn('0002_b.up.sql:2', answer.stderr)
        self.assertIn('Nothing stays in the database: it was one transaction.', answer.stdout)
        self.assertEqual(project.sql("SELECT to_regclass('a') IS NULL"), 't')
        self.assertEqual(project.markers(), [])
        self.assertEqual(self.states(project), {'0001': 'pending', '0002': 'failed',
                                                '0003': 'pending'})
        failure = project.document(*ALL[:1], *ALL[2:])['failure']
        self.assertEqual((failure['version'], failure['line']), ('0002', 2))
        said = project.varve('history').stdout  # the first ran, and was undone with it
        self.assertIn('0 applied, 1 failed, 2 not applied', said)
        self.exits(0, project.varve('verify'))

    def test_sessions(self):
        """--transaction all: what one file sets, prepares or keeps does not meet the next one"""
        project = self.project(
            ('0001_a', "SET search_path = pg_catalog;\nSET LOCAL datestyle = 'German';\n"
             'CREATE TEMP TABLE left_over ();\nPREPARE one AS SELECT 1;\n'
             'CREATE TABLE public.kept (path text, style text);\n'),
            ('0002_b', "INSERT INTO kept VALUES (current_setting('search_path'),"
             " current_setting('datestyle'));\nCREATE TEMP TABLE left_over ();\n"
             'PREPARE one AS SELECT 1;\n'))
        self.exits(0, project.varve(*ALL))
        self.assertEqual(project.sql('SELECT * FROM kept'), '"$user", public|ISO, MDY')

    def test_refused(self):
        """--transaction all: a file that is no transaction, or has a mode of its own, is refused"""
        project = self.project(('0001_a', 'CREATE TABLE a (id int);\n'),
                               ('0002_b', 'CREATE INDEX CONCURRENTLY a_id ON a (id);\n'))
        answer = self.exits(4, project.varve(*ALL))
        self.assertIn('error[not-one-transaction]: 0002_b.up.sql', answer.stderr)
        self.assertRegex(answer.stderr, 'varve run .*--to 0002')
        self.assertEqual(project.sql("SELECT to_regclass('a') IS NULL"), 't')
        self.exits(4, project.varve('dry-run', '--transaction', 'all', '--no-rehearsal'))
        self.exits(0, project.varve('run', '--transaction', 'all', '--to', '0001'))
        self.exits(0, project.varve('run'))

        project = self.project(
            ('0001_a', 'CREATE TABLE a (id int);\n'),
            ('0002_b', 'BEGIN ISOLATION LEVEL SERIALIZABLE;\nCREATE TABLE b ();\nCOMMIT;\n'))
        answer = self.exits(4, project.varve(*ALL))
        self.assertIn('0002_b.up.sql:1: a transaction with a mode of its own', answer.stderr)
        self.assertEqual(project.sql("SELECT to_regclass('a') IS NULL"), 't')

    def test_shared(self):
        """--transaction all: what only sharing a transaction brings about is told"""
        project = self.project(
            ('0001_a', "CREATE TYPE mood AS ENUM ('sad');\n"),
            ('0002_b', 'CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE a (\n  p int REFERENCES p'
             ' DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1);\n'),
            ('0003_c', 'CREATE TABLE c (id int);\n'))
        answer = self.exits(9, project.varve(*ALL))
        self.assertIn('2/3  0002  b  failed', answer.stdout)
        self.assertIn('violates foreign key constraint', answer.stderr)
        self.assertEqual(self.states(project)['0003'], 'pending')
        project.write('0002_b', "SELECT 1;\n")
        self.exits(0, project.varve('run', '--transaction', 'all'))
        project.write('0004_d', "ALTER TYPE mood ADD VALUE 'glad';\n")
        project.write('0005_e', "CREATE TABLE e (m mood DEFAULT 'glad');\n")
        answer = self.exits(9, project.varve('run', '--transaction', 'all'))
        self.assertIn('It cannot share a transaction: ', answer.stderr)
        self.exits(0, project.varve('run'))

    def test_apart(self):
        """--transaction all: no file can undo another, or change how the next one's constraints act"""
        project = self.project(('0001_a', 'CREATE TABLE a (id int);\nSAVEPOINT s;\n'),
                               ('0002_b', 'CREATE TABLE b ();\n'),
                               ('0003_c', 'ROLLBACK TO SAVEPOINT s;\nSELECT 1;\n'))
        answer = self.exits(9, project.varve(*ALL))
        self.assertIn('savepoint "s" does not exist', answer.stderr)
        self.assertEqual(project.sql("SELECT to_regclass('a') IS NULL"), 't')
        self.exits(0, project.varve('verify'))

        deferred = ('CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE c (p int REFERENCES p'
                    ' DEFERRABLE INITIALLY DEFERRED);\n')
        project = self.project(
            ('0001_a', deferred + 'INSERT INTO c VALUES (1);\nINSERT INTO p VALUES (1);\n'
             'SET CONSTRAINTS ALL IMMEDIATE;\n'),
            ('0002_b', 'INSERT INTO c VALUES (2);\nINSERT INTO p VALUES (2);\n'),
            ('0003_c', 'ALTER TABLE c ADD COLUMN note text;\n'))
        self.exits(0, project.varve(*ALL))
        self.assertEqual(project.sql('SELECT count(*) FROM c'), '2')
        project = self.project(('0001_a', deferred + 'INSERT INTO c VALUES (1);\n'),
                               ('0002_b', 'INSERT INTO p VALUES (1);\n'))
        answer = self.exits(9, project.varve(*ALL))
        self.assertIn('1/2  0001  a  failed', answer.stdout)

    def test_marker(self):
        """--transaction all: a file that touches the markers of one before it undoes all"""
        project = self.project(
            ('0001_a', 'CREATE TABLE a (id int);\n'),
            ('0002_b', "UPDATE varve.__migrations_metadata SET name = 'other';\n"))
        answer = self.exits(9, project.varve(*ALL))
        self.assertIn('has changed the marker table', answer.stderr)
        self.assertEqual(project.markers(), [])

    def test_lock(self):
        """--transaction all: a lock time-out begins all of it again; SIGINT leaves nothing"""
        project = self.project(('0000_z', 'CREATE TABLE z (id int);\n'))
        self.exits(0, project.varve('run', '--init'))
        project.write('0001_a', 'CREATE TABLE a (id int);\n')
        project.write('0002_b', 'ALTER TABLE z ADD COLUMN name text;\n')
        holder = self.hold(project)
        run = project.start('run', '--transaction', 'all', '--lock-timeout', '200ms')
        self.wait_for_failures(project, 1)
        self.release(holder)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 0, out + err)
        self.assertGreaterEqual(len(project.events('attempt-failed')), 1)
        self.assertEqual(set(self.states(project).values()), {'applied'})

        project.write('0003_c', 'CREATE TABLE c (id int);\n')
        project.write('0004_d', 'SELECT pg_sleep(60);\n')
        run = project.start('run', '--transaction', 'all')
        for _ in range(200):
            if project.sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%'"
                           " AND pid <> pg_backend_pid() AND state = 'active'") != '0':
                break
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 130, out + err)
        self.assertIn('Nothing stays in the database', out)
        self.assertEqual(project.sql("SELECT to_regclass('c') IS NULL"), 't')
        self.assertEqual(self.states(project)['0003'], 'pending')
        self.exits(0, project.varve('verify'))

    def hold(self, project):
        # A session that holds the table's lock until its input ends.
        holder = subprocess.Popen(['psql', '-X', '-qAt', '-d', project.url], text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        holder.stdin.write('BEGIN;\nLOCK TABLE z;\nSELECT 1;\n')
        holder.stdin.flush()
        self.assertEqual(holder.stdout.readline(), '1\n')
        return holder

    def release(self, holder):
        holder.stdin.close()
        holder.wait(timeout=20)
        holder.stdout.close()

    def wait_for_failures(self, project, count):
        for _ in range(200):
            if len(project.events('attempt-failed')) >= count:
                return
            time.sleep(0.05)
        self.fail('nothing failed')


if __name__ == '__main__':
    unittest.main()
