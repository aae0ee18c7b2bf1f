"""What the tests of varve import share: a project of another tool's files, taken over."""
import unittest

from varve import Cluster, Project

UP = 'CREATE TABLE {name} (id int);\n'


class TakingOver(unittest.TestCase):
    cluster: Cluster  # of the module that runs

    def project(self, files):
        project = Project(self.cluster)
        self.addCleanup(project.remove)
        self.write(project, files)
        return project

    def write(self, project, files):
        for path, text in files.items():
            place = project.migrations / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding='utf-8')

    def import_all(self, project, versions, *words):
        """Imports, expects those versions, and that a second import finds nothing new."""
        document = project.document('import', '--init', *words)
        self.assertNotIn('error', document, document)
        self.assertEqual([each['version'] for each in document['adopted']], versions)
        self.assertEqual(len(project.events('migration-adopted')), len(versions))
        self.assertEqual([(m[1], m[2]) for m in project.markers()],
                         [(version, 'up') for version in sorted(versions)])
        size = len(project.events())
        again = project.varve('import', *words)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn('Nothing new', again.stdout)
        self.assertEqual(len(project.events()), size)
        return document

    def goes_on(self, project, version):
        """One more migration runs, and the ledger verifies."""
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertEqual([e['data']['version'] for e in project.events('attempt-succeeded')],
                         [version])
        self.assertEqual(project.varve('verify').returncode, 0)
        self.assertEqual(project.varve('status', '--exit-code').returncode, 0)
