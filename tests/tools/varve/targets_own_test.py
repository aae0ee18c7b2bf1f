"""End to end: what a target has of its own, and a shadow is to have too: schemas, and its encoding."""
import unittest

from varve import Cluster, Project

cluster = None


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class TargetsOwn(unittest.TestCase):
    def project(self):
        project = Project(cluster)
        self.addCleanup(project.remove)
        return project

    def test_schema_that_was_given(self):
        """a schema that was made for the role is made on the shadow, where the target has it"""
        project = self.project()
        project.sql(f'CREATE SCHEMA shop; ALTER DATABASE {project.database} SET search_path = shop')
        project.write('0001_a', 'CREATE TABLE a (i int);')
        project.write('0002_b', 'CREATE TABLE shop.b (i int);\nINSERT INTO a VALUES (1);')
        for _ in range(2):
            answer = project.varve('dry-run')
            self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
            self.assertIn('the schema "shop" is made on the shadow', answer.stdout)
            self.assertEqual(project.varve('run', '--init', '--to', '0001').returncode, 0)
        self.assertEqual(project.varve('run').returncode, 0)

    def test_schema_of_the_scripts_path(self):
        """the target's is there too where the script's own path leads to it, and told once"""
        project = self.project()
        project.sql('CREATE SCHEMA billing; CREATE SCHEMA other')
        project.write('0001_a', 'SET search_path = billing;\nCREATE TABLE a (i int);')
        project.write('0002_b', 'CREATE TABLE billing.b (i int);')
        answer = project.varve('dry-run')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertEqual(answer.stdout.count('the schema "billing" is made on the shadow'), 1)
        self.assertNotIn('"other"', answer.stdout)
        self.assertEqual(project.varve('run', '--init').returncode, 0)

    def test_schema_that_a_script_takes_away(self):
        """what a pending script drops or renames is not made again: the run fails as well"""
        for taking in ('ALTER SCHEMA shop RENAME TO store;', 'DROP SCHEMA shop CASCADE;'):
            with self.subTest(taking):
                project = self.project()
                project.write('0001_a', 'CREATE SCHEMA shop;\nCREATE TABLE shop.a (i int);')
                self.assertEqual(project.varve('run', '--init').returncode, 0)
                project.write('0002_b', taking)
                project.write('0003_c', 'CREATE TABLE shop.b (i int);')
                answer = project.varve('dry-run')
                self.assertEqual(answer.returncode, 4, answer.stdout)
                self.assertIn('error[3F000]', answer.stderr)
                self.assertNotIn('made on the shadow', answer.stdout)

    def test_schema_that_nobody_has(self):
        """one that the target has not is not made: the rehearsal fails as the run would"""
        project = self.project()
        project.write('0001_a', 'CREATE TABLE shpo.a (i int);')
        answer = project.varve('dry-run')
        self.assertEqual(answer.returncode, 4, answer.stdout)
        self.assertIn('error[3F000]', answer.stderr)
        self.assertIn('--shadow-from target', answer.stderr)

    def test_encoding(self):
        """what the target's encoding has not is found by a rehearsal"""
        project = self.project()
        name = project.database + '_latin'
        cluster.sql('postgres', f"CREATE DATABASE {name} ENCODING 'LATIN1' LC_COLLATE 'C' "
                                "LC_CTYPE 'C' TEMPLATE template0")
        project.database, project.url = name, cluster.url(name)
        project.write('0001_t', 'CREATE TABLE t (x text);', 'DROP TABLE t;')
        project.write('0002_e', "INSERT INTO t VALUES ('é');", 'DELETE FROM t;')
        project.write('0003_e', "INSERT INTO t VALUES ('€');", 'DELETE FROM t;')
        for words in ((), ('--shadow-from', 'target')):
            with self.subTest(words):
                answer = project.varve('dry-run', *words)
                self.assertEqual(answer.returncode, 4, answer.stdout)
                self.assertIn('error[22P05]', answer.stderr)
                self.assertIn('0003_e.up.sql:1', answer.stderr)
        self.assertEqual(project.varve('run', '--init').returncode, 9)
        answer = project.varve('test', '--dry-run', '--shadow-from', 'target')
        self.assertEqual(answer.returncode, 4, answer.stdout)
        self.assertIn('22P05', answer.stdout)


if __name__ == '__main__':
    unittest.main()
