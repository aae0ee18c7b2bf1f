"""varve test --integrity: a target's data, as far as they are sound and as they are not."""
import subprocess
import unittest

from varve import Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Integrity(unittest.TestCase):
    def setUp(self):
        self.project = Project(cluster)
        self.addCleanup(self.project.remove)
        self.project.write('0001_tables', '''CREATE TABLE parents (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE children (id serial PRIMARY KEY, a int, b int, email text,
    CONSTRAINT child FOREIGN KEY (a, b) REFERENCES parents (a, b));
CREATE TABLE small (id smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY);
INSERT INTO parents VALUES (1, 1);
INSERT INTO children (a, b, email) VALUES (1, 1, 'one@example.com'), (NULL, 9, 'two@example.com');
''', 'DROP TABLE small, children, parents;')
        answer = self.project.varve('run', '--init')
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def checks(self, *words):
        self.document = self.project.document('test', '--integrity', *words)
        return {each['name']: (each['passed'], each['detail'])
                for each in self.document['integrity']['checks']}

    def failed(self, *words):
        return {name: detail for name, (passed, detail) in self.checks(*words).items() if not passed}

    def test_sound(self):
        """test --integrity: sound data passes, and is recorded on the target's stream"""
        self.assertEqual(self.failed(), {})
        event, = self.project.events('integrity-checked')
        self.assertEqual(event['stream'], 'target/development')
        self.assertTrue(event['data']['passed'])
        self.assertEqual(self.project.varve('status').returncode, 0)
        self.project.write('0002_a', 'CREATE TABLE a (x int);')
        self.assertEqual(self.project.varve('run').returncode, 0)

    def test_writes_nothing(self):
        """test --integrity: no database that it looks at is written to"""
        before = self.project.sql('SELECT count(*), max(seen_at) FROM varve.checkpoint')
        self.checks()
        self.assertEqual(self.project.sql('SELECT count(*), max(seen_at) FROM varve.checkpoint'),
                         before)

    def test_unsound(self):
        """test --integrity: orphans, NOT VALID, invalid indexes, a sequence near its end: counts alone"""
        self.project.sql('''SET session_replication_role = replica;
INSERT INTO children (a, b, email) VALUES (7, 7, 'secret@example.com'), (8, NULL, 'x');
SET session_replication_role = origin;
ALTER TABLE children ADD CONSTRAINT mail CHECK (email LIKE '%@%') NOT VALID;
CREATE INDEX broken ON children (email);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass;
SELECT setval('small_id_seq', 30000);
''')
        failed = self.failed()
        self.assertEqual(failed, {
            'no orphans: child of public.children': '1 row without a row in public.parents',
            'constraints are validated': 'mail of public.children',
            'indexes are usable': 'public.broken is invalid',
            'sequences are far from their end': 'public.small_id_seq is at 30000 of 32767 (91 %)'})
        self.assertFalse(self.document['passed'])
        self.assertNotIn('secret@', str(self.document))
        self.assertEqual(self.project.varve('test', '--integrity', '--no-record').returncode, 4)

    def plain(self):
        """From now on as a role that may read tables, and owns nothing."""
        self.project.sql("DO $$BEGIN CREATE ROLE plain LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$;"
                         'GRANT SELECT ON ALL TABLES IN SCHEMA public TO plain;')
        self.project.url = self.project.url.replace('postgres@', 'plain@')

    def test_hidden_rows(self):
        """test --integrity: rows that row security hides are neither sound nor orphans: it is no answer"""
        self.project.sql('''SET session_replication_role = replica;
INSERT INTO children (a, b) VALUES (7, 7);
ALTER TABLE children ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON SEQUENCE children_id_seq, small_id_seq TO PUBLIC;''')
        self.project.write('0002_email', 'ALTER TABLE children ALTER email SET NOT NULL;', 'SELECT 1;')
        self.plain()
        hidden = 'query would be affected by row-level security policy for table "children"'
        self.assertEqual(self.failed('--no-record'), {
            'no orphans: child of public.children': hidden,
            'no nulls: children (email) for 0002_email.up.sql:1': hidden})

    def test_sequences(self):
        """test --integrity: sequences that no column owns, that may not be read, or that are locked"""
        self.project.sql('''CREATE SEQUENCE numbers;
CREATE TABLE numbered (id int DEFAULT nextval('numbers'), other bigint DEFAULT nextval('numbers'));
SELECT setval('numbers', 2000000000);''')
        name = 'sequences are far from their end'
        self.assertEqual(self.failed('--no-record'), {name: 'public.numbers is at 2000000000 of 2147483647 (93 %)'})
        self.project.sql('CREATE DOMAIN whole AS int; CREATE DOMAIN wholly AS whole; CREATE SEQUENCE domained;'
                         "CREATE TABLE d (id wholly DEFAULT nextval('domained')); SELECT setval('domained', 2147483647);")
        self.assertIn('public.domained is at 2147483647 of 2147483647 (100 %)', self.failed('--no-record')[name])
        self.project.sql('DROP TABLE d; DROP SEQUENCE domained')
        url = self.project.url
        self.plain()
        self.assertIn('public.numbers may not be read', self.failed('--no-record')[name])
        self.project.url = url
        with subprocess.Popen(['psql', '-X', '-q', '-d', url], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as holder:
            holder.stdin.write('BEGIN;\nALTER SEQUENCE numbers MAXVALUE 5000000000;\n\\echo held\n')
            holder.stdin.flush()
            holder.stdout.readline()
            self.assertEqual(self.failed('--no-record'),
                             {name: 'not read: canceling statement due to lock timeout'})
            holder.stdin.close()

    def test_heirs(self):
        """test --integrity: a unique key is of a table without its heirs, and others' temporary tables are theirs"""
        self.project.sql('CREATE TABLE heirs () INHERITS (children); INSERT INTO heirs (id) VALUES (1);')
        self.project.write('0002_id', 'ALTER TABLE children ADD UNIQUE (id);', 'SELECT 1;')
        with subprocess.Popen(['psql', '-X', '-q', '-d', self.project.url], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as other:
            other.stdin.write('CREATE TEMP TABLE a (id int PRIMARY KEY);\n'
                              'CREATE TEMP TABLE b (a int REFERENCES a);\n\\echo made\n')
            other.stdin.flush()
            other.stdout.readline()
            self.assertEqual(self.failed('--no-record'), {})
            other.stdin.close()

    def test_pending(self):
        """test --integrity: duplicates and nulls under what pending scripts would add"""
        self.project.sql("INSERT INTO children (email) VALUES ('two@example.com'), (NULL), (NULL)")
        self.project.write('0002_email', '''-- a comment
ALTER TABLE children ADD CONSTRAINT one_email UNIQUE (email);
ALTER TABLE children ALTER COLUMN email SET NOT NULL;
ALTER TABLE children ADD COLUMN nick text;
CREATE UNIQUE INDEX nicks ON children (nick);
CREATE UNIQUE INDEX lower_email ON children (lower(email));
''', 'SELECT 1;')
        failed = self.failed()
        self.assertEqual(failed, {
            'no duplicates: children (email) for 0002_email.up.sql:2': '1 value more than once',
            'no nulls: children (email) for 0002_email.up.sql:3': '2 rows with null'})
        checks = self.checks()
        self.assertEqual(checks['no duplicates: children (nick) for 0002_email.up.sql:5'], (True, 'not there yet'))
        self.assertIn('0002_email.up.sql:6', checks['not asked'][1])

    def test_own_search_path(self):
        """test --integrity: a name is asked for where the script's search_path leads, and before it is renamed"""
        self.project.sql('CREATE SCHEMA q; CREATE TABLE q.t (a int, b int); INSERT INTO q.t VALUES (1, NULL), (1, NULL);')
        self.project.write('0002_t', 'SET LOCAL search_path TO q, pg_temp;\nALTER TABLE t ADD UNIQUE (a);\n'
                           'ALTER TABLE q.t RENAME b TO bb;\nALTER TABLE q.t ALTER bb SET NOT NULL;\n'
                           'ALTER TABLE elsewhere ADD UNIQUE (a);\n', 'SELECT 1;')
        checks = self.checks('--no-record')
        self.assertEqual(checks['no duplicates: t (a) for 0002_t.up.sql:2'], (False, '1 value more than once'))
        self.assertEqual(checks['no nulls: q.t (b) for 0002_t.up.sql:4'], (False, '2 rows with null'))
        self.assertIn('elsewhere (a) for 0002_t.up.sql:5', checks['not asked'][1])

    def test_match_full(self):
        """test --integrity: under MATCH FULL a row with a part of its key null is an orphan"""
        self.project.sql('CREATE TABLE full_child (a int, b int); INSERT INTO full_child VALUES (1, NULL), (NULL, NULL);'
                         'ALTER TABLE full_child ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES parents MATCH FULL NOT VALID')
        self.assertEqual(self.failed('--no-record')['no orphans: f of public.full_child'],
                         '1 row without a row in public.parents')

    def test_backfilled(self):
        """test --integrity: nulls that a pending statement fills first are told, and no failure"""
        self.project.sql('INSERT INTO children (email) VALUES (NULL)')
        self.project.write('0002_email', "UPDATE children SET email = '' WHERE email IS NULL;\n"
                           'ALTER TABLE children ALTER COLUMN email SET NOT NULL;\n', 'SELECT 1;')
        checks = self.checks()
        self.assertEqual(checks['no nulls: children (email) for 0002_email.up.sql:2'],
                         (True, '1 row with null; a pending statement before it writes there'))

    def test_new_columns(self):
        """test --integrity: a column that rows have no value for, or one for all; but not where it is there"""
        self.project.write('0002_new', """ALTER TABLE children ADD COLUMN need int NOT NULL;
ALTER TABLE children ADD COLUMN same text UNIQUE DEFAULT 'same';
ALTER TABLE parents ADD COLUMN same text UNIQUE DEFAULT 'same';
ALTER TABLE small ADD COLUMN need int NOT NULL;
ALTER TABLE children ADD COLUMN IF NOT EXISTS email text NOT NULL;
ALTER TABLE nowhere ADD COLUMN need int NOT NULL;
""", 'SELECT 1;')
        self.assertEqual(list(self.failed('--no-record')), ['no rows: children for 0002_new.up.sql:1',
                                                           'one row at most: children for 0002_new.up.sql:2'])

    def test_timeout(self):
        """test --integrity: a question that takes too long is no pass, and says so"""
        self.project.sql('INSERT INTO parents SELECT 2, g FROM generate_series(1, 100000) g;'
                         'INSERT INTO children (a, b) SELECT 2, g FROM generate_series(1, 100000) g')
        failed = self.failed('--query-timeout', '5ms')
        self.assertIn('--query-timeout', failed['no orphans: child of public.children'])

    def test_partitioned(self):
        """test --integrity: the foreign key of a partitioned table is asked once, over its partitions"""
        self.project.sql('''CREATE TABLE days (day date NOT NULL, a int, b int, FOREIGN KEY (a, b) REFERENCES parents)
    PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days DEFAULT;
SET session_replication_role = replica;
INSERT INTO days VALUES ('2024-01-01', 5, 5), ('2024-01-02', 6, 6);
''')
        failed = self.failed()
        self.assertEqual(list(failed.values()), ['2 rows without a row in public.parents'])

    def test_no_target(self):
        """test --integrity: without a target it says what to give"""
        answer = self.project.varve('test', '--integrity', '--query-timeout', 'soon')
        self.assertEqual(answer.returncode, 2)
        self.assertIn('--query-timeout', answer.stderr)
