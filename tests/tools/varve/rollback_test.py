"""Undoing: out of the middle, by whose script, and what is refused."""
import re

from varve import Cluster, Project
from applying import Case


def setUpModule():
    Case.cluster = Cluster()


def tearDownModule():
    Case.cluster.stop()


SHOP = (('0001_orders', 'CREATE TABLE orders (id int PRIMARY KEY);', 'DROP TABLE orders;'),
        ('0002_letters', 'CREATE TABLE letters (id int);', 'DROP TABLE letters;'),
        ('0003_items', '-- what is in an order\nCREATE TABLE items (\n'
         '  "order" int REFERENCES orders);', 'DROP TABLE items;'))


class OutOfTheMiddle(Case):
    def test_only(self):
        """rollback --only: one migration is undone, and may be applied again out of order"""
        project = self.applied(*SHOP)
        answer = self.exits(0, project.varve('rollback', '--only', '2'))
        self.assertIn('Undone: 1 migration', answer.stdout)
        self.assertEqual(project.sql("SELECT to_regclass('letters') IS NULL"), 't')
        self.assertEqual(self.states(project), {'0001': 'applied', '0002': 'rolled-back',
                                                '0003': 'applied'})
        refused = self.exits(4, project.varve('run'))
        self.assertIn('0002_letters.up.sql was rolled back and is pending again', refused.stderr)
        self.exits(0, project.varve('run', '--out-of-order'))
        self.assertEqual(project.sql("SELECT to_regclass('letters') IS NULL"), 'f')
        self.agrees(project)

    def test_for_good(self):
        """rollback --only: where its files are taken away, the next run asks nothing"""
        project = self.applied(*SHOP)
        self.exits(0, project.varve('rollback', '--only', '0002'))
        for way in ('up', 'down'):
            (project.migrations / f'0002_letters.{way}.sql').unlink()
        project.write('0004_more', 'CREATE TABLE more (id int);')
        self.exits(0, project.varve('run'))
        self.agrees(project)

    def test_depends(self):
        """rollback --only: one that a later migration names is refused, with file and line"""
        project = self.applied(*SHOP)
        answer = self.exits(4, project.varve('rollback', '--only', '0001'))
        self.assertIn('error[later-depends]: 0003_items.up.sql:3 of "0003" names table "orders", '
                      'which "0001" touches (0001_orders.up.sql:1)', answer.stderr)
        self.exits(2, project.varve('rollback', '--only', '0001', '--despite-dependents'))
        # DROP without CASCADE: the server has the last word.
        failed = self.exits(9, project.varve('rollback', '--only', '0001', '--despite-dependents',
                                             '--reason', 'orders move to another database'))
        self.assertIn('other objects depend on it', failed.stderr)
        started = project.events('rollback-started')[-1]
        self.assertEqual(started['reason'], 'orders move to another database')
        self.assertIn({'gate': 'dependents', 'passed': True},
                      [{k: g[k] for k in ('gate', 'passed')} for g in started['data']['gates']])
        self.assertEqual(self.states(project)['0001'], 'applied')
        self.exits(0, project.varve('rollback', '--only', '1,3'))
        self.assertEqual(self.states(project), {'0001': 'rolled-back', '0002': 'applied',
                                                '0003': 'rolled-back'})
        self.agrees(project)

    def test_cascade(self):
        """rollback --only: a down script with CASCADE is refused while something later stays"""
        migrations = [list(m) for m in SHOP]
        migrations[1][2] = 'DROP TABLE IF EXISTS letters CASCADE;'
        project = self.applied(*migrations)
        answer = self.exits(4, project.varve('rollback', '--only', '0002'))
        self.assertIn('error[down-cascades]: 0002_letters.down.sql:1', answer.stderr)
        self.exits(0, project.varve('rollback', '--only', '0002', '--despite-dependents',
                                    '--reason', 'nothing is built on letters'))
        self.exits(0, project.varve('rollback', '--to', '0001'))

    def test_sqitch(self):
        """rollback --only: what a Sqitch plan says is required is not undone alone"""
        project = self.project()
        who = '2026-01-01T00:00:00Z Ada <ada@example.com>'
        (project.migrations / 'sqitch.plan').write_text(
            f'%syntax-version=1.0.0\n%project=shop\n\nroles {who}\ntables {who}\n'
            f'grants [roles] {who}\n')
        for name, up, down in (('roles', "SELECT 'roles';", "SELECT 'no roles';"),
                               ('tables', 'CREATE TABLE t (id int);', 'DROP TABLE t;'),
                               ('grants', "SELECT 'grants';", "SELECT 'no grants';")):
            for folder, text in (('deploy', up), ('revert', down)):
                (project.migrations / folder).mkdir(exist_ok=True)
                (project.migrations / folder / f'{name}.sql').write_text(text)
        self.exits(0, project.varve('run', '--init'))
        answer = self.exits(4, project.varve('rollback', '--only', 'roles'))
        self.assertIn('"grants" requires "roles", the plan says', answer.stderr)
        self.exits(0, project.varve('rollback', '--only', 'tables'))


