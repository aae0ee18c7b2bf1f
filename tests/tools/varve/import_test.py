"""varve import: databases that other tools have left are taken over, and go on with varve run."""
import hashlib
import json
import shutil
import unittest
import zlib

import other_tools
from varve import Cluster, Project

UP = 'CREATE TABLE {name} (id int);\n'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class TakingOver(unittest.TestCase):
    def project(self, files):
        project = Project(cluster)
        self.addCleanup(project.remove)
        self.write(project, files)
        return project

    def write(self, project, files):
        for path, text in files.items():
            place = project.migrations / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding='utf-8')

    def import_all(self, project, versions, *words):
        """Imports, expects those versions, and that a second import finds nothing new."""
        document = project.document('import', '--init', *words)
        self.assertNotIn('error', document, document)
        self.assertEqual([each['version'] for each in document['adopted']], versions)
        self.assertEqual(len(project.events('migration-adopted')), len(versions))
        self.assertEqual([(m[1], m[2]) for m in project.markers()],
                         [(version, 'up') for version in sorted(versions)])
        size = len(project.events())
        again = project.varve('import', *words)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn('Nothing new', again.stdout)
        self.assertEqual(len(project.events()), size)
        return document

    def goes_on(self, project, version):
        """One more migration runs, and the ledger verifies."""
        answer = project.varve('run')
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertEqual([e['data']['version'] for e in project.events('attempt-succeeded')],
                         [version])
        self.assertEqual(project.varve('verify').returncode, 0)
        self.assertEqual(project.varve('status', '--exit-code').returncode, 0)


class RealTools(TakingOver):
    @classmethod
    def setUpClass(cls):
        missing = other_tools.install()
        if missing:
            raise unittest.SkipTest(f'SKIPPED, the tools of npm are missing: {missing}')

    def test_dbmate(self):
        """import: a database that dbmate has left"""
        up = '-- migrate:up\n{}-- migrate:down\nDROP TABLE {};\n'
        project = self.project({f'2024010{n}000000_{name}.sql': up.format(UP.format(name=name), name)
                                for n, name in ((1, 'a'), (2, 'b'))})
        other_tools.dbmate(cluster, project.database, project.migrations)
        document = self.import_all(project, ['20240101000000', '20240102000000'])
        self.assertEqual((document['tool'], document['table'], document['row_count']),
                         ('dbmate', 'public.schema_migrations', 2))
        self.write(project, {'20240103000000_c.sql': up.format(UP.format(name='c'), 'c')})
        self.goes_on(project, '20240103000000')
        self.assertEqual(project.sql('SELECT count(*) FROM schema_migrations'), '2')

    def test_not_imported(self):
        """a run does not apply again what another tool says it has applied"""
        project = self.project({f'000{n}_{name}.up.sql': f'INSERT INTO seen VALUES ({n});\n'
                                for n, name in ((1, 'a'), (2, 'b'), (3, 'c'))})
        project.sql('CREATE TABLE seen (n int); CREATE TABLE schema_migrations (version bigint '
                    'PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES '
                    '(2, true)')
        self.assertEqual(project.document('run', '--init')['error']['reason'], 'history-elsewhere')
        project.sql('UPDATE schema_migrations SET dirty = false')
        error = project.document('run')['error']
        self.assertEqual(error['reason'], 'history-elsewhere')
        self.assertIn('has applied 2 of these migrations', error['detail'])
        gates = project.document('dry-run', '--no-rehearsal')['gates']
        self.assertIn(('history', False), [(g['gate'], g['passed']) for g in gates])
        self.assertEqual(project.varve('run', '--despite-history').returncode, 2)
        self.assertEqual(project.sql('SELECT count(*) FROM seen'), '0')
        self.import_all(project, ['0001', '0002'])
        self.goes_on(project, '0003')
        self.assertEqual(project.sql('SELECT string_agg(n::text, \',\') FROM seen'), '3')

    def test_despite_history(self):
        """a table that is about other migrations is left aside, on a person's word"""
        project = self.project({'0001_a.up.sql': UP.format(name='a')})
        project.sql('CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT '
                    'NULL); INSERT INTO schema_migrations VALUES (1, false)')
        answer = project.varve('run', '--init', '--despite-history', '--reason', 'another service')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        gates = project.events('run-started')[0]['data']['gates']
        self.assertIn('history', [g['gate'] for g in gates])

    def test_node_pg_migrate(self):
        """import: a database that node-pg-migrate has left"""
        up = '-- Up Migration\n{}-- Down Migration\nDROP TABLE {};\n'
        project = self.project({f'170000000000{n}_{name}.sql': up.format(UP.format(name=name), name)
                                for n, name in ((0, 'a'), (1, 'b'))})
        other_tools.node_pg_migrate(cluster, project.database, project.migrations)
        document = self.import_all(project, ['1700000000000', '1700000000001'])
        self.assertEqual(document['tool'], 'node-pg-migrate')
        self.assertIsNotNone(document['adopted'][0]['applied_at'])
        self.write(project, {'1700000000002_c.sql': up.format(UP.format(name='c'), 'c')})
        self.goes_on(project, '1700000000002')

    def journal(self, entries):
        return json.dumps({'version': '7', 'dialect': 'postgresql', 'entries': [
            {'idx': index, 'version': '7', 'when': when, 'tag': tag, 'breakpoints': True}
            for index, (when, tag) in enumerate(entries)]})

    def test_drizzle(self):
        """import: a database that Drizzle has left, and what it skipped in silence is named"""
        project = self.project({'meta/_journal.json': self.journal([(1000, '0000_a'),
                                                                    (3000, '0001_b')]),
                                '0000_a.sql': UP.format(name='a'),
                                '0001_b.sql': UP.format(name='b')})
        other_tools.drizzle(cluster, project.database, project.migrations)
        self.write(project, {'meta/_journal.json': self.journal([
            (1000, '0000_a'), (3000, '0001_b'), (2000, '0002_late')]),
            '0002_late.sql': UP.format(name='late')})
        other_tools.drizzle(cluster, project.database, project.migrations)
        self.assertEqual(project.sql("SELECT to_regclass('late') IS NULL"), 't')
        document = self.import_all(project, ['0000_a', '0001_b'])
        self.assertEqual([each['checksum_agrees'] for each in document['adopted']], [True, True])
        self.assertIn('left it out in silence', ' '.join(document['findings']))
        self.goes_on(project, '0002_late')
        self.assertEqual(project.sql("SELECT to_regclass('late') IS NULL"), 'f')

    def test_drizzle_next(self):
        """import: a database that Drizzle's newer form has left"""
        project = self.project({f'2024050{n}123000_{name}/{file}': text
                                for n, name in ((6, 'a'), (7, 'b'))
                                for file, text in (('migration.sql', UP.format(name=name)),
                                                   ('snapshot.json', '{}'))})
        other_tools.drizzle(cluster, project.database, project.migrations, 'drizzle-next')
        document = self.import_all(project, ['20240506123000_a', '20240507123000_b'])
        self.assertEqual((document['findings'], document['table']),
                         ([], 'drizzle.__drizzle_migrations'))
        self.assertIsNotNone(document['adopted'][0]['applied_at'])
        self.write(project, {'20240508123000_c/migration.sql': UP.format(name='c')})
        self.goes_on(project, '20240508123000_c')


