"""Rules before a run: safer forms that are proven and written, and credentials in scripts."""
import json
import os
import subprocess
import time

from validating import BLOCKING, TABLE, Case
from varve import CLEAN, Cluster, PROGRAM


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class Fixes(Case):
    def test_a_safer_form_is_proven_and_written(self):
        """validate --fix proves the safer form on a disposable server, and --write writes it"""
        project = self.project()
        project.write('0001_orders', TABLE)
        self.expect(0, project.varve('run', '--init'))
        project.write('0002_index', '-- why\n' + BLOCKING)
        found = [f for f in project.document('validate', '--fix')['findings']
                 if f['rule'] == 'index-create-blocking']
        self.assertIn('SHARE UPDATE EXCLUSIVE', found[0]['fix']['proven_because'])
        document = project.document('validate', '--fix', '--write')
        self.assertEqual(document['fixed'], [str(project.migrations / '0002_index.up.sql')])
        self.assertEqual(document['folder'], str(project.migrations))
        self.assertEqual(project.document('validate')['fixed'], [])
        self.assertEqual((project.migrations / '0002_index.up.sql').read_text(),
                         '-- why\nCREATE INDEX CONCURRENTLY orders_day ON orders (day);\n')
        self.expect(0, project.varve('validate'))
        self.expect(0, project.varve('run'))

    def test_named_files_alone(self):
        """validate --fix --write FILE writes no other file of the folder"""
        project = self.project()
        project.write('0001_orders', TABLE)
        self.expect(0, project.varve('run', '--init'))
        project.write('0002_index', BLOCKING)
        project.write('0003_index', BLOCKING.replace('orders_day', 'orders_day_too'))
        self.expect(4, project.varve('validate', '--fix', '--write', '0003_index.up.sql'))
        self.assertEqual((project.migrations / '0002_index.up.sql').read_text(), BLOCKING)
        self.assertIn('CONCURRENTLY', (project.migrations / '0003_index.up.sql').read_text())

    def test_a_transaction_stays_whole(self):
        """validate --fix --write takes no file apart that is one transaction"""
        project = self.project()
        project.write('0001_orders', TABLE)
        for others, is_fixed in (('SET lock_timeout = 1000;\n', True),
                                 ('CREATE TABLE other (id bigint PRIMARY KEY);\n', False)):
            text = BLOCKING + others
            project.write('0002_index', text)
            self.expect(4, project.varve('validate', '--fix', '--write'))
            after = (project.migrations / '0002_index.up.sql').read_text()
            self.assertEqual(after, text.replace('INDEX', 'INDEX CONCURRENTLY') if is_fixed else text)
        found = [f for f in project.document('validate', '--fix')['findings']
                 if f['rule'] == 'index-create-blocking']
        self.assertIsNone(found[0]['fix'])
        self.assertIn('one transaction', found[0]['help'][-1])

    def written_alone(self, history, text):
        """A file by itself after validate --fix --write."""
        folder = self.project().folder
        (folder / 'before.sql').write_text(history, encoding='utf-8')
        (folder / 'change.sql').write_bytes(text.encode())
        answer = subprocess.run([str(PROGRAM), 'validate', '--fix', '--write', '--history',
                                 'before.sql', 'change.sql'], cwd=folder, env=CLEAN,
                                capture_output=True, text=True, timeout=120)
        self.assertIn('fixed', answer.stdout, answer.stderr)
        return (folder / 'change.sql').read_bytes().decode()

    def test_a_link_and_its_rights_stay(self):
        """validate --fix --write keeps a link, and the mode of what it leads to"""
        folder = self.project().folder
        (folder / 'before.sql').write_text(TABLE, encoding='utf-8')
        (folder / 'real.sql').write_text(BLOCKING, encoding='utf-8')
        (folder / 'real.sql').chmod(0o640)
        os.chown(folder / 'real.sql', 1234, 1234)
        (folder / 'link.sql').symlink_to('real.sql')
        answer = subprocess.run([str(PROGRAM), 'validate', '--fix', '--write', '--history',
                                 'before.sql', 'link.sql'], cwd=folder, env=CLEAN,
                                capture_output=True, text=True, timeout=120)
        self.assertIn('fixed  link.sql', answer.stdout, answer.stderr)
        self.assertIn('validate it again', answer.stdout + answer.stderr)
        self.assertTrue((folder / 'link.sql').is_symlink())
        self.assertIn('CONCURRENTLY', (folder / 'real.sql').read_text(encoding='utf-8'))
        about = (folder / 'real.sql').stat()
        self.assertEqual((about.st_mode & 0o7777, about.st_uid, about.st_gid), (0o640, 1234, 1234))

    def test_what_is_checked_later_is_proven(self):
        """validate --fix proves a constraint that is validated in a statement of its own"""
        self.assertEqual(
            self.written_alone(TABLE, 'ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0);\n'),
            'ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0) NOT VALID;\n'
            'ALTER TABLE orders VALIDATE CONSTRAINT c;\n')

    def test_all_else_of_a_file_stays(self):
        """validate --fix --write keeps a byte order mark, line ends and what is no ASCII"""
        self.assertEqual(
            self.written_alone(
                TABLE, '\ufeff-- \u20ac\r\n/* \u00e9 */ ALTER TABLE orders '
                       'ADD CONSTRAINT "\u00e9" CHECK (id > 0); -- \U0001f600\r\n'),
            '\ufeff-- \u20ac\r\n/* \u00e9 */ ALTER TABLE orders '
            'ADD CONSTRAINT "\u00e9" CHECK (id > 0) NOT VALID;\r\n'
            'ALTER TABLE orders VALIDATE CONSTRAINT "\u00e9"; -- \U0001f600\r\n')

    def test_other_sections_stay(self):
        """validate --fix --write leaves the way back in a file of both ways as it is"""
        up, down = 'CREATE INDEX i ON t (a);\n\n', 'DROP INDEX i;\n'
        for first, begin, middle in (
                ('-- migrate:up\nCREATE TABLE t (a int);\n-- migrate:down\nDROP TABLE t;\n',
                 '-- migrate:up transaction:false\n', '-- migrate:down\n'),
                ('-- +goose Up\nCREATE TABLE t (a int);\n-- +goose Down\nDROP TABLE t;\n',
                 '-- +goose NO TRANSACTION\n-- +goose Up\n', '-- +goose Down\n')):
            project = self.project()
            (project.migrations / '20240101000000_a.sql').write_text(first, encoding='utf-8')
            path = project.migrations / '20240102000000_b.sql'
            path.write_text(begin + up + middle + down, encoding='utf-8')
            self.expect(4, project.varve('validate', '--fix', '--write'))
            self.assertEqual(path.read_text(encoding='utf-8'),
                             begin + up.replace('INDEX', 'INDEX CONCURRENTLY') + middle + down)

    def test_what_is_not_proven_is_not_offered(self):
        """validate --fix offers no form that fails or does something else"""
        project = self.project()
        project.write('0001_index', 'CREATE INDEX gone_day ON gone (day);\n')
        project.write('0002_other', 'SELECT 1;\n')
        found = [f for f in project.document('validate', '--fix')['findings']
                 if f['rule'] == 'index-create-blocking']
        self.assertIsNone(found[0]['fix'])
        self.assertIn('could not be proven', found[0]['help'][-1])

    def test_a_broken_script_before_it(self):
        """validate --fix tells its findings where a script before them fails, and offers nothing unproven"""
        project = self.project()
        project.write('0001_orders', TABLE)
        project.write('0002_broken', 'DROP TABLE nowhere;\n')
        for version in ('0003', '0004'):
            project.write(version + '_index', BLOCKING.replace('orders_day', 'day_' + version))
        answer = project.varve('validate', '--fix', '--write', '--format', 'json')
        self.assertEqual(answer.returncode, 4, answer.stderr)
        self.assertEqual(answer.stderr.count('no fix can be proven: 0002_broken.up.sql:1:'), 1, answer.stderr)
        found = [f for f in json.loads(answer.stdout)['findings'] if f['rule'] == 'index-create-blocking']
        self.assertEqual([f['fix'] for f in found], [None, None])
        self.assertIn('a script before it fails', found[1]['help'][-1])

    def test_an_index_that_is_there_stays(self):
        """validate --fix --write builds nothing anew that IF NOT EXISTS leaves as it is"""
        folder = self.project().folder
        (folder / 'before.sql').write_text('CREATE TABLE t (a int);\nCREATE UNIQUE INDEX i ON t (a);\n',
                                           encoding='utf-8')
        for text in ('CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a);\n',
                     'CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);\n'):
            (folder / 'change.sql').write_text(text, encoding='utf-8')
            subprocess.run([str(PROGRAM), 'validate', '--fix', '--write', '--history',
                            'before.sql', 'change.sql'], cwd=folder, env=CLEAN, check=False,
                           capture_output=True, text=True, timeout=120)
            self.assertEqual((folder / 'change.sql').read_text(encoding='utf-8'), text)

    def test_small_tables(self):
        """validate --ask-target weighs a lock by the rows of the target's table"""
        project = self.project()
        project.write('0001_orders', TABLE)
        self.expect(0, project.varve('run', '--init'))
        project.write('0002_index', BLOCKING)
        self.expect(4, project.varve('validate'))
        project.sql('ANALYZE orders')
        self.expect(0, project.varve('validate', '--ask-target'))
        project.sql("INSERT INTO orders SELECT g, '2026-01-01' FROM generate_series(1, 20000) g; "
                    'ANALYZE orders')
        self.expect(4, project.varve('validate', '--ask-target'))

    def test_places_with_placeholders(self):
        """findings, failures and fixes are about the file, not about what is sent"""
        project = self.project()
        given = ['--placeholder', 'name=a_long_name', '--placeholder',
                 'columns=id int PRIMARY KEY,\n  a int,\n  b int']
        project.write('0001_base', 'CREATE TABLE :name (:columns);\n')
        self.expect(0, project.varve('run', '--init', *given))
        project.write('0002_index', 'CREATE TABLE c (:columns); SELECT 1 FROM :name LIMIT 1;\n'
                      'SELECT 2 FROM :name LIMIT 1; CREATE INDEX i ON a_long_name (a);\n')
        found = {finding['rule']: finding for finding in project.document(
            'validate', '--verbose', *given)['findings']}
        blocking = found['index-create-blocking']
        self.assertEqual((blocking['line'], blocking['column'], blocking['end_column']),
                         (2, 30, 63))
        project.write('0002_index', '/* :name */ CREATE INDEX i ON a_long_name (a); -- :name\n')
        self.assertEqual(len(project.document('validate', '--fix', '--write', *given)['fixed']), 1)
        self.assertEqual((project.migrations / '0002_index.up.sql').read_text(), '/* :name */ '
                         'CREATE INDEX CONCURRENTLY i ON a_long_name (a); -- :name\n')
        project.write('0002_index', 'CREATE TABLE c (:columns);\n  SELECT 1 FROM :name, nope;\n')
        for answer in (project.varve('run', *given), project.varve('dry-run', *given)):
            self.assertIn('0002_index.up.sql:2:24', answer.stdout + answer.stderr)

    def judged(self, project, script):
        """the errors of the rules about waiting, with their messages, by --ask-target"""
        project.write('0002_change', script)
        answer = project.varve('validate', '--ask-target', '--format', 'json')
        return {finding['rule']: finding['message']
                for finding in json.loads(answer.stdout)['findings']
                if finding['severity'] == 'error'}

    def filled(self, history, rows):
        """a project with its history on a target, where some of its tables have many rows"""
        project = self.project()
        project.write('0001_base', history)
        self.expect(0, project.varve('run', '--init'))
        for table, values in rows.items():
            project.sql(f'INSERT INTO {table} SELECT {values} FROM generate_series(1, 20000) g')
        return project

    def test_lost_statistics(self):
        """a table whose statistics are lost has the rows that its file has room for"""
        project = self.filled('CREATE TABLE t (a int) WITH (autovacuum_enabled = false);\n',
                              {'t': 'g'})
        for _ in range(50):
            project.sql('SELECT pg_stat_reset()')
            if project.sql("SELECT n_live_tup FROM pg_stat_user_tables "
                           "WHERE relname = 't'").strip() in ('0', ''):
                break
            time.sleep(0.1)
        self.assertIn('index-create-blocking',
                      self.judged(project, 'CREATE INDEX t_a ON t (a);\n'))

    def test_rows_of_heirs(self):
        """what inherits from a table counts with it where the statement changes both"""
        project = self.filled('CREATE TABLE m (a int);\nCREATE TABLE m_1 () INHERITS (m);\n',
                              {'m_1': 'g'})
        project.sql('ANALYZE')
        self.assertIn('check-add-validating', self.judged(
            project, 'ALTER TABLE m ADD CONSTRAINT m_a CHECK (a > 0);\n'))
        self.assertNotIn('index-create-blocking', self.judged(
            project, 'CREATE INDEX m_a ON m (a);\n'))
        project.sql('CREATE TABLE s (a int); ALTER TABLE m_1 NO INHERIT m')
        self.assertNotIn('check-add-validating', self.judged(
            project, 'ALTER TABLE m ADD CONSTRAINT m_a CHECK (a > 0);\n'))

    def test_rows_read_along(self):
        """a large table that is read under a small one's lock is told, and outweighs it"""
        project = self.filled(
            'CREATE TABLE small (id int PRIMARY KEY);\n'
            'CREATE TABLE child (s int REFERENCES small);\n'
            'CREATE TABLE part (d int) PARTITION BY RANGE (d);\n'
            'CREATE TABLE part_default PARTITION OF part DEFAULT;\n'
            'CREATE TABLE att (d int);\nCREATE TABLE big (a int);\n'
            'INSERT INTO small VALUES (1);\n', {'child': '1', 'part': 'g', 'big': 'g'})
        project.sql('ANALYZE')
        cases = [('ALTER TABLE part ATTACH PARTITION att FOR VALUES FROM (30000) TO (40000);\n',
                  'partition-attach-scan', 'part_default, with 20000 rows, is read whole'),
                 ('ALTER TABLE small ALTER COLUMN id TYPE bigint;\n',
                  'column-type-rewrite', 'child, with 20000 rows, is read whole'),
                 ('ALTER TABLE small ADD COLUMN z int;\nUPDATE small SET z = 1;\n'
                  'SELECT count(*) FROM big;\n',
                  'access-exclusive-held', 'big, with 20000 rows, is locked or worked on')]
        for script, rule, told in cases:
            self.assertIn(told, self.judged(project, script).get(rule, ''), script)
        for script in ('ALTER TABLE att ALTER COLUMN d TYPE bigint;\n',
                       'ALTER TABLE small ADD COLUMN z int;\nUPDATE small SET z = 1;\n'
                       'INSERT INTO big VALUES (1);\n'):
            self.assertEqual(self.judged(project, script), {}, script)


