"""Databases whose search path finds other functions, operators and types before the server's."""
import subprocess
import unittest

from meddling import RUN_LOCK, wait_until
from varve import CLEAN, ROOT, Cluster, Project

HOSTILE = (ROOT / 'tests/support/hostile_search_path.sql').read_text(encoding='utf-8')


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class SearchPath(unittest.TestCase):
    def project(self, schema=HOSTILE):
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.sql(schema)
        project.sql(f'ALTER DATABASE {project.database} SET search_path = '
                    'compat, public, pg_catalog')
        return project

    def passes(self, project, *words, code=0):
        answer = project.varve(*words)
        self.assertEqual(answer.returncode, code, f'{words}: {answer.stdout}{answer.stderr}')
        self.assertNotIn('in compat', answer.stdout + answer.stderr)
        self.assertNotIn('warning', answer.stderr)
        return answer

    def test_other_database_name(self):
        """a database that calls itself otherwise is worked on all the same"""
        project = self.project('CREATE SCHEMA compat; CREATE FUNCTION compat.current_database() '
                               "RETURNS name LANGUAGE sql AS $$SELECT 'app'::name$$")
        project.write('0001_a', 'CREATE TABLE public.a (id int);\n')
        self.passes(project, 'run', '--init')
        told = project.events('target-registered')[0]['data']
        self.assertEqual(told['database'], project.database)

    def test_everything_hidden(self):
        """whatever the search path hides of the server's own, every verb works"""
        project = self.project()
        project.write('0001_a', 'CREATE TABLE public.a (id int);\n', 'DROP TABLE public.a;\n')
        project.write('0002_s', 'CREATE SEQUENCE public.s;\n', 'DROP SEQUENCE public.s;\n')
        project.write('0003_i', 'CREATE INDEX CONCURRENTLY a_id ON public.a (id);\n',
                      'DROP INDEX CONCURRENTLY public.a_id;\n')
        project.write('0004_v', 'INSERT INTO public.a VALUES (1);\n')
        self.passes(project, 'run', '--init')
        self.assertEqual(project.sql('SELECT id FROM public.a'), '1')
        self.assertEqual(len(project.markers()), 4)
        self.passes(project, 'run')
        self.passes(project, 'checkpoint')
        self.passes(project, 'verify', '--witnesses', '--strict')
        self.passes(project, 'status', '--exit-code')
        project.write('0005_b', 'CREATE TABLE public.b (id int);\n', 'DROP TABLE public.b;\n')
        self.passes(project, 'dry-run', '--live')
        self.passes(project, 'run', '--transaction', 'all')
        self.passes(project, 'rollback', '--steps', '1', '--yes')
        self.passes(project, 'test', '--integrity')

    def test_who_is_in_the_way(self):
        """who holds the run lock, and what a statement waits for, is told whatever is hidden"""
        project = self.project()
        project.write('0001_a', 'CREATE TABLE public.a (id int);\n')
        self.passes(project, 'run', '--init')
        project.write('0002_a', 'ALTER TABLE public.a ADD COLUMN b int;\n')
        blocker = subprocess.Popen(['psql', '-Xq', '-d', project.url], stdin=subprocess.PIPE,
                                   text=True, env=CLEAN)
        self.addCleanup(blocker.communicate)
        blocker.stdin.write('BEGIN; LOCK TABLE public.a;\n')
        blocker.stdin.flush()
        wait_until(lambda: cluster.sql('postgres', "SELECT 1 FROM pg_locks WHERE granted AND "
                                       "mode = 'AccessExclusiveLock' AND locktype = 'relation'"))
        waits = project.start('run', '--lock-timeout', '4s', '--lock-retries', '0')
        wait_until(lambda: cluster.sql('postgres', f'SELECT 1 FROM pg_locks WHERE {RUN_LOCK}'))
        project.ledger, first = project.folder / 'another', project.ledger
        answer = project.varve('run', '--init', '--lock-wait', '1s')
        project.ledger = first
        self.assertEqual(answer.returncode, 8, answer.stdout + answer.stderr)
        self.assertRegex(answer.stderr, r'lock-not-obtained.*held by pid \d+ \(varve run')
        out, err = waits.communicate(timeout=60)
        self.assertEqual(waits.returncode, 8, out + err)
        self.assertIn('waiting for AccessExclusiveLock on relation public.a', out + err)
