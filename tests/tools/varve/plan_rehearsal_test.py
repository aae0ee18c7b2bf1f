"""varve dry-run on a shadow: the plan of a target, and its way back."""
import json
import subprocess
import time
import unittest

from rehearsed import SETUP
from varve import CLEAN, Cluster, Project


FILLED = """CREATE TABLE orders (id int PRIMARY KEY, k int);
CREATE INDEX ON orders (k);
CREATE MATERIALIZED VIEW mv AS SELECT id, k FROM orders;
CREATE UNIQUE INDEX ON mv (id);
CREATE TABLE many (id int PRIMARY KEY);
CREATE TABLE pn (id int, x int, d int) PARTITION BY RANGE (d);
CREATE INDEX ON pn (id);
""" + ''.join(f'CREATE TABLE pn_{n} PARTITION OF pn FOR VALUES FROM ({n}) TO ({n + 1});\n'
              for n in range(6)) + """CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100000);
"""
FILLING = """INSERT INTO orders SELECT g, g FROM generate_series(1, 60000) g;
REFRESH MATERIALIZED VIEW mv;
INSERT INTO many SELECT generate_series(1, 20000);
INSERT INTO pn SELECT g, g, 3 FROM generate_series(1, 50000) g;
INSERT INTO parts SELECT generate_series(1, 30000);
ANALYZE;
"""


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Plan(unittest.TestCase):
    def project(self):
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_orders', SETUP, 'DROP TABLE orders, parent;')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        project.sql('ANALYZE')
        project.write('0002_paid', 'ALTER TABLE orders ALTER COLUMN paid SET NOT NULL;',
                      'ALTER TABLE orders ALTER COLUMN paid DROP NOT NULL;')
        return project

    def test_plan(self):
        """dry-run: what is pending is rehearsed on the schema that the ledger's history makes"""
        project = self.project()
        before = cluster.schema(project.database)
        document = project.document('dry-run')
        only, = document['statements']
        self.assertTrue(document['rehearsed'])
        self.assertEqual(only['locks'], {'orders': 'AccessExclusiveLock'})
        self.assertEqual(only['scanned_rows'], {'orders': 5000})
        self.assertIn('5000 rows of orders on the shadow, 5000 there', only['expected_from'])
        self.assertEqual(cluster.schema(project.database), before)
        self.assertEqual(len(project.markers()), 1)

    def test_search_path(self):
        """dry-run: the sessions of the shadow begin with the target's own search_path"""
        project = self.project()
        project.sql(f'CREATE SCHEMA shop; ALTER DATABASE {project.database} SET search_path = shop, public')
        project.write('0003_shop', 'CREATE SCHEMA IF NOT EXISTS shop;\nCREATE TABLE public.t (v int);\n'
                                   'CREATE TABLE shop.t (v int);')
        self.assertEqual(project.varve('run').returncode, 0)
        project.write('0004_type', 'ALTER TABLE t ALTER v TYPE bigint;')
        only, = project.document('dry-run')['statements']
        self.assertEqual(only['locks'], {'shop.t': 'AccessExclusiveLock'})

    def test_of_the_server(self):
        """dry-run: a tablespace of the target's server is made, and what names the database is not tried"""
        project = self.project()
        project.write('0003_fast', 'CREATE TABLE fast_one (id int PRIMARY KEY) TABLESPACE fast;')
        project.write('0004_again', f'REINDEX DATABASE {project.database};')
        project.write('0005_role', f"ALTER ROLE CURRENT_USER IN DATABASE {project.database} SET work_mem = '8MB';")
        answer = project.varve('dry-run')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn('the tablespace "fast" is made on the shadow', answer.stdout)
        self.assertEqual(answer.stdout.count('not rehearsed: it names a database'), 2, answer.stdout)

    def test_renamed(self):
        """dry-run: what an earlier script has renamed has the rows that the target has under the old name"""
        project = self.project()
        project.write('0003_rename', 'ALTER TABLE orders RENAME TO sales;')
        project.write('0004_check', 'ALTER TABLE sales ADD CHECK (id > 0);')
        project.sql("INSERT INTO orders SELECT g, 'x', 1 FROM generate_series(5001, 25000) g; ANALYZE orders")
        *_, last = project.document('dry-run')['statements']
        self.assertIn('rows of sales on the shadow, 25000 there', last['expected_from'])

    def test_reindexed(self):
        """dry-run: an index that is built anew beside the old one is no drop; what is locked is not skipped"""
        project = self.project()
        project.write('0003_index', 'REINDEX INDEX CONCURRENTLY orders_pkey;')
        project.write('0004_vacuum', 'VACUUM (FULL, SKIP_LOCKED) orders;')
        *_, index, vacuum = project.document('dry-run')['statements']
        self.assertEqual((index['dropped'], index['new_files'], index['reindexed']),
                         ([], [], ['orders_pkey']))
        self.assertEqual(vacuum['rewritten'], ['orders'])

    def test_goes_on(self):
        """dry-run: of a migration that is done in part, the rest is rehearsed"""
        project = self.project()
        self.assertEqual(project.varve('run').returncode, 0)
        project.write('0003_index', 'CREATE TABLE extra (id int);\n'
                                    'CREATE UNIQUE INDEX CONCURRENTLY u ON orders (parent);')
        self.assertEqual(project.varve('run').returncode, 9)
        project.sql('DELETE FROM orders WHERE id > 1')
        document = project.document('dry-run')
        self.assertIsNone(document['refused'])
        self.assertEqual([each['statement'] for each in document['statements']],
                         ['CREATE UNIQUE INDEX CONCURRENTLY u ON orders (parent)'])

    def test_commits_itself(self):
        """dry-run: a block that commits is run outside of a transaction, as a run does it"""
        project = self.project()
        self.assertEqual(project.varve('run').returncode, 0)
        project.write('0003_commits', '-- varve: transaction off\n'
                                      'DO $$ BEGIN UPDATE orders SET parent = 2; COMMIT; END $$;')
        only, = project.document('dry-run')['statements']
        self.assertIsNone(only['error'])
        self.assertFalse(only['in_tx_ok'])

    def test_rollback(self):
        """dry-run --rollback: the down scripts are rehearsed too"""
        project = self.project()
        only, = project.document('dry-run', '--rollback', '--steps', '1')['statements']
        self.assertEqual(only['dropped'], ['orders', 'orders_paid', 'orders_pkey', 'parent', 'parent_pkey'])

    def test_history_in_transactions(self):
        """dry-run: the history's scripts are transactions on the shadow too, where they can be"""
        project = self.project()
        self.assertEqual(project.varve('run').returncode, 0)
        project.write('0003_locked', 'LOCK TABLE parent;\nSET LOCAL work_mem = \'8MB\';\nSAVEPOINT s;\n'
                                     'ALTER TABLE parent ADD COLUMN locked bool;\nRELEASE s;')
        project.write('0004_kind', "CREATE TYPE kind AS ENUM ('a');")
        project.write('0005_value', "-- varve: transaction off\nALTER TYPE kind ADD VALUE 'b';\n"
                                    "CREATE TABLE kinds AS SELECT 'b'::kind AS kind;")
        self.assertEqual(project.varve('run').returncode, 0)
        project.write('0006_next', 'ALTER TABLE kinds ADD COLUMN n int;')
        document = project.document('dry-run')
        self.assertTrue(document['rehearsed'], document['notes'])
        only, = document['statements']
        self.assertEqual(only['locks'], {'kinds': 'AccessExclusiveLock'})

    def test_failing(self):
        """dry-run: a migration that would fail is found, exit 4; not with --no-rehearsal"""
        project = self.project()
        project.write('0003_wrong', 'ALTER TABLE nowhere ADD x int;', 'SELECT 1;')
        answer = project.varve('dry-run')
        self.assertEqual(answer.returncode, 4, answer.stderr)
        self.assertIn('error[42P01]', answer.stderr)
        self.assertEqual(project.varve('dry-run', '--no-rehearsal').returncode, 0)

    def test_marker_schema(self):
        """dry-run: a file that makes the schema of the markers fails there, as it does in the run"""
        project = self.project()
        project.write('0003_dump', 'CREATE SCHEMA varve;', 'SELECT 1;')
        answer = project.varve('dry-run')
        self.assertEqual(answer.returncode, 4, answer.stderr)
        self.assertIn('schema "varve" already exists', answer.stderr)

    def test_no_shadow(self):
        """dry-run: where no shadow can be had, the plan is shown with a note"""
        project = self.project()
        answer = project.varve('dry-run', env={'VARVE_POSTGRES_BIN': '/nowhere'})
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('Note: not rehearsed: VARVE_POSTGRES_BIN', answer.stdout)

    def test_live(self):
        """dry-run --live: who holds conflicting locks now, without a query's text"""
        project = self.project()
        with subprocess.Popen(['psql', '-X', '-q', '-d', project.url], stdin=subprocess.PIPE, text=True,
                              env=CLEAN) as other:
            other.stdin.write("BEGIN; SELECT count(*), 'secret' FROM orders;\n")
            other.stdin.flush()
            for _ in range(500):
                if project.sql("SELECT count(*) FROM pg_locks WHERE relation = 'orders'::regclass "
                               'AND pid <> pg_backend_pid()') != '0':
                    break
                time.sleep(0.01)
            document = project.document('dry-run', '--live')
            other.stdin.close()
        holder, = document['statements'][0]['conflicting_sessions']
        self.assertEqual((holder['relation'], holder['mode'], holder['state'], holder['application']),
                         ('orders', 'AccessShareLock', 'idle in transaction', 'psql'))
        self.assertNotIn('secret', json.dumps(document))
        self.assertIn('queued_per_second', document['statements'][0])

    def held(self, project, sql):
        """A session that has run that, in a transaction that stays open."""
        other = subprocess.Popen(['psql', '-X', '-q', '-d', project.url], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True, env=CLEAN)
        self.addCleanup(other.communicate)
        other.stdin.write(f'{sql}\n\\echo held\n')
        other.stdin.flush()
        while 'held' not in other.stdout.readline():
            pass
        return other

    def test_live_reads(self):
        """dry-run --live: who has a table for himself is in the way of what only reads it"""
        project = self.project()
        project.write('0003_copy', 'CREATE TABLE copied AS SELECT * FROM orders;', 'DROP TABLE copied;')
        self.held(project, 'BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;')
        document = project.document('dry-run', '--live')
        last = document['statements'][-1]
        self.assertNotIn('orders', last['locks'])
        self.assertIn(('orders', 'AccessExclusiveLock', 'psql'),
                      [(each['relation'], each['mode'], each['application'])
                       for each in last['conflicting_sessions']])

    def test_live_snapshots(self):
        """dry-run --live: a concurrent build waits for writers of its table, and for older snapshots anywhere"""
        project = self.project()
        project.write('0003_index', 'CREATE INDEX CONCURRENTLY late ON orders (id);', 'DROP INDEX late;')
        project.sql('CREATE TABLE unrelated (n int)')
        self.held(project, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM unrelated;")
        self.held(project, 'BEGIN; DELETE FROM orders WHERE false;')
        answer = project.varve('dry-run', '--live')
        self.assertNotIn('Nobody is in the way', answer.stdout)
        self.assertIn('waits for every transaction that has written to its table, and for every one in this '
                      'database with a snapshot older than its own', answer.stdout)
        self.assertRegex(answer.stdout, r'in the way now: pid \d+ \(client backend "psql", idle in transaction\), '
                                        'a snapshot, in its transaction for ')
        self.assertRegex(answer.stdout.split('late ON')[1], 'in the way now: .* ROW EXCLUSIVE on orders')
        last = project.document('dry-run', '--live')['statements'][-1]
        self.assertEqual([each['application'] for each in last['snapshot_holders']], ['psql'])

    def test_live_prepared_transaction(self):
        """dry-run --live: a prepared transaction is named, and how long it has been there"""
        project = self.project()
        project.sql("BEGIN; DELETE FROM orders WHERE false; PREPARE TRANSACTION 'left over';")
        time.sleep(0.1)
        answer = project.varve('dry-run', '--live')
        self.assertIn('in the way now: prepared transaction "left over", ROW EXCLUSIVE on orders, '
                      'in its transaction for ', answer.stdout)
        self.assertNotIn('transaction for 0.0 ms', answer.stdout)
        project.sql("ROLLBACK PREPARED 'left over'")
        nobody = 'Nobody is in the way on the target now.'
        self.assertNotIn(nobody, answer.stdout)
        self.assertIn(nobody, project.varve('dry-run', '--live').stdout)
        self.assertNotIn(nobody, project.varve('dry-run').stdout)
        project.write('0004_fails', 'ALTER TABLE orders ALTER nowhere TYPE int;', 'SELECT 1;')
        failed = project.varve('dry-run', '--live').stdout
        self.assertNotIn(nobody, failed)
        self.assertIn('of what succeeded; what the rest waits for is not known', failed)

    def filled(self):
        """A target with many rows, none of which the migrations have made."""
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_tables', FILLED)
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        project.sql(FILLING)
        return project

    def test_emptied(self):
        """dry-run: what is emptied is not read, and has no rows for what comes after it"""
        project = self.filled()
        project.write('0002_empty', 'TRUNCATE orders;\nREFRESH MATERIALIZED VIEW mv WITH NO DATA;\n'
                                    'UPDATE orders SET k = 1;\nCREATE INDEX ON mv (k);\n')
        statements = project.document('dry-run')['statements']
        self.assertEqual([each.get('expected_from') for each in statements], [None] * 4)
        self.assertEqual([each['rewritten'] for each in statements], [['orders'], ['mv'], [], []])
        text = project.varve('dry-run').stdout
        self.assertIn('empties orders\n', text)
        self.assertIn('empties mv\n', text)
        self.assertNotIn('rewrites', text)
        self.assertNotIn('rebuilds', text)

    def test_indexes_of_many_tables(self):
        """dry-run: each index is built of the rows of its own table"""
        project = self.filled()
        project.write('0002_index', 'CREATE INDEX ON pn (x);\nUPDATE pn SET x = 1;\nTRUNCATE many CASCADE;\n'
                                    'CREATE INDEX ON pn (x, id);\n')
        index, update, _, second = project.document('dry-run')['statements']
        for built in (index, second):
            self.assertEqual(built['expected_from'].count('builds 1 index of 50000 rows'), 1)
            self.assertIn(' for 3 more', built['expected_from'])
            self.assertLess(built['expected_ms'], 300)
        self.assertEqual(update['expected_from'].count('enters 2 indexes of 50000 rows'), 1)

    def test_foreign_keys(self):
        """dry-run: a foreign key that is validated reads what it refers to, however it is validated"""
        project = self.filled()
        project.write('0002_keys', 'ALTER TABLE many ADD FOREIGN KEY (id) REFERENCES orders;\n'
                                   'ALTER TABLE many ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES orders NOT VALID;\n'
                                   'ALTER TABLE many VALIDATE CONSTRAINT k;\n'
                                   'ALTER TABLE pn ADD FOREIGN KEY (id) REFERENCES orders;\n'
                                   'ALTER TABLE many ADD FOREIGN KEY (id) REFERENCES parts;\n'
                                   'ALTER TABLE many ALTER COLUMN id SET NOT NULL;\n'
                                   'DO $$ BEGIN ALTER TABLE orders ADD FOREIGN KEY (id) REFERENCES many; END $$;\n')
        told = [each.get('expected_from') or '' for each in project.document('dry-run')['statements']]
        keys = 'reads 60000 keys of orders at'
        self.assertEqual([each.count(keys) for each in told], [1, 0, 1, 1, 0, 0, 0])
        self.assertEqual(told[1], '')
        self.assertEqual(told[4].count('reads 30000 keys of parts_1 at'), 1)
        self.assertEqual(told[6].count('reads 20000 keys of many at'), 1)

    def test_what_the_shadow_lacks(self):
        """dry-run: an extension that the shadow's server has not is told from one that fails"""
        project = self.project()
        (project.folder / 'late.sql').write_text('CREATE EXTENSION not_to_be_had_anywhere;\n')
        answer = project.varve('dry-run', 'late.sql')
        self.assertEqual(answer.returncode, 4)
        self.assertIn("it is the shadow's server that has none", answer.stderr)

    def test_a_table_that_nobody_has_analyzed(self):
        """dry-run: a table without statistics is as large as it is"""
        project = self.project()
        project.sql('CREATE TABLE fresh WITH (autovacuum_enabled = off) AS '
                    "SELECT n AS id, repeat('x', 100) AS t FROM generate_series(1, 100000) n")
        project.write('0009_fresh', 'ALTER TABLE fresh ALTER COLUMN id SET NOT NULL;\n')
        time.sleep(1.2)
        document = project.document('dry-run', '--shadow-from', 'target')
        last = document['statements'][-1]
        self.assertGreater(last['expected_ms'], 10)
        self.assertIn('MiB of fresh', last['expected_from'])
        self.assertNotIn('less than', last['expected_from'])
