"""varve dry-run on a shadow: what is measured of files alone."""
import json

from rehearsed import SETUP, Case, begin, end


def setUpModule():
    begin()


def tearDownModule():
    end()


MADE = 'CREATE MATERIALIZED VIEW m AS SELECT 1 AS one;\n'


PARTITIONS = '''-- varve: transaction off
CREATE TABLE p(id int, d int) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
INSERT INTO p SELECT g, g % 20 FROM generate_series(1, 5000) g;
'''


HELD = '''CREATE TABLE n(id int PRIMARY KEY);
ALTER TABLE orders ADD m int;
ALTER TABLE orders ALTER COLUMN m TYPE bigint;
ALTER TABLE n RENAME TO n2;
CREATE SCHEMA s;
ALTER TABLE n2 SET SCHEMA s;
ALTER SCHEMA s RENAME TO s2;
DECLARE c CURSOR FOR SELECT * FROM orders;
FETCH 10 FROM c;
FETCH 20 FROM c;
CLOSE c;
DO $$ BEGIN ALTER TABLE orders ALTER COLUMN m TYPE text;
BEGIN ALTER TABLE orders ADD COLUMN m int; EXCEPTION WHEN OTHERS THEN NULL; END; END $$;
DROP INDEX orders_paid;
DROP TABLE s2.n2;
SET track_counts = off;
ALTER TABLE orders ALTER COLUMN m TYPE int USING m::int;
'''