@unittest.skipIf(shutil.which('sqitch') is None, 'SKIPPED, there is no sqitch')
class Sqitch(TakingOver):
    def test_sqitch(self):
        """import: a database that Sqitch has left, with a rework, a failure and a revert"""
        project = self.project({})
        folder = project.migrations

        def sqitch(*words):
            return other_tools.sqitch(cluster, project.database, folder, *words)

        def script(name, up, down):
            self.write(project, {f'deploy/{name}.sql': f'BEGIN;\n{up}\nCOMMIT;\n',
                                 f'revert/{name}.sql': f'BEGIN;\n{down}\nCOMMIT;\n',
                                 f'verify/{name}.sql': 'SELECT 1;\n'})

        sqitch('init', 'shop', '--uri', 'https://example.com/shop', '--engine', 'pg')
        sqitch('add', 'a', '-n', 'the first, with \\ and "more"')
        script('a', 'CREATE TABLE a (id int);', 'DROP TABLE a;')
        sqitch('add', 'b', '-r', 'a', '-n', 'the second')
        script('b', 'CREATE TABEL b (id int);', 'DROP TABLE b;')
        with self.assertRaises(RuntimeError):
            sqitch('deploy')
        script('b', 'CREATE TABLE b (id int);', 'DROP TABLE b;')
        sqitch('deploy')
        sqitch('tag', 'v1', '-n', 'version 1')
        sqitch('revert', '-y', '--to', 'a')
        sqitch('deploy')
        sqitch('rework', 'b', '-n', 'reworked')
        script('b', 'ALTER TABLE b ADD more int;', 'ALTER TABLE b DROP more;')
        sqitch('deploy')
        document = self.import_all(project, ['a', 'b', 'b#2'])
        self.assertEqual([each['checksum_agrees'] for each in document['adopted']], [True] * 3)
        self.assertEqual(document['adopted'][0]['applied_by'], 'Ada Byron <ada@example.com>')
        findings = ' '.join(document['findings'])
        self.assertIn('deploying "b" failed', findings)
        self.assertIn('"b" was reverted', findings)
        self.assertNotIn('another plan', findings)
        sqitch('add', 'c', '-r', 'b', '-n', 'the third')
        script('c', 'CREATE TABLE c (id int);', 'DROP TABLE c;')
        self.goes_on(project, 'c')


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
        before = cluster.schema(project.database)
        answer = project.varve('import', '--dry-run')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('Would take over 2 migrations from flyway', answer.stdout)
        self.assertIn('checksum agrees', answer.stdout)
        self.assertFalse(project.ledger.exists())
        self.assertEqual(cluster.schema(project.database), before)
        self.assertEqual(project.sql("SELECT to_regnamespace('varve') IS NULL"), 't')

    def test_after_a_rollback(self):
        """import: what this ledger has undone is no more taken over, and the message says so"""
        project = self.flyway()
        self.write(project, {'U2__b.sql': 'DROP TABLE b;\n'})
        self.import_all(project, ['1', '2'])
        self.assertEqual(project.varve('rollback', '--yes').returncode, 0)
        answer = project.varve('import')
        self.assertEqual(answer.returncode, 7, answer.stdout + answer.stderr)
        self.assertIn('import-contradicts', answer.stderr)

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
                    " ('20240101000000', '{}', 'a');")
        answer = project.varve('import', '--init')
        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertIn('import-ambiguous', answer.stderr)
        self.assertEqual(project.varve('import', '--from', 'liquibase').returncode, 2)
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


if __name__ == '__main__':
    unittest.main()
