"""A statement that is cut off half done, without any count of statements that says so: it is told, and gone on with."""
import json
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

    def test_told_in_json(self):
        """begun: how far what was cancelled has come is told to programs too, of a rollback and of a run"""
        def failure(project, verb, table, statement):
            said = self.cut(project, [*verb, '--format', 'json'], signal.SIGINT, table, statement)
            document = json.JSONDecoder().raw_decode(said)[0]
            self.assertEqual(document['outcome'], 'cancelled')
            return document['failure']
        project = self.index()
        told = failure(project, ['rollback'], 'a', 'DROP INDEX')
        self.assertEqual((told['statements_done'], told['begun']),
                         (0, ['the index public.i is dropped by half, and no query uses it']))
        self.exits(0, project.varve('rollback', '--only', '2'))
        project.write('0002_i', 'CREATE INDEX j ON a (id);\nDROP INDEX CONCURRENTLY j;',
                      'DROP INDEX IF EXISTS j;')
        told = failure(project, ['run'], 'a', 'DROP INDEX')
        self.assertEqual((told['statements_done'], told['begun']),
                         (1, ['the index public.j is dropped by half, and no query uses it']))

    def test_killed(self):
        """begun: the same where the client was killed, settled by the next command"""
        project = self.index()
        self.cut(project, ['rollback'], signal.SIGKILL, 'a', 'DROP INDEX')
        answer = self.exits(0, project.varve('recover'))
        self.assertIn('the index public.i is dropped by half', answer.stdout)
        self.is_half_undone(project, 'the index public.i is dropped by half')

    def test_partition(self):
        """begun: rows that a half detached partition took out of sight are told of"""
        project = self.partition()
        text = self.cut(project, ['rollback'], signal.SIGINT, 'p', 'ALTER TABLE p DETACH')
        self.assertIn('the partition "c" is detached by half', text)
        self.assertEqual(project.sql('SELECT count(*) FROM p'), '0')
        self.is_half_undone(project, 'the partition "c" is detached by half')

    def partition(self):
        return self.applied(
            ('0001_p', 'CREATE TABLE p (id int) PARTITION BY RANGE (id);\nCREATE TABLE c (id int);\n'
                       'INSERT INTO c VALUES (1);', 'DROP TABLE p, c;'),
            ('0002_c', 'ALTER TABLE p ATTACH PARTITION c FOR VALUES FROM (0) TO (9);',
             'ALTER TABLE p DETACH PARTITION c CONCURRENTLY;'))

    def test_finished_by_hand(self):
        """begun: what somebody has finished by hand is found to be done by the next try"""
        for project, table, statement, by_hand in (
                (self.partition(), 'p', 'ALTER TABLE p DETACH', 'ALTER TABLE p DETACH PARTITION c FINALIZE'),
                (self.index(), 'a', 'DROP INDEX', 'DROP INDEX i')):
            with self.subTest(statement):
                self.cut(project, ['rollback'], signal.SIGINT, table, statement)
                project.sql(by_hand)
                self.exits(3, project.varve('status', '--exit-code'))
                answer = self.exits(0, project.varve('rollback', '--only', '2'))
                self.assertEqual(self.states(project)['0002'], 'rolled-back')
                self.assertIn('finished by hand', answer.stdout + answer.stderr)
                notices = project.events('attempt-succeeded')[-1]['data']['statements'][0]['notices']
                self.assertIn('finished by hand', notices[0])
                self.agrees(project)

    def test_renamed(self):
        """begun: what has another name or place by now is not taken for finished"""
        for project, table, statement, meanwhile in (
                (self.partition(), 'p', 'ALTER TABLE p DETACH', 'ALTER TABLE c RENAME TO c_old'),
                (self.partition(), 'p', 'ALTER TABLE p DETACH', 'ALTER TABLE p RENAME TO p_old'),
                (self.index(), 'a', 'DROP INDEX', 'ALTER INDEX i RENAME TO i_old'),
                (self.index(), 'a', 'DROP INDEX', 'CREATE SCHEMA s; ALTER TABLE a SET SCHEMA s')):
            with self.subTest(meanwhile):
                self.cut(project, ['rollback'], signal.SIGINT, table, statement)
                project.sql(meanwhile)
                self.exits(9, project.varve('rollback', '--only', '2'))
                self.assertIn('not found by its name any more',
                              self.exits(3, project.varve('status', '--exit-code')).stdout)
                self.exits(4, project.varve('run'))

    def test_cloned(self):
        """begun: a copy of the database does not make it forgotten"""
        project = self.index()
        self.cut(project, ['rollback'], signal.SIGINT, 'a', 'DROP INDEX')
        copy = f'{project.database}_copy'
        self.cluster.sql('postgres', f'CREATE DATABASE {copy} TEMPLATE {project.database}')
        project.url = self.cluster.url(copy)
        self.exits(7, project.varve('run'))
        self.exits(0, project.varve('resolve', '--all', '--adopt', '--reason', 'moved'))
        self.assertIn('the index public.i is dropped by half',
                      self.exits(3, project.varve('status', '--exit-code')).stdout)
        self.assertIn('rollback-unfinished', self.exits(4, project.varve('run')).stderr)
        self.exits(0, project.varve('rollback', '--to', '0'))
        self.exits(0, project.varve('run'))

    def test_repeatable(self):
        """begun: a repeatable's new text that was finished by hand can be said to be applied"""
        project = self.project()
        (project.migrations / 'V1__a.sql').write_text('CREATE TABLE a (id int);\nCREATE INDEX i ON a (id);')
        script = project.migrations / 'R__drop.sql'
        script.write_text('SELECT 1;')
        self.exits(0, project.varve('run', '--init'))
        script.write_text('DROP INDEX CONCURRENTLY i;')
        self.cut(project, ['run'], signal.SIGINT, 'a', 'DROP INDEX')
        self.assertRegex(self.exits(3, project.varve('status', '--exit-code')).stdout,
                         'partially-applied +R__drop .*the index public.i is dropped by half')
        project.sql('DROP INDEX i')
        self.exits(0, project.varve('resolve', 'R__drop', '--mark-applied', '--reason', 'by hand'))
        self.exits(0, project.varve('status', '--exit-code'))
        self.assertIn('Nothing to do', self.exits(0, project.varve('run')).stdout)

    def test_edited(self):
        """begun: a script that has changed up to there is not taken for what goes on with it"""
        project = self.index()
        self.cut(project, ['rollback'], signal.SIGINT, 'a', 'DROP INDEX')
        down = project.migrations / '0002_i.down.sql'
        before = down.read_text()
        for text in ('SELECT 1;', 'SELECT 1/0;\n' + before, ''):
            down.write_text(text)
            answer = self.exits(7, project.varve('rollback', '--only', '2'))
            self.assertIn('resumed-script-changed', answer.stderr)
            self.assertIn('the index public.i is dropped by half', answer.stderr)
            self.exits(3, project.varve('status', '--exit-code'))
        down.write_text(before + 'SELECT 1;\n')
        self.exits(0, project.varve('rollback', '--only', '2'))
        self.agrees(project)

    def test_whole_again(self):
        """begun: an index that was made whole again by hand counts as there once a person says so"""
        project = self.index()
        self.cut(project, ['rollback'], signal.SIGINT, 'a', 'DROP INDEX')
        project.sql('REINDEX INDEX i')
        self.exits(4, project.varve('run'))
        self.exits(0, project.varve('resolve', '2', '--mark-applied', '--reason', 'reindexed'))
        self.exits(0, project.varve('status', '--exit-code'))
        self.assertEqual(self.states(project)['0002'], 'applied')
        self.exits(0, project.varve('run'))
        self.exits(0, project.varve('rollback'))
        self.exits(0, project.varve('verify'))

    def test_up(self):
        """begun: on the way up it is partly applied, and no rollback goes past it"""
        project = self.applied(('0001_a', 'CREATE TABLE a (id int);\nCREATE INDEX i ON a (id);', 'DROP TABLE a;'))
        project.write('0002_i', 'DROP INDEX CONCURRENTLY i;', 'CREATE INDEX i ON a (id);')
        self.cut(project, ['run'], signal.SIGINT, 'a', 'DROP INDEX')
        self.assertEqual(self.states(project)['0002'], 'partially-applied')
        answer = self.exits(4, project.varve('rollback'))
        self.assertIn('run-unfinished', answer.stderr)
        up = project.migrations / '0002_i.up.sql'
        before = up.read_text()
        up.write_text('SELECT 1;')
        self.assertIn('resumed-script-changed', self.exits(7, project.varve('run')).stderr)
        up.write_text(before)
        self.exits(0, project.varve('run'))
        self.agrees(project)


if __name__ == '__main__':
    unittest.main()
