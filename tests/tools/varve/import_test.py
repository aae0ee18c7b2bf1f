"""varve import: databases that real tools have left are taken over, and go on with varve run."""
import json
import unittest

import other_tools
from taking_over import UP, TakingOver
from varve import Cluster


def setUpModule():
    TakingOver.cluster = Cluster()


def tearDownModule():
    TakingOver.cluster.stop()


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
        other_tools.dbmate(self.cluster, project.database, project.migrations)
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
        other_tools.node_pg_migrate(self.cluster, project.database, project.migrations)
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
        other_tools.drizzle(self.cluster, project.database, project.migrations)
        self.write(project, {'meta/_journal.json': self.journal([
            (1000, '0000_a'), (3000, '0001_b'), (2000, '0002_late')]),
            '0002_late.sql': UP.format(name='late')})
        other_tools.drizzle(self.cluster, project.database, project.migrations)
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
        other_tools.drizzle(self.cluster, project.database, project.migrations, 'drizzle-next')
        document = self.import_all(project, ['20240506123000_a', '20240507123000_b'])
        self.assertEqual((document['findings'], document['table']),
                         ([], 'drizzle.__drizzle_migrations'))
        self.assertIsNotNone(document['adopted'][0]['applied_at'])
        self.write(project, {'20240508123000_c/migration.sql': UP.format(name='c')})
        self.goes_on(project, '20240508123000_c')


class Sqitch(TakingOver):
    def test_sqitch(self):
        """import: a database that Sqitch has left, with a rework, a failure and a revert"""
        project = self.project({})
        folder = project.migrations

        def sqitch(*words):
            return other_tools.sqitch(self.cluster, project.database, folder, *words)

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