class Files(Case):
    def test_measured(self):
        """dry-run FILE: each statement's locks, rewrites and scans, each seeing the one before"""
        first, second, third = self.statements(self.write('a.sql', '''-- a comment
ALTER TABLE orders ADD COLUMN n serial;
ALTER TABLE orders ADD CONSTRAINT k FOREIGN KEY (parent) REFERENCES parent(id) NOT VALID;
CREATE TABLE t AS SELECT n FROM orders;
'''))
        self.assertEqual(first['line'], 2)
        self.assertEqual(first['statement'], 'ALTER TABLE orders ADD COLUMN n serial')
        self.assertEqual(first['rewritten'], ['orders'])
        self.assertEqual(first['reindexed'], ['orders_paid', 'orders_pkey'])
        self.assertEqual(first['locks']['orders'], 'AccessExclusiveLock')
        self.assertEqual(first['scanned_rows'], {'orders': 15000})
        self.assertEqual(first['new_files'], ['orders_n_seq:S'])
        self.assertEqual(second['locks_taken'], {'parent': 'ShareRowExclusiveLock'})
        self.assertEqual(second['locks']['orders'], 'AccessExclusiveLock')
        self.assertEqual(third['locks_taken'], {'t [new]': 'AccessExclusiveLock'})
        self.assertTrue(all(each['in_tx_ok'] for each in (first, second, third)))
        self.assertEqual(self.left(), [])

    def test_outside(self):
        """dry-run FILE: CREATE INDEX CONCURRENTLY is watched from beside, with a writer open"""
        only, = self.statements(self.write('a.sql', 'CREATE INDEX CONCURRENTLY i ON orders(parent);\n'))
        self.assertEqual((only['in_tx_ok'], only['in_tx_sqlstate'], only['outside_tx']),
                         (False, '25001', True))
        self.assertEqual(only['locks']['orders'], 'ShareUpdateExclusiveLock')
        self.assertEqual(only['waits_behind_open_writer'], [['virtualxid', 'ShareLock']])
        self.assertEqual(only['new_files'], ['i:i'])
        self.assertIsNone(only['error'])

    def test_outside_partitions(self):
        """dry-run FILE: a writer to a partition is waited for after one to another, and what is held then counts"""
        detached, = self.statements('--apart', self.write('detach.sql', PARTITIONS + 'ALTER TABLE p DETACH '
                                    'PARTITION p2 CONCURRENTLY;\n'))[-1:]
        self.assertEqual(detached['locks'], {'p': 'ShareUpdateExclusiveLock', 'p2': 'AccessExclusiveLock'})
        self.assertEqual(detached['waits_behind_open_writer'],
                         [['virtualxid', 'ShareLock'], ['p2', 'AccessExclusiveLock']])
        full, = self.statements('--apart', self.write('full.sql', PARTITIONS + 'VACUUM FULL p;\n'))[-1:]
        self.assertEqual(full['locks'], {name: 'AccessExclusiveLock' for name in ('p', 'p1', 'p2')})
        self.assertEqual(full['waits_behind_open_writer'],
                         [[name, 'AccessExclusiveLock'] for name in ('p', 'p1', 'p2')])

    def test_outside_in_place(self):
        """dry-run FILE: what gets a new file in its place was locked against everybody, however briefly"""
        index, = self.statements('--apart', self.write('index.sql', PARTITIONS + 'CREATE INDEX p_i ON p(id);\n'
                                 'REINDEX INDEX p_i;\n'))[-1:]
        self.assertEqual(index['reindexed'], ['p1_id_idx', 'p2_id_idx'])
        self.assertEqual(index['locks'], {'p': 'ShareLock', 'p1': 'ShareLock', 'p2': 'ShareLock',
                                          'p1_id_idx': 'AccessExclusiveLock', 'p2_id_idx': 'AccessExclusiveLock'})

    def test_outside_brief(self):
        """dry-run FILE: VACUUM of a table with hardly a row tells its locks, however quick it is"""
        for sql, locks in (('VACUUM orders', {'orders': 'ShareUpdateExclusiveLock', 'orders_pkey': 'RowExclusiveLock',
                                              'orders_paid': 'RowExclusiveLock'}),
                           ('VACUUM parent', {'parent': 'ShareUpdateExclusiveLock', 'parent_pkey': 'RowExclusiveLock'}),
                           ('VACUUM (ANALYZE) m', {'m': 'ShareUpdateExclusiveLock'}),
                           ('CREATE INDEX CONCURRENTLY i ON parent(id)',
                            {'parent': 'ShareUpdateExclusiveLock', 'i': 'RowExclusiveLock'}),
                           ('REINDEX TABLE CONCURRENTLY orders',
                            {name: 'ShareUpdateExclusiveLock' for name in (
                                'orders', 'orders_pkey', 'orders_pkey_ccnew', 'orders_paid', 'orders_paid_ccnew')})):
            only, = self.statements('--apart', self.write('a.sql', f'-- varve: transaction off\n{MADE}{sql};\n'))[-1:]
            self.assertEqual(only['locks'], locks, sql)

    def test_outside_many(self):
        """dry-run FILE: the wait at every table of a schema is seen, however many there are"""
        names = [f'q{number:02}' for number in range(20)]
        tables = ''.join(f'CREATE TABLE s.{name}(id int PRIMARY KEY);\n' for name in names)
        schema, = self.statements('--apart', self.write('schema.sql', '-- varve: transaction off\n'
                                  f'CREATE SCHEMA s;\n{tables}REINDEX SCHEMA s;\n'))[-1:]
        self.assertEqual(sorted(schema['waits_behind_open_writer']), [[f's.{name}', 'ShareLock'] for name in names])

    def test_waits(self):
        """dry-run FILE: a writer is waited for at the table, at its parts only where the table stays free"""
        exclusive = 'AccessExclusiveLock'
        for sql, waits in (('TRUNCATE orders', [['orders', exclusive]]),
                           ('DROP INDEX orders_paid', [['orders', exclusive]]),
                           ('REINDEX TABLE orders', [['orders', 'ShareLock']]),
                           ('ALTER INDEX orders_paid SET TABLESPACE pg_default', [['orders_paid', exclusive]]),
                           ('REFRESH MATERIALIZED VIEW m', []), ('DROP MATERIALIZED VIEW m', [])):
            only, = self.statements('--apart', self.write('a.sql', f'-- varve: transaction off\n{MADE}{sql};\n'))[-1:]
            self.assertEqual(only['waits_behind_open_writer'], waits, sql)
        held, = self.statements(self.write('b.sql', 'ALTER TABLE orders ADD COLUMN n int;\n'
                                           'REINDEX TABLE orders;\n'))[1:]
        self.assertEqual(held['waits_behind_open_writer'], [])

    def test_waits_for_readers(self):
        """dry-run FILE: what nobody may read meanwhile waits for readers too, and says so"""
        file = self.write('a.sql', 'VACUUM FULL orders;\n')
        self.assertIn('waits for transactions that have read or written its table (orders)',
                      self.run_program(file, '--history', 'setup.sql').stdout)
        file = self.write('b.sql', '-- varve: transaction off\nREINDEX SCHEMA public;\n')
        self.assertIn('waits for transactions that have written to its table (orders)',
                      self.run_program(file, '--history', 'setup.sql').stdout)

    def test_moved_among_catalogs(self):
        """dry-run FILE: a table that is moved into pg_catalog was locked as any other"""
        moved, later = self.statements(self.write('a.sql', 'ALTER TABLE orders SET SCHEMA pg_catalog;\n'
                                                  'CREATE TABLE t (id int);\n'))
        self.assertEqual(moved['locks'], {'orders': 'AccessExclusiveLock'})
        self.assertEqual(later['locks'], {**moved['locks'], 't [new]': 'AccessExclusiveLock'})

    def test_savepoint_undone(self):
        """dry-run FILE: what ROLLBACK TO undoes is not told as done by it"""
        undoing, = self.statements(self.write('a.sql', '''ALTER TABLE orders ADD z int;
SAVEPOINT s;
ALTER TABLE orders ALTER COLUMN parent TYPE bigint;
DROP INDEX orders_paid;
CREATE TABLE t (id int PRIMARY KEY);
ROLLBACK TO s;
'''))[-1:]
        self.assertEqual([undoing[effect] for effect in
                          ('rewritten', 'reindexed', 'dropped', 'new_files', 'index_files_reused')],
                         [[]] * 5)

    def test_savepoint(self):
        """dry-run FILE: a lock that ROLLBACK TO has given up is taken again by the next statement"""
        again, = self.statements(self.write('a.sql', 'SAVEPOINT s;\nALTER TABLE orders ADD n int;\nROLLBACK TO s;\n'
                                            'ALTER TABLE orders ADD n int;\n'))[3:]
        self.assertEqual(again['locks_taken'], {'orders': 'AccessExclusiveLock'})
        self.assertEqual(again['waits_behind_open_writer'], [['orders', 'AccessExclusiveLock']])

    def test_index_made_again(self):
        """dry-run FILE: an index that ALTER TYPE makes again is told as rebuilt or not at all, never as dropped"""
        file = self.write('a.sql', 'ALTER TABLE orders ALTER id TYPE bigint;\nALTER TABLE orders DROP COLUMN paid;\n')
        first, second = self.run_program(file, '--history', 'setup.sql').stdout.split('DROP COLUMN')
        self.assertRegex(first, 'rebuilds .*orders_pkey')
        self.assertNotIn('drops', first)
        self.assertIn('drops orders_paid', second)

    def test_deallocated(self):
        """dry-run FILE: a script that forgets every prepared statement is measured all the same"""
        for sql in ('DEALLOCATE ALL', 'PREPARE p AS SELECT 1;\nDEALLOCATE p'):
            last = self.statements(self.write('a.sql', f'{sql};\nALTER TABLE orders ADD n int;\n'))[-1]
            self.assertEqual((last['error'], last['locks']), (None, {'orders': 'AccessExclusiveLock'}), sql)

    def check_held(self, before):
        statements = self.statements(self.write('a.sql', before + HELD))[before.count(';'):]
        told = [(each['rewritten'], each['reindexed'], each['dropped'], each['scanned_rows']) for each in statements]
        nothing = ([], [], [], {})
        self.assertEqual(told, [
            nothing, nothing, (['orders'], ['orders_paid', 'orders_pkey'], [], {'orders': 15000}),
            nothing, nothing, nothing, nothing, nothing,
            ([], [], [], {'orders': 10}), ([], [], [], {'orders': 20}), nothing,
            (['orders'], ['orders_paid', 'orders_pkey'], [], {'orders': 15000}),
            ([], [], ['orders_paid'], {}), ([], [], ['s2.n2', 's2.n_pkey'], {}), nothing,
            (['orders'], ['orders_pkey'], [], {})])
        self.assertIn('s2.n2 [new]', statements[6]['locks'])
        self.assertEqual(statements[2]['locks_taken'], {'orders_pkey': 'AccessExclusiveLock',
                                                        'orders_paid': 'AccessExclusiveLock'})
        return statements[-1]['locks']

    def test_held(self):
        """dry-run FILE: what a later statement does to relations that are held already is told of it alone"""
        exclusive = {name: 'AccessExclusiveLock' for name in ('orders', 'orders_pkey', 'orders_paid')}
        self.assertEqual(self.check_held(''), exclusive)
        locks = self.check_held(''.join(f'CREATE TABLE t{number}(id int PRIMARY KEY);\n' for number in range(70)))
        self.assertEqual(len(locks), 143)
        self.assertEqual({name: mode for name, mode in locks.items() if 'new' not in name}, exclusive)

    def test_failure(self):
        """dry-run FILE: a statement that fails is shown at its place, exit 4"""
        answer = self.run_program(self.write('a.sql', 'CREATE TABLE a(x int);\nALTER TABLE a ADD x int;\n'),
                                  '--history', 'setup.sql')
        self.assertEqual(answer.returncode, 4)
        self.assertIn('error[42701]', answer.stderr)
        self.assertIn('a.sql:2:1', answer.stderr)

    def test_endless(self):
        """dry-run FILE: a statement that never ends is given up after --statement-timeout"""
        file = self.write('a.sql', 'CREATE TABLE a(x int);\nSELECT pg_sleep(3600);\n')
        answer = self.run_program(file, '--history', 'setup.sql', '--statement-timeout', '300ms')
        self.assertEqual(answer.returncode, 4)
        self.assertIn('error[57014]', answer.stderr)
        self.assertIn('a.sql:2:1', answer.stderr)
        refused = self.run_program(file, '--statement-timeout', 'soon')
        self.assertEqual(refused.returncode, 2)
        self.assertIn('"soon" is not a duration', refused.stderr)

    def test_reach(self):
        """dry-run FILE: what reaches beyond the shadow is not done, and said"""
        target = self.folder / 'gone'
        statements = self.statements(self.write('a.sql', f"COPY orders TO PROGRAM 'touch {target}';\n"
                                                "CREATE DATABASE other;\nALTER SYSTEM SET work_mem = '1MB';\n"))
        self.assertEqual([bool(each['not_run']) for each in statements], [True, True, True])
        self.assertFalse(target.exists())

    def test_whole_database(self):
        """dry-run FILE: REINDEX of a database is tried in a transaction, which the server refuses, and no further"""
        for text in ('REINDEX DATABASE shop;\n', 'REINDEX (CONCURRENTLY) DATABASE shop;\n', 'REINDEX SYSTEM shop;\n'):
            only, = self.statements(self.write('a.sql', text))
            self.assertEqual((only['in_tx_ok'], only['in_tx_sqlstate'], only['error']), (False, '25001', None), text)
            self.assertIn('it names a database', only['not_run'])

    def test_apart(self):
        """dry-run --apart: each file on the history alone, whatever the others do"""
        files = [self.write('a.sql', 'DROP TABLE orders;\n'), self.write('b.sql', 'TRUNCATE orders;\n'),
                 self.write('c.sql', 'VACUUM FULL orders;\n'),
                 self.write('d.sql', 'ALTER TABLE orders ADD q int;\n')]
        statements = self.statements(*files, words=['--apart'])
        self.assertEqual([each['error'] for each in statements], [None] * 4)
        self.assertEqual(statements[2]['rewritten'], ['orders'])

    def test_history(self):
        """dry-run --history: a script that fails is told with file and line, exit 4"""
        self.write('setup.sql', 'CREATE TABLE a(x int);\n\nCREATE TABLE a(x int);\n')
        answer = self.run_program(self.write('a.sql', 'SELECT 1;\n'), '--history', 'setup.sql')
        self.assertEqual(answer.returncode, 4)
        self.assertIn('error[shadow-history]: setup.sql:3:', answer.stderr)
        self.assertIn('--history', answer.stderr)
        self.assertNotIn('--shadow-from', answer.stderr)

    def test_roles(self):
        """dry-run makes a role that a script gives rights to and nobody makes, and says so"""
        self.write('setup.sql', SETUP + 'BEGIN;\nCREATE TABLE x(a int);\n'
                                        'GRANT SELECT ON x TO varve_test_old;\nCOMMIT;\n')
        self.write('a.sql', 'CREATE TABLE made(a int);\nGRANT SELECT ON made TO varve_test_new;\n'
                            'ALTER TABLE made OWNER TO "varve test ""third""";\n')
        answer = self.run_program('a.sql', '--history', 'setup.sql', '--format', 'json')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        document = json.loads(answer.stdout)
        self.assertEqual(len(document['statements']), 3)
        for role in ('"varve_test_old"', '"varve_test_new"', '"varve test "third""'):
            self.assertIn(role, ' '.join(document['notes']))

    def test_unreadable(self):
        """dry-run says why a file cannot be read"""
        (self.folder / 'latin.sql').write_bytes(b'-- caf\xe9\nSELECT 1;\n')
        (self.folder / 'folder.sql').mkdir()
        for name in ('latin.sql', 'folder.sql'):
            for words in ((name,), ('--history', name, 'setup.sql')):
                answer = self.run_program(*words)
                self.assertEqual(answer.returncode, 2, answer.stdout + answer.stderr)
                self.assertIn('error[file-unreadable]', answer.stderr)
                self.assertIn(name, answer.stderr)

    def test_missing(self):
        """dry-run FILE: without a server it says what to install or to set"""
        answer = self.run_program(self.write('a.sql', 'SELECT 1;\n'),
                                  environment={**self.environment, 'VARVE_POSTGRES_BIN': '/nowhere'})
        self.assertEqual(answer.returncode, 1)
        self.assertIn('error[shadow-missing]', answer.stderr)
