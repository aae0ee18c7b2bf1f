"""Roles that may do little: nothing is half decided, and what they may not see is not taken for nothing."""
import unittest

from varve import Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Rights(unittest.TestCase):
    def setUp(self):
        self.project = project = Project(cluster)
        self.addCleanup(project.remove)
        self.role = f'role_of_{project.database}'
        for number, name in enumerate('ab', 1):
            project.write(f'000{number}_{name}', f'CREATE TABLE {name} (id int);', f'DROP TABLE {name};')
        project.sql(f'CREATE ROLE {self.role} LOGIN; GRANT CREATE ON SCHEMA public TO {self.role}')
        self.all_may = project.url
        self.little = project.url.replace('postgres@', f'{self.role}@')
        self.assertNotEqual(self.all_may, self.little)

    def varve(self, url, code, *words):
        self.project.url = url
        answer = self.project.varve(*words)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer.stdout + answer.stderr

    def test_decisions(self):
        """baseline, resolve: refused where no marker can be written, before anything is in the ledger"""
        refused = self.varve(self.little, 4, 'baseline', '1', '--init', '--reason', 'x')
        self.assertIn('permission-denied', refused)
        self.assertEqual(self.project.events('migration-adopted'), [])
        self.varve(self.all_may, 0, 'run')
        self.assertEqual(self.project.sql('SELECT count(*) FROM a'), '0')
        self.project.sql(f'GRANT USAGE ON SCHEMA varve TO {self.role}; '
                         f'GRANT SELECT ON ALL TABLES IN SCHEMA varve TO {self.role}')
        size = len(self.project.events())
        refused = self.varve(self.little, 4, 'resolve', '2', '--mark-unapplied', '--reason', 'x')
        self.assertIn('lacks INSERT', refused)
        self.assertEqual(len(self.project.events()), size)

    def test_run(self):
        """run: refused where the role may not write markers, and dry-run says so"""
        self.varve(self.all_may, 0, 'run', '--init', '--to', '1')
        self.assertIn(f'connected as "{self.role}"', self.varve(self.little, 4, 'run'))
        self.project.sql(f'GRANT USAGE ON SCHEMA varve TO {self.role}; '
                         f'GRANT SELECT ON ALL TABLES IN SCHEMA varve TO {self.role}')
        self.assertIn('lacks INSERT', self.varve(self.little, 0, 'dry-run', '--no-rehearsal'))
        refused = self.varve(self.little, 4, 'run')
        self.assertIn('permission-denied', refused)
        self.assertIn('lacks INSERT', refused)
        self.assertNotIn('0002_b', refused)
        self.assertEqual(len(self.project.events('run-started')), 1)
        self.project.sql(f'GRANT INSERT ON ALL TABLES IN SCHEMA varve TO {self.role}')
        self.assertNotIn('lacks', self.varve(self.little, 0, 'dry-run', '--no-rehearsal'))
        self.varve(self.little, 0, 'run')

    def test_no_right_to_create(self):
        """dry-run says where the role may make nothing in the schema that a file means, or there is none"""
        self.project.sql(f'REVOKE CREATE ON SCHEMA public FROM {self.role}, PUBLIC; '
                         f'GRANT CREATE ON DATABASE {self.project.database} TO {self.role}')
        self.varve(self.all_may, 0, 'init')
        told = self.varve(self.little, 0, 'dry-run')
        self.assertIn(f'role "{self.role}" may not create anything in schema "public"', told)
        self.assertNotIn('may not create', self.varve(self.all_may, 0, 'dry-run'))
        self.project.sql('DROP SCHEMA public')
        for url in (self.little, self.all_may):
            told = self.varve(url, 4, 'dry-run', '--shadow-from', 'target')
            self.assertIn('no schema of the search path', told)
            self.assertIn('3F000', told)
        self.varve(self.all_may, 4, 'test', '--dry-run', '--shadow-from', 'target')

    def test_hidden_history(self):
        """run, import: another tool's rows that row security hides are not taken for none"""
        self.project.sql('CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty bool NOT NULL); '
                         'INSERT INTO schema_migrations VALUES (1, false); '
                         'ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY; '
                         f'GRANT SELECT ON schema_migrations TO {self.role}; '
                         f'GRANT CREATE ON DATABASE {self.project.database} TO {self.role}')
        self.assertIn('history-elsewhere', self.varve(self.little, 4, 'run', '--init'))
        self.assertIn('permission-denied', self.varve(self.little, 4, 'import'))
        self.assertEqual(self.project.sql("SELECT to_regclass('a') IS NULL"), 't')


if __name__ == '__main__':
    unittest.main()
