"""What the tests of varve test share: two tables, and a case with a project."""
import os
import shutil
import tempfile
import unittest

from varve import Cluster, Project


ORDERS = '''CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer bigint NOT NULL REFERENCES customers (id), state varchar(8) NOT NULL
    CHECK (state IN ('open', 'paid')), amount numeric(10, 2) NOT NULL CHECK (amount > 0), note text);
'''


class Case(unittest.TestCase):
    cluster: Cluster  # of the module that runs
    cache: str

    def setUp(self):
        self.project = Project(self.cluster)
        self.addCleanup(self.project.remove)
        self.project.write('0001_orders', ORDERS, 'DROP TABLE orders;\nDROP TABLE customers;')

    def applied(self):
        answer = self.project.varve('run', '--init')
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def result_of(self, *words):
        """What a suite says of the newest migration: passed, {check: (passed, detail)}."""
        answer = self.project.document('test', *words)
        self.assertNotIn('error', answer)
        result = answer['results'][-1]
        return result, {each['name']: (each['passed'], each['detail']) for each in result['checks']}

    def one_failure(self, checks):
        failed = {name: detail for name, (passed, detail) in checks.items() if not passed}
        self.assertEqual(len(failed), 1, failed)
        return next(iter(failed.items()))


def begin():
    """A cluster, and an empty cache of data folders."""
    Case.cluster = Cluster()
    Case.cache = tempfile.mkdtemp(prefix='varve-cache.')
    os.environ['XDG_CACHE_HOME'] = Case.cache


def end():
    Case.cluster.stop()
    shutil.rmtree(Case.cache, ignore_errors=True)
