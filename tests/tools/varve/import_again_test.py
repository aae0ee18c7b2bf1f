"""varve import, baseline and run beside a tool that goes on, or has kept more than its rows say."""
from import_tables_test import FLYWAY, flyway_checksum
from taking_over import UP, TakingOver
from varve import Cluster


def setUpModule():
    TakingOver.cluster = Cluster()


def tearDownModule():
    TakingOver.cluster.stop()


class Again(TakingOver):
    def flyway(self, files, rows):
        """Rows of (version, type, script), all of them successes."""
        project = self.project(files)
        project.sql(FLYWAY)
        for version, kind, script in rows:
            self.row(project, version, kind, script, files.get(script, ''))
        return project

    def row(self, project, version, kind, script, text, success='true'):
        checksum = flyway_checksum(text) if text else 'NULL'
        project.sql('INSERT INTO flyway_schema_history SELECT count(*) + 1, '
                    f"{version}, 'd', '{kind}', '{script}', {checksum}, 'app', now(), 1, {success} "
                    'FROM flyway_schema_history')

    def refused(self, project, said, *words):
        answer = project.varve(*words)
        self.assertEqual(answer.returncode, 4, answer.stdout + answer.stderr)
        self.assertIn('history-elsewhere', answer.stderr)
        self.assertIn(said, answer.stderr)

    def test_baseline(self):
        """baseline is refused where another tool has a history, and so is applied nothing twice"""
        files = {'V1__a.sql': 'CREATE TABLE IF NOT EXISTS seen (n int);\n',
                 'V2__b.sql': 'INSERT INTO seen VALUES (2);\n'}
        project = self.flyway(files, [("'1'", 'SQL', 'V1__a.sql'), ("'2'", 'SQL', 'V2__b.sql')])
        words = ('baseline', '1', '--init', '--reason', 'was there')
        self.refused(project, 'what is above this baseline, and would be applied again: 2', *words)
        self.assertEqual(project.events('baseline-taken'), [])
        answer = project.varve(*words, '--despite-history')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('overridden: flyway says', answer.stderr)

    def test_only_run_elsewhere(self):
        """import: what psql has run and Varve cannot is taken over, and blocks nothing but its own running"""
        project = self.project({})
        copied = 'CREATE TABLE a (n int);\nCOPY a (n) FROM stdin;\n1\n\\.\n\\echo done\n'
        (project.migrations / '0001_a.up.sql').write_text(copied)
        (project.migrations / '0002_b.up.sql').write_bytes(b'CREATE TABLE b (n int); -- caf\xe9\n')
        project.sql('CREATE TABLE a (n int); CREATE TABLE b (n int); CREATE TABLE schema_migrations '
                    '(version bigint PRIMARY KEY, dirty boolean NOT NULL); '
                    'INSERT INTO schema_migrations VALUES (2, false)')
        self.assertEqual(project.varve('run', '--init').returncode, 4)
        answer = project.varve('import', '--init')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        for rule in ('copy-inline-data', 'psql-meta-command', 'not-utf8'):
            self.assertIn(f'warning[{rule}]', answer.stderr)
        self.assertIn('where the other tool has run it, it counts as applied', answer.stderr)
        project.write('0003_c', 'CREATE TABLE c (n int);')
        answer = project.varve('run')
        self.assertEqual((answer.returncode, answer.stderr), (0, ''))
        self.assertEqual(project.varve('validate').returncode, 0)
        self.assertEqual(project.varve('dry-run').returncode, 0)
        (project.migrations / '0004_d.up.sql').write_text(copied)
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 4, answer.stderr)
        self.assertIn('0004_d.up.sql:2', answer.stderr)
        self.assertNotIn('0001_a', answer.stderr)

    def test_squashed(self):
        """baseline goes where the other tool has nothing above it, as after a squash"""
        project = self.flyway({'V100__all.sql': UP.format(name='a')},
                              [("'1'", 'SQL', 'V1__a.sql'), ("'2'", 'SQL', 'V2__b.sql')])
        answer = project.varve('baseline', '100', '--init', '--reason', 'squashed')
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_goes_on(self):
        """what the other tool applies after an import is not applied again by a run"""
        files = {f'V{n}__{name}.sql': UP.format(name=name) for n, name in ((1, 'a'), (2, 'b'))}
        project = self.flyway(files, [("'1'", 'SQL', 'V1__a.sql')])
        self.import_all(project, ['1'])
        self.row(project, "'2'", 'SQL', 'V2__b.sql', files['V2__b.sql'])
        self.refused(project, 'count there as applied: 2', 'run')
        gates = project.document('dry-run', '--no-rehearsal')['gates']
        self.assertIn(('history', False), [(gate['gate'], gate['passed']) for gate in gates])
        self.assertEqual(project.varve('import').returncode, 0)
        self.write(project, {'V3__c.sql': UP.format(name='c')})
        self.goes_on(project, '3')
        project.sql('DROP TABLE flyway_schema_history')
        self.write(project, {'V4__d.sql': UP.format(name='d')})
        self.assertEqual(project.varve('run').returncode, 0)

    def test_moved(self):
        """the imported table is followed where it was moved; a second import needs no --table"""
        files = {f'V{n}__{name}.sql': UP.format(name=name)
                 for n, name in ((1, 'a'), (2, 'b'), (3, 'c'))}
        project = self.flyway(files, [("'1'", 'SQL', 'V1__a.sql')])
        project.sql('CREATE TABLE one AS TABLE flyway_schema_history; '
                    'CREATE SCHEMA ops; ALTER TABLE one SET SCHEMA ops; '
                    'ALTER TABLE ops.one RENAME TO flyway_schema_history')
        self.import_all(project, ['1'], '--table', 'public.flyway_schema_history')
        self.row(project, "'2'", 'SQL', 'V2__b.sql', files['V2__b.sql'])
        self.refused(project, 'count there as applied: 2', 'run')
        answer = project.varve('import', '--quiet')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(answer.stdout.count('\n'), 1, answer.stdout)
        project.sql('DROP TABLE ops.flyway_schema_history')
        self.row(project, "'3'", 'SQL', 'V3__c.sql', files['V3__c.sql'])
        project.sql('ALTER TABLE flyway_schema_history SET SCHEMA ops')
        self.refused(project, 'from public.flyway_schema_history, it has got more', 'run')
        self.assertEqual(project.varve('import').returncode, 0)
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(project.events('attempt-succeeded'), [])

    def test_baseline_script(self):
        """import: a baseline's script that Flyway has run is not told beside what it stands for"""
        files = {'V1__a.sql': UP.format(name='a'), 'V2__b.sql': UP.format(name='b'),
                 'B2__base.sql': UP.format(name='a') + UP.format(name='b'),
                 'V3__c.sql': UP.format(name='c')}
        project = self.flyway(files, [("'2'", 'SQL_BASELINE', 'B2__base.sql'),
                                      ("'3'", 'SQL', 'V3__c.sql')])
        document = project.document('import', '--init')
        self.assertEqual([each['version'] for each in document['adopted']], ['B2', '3'])
        self.assertIn('which stands for 1, 2', ' '.join(document['findings']))
        answer = project.varve('replay', '--sql')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertEqual(answer.stdout.count('CREATE TABLE a '), 1)
        self.assertEqual(project.varve('status').stdout.count('not-needed'), 2)
        # A newer baseline does not make those pending again.
        self.write(project, {'B4__base.sql': 'SELECT 1;\n', 'V5__d.sql': UP.format(name='d')})
        self.goes_on(project, '5')

    def test_baseline_below(self):
        """import, then replay --sql: what a baseline without a file stands for is missing"""
        files = {'V2__b.sql': 'ALTER TABLE legacy ADD b int;\n'}
        project = self.flyway(files, [('NULL', 'SCHEMA', '"app"'), ("'1'", 'BASELINE', 'base'),
                                      ("'2'", 'SQL', 'V2__b.sql')])
        document = self.import_all(project, ['1', '2'])
        self.assertIn('Flyway itself has made the schema "app"', ' '.join(document['findings']))
        answer = project.varve('replay', '--sql')
        self.assertEqual(answer.returncode, 4, answer.stdout + answer.stderr)
        self.assertIn('MISSING: there was no file of it', answer.stdout)
        self.assertEqual(project.varve('run').returncode, 0)

    def test_baseline_late(self):
        """import again: a baseline without a file does not become the newest, and blocks nothing"""
        files = {f'{kind}{n}__{name}.sql': text.format(name=name)
                 for n, name in ((2, 'b'), (3, 'c'))
                 for kind, text in (('V', UP), ('U', 'DROP TABLE {name};\n'))}
        project = self.flyway(files, [("'2'", 'SQL', 'V2__b.sql')])
        self.import_all(project, ['2'])
        self.goes_on(project, '3')
        project.sql("INSERT INTO flyway_schema_history VALUES (0, '1', 'd', 'BASELINE', 'base', "
                    "NULL, 'app', now(), 1, true)")
        document = project.document('import')
        self.assertEqual(document['adopted'], [])
        self.assertIn('"1", which has no file, is left out', ' '.join(document['findings']))
        self.assertEqual(project.varve('rollback').returncode, 0)

    def test_decision_stays(self):
        """what was said of something unfinished stays said while the table says the same"""
        files = {f'V{n}__{name}.sql': UP.format(name=name) for n, name in ((1, 'a'), (2, 'b'))}
        project = self.flyway(files, [("'1'", 'SQL', 'V1__a.sql')])
        self.row(project, "'2'", 'SQL', 'V2__b.sql', files['V2__b.sql'], 'false')
        answer = project.varve('import', '--init', '--unfinished', 'unapplied', '--reason', 'seen')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        project.sql("UPDATE flyway_schema_history SET success = success WHERE version = '1'")
        elsewhere = {'PGTZ': 'America/New_York'}
        answer = project.varve('dry-run', '--no-rehearsal', env=elsewhere)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.goes_on(project, '2')

    def test_nothing_but_unfinished(self):
        """import --unfinished unapplied is kept where nothing else was applied, and a run goes on"""
        project = self.project({'000001_a.up.sql': UP.format(name='a')})
        project.sql('CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT '
                    'NULL); INSERT INTO schema_migrations VALUES (1, true)')
        self.refused(project, 'is dirty', 'run', '--init')
        answer = project.varve('import', '--unfinished', 'unapplied', '--reason', 'looked at it')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn('Kept what was said', answer.stdout)
        imported = project.events('history-imported')
        self.assertEqual([each['reason'] for each in imported], ['looked at it'])
        again = project.varve('import', '--unfinished', 'unapplied')
        self.assertIn('Nothing new', again.stdout)
        self.goes_on(project, '000001')

    def test_dry_run_unfinished(self):
        """import --dry-run shows what would be taken over, also where something is unfinished"""
        files = {f'V{n}__{name}.sql': UP.format(name=name) for n, name in ((1, 'a'), (2, 'b'))}
        project = self.flyway(files, [("'1'", 'SQL', 'V1__a.sql')])
        self.row(project, "'2'", 'SQL', 'V2__b.sql', files['V2__b.sql'], 'false')
        answer = project.varve('import', '--dry-run')
        self.assertEqual(answer.returncode, 10, answer.stdout + answer.stderr)
        self.assertIn('Would take over 1 migration from flyway', answer.stdout)
        self.assertIn('import-unfinished', answer.stderr)

    def test_two_of_one_tool(self):
        """two histories of one tool: what is advised is what helps"""
        project = self.flyway({'V1__a.sql': UP.format(name='a')}, [("'1'", 'SQL', 'V1__a.sql')])
        project.sql('CREATE SCHEMA tenant; CREATE TABLE tenant.flyway_schema_history AS TABLE '
                    'public.flyway_schema_history')
        self.refused(project, '--table SCHEMA.NAME; where none is', 'run', '--init')
        answer = project.varve('import')
        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertNotIn('--from', answer.stderr)
        self.import_all(project, ['1'], '--table', 'public.flyway_schema_history')
        self.write(project, {'V2__b.sql': UP.format(name='b')})
        self.goes_on(project, '2')
