"""varve run, import and baseline: tables of tools, each of which has applied two migrations."""
from taking_over import UP, TakingOver
from varve import Cluster

FLAT = {'001_a.sql': UP.format(name='a'), '002_b.sql': UP.format(name='b')}
TERN = {**FLAT, '002_b.sql': UP.format(name='b') + '---- create above / drop below ----\n'
                                                   'DROP TABLE b;\n'}
FOLDERS = {f'{n}_{name}/up.sql': UP.format(name=name) for n, name in ((1, 'a'), (2, 'b'))}
SOURCEGRAPH = {'1/up.sql': UP.format(name='a'), '1/metadata.yaml': 'name: a\nparents: []\n',
               '2/up.sql': UP.format(name='b'), '2/metadata.yaml': 'name: b\nparents: [1]\n'}

# Name of the tool, its files, its table.
IMPORTED = (
    ('tern', TERN, 'CREATE TABLE schema_version (version int NOT NULL);'
                   'INSERT INTO schema_version VALUES (2)'),
    ('sql-migrate', {name: '-- +migrate Up\n' + text for name, text in FLAT.items()},
     'CREATE TABLE gorp_migrations (id text PRIMARY KEY, applied_at timestamptz);'
     "INSERT INTO gorp_migrations VALUES ('001_a.sql', now()), ('002_b.sql', now())"),
    ('pop', {'001_a.up.sql': UP.format(name='a'), '002_b.postgres.up.sql': UP.format(name='b')},
     "CREATE TABLE schema_migration (version varchar(14) NOT NULL);"
     "INSERT INTO schema_migration VALUES ('002'), ('001')"),
    ('postgres-migrations', FLAT,
     'CREATE TABLE migrations (id int PRIMARY KEY, name varchar(100) UNIQUE, hash varchar(40),'
     ' executed_at timestamp DEFAULT now()); INSERT INTO migrations VALUES'
     " (0, 'create-migrations-table', 'x'), (1, 'a', 'y'), (2, 'b', 'z')"),
    ('graphile-migrate',
     {'committed/000001.sql': '--! Previous: -\n--! Hash: sha1:aa\n\n' + UP.format(name='a'),
      'committed/000002.sql': '--! Previous: sha1:aa\n--! Hash: sha1:bb\n\n' +
                              UP.format(name='b')},
     'CREATE SCHEMA graphile_migrate; CREATE TABLE graphile_migrate.migrations (hash text PRIMARY'
     ' KEY, previous_hash text, filename text, date timestamptz DEFAULT now()); INSERT INTO'
     " graphile_migrate.migrations VALUES ('sha1:aa', NULL, '000001.sql'),"
     " ('sha1:bb', 'sha1:aa', '000002.sql')"),
    ('sourcegraph', SOURCEGRAPH,
     'CREATE TABLE migration_logs (id serial, migration_logs_schema_version int, schema text,'
     ' version int, up bool, started_at timestamptz, finished_at timestamptz DEFAULT now(),'
     ' success bool, error_message text); INSERT INTO migration_logs (schema, version, up,'
     " success) VALUES ('frontend', 1, true, true), ('frontend', 2, true, true)"),
    ('hasura', FOLDERS,
     'CREATE SCHEMA hdb_catalog; CREATE TABLE hdb_catalog.hdb_version (hasura_uuid uuid, version'
     ' text, cli_state jsonb); INSERT INTO hdb_catalog.hdb_version VALUES (gen_random_uuid(),'
     """ '47', '{"migrations": {"default": {"1": false, "2": false}}}')"""),
    ('atlas', FLAT,
     'CREATE SCHEMA atlas_schema_revisions; CREATE TABLE'
     ' atlas_schema_revisions.atlas_schema_revisions (version varchar PRIMARY KEY, description'
     ' varchar, type bigint, applied bigint, total bigint, executed_at timestamptz,'
     ' execution_time bigint, error text); INSERT INTO'
     " atlas_schema_revisions.atlas_schema_revisions VALUES ('001', 'a', 2, 1, 1, now(), 5),"
     " ('002', 'b', 2, 1, 1, now(), 5)"),
)

LIQUIBASE = ('CREATE TABLE databasechangelog (id varchar(255), author varchar(255), filename'
             ' varchar(255), dateexecuted timestamp DEFAULT now(), orderexecuted int, exectype'
             ' varchar(10), md5sum varchar(35)); INSERT INTO databasechangelog (id, author,'
             " filename, orderexecuted) VALUES ('1', 'me', 'db/{file}', 1)")


def setUpModule():
    TakingOver.cluster = Cluster()


