"""varve import: the tables of tools as their own documentation has them."""
import hashlib
import zlib

from taking_over import UP, TakingOver
from varve import Cluster


def setUpModule():
    TakingOver.cluster = Cluster()


def tearDownModule():
    TakingOver.cluster.stop()


def flyway_checksum(text):
    number = zlib.crc32(''.join(text.splitlines()).encode())
    return number - (1 << 32) if number >= 1 << 31 else number


FLYWAY = '''CREATE TABLE flyway_schema_history (installed_rank integer PRIMARY KEY,
  version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL,
  script varchar(1000) NOT NULL, checksum integer, installed_by varchar(100) NOT NULL,
  installed_on timestamp NOT NULL DEFAULT now(), execution_time integer NOT NULL,
  success boolean NOT NULL);
'''


class FromDocumentation(TakingOver):
    """Tables as the tools' own documentation and sources have them."""

    def flyway(self, edited=False):
        project = self.project({f'V{n}__{name}.sql': UP.format(name=name)
                                for n, name in ((1, 'a'), (2, 'b'))})
        rows = ', '.join(
            f"({n}, '{n}', '{name}', 'SQL', 'V{n}__{name}.sql', "
            f"{flyway_checksum(UP.format(name=name))}, 'app_owner', '2026-01-05 12:00', 21, true)"
            for n, name in ((1, 'a'), (2, 'b')))
        project.sql(FLYWAY + UP.format(name='a') + UP.format(name='b') +
                    f'INSERT INTO flyway_schema_history VALUES {rows};')
        if edited:
            self.write(project, {'V2__b.sql': UP.format(name='b') + '-- edited\n'})
        return project

    def test_flyway(self):
        """import: Flyway's rows, with who applied them, when, how long, and CRC-32"""
        project = self.flyway()
        document = self.import_all(project, ['1', '2'])
        first = document['adopted'][0]
        self.assertEqual((first['applied_by'], first['elapsed_us'], first['checksum_agrees']),
                         ('app_owner', 21000, True))
        self.assertTrue(first['applied_at'].startswith('2026-01-05T12:00:00'), first)
        self.assertEqual(document['findings'], [])
        self.write(project, {'V3__c.sql': UP.format(name='c')})
        self.goes_on(project, '3')
        imported = project.events('history-imported')[0]['data']
        self.assertEqual((imported['tool'], imported['row_count'], imported['adopted_count']),
                         ('flyway', 2, 2))
        rows = project.varve('show', 'content:' + imported['rows']['digest']).stdout
        self.assertIn('"installed_by":"app_owner"', rows)

    def test_edited(self):
        """import: a file that was edited since refuses the import, until a person accepts it"""
        project = self.flyway(edited=True)
        answer = project.varve('import', '--init')
        self.assertEqual(answer.returncode, 7, answer.stdout + answer.stderr)
        self.assertIn('import-digest-differs', answer.stderr)
        self.assertIn('V2__b.sql', answer.stderr)
        self.assertEqual(project.events('migration-adopted'), [])
        self.assertEqual(project.varve('import', '--accept-digest').returncode, 2)
        answer = project.varve('import', '--accept-digest', '--reason', 'a comment was added')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        adopted = project.events('migration-adopted')
        self.assertEqual([each['data']['checksum_agrees'] for each in adopted], [True, False])
        self.assertEqual(adopted[1]['reason'], 'a comment was added')
        self.assertEqual(project.varve('verify').returncode, 0)

    def test_dry_run(self):
        """import --dry-run shows everything, and changes nothing anywhere"""
        project = self.flyway()
        before = self.cluster.schema(project.database)
        answer = project.varve('import', '--dry-run')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('Would take over 2 migrations from flyway', answer.stdout)
        self.assertIn('checksum agrees', answer.stdout)
        self.assertFalse(project.ledger.exists())
        self.assertEqual(self.cluster.schema(project.database), before)
        self.assertEqual(project.sql("SELECT to_regnamespace('varve') IS NULL"), 't')

    def test_after_a_rollback(self):
        """import: what this ledger has undone stays undone, and a finding says so"""
        project = self.flyway()
        self.write(project, {'U2__b.sql': 'DROP TABLE b;\n'})
        self.import_all(project, ['1', '2'])
        self.assertEqual(project.varve('rollback', '--yes').returncode, 0)
        answer = project.varve('import')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn('undone here since, which stays so: 2', answer.stdout)
        self.assertEqual(len(project.events('migration-adopted')), 2)

    def test_golang_migrate(self):
        """import: golang-migrate's one number; dirty is refused until a person says what is true"""
        project = self.project({f'00000{n}_{name}.up.sql': UP.format(name=name)
                                for n, name in ((1, 'a'), (2, 'b'))})
        project.sql('CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean'
                    ' NOT NULL); INSERT INTO schema_migrations VALUES (2, true);' +
                    UP.format(name='a'))
        answer = project.varve('import', '--init')
        self.assertEqual(answer.returncode, 10, answer.stdout + answer.stderr)
        self.assertIn('import-unfinished', answer.stderr)
        document = self.import_all(project, ['000001'], '--unfinished', 'unapplied')
        self.assertIn('taken as not applied, as was said', ' '.join(document['findings']))
        self.goes_on(project, '000002')

    def test_prisma(self):
        """import: Prisma's rows, with a try that was rolled back and one that was only marked"""
        names = ('20240101000000_a', '20240102000000_b')
        files = {f'{name}/migration.sql': UP.format(name=name[-1]) for name in names}
        project = self.project(files)
        sums = [hashlib.sha256(text.encode()).hexdigest() for text in files.values()]
        project.sql('CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum'
                    ' varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255)'
                    ' NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT'
                    ' NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0);'
                    'INSERT INTO _prisma_migrations VALUES'
                    f" ('1', '{sums[0]}', NULL, '{names[0]}', 'it failed', now(), now(), 0),"
                    f" ('2', '{sums[0]}', now(), '{names[0]}', NULL, NULL, now(), 1),"
                    f" ('3', '{sums[1]}', now(), '{names[1]}', NULL, NULL, now(), 0);")
        document = self.import_all(project, list(names))
        findings = ' '.join(document['findings'])
        self.assertIn('was marked rolled back', findings)
        self.assertIn('and never run (migrate resolve --applied)', findings)
        self.write(project, {'20240103000000_c/migration.sql': UP.format(name='c')})
        self.goes_on(project, '20240103000000_c')

    def test_goose(self):
        """import: goose's newest row of a version counts, and what went down is pending"""
        up = '-- +goose Up\n{}-- +goose Down\nDROP TABLE {};\n'
        project = self.project({f'0000{n}_{name}.sql': up.format(UP.format(name=name), name)
                                for n, name in ((1, 'a'), (2, 'b'))})
        project.sql('CREATE TABLE goose_db_version (id integer PRIMARY KEY GENERATED BY DEFAULT AS'
                    ' IDENTITY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp'
                    ' timestamp NOT NULL DEFAULT now());'
                    'INSERT INTO goose_db_version (version_id, is_applied) VALUES'
                    ' (0, true), (1, true), (2, true), (2, false);')
        document = self.import_all(project, ['00001'])
        self.assertIn('"2" was undone', ' '.join(document['findings']))
        self.goes_on(project, '00002')

    def test_diesel(self):
        """import: Diesel's versions are the folders' without their dashes"""
        project = self.project({f'2024-01-0{n}-000000_{name}/up.sql': UP.format(name=name)
                                for n, name in ((1, 'a'), (2, 'b'))})
        project.sql('CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY NOT'
                    ' NULL, run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);'
                    "INSERT INTO __diesel_schema_migrations VALUES ('00000000000000'),"
                    " ('20240101000000');")
        document = self.import_all(project, ['20240101000000'])
        self.assertIn("Diesel's own setup", ' '.join(document['findings']))
        self.goes_on(project, '20240102000000')

    def test_sqlx(self):
        """import: sqlx's SHA-384, a file that is gone, and one that was never finished"""
        files = {'20240102000000_a.sql': '-- no-transaction\n' + UP.format(name='a')}
        project = self.project(files)
        digest = hashlib.sha384(files['20240102000000_a.sql'].encode()).hexdigest()
        project.sql('CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text'
                    ' NOT NULL, installed_on timestamptz NOT NULL DEFAULT now(), success boolean'
                    ' NOT NULL, checksum bytea NOT NULL, execution_time bigint NOT NULL);'
                    "INSERT INTO _sqlx_migrations VALUES (20240101000000, 'gone',"
                    f" '2026-01-05', true, '\\x00', 5000), (20240102000000, 'a', '2026-01-06',"
                    f" false, '\\x{digest}', -1);")
        self.assertEqual(project.varve('import', '--init').returncode, 10)
        document = self.import_all(project, ['20240101000000', '20240102000000'],
                                   '--unfinished', 'applied')
        self.assertEqual([each['checksum_agrees'] for each in document['adopted']], [None, True])
        self.assertIn('is gone', ' '.join(document['findings']))
        self.write(project, {'20240103000000_c.sql': UP.format(name='c')})
        self.goes_on(project, '20240103000000')

    def test_two_tools(self):
        """import: where two tools have left tables, it must be said which"""
        project = self.project({'20240101000000_a.sql': UP.format(name='a')})
        project.sql('CREATE SCHEMA supabase_migrations; CREATE TABLE'
                    ' supabase_migrations.schema_migrations (version text PRIMARY KEY, statements'
                    ' text[], name text); CREATE TABLE schema_migrations (version varchar PRIMARY'
                    " KEY); INSERT INTO supabase_migrations.schema_migrations VALUES"
                    " ('20240101000000', '{}', 'a'); INSERT INTO schema_migrations VALUES"
                    " ('20240101000000')")
        answer = project.varve('import', '--init')
        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertIn('import-ambiguous', answer.stderr)
        answer = project.varve('import', '--from', 'liquibase')
        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertIn('import-unsupported', answer.stderr)
        self.assertIn('V --reason WHY takes it over', answer.stderr)
        self.import_all(project, ['20240101000000'], '--from', 'supabase')

    def test_nothing(self):
        """import: a database that no tool has touched"""
        project = self.project({'20240101000000_a.up.sql': UP.format(name='a')})
        answer = project.varve('import', '--init')
        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertIn('import-table-missing', answer.stderr)

    def test_byte_order_mark(self):
        """import, then replay --sql: a script that begins with a byte order mark is whole"""
        project = self.project({'0001_a.up.sql': '\ufeff' + UP.format(name='a')})
        project.sql('CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT '
                    'NULL); INSERT INTO schema_migrations VALUES (1, false)')
        self.import_all(project, ['0001'])
        answer = project.varve('replay', '--sql')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertIn('CREATE TABLE a', answer.stdout)

    def test_another_schema(self):
        """import: a tool that has worked in another schema than this session would is named"""
        project = self.project({'V1__a.sql': UP.format(name='a')})
        checksum = flyway_checksum(UP.format(name='a'))
        project.sql(f'CREATE SCHEMA shop; SET search_path = shop; {FLYWAY} INSERT INTO'
                    f" flyway_schema_history VALUES (1, '1', 'a', 'SQL', 'V1__a.sql', {checksum},"
                    " 'app_owner', now(), 1, true)")
        document = self.import_all(project, ['1'])
        self.assertIn('the table of flyway is in "shop"', ' '.join(document['findings']))
        project.sql(f'ALTER DATABASE {project.database} SET search_path = shop')
        self.assertEqual(project.document('import', '--dry-run')['findings'], [])

    def test_repeatable_gone(self):
        """import, then rollback: a repeatable whose file is gone has no way back, and needs none"""
        project = self.flyway()
        self.write(project, {'U2__b.sql': 'DROP TABLE b;\n'})
        project.sql("INSERT INTO flyway_schema_history VALUES (3, NULL, 'old views', 'SQL', "
                    "'R__old_views.sql', 5, 'app_owner', 'infinity', 1, true)")
        self.import_all(project, ['1', '2', 'R__old_views'])
        answer = project.varve('rollback', '--yes')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertEqual(project.sql("SELECT to_regclass('b') IS NULL"), 't')


