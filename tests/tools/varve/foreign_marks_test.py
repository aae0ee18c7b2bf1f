"""Marks by which another tool parts a script: what undoes does not run along with the rest."""
from applying import Case
from varve import Cluster

BOTH = '-- rambler up\nCREATE TABLE a (id int);\n\n-- rambler down\nDROP TABLE a;\n'


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class ForeignMarks(Case):
    def project_of(self, text):
        project = self.project()
        (project.migrations / '0001_a.sql').write_text(text, encoding='utf-8')
        return project

    def test_refused_before_anything_is_run(self):
        """a file with another tool's marks is refused by every verb, and nothing of it is run"""
        project = self.project_of(BOTH)
        project.sql('CREATE TABLE a (id int)')
        for verb in ('validate', 'dry-run', 'test', 'run'):
            answer = self.exits(4, project.varve(verb, *(['--init'] if verb == 'run' else [])))
            self.assertIn('0001_a.sql:1', answer.stdout + answer.stderr)
            self.assertIn('mark of rambler', answer.stdout + answer.stderr)
        self.assertEqual(project.sql("SELECT to_regclass('a')"), 'a')

    def test_what_is_applied_stands_in_no_way(self):
        """a file that counts as applied with such marks is left as it is: what comes later runs"""
        project = self.project_of(BOTH)
        self.exits(0, project.varve('baseline', '0001', '--init', '--reason', 'rambler ran it'))
        (project.migrations / '0002_b.sql').write_text('CREATE TABLE b (id int);',
                                                       encoding='utf-8')
        for verb in ('validate', 'status', 'dry-run', 'test', 'run', 'run'):
            answer = self.exits(0, project.varve(verb))
            self.assertNotIn('mark of', answer.stdout + answer.stderr)
        self.assertEqual(project.sql("SELECT to_regclass('b')"), 'b')
