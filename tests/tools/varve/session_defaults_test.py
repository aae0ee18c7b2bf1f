"""ALTER DATABASE and ALTER ROLE ... SET in a migration: they hold for what comes after it, in one run or in three."""
import pathlib
import subprocess
import time
import unittest

from cut_proxy import CutProxy
from varve import CLEAN, Answers, Cluster, Project

SCHEMA_OF_T = "SELECT relnamespace::regnamespace FROM pg_class WHERE relname = 't'"


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class SilentProxy(CutProxy):
    """Takes connections, once it is told so, and never answers."""
    is_silent = False
    silent_count = 0

    def forward(self, client):
        if not self.is_silent:
            return super().forward(client)
        self.silent_count += 1
        return self.kept.append(client)


class Defaults(Answers, unittest.TestCase):
    def three(self, middle):
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_schema', 'CREATE SCHEMA app;')
        project.write('0002_path', middle.replace('HERE', project.database))
        project.write('0003_table', 'CREATE TABLE t (id int);')
        return project

    def middles(self):
        return ('ALTER DATABASE "HERE" SET search_path = app, public;',
                'ALTER ROLE current_user IN DATABASE "HERE" SET search_path = app, public;',
                "DO $$BEGIN EXECUTE format('alter database %I set search_path = app, public',"
                ' current_database()); END$$;',
                "SELECT 1;\nCREATE FUNCTION path() RETURNS void LANGUAGE sql AS"
                ' $$ALTER DATABASE "HERE" SET search_path = app, public$$;\nSELECT path();')

    def test_one_run(self):
        """one run of three files does what three runs of one file do"""
        for middle in self.middles():
            with self.subTest(middle):
                project = self.three(middle)
                self.done(project, 'run', '--init')
                self.assertEqual(project.sql(SCHEMA_OF_T).strip(), 'app')

    def test_later_run(self):
        """a file that comes in a later run finds the same"""
        project = self.three(self.middles()[0])
        self.done(project, 'run', '--init', '--count', '2')
        self.done(project, 'run')
        self.assertEqual(project.sql(SCHEMA_OF_T).strip(), 'app')

    def test_replay(self):
        """the SQL that replay prints connects anew after such a file"""
        project = self.three(self.middles()[2])
        self.done(project, 'run', '--init')
        script = project.varve('replay', '--sql').stdout
        self.assertEqual(script.count('\\connect'), 1)
        database = cluster.new_database()
        psql = subprocess.run(['psql', '-X', '-q', '-d', cluster.url(database), '-f', '-'],
                              input=script, capture_output=True, text=True, env=CLEAN)
        self.assertEqual(psql.returncode, 0, psql.stderr)
        self.assertEqual(cluster.sql(database, SCHEMA_OF_T).strip(), 'app')

    def test_together(self):
        """one transaction cannot do that for those after it, and is refused; for the last one it is nothing"""
        project = self.three(self.middles()[0])
        answer = project.varve('run', '--init', '--transaction', 'all')
        self.assertEqual(answer.returncode, 4, answer.stderr)
        self.assertIn('not-one-transaction', answer.stderr)
        self.assertIn('0002_path', answer.stderr)
        self.done(project, 'run', '--transaction', 'all', '--count', '2')

    def test_two_sessions(self):
        """a role that may have two sessions is enough"""
        project = self.three(self.middles()[0])
        cluster.sql('postgres', 'CREATE ROLE two LOGIN')
        cluster.sql('postgres', f'ALTER DATABASE "{project.database}" OWNER TO two')
        project.url = project.url.replace('postgres@', 'two@')
        self.done(project, 'run', '--init', '--count', '1')
        cluster.sql('postgres', 'ALTER ROLE two CONNECTION LIMIT 2')
        self.done(project, 'run')
        self.assertEqual(project.sql(SCHEMA_OF_T).strip(), 'app')

    def start_at_second(self, project, *words):
        """A run that is at work in its second file, which changes the defaults."""
        run = project.start('run', *words)
        self.addCleanup(run.communicate)
        while not self.is_at_second(project):
            self.assertIsNone(run.poll())
        return run

    def is_at_second(self, project):
        return cluster.sql(project.database, "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> "
                           "pg_backend_pid() AND query LIKE '%pg_sleep(2%'") != ''

    def test_no_room(self):
        """where the server has no room for the new session yet, it is tried again"""
        project = self.three('ALTER DATABASE "HERE" SET search_path = app; SELECT pg_sleep(2);')
        cluster.sql('postgres', 'CREATE ROLE one LOGIN')
        cluster.sql('postgres', f'ALTER DATABASE "{project.database}" OWNER TO one')
        project.url = project.url.replace('postgres@', 'one@')
        run = self.start_at_second(project, '--init')
        cluster.sql('postgres', 'ALTER ROLE one CONNECTION LIMIT 1')
        while self.is_at_second(project):
            pass
        time.sleep(0.1)
        cluster.sql('postgres', 'ALTER ROLE one CONNECTION LIMIT -1')
        self.assertEqual(run.wait(timeout=60), 0)
        self.assertEqual(project.sql(SCHEMA_OF_T).strip(), 'app')

    def test_no_answer(self):
        """where the server does not answer any more, the new session is tried once"""
        project = self.three('ALTER DATABASE "HERE" SET work_mem = 8192; SELECT pg_sleep(2);')
        port = next(pathlib.Path(cluster.folder).glob('.s.PGSQL.*[0-9]')).suffix[1:]
        proxy = SilentProxy(cluster.folder, port)
        self.addCleanup(proxy.close)
        project.url = project.url.replace(str(cluster.folder), proxy.folder) + '&connect_timeout=2'
        run = self.start_at_second(project, '--init')
        proxy.is_silent = True
        began = time.monotonic()
        self.assertNotEqual(run.wait(timeout=60), 0)
        self.assertLess(time.monotonic() - began, 12)
        self.assertGreater(proxy.silent_count, 0)


if __name__ == '__main__':
    unittest.main()