def tearDownModule():
    TakingOver.cluster.stop()


class ForeignTables(TakingOver):
    def refused(self, project, said):
        answer = project.varve('run', '--init')
        self.assertEqual(answer.returncode, 4, answer.stdout + answer.stderr)
        self.assertIn('history-elsewhere', answer.stderr)
        self.assertIn(said, answer.stderr)
        self.assertEqual(project.events('run-started'), [])

    def test_imported(self):
        """a run is refused where another tool has applied these migrations; import takes it over"""
        for tool, files, table in IMPORTED:
            with self.subTest(tool=tool):
                project = self.project(files)
                project.sql(table)
                self.refused(project, f'{tool} says in ')
                document = project.document('import')
                self.assertEqual(document.get('tool'), tool, document)
                self.assertEqual(len(document['adopted']), 2, document)
                answer = project.varve('run')
                self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
                self.assertEqual(project.events('run-started'), [])

    def test_liquibase(self):
        """a tool that is not imported: the help's baseline takes over what it has applied"""
        project = self.project(FLAT)
        project.sql(LIQUIBASE.format(file='001_a.sql'))
        self.refused(project, ' 001 --reason WHY counts everything')
        answer = project.varve('import')
        self.assertEqual(answer.returncode, 2, answer.stdout)
        self.assertIn('import-unsupported', answer.stderr)
        answer = project.varve('baseline', '001', '--reason', 'Liquibase was here')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.goes_on(project, '002')

    def test_other_files(self):
        """a tool that is not imported, and names none of the folder's files, is noted"""
        project = self.project(FLAT)
        project.sql(LIQUIBASE.format(file='changelog.xml'))
        answer = project.varve('run', '--init')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn('liquibase keeps a history in public.databasechangelog',
                      answer.stdout + answer.stderr)

    def test_other_programs(self):
        """two tables that are about something else stand in nobody's way"""
        project = self.project({'0001_a.up.sql': UP.format(name='a')})
        project.sql('CREATE SCHEMA auth; CREATE TABLE auth.schema_migrations (version varchar'
                    " PRIMARY KEY); INSERT INTO auth.schema_migrations VALUES ('20171026211738');"
                    'CREATE SCHEMA supabase_migrations; CREATE TABLE'
                    ' supabase_migrations.schema_migrations (version text PRIMARY KEY, statements'
                    ' text[], name text); INSERT INTO supabase_migrations.schema_migrations VALUES'
                    " ('20230101000000', '{}', 'x')")
        answer = project.varve('import', '--init')
        self.assertIn('import-table-missing', answer.stderr)
        self.assertEqual(project.varve('run', '--init').returncode, 0)

    def test_empty(self):
        """import: an empty table of another tool's than the folder's is no history"""
        project = self.project(TERN)
        project.sql('CREATE SCHEMA auth; CREATE TABLE auth.schema_migrations (version varchar)')
        answer = project.varve('import', '--init')
        self.assertEqual(answer.returncode, 2, answer.stdout)
        self.assertIn('import-table-missing', answer.stderr)

    def test_init(self):
        """init: what comes first is said of each layout"""
        for files, said in ((TERN, 'where tern has applied'), (FLAT, 'V --reason WHY comes first')):
            answer = self.project(files).varve('init')
            self.assertIn(said, answer.stdout)
            self.assertNotIn('plain', answer.stdout)

    def test_one_timestamp(self):
        """import: a row whose file's timestamp is another's stops it until it has its file's name"""
        up = '-- Up Migration\n{}-- Down Migration\nDROP TABLE {};\n'
        project = self.project({f'{n}_{name}.sql': up.format(UP.format(name=name), name)
                                for n, name in ((1700000000001, 'a'), (1700000000002, 'b'))})
        project.sql('CREATE TABLE pgmigrations (id serial PRIMARY KEY, name varchar(255) NOT NULL,'
                    ' run_on timestamp NOT NULL DEFAULT now()); INSERT INTO pgmigrations (name)'
                    " VALUES ('1700000000001_a'), ('1700000000001_b')")
        answer = project.varve('import', '--init')
        self.assertEqual(answer.returncode, 4, answer.stdout + answer.stderr)
        self.assertIn('import-row-left', answer.stderr)
        self.refused(project, "WHERE name = '1700000000001_b'")
        project.sql("UPDATE public.pgmigrations SET name = '1700000000002_b'"
                    " WHERE name = '1700000000001_b'")
        self.import_all(project, ['1700000000001', '1700000000002'])
        self.assertIn('Nothing', project.varve('run').stdout)
