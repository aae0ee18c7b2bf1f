"""varve replay: status then, what has changed, and the SQL that rebuilds a schema in an empty database."""
import base64
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from varve import CLEAN, CORPORA, Answers, Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


def rebuild(test, project, *words):
    """The schema of an empty database after it was given what varve replay --sql prints."""
    answer = project.varve('replay', '--sql', *words)
    test.assertEqual(answer.returncode, 0, answer.stderr)
    database = cluster.new_database()
    psql = subprocess.run(['psql', '-X', '-q', '-d', cluster.url(database), '-f', '-'],
                          input=answer.stdout, capture_output=True, text=True, env=CLEAN)
    test.assertEqual(psql.returncode, 0, psql.stderr + answer.stdout[-2000:])
    return cluster.schema(database)


def filled(test):
    project = Project(cluster)
    test.addCleanup(project.remove)
    project.write('0001_people', "SET search_path = public;\nCREATE TABLE people (id int, born text); "
                  "-- first\nINSERT INTO people SELECT n, 'x;y' FROM generate_series(1, 10) n -- last\n;\n",
                  'DROP TABLE people;')
    project.write('0002_index', 'CREATE INDEX CONCURRENTLY people_id ON people (id);\n'
                  'CREATE INDEX CONCURRENTLY people_born ON people (born);\n',
                  'DROP INDEX CONCURRENTLY people_born;\nDROP INDEX CONCURRENTLY people_id;\n')
    project.write('0003_function', 'BEGIN;\nCREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS '
                  "$$BEGIN RETURN 2 * n; END$$;\nCOMMIT;\n", 'DROP FUNCTION twice;')
    test.assertEqual(project.varve('run', '--init').returncode, 0)
    return project


