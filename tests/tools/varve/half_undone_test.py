"""A rollback that stopped half-way, and what a person decides about it meanwhile."""
import unittest

from applying import Case
from varve import Cluster


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class HalfUndone(Case):
    UP = '-- varve: transaction off\nCREATE TABLE a (n int);\nCREATE TABLE b (n int);\n'
    DOWN = '-- varve: transaction off\nDROP TABLE b;\nSELECT 1/0;\nDROP TABLE a;\n'

    def stopped(self):
        """Table b is gone, a is there."""
        project = self.applied(('0001_ab', self.UP, self.DOWN))
        self.exits(9, project.varve('rollback'))
        return project

    def tables(self, project):
        return project.sql("SELECT string_agg(relname, ',') FROM pg_class WHERE relname IN ('a', 'b')")

    def corrected(self, project, name='0001_ab'):
        (project.migrations / f'{name}.down.sql').write_text(self.DOWN.replace('SELECT 1/0;\n', ''))

    def test_renamed(self):
        """half undone: a new name for its file makes no whole migration of it"""
        project = self.stopped()
        for way in ('up', 'down'):
            (project.migrations / f'0001_ab.{way}.sql').rename(project.migrations / f'0002_ab.{way}.sql')
        answer = self.exits(7, project.varve('run'))
        self.assertIn('"0001" is undone in part', answer.stderr)
        self.assertIn('rollback', answer.stderr)
        self.assertNotIn('--mark-applied', answer.stderr)
        project.varve('resolve', '--all', '--kind', 'missing', '--mark-applied', '--reason', 'renamed')
        self.assertNotEqual(project.varve('status', '--exit-code').returncode, 0)
        self.assertNotEqual(project.varve('run').returncode, 0)
        self.assertEqual(self.tables(project), 'a')
        for way in ('up', 'down'):
            (project.migrations / f'0002_ab.{way}.sql').rename(project.migrations / f'0001_ab.{way}.sql')
        self.corrected(project)
        self.exits(0, project.varve('rollback', '--only', '1'))
        self.assertEqual(self.tables(project), '')
        self.agrees(project)

    def test_accepted(self):
        """half undone: a changed up script is accepted, and the rollback goes on where it stopped"""
        project = self.stopped()
        up = project.migrations / '0001_ab.up.sql'
        up.write_text(self.UP + '-- a comment\n')
        self.exits(0, project.varve('resolve', '1', '--accept-digest', '--reason', 'a comment'))
        self.exits(3, project.varve('status', '--exit-code'))
        self.corrected(project)
        answer = self.exits(0, project.varve('rollback', '--only', '1'))
        self.assertIn('goes on at statement 2 of 2', answer.stdout)
        self.assertEqual(self.tables(project), '')
        self.agrees(project)

    def test_given_up(self):
        """half undone: what stays of it is undone by hand, and said to be"""
        project = self.stopped()
        project.sql('DROP TABLE a')
        answer = self.exits(4, project.varve('run'))
        self.assertRegex(answer.stderr, 'varve resolve .*0001 --mark-unapplied')
        self.exits(0, project.varve('resolve', '1', '--mark-unapplied', '--reason', 'by hand'))
        self.exits(0, project.varve('run'))
        self.assertEqual(self.tables(project), 'a,b')
        self.exits(0, project.varve('verify'))


class Moved(Case):
    def test_refused_beside(self):
        """moved to a copy: what else differs is left as it is, and the move is told"""
        project = self.applied(('0001_a', 'CREATE TABLE a (n int);', 'DROP TABLE a;'))
        project.write('0002_b', '-- varve: transaction off\nCREATE TABLE b (n int);\n'
                                'INSERT INTO b SELECT 1 FROM pg_sleep(60);\n')
        process = project.start('run')
        self.wait_for(project, "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'INSERT INTO b%'")
        process.kill()
        process.communicate()
        project.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
                    'datname = current_database()')
        self.wait_for(project, 'SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database()')
        copy = f'{project.database}_copy'
        self.cluster.sql('postgres', f'CREATE DATABASE {copy} TEMPLATE {project.database}')
        for way in ('up', 'down'):
            (project.migrations / f'0001_a.{way}.sql').rename(project.migrations / f'0003_a.{way}.sql')
        project.url = self.cluster.url(copy)
        answer = self.exits(0, project.varve('resolve', '--all', '--adopt', '--reason', 'moved'))
        self.assertIn(copy, answer.stdout)
        self.assertIn('beside that, --all decides nothing here: "0001" is applied, but its file is gone',
                      answer.stdout + answer.stderr)
        self.exits(7, project.varve('run'))
        self.exits(0, project.varve('resolve', '--all', '--kind', 'missing', '--mark-applied', '--reason', 'renamed'))
        self.assertEqual(self.states(project)['0002'], 'partially-applied')


if __name__ == '__main__':
    unittest.main()