class WhoseScript(Case):
    """A down script undoes the text it came with."""

    def here(self, project, *tables):
        return [name for name in tables if project.sql(f"SELECT to_regclass('{name}')")]

    def test_version_taken(self):
        """rollback: another migration that has taken the version is not undone in its place"""
        project = self.applied(('1_m1', 'CREATE TABLE t1 ();', 'DROP TABLE t1;'),
                               ('2_m2', 'CREATE TABLE t2 ();', 'DROP TABLE t2;'))
        for end in ('up', 'down'):
            (project.migrations / f'2_m2.{end}.sql').unlink()
        project.write('2_other', 'CREATE TABLE other ();', 'DROP TABLE IF EXISTS other;')
        said = self.exits(0, project.varve('dry-run', '--rollback', '--no-rehearsal')).stdout
        self.assertIn('not by 2_other.down.sql', said)
        self.assertRegex(said, r'2  m2 ')
        said = self.exits(0, project.varve('rollback', '--yes')).stdout
        self.assertRegex(said, r'2  m2  ok')
        self.assertIn('(as 2_m2.up.sql, content:', said)
        self.assertEqual(self.here(project, 't1', 't2'), ['t1'])
        self.exits(0, project.varve('run'))
        self.exits(0, project.varve('rollback', '--yes'))
        self.assertEqual(self.here(project, 't1', 'other'), ['t1'])
        self.agrees(project)

    def test_shifted(self):
        """rollback, resolve: a folder that was shifted by one loses nobody's table"""
        project = self.applied(*((f'{n}_m{n}', f'CREATE TABLE t{n} ();', f'DROP TABLE t{n};')
                                 for n in (1, 2, 3)))
        for number in (3, 2, 1):
            for end in ('up', 'down'):
                (project.migrations / f'{number}_m{number}.{end}.sql').rename(
                    project.migrations / f'{number + 1}_m{number}.{end}.sql')
        self.exits(0, project.varve('rollback', '--yes'))
        self.assertEqual(self.here(project, 't1', 't2', 't3'), ['t1', 't2'])
        self.exits(7, project.varve('run'))
        self.exits(0, project.varve('resolve', '--all', '--kind', 'missing', '--mark-applied',
                                    '--reason', 'renumbered'))
        self.exits(0, project.varve('run'))
        self.assertEqual(self.here(project, 't1', 't2', 't3'), ['t1', 't2', 't3'])
        self.assertIn('Nothing to do', self.exits(0, project.varve('run')).stdout)
        sql = self.exits(0, project.varve('replay', '--sql')).stdout
        self.assertEqual([sql.count(f'CREATE TABLE t{n} ') for n in (1, 2, 3)], [1, 1, 2])
        self.exits(0, project.varve('verify'))

    def test_chain(self):
        """resolve: a folder renumbered with overlapping numbers is said to be the same, and undone as such"""
        project = self.applied(*((f'{n}_m{n}', f'CREATE TABLE t{n} ();', f'DROP TABLE t{n};')
                                 for n in (1, 2, 3)))
        for number in (3, 2, 1):
            for end in ('up', 'down'):
                (project.migrations / f'{number}_m{number}.{end}.sql').rename(
                    project.migrations / f'{number + 1}_m{number}.{end}.sql')
        said = self.exits(7, project.varve('run')).stderr
        self.assertIn('2_m1.up.sql has the same text', said)
        self.assertNotIn('--accept-digest', said)
        self.exits(0, project.varve('resolve', '--all', '--kind', 'missing', '--mark-applied',
                                    '--reason', 'renumbered'))
        self.assertIn('Nothing to do', self.exits(0, project.varve('run')).stdout)
        sql = self.exits(0, project.varve('replay', '--sql')).stdout
        self.assertEqual([sql.count(f'CREATE TABLE t{n} ') for n in (1, 2, 3)], [1, 1, 1])
        self.exits(0, project.varve('rollback', '--to', '2', '--yes'))
        self.assertEqual(self.here(project, 't1', 't2', 't3'), ['t1'])
        self.exits(0, project.varve('verify'))

    def told(self, project, layout, down):
        """What the told text puts back, with the down script corrected, serves."""
        for path in list(project.migrations.iterdir()):
            path.unlink()
        self.exits(0, project.varve('resolve', '2', '--adopt', '--reason', 'gone', *layout))
        said = self.exits(9, project.varve('rollback', '--yes', *layout)).stdout
        self.assertIn('There is no file to correct: put ', said)
        names = re.findall(r'[\w.]+\.sql', said.split('There is no file to correct')[1])
        texts = [self.exits(0, project.varve('show', f'content:{digest}')).stdout
                 for digest in re.findall('content:([0-9a-f]+)', said)]
        texts[1] = texts[1].replace('tx2', 't2')
        if len(names) == 1:
            texts = [texts[0] + texts[1]]
        for name, text in zip(names, texts):
            (project.migrations / name).write_text(text, encoding='utf-8')
        self.exits(0, project.varve('rollback', '--only', '2', '--yes', *layout))
        self.assertEqual(self.here(project, 't2'), [])
        self.exits(0, project.varve('run', *layout))
        return names

    def test_no_file_to_correct(self):
        """rollback: where no file is left, the text tells all that is to be put back, in any layout"""
        up, down = 'CREATE TABLE t2 ();\n', 'DROP TABLE tx2;\n'
        for layout, files, names in (
                ('varve', {'2_m2.up.sql': up, '2_m2.down.sql': down}, ['2_m2.up.sql', '2_m2.down.sql']),
                ('flyway', {'V2__m2.sql': up, 'U2__m2.sql': down}, ['V2__m2.sql', 'U2__m2.sql']),
                ('dbmate', {'2_m2.sql': f'-- migrate:up\n{up}-- migrate:down\n{down}'}, ['2_m2.sql'])):
            with self.subTest(layout):
                project = Project(self.cluster)
                self.addCleanup(project.remove)
                for name, text in files.items():
                    (project.migrations / name).write_text(text, encoding='utf-8')
                words = ('--layout', layout)
                self.exits(0, project.varve('run', '--init', *words))
                self.assertEqual(self.told(project, words, down), names)

    def test_changed_and_failing(self):
        """rollback: where the ledger's copy fails since the file has changed, it says what makes the file count"""
        project = self.applied(('1_m1', 'CREATE TABLE t1 ();', 'DROP TABLE tx1;'))
        project.write('1_m1', 'CREATE TABLE t1 (a int);', 'DROP TABLE t1;')
        said = self.exits(9, project.varve('rollback', '--yes')).stdout
        self.assertRegex(said, r'varve resolve .* 1 --accept-digest')
        self.exits(0, project.varve('resolve', '1', '--accept-digest', '--reason', 'edited'))
        self.exits(0, project.varve('rollback', '--yes'))
        self.assertEqual(self.here(project, 't1'), [])


