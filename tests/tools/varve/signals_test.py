"""Real signals to the real program, at every place where it waits."""
import fcntl
import os
import pty
import signal
import socket
import subprocess
import termios
import time
import unittest

from meddling import Meddled, Session, wait_until
from varve import CLEAN, Cluster, stepped

# What is deferred runs before the COMMIT, unless it defers itself once more.
SLOW_COMMIT = ("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
               "'BEGIN IF NEW.id < 0 THEN PERFORM pg_sleep(3); ELSE SET CONSTRAINTS ALL DEFERRED; "
               "INSERT INTO a VALUES (-1); END IF; RETURN NULL; END';\n"
               'CREATE TABLE a (id int);\n'
               'CREATE CONSTRAINT TRIGGER late AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED '
               'FOR EACH ROW EXECUTE FUNCTION slow();\n'
               'INSERT INTO a VALUES (1);\n')


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Signals(Meddled, unittest.TestCase):
    def project(self, *migrations):
        return stepped(self, cluster, *migrations)

    def session(self, project, name='psql'):
        session = Session(cluster, project.database, name)
        self.addCleanup(session.close)
        return session

    def end(self, process, *signals, within=3.0):
        """Its exit code and what it said, after those signals."""
        began = time.monotonic()
        for each in signals:
            process.send_signal(each)
            time.sleep(0.05)
        out, err = process.communicate(timeout=20)
        self.assertLess(time.monotonic() - began, within, err)
        return process.returncode, out, err

    def test_statement(self):
        """SIGINT, SIGTERM and SIGHUP cancel the statement that runs: 130 or 143, and the lock is free"""
        for each, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)):
            with self.subTest(each.name):
                project = self.project('CREATE TABLE a ();\nSELECT pg_sleep(60);')
                process = project.start('run', '--init')
                self.wait_for(project, 'pg_sleep')
                ended, out, err = self.end(process, each)
                self.assertEqual(ended, code, err)
                self.assertIn(f'Cancelled by {each.name}', out)
                self.assertFalse(self.runs(project, 'pg_sleep'))
                self.assertEqual(self.advisory_locks(project), 0)
                self.assertEqual(project.sql("SELECT to_regclass('a')"), '')
                cancelled, = project.events('attempt-cancelled')
                self.assertEqual(cancelled['data']['signal'], each.name)
                self.assertEqual(project.events('run-finished')[0]['data']['outcome'], 'cancelled')
                project.write('0001_step', 'CREATE TABLE a ();')
                self.assertEqual(project.varve('run').returncode, 0)
                self.check_whole(project, ['0001'])

    def test_concurrent_index(self):
        """cancelled in CREATE INDEX CONCURRENTLY: the next run drops the carcass and builds it anew"""
        project = self.project('CREATE TABLE a (id int);', 'CREATE INDEX CONCURRENTLY i ON a (id);')
        self.assertEqual(project.varve('run', '--init', '--count', 1).returncode, 0)
        writer = self.session(project)
        writer.ask('BEGIN; INSERT INTO a VALUES (1)')
        process = project.start('run')
        invalid = "SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('i') AND NOT indisvalid"
        wait_until(lambda: project.sql(invalid) == '1')
        code, out, err = self.end(process, signal.SIGINT)
        self.assertEqual(code, 130, err)
        self.assertEqual(project.sql(invalid), '1')
        self.assertEqual(self.advisory_locks(project), 0)
        process = project.start('run')
        wait_until(lambda: project.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                                       "current_database() AND query LIKE 'DROP INDEX%'") == '1')
        code, out, err = self.end(process, signal.SIGINT)
        self.assertEqual(code, 130, 'also while what is left of it is dropped: ' + err)
        writer.ask('COMMIT')
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(project.sql("SELECT string_agg(indexrelid::regclass || ' ' || indisvalid, "
                                     "',') FROM pg_index WHERE indrelid = 'a'::regclass"), 'i true')
        self.check_whole(project, ['0001', '0002'])

    def test_run_lock(self):
        """a signal ends the wait for the run lock, and the message and the event name the holder"""
        project = self.project('CREATE TABLE a ();')
        self.assertEqual(project.varve('init').returncode, 0)
        holder = self.session(project, 'somebody else')
        holder.ask('SELECT pg_advisory_lock(1986097782, 1)')
        for each, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = project.start('run', '--lock-wait', '60s')
            self.wait_for_waiter(project)
            ended, _, err = self.end(process, each)
            self.assertEqual(ended, code, err)
            self.assertIn(f'stopped by {each.name} while waiting for the lock', err)
            self.assertIn(f'held by pid {holder.pid} (somebody else, from local) since 20', err)
        waited = project.events('lock-waited')[-1]['data']
        self.assertFalse(waited['obtained'])
        self.assertEqual(str(waited['holder_pid']), holder.pid)
        self.assertEqual(project.events('run-started'), [])

        process = project.start('run', '--lock-wait', '60s')
        self.wait_for_waiter(project)
        time.sleep(1.3)
        holder.close()
        self.assertEqual(process.wait(20), 0)
        process.communicate()
        waited = project.events('lock-waited')[-1]['data']
        self.assertTrue(waited['obtained'])
        self.assertEqual(waited['holder_application'], 'somebody else')

    def wait_for_waiter(self, project):
        wait_until(lambda: project.sql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                                       "'%FROM pg_catalog.pg_locks l%' AND pid <> pg_backend_pid()")
                   != '0')

    def test_retry_pause(self):
        """a signal ends the pause before a retry, and every try has its outcome in the ledger"""
        project = self.project('ALTER TABLE a ADD b int;')
        project.sql('CREATE TABLE a ()')
        holder = self.session(project)
        holder.ask('BEGIN; LOCK TABLE a')
        process = project.start('run', '--init', '--lock-timeout', '50ms', '--lock-retries', '50')
        for line in process.stderr:
            if ': try 6, in ' in line:  # 0.8 s at least
                break
        code, _, err = self.end(process, signal.SIGTERM, within=0.7)
        self.assertEqual(code, 143, err)
        self.assertGreaterEqual(len(project.events('attempt-failed')), 5)
        holder.ask('COMMIT')
        self.assertEqual(project.varve('run').returncode, 0)
        self.check_whole(project, ['0001'])

    def test_ledger_lock(self):
        """a signal ends the wait for the ledger's own lock"""
        project = self.project('CREATE TABLE a ();')
        self.assertEqual(project.varve('init').returncode, 0)
        with open(project.ledger / 'writer.lock', 'rb+') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = project.start('run', '--lock-wait', '60s')
            time.sleep(0.5)
            code, _, err = self.end(process, signal.SIGINT)
        self.assertEqual(code, 130, err)
        self.assertIn('error[interrupted]', err)
        self.assertEqual(project.varve('run').returncode, 0)

    def test_commit(self):
        """a signal during COMMIT: that migration is applied all the same, then the run stops"""
        project = self.project(SLOW_COMMIT, 'CREATE TABLE b ();')
        process = project.start('run', '--init')
        self.wait_for(project, 'COMMIT')
        code, out, err = self.end(process, signal.SIGINT, within=6)
        self.assertEqual(code, 130, err)
        self.assertIn('1 migration applied, 1 not', out)
        self.assertEqual(project.sql('SELECT count(*) FROM a WHERE id > 0'), '1')
        self.assertEqual(project.varve('run').returncode, 0)
        self.check_whole(project, ['0001', '0002'])

    def test_long_commit(self):
        """a signal during a COMMIT that takes long: what is waited for is said, once"""
        project = self.project(SLOW_COMMIT.replace('sleep(3)', 'sleep(6)'), 'SELECT 1;')
        process = project.start('run', '--init')
        self.wait_for(project, 'COMMIT')
        code, _, err = self.end(process, signal.SIGTERM, within=9)
        self.assertEqual(code, 143, err)
        self.assertEqual(err.count('warning: asked to stop, and waiting'), 1, err)

    def test_marker_row_held(self):
        """a marker that another session still writes: exit 8, with what to do, and then it goes on"""
        project = self.project('CREATE TABLE a ();')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        project.sql("DELETE FROM varve.__migrations_metadata")
        holder = self.session(project)
        holder.ask('BEGIN; LOCK TABLE varve.__migrations_metadata IN SHARE MODE')
        decision = ('resolve', '0001', '--mark-applied', '--reason', 'it is there')
        answer = project.varve(*decision)
        self.assertEqual(answer.returncode, 8, answer.stderr)
        self.assertIn('error[lock-not-obtained]', answer.stderr)
        holder.ask('COMMIT')
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(len(project.markers()), 1)

    def test_marker_table_held(self):
        """SIGTERM while the markers cannot be read: nothing was begun, 143 within seconds"""
        project = self.project('CREATE TABLE a ();')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        holder = self.session(project)
        holder.ask('BEGIN; LOCK TABLE varve.__migrations_metadata IN ACCESS EXCLUSIVE MODE')
        process = project.start('run', '--lock-timeout', '1min')
        time.sleep(1.5)
        code, out, err = self.end(process, signal.SIGTERM)
        self.assertEqual(code, 143, err)
        self.assertIn('stopped by SIGTERM while reading the markers', err)
        holder.ask('COMMIT')

    def test_silent_webhook(self):
        """a signal while a webhook keeps silent: what was applied stands, and nobody waits 30 seconds"""
        project = self.project('CREATE TABLE a ();')
        with socket.create_server(('127.0.0.1', 0)) as silent:
            silent.settimeout(20)
            (project.folder / 'varve.toml').write_text(
                f'[checkpoints]\nwebhook = "http://127.0.0.1:{silent.getsockname()[1]}/"\n',
                encoding='utf-8')
            process = project.start('run', '--init')
            connection, _ = silent.accept()
            with connection:
                code, out, err = self.end(process, signal.SIGINT, within=6)
        self.assertEqual(code, 0, err)
        self.assertIn('Applied: 1 migration', out)
        self.assertIn('witness-unreachable', err)
        self.check_whole(project, ['0001'])

    def test_second(self):
        """a second SIGINT ends the process at once, and the next command settles what it left"""
        project = self.project(SLOW_COMMIT, 'CREATE TABLE b ();')
        process = project.start('run', '--init')
        self.wait_for(project, 'COMMIT')
        code, _, err = self.end(process, signal.SIGINT, signal.SIGINT, within=1)
        self.assertEqual(code, 130, err)
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('Settled what an earlier command left in doubt: "0001"', answer.stdout)
        self.check_whole(project, ['0001', '0002'])

    def test_second_other(self):
        """so does a second SIGTERM, and either after the other, where a second is between them"""
        for first, last, code in ((signal.SIGTERM, signal.SIGTERM, 143), (signal.SIGTERM, signal.SIGINT, 130)):
            project = self.project(SLOW_COMMIT)
            process = project.start('run', '--init')
            self.wait_for(project, 'COMMIT')
            process.send_signal(first)
            process.send_signal(first)  # as timeout(1) does
            time.sleep(1.2)
            self.assertIsNone(process.poll())
            self.assertEqual(self.end(process, last, within=1)[0], code)
            self.assertEqual(project.varve('run').returncode, 0)
            self.check_whole(project, ['0001'])

    def test_terminal(self):
        """a terminal that closes stops the run cleanly"""
        project = self.project('SELECT pg_sleep(60);')
        master, slave = pty.openpty()

        def own_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        process = subprocess.Popen(project.arguments('run', '--init'), env=CLEAN,
                                   cwd=project.folder, stdin=slave, stdout=slave, stderr=slave,
                                   preexec_fn=own_terminal)
        os.close(slave)
        self.wait_for(project, 'pg_sleep')
        os.close(master)
        self.assertEqual(process.wait(5), 143)
        self.assertEqual(project.events('attempt-cancelled')[0]['data']['signal'], 'SIGHUP')
        self.assertEqual(self.advisory_locks(project), 0)

    def test_pipe(self):
        """a reader that goes away (| head -1) does not stop a run: it ends whole, and says so (1)"""
        project = self.project(*(f'CREATE TABLE t_{n} ();\nSELECT pg_sleep(0.05);'
                                 for n in range(8)))
        process = project.start('run', '--init')
        process.stdout.readline()
        process.stdout.close()
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 1, err)
        self.assertIn('error[output-lost]', err)
        self.check_whole(project, [f'{n + 1:04d}' for n in range(8)])


if __name__ == '__main__':
    unittest.main()
