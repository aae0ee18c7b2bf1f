"""End to end: dry-run, test and validate on the schema that the target has, unknown to the ledger."""
import unittest

from varve import Cluster, Project

cluster = None


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


BY_HAND = '''
CREATE ROLE "reader's" NOLOGIN;
CREATE TABLE by_hand (id int PRIMARY KEY, secret text);
ALTER TABLE by_hand ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON by_hand FOR SELECT TO "reader's" USING (true);
GRANT SELECT ON by_hand TO "reader's";
CREATE SCHEMA "Other one";
CREATE FUNCTION "Other one".f() RETURNS text LANGUAGE sql AS $$ SELECT E'\\\\restrict x' $$;
INSERT INTO by_hand VALUES (1, 'swordfish');
'''


class FromTarget(unittest.TestCase):
    def project(self):
        project = Project(cluster)
        self.addCleanup(project.remove)
        self.addCleanup(project.sql, 'DROP OWNED BY "reader\'s"; DROP ROLE "reader\'s"')
        project.write('0001_a', 'CREATE TABLE a (id int PRIMARY KEY);', 'DROP TABLE a;')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        project.sql(BY_HAND)
        project.write('0002_note', 'ALTER TABLE by_hand ADD COLUMN note text;\n'
                                   'ALTER TABLE a ADD COLUMN note text;',
                      'ALTER TABLE by_hand DROP COLUMN note;\nALTER TABLE a DROP COLUMN note;')
        return project

    def test_dry_run(self):
        """dry-run --shadow-from target: what was made by hand is there, without rows"""
        project = self.project()
        answer = project.varve('dry-run')
        self.assertEqual(answer.returncode, 4, answer.stdout)
        self.assertIn('error[42P01]', answer.stderr)
        self.assertIn('--shadow-from target', answer.stderr)
        before = cluster.schema(project.database)
        document = project.document('dry-run', '--shadow-from', 'target')
        self.assertTrue(document['rehearsed'], document['notes'])
        first, second = document['statements']
        self.assertEqual(first['locks_taken'], {'by_hand': 'AccessExclusiveLock'})
        self.assertEqual(second['locks_taken'], {'a': 'AccessExclusiveLock'})
        self.assertEqual(cluster.schema(project.database), before)

    def test_suites(self):
        """test --shadow-from target: the suites begin with what the target has"""
        project = self.project()
        answer = project.varve('test', '--rollback')
        self.assertEqual(answer.returncode, 4)
        self.assertIn('--shadow-from target', answer.stdout)
        answer = project.varve('test', '--dry-run', '--rollback', '--idempotency', '--shadow-from', 'target')
        self.assertIn('up again', answer.stdout, answer.stderr)
        self.assertEqual([(e['data']['suite'], e['data']['passed'])
                          for e in project.events('migration-tested')][-3:],
                         [('dry_run', True), ('rollback', True), ('idempotency', True)])

    def test_suites_session_defaults(self):
        """test --shadow-from target: its sessions begin with what those on the target begin with"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        name = project.database
        project.write('0001_a', f'CREATE SCHEMA app; ALTER DATABASE {name} SET search_path = app, public;'
                                f" ALTER DATABASE {name} SET TimeZone = 'Asia/Tokyo';")
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        project.write('0002_x', 'CREATE TABLE x (i int);', 'DROP TABLE app.x;')
        project.write('0003_path', f'ALTER DATABASE {name} SET search_path = public;',
                      f'ALTER DATABASE {name} SET search_path = app, public;')
        project.write('0004_zone', "DO $$ BEGIN ASSERT current_setting('TimeZone') = 'Asia/Tokyo'; END $$;",
                      'SELECT 1;')
        for words in ((), ('--shadow-from', 'target')):
            with self.subTest(words):
                answer = project.varve('test', '--dry-run', '--rollback', *words)
                self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        project.write('0002_x', 'CREATE TABLE x (i int);', 'DROP TABLE public.x;')
        answer = project.varve('test', '--rollback', '--shadow-from', 'target')
        self.assertEqual(answer.returncode, 4, answer.stdout)
        self.assertIn('table "x" does not exist', answer.stdout)
        self.assertEqual(project.varve('run').returncode, 0)

    def test_names_of_other_encodings(self):
        """dry-run --shadow-from target: names that are no UTF-8 stop nobody who does not need them"""
        project = self.project()
        cluster.sql('postgres', "CREATE DATABASE of_latin1 TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'")
        cluster.sql('of_latin1', "DO $$ BEGIN EXECUTE 'CREATE ROLE m' || chr(252) || 'ller'; END $$")
        self.addCleanup(cluster.sql, 'of_latin1',
                        "DO $$ BEGIN EXECUTE 'DROP ROLE m' || chr(252) || 'ller'; END $$")
        document = project.document('dry-run', '--shadow-from', 'target')
        self.assertTrue(document['rehearsed'], document['notes'])
        cluster.sql('postgres', "CREATE DATABASE of_any TEMPLATE template0 ENCODING SQL_ASCII LOCALE 'C'")
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.url = cluster.url('of_any')
        project.write('0001_a', 'CREATE TABLE a (id int);')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        cluster.sql('of_any', "DO $$ BEGIN EXECUTE 'CREATE TABLE m' || chr(252) || ' (id int)'; "
                              "EXECUTE 'CREATE SCHEMA m' || chr(252); END $$")
        project.write('0002_b', 'ALTER TABLE a ADD COLUMN note text;')
        self.assertTrue(project.document('dry-run')['rehearsed'])
        answer = project.varve('dry-run', '--shadow-from', 'target')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('not rehearsed: pg_dump has not read', answer.stdout + answer.stderr)

    def test_refused(self):
        """--shadow-from target: what the target's role may not read is said, and so is a misuse"""
        project = self.project()
        project.sql("CREATE ROLE blind LOGIN PASSWORD 'hidden-word'; GRANT USAGE ON SCHEMA varve TO blind; "
                    'GRANT SELECT ON ALL TABLES IN SCHEMA varve TO blind')
        self.addCleanup(project.sql, 'DROP OWNED BY blind; DROP ROLE blind')
        mighty, project.url = project.url, project.url.replace('postgres@', 'blind:hidden-word@')
        self.assertNotEqual(mighty, project.url)
        answer = project.varve('dry-run', '--shadow-from', 'target')
        project.url = mighty
        self.assertEqual(answer.returncode, 0, answer.stderr)
        told = answer.stdout + answer.stderr
        self.assertIn('not rehearsed: pg_dump has not read', told)
        self.assertIn('permission denied', told)
        self.assertNotIn('hidden-word', answer.stdout + answer.stderr)
        self.assertEqual(project.varve('test', '--shadow-from', 'target', '--all').returncode, 2)
        self.assertEqual(project.varve('dry-run', '--shadow-from', 'elsewhere').returncode, 2)
        applied = project.varve('test', '--rollback', '--shadow-from', 'target', '--migration', '0001')
        self.assertEqual(applied.returncode, 4)
        self.assertIn('not pending on the target', applied.stderr)


class Judged(unittest.TestCase):
    def test_present_schema(self):
        """validate --ask-target judges by what the target has, whoever has made it"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_a', 'CREATE TABLE a (id int PRIMARY KEY);')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        project.sql('CREATE TABLE by_hand (id int PRIMARY KEY, a int, b int, '
                    'CONSTRAINT a_there CHECK (a IS NOT NULL)); '
                    'INSERT INTO by_hand SELECT g, g, g FROM generate_series(1, 20000) g; ANALYZE by_hand')
        project.write('0002_required', 'ALTER TABLE by_hand ALTER COLUMN a SET NOT NULL;\n'
                                       'ALTER TABLE by_hand ALTER COLUMN b SET NOT NULL;')
        self.assertEqual(self.lines(project), [1, 2])
        self.assertEqual(self.lines(project, '--ask-target'), [2])

    @staticmethod
    def lines(project, *words):
        return [finding['line'] for finding in project.document('validate', *words)['findings']
                if finding['rule'] == 'set-not-null-scan']
