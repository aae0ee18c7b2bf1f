"""What the tests of rehearsed files share: tables to begin with, and a case with a folder."""
import glob
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from varve import CLEAN, PROGRAM, Cluster


SETUP = '''CREATE TABLE parent(id int PRIMARY KEY);
CREATE TABLE orders(id int PRIMARY KEY, paid text, parent int);
INSERT INTO orders SELECT g, 'x', 1 FROM generate_series(1, 5000) g;
CREATE INDEX orders_paid ON orders(paid);
'''


class Case(unittest.TestCase):
    cluster: Cluster  # of the module that runs
    cache: str

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='varve-rehearsal.'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o1777)  # as root, the server has another user
        self.environment = {**CLEAN, 'XDG_CACHE_HOME': self.cache,
                            'TMPDIR': str(self.folder)}
        self.environment.pop('TEST_DATABASE_URL', None)
        (self.folder / 'setup.sql').write_text(SETUP, encoding='utf-8')

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding='utf-8')
        return str(self.folder / name)

    def run_program(self, *words, environment=None):
        return subprocess.run([str(PROGRAM), 'dry-run', *words], env=environment or self.environment,
                              cwd=self.folder, capture_output=True, text=True, timeout=120)

    def statements(self, *files, code=0, words=(), environment=None):
        answer = self.run_program(*files, '--history', 'setup.sql', '--format', 'json', *words,
                                  environment=environment)
        self.assertEqual(answer.returncode, code, answer.stderr)
        return json.loads(answer.stdout)['statements']

    def left(self):
        return glob.glob(str(self.folder / 'varve-shadow.*'))

    def wait_for(self, found, what):
        for _ in range(1000):
            if found():
                return
            time.sleep(0.01)
        self.fail(what)


def begin():
    """A cluster, and an empty cache of data folders."""
    Case.cluster = Cluster()
    Case.cache = tempfile.mkdtemp(prefix='varve-cache.')


def end():
    Case.cluster.stop()
    shutil.rmtree(Case.cache)
