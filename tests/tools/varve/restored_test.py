"""A target that was restored from before something, moved half-way, or undone by another ledger."""
import subprocess
import unittest

from varve import CLEAN, Answers, Cluster, Project

OFF = '-- varve: transaction off\n'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


def dumped(url):
    return subprocess.run(['pg_dump', '-d', url], check=True, capture_output=True, text=True,
                          env=CLEAN).stdout


class Restored(Answers, unittest.TestCase):
    def project(self, *migrations):
        project = Project(cluster)
        self.addCleanup(project.remove)
        for migration in migrations:
            project.write(*migration)
        self.done(project, 'run', '--init')
        return project

    def refused(self, project, reason):
        error = project.document('run')['error']
        self.assertEqual(error['reason'], reason, error)
        return error

    def restore(self, project, dump):
        project.sql('DROP SCHEMA varve CASCADE;'
                    'DROP VIEW IF EXISTS va; DROP TABLE IF EXISTS a, t;' + dump)

    def replayed(self, project):
        """The replayed SQL runs on an empty database, and makes the schema that the target has."""
        text = self.done(project, 'replay', '--sql')
        empty = cluster.new_database()
        cluster.sql(empty, text)
        self.assertEqual(cluster.schema(empty), cluster.schema(project.database))
        return text

    def test_decision_lost(self):
        """restored: from before a decision, is said to be that; and what is decided anew is replayed once"""
        def renamed():
            project = self.project(('0001_a', 'CREATE TABLE a (id int);'),
                                   ('0003_t', 'CREATE TABLE t (id int);'))
            before = dumped(project.url)
            (project.migrations / '0003_t.up.sql').rename(project.migrations / '0007_t.up.sql')
            self.done(project, 'resolve', '3', '--mark-applied')
            self.restore(project, before)
            error = self.refused(project, 'difference-ahead')
            self.assertIn('was the target restored from before that decision?', error['detail'])
            self.assertNotIn('use the ledger that wrote', error['help'])
            return project
        project = renamed()
        self.done(project, 'resolve', '3', '--mark-unapplied')
        self.done(project, 'resolve', '7', '--mark-applied')
        self.done(project, 'run')
        self.replayed(project)
        for first, second in (('7', '3'), ('3', '7')):
            project = renamed()
            for version in (first, second):
                self.done(project, 'resolve', version,
                          '--adopt' if version == '3' else '--mark-applied')
            self.replayed(project)
            self.done(project, 'resolve', '3', '--mark-unapplied')
            self.done(project, 'run')
            self.replayed(project)

    def test_older_text(self):
        """restored: a repeatable's older text, which the target has again, is replayed before the new one"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        texts = ('CREATE VIEW va AS SELECT 1 AS one;\n',
                 'DROP VIEW va;\nCREATE VIEW va AS SELECT 1 AS one, 2 AS two;\n')
        path = project.migrations / 'R__va.sql'
        path.write_text(texts[0], encoding='utf-8')
        self.done(project, 'run', '--init')
        before = dumped(project.url)
        path.write_text(texts[1], encoding='utf-8')
        self.done(project, 'run')
        self.restore(project, before)
        self.assertIn('another text', self.refused(project, 'difference-behind')['detail'])
        self.done(project, 'resolve', '--all', '--mark-unapplied')
        self.replayed(project)
        self.done(project, 'dry-run')
        self.done(project, 'run')
        self.replayed(project)

    def test_undone_by_another_ledger(self):
        """restored: what another ledger has undone is one difference, and which of the two counts is told"""
        for decision, applied, count in (('--adopt', 'as not applied', 'pending'),
                                         ('--mark-applied', 'mark applied', 'applied')):
            project = self.project(('0001_a', 'CREATE TABLE a (id int);', 'DROP TABLE a;'),
                                   ('0002_b', 'CREATE TABLE b (id int);', 'DROP TABLE b;'))
            own, project.ledger = project.ledger, project.folder / 'other'
            self.assertEqual(project.varve('run', '--init').returncode, 7)
            self.done(project, 'resolve', '--all', '--adopt')
            self.done(project, 'rollback', '--only', '2')
            project.ledger = own
            detail = self.refused(project, 'difference-ahead')['detail']
            self.assertIn('has undone "0002", which this ledger has as applied', detail)
            self.assertNotIn('no marker', detail)
            self.done(project, 'resolve', '1', '--adopt')
            self.assertIn('has undone "0002"', self.done(project, 'resolve', '2', decision))
            self.assertIn(applied, self.done(project, 'history', '--type', 'difference-resolved'))
            states = {m['version']: m['state'] for m in
                      project.document('status')['targets'][0]['migrations']}
            self.assertEqual(states['0002'], count)

    def test_text_that_the_ledger_has_not(self):
        """restored: the text of what was taken over without its file is not said to be there"""
        project = self.project(('0001_a', 'CREATE TABLE a (id int);'),
                               ('0002_b', 'CREATE TABLE b (id int);'))
        path = project.migrations / '0002_b.up.sql'
        project.ledger = project.folder / 'other'
        path.unlink()
        self.assertEqual(project.varve('run', '--init').returncode, 7)
        self.done(project, 'resolve', '--all', '--adopt')
        def told():
            return self.refused(project, 'difference-missing')['help']
        self.assertIn('the ledger does not have its text', told())
        self.assertNotIn('varve show', told())
        gate, = [g for g in project.document('dry-run', '--no-rehearsal')['gates']
                 if g['gate'] == 'reconcile']
        self.assertNotIn('varve show', str(gate))
        (project.migrations / '0001_a.up.sql').unlink()
        self.assertIn('varve show', told())

    def moved(self, project):
        other = cluster.new_database()
        cluster.sql(other, dumped(project.url))
        project.database, project.url = other, cluster.url(other)

    def test_half_moved(self):
        """restored: what is half done goes on in the database that it was moved to"""
        for before in ([('0001_a', 'CREATE TABLE a (id int);')], []):
            project = Project(cluster)
            self.addCleanup(project.remove)
            for migration in before:
                project.write(*migration)
            project.write('0003_h', OFF + 'CREATE TABLE h (id int);\nSELECT 1 / 0;\n')
            self.assertEqual(project.varve('run', '--init').returncode, 9)
            self.moved(project)
            self.refused(project, 'difference-cloned')
            project.write('0003_h', OFF + 'CREATE TABLE h (id int);\nCREATE TABLE i (id int);\n')
            told = self.done(project, 'resolve', '--all', '--adopt')
            self.assertIn('"0001"' if before else 'from now on', told)
            self.assertEqual(len(project.events('target-registered')), 2)
            self.assertIn('statement 2', self.done(project, 'dry-run'))
            self.done(project, 'run')
            self.assertEqual(project.sql("SELECT to_regclass('h') IS NOT NULL, to_regclass('i') IS NOT NULL"), 't|t')
            self.done(project, 'verify')
            self.replayed(project)

    def test_half_moved_and_given_up(self):
        """restored: of what is half done in a moved database, a person may say that it is not, or all of it"""
        for decision, state in (('--mark-unapplied', 'pending'), ('--mark-applied', 'applied')):
            project = Project(cluster)
            self.addCleanup(project.remove)
            project.write('0003_h', OFF + 'CREATE TABLE h (id int);\nSELECT 1 / 0;\n')
            self.assertEqual(project.varve('run', '--init').returncode, 9)
            self.moved(project)
            self.done(project, 'resolve', '3', decision)
            migration, = project.document('status')['targets'][0]['migrations']
            self.assertEqual(migration['state'], state)


if __name__ == '__main__':
    unittest.main()
