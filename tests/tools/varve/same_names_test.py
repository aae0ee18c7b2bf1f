"""A bare statement in doubt is not taken for done by what was there before it, and is not done once
more to another object of its name."""
import unittest

from fault_scenarios import log
from faults import Faulty, check
from varve import Cluster

TABLE = 'CREATE TABLE a (id int, other int);\n'
TWO_SCHEMAS = '''CREATE SCHEMA app; CREATE TABLE app.a (id int); CREATE INDEX a_id ON app.a (id);
CREATE TABLE public.b (id int); CREATE INDEX a_id ON public.b (id);'''
DROP = 'SET search_path = app, public;\nDROP INDEX CONCURRENTLY a_id;\n' + log('dropped')
INDEXES = "SELECT string_agg(schemaname, ',' ORDER BY 1) FROM pg_indexes WHERE indexname = 'a_id'"


class SameNames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()

    def project(self, before=''):
        project = Faulty(self.cluster)
        self.addCleanup(project.remove)
        if before:
            project.sql(before)
        return project

    def kill(self, project, at):
        self.assertTrue(project.kill_at(at, 'run', '--init'), at)

    def expect(self, project, code, *words):
        answer = project.varve(*words)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer.stdout + answer.stderr

    def test_older_index(self):
        """an index that was there before a build was begun is not what it has built"""
        for at in ('before-bare-statement', 'bare-statement-sent', 'bare-statement-answered'):
            with self.subTest(at):
                project = self.project(TABLE + 'CREATE INDEX a_id ON a (other);')
                project.write('0001_index', 'CREATE INDEX CONCURRENTLY a_id ON a (id);')
                self.kill(project, at)
                told = self.expect(project, 0, 'recover')
                self.assertIn('was interrupted; 0 of 1 statements are applied', told)
                self.assertIn('relation "a_id" already exists', self.expect(project, 9, 'run'))
                project.sql('DROP INDEX a_id')
                self.expect(project, 0, 'run')
                check(self, project, project.events(), at)

    def test_older_index_kept(self):
        """IF NOT EXISTS keeps an index that was there before, also after a kill"""
        project = self.project(TABLE + 'CREATE INDEX a_id ON a (id);')
        project.write('0001_index', 'CREATE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);')
        self.kill(project, 'before-bare-statement')
        self.expect(project, 0, 'run')
        check(self, project, project.events(), 'IF NOT EXISTS')

    def test_made_anew(self):
        """an index that the script drops and builds again is its own, whenever it is killed"""
        for at in ('before-bare-statement:2', 'before-bare-marked:2'):
            with self.subTest(at):
                project = self.project(TABLE + 'CREATE INDEX a_id ON a (other);')
                project.write('0001_index', 'DROP INDEX CONCURRENTLY a_id;\n' + log('between') +
                              'SET search_path = public;\nSET ROLE pg_read_all_data;\nRESET ROLE;\n'
                              'CREATE INDEX CONCURRENTLY a_id ON a (id);')
                self.kill(project, at)
                self.expect(project, 0, 'recover')
                self.expect(project, 0, 'run')
                self.assertIn('(id)', project.sql("SELECT pg_get_indexdef('a_id'::regclass)"))
                self.assertEqual(project.sql('SELECT count(*) FROM seen.log'), '1')
                check(self, project, project.events(), at)

    def test_older_database(self):
        """a database that was there before is not what CREATE DATABASE has made"""
        project = self.project()
        name = f'{project.database}_more'
        project.sql(f'CREATE DATABASE {name}')
        project.write('0001_database', f'CREATE DATABASE {name};')
        self.kill(project, 'before-bare-statement')
        self.assertIn('0 of 1 statements are applied', self.expect(project, 0, 'recover'))
        self.assertIn('already exists', self.expect(project, 9, 'run'))
        project.sql(f'DROP DATABASE {name}')
        self.kill(project, 'before-bare-marked')
        self.assertIn('had happened', self.expect(project, 0, 'recover'))
        project.sql(f'DROP DATABASE {name}')

    def test_dropped_once(self):
        """an index that was dropped is not sought for in the next schema, and dropped there"""
        project = self.project(TWO_SCHEMAS)
        project.write('0001_drop', DROP)
        self.kill(project, 'before-bare-marked')
        self.assertEqual(project.sql(INDEXES), 'public')
        for verb in ('recover', 'run'):
            told = self.expect(project, 10, verb)
            self.assertIn('error[statement-in-doubt]', told)
            self.assertIn('look in which schemas of the search path an index "a_id" is left', told)
        self.expect(project, 0, 'resolve', '1', '--mark-applied', '--reason', 'that of app is gone')
        self.expect(project, 0, 'run')
        self.assertEqual(project.sql(INDEXES), 'public')
        check(self, project, project.events(), 'DROP INDEX')

    def test_not_dropped(self):
        """an index that is still the first of its name was not dropped, and is by the next run"""
        project = self.project(TWO_SCHEMAS)
        project.write('0001_drop', DROP)
        self.kill(project, 'before-bare-statement')
        self.assertIn('1 of 3 statements are applied', self.expect(project, 0, 'recover'))
        self.expect(project, 0, 'run')
        self.assertEqual(project.sql(INDEXES), 'public')
        check(self, project, project.events(), 'DROP INDEX')


if __name__ == '__main__':
    unittest.main()
