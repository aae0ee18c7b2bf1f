"""A statement that is cut off half done, without any count of statements that says so: it is told, and gone on with."""
import signal
import unittest

from applying import Case
from meddling import Session
from varve import Cluster


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class Begun(Case):
    def holder(self, project, table):
        session = Session(self.cluster, project.database, 'report')
        self.addCleanup(session.close)
        session.ask(f'BEGIN; LOCK TABLE {table} IN ACCESS SHARE MODE')
        return session

    def cut(self, project, verb, how, table, statement):
        """Stops it while the statement waits for a reader; `how` is a signal."""
        session = self.holder(project, table)
        process = project.start(*verb)
        self.wait_for(project, "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE "
                               f"'{statement}%' AND wait_event_type = 'Lock'")
        process.send_signal(how)
        if how == signal.SIGKILL:
            process.communicate()
            self.wait_for(project, "SELECT count(*) = 0 FROM pg_stat_activity WHERE query LIKE "
                                   f"'{statement}%' AND state = 'active'")
            session.close()
            return ''
        output, errors = process.communicate()
        session.close()
        self.assertEqual(process.returncode, 130, output + errors)
        return output + errors

    def is_half_undone(self, project, what):
        answer = self.exits(3, project.varve('status', '--exit-code'))
        self.assertIn('partially-rolled-back', answer.stdout)
        self.assertIn(what, answer.stdout)
        answer = self.exits(4, project.varve('run'))
        self.assertIn('rollback-unfinished', answer.stderr)
        self.assertIn(what, answer.stderr)
        self.assertRegex(answer.stderr, 'varve rollback .*--only 0002')
        self.exits(0, project.varve('verify'))
        self.exits(0, project.varve('rollback', '--only', '2'))
        self.assertEqual(self.states(project)['0002'], 'rolled-back')
        self.agrees(project)

    def index(self):
        return self.applied(('0001_a', 'CREATE TABLE a (id int);', 'DROP TABLE a;'),
                            ('0002_i', 'CREATE UNIQUE INDEX CONCURRENTLY i ON a (id);',
                             'DROP INDEX CONCURRENTLY i;'))

    def test_interrupted(self):
        """begun: an index whose way back was interrupted is told as dropped by half, and the rollback goes on"""
        project = self.index()
        text = self.cut(project, ['rollback'], signal.SIGINT, 'a', 'DROP INDEX')
        self.assertIn('None of its statements is done; the index public.i is dropped by half', text)
        self.assertRegex(text, 'varve rollback .*--only 0002 goes on there')
        self.is_half_undone(project, 'the index public.i is dropped by half')

    def test_killed(self):
        """begun: the same where the client was killed, settled by the next command"""
        project = self.index()
        self.cut(project, ['rollback'], signal.SIGKILL, 'a', 'DROP INDEX')
        answer = self.exits(0, project.varve('recover'))
        self.assertIn('the index public.i is dropped by half', answer.stdout)
        self.is_half_undone(project, 'the index public.i is dropped by half')

    def test_partition(self):
        """begun: rows that a half detached partition took out of sight are told of"""
        project = self.applied(
            ('0001_p', 'CREATE TABLE p (id int) PARTITION BY RANGE (id);\nCREATE TABLE c (id int);\n'
                       'INSERT INTO c VALUES (1);', 'DROP TABLE p, c;'),
            ('0002_c', 'ALTER TABLE p ATTACH PARTITION c FOR VALUES FROM (0) TO (9);',
             'ALTER TABLE p DETACH PARTITION c CONCURRENTLY;'))
        text = self.cut(project, ['rollback'], signal.SIGINT, 'p', 'ALTER TABLE p DETACH')
        self.assertIn('the partition "c" is detached by half', text)
        self.assertEqual(project.sql('SELECT count(*) FROM p'), '0')
        self.is_half_undone(project, 'the partition "c" is detached by half')

    def test_up(self):
        """begun: on the way up it is partly applied, and no rollback goes past it"""
        project = self.applied(('0001_a', 'CREATE TABLE a (id int);\nCREATE INDEX i ON a (id);', 'DROP TABLE a;'))
        project.write('0002_i', 'DROP INDEX CONCURRENTLY i;', 'CREATE INDEX i ON a (id);')
        self.cut(project, ['run'], signal.SIGINT, 'a', 'DROP INDEX')
        self.assertEqual(self.states(project)['0002'], 'partially-applied')
        answer = self.exits(4, project.varve('rollback'))
        self.assertIn('run-unfinished', answer.stderr)
        self.exits(0, project.varve('run'))
        self.agrees(project)


if __name__ == '__main__':
    unittest.main()
