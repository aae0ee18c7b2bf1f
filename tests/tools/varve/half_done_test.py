"""A CALL or DO that commits inside and is ended then: part of its work stays, and nobody guesses."""
import signal
import time
import unittest

from meddling import Meddled, Session, wait_until
from varve import Cluster, Project

BASE = 'CREATE TABLE a (id int);\nCREATE TABLE log (what int);\n'
OFF = '-- varve: transaction off\n'


def block(*statements):
    return 'DO $$ BEGIN ' + '; '.join(statements) + '; END $$;\n'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class HalfDone(Meddled, unittest.TestCase):
    def project(self, *migrations):
        project = Project(cluster)
        self.addCleanup(project.remove)
        for number, (up, down) in enumerate(((BASE, 'DROP TABLE a, log;\n'), *migrations), 1):
            project.write(f'{number:04d}_step', up, down)
        answer = project.varve('run', '--init', '--count', 1)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return project

    def holder(self, project):
        session = Session(cluster, project.database, 'report')
        self.addCleanup(session.close)
        session.ask('BEGIN; LOCK TABLE a IN SHARE MODE')
        return session

    def log(self, project):
        return project.sql("SELECT coalesce(string_agg(what::text, ',' ORDER BY what), '') FROM log")

    def settle(self, project, version, way):
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 10, answer.stderr)
        self.assertIn('statement-in-doubt', answer.stderr)
        answer = project.varve('resolve', version, way, '--reason', 'looked')
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_lock(self):
        """half done: what has committed inside is not tried again by itself when a lock times out"""
        project = self.project((OFF + block('INSERT INTO log VALUES (1)', 'COMMIT',
                                            'LOCK TABLE a IN ACCESS EXCLUSIVE MODE',
                                            'INSERT INTO log VALUES (2)'), ''))
        session = self.holder(project)
        answer = project.varve('run', '--lock-timeout', '200ms', '--lock-retries', '20')
        self.assertEqual(answer.returncode, 10, answer.stderr)
        self.assertIn('statement 1 (line 2) may have committed part of its work before it was ended: '
                      'canceling statement due to lock timeout', answer.stdout)
        self.assertRegex(answer.stdout, 'varve resolve .* 0002 --mark-applied')
        self.assertEqual(self.log(project), '1')
        session.ask('COMMIT')
        self.settle(project, '0002', '--mark-unapplied')
        project.sql('DELETE FROM log')
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(self.log(project), '1,2')
        self.check_whole(project, ['0001', '0002'])

    def test_lock_before(self):
        """half done: nothing is where the lock times out before the first commit: tried again"""
        project = self.project((OFF + block('LOCK TABLE a IN ACCESS EXCLUSIVE MODE',
                                            'INSERT INTO log VALUES (1)', 'COMMIT',
                                            'INSERT INTO log VALUES (2)'), ''))
        session = self.holder(project)
        process = project.start('run', '--lock-timeout', '200ms', '--lock-retries', '40')
        wait_until(lambda: len(project.events('attempt-failed')) >= 2)
        session.ask('COMMIT')
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0, out + err)
        self.assertEqual(self.log(project), '1,2')
        self.check_whole(project, ['0001', '0002'])

    def test_undo(self):
        """half done: --on-failure rollback undoes nothing below it"""
        project = self.project(('CREATE TABLE b (id int);', 'DROP TABLE b;'),
                               (OFF + block('INSERT INTO b VALUES (1)', 'COMMIT', 'PERFORM 1 / 0'),
                                'DELETE FROM b;'))
        answer = project.varve('run', '--on-failure', 'rollback')
        self.assertEqual(answer.returncode, 10, answer.stderr)
        self.assertIn('division by zero', answer.stdout)
        self.assertEqual(project.sql('SELECT count(*) FROM b'), '1')
        self.settle(project, '0003', '--mark-applied')
        self.assertEqual(project.varve('run').returncode, 0)
        self.check_whole(project, ['0001', '0002', '0003'])

    def test_signal(self):
        """half done: a signal in a CALL that has committed, found out only while it ran, is no plain end"""
        project = self.project(
            ('CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); COMMIT; '
             'PERFORM pg_sleep(30); END $$;', 'DROP PROCEDURE p;'),
            ('CREATE TABLE stays (id int);\nCALL p();\n', 'DROP TABLE stays;'))
        process = project.start('run')
        wait_until(lambda: self.log(project) == '1')
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 10, out + err)
        self.assertIn('statement 2 (line 2) may have committed part of its work', out)
        self.settle(project, '0003', '--mark-applied')
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(self.log(project), '1')
        self.check_whole(project, ['0001', '0002', '0003'])

    def test_error(self):
        """half done: nothing is after an error before the first commit: an ordinary failure"""
        project = self.project((OFF + block('PERFORM 1 / 0', 'COMMIT'), ''))
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 9, answer.stderr)
        self.assertIn('None of its statements is done; the next run begins it again.', answer.stdout)


if __name__ == '__main__':
    unittest.main()
