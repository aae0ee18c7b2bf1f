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


class Rehearsed(Answers, unittest.TestCase):
    """A rehearsal answers as the run does, whatever the project has applied of it before."""
    DATABASE = 'ALTER DATABASE "HERE" SET search_path = app, public;'
    RESET = 'ALTER DATABASE "HERE" RESET search_path;'
    BLOCK = ("DO $$BEGIN EXECUTE format('alter database %I set search_path = app, public',"
             ' current_database()); END$$;')

    def project(self, *scripts):
        project = Project(cluster)
        self.addCleanup(project.remove)
        for number, (up, down) in enumerate(scripts, 1):
            project.write(f'{number:04}_step', *(each.replace('HERE', project.database) for each in (up, down)))
        return project

    def both(self, project, *words, code=0):
        """The rehearsal, and the run behind it."""
        rehearsed = project.varve('dry-run', *words)
        run = project.varve('rollback' if '--rollback' in words else 'run',
                            *(each for each in words or ('--init',) if each != '--rollback'))
        self.assertEqual(run.returncode, 9 if code == 4 else code, run.stderr)
        self.assertEqual(rehearsed.returncode, code, rehearsed.stdout + rehearsed.stderr)
        return rehearsed

    def path(self, *after, setting=DATABASE):
        return self.project(('CREATE SCHEMA app;', 'DROP SCHEMA app;'), (setting, self.RESET),
                            ('CREATE TABLE t (id int);', 'DROP TABLE app.t;'), *after)

    def test_later_scripts(self):
        """dry-run: what an earlier script of the plan sets for the database holds for those after it"""
        for setting in (self.DATABASE, self.DATABASE.replace('"HERE"', '/* ours */ HERE'), self.BLOCK,
                        self.DATABASE.replace('DATABASE', 'ROLE ALL IN DATABASE')):
            with self.subTest(setting):
                project = self.path(('ALTER TABLE app.t ADD n int;', 'ALTER TABLE t DROP n;'), setting=setting)
                document = project.document('dry-run')
                self.assertIn(setting.replace('HERE', project.database).rstrip(';'),
                              [each['statement'] for each in document['statements']])
                self.both(project)

    def test_false_pass(self):
        """dry-run: what would be found by the path before it is not found"""
        self.both(self.path(('ALTER TABLE public.t ADD n int;', 'SELECT 1;')), code=4)

    def test_same_script(self):
        """dry-run: the script itself goes on with what its session began with"""
        self.both(self.project(('CREATE SCHEMA app;\n' + self.DATABASE + '\nCREATE TABLE t (id int);\n'
                                'ALTER TABLE public.t ADD n int;', 'SELECT 1;')))

    def test_way_back(self):
        """dry-run --rollback: a down script sets it back for those after it"""
        project = self.project(
            ('CREATE SCHEMA app; CREATE TABLE app.s (id int); CREATE TABLE s (id int);', 'DROP TABLE s; DROP TABLE app.s;'),
            (self.DATABASE, self.RESET), ('CREATE TABLE t (id int);', 'DROP TABLE t;'))
        self.done(project, 'run', '--init')
        self.both(project, '--rollback', '--to', '0')
        self.assertEqual(project.sql("SELECT to_regclass('app.s'), to_regclass('public.s')"), '|')

    def test_reset(self):
        """dry-run: a setting that an applied script has made is set back by a later one"""
        project = self.path((self.RESET, 'SELECT 1;'), ('CREATE TABLE u (id int);', 'SELECT 1;'),
                            ('ALTER TABLE public.u ADD n int;', 'SELECT 1;'))
        self.done(project, 'run', '--init', '--count', '3')
        self.both(project)

    def test_made_before_it(self):
        """dry-run: what history made before it set the path is where it is on the target"""
        project = self.project(
            ('CREATE SCHEMA app; CREATE TABLE first (id int);', 'SELECT 1;'), (self.DATABASE, 'SELECT 1;'),
            ('CREATE TABLE t (id int);', 'SELECT 1;'), ('ALTER TABLE public.first ADD n int; ALTER TABLE app.t ADD n int;', 'SELECT 1;'))
        self.done(project, 'run', '--init', '--count', '3')
        self.both(project)

    def test_by_hand(self):
        """dry-run: what somebody has set by hand since holds, and not what the history has set"""
        project = self.path(('ALTER TABLE t ADD n int;', 'SELECT 1;'))
        self.done(project, 'run', '--init', '--count', '3')
        project.sql(f'ALTER DATABASE "{project.database}" RESET search_path')
        self.both(project, code=4)

    def test_time_zone(self):
        """dry-run: the TimeZone likewise"""
        expects = ("DO $$BEGIN IF current_setting('TimeZone') <> 'Asia/Tokyo' THEN RAISE 'another'; END IF; END$$;",
                   'SELECT 1;')
        self.both(self.project(("ALTER DATABASE HERE SET TIME ZONE 'Asia/Tokyo';", 'SELECT 1;'), expects))

    def test_of_the_role(self):
        """dry-run: what the role has of its own stands above it"""
        project = self.path(('ALTER TABLE public.t ADD n int;', 'SELECT 1;'))
        cluster.sql('postgres', 'CREATE ROLE own SUPERUSER LOGIN; ALTER ROLE own SET search_path = public')
        project.url = project.url.replace('postgres@', 'own@')
        self.both(project)

    def test_another(self):
        """dry-run: what names another database is still not tried"""
        project = self.project((self.DATABASE.replace('"HERE"', 'postgres'), 'SELECT 1;'))
        answer = project.varve('dry-run')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('not rehearsed: it names a database', answer.stdout)

    def test_named_server(self):
        """dry-run and test: the same on a server that is not ours, by a role that owns its databases"""
        cluster.sql('postgres', 'CREATE ROLE maker LOGIN CREATEDB')
        named = {'TEST_DATABASE_URL': cluster.url('postgres').replace('postgres@', 'maker@')}
        project = self.path(('ALTER TABLE app.t ADD n int;', 'ALTER TABLE t DROP n;'))
        for words in (('dry-run',), ('test', '--all', '--no-record')):
            answer = project.varve(*words, env=named)
            self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
            self.assertNotIn('not rehearsed: it', answer.stdout)
        self.assertEqual(cluster.sql('postgres', "SELECT datname FROM pg_database WHERE datname ~ '^varve_shadow'"), '')

    def test_in_code(self):
        """dry-run: a block that names the database in its text is left out, told so, and no failure"""
        project = self.project(("DO $$BEGIN EXECUTE 'ALTER DATABASE HERE SET work_mem = 8192'; END$$;", 'SELECT 1;'))
        self.assertIn('not rehearsed: it names a database', self.both(project).stdout)

    def test_suites(self):
        """test: every suite has later scripts find it; the way back that leaves it is found"""
        project = self.path(('ALTER TABLE app.t ADD n int;', 'ALTER TABLE t DROP n;'))
        self.done(project, 'run', '--init')
        answer = project.varve('test', '--all', '--no-record')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        project = self.project((self.DATABASE, 'SELECT 1;'))
        answer = project.varve('test', '--rollback', '--no-record')
        self.assertNotEqual(answer.returncode, 0, answer.stdout)
        self.assertIn('settings of the database is new', answer.stdout)


if __name__ == '__main__':
    unittest.main()
