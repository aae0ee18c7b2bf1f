"""What the tests of varve validate share: texts, and a case with a project or a file alone."""
import subprocess
import unittest

from varve import CLEAN, Cluster, PROGRAM, Project

BLOCKING = 'CREATE INDEX orders_day ON orders (day);\n'
ALLOWED = ('-- varve: allow index-create-blocking reason="nobody writes at night"\n' + BLOCKING)
TABLE = 'CREATE TABLE orders (id bigint PRIMARY KEY, day date);\n'


class Case(unittest.TestCase):
    cluster: Cluster  # of the module that runs

    def project(self):
        project = Project(self.cluster)
        self.addCleanup(project.remove)
        return project

    def expect(self, code, answer):
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer

    def alone(self, text, *words, name='change.sql'):
        """A file in an empty folder, with nothing of a project near it."""
        folder = self.project().folder
        path = folder / name
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding='utf-8')
        return subprocess.run([str(PROGRAM), 'validate', *words, name], cwd=folder,
                              env=CLEAN, capture_output=True, text=True, timeout=120)

    def configure(self, project, text):
        (project.folder / 'varve.toml').write_text(text, encoding='utf-8')
