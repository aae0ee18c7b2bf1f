"""The main job as an operator sees it: verbs, exit codes, text and JSON."""
import json
import os
import signal
import subprocess
import time
import unittest

from varve import CLEAN, PROGRAM, SAMPLE, Cluster, Project

BROKEN = '20260209090000_payments.up.sql'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


def wait_for(case, project, question):
    for _ in range(400):
        if project.sql(question) == 't':
            return
        time.sleep(0.05)
    case.fail(f'never true: {question}')


class Case(unittest.TestCase):
    def project(self, migrations=None):
        project = Project(cluster, migrations)
        self.addCleanup(project.remove)
        return project

    def sample(self, correct=True):
        project = self.project(SAMPLE / 'migrations')
        if correct:
            path = project.migrations / BROKEN
            path.write_text(path.read_text().replace('payed_at', 'paid_at'))
        return project

    def expect(self, code, answer):
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer


class Running(Case):
    def test_twice(self):
        """run: applies everything once, and a second run does and records nothing"""
        project = self.sample()
        self.expect(0, project.varve('run', '--init'))
        self.assertEqual(len(project.markers()), 7)
        before = project.document('status')['computed_at']
        stored = sorted(os.listdir(project.ledger / 'events'))
        answer = self.expect(0, project.varve('run'))
        self.assertIn('Nothing to do', answer.stdout)
        self.assertEqual(project.document('status')['computed_at'], before)
        # Not even opened for writing, which would leave a log behind each time.
        self.assertEqual(sorted(os.listdir(project.ledger / 'events')), stored)

    def test_failure(self):
        """run: a failing migration leaves nothing, and the ledger keeps where and why"""
        project = self.sample(correct=False)
        answer = self.expect(9, project.varve('run', '--init'))
        self.assertIn('payed_at', answer.stdout + answer.stderr)
        self.assertIn(f'{BROKEN}:10:', answer.stdout + answer.stderr)
        self.assertEqual(project.sql("SELECT to_regclass('payments')"), '')
        failed, = [e['data'] for e in project.events('attempt-failed')]
        self.assertEqual((failed['sqlstate'], failed['line'], failed['statement_index']),
                         ('42703', 10, 1))
        path = project.migrations / BROKEN
        path.write_text(path.read_text().replace('payed_at', 'paid_at'))
        answer = self.expect(0, project.varve('run'))
        self.assertEqual(len(project.markers()), 7)
        self.assertEqual(len(project.events('migration-revised')), 1)

    def test_dry_run(self):
        """dry-run: shows the plan and changes nothing, ledger and target included"""
        project = self.sample()
        answer = self.expect(0, project.varve('dry-run'))
        self.assertIn('20260105090000', answer.stdout)
        self.expect(3, project.varve('dry-run', '--exit-code'))
        self.assertFalse(project.ledger.exists())
        self.assertEqual(project.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'varve'"),
                         '0')

    def test_to(self):
        """run --to and --count: apply a part, and the rest later"""
        project = self.sample()
        self.expect(0, project.varve('run', '--init', '--to', '20260112090000'))
        self.assertEqual(len(project.markers()), 2)
        self.expect(0, project.varve('run', '--count', '1'))
        self.assertEqual(len(project.markers()), 3)
        self.expect(3, project.varve('status', '--exit-code'))
        self.expect(0, project.varve('run'))
        self.expect(0, project.varve('status', '--exit-code'))

    def test_rollback(self):
        """rollback: step by step and to nothing, then up again"""
        project = self.sample()
        empty = cluster.schema(project.database)
        self.expect(0, project.varve('run', '--init'))
        full = cluster.schema(project.database)
        self.expect(0, project.varve('rollback'))
        self.assertEqual(project.sql("SELECT to_regclass('open_orders')"), '')
        self.expect(0, project.varve('rollback', '--to', '20260119090000', '--yes'))
        self.assertEqual(project.sql("SELECT to_regclass('orders')"), 'orders')
        self.expect(0, project.varve('rollback', '--to', '0', '--yes'))
        self.assertEqual(cluster.schema(project.database), empty)
        self.expect(0, project.varve('run'))
        self.assertEqual(cluster.schema(project.database), full)
        self.expect(0, project.varve('verify'))

    def test_as_of(self):
        """status --as-of: says what was so then, and the same when asked again"""
        project = self.sample()
        self.expect(0, project.varve('run', '--init', '--count', '2'))
        then = project.document('status')
        size = then['computed_at']['size']
        self.expect(0, project.varve('run'))
        again = project.document('replay', '--as-of', size)
        for name, value in then['computed_at'].items():
            self.assertEqual(again['computed_at'][name], value)
        past = project.document('status', '--as-of', size)
        self.assertEqual(past['computed_at'], again['computed_at'])
        applied = [m['version'] for m in again['targets'][0]['migrations']
                   if m['state'] == 'applied']
        self.assertEqual(applied, ['20260105090000', '20260112090000'])
        self.assertEqual(project.varve('replay', '--as-of', size, '--format', 'json').stdout,
                         project.varve('replay', '--as-of', size, '--format', 'json').stdout)

    def test_show(self):
        """show --raw: the stored line, whose leaf is the SHA-256 that show says"""
        import hashlib
        project = self.sample()
        self.expect(0, project.varve('run', '--init', '--count', '1'))
        line = project.varve('show', '0', '--raw').stdout.encode().rstrip(b'\n')
        leaf = hashlib.sha256(b'\0' + line).hexdigest()
        self.assertEqual(project.document('show', '0')['leaf'], leaf)
        registered = project.events('migration-registered')[0]
        digest = registered['data']['up']['digest']
        text = project.varve('show', f'content:{digest}').stdout
        self.assertEqual(text, (project.migrations / registered['data']['path']).read_text())
        document = project.document('show', f'content:{digest}')
        self.assertEqual((document['digest'], document['content']), (digest, text))


