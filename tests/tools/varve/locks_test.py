"""Locks that others hold: who they are, what is tried again, and a lock whose client is gone."""
import os
import signal
import time
import unittest

from meddling import Meddled, Proxy, Session, wait_until
from varve import Cluster, stepped

SOAK = os.environ.get('VARVE_SOAK') == '1'
FAILS_TWICE = ("DO $$ BEGIN IF nextval('public.tries') < 3 THEN "
               "RAISE EXCEPTION 'no luck' USING ERRCODE = '{}'; END IF; END $$;\nCREATE TABLE a ();")


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Locks(Meddled, unittest.TestCase):
    def project(self, *migrations):
        return stepped(self, cluster, *migrations)

    def holder(self, project, sql):
        """Another session, with what it has begun."""
        holder = Session(cluster, project.database, 'report')
        self.addCleanup(holder.close)
        holder.ask(sql)
        return holder

    def test_holder(self):
        """a table that another holds: exit 8, and message, document and event name who, since when"""
        project = self.project('ALTER TABLE a ADD b int;')
        project.sql('CREATE TABLE a ()')
        holder = self.holder(project, "BEGIN; SELECT 'a secret of another' FROM a")
        words = ['--lock-timeout', '600ms', '--lock-retries', '1']
        answer = project.varve('run', '--init', *words)
        self.assertEqual(answer.returncode, 8, answer.stderr)
        sentence = (f'waiting for AccessExclusiveLock on relation public.a, held (AccessShareLock) by '
                    f'pid {holder.pid} (report, user postgres, from local), idle in transaction since 20')
        self.assertIn(sentence, answer.stdout)
        self.assertRegex(answer.stderr, r'try 2, in .* lock timeout; waiting for AccessExclusiveLock')
        document = project.document('run', *words)
        self.assertIn(sentence, document['failure']['detail'])
        for event in project.events('attempt-failed'):
            self.assertEqual(event['data']['cause'], 'lock_timeout')
            self.assertIn(sentence, event['data']['detail'])
        self.assertNotIn('secret', answer.stdout + answer.stderr)
        holder.ask('COMMIT')
        self.assertEqual(project.varve('run').returncode, 0)
        self.check_whole(project, ['0001'])

    def test_short(self):
        """who holds the lock is known before a short lock_timeout has run out, too"""
        project = self.project('ALTER TABLE a ADD b int;')
        project.sql('CREATE TABLE a ()')
        holder = self.holder(project, 'BEGIN; SELECT FROM a')
        answer = project.varve('run', '--init', '--lock-timeout', '300ms', '--lock-retries', '3')
        self.assertEqual(answer.returncode, 8, answer.stderr)
        told = [e['data']['detail'] or '' for e in project.events('attempt-failed')]
        self.assertEqual(len(told), 4)
        # Not each, lest a busy machine fail it.
        self.assertGreaterEqual(sum(f'by pid {holder.pid} (report' in each for each in told), 2, told)

    def test_leftover(self):
        """a lock time-out while an earlier try's index is dropped is tried again, as any other"""
        project = self.project('CREATE TABLE a (id int);', "SET lock_timeout = '200ms';\n"
                               'CREATE INDEX CONCURRENTLY i ON a (id);')
        self.assertEqual(project.varve('run', '--init', '--count', 1).returncode, 0)
        writer = self.holder(project, 'BEGIN; INSERT INTO a VALUES (1)')
        process = project.start('run', '--lock-retries', '40')
        wait_until(lambda: any('dropping the invalid index' in e['data']['message']
                               for e in project.events('attempt-failed')))
        writer.ask('COMMIT')
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0, err)
        self.check_whole(project, ['0001', '0002'])

    def test_row(self):
        """a row that another has changed is a wait for that other"""
        project = self.project('UPDATE a SET id = 2;')
        project.sql('CREATE TABLE a (id int); INSERT INTO a VALUES (1)')
        holder = self.holder(project, 'BEGIN; UPDATE a SET id = 3')
        answer = project.varve('run', '--init', '--lock-timeout', '600ms', '--lock-retries', '0')
        self.assertEqual(answer.returncode, 8, answer.stderr)
        self.assertRegex(answer.stdout, r'waiting for ShareLock on a transaction \(a row of public.a\)'
                         rf', held \(ExclusiveLock\) by pid {holder.pid} \(report')

    def test_prepared(self):
        """a prepared transaction that holds a table is named, and no session is"""
        project = self.project('ALTER TABLE a ADD b int;')
        project.sql("CREATE TABLE a (id int); BEGIN; INSERT INTO a VALUES (1); "
                    "PREPARE TRANSACTION 'left over'")
        words = ['--lock-timeout', '2s', '--lock-retries', '0']
        answer = project.varve('run', '--init', *words)
        self.assertEqual(answer.returncode, 8, answer.stderr)
        self.assertIn('waiting for AccessExclusiveLock on relation public.a, held (RowExclusiveLock) '
                      'by the prepared transaction "left over" (user postgres), prepared since 20',
                      answer.stdout)
        project.sql("ROLLBACK PREPARED 'left over'")
        self.assertEqual(project.varve('run').returncode, 0)

    def test_retry_on(self):
        """other failures are tried again only where --retry-on or the configuration names them"""
        for state, end in (('40001', 9), ('40P01', 9), ('55P03', 9)):
            with self.subTest(state):
                project = self.project(FAILS_TWICE.format(state))
                project.sql('CREATE SEQUENCE public.tries')
                self.assertEqual(project.varve('run', '--init').returncode, end)
                self.assertEqual(len(project.events('attempt-failed')), 1)
                project.sql("SELECT setval('public.tries', 1, false)")
                answer = project.varve('run', '--retry-on', f'40999,{state}')
                self.assertEqual(answer.returncode, 0, answer.stderr)
                self.assertIn('try 3', answer.stderr)
                self.assertEqual(len(project.events('attempt-failed')), 3)
                self.check_whole(project, ['0001'])
        project = self.project(FAILS_TWICE.format('40001'))
        project.sql('CREATE SEQUENCE public.tries')
        (project.folder / 'varve.toml').write_text('[run]\nretry_on = ["40001"]\n')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        answer = project.varve('run', '--retry-on', '4000')
        self.assertEqual(answer.returncode, 2)
        self.assertIn('is not a SQLSTATE', answer.stderr)

    def test_nowait(self):
        """NOWAIT tried again in vain is a lock that was not to be had: exit 8"""
        project = self.project('LOCK TABLE a NOWAIT;')
        project.sql('CREATE TABLE a ()')
        holder = Session(cluster, project.database)
        self.addCleanup(holder.close)
        holder.ask('BEGIN; LOCK TABLE a')
        words = ['run', '--init', '--lock-retries', '2']
        self.assertEqual(project.varve(*words).returncode, 9)
        self.assertEqual(project.varve(*words, '--retry-on', '55P03').returncode, 8)

    def test_gone(self):
        """the lock of a client that is killed behind a silent proxy, or frozen, is free in 10 seconds"""
        quick = '' if SOAK else '&options=-c%20idle_in_transaction_session_timeout%3D4s'
        script = 'CREATE TABLE a ();\nSELECT pg_sleep(2);'
        killed, frozen, alive = (self.project(script) for _ in range(3))
        alive.write('0001_step', 'CREATE TABLE a ();\nSELECT pg_sleep(11);')
        proxy = Proxy(cluster)
        self.addCleanup(proxy.close)
        killed_url, frozen_url = killed.url, frozen.url
        killed.url = proxy.url(cluster, killed.database) + quick
        frozen.url += quick
        processes = [project.start('run', '--init') for project in (killed, frozen, alive)]
        for project in (killed, frozen, alive):
            self.wait_for(project, 'pg_sleep')
        proxy.freeze()
        processes[0].send_signal(signal.SIGKILL)
        processes[0].communicate()
        processes[1].send_signal(signal.SIGSTOP)
        began = time.monotonic()
        wait_until(lambda: not self.has_run_lock(killed) and not self.has_run_lock(frozen), 10)
        took = time.monotonic() - began
        print(f'        both run locks were free after {took:.1f} s')
        self.assertTrue(self.has_run_lock(alive), 'a client that is there keeps its lock')

        killed.url = killed_url
        answer = killed.varve('run')  # waits for the fence, until the server has ended the session
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('Settled', answer.stdout)
        self.check_whole(killed, ['0001'])

        processes[1].send_signal(signal.SIGCONT)
        out, err = processes[1].communicate(timeout=20)
        self.assertEqual(processes[1].returncode, 9, out + err)
        self.assertEqual(frozen.markers(), [])
        self.assertEqual(frozen.sql("SELECT to_regclass('a')"), '')
        self.assertEqual(frozen.events('attempt-failed')[0]['data']['cause'], 'connection_lost')
        frozen.url = frozen_url
        self.assertEqual(frozen.varve('run').returncode, 0)
        self.check_whole(frozen, ['0001'])

        out, err = processes[2].communicate(timeout=20)
        self.assertEqual(processes[2].returncode, 0, out + err)


if __name__ == '__main__':
    unittest.main()
