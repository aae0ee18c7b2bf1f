"""varve test: what each suite lets pass and what it finds, and what is recorded."""
from suites_case import ORDERS, Case, begin, end


def setUpModule():
    begin()


def tearDownModule():
    end()


class Suites(Case):
    def test_good(self):
        """test: a good migration passes every suite; each result is recorded, the target untouched"""
        self.applied()
        self.project.write('0002_day', 'ALTER TABLE orders ADD COLUMN day date;',
                           'ALTER TABLE orders DROP COLUMN day;')
        before = self.cluster.schema(self.project.database)
        document = self.project.document('test')
        self.assertTrue(document['passed'], document)
        suites = ['schema', 'dry-run', 'rollback', 'idempotency']
        self.assertEqual([each['suite'] for each in document['results']], suites)
        self.assertEqual(document['recorded'], 4)
        self.assertEqual(self.cluster.schema(self.project.database), before)
        tested = self.project.events('migration-tested')
        self.assertEqual([each['data']['suite'].replace('_', '-') for each in tested], suites)
        self.assertEqual({each['stream'] for each in tested}, {'migration/0002'})
        schema = tested[0]['data']
        self.assertNotEqual(schema['schema_before'], schema['schema_after'])
        self.assertEqual(self.project.varve('verify').returncode, 0)
        self.assertEqual(self.project.varve('run').returncode, 0)

    def test_text(self):
        """test: a line a check; exit 4 and the detail where one fails; --no-record records nothing"""
        self.applied()
        self.project.write('0002_day', 'ALTER TABLE orders ADD COLUMN day date;', 'SELECT 1;')
        answer = self.project.varve('test', '--rollback', '--no-record')
        self.assertEqual(answer.returncode, 4, answer.stderr)
        self.assertIn('FAIL', answer.stdout)
        self.assertIn('column public.orders.day is new', answer.stdout)
        self.assertIn('Nothing was recorded: --no-record', answer.stdout)
        self.assertEqual(self.project.events('migration-tested'), [])

    def test_sqitch_verify(self):
        """test: a verify script is tested as it is run, without the BEGIN and ROLLBACK of its own"""
        who = '2026-01-01T00:00:00Z Ada <ada@example.com>'
        folder = self.project.migrations
        for each in folder.iterdir():
            each.unlink()
        (folder / 'sqitch.plan').write_text(
            f'%syntax-version=1.0.0\n%project=shop\n\ngood {who}\nbad {who}\nvacuum {who}\nlast {who}\n')
        (folder / 'deploy').mkdir()
        (folder / 'verify').mkdir()
        for name, verify in (('good', 'INSERT INTO good VALUES (1, 2);'),
                             ('bad', 'SELECT 1 FROM bad;\nSELECT 1 / 0;'),
                             ('vacuum', 'CREATE TABLE rest ();\nVACUUM;'), ('last', 'SELECT 1;')):
            (folder / 'deploy' / f'{name}.sql').write_text(
                f'BEGIN;\nCREATE TABLE {name} (id int PRIMARY KEY,'
                f' after int REFERENCES {name} DEFERRABLE INITIALLY DEFERRED);\nCOMMIT;\n')
            (folder / 'verify' / f'{name}.sql').write_text(f'BEGIN;\n{verify}\nROLLBACK;\n')
        results = self.project.document('test', '--dry-run')['results']
        checks = [{each['name']: (each['passed'], each['detail']) for each in result['checks']}
                  for result in results]
        self.assertEqual([result['passed'] for result in results], [True, False, False, True])
        self.assertEqual(checks[0]['verify script'], (True, ''))
        self.assertEqual(checks[1]['verify script'],
                         (False, 'verify/bad.sql:3: division by zero (SQLSTATE 22012)'))
        self.assertEqual(checks[2]['verify script'],
                         (False, 'verify/vacuum.sql:3: VACUUM cannot run inside a transaction block '
                                 '(SQLSTATE 25001)'))
        for name in ('bad', 'vacuum'):
            (folder / 'verify' / f'{name}.sql').unlink()
        answer = self.project.varve('run', '--init')
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_no_ledger(self):
        """test: without a ledger the whole folder is tested, and it says that nothing is recorded"""
        document = self.project.document('test')
        self.assertTrue(document['passed'], document)
        self.assertIn('no ledger', document['not_recorded_because'])
        self.assertFalse(self.project.ledger.exists())

    def test_nothing(self):
        """test: where nothing is pending it says so; --all and --migration test what is applied"""
        self.applied()
        answer = self.project.varve('test')
        self.assertEqual(answer.returncode, 0)
        self.assertIn('Nothing to test', answer.stdout)
        for words in (['--all'], ['--migration', '1']):
            result, checks = self.result_of('--rollback', *words)
            self.assertTrue(result['passed'], checks)

    def test_required(self):
        """require: a run waits for the suite, and passes once the script as it is has passed it"""
        (self.project.folder / 'varve.toml').write_text(
            '[environments.staging]\nrequire = ["rollback"]\n', encoding='utf-8')
        self.assertEqual(self.project.varve('run', '--init', '--env', 'staging').returncode, 4)
        self.assertEqual(self.project.varve('test', '--rollback', '--env', 'staging').returncode, 0)
        down = next(self.project.migrations.glob('*.down.sql'))
        tested = down.read_text(encoding='utf-8')
        down.write_text(tested + 'SELECT 1;', encoding='utf-8')
        self.assertEqual(self.project.varve('run', '--env', 'staging').returncode, 4)
        down.write_text(tested, encoding='utf-8')
        answer = self.project.varve('run', '--env', 'staging')
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_twice(self):
        """test --idempotency: values that a second time changes are found, but for those of the time"""
        self.project.write('0001_orders', "CREATE TABLE seeded (n int, at timestamptz);"
                           "INSERT INTO seeded VALUES (1, 'epoch');", 'DROP TABLE seeded;')
        self.applied()
        for sql, passes in (('UPDATE seeded SET n = n + 1;', False), ('UPDATE seeded SET at = now();', True)):
            self.project.write('0002_again', f'-- varve: transaction off\n{sql}', 'SELECT 1;')
            result, checks = self.result_of('--idempotency')
            self.assertEqual(result['passed'], passes, checks)

    def test_roles(self):
        """test: a history that makes roles passes all suites, since each database has its own"""
        self.project.write('0002_role', 'CREATE ROLE test_made; CREATE TABLE made (id int);',
                           'DROP TABLE made; DROP ROLE test_made;')
        self.project.write('0003_right', 'CREATE TABLE more (id int); GRANT SELECT ON more TO test_made;',
                           'DROP TABLE more;')
        answer = self.project.varve('test')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_secret(self):
        """test: a script with a secret is not registered, and its result not recorded"""
        self.applied()
        self.project.write('0002_role', "CREATE ROLE app LOGIN PASSWORD 'Xk29-fR4tq-88Lm';", 'DROP ROLE app;')
        answer = self.project.varve('test', '--dry-run')
        self.assertEqual(answer.returncode, 4)
        self.assertIn('error[secret-in-script]', answer.stderr)
        self.assertEqual(self.project.events('migration-tested'), [])

    def test_schema_rules(self):
        """test --schema: an error of the rules fails it"""
        self.applied()
        self.project.write('0002_index', 'CREATE INDEX orders_state ON orders (state);', 'DROP INDEX orders_state;')
        _, checks = self.result_of('--schema')
        name, detail = self.one_failure(checks)
        self.assertEqual(name, 'rules')
        self.assertIn('0002_index.up.sql:1: index-create-blocking', detail)

    def test_schema_from_empty(self):
        """test --schema: an up that works on the target and fails from empty is found"""
        self.applied()
        self.project.write('0001_orders', ORDERS.replace('note text', 'remark text'), 'DROP TABLE orders, customers;')
        self.project.write('0002_note', 'ALTER TABLE orders ALTER COLUMN note SET DEFAULT $$$$;',
                           'ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;')
        _, checks = self.result_of('--schema')
        name, detail = self.one_failure(checks)
        self.assertEqual(name, 'up from empty')
        self.assertIn('0002_note.up.sql:1: column "note"', detail)
        self.assertTrue(checks["up from the target's present"][0])

    def test_dry_run(self):
        """test --dry-run: a statement that fails is named; what comes after it is skipped"""
        self.applied()
        self.project.write('0002_wrong', 'SELECT 1;\nALTER TABLE nowhere ADD x int;', 'SELECT 1;')
        self.project.write('0003_day', 'ALTER TABLE orders ADD day date;', 'ALTER TABLE orders DROP day;')
        document = self.project.document('test', '--dry-run')
        first, second = document['results']
        self.assertIn('0002_wrong.up.sql:2: relation "nowhere" does not exist (SQLSTATE 42P01)',
                      first['checks'][0]['detail'])
        self.assertIn('0002 before it fails', second['skipped'])
        self.assertEqual(document['recorded'], 1)

    def test_transaction_twice(self):
        """test --idempotency: of a transaction it is told what a second time would do, and passes"""
        self.applied()
        self.project.write('0002_day', 'ALTER TABLE orders ADD day date;', 'ALTER TABLE orders DROP day;')
        result, checks = self.result_of('--idempotency')
        self.assertTrue(result['passed'])
        self.assertIn('would fail', checks['a second time over'][1])

    def test_tolerant(self):
        """test --idempotency: a tolerant script that is no transaction passes, killed anywhere"""
        self.applied()
        self.project.write('0002_index', '''-- varve: transaction off
SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY orders_state ON orders (state);
ALTER TABLE orders ADD COLUMN IF NOT EXISTS day date;
VACUUM orders;
''', 'DROP INDEX orders_state;\nALTER TABLE orders DROP day;')
        result, checks = self.result_of('--idempotency')
        self.assertTrue(result['passed'], checks)
        self.assertEqual(checks['killed and gone on with'], (True, '4 places'))

    def test_found_in_catalog(self):
        """test --idempotency: a partition that a run finds detached need not be detached twice"""
        self.project.write('0001_orders', """CREATE TABLE t (id int, d date) PARTITION BY RANGE (d);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');""", 'DROP TABLE t;')
        self.applied()
        self.project.write('0002_apart', """-- varve: transaction off
CREATE TABLE IF NOT EXISTS x (i int);
ALTER TABLE t DETACH PARTITION t1 CONCURRENTLY;
CREATE TABLE IF NOT EXISTS y (i int);
""", 'DROP TABLE x, y;')
        result, checks = self.result_of('--idempotency')
        self.assertTrue(result['passed'], checks)
        self.assertEqual(checks['killed and gone on with'], (True, '2 places'))

    def test_rows_twice(self):
        """test --idempotency: what a second time does to rows is found in tables that the history leaves empty"""
        self.project.write('0001_orders', '''CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL, seen int NOT NULL DEFAULT 0);
CREATE TABLE archive (id int, balance int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.seen := OLD.seen + 1; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION touch();
''', 'DROP TABLE accounts, archive; DROP FUNCTION touch;')
        self.applied()
        for sql, fault in (('UPDATE accounts SET balance = balance * 100', 'values of column balance of public.accounts'),
                           ('INSERT INTO archive SELECT id, balance FROM accounts', 'public.archive has 9 rows then, and 6'),
                           ('UPDATE accounts SET balance = abs(balance)', None)):
            self.project.write('0002_cents', f'-- varve: transaction off\nBEGIN;\n{sql};\nCOMMIT;\nVACUUM accounts;', 'SELECT 1;')
            result, checks = self.result_of('--idempotency', '--no-record')
            self.assertEqual(checks['sample rows'], (True, '2 of 2 tables have rows'))
            self.assertEqual(result['passed'], fault is None, checks)
            self.assertIn(fault or 'trigger writes them', checks['a second time over'][1])

    def test_tolerant_from_empty(self):
        """test --idempotency: on an empty history each database is like the first"""
        self.project.write('0001_orders', """-- varve: transaction off
CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY, n int);
DROP INDEX CONCURRENTLY IF EXISTS orders_n;
CREATE INDEX CONCURRENTLY orders_n ON orders (n);
""", 'DROP TABLE orders;')
        result, checks = self.result_of('--idempotency', '--all')
        self.assertTrue(result['passed'], checks)

    def test_applied_twice(self):
        """test --idempotency: rows that a statement changes twice, where it was not noted, are found"""
        self.project.write('0001_orders', """CREATE TABLE accounts (id int PRIMARY KEY, balance int, seen timestamptz);
INSERT INTO accounts VALUES (1, 100);
CREATE PROCEDURE fill(value int) LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..3 LOOP
    UPDATE accounts SET balance = balance + value, seen = clock_timestamp(); COMMIT; END LOOP; END $$;""",
                           'DROP PROCEDURE fill; DROP TABLE accounts;')
        self.applied()
        for value, passes in ((10, False), (0, True)):
            self.project.write('0002_fill', f"""-- varve: transaction off
CREATE TABLE IF NOT EXISTS x (i int PRIMARY KEY);
CALL fill({value});
CREATE TABLE IF NOT EXISTS y (i int PRIMARY KEY);
""", 'DROP TABLE x, y;')
            _, checks = self.result_of('--idempotency', '--no-record')
            passed, detail = checks['killed and gone on with']
            self.assertEqual(passed, passes, checks)
            if not passes:
                self.assertEqual(detail, 'killed after line 3, before it was noted: values of column balance of '
                                 'public.accounts are others then than after a run that was not killed')

    def test_intolerant(self):
        """test --idempotency: what a killed run cannot go on with is found, at its statement"""
        self.applied()
        self.project.write('0002_copy', '''-- varve: transaction off
CREATE TEMP TABLE held AS SELECT id FROM orders;
CREATE TABLE copied (id bigint);
INSERT INTO copied SELECT id FROM held;
''', 'DROP TABLE copied;')
        _, checks = self.result_of('--idempotency')
        self.assertIn('relation "copied" already exists', checks['a second time over'][1])
        passed, detail = checks['killed and gone on with']
        self.assertFalse(passed)
        self.assertIn('killed after line 2: ', detail)
        self.assertIn('relation "held" does not exist', detail)