class Refusing(Case):
    def reason(self, document):
        return document['error']['reason']

    def test_no_ledger(self):
        """run: without a ledger it says so, exit 2"""
        project = self.sample()
        self.expect(2, project.varve('run'))
        self.assertEqual(self.reason(project.document('run')), 'ledger-missing')

    def test_unreachable(self):
        """run: a server that is not there is exit 11, and no password is shown"""
        project = self.sample()
        project.url = 'postgresql://me:secret-word@127.0.0.1:1/none'
        answer = self.expect(11, project.varve('run', '--init'))
        self.assertNotIn('secret-word', answer.stdout + answer.stderr)
        self.assertNotIn('secret-word', project.varve('config').stdout)

    def test_changed(self):
        """run: a file changed after it was applied is refused, exit 7, and that is kept"""
        project = self.sample()
        self.expect(0, project.varve('run', '--init', '--count', '2'))
        path = project.migrations / '20260105090000_customers.up.sql'
        text = path.read_text()
        path.write_text(text + '-- a word more\n')
        self.expect(7, project.varve('run'))
        self.assertEqual(len(project.events('run-refused')), 1)
        path.write_text(text)
        self.expect(0, project.varve('run'))

    def test_missing(self):
        """run: an applied migration without its file is refused, exit 7"""
        project = self.sample()
        self.expect(0, project.varve('run', '--init', '--count', '2'))
        (project.migrations / '20260105090000_customers.up.sql').unlink()
        (project.migrations / '20260105090000_customers.down.sql').unlink()
        self.assertEqual(self.reason(project.document('run')), 'difference-missing')

    def test_order(self):
        """run: a late migration is refused, exit 4, unless it is asked for"""
        project = self.sample()
        self.expect(0, project.varve('run', '--init'))
        project.write('20260106000000_late', 'CREATE TABLE late (id int);\n')
        self.expect(4, project.varve('run'))
        self.expect(0, project.varve('run', '--out-of-order'))

    def test_behind(self):
        """run: a target that lacks what the ledger says it has is refused, exit 7"""
        project = self.sample()
        self.expect(0, project.varve('run', '--init'))
        project.sql("DELETE FROM varve.__migrations_metadata WHERE version = '20260112090000'")
        self.assertEqual(self.reason(project.document('run')), 'difference-behind')

    def test_ahead(self):
        """run: a target with another ledger's markers is refused, exit 7"""
        project = self.sample()
        self.expect(0, project.varve('run', '--init', '--count', '1'))
        project.ledger = project.folder / 'another'
        self.assertEqual(self.reason(project.document('run', '--init')), 'difference-ahead')

    def test_cloned(self):
        """run: a copy of a database is not taken for the original, exit 7"""
        project = self.sample()
        self.expect(0, project.varve('run', '--init'))
        copied = project.database + '_copy'
        cluster.sql('postgres', f'CREATE DATABASE {copied} TEMPLATE {project.database}')
        project.url = cluster.url(copied)
        self.assertEqual(self.reason(project.document('run')), 'difference-cloned')

    def test_invalid(self):
        """validate and run: a syntax error has its file, line and caret, and nothing is run"""
        project = self.sample()
        project.write('20270101000000_bad', 'CREATE TABLE fine (id int);\nCREATE TABEL bad ();\n')
        answer = self.expect(4, project.varve('validate'))
        self.assertIn('20270101000000_bad.up.sql:2:', answer.stdout + answer.stderr)
        self.assertIn('^', answer.stdout + answer.stderr)
        self.expect(4, project.varve('run', '--init'))
        self.assertEqual(project.sql("SELECT to_regclass('customers')"), '')

    def test_psql(self):
        """validate: lines for psql and inline COPY data are refused by name"""
        project = self.project()
        project.write('1_set', "\\set x 1\nSELECT :x;\n")
        project.write('2_copy', "CREATE TABLE t (a int);\nCOPY t FROM STDIN;\n1\n\\.\n")
        answer = self.expect(4, project.varve('validate'))
        self.assertIn('psql-meta-command', answer.stdout + answer.stderr)
        self.assertIn('copy-inline-data', answer.stdout + answer.stderr)

    def test_down_missing(self):
        """rollback: without a down script nothing is touched, exit 4"""
        project = self.project()
        project.write('1_a', 'CREATE TABLE a (id int);\n', 'DROP TABLE a;\n')
        project.write('2_b', 'CREATE TABLE b (id int);\n')
        self.expect(0, project.varve('run', '--init'))
        self.assertEqual(self.reason(project.document('rollback', '--to', '0', '--yes')),
                         'down-missing')
        self.assertEqual(project.sql("SELECT to_regclass('b')"), 'b')

    def test_usage(self):
        """the command line: what it does not understand is exit 2"""
        for words in (['frobnicate'], ['run', '--no-such-flag'], [], ['replay']):
            answer = subprocess.run([PROGRAM, *words], env=CLEAN, capture_output=True, text=True)
            self.assertEqual(answer.returncode, 2, words)
        answer = subprocess.run([PROGRAM, 'run', '--help'], env=CLEAN, capture_output=True,
                                text=True)
        self.assertEqual(answer.returncode, 0)
        self.assertIn('Example', answer.stdout)

    def test_json_alone(self):
        """--format json: stdout is one document, also where a migration fails"""
        project = self.sample(correct=False)
        answer = project.varve('run', '--init', '--format', 'json')
        document = json.loads(answer.stdout)
        self.assertEqual(answer.returncode, 9)
        self.assertEqual(document['operation'], 'run')
        self.assertIn('schema_version', document)
        self.assertEqual(document['outcome'], 'failed')
        self.assertEqual(document['failure']['sqlstate'], '42703')


