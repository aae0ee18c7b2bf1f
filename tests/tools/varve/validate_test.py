"""Rules before a run: files by themselves."""
import json
import os
import subprocess

from validating import BLOCKING, Case
from varve import CLEAN, Cluster, PROGRAM


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


class AlonePlaces(Case):
    def test_what_comes_through_a_pipe(self):
        """validate - judges what comes through a pipe"""
        answer = subprocess.run([str(PROGRAM), 'validate', '-', '--format', 'json'], env=CLEAN,
                                cwd=self.project().folder, input='SELECT 1;\n' + BLOCKING,
                                capture_output=True, text=True, timeout=120)
        self.expect(4, answer)
        self.assertIn(('index-create-blocking', '/dev/stdin', 2),
                      [(found['rule'], found['file'], found['line'])
                       for found in json.loads(answer.stdout)['findings']])

    def test_a_file_needs_no_configuration_ledger_or_database(self):
        """validate judges a file that belongs to no project"""
        answer = self.expect(4, self.alone('SELECT 1;\n' + BLOCKING, '--format', 'json'))
        found = [f for f in json.loads(answer.stdout)['findings']
                 if f['rule'] == 'index-create-blocking']
        self.assertEqual(len(found), 1)
        self.assertEqual((found[0]['file'], found[0]['line'], found[0]['column']),
                         ('change.sql', 2, 1))
        self.assertEqual((found[0]['end_line'], found[0]['severity']), (2, 'error'))
        edit = found[0]['fix']['edits'][0]
        self.assertEqual((edit['line'], edit['column'], edit['text']), (2, 13, ' CONCURRENTLY'))

    def test_a_pipe_is_waited_for(self):
        """validate reads what comes through a pipe that is named"""
        folder = self.project().folder
        os.mkfifo(folder / 'pipe.sql')
        judging = subprocess.Popen([str(PROGRAM), 'validate', 'pipe.sql'], cwd=folder, env=CLEAN,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with open(folder / 'pipe.sql', 'w', encoding='utf-8') as pipe:
            pipe.write('SELECT 1;\n')
            pipe.flush()
            pipe.write(BLOCKING)
        _, errors = judging.communicate(timeout=60)
        self.assertEqual(judging.returncode, 4, errors)
        self.assertIn('pipe.sql:2:1', errors)

    def test_people_see_the_place(self):
        """validate shows the statement with a caret and what to do"""
        answer = self.expect(4, self.alone(BLOCKING))
        self.assertIn('error[index-create-blocking]', answer.stderr)
        self.assertIn('change.sql:1:1', answer.stderr)
        self.assertIn('^^^', answer.stderr)
        self.assertIn('CONCURRENTLY', answer.stderr)

    def test_carets_stand_under_what_is_meant(self):
        """validate puts its carets under what is meant, also behind wide characters"""
        answer = self.alone('\tALTER TABLE t ADD COLUMN "\u65e5\u672c" int, '
                            'ADD CONSTRAINT c CHECK (a > 0);\n')
        lines = answer.stderr.split('\n')
        at = next(n for n, line in enumerate(lines) if 'check-add-validating' in line)
        source, carets = (line.split('\u2502 ', 1)[1] for line in lines[at + 2:at + 4])
        wide = source.index('CONSTRAINT') + 2
        self.assertEqual(carets,
                         '\t' + ' ' * (wide - 1) + '^' * len('CONSTRAINT c CHECK (a > 0)'))
        answer = self.alone('ALTER TABLE t\n  ALTER COLUMN a_longer_name SET NOT NULL;\n')
        self.assertIn('\u2502 ' + '^' * len('ALTER TABLE t') + '\n', answer.stderr)

    def test_a_secret_is_never_shown(self):
        """validate and dry-run show stars where a statement holds a secret"""
        text = ("CREATE ROLE varve_a PASSWORD 'q7Rt2xLm9'; DROP TABLE gone;\n"
                "DO $$ BEGIN CREATE ROLE varve_b PASSWORD 'q7Rt2xLm9'; END $$;\n")
        answer = self.expect(4, self.alone(text))
        self.assertEqual(answer.stderr.count('error[secret-in-script]'), 2)
        self.assertNotIn('q7Rt2xLm9', answer.stdout + answer.stderr)
        project = self.project()
        (project.folder / 'roles.sql').write_text(text, encoding='utf-8')
        for form in ('text', 'json'):
            answer = project.varve('dry-run', '--format', form, 'roles.sql')
            self.assertIn('CREATE ROLE varve_a', answer.stdout)
            self.assertNotIn('q7Rt2xLm9', answer.stdout + answer.stderr)

    def test_a_name_that_is_no_uri(self):
        """validate --format sarif names a file as a URI, whatever is in its name"""
        folder = self.project().folder
        (folder / 'a b#\u00e9%.sql').write_text(BLOCKING, encoding='utf-8')
        answer = subprocess.run([str(PROGRAM), 'validate', '--format', 'sarif', 'a b#\u00e9%.sql'],
                                cwd=folder, env=CLEAN, capture_output=True, text=True, timeout=60)
        result = json.loads(answer.stdout)['runs'][0]['results'][0]
        self.assertEqual(result['locations'][0]['physicalLocation']['artifactLocation']['uri'],
                         'a%20b%23%C3%A9%25.sql')

    def test_history_is_known(self):
        """validate --history tells what was there before"""
        project = self.project()
        (project.folder / 'before.sql').write_text(
            'CREATE TABLE events (day date) PARTITION BY RANGE (day);\n', encoding='utf-8')
        (project.folder / 'change.sql').write_text(
            'CREATE INDEX events_day ON ONLY events (day);\n', encoding='utf-8')
        words = [str(PROGRAM), 'validate', '--format', 'json', '--history', 'before.sql',
                 'change.sql']
        answer = subprocess.run(words, cwd=project.folder, env=CLEAN, capture_output=True,
                                text=True, timeout=60)
        rules = {f['rule'] for f in json.loads(answer.stdout)['findings']}
        self.assertNotIn('index-create-blocking', rules)

    def test_other_forms(self):
        """validate writes SARIF and annotations of GitHub"""
        sarif = json.loads(self.expect(4, self.alone(BLOCKING, '--format', 'sarif')).stdout)
        self.assertEqual(sarif['version'], '2.1.0')
        result = [r for r in sarif['runs'][0]['results']
                  if r['ruleId'] == 'index-create-blocking'][0]
        place = result['locations'][0]['physicalLocation']
        self.assertEqual(place['artifactLocation']['uri'], 'change.sql')
        self.assertEqual(place['region']['startLine'], 1)
        github = self.expect(4, self.alone(BLOCKING, '--format', 'github')).stdout
        self.assertIn('::error file=change.sql,line=1,col=1,title=index-create-blocking::', github)
        github = self.expect(4, self.alone(BLOCKING, '--format', 'github', name='a\x1b[31m\u202e,b.sql')).stdout
        self.assertIn('::error file=a\ufffd[31m\ufffd%2Cb.sql,line=1', github)

    def test_errors_in_other_forms(self):
        """validate says in the form that was asked for why nothing was judged"""
        project = self.project()
        self.configure(project, '[environments.production]\n')
        for words, reason in ((('--migrations', '/nope'), 'migrations-missing'),
                              (('--env', 'nope'), 'environment-unknown'),
                              (('--bogus',), 'usage'), (('--rules',), 'usage')):
            def said(form):
                answer = subprocess.run([str(PROGRAM), 'validate', *words, '--format', form],
                                        cwd=project.folder, env=CLEAN, capture_output=True,
                                        text=True, timeout=60)
                return self.expect(2, answer).stdout
            with self.subTest(words=words):
                self.assertRegex(said('github'), rf'\A::error title={reason}::.+\n\Z')
                run, = json.loads(said('sarif'))['runs']
                self.assertEqual(run['results'], [])
                invocation, = run['invocations']
                self.assertIs(invocation['executionSuccessful'], False)
                told, = invocation['toolConfigurationNotifications']
                self.assertEqual((told['descriptor']['id'], told['level']), (reason, 'error'))

    def test_an_older_version(self):
        """validate --server-version takes three numbers where a version has as many"""
        self.expect(0, self.alone('SELECT 1;\n', '--server-version', '9.6.24'))
        self.expect(2, self.alone('SELECT 1;\n', '--server-version', '15.4.1'))

    def test_a_mistake_is_one_on_every_server(self):
        """validate --server-version tells a mistake from what a newer server has added"""
        answer = self.expect(4, self.alone('ALTER TABEL t ADD COLUMN a int;\n',
                                           '--server-version', '17'))
        self.assertIn('error[syntax-error]', answer.stderr)
        newer = 'ALTER TABLE t ALTER a SET EXPRESSION AS (b * 2);\n'
        self.expect(4, self.alone(newer, '--server-version', '16'))
        answer = self.expect(0, self.alone(newer, '--server-version', '17'))
        self.assertIn('warning[newer-syntax]', answer.stderr)

    def test_a_password_that_does_not_parse(self):
        """validate shows no password of a statement that does not parse"""
        for quoted in ("'hunter2xx", '"hunter2xx"'):
            for form in ('text', 'json', 'sarif', 'github'):
                answer = self.expect(4, self.alone(f'CREATE ROLE b PASSWORD {quoted};\n',
                                                   '--format', form))
                self.assertNotIn('hunter', answer.stdout + answer.stderr)
                self.assertIn('secret-in-script', answer.stdout + answer.stderr)

    def test_rules_of_one_line(self):
        """validate says that a directive accepts one rule a line"""
        answer = self.expect(4, self.alone('-- varve: allow drop-table, drop-cascade reason="x"\n'
                                           'DROP TABLE a CASCADE;\n'))
        self.assertIn('allow takes one rule, and then its reason', answer.stderr)

    def test_a_table_with_a_few_constants(self):
        """validate weighs a lock on a table that the file fills with a few constants as a warning"""
        table = 'CREATE TABLE kinds (id int PRIMARY KEY, name text);\n'
        rows = "INSERT INTO kinds VALUES (1, 'a'), (2, 'b');\n"
        then = ('CREATE UNIQUE INDEX kinds_name ON kinds (name);\n'
                'ALTER TABLE kinds ALTER COLUMN name SET NOT NULL;\n')
        answer = self.expect(0, self.alone(table + rows + then))
        self.assertIn('warning[index-create-blocking]', answer.stderr)
        single = ''.join(f"INSERT INTO kinds VALUES ({n}, 'a');\n" for n in range(100))
        self.expect(0, self.alone(table + single + then))
        for many in (single * 101, "INSERT INTO kinds SELECT id, name FROM users;\n",
                     'DO $$ BEGIN FOR n IN 1..1000000 LOOP INSERT INTO kinds VALUES (n, 1); '
                     'END LOOP; END $$;\n', rows + 'COPY kinds FROM PROGRAM \'x\';\n'):
            answer = self.expect(4, self.alone(table + many + then))
            self.assertIn('error[index-create-blocking]', answer.stderr)

    def test_bad_input(self):
        """validate says what is wrong with a file that is no SQL text"""
        for text, part in [(b'\xff\xfeS\0E\0', 'UTF-16'), (b'SELECT \xc3\x28;\n', 'UTF-8'),
                           (b'SELECT 1;\0', 'NUL')]:
            answer = self.alone(text)
            self.assertNotEqual(answer.returncode, 0)
            self.assertIn(part, answer.stderr)
        answer = self.alone('SELEC 1;\n')
        self.expect(4, answer)
        self.assertIn('error[syntax-error]', answer.stderr)

    def test_hostile_sql(self):
        """validate survives what overflows or ends the parser"""
        for text in ['SELECT ' + '+'.join(['1'] * 50_000) + ';\n',
                     'SELECT ' + '(' * 10_000 + '1' + ')' * 10_000 + ';\n',
                     'CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;\n'
                     'CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;\n',
                     "DO $$ BEGIN EXECUTE 'DO ' || quote_literal('x'); END $$;\n",
                     'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$BEGIN PERFORM f(); '
                     'END$$;\nSELECT f();\n']:
            answer = self.alone(text)
            self.assertIn(answer.returncode, (0, 4), answer.stderr[-500:])


    def test_code_that_stands_nowhere(self):
        """validate places what code puts together where it runs"""
        answer = self.alone(
            'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n'
            "EXECUTE 'CREATE INDEX ' || 'a_very_long_name_of_an_index_indeed_it_is'\n"
            "  || ' ON orders (customer_id, day, amount, currency, a, b, c, d, e, f, g)';\n"
            'END $$;\nSELECT f();\n', '--format', 'json')
        found = [f for f in json.loads(answer.stdout)['findings']
                 if f['rule'] == 'index-create-blocking']
        self.assertEqual(found[0]['line'], 5)

    def test_what_psql_would_bring_in(self):
        """a file by itself that has psql do more is told of, for that was not judged"""
        answer = self.expect(0, self.alone('\\set ON_ERROR_STOP on\n\\i more.sql\n\\c other\n'
                                           'SELECT 1;\n', '--format', 'json'))
        found = [(f['rule'], f['severity'], f['line'])
                 for f in json.loads(answer.stdout)['findings']]
        self.assertEqual(found, [('psql-meta-command', 'warning', 2),
                                 ('psql-meta-command', 'warning', 3)])
