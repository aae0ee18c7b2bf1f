"""varve validate in a project: its folder, what is applied, accepted and required."""
import json

from validating import ALLOWED, BLOCKING, TABLE, Case
from varve import Cluster


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class Projects(Case):
    def test_what_is_applied_is_history(self):
        """validate judges what is pending, and with --all everything"""
        project = self.project()
        project.write('0001_orders', TABLE)
        project.write('0002_index', BLOCKING)
        self.assertEqual(project.varve('validate').returncode, 4)
        self.expect(0, project.varve('run', '--init'))
        self.expect(0, project.varve('validate'))
        self.expect(4, project.varve('validate', '--all'))

    def test_differences(self):
        """what stands between ledger and files is a finding with what to do; a gone file is no place"""
        project = self.project()
        project.write('0001_a', 'CREATE TABLE a (id int);')
        project.write('0002_b', 'CREATE TABLE b (id int);')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        project.write('0001_a', 'CREATE TABLE a (id bigint);')
        (project.migrations / '0002_b.up.sql').unlink()
        found = {each['rule']: each for each in project.document('validate')['findings']}
        self.assertEqual(found['changed']['file'], '0001_a.up.sql')
        self.assertEqual(found['missing']['file'], '')
        self.assertIn('"0002"', found['missing']['message'])
        for rule in ('changed', 'missing'):
            self.assertIn('varve resolve VERSION', str(found[rule]['help']))
        self.assertNotIn('migrations/0002', project.varve('validate').stderr)

    def test_what_the_run_sets(self):
        """validate asks no file of the project for time limits that a run sets anyway"""
        project = self.project()
        project.write('0001_orders', TABLE, 'DROP TABLE orders;\n')
        self.expect(0, project.varve('run', '--init'))
        change = 'ALTER TABLE orders ADD COLUMN note text;\n'
        project.write('0002_note', change, 'ALTER TABLE orders DROP COLUMN note;\n')

        def missing(*words):
            found = project.document('validate', *words)['findings']
            return {f['rule'] for f in found if f['rule'].endswith('timeout-missing')}
        self.assertEqual(missing(), {'statement-timeout-missing'})
        self.configure(project, '[run]\nstatement_timeout = "10min"\n')
        self.assertEqual(missing(), set())
        self.configure(project, '[run]\nlock_timeout = "0"\nstatement_timeout = "0ms"\n')
        self.assertEqual(missing(), {'lock-timeout-missing', 'statement-timeout-missing'})
        self.configure(project, '')
        (project.folder / 'loose.sql').write_text(change, encoding='utf-8')
        self.assertIn('lock-timeout-missing', missing('loose.sql'))
        self.expect(0, project.varve('run'))
        kept = project.events('migration-validated')[-1]['data']['findings']
        self.assertNotIn('lock-timeout-missing', [f['rule'] for f in kept])

    def test_any_order(self):
        """validate and status have nothing against an order that the configuration allows"""
        project = self.project()
        self.configure(project, '[environments.development]\nrequire = ["validate"]\n')
        project.write('0001_orders', TABLE)
        project.write('0003_parts', 'CREATE TABLE parts (id bigint PRIMARY KEY);\n')
        self.expect(0, project.varve('run', '--init'))
        project.write('0002_late', 'CREATE TABLE late (id bigint PRIMARY KEY);\n')
        self.assertIn('error[out-of-order]', self.expect(4, project.varve('validate')).stderr)
        self.assertIn('out-of-order', project.varve('status').stdout)
        self.configure(project, '[migrations]\norder = "any"\n'
                                '[environments.development]\nrequire = ["validate"]\n')
        self.expect(0, project.varve('validate'))
        shown = self.expect(3, project.varve('status', '--exit-code')).stdout
        self.assertNotIn('out-of-order', shown)
        self.assertIn('pending  0002', shown)
        self.assertEqual(project.document('status')['targets'][0]['differences'], [])
        self.expect(0, project.varve('run'))
        self.expect(0, project.varve('status', '--exit-code'))

    def test_findings_are_events(self):
        """a run records what the rules found, and what a directive accepts"""
        project = self.project()
        project.write('0001_orders', TABLE)
        project.write('0002_index', ALLOWED)
        self.expect(0, project.varve('validate'))
        self.expect(0, project.varve('run', '--init'))
        validated = project.events('migration-validated')
        self.assertEqual([e['data']['version'] for e in validated], ['0001', '0002'])
        found = [f for f in validated[1]['data']['findings']
                 if f['rule'] == 'index-create-blocking']
        self.assertEqual(found[0]['accepted_because'], 'nobody writes at night')
        accepted = project.events('finding-accepted')
        self.assertEqual([(e['data']['rule'], e['data']['because']) for e in accepted],
                         [('index-create-blocking', 'nobody writes at night')])
        self.expect(0, project.varve('verify'))
        self.expect(0, project.varve('run'))

    def test_many_findings(self):
        """a run keeps what weighs most of a script with thousands of findings"""
        project = self.project()
        project.write('0001_many', ''.join(
            f'ALTER TABLE IF EXISTS gone{n} DROP COLUMN IF EXISTS a;\n' for n in range(2000)))
        self.expect(0, project.varve('run', '--init'))
        found = project.events('migration-validated')[0]['data']['findings']
        self.assertGreater(len(found), 20)
        self.assertEqual({f['severity'] for f in found}, {'error'})
        self.expect(0, project.varve('verify'))

    def test_required(self):
        """an environment that requires validation lets nothing unaccepted run"""
        project = self.project()
        self.configure(project, '[environments.production]\nrequire = ["validate"]\n')
        project.write('0001_orders', TABLE)
        production = ('--env', 'production')
        self.expect(0, project.varve('run', '--init', *production))
        project.write('0002_index', BLOCKING)
        answer = self.expect(4, project.varve('run', *production))
        self.assertIn('error[validation-refused]', answer.stderr)
        self.assertIn('0002_index.up.sql:1', answer.stderr)
        refused = project.events('run-refused')
        self.assertEqual(refused[-1]['data']['reason'], 'validation-refused')
        answer = self.expect(4, project.varve('dry-run', *production))
        self.assertIn('validation-refused', answer.stderr)
        project.write('0002_index', ALLOWED)
        self.expect(0, project.varve('run', *production))
        started = project.events('run-started')[-1]['data']['gates']
        self.assertIn('1 accepted', [g['detail'] for g in started if g['gate'] == 'rules'][0])

    def test_not_required(self):
        """where validation is not required, a run says that there are errors, and goes on"""
        project = self.project()
        project.write('0001_orders', TABLE)
        self.assertNotIn('the rules find', self.expect(0, project.varve('run', '--init')).stderr)
        project.write('0002_index', BLOCKING)
        told = 'the rules find an error, index-create-blocking in 0002_index.up.sql:1; '
        answer = self.expect(0, project.varve('dry-run', '--no-rehearsal'))
        self.assertIn(told, answer.stdout)
        answer = self.expect(0, project.varve('run'))
        self.assertIn(told, answer.stderr)
        project.write('0003_index', ALLOWED.replace('orders_day', 'again'))
        self.assertNotIn('the rules find', self.expect(0, project.varve('run')).stderr)

    def test_tests_are_required(self):
        """an environment that requires a suite lets nothing untested run"""
        project = self.project()
        self.configure(project, '[environments.production]\nrequire = ["rollback"]\n')
        project.write('0001_orders', TABLE, 'DROP TABLE orders;\n')
        answer = self.expect(4, project.varve('run', '--init', '--env', 'production'))
        self.assertIn('error[test-missing]', answer.stderr)
        self.assertRegex(answer.stderr, 'varve test .*--rollback')
        self.configure(project, '[environments.production]\nrequire = ["schema", "rollback"]\n')
        answer = self.expect(4, project.varve('run', '--init', '--env', 'production'))
        self.assertIn('the suites "rollback", "schema" as it is now', answer.stderr)
        self.assertRegex(answer.stderr, 'varve test .*--rollback --schema')
        self.assertNotIn('no down script', answer.stderr)

    def test_a_test_without_a_way_back(self):
        """where rollback is required and there is no down script, test and run say so, and what helps"""
        project = self.project()
        self.configure(project, '[environments.production]\nrequire = ["rollback"]\n')
        production = ('--env', 'production')
        project.write('0001_orders', TABLE)
        answer = self.expect(4, project.varve('run', '--init', *production))
        self.assertIn('it has no down script', answer.stderr)
        self.assertIn('write its down script, or into 0001_orders.up.sql: -- varve: irreversible', answer.stderr)
        answer = self.expect(4, project.varve('test', '--rollback', *production))
        self.assertIn('"production" requires this suite', answer.stdout)
        self.assertIn('NOT TESTED', answer.stdout)
        document = project.document('test', *production)
        self.assertEqual((document['passed'], [(each['suite'], each['required'])
                                               for each in document['results'] if each['skipped']]),
                         (False, [('rollback', True)]))
        self.expect(0, project.varve('test'))
        project.write('0001_orders', '-- varve: irreversible reason="there is no way"\n' + TABLE)
        self.expect(0, project.varve('test', '--rollback', *production))
        self.expect(0, project.varve('run', *production))

    def test_weights(self):
        """varve.toml says how heavy a rule is, and where"""
        project = self.project()
        project.write('0001_index', BLOCKING)
        self.configure(project, '[rules]\nindex-create-blocking = "warning"\n'
                                '[environments.production.rules]\n'
                                'index-create-blocking = "error"\n[environments.development]\n')
        self.expect(0, project.varve('validate'))
        self.expect(4, project.varve('validate', '--env', 'production'))
        listed = project.document('validate', '--rules')['rules']
        weights = {r['rule']: r['severity'] for r in listed}
        self.assertEqual(weights['index-create-blocking'], 'warning')
        self.configure(project, '[rules]\nindex-create-blockin = "off"\n')
        answer = self.expect(2, project.varve('validate'))
        self.assertIn('varve.toml:2', answer.stderr)

    def test_a_transaction_of_its_own(self):
        """a file whose BEGIN and COMMIT are around all of it is one transaction like any other"""
        project = self.project()
        project.write('0001_orders', 'BEGIN;\n' + TABLE + 'COMMIT;\n')
        self.expect(0, project.varve('validate'))

    def test_directives_that_are_misspelt(self):
        """a directive that is not understood is an error, of a file by itself as well"""
        for wrong in ('-- varve: allow index-create-blocking\n', '-- varve: alow x reason="y"\n',
                      'SELECT 1; -- varve: allow index-create-blocking reason="y"\n'):
            answer = self.expect(4, self.alone(wrong + BLOCKING, '--format', 'json'))
            found = json.loads(answer.stdout)['findings']
            self.assertIn('directive-unknown', {f['rule'] for f in found})
            self.assertEqual([f['accepted_because'] for f in found
                              if f['rule'] == 'index-create-blocking'], [None])

    def test_configuration_is_believed_or_refused(self):
        """a mistake in varve.toml is told, whichever file is judged"""
        project = self.project()
        project.write('0001_orders', TABLE)
        for text, what in (('[rules]\nno-such = "off"\n', 'no-such'),
                           ('[migrations]\nfiles."0001_orders.up.sql".allow = '
                            '{ drop-tabel = "why" }\n', 'drop-tabel')):
            self.configure(project, text)
            for words in ((), (str(project.migrations / '0001_orders.up.sql'),)):
                answer = self.expect(2, project.varve('validate', *words))
                self.assertIn('configuration-invalid', answer.stderr)
                self.assertIn(what, answer.stderr)

    def test_a_rule_that_there_is_not(self):
        """a misspelt rule is told with what is like it, stops where validation is required, and stays"""
        project = self.project()
        project.write('0001_a', '-- varve: allow index-crate-blocking reason="x"\n' + TABLE)
        answer = self.expect(4, project.varve('validate'))
        self.assertIn('nearest to it: "index-create-blocking"', answer.stderr)
        self.assertIn('rule-unknown', self.expect(0, project.varve('run', '--init')).stderr)
        project.write('0002_b', '-- varve: allow zzzzzzzz reason="x"\nCREATE TABLE b (id int);\n')
        self.assertNotIn('nearest', self.expect(4, project.varve('validate')).stderr)
        self.configure(project, '[environments.development]\nrequire = ["validate"]\n')
        answer = self.expect(4, project.varve('run'))
        self.assertIn('only corrected', answer.stderr)
        self.assertNotIn('allow rule-unknown', answer.stderr)

    def test_a_mistake_in_the_sql_cannot_be_accepted(self):
        """a project's syntax error stands, and the directive that accepts it is told of"""
        project = self.project()
        project.write('0001_a', '-- varve: allow syntax-error reason="x"\nSELEC 1;\n')
        answer = self.expect(4, project.varve('validate'))
        self.assertIn('error[syntax-error]', answer.stderr)
        self.assertIn('warning[allowance-unused]', answer.stderr)
        self.assertIn('cannot be accepted', answer.stderr)

    def test_statements_that_psql_sends_together(self):
        """what \\; of psql separates is judged, in a file by itself, and refused in a project"""
        answer = self.alone('SELECT 1\\; CREATE INDEX zz ON orders(total);', '--format', 'json')
        found = {f['rule'] for f in json.loads(answer.stdout)['findings']}
        self.assertIn('index-create-blocking', found)
        answer = self.alone('BEGIN\\; TRUNCATE users\\; COMMIT;\n', '--format', 'json')
        found = {f['rule'] for f in json.loads(answer.stdout)['findings']}
        self.assertIn('truncate', found)
        self.assertNotIn('tx-uncommitted', found)
        project = self.project()
        project.write('0001_a', 'SELECT 1\\; SELECT 2;\n')
        answer = self.expect(4, project.varve('validate'))
        self.assertIn('\\; is of psql', answer.stderr)

    def test_directive_in_a_function(self):
        """in a function's body one accepts nothing, and what is found where it is called says so"""
        project = self.project()
        allow = '-- varve: allow truncate reason="a cache"\n'
        function = 'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n%sTRUNCATE t; END $$;\n'
        project.write('0001_a', 'CREATE TABLE t (id int);\n')
        project.write('0002_b', function % allow + 'SELECT f();\n')
        answer = self.expect(4, project.varve('validate'))
        self.assertIn('warning[allowance-unused]', answer.stderr)
        self.assertIn('judged where it is called', answer.stderr)
        project.write('0002_b', function % '' + allow + 'SELECT f();\n')
        answer = self.expect(0, project.varve('validate'))
        self.assertNotIn('allowance-unused', answer.stderr)

    def test_directives_that_say_nothing(self):
        """a directive that names no rule is an error, one that accepts nothing is said"""
        project = self.project()
        project.write('0001_a', '-- varve: allow no-such-rule reason="x"\nSELECT 1;\n')
        answer = self.expect(4, project.varve('validate'))
        self.assertIn('rule-unknown', answer.stderr)
        project.write('0001_a', '-- varve: allow index-drop-blocking reason="x"\nSELECT 1;\n')
        answer = self.expect(0, project.varve('validate', '--verbose'))
        self.assertIn('allowance-unused', answer.stderr)