class HistoryElsewhere(TakingOver):
    """Where it cannot be told what another tool has applied, nothing is applied."""

    def refused(self, project, said):
        answer = project.varve('run', '--init')
        self.assertEqual(answer.returncode, 4, answer.stdout + answer.stderr)
        self.assertIn('history-elsewhere', answer.stderr)
        self.assertIn(said, answer.stderr)
        self.assertEqual(project.events('run-started'), [])
        gates = project.document('dry-run', '--no-rehearsal')['gates']
        self.assertIn(('history', False), [(gate['gate'], gate['passed']) for gate in gates])

    def test_unreadable(self):
        """a run is refused where the table of another tool may not be read"""
        project = self.project({'0001_a.up.sql': UP.format(name='seen')})
        role = f'reader_of_{project.database}'
        project.sql(f'CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT'
                    f' NULL); INSERT INTO schema_migrations VALUES (1, false); CREATE ROLE {role}'
                    f' LOGIN; GRANT CREATE ON DATABASE {project.database} TO {role};'
                    f' GRANT CREATE ON SCHEMA public TO {role}')
        project.url = project.url.replace('//postgres@', f'//{role}@')
        self.refused(project, 'permission denied for table schema_migrations')
        answer = project.varve('run', '--despite-history', '--reason', 'another service')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_renumbered(self):
        """a run is refused where the folder's own tool has applied none of its files"""
        project = self.project({'00001_a.sql': '-- +goose Up\n' + UP.format(name='seen')})
        project.sql('CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint NOT'
                    ' NULL, is_applied boolean NOT NULL, tstamp timestamp DEFAULT now()); INSERT'
                    ' INTO goose_db_version (version_id, is_applied) VALUES (0, true),'
                    ' (20200101000000, true)')
        self.refused(project, 'has none of them')

    def test_nothing_applied(self):
        """a table of the folder's own tool that has applied nothing stands in nobody's way"""
        project = self.project({'00001_a.sql': '-- +goose Up\n' + UP.format(name='seen')})
        project.sql('CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint NOT'
                    ' NULL, is_applied boolean NOT NULL, tstamp timestamp DEFAULT now()); INSERT'
                    ' INTO goose_db_version (version_id, is_applied) VALUES (0, true)')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