class Replay(Answers, unittest.TestCase):
    def test_sql(self):
        """replay --sql: an empty database comes to the same schema, at any moment"""
        project = filled(self)
        first = len(project.events())
        schema_then = cluster.schema(project.database)
        self.assertEqual(project.varve('rollback', '--steps', '2', '--yes').returncode, 0)
        project.write('0004_broken', 'CREATE TABLE gone (id int);\nSELECT 1 / 0;\n', 'SELECT 1;')
        self.assertEqual(project.varve('run').returncode, 9)
        project.write('0004_broken', 'CREATE TABLE kept (id int);\n', 'DROP TABLE kept;')
        self.assertEqual(project.varve('run').returncode, 0)
        schema = cluster.schema(project.database)
        self.assertIn('CREATE TABLE public.kept (', schema)
        self.assertEqual(rebuild(self, project), schema)
        self.assertEqual(rebuild(self, project, '--net'), schema)
        self.assertEqual(rebuild(self, project, '--to', str(first)), schema_then)
        text = project.varve('replay', '--sql').stdout
        self.assertEqual(text, project.varve('replay', '--sql').stdout)
        self.assertIn('DROP FUNCTION twice;', text)
        self.assertNotIn('CREATE TABLE gone', text)
        net = project.varve('replay', '--sql', '--net').stdout
        self.assertNotIn('DROP FUNCTION twice;', net)
        self.assertEqual(net.count('CREATE FUNCTION twice'), 1)
        self.assertIn('-- left out: undone at position', net)

    def test_partial(self):
        """replay --sql: of what stopped half-way only the statements that succeeded"""
        project = filled(self)
        project.write('0004_half', '-- varve: transaction off\nCREATE TABLE one (id int);\n'
                      'BEGIN;\nCREATE TABLE two (id int);\nCOMMIT;\nSELECT 1 / 0;\n'
                      'CREATE TABLE three (id int);\n', 'SELECT 1;')
        self.assertEqual(project.varve('run').returncode, 9)
        schema = cluster.schema(project.database)
        self.assertEqual(rebuild(self, project), schema)
        self.assertIn('CREATE TABLE public.two (', schema)
        self.assertNotIn('three', project.varve('replay', '--sql').stdout)
        project.write('0004_half', '-- varve: transaction off\nCREATE TABLE one (id int);\n'
                      'BEGIN;\nCREATE TABLE two (id int);\nCOMMIT;\nSELECT 1;\n'
                      'CREATE TABLE three (id int);\n', 'SELECT 1;')
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(rebuild(self, project), cluster.schema(project.database))

    def test_adopted(self):
        """replay --sql: what was taken over is represented by its script, or named as missing"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_a', 'CREATE TABLE a (id int);', 'DROP TABLE a;')
        project.write('0002_b', 'CREATE TABLE b (id int);', 'DROP TABLE b;')
        project.sql('CREATE TABLE a (id int)')
        self.assertEqual(project.varve('baseline', '0001', '--init', '--reason', 'by hand').returncode, 0)
        self.assertEqual(project.varve('run').returncode, 0)
        self.assertEqual(rebuild(self, project), cluster.schema(project.database))
        self.assertIn('taken over by baseline', project.varve('replay', '--sql').stdout)
        digest = project.events('migration-registered')[0]['data']['up']['digest']
        self.assertEqual(project.varve('redact', f'content:{digest}', '--reason', 'x', '--yes').returncode, 0)
        answer = project.varve('replay', '--sql')
        self.assertEqual(answer.returncode, 4)
        self.assertIn('replay-incomplete', answer.stderr)
        self.assertIn('-- MISSING: content', answer.stdout)
        self.assertIn('1 redaction touches this', answer.stdout)
        self.assertFalse(project.document('replay', '--sql')['complete'])

    def test_adopted_placeholders(self):
        """replay --sql: what was taken over with placeholders in it is missing, whatever their form"""
        def taken_over(name, up):
            project = Project(cluster)
            self.addCleanup(project.remove)
            (project.migrations / name).write_text(up, encoding='utf-8')
            answer = project.varve('baseline', '1', '--init', '--reason', 'x', '--placeholder', 's=tt')
            self.assertEqual(answer.returncode, 0, answer.stderr)
            return project.varve('replay', '--sql')
        answer = taken_over('V1__a.sql', "CREATE TABLE a (id int);\nSELECT '${s}';\n")
        self.assertEqual(answer.returncode, 4)
        self.assertIn('-- MISSING: its placeholder ${s} is not replaced', answer.stdout)
        self.assertNotIn('CREATE TABLE', answer.stdout)
        answer = taken_over('0001_a.up.sql', 'CREATE TABLE a (id int);\nCREATE TABLE :s (id int);\n')
        self.assertEqual(answer.returncode, 4)
        self.assertIn('-- MISSING: without values for its placeholders it is no SQL: line 2',
                      answer.stdout)
        answer = taken_over('0001_a.up.sql', "CREATE TABLE a (id int);\nSELECT '${s}';\n")
        self.assertEqual(answer.returncode, 0)

    def test_decided(self):
        """replay --sql: what a person marked as not applied is left out, as applied is there"""
        project = filled(self)
        self.assertEqual(project.varve('rollback', '--only', '0003', '--yes').returncode, 0)
        project.sql('CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS '
                    '$$BEGIN RETURN 2 * n; END$$')
        self.assertEqual(project.varve('resolve', '0003', '--mark-applied', '--reason', 'x').returncode, 0)
        self.assertEqual(rebuild(self, project), cluster.schema(project.database))
        project.sql('DROP FUNCTION twice')
        self.assertEqual(project.varve('resolve', '0003', '--mark-unapplied', '--reason', 'x').returncode, 0)
        self.assertIn('left out: marked as not applied', project.varve('replay', '--sql').stdout)
        self.assertEqual(rebuild(self, project), cluster.schema(project.database))

    def project(self, *migrations):
        project = Project(cluster)
        self.addCleanup(project.remove)
        for migration in migrations:
            project.write(*migration)
        self.done(project, 'run', '--init')
        return project

    def rebuilt(self, project):
        self.assertEqual(rebuild(self, project), cluster.schema(project.database))
        self.assertTrue(project.document('replay', '--sql')['complete'])

    def test_renamed(self):
        """replay --sql: the script of a renamed migration stays where it ran, and can be undone under its new name"""
        decisions = [('resolve', '0002', '--mark-applied'), ('resolve', '0001', '--mark-unapplied')]
        for order in (decisions, decisions[::-1]):
            project = self.project(('0001_t', 'CREATE TABLE t (id int);', 'DROP TABLE t;'),
                                   ('0003_y', 'ALTER TABLE t ADD y int;', 'ALTER TABLE t DROP y;'))
            for end in ('up', 'down'):
                (project.migrations / f'0001_t.{end}.sql').rename(project.migrations / f'0002_t.{end}.sql')
            for words in order:
                self.done(project, *words)
            self.rebuilt(project)
            text = project.varve('replay', '--sql').stdout
            self.assertIn('left out: its text is that of "0001" at position', text)
            self.done(project, 'rollback', '--yes')
            self.assertEqual([e['data']['version'] for e in project.events('attempt-succeeded')][-1], '0003')
            self.rebuilt(project)
            self.done(project, 'rollback', '--yes')
            self.assertEqual(project.sql("SELECT to_regclass('t')"), '')
            self.rebuilt(project)

    def test_squashed(self):
        """replay --sql: what was squashed stays where it ran, and is undone by the new script"""
        project = self.project(('0001_a', 'CREATE TABLE a (id int);', 'DROP TABLE a;'),
                               ('0002_b', 'CREATE TABLE b (id int); ALTER TABLE a ADD y int;', 'DROP TABLE b;'),
                               ('0009_z', 'ALTER TABLE a ADD z int;', 'ALTER TABLE a DROP z;'))
        for path in list(project.migrations.glob('000[12]*')):
            path.unlink()
        project.write('0005_both', 'CREATE TABLE a (id int, y int);\nCREATE TABLE b (id int);',
                      'DROP TABLE a;\nDROP TABLE b;')
        self.done(project, 'resolve', '0005', '--mark-applied')
        self.done(project, 'resolve', '0001', '0002', '--mark-unapplied')
        self.rebuilt(project)
        self.assertIn('left out: it stands for what ran as "0001" at position',
                      project.varve('replay', '--sql').stdout)
        self.done(project, 'run')
        self.done(project, 'rollback', '--steps', '2', '--yes')
        self.assertEqual(project.sql("SELECT to_regclass('a'), to_regclass('b')"), '|')
        self.rebuilt(project)
        self.done(project, 'run')
        self.rebuilt(project)

    def test_made_anew(self):
        """replay --sql: what a person did by hand, with a script that drops and makes, is in force"""
        project = self.project(('0001_v', 'CREATE VIEW v AS SELECT 1 AS one;'))
        text = 'DROP VIEW v;\nCREATE VIEW v AS SELECT 1 AS one, 2 AS two;'
        project.write('0002_v', text)
        project.sql(text)
        self.done(project, 'resolve', '0002', '--mark-applied')
        self.rebuilt(project)

    def test_needed(self):
        """replay --sql: what was marked as not applied is not left out where a later script names it"""
        project = self.project(('0001_t', 'CREATE TABLE t (id int);'),
                               ('0002_a', 'CREATE TABLE a (id int);'),
                               ('0003_y', 'ALTER TABLE t ADD y int;'))
        project.sql('DROP TABLE a')
        self.done(project, 'resolve', '0002', '--mark-unapplied')
        self.rebuilt(project)
        project.sql('DROP TABLE t')
        self.done(project, 'resolve', '0001', '--mark-unapplied')
        answer = project.varve('replay', '--sql')
        self.assertEqual(answer.returncode, 4)
        self.assertRegex(answer.stdout, 'MISSING: marked as not applied by .*"0003" at position')
        self.assertLess(answer.stdout.index('CREATE TABLE t'), answer.stdout.index('ALTER TABLE t'))
        self.assertFalse(project.document('replay', '--sql')['complete'])
        self.done(project, 'resolve', '0003', '--mark-unapplied')
        self.rebuilt(project)

    def test_repeatable_made_again(self):
        """replay --sql: a repeatable that a down script has dropped by name, and its next run"""
        view = 'CREATE OR REPLACE VIEW v AS SELECT id FROM other;\n'
        project = Project(cluster)
        self.addCleanup(project.remove)
        for name, text in (('V2__o', 'CREATE TABLE other (id int, x int);\n'), ('R__v', view),
                           ('U2__o', 'DROP VIEW v;\nDROP TABLE other;\n')):
            (project.migrations / f'{name}.sql').write_text(text, encoding='utf-8')
        self.done(project, 'run', '--init')
        self.done(project, 'rollback', '--yes')
        self.done(project, 'resolve', 'R__v', '--mark-unapplied')
        self.rebuilt(project)
        self.done(project, 'run')
        self.rebuilt(project)

    def test_half_done_rollback(self):
        """replay --sql: a rollback that was given up half-way is left out with what it undid"""
        project = self.project(
            ('0001_base', 'CREATE TABLE base (id int);', 'DROP TABLE base;'),
            ('0002_i', 'CREATE INDEX CONCURRENTLY i1 ON base (id);\nCREATE INDEX CONCURRENTLY i2 ON base (id);\n',
             'DROP INDEX CONCURRENTLY i1;\nDROP INDEX CONCURRENTLY i3;\n'))
        self.assertEqual(project.varve('rollback', '--yes').returncode, 9)
        project.sql('DROP INDEX i2')
        self.done(project, 'resolve', '0002', '--mark-unapplied')
        self.rebuilt(project)
        self.done(project, 'run')
        self.rebuilt(project)
        self.assertEqual(project.varve('rollback', '--yes').returncode, 9)
        project.sql('CREATE INDEX i1 ON base (id)')
        project.sql("DELETE FROM varve.__migrations_metadata WHERE version = '0002'")
        self.done(project, 'resolve', '0002', '--mark-applied')
        self.rebuilt(project)

    def test_for_psql(self):
        """replay --sql: psql takes no colon of a statement for a variable of its own"""
        project = self.project(
            ('0001_b', 'CREATE TABLE b (i int[], t text);'),
            ('0002_v', 'CREATE VIEW v AS SELECT i[1:PORT] FROM b, (SELECT 1 AS PORT) x;\n'
             'CREATE VIEW w AS SELECT i[lo:"USER"] AS a, i[:ERROR] AS b, \':PORT\'::text AS c, t::VARCHAR(3)\n'
             '  FROM b, (SELECT 1 AS lo, 2 AS "USER", 3 AS ERROR) x;\n'))
        self.rebuilt(project)
        self.assertIn('i[1:PORT]', project.document('replay', '--sql')['scripts'][1]['statements'][0])

    def test_harmless(self):
        """replay --sql: a name must not steer the terminal it is shown in; the SQL is as it was"""
        project = self.project(('0001_a\u202eb', "CREATE TABLE a (); COMMENT ON TABLE a IS 'c\u202ed';"))
        self.rebuilt(project)
        script = project.varve('replay', '--sql').stdout
        self.assertIn('-- 0001 a\ufffdb up', script)
        self.assertEqual(script.count('\u202e'), 1)
        self.assertIn("IS 'c\u202ed'", script)

    def test_lost(self):
        """replay --sql: after an accepted loss it says that what the lost events had run is not in it"""
        project = filled(self)
        self.assertEqual(project.varve('ledger', 'backup', 'copy').returncode, 0)
        project.write('0004_kept', 'CREATE TABLE kept (); CREATE TABLE gone ();', 'DROP TABLE gone;')
        for words in (['run'], ['rollback'], ['ledger', 'restore', 'copy', '--replace',
                                              '--accept-loss', '--reason', 'disk died']):
            self.assertEqual(project.varve(*words).returncode, 0)
        self.assertIn('CREATE TABLE public.kept (', cluster.schema(project.database))
        data = project.events('ledger-restored')[0]
        sentence = f'at least events {data["data"]["size"]} to {data["data"]["lost_to"] - 1} are lost'
        answer = project.varve('replay', '--sql')
        self.assertEqual(answer.returncode, 0)
        self.assertIn(f'-- {sentence}', answer.stdout)
        self.assertIn(sentence, answer.stderr)
        document = project.document('replay', '--sql')
        self.assertFalse(document['complete'])
        self.assertIn(sentence, document['lost'][0])
        before = project.varve('replay', '--sql', '--to', data['position'])
        self.assertNotIn('are lost', before.stdout + before.stderr)
        document = project.document('replay', '--sql', '--to', str(data['position']))
        self.assertEqual((document['complete'], document['lost']), (True, []))

    def test_difference(self):
        """replay --from --to: what has changed, by which events and whom; the same bytes each time"""
        project = filled(self)
        before = len(project.events())
        self.assertEqual(project.varve('rollback', '--yes').returncode, 0)
        project.write('0004_broken', 'SELECT 1 / 0;\n', 'SELECT 1;')
        self.assertEqual(project.varve('run').returncode, 9)
        after = len(project.events())
        document = project.document('replay', '--from', before, '--to', after)
        kinds = {(c['kind'], c['version']) for c in document['changes']}
        self.assertIn(('registered', '0004'), kinds)
        self.assertIn(('failed', '0004'), kinds)
        self.assertNotIn('0001', {c['version'] for c in document['changes']})
        self.assertEqual((document['from']['size'], document['to']['size']), (before, after))
        self.assertEqual(len(document['events']), after - before)
        failed = [c for c in document['changes'] if c['kind'] == 'failed'][0]
        positions = [e['position'] for e in document['events'] if e['type'] == 'attempt-failed.1']
        self.assertEqual(failed['positions'], positions)
        words = ('replay', '--from', before, '--to', after, '--migration', '0003')
        self.assertEqual(project.varve(*words).stdout, project.varve(*words).stdout)
        only = project.document(*words)
        self.assertEqual({c['version'] for c in only['changes']} - {'0003'}, set())
        self.assertEqual(project.varve('replay', '--from', after, '--to', before).returncode, 2)
        self.assertEqual(project.varve('replay', '--target', 'nowhere').returncode, 2)

    def test_version(self):
        """replay and history --migration: a version by its number; one that nobody knows is an error"""
        project = filled(self)
        rows = project.document('replay', '--migration', '3')['targets'][0]['migrations']
        self.assertEqual([row['version'] for row in rows], ['0003'])
        self.assertEqual(project.document('replay', '--from', 0, '--migration', 3)['changes'],
                         project.document('replay', '--from', 0, '--migration', '0003')['changes'])
        events = project.document('history', '--migration', 3)['events']
        self.assertEqual(events, project.document('history', '--migration', '0003')['events'])
        self.assertEqual({e['data']['version'] for e in events}, {'0003'})
        for words in (('replay',), ('replay', '--from', 0), ('history',)):
            answer = project.varve(*words, '--migration', 4)
            self.assertEqual((answer.returncode, 'error[version-unknown]' in answer.stderr), (2, True))
        self.assertEqual(project.varve('replay', '--to', 3, '--migration', 9).returncode, 2)

    def test_then(self):
        """replay --to and --as-of: status at a position, with the moment that it is of"""
        project = filled(self)
        size = len(project.events())
        self.assertEqual(project.varve('rollback', '--yes').returncode, 0)
        document = project.document('replay', '--to', size)
        self.assertEqual(document['targets'][0]['applied_count'], 3)
        self.assertEqual(document['computed_at']['size'], size)
        self.assertEqual(document, project.document('replay', '--as-of', size))
        self.assertEqual(project.document('replay')['targets'][0]['applied_count'], 2)
        self.assertIn('root ' + document['computed_at']['root'],
                      project.varve('replay', '--to', size).stdout)
        self.assertEqual(project.varve('replay', '--to', 'nonsense').returncode, 2)
        added = project.document('keys', 'rotate')['key_id']
        first = project.document('keys', 'list')['keys'][0]['key_id']
        said = project.varve('replay').stdout  # two keys of one name
        self.assertRegex(said, rf'signed by \S+ \({first}\) and \S+ \({added}\)')
        note = project.folder / 'checkpoint'
        uuid = document['computed_at']['ledger']
        root = base64.b64encode(bytes.fromhex(document['computed_at']['root'])).decode()
        signature = base64.b64encode(bytes(68)).decode()
        note.write_text(f'example.com/varve/{uuid}\n{size}\n{root}\n\n\u2014 example.com/varve/{uuid} {signature}\n',
                        encoding='utf-8')
        self.assertEqual(project.document('replay', '--to', note)['computed_at']['size'], size)
        note.write_text(note.read_text(encoding='utf-8').replace(f'\n{size}\n', f'\n{size - 1}\n'),
                        encoding='utf-8')
        answer = project.varve('replay', '--to', note)
        self.assertEqual((answer.returncode, 'checkpoint-disagrees' in answer.stderr), (7, True))


@unittest.skipUnless(CORPORA.exists(), f'there is no {CORPORA}')
class Histories(unittest.TestCase):
    def check(self, name):
        copied = pathlib.Path(tempfile.mkdtemp(prefix='varve-history.'))
        self.addCleanup(shutil.rmtree, copied)
        shutil.copytree(CORPORA / name / 'migrations', copied / 'migrations')
        project = Project(cluster, copied / 'migrations')
        self.addCleanup(project.remove)
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        self.assertEqual(rebuild(self, project), cluster.schema(project.database))

    def test_crates(self):
        """replay --sql: the history of crates.io rebuilds its schema"""
        self.check('crates.io')

    def test_cosmo(self):
        """replay --sql: a Drizzle history rebuilds its schema"""
        self.check('cosmo')


if __name__ == '__main__':
    unittest.main()