class Secrets(Case):
    SCRIPT = "CREATE ROLE varve_test_app PASSWORD 'dfg7-Kjh2';\n"

    def test_a_secret_enters_no_ledger(self):
        """a run refuses a script with a credential before it enters the ledger"""
        project = self.project()
        project.write('0001_role', self.SCRIPT)
        for verb in (['validate'], ['run', '--init']):
            answer = self.expect(4, project.varve(*verb))
            self.assertIn('secret-in-script', answer.stderr)
            self.assertIn('0001_role.up.sql:1', answer.stderr)
            self.assertNotIn('dfg7', answer.stderr + answer.stdout)
        self.assertEqual(project.events('migration-registered'), [])
        for root, _, files in os.walk(project.ledger):
            for name in files:
                with open(os.path.join(root, name), 'rb') as file:
                    self.assertNotIn(b'dfg7-Kjh2', file.read())

    def test_a_secret_is_accepted_outside_of_the_file(self):
        """a file that must not be edited has its acceptance in varve.toml"""
        project = self.project()
        project.write('0001_role', self.SCRIPT.replace('varve_test_app', 'varve_test_other'))
        self.configure(project, '[migrations]\nfiles."0001_role.up.sql".allow = '
                                '{ secret-in-script = "a role of the tests" }\n')
        self.expect(0, project.varve('run', '--init'))
        accepted = project.events('finding-accepted')
        self.assertEqual([e['data']['because'] for e in accepted], ['a role of the tests'])