class Choosing(Case):
    def test_fails(self):
        """a down script that fails: what was undone before it stays so, and one is told to roll back again"""
        project = self.applied(SHOP[0], ('0002_letters', SHOP[1][1], 'DROP TABLE letter;'), SHOP[2])
        answer = self.exits(9, project.varve('rollback', '--to', '0'))
        self.assertRegex(answer.stdout, 'Not undone, so applied as before: 0002,0001. Correct it, then: '
                                        'varve rollback .*--only 0002,0001')
        self.assertEqual(self.states(project), {'0001': 'applied', '0002': 'applied', '0003': 'rolled-back'})
        project.write(*SHOP[1])
        self.exits(0, project.varve('rollback', '--to', '0'))
        self.agrees(project)

    def test_spelling(self):
        """run and rollback find a version by its number too, and refuse what is ambiguous"""
        project = self.project(*SHOP)
        self.exits(0, project.varve('run', '--init', '--to', '2'))
        self.assertEqual(self.states(project)['0003'], 'pending')
        self.exits(2, project.varve('rollback', '--to', '3'))
        self.exits(2, project.varve('rollback', '--to', '7'))
        self.exits(0, project.varve('rollback', '--to', '001'))
        self.assertEqual(self.states(project), {'0001': 'applied', '0002': 'rolled-back',
                                                '0003': 'pending'})
        same = self.exits(0, project.varve('rollback', '--to', '1'))
        self.assertIn('Nothing to undo', same.stdout)
        self.exits(2, project.varve('rollback', '--to', '1', '--steps', '1'))
        self.exits(2, project.varve('rollback', '--steps', '0'))
        project.write('00_base', 'SELECT 1;', 'SELECT 1;')
        self.exits(0, project.varve('run', '--out-of-order'))
        self.exits(0, project.varve('rollback', '--to', '0'))

    def test_refused(self):
        """a rollback without a way back is refused before anything is touched, naming all"""
        project = self.applied(
            ('0001_a', 'CREATE TABLE a (id int);', None),
            ('0002_b', 'CREATE TABLE b (id int);',
             '-- varve: irreversible reason="b holds invoices"\n'),
            ('0003_c', 'CREATE TABLE c (id int);', None),
            ('0004_d', 'CREATE TABLE d (id int);', '-- nothing to undo\n'))
        answer = self.exits(0, project.varve('rollback'))
        self.assertIn('Note: the down script of "0004" holds no statement', answer.stdout)
        self.assertEqual(self.states(project)['0004'], 'rolled-back')
        self.assertIn('"0003"', self.exits(4, project.varve('rollback')).stderr)
        answer = self.exits(4, project.varve('rollback', '--to', '0'))
        self.assertIn('error[down-irreversible]: "0002" (b holds invoices)', answer.stderr)
        (project.migrations / '0002_b.down.sql').write_text('DROP TABLE b;')
        answer = self.exits(4, project.varve('rollback', '--to', '0'))
        self.assertIn('no down script for "0003", "0001"', answer.stderr)
        self.assertEqual(len(project.events('rollback-started')), 1)

    def flyway(self, **files):
        project = self.project()
        for name, text in files.items():
            (project.migrations / f'{name}.sql').write_text(text)
        return project

    def test_kept_with_placeholders(self):
        """a down script whose file is gone and that has placeholders is not run without their values"""
        project = self.flyway(
            V1__names="CREATE TABLE names (name text);\nINSERT INTO names VALUES ('${who}');",
            U1__names="DELETE FROM names WHERE name = '${who}';", V2__more='CREATE TABLE more (id int);',
            U2__more='DROP TABLE more;')
        value = ('--placeholder', 'who=Ada')
        self.exits(0, project.varve('run', '--init', *value))
        gone = project.migrations / 'U1__names.sql'
        text = gone.read_text()
        gone.unlink()
        answer = self.exits(4, project.varve('rollback', '--to', '0', *value))
        self.assertIn("error[down-missing]: no down script for \"1\" (its file is gone, and the ledger's copy "
                      "does not serve: its placeholder ${who} is not replaced", answer.stderr)
        self.assertEqual(self.states(project), {'1': 'applied', '2': 'applied'})
        gone.write_text(text)
        self.exits(0, project.varve('rollback', '--to', '0', *value))
        self.assertEqual(project.sql('SELECT count(*) FROM names'), '0')

    def test_repeatable_by_cascade(self):
        """a down script with CASCADE is refused where a repeatable migration stands on what it drops"""
        project = self.flyway(
            V1__a='CREATE TABLE a (id int);', U1__a='DROP TABLE a CASCADE;',
            V2__b='CREATE TABLE b (id int);', U2__b='DROP TABLE b CASCADE;',
            R__views='CREATE OR REPLACE VIEW v AS SELECT id FROM a;')
        self.exits(0, project.varve('run', '--init'))
        self.exits(0, project.varve('rollback'))  # nothing stands on b
        answer = self.exits(4, project.varve('rollback'))
        self.assertIn('error[down-cascades]: U1__a.sql:1 (R__views.sql:1 of "R__views" names table "a", which "1" '
                      'touches (V1__a.sql:1)) drops with CASCADE', answer.stderr)
        self.assertEqual(project.sql("SELECT to_regclass('v') IS NOT NULL"), 't')
        self.exits(0, project.varve('rollback', '--despite-dependents', '--reason', 'the view goes too'))
        self.exits(0, project.varve('resolve', 'R__views', '--mark-unapplied', '--reason', 'went with its table'))
        self.exits(0, project.varve('run'))
        self.assertEqual(project.sql("SELECT to_regclass('v') IS NOT NULL"), 't')

    def test_repeatable_by_name(self):
        """where a down script names what a repeatable migration makes, how it is made again is said"""
        project = self.flyway(
            V1__a='CREATE TABLE a (id int);', U1__a='DROP VIEW v;\nDROP TABLE a;',
            V2__b='CREATE TABLE b (id int);', U2__b='DROP TABLE b;',
            R__views='CREATE OR REPLACE VIEW v AS SELECT id FROM a;')
        self.exits(0, project.varve('run', '--init'))
        self.assertNotIn('--mark-unapplied', self.exits(0, project.varve('rollback')).stdout)
        said = ('Note: U1__a.sql:1 names view "v", which "R__views" has made (R__views.sql:1): no later run makes it '
                'again by itself; after varve resolve R__views --mark-unapplied the next one does.')
        said = re.escape(said).replace('resolve', 'resolve.*')
        self.assertRegex(self.exits(0, project.varve('dry-run', '--rollback', '--no-rehearsal')).stdout, said)
        self.assertRegex(self.exits(0, project.varve('rollback')).stdout, said)

    def test_dry_run(self):
        """dry-run --rollback shows what would be undone, and changes nothing"""
        project = self.applied(*SHOP)
        size = len(project.events())
        answer = self.exits(0, project.varve('dry-run', '--rollback', '--to', '1'))
        self.assertIn('Would undo 2 migrations', answer.stdout)
        document = project.document('dry-run', '--rollback', '--only', '2')
        self.assertEqual([m['version'] for m in document['plan']], ['0002'])
        self.assertIn('later-depends', self.exits(4, project.varve(
            'dry-run', '--rollback', '--only', '1')).stderr)
        self.exits(2, project.varve('dry-run', '--steps', '1'))
        self.exits(0, project.varve('rollback', env={'MIGRATION_DRY_RUN': 'true'}))
        self.assertEqual(len(project.events()), size)