class Locking(Case):
    def slow(self):
        project = self.project()
        project.write('1_slow', 'CREATE TABLE slow (id int);\nSELECT pg_sleep(4);\n')
        return project

    SLEEPING = ("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' "
                "AND pid <> pg_backend_pid() AND datname = current_database() "
                "AND query LIKE '%pg_sleep%')")

    def test_two(self):
        """two runs at once: one runs, the other gives up with exit 8 and names the holder"""
        project = self.slow()
        other = Project(cluster, project.migrations)
        self.addCleanup(other.remove)
        other.url = project.url
        process = project.start('run', '--init')
        wait_for(self, project, self.SLEEPING)
        answer = self.expect(8, other.varve('run', '--init', '--lock-wait', '1s'))
        self.assertIn('pid', answer.stdout + answer.stderr)
        self.expect(8, project.varve('run', '--lock-wait', '1s'))  # the ledger's own lock
        process.communicate()
        self.assertEqual(process.returncode, 0)

    def test_cancel(self):
        """SIGINT: the statement is cancelled, nothing stays, exit 130, and a run goes on"""
        project = self.slow()
        process = project.start('run', '--init')
        wait_for(self, project, self.SLEEPING)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(len(project.events('attempt-cancelled')), 1)
        self.assertEqual(project.sql("SELECT to_regclass('slow')"), '')
        self.expect(0, project.varve('run'))

    def test_lock_timeout(self):
        """run: a table that stays locked is tried again, then exit 8, every try kept"""
        project = self.project()
        project.write('1_a', 'CREATE TABLE a (id int);\n')
        self.expect(0, project.varve('run', '--init'))
        project.write('2_b', 'ALTER TABLE a ADD COLUMN b int;\n')
        holder = subprocess.Popen(
            ['psql', '-X', '-q', '-d', project.url, '-c',
             'BEGIN; LOCK TABLE a; SELECT pg_sleep(30)'], env=CLEAN,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(holder.wait)
        self.addCleanup(holder.kill)
        wait_for(self, project, "SELECT EXISTS (SELECT FROM pg_locks WHERE mode = "
                               "'AccessExclusiveLock' AND relation = 'a'::regclass AND granted)")
        self.expect(8, project.varve('run', '--lock-timeout', '200ms', '--lock-retries', '2'))
        self.assertEqual([e['data']['cause'] for e in project.events('attempt-failed')],
                         ['lock_timeout'] * 3)

    def test_terminated_backend(self):
        """run: a server process ended by somebody leaves nothing, and the next run goes on"""
        project = self.slow()
        process = project.start('run', '--init')
        wait_for(self, project, self.SLEEPING)
        project.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active' "
                    "AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep%'")
        process.communicate(timeout=20)
        self.assertIn(process.returncode, (9, 10))
        self.expect(0, project.varve('run'))
        self.assertEqual(len(project.events('attempt-succeeded')), 1)


class WithoutTransaction(Case):
    def test_in_doubt(self):
        """a CALL that was killed is in doubt, exit 10, until a person lets the marker tell"""
        project = self.project()
        project.write('1_p', 'CREATE TABLE a (id int);\nCREATE PROCEDURE fill() LANGUAGE plpgsql AS '
                             '$$ BEGIN INSERT INTO a VALUES (1); COMMIT; PERFORM pg_sleep(3); END $$;')
        self.expect(0, project.varve('run', '--init'))
        project.write('2_c', '-- varve: transaction off\nCALL fill();\n')
        process = project.start('run')
        wait_for(self, project, "SELECT EXISTS (SELECT FROM a)")
        process.kill()
        process.communicate()
        self.expect(10, project.varve('run'))
        self.expect(10, project.varve('recover'))
        self.assertEqual(project.document('run')['error']['reason'], 'statement-in-doubt')
        project.sql("UPDATE varve.__migrations_metadata SET statements_done = statements_total "
                    "WHERE version = '2'")
        self.expect(0, project.varve('recover', '--reason', 'looked: the row is there'))
        settled = project.events('attempt-succeeded')[-1]
        self.assertEqual(settled['data']['settled_from'], 'marker')
        self.assertEqual(settled['reason'], 'looked: the row is there')
        self.assertIn('Nothing to do', self.expect(0, project.varve('run')).stdout)

    def test_resume(self):
        """a file that is not one transaction stops in the middle, and goes on there"""
        project = self.project()
        project.write('1_a', 'CREATE TABLE a (id int, n int);\n'
                             'INSERT INTO a VALUES (1, 7), (2, 7);\n')
        project.write('2_i', 'CREATE INDEX CONCURRENTLY a_id ON a (id);\n'
                             'CREATE UNIQUE INDEX CONCURRENTLY a_n ON a (n);\n'
                             'ALTER TABLE a ADD COLUMN late int;\n')
        self.expect(9, project.varve('run', '--init'))
        failed = project.events('attempt-failed')[-1]['data']
        self.assertEqual((failed['statements_done'], failed['resumable']), (1, True))
        project.sql('UPDATE a SET n = 8 WHERE id = 2')
        self.expect(0, project.varve('run'))
        self.assertEqual(project.sql('SELECT count(*) FROM pg_index WHERE NOT indisvalid'), '0')
        self.assertEqual(project.sql("SELECT count(*) FROM pg_class WHERE relname LIKE 'a\\_%'"), '2')
        started = [e['data']['first_statement_index'] for e in project.events('attempt-started')]
        self.assertEqual(started, [0, 0, 1])

    def test_enum(self):
        """a value that is added to an enum and used in one file is found out, and run apart"""
        project = self.project()
        project.write('1_e', "CREATE TYPE mood AS ENUM ('fine');\nCREATE TABLE m (m mood);\n")
        project.write('2_v', "ALTER TYPE mood ADD VALUE 'bad';\nINSERT INTO m VALUES ('bad');\n")
        self.expect(0, project.varve('run', '--init'))
        self.assertEqual(project.sql('SELECT m FROM m'), 'bad')

    def test_embedded_commit(self):
        """a COMMIT in the middle is refused with advice, and run where the file declares it"""
        project = self.project()
        project.write('1_c', 'CREATE TABLE a (id int);\nCOMMIT;\nCREATE TABLE b (id int);\n')
        self.expect(4, project.varve('run', '--init'))
        project.write('1_c', '-- varve: transaction off\nBEGIN;\nCREATE TABLE a (id int);\nCOMMIT;\n'
                             'CREATE TABLE b (id int);\n')
        self.expect(0, project.varve('run', '--init'))


if __name__ == '__main__':
    unittest.main()
