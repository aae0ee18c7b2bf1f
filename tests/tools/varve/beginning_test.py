"""A project's first commands: init, new, the first run; what a key that is made then lies in."""
import re
import resource
import subprocess
import unittest

from varve import CLEAN, PROGRAM, Cluster, Project

PLAIN, ENCRYPTED = 'PRIVATE+KEY+', '-----BEGIN ENCRYPTED PRIVATE KEY-----'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Case(unittest.TestCase):
    def project(self, toml=None):
        project = Project(cluster)
        self.addCleanup(project.remove)
        if toml is not None:
            (project.folder / 'varve.toml').write_text(
                'organisation = "example.com"\n[ledger]\npath = "ledger"\n' + toml)
        return project

    def plain(self, project, *words, env=None, code=0):
        """Without the options that Project adds, and without a terminal to be asked at."""
        answer = subprocess.run([str(PROGRAM), *map(str, words)], cwd=project.folder, timeout=120,
                                env={**CLEAN, 'DATABASE_URL': project.url, **(env or {})},
                                capture_output=True, text=True, start_new_session=True)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer


class Beginning(Case):
    def test_empty(self):
        """a migration that holds no statement yet is told by validate, dry-run and run"""
        project = self.project()
        said = self.plain(project, 'init').stdout
        self.assertIn('Next: varve new NAME, write its SQL into the files', said)
        self.plain(project, 'new', 'add_customers')
        up, = project.migrations.glob('*_add_customers.up.sql')
        for words in (['validate'], ['dry-run', '--no-rehearsal'], ['run']):
            answer = self.plain(project, *words)
            told = answer.stdout + answer.stderr
            self.assertEqual(told.count('warning[script-empty]'), 1, told)
            self.assertIn(up.name, told)
        for words in (['validate'], ['dry-run', '--no-rehearsal'], ['run', '--verbose']):
            answer = self.plain(project, *words)
            self.assertNotIn('script-empty', answer.stdout + answer.stderr, 'it is applied')
        self.assertIn('script-empty', self.plain(self.copy_without_ledger(project), 'dry-run',
                                                 '--no-rehearsal').stderr)

        text = up.read_text().replace('-- CREATE TABLE IF NOT EXISTS ...', 'CREATE TABLE c ();')
        up.write_text(text)
        answer = self.plain(project, 'run', code=7)
        self.assertIn('varve rollback --only VERSION, then varve run', answer.stderr)
        self.plain(project, 'rollback', '--only', up.name.split('_')[0], '--yes')
        self.assertNotIn('script-empty', self.plain(project, 'run').stderr)
        self.assertEqual(project.sql("SELECT to_regclass('c')"), 'c')

    def test_older_database(self):
        """a database that was there before its ledger is taken over also after a run that failed"""
        project = self.project()
        project.sql('CREATE TABLE orders (id bigint PRIMARY KEY)')
        project.write('0001_orders', 'CREATE TABLE orders (id bigint PRIMARY KEY);\n')
        project.write('0002_parts', 'CREATE TABLE parts (id bigint PRIMARY KEY);\n')
        self.plain(project, 'init')
        said = self.plain(project, 'run', code=9).stdout
        self.assertIn('varve baseline VERSION --reason ...', said)
        self.plain(project, 'baseline', '0001', '--reason', 'it is older than its ledger')
        self.plain(project, 'run')
        self.assertEqual(project.sql("SELECT to_regclass('parts')"), 'parts')
        project.write('0003_again', 'CREATE TABLE parts (id bigint PRIMARY KEY);\n')
        self.assertNotIn('baseline', self.plain(project, 'run', code=9).stdout)
        self.plain(project, 'verify')

    def test_no_migration(self):
        """a folder without any migration is said to have none, wherever migrations are looked for"""
        project = self.project()
        self.plain(project, 'init')
        for words in (['validate'], ['dry-run'], ['run'], ['status'], ['test']):
            said = self.plain(project, *words).stderr
            self.assertEqual(said.count('warning[folder-empty]: there is no migration in '), 1, said)
            self.assertIn('under [migrations] in varve.toml', said)
        found, = project.document('validate')['findings']
        self.assertEqual((found['rule'], found['severity']), ('folder-empty', 'warning'))
        said = self.plain(project, 'init', '--migrations', 'elsewhere', code=2).stderr
        self.assertIn('changed by path under [migrations] in varve.toml', said)
        self.plain(project, 'new', 'first')
        self.assertNotIn('folder-empty', self.plain(project, 'validate').stderr)

    def test_organisation(self):
        """config says where the organisation is not the one that the ledger was made for"""
        project = self.project('')
        self.assertEqual(self.plain(project, 'config').stderr, '')
        self.plain(project, 'run', '--init')
        self.assertEqual(self.plain(project, 'config').stderr, '')
        toml = project.folder / 'varve.toml'
        toml.write_text(toml.read_text().replace('example.com', 'example.org'))
        self.assertIn('"example.org" changes nothing: the ledger was made for "example.com"',
                      self.plain(project, 'config').stderr)

    def copy_without_ledger(self, project):
        other = self.project()
        for path in project.migrations.iterdir():
            (other.migrations / path.name).write_text(path.read_text())
        return other

    def test_unreadable_is_not_empty(self):
        """a file that cannot be understood is an error, and not called empty beside"""
        project = self.project()
        project.write('0001_wrong', 'CREATE TABEL t ();\n')
        (project.migrations / '0002_bytes.up.sql').write_bytes(b'\xff\xfeSELECT 1;')
        answer = project.varve('validate')
        self.assertEqual(answer.returncode, 4)
        self.assertNotIn('script-empty', answer.stdout + answer.stderr)

    def test_no_room(self):
        """new: where a file cannot be written none is left, to be run as an empty migration"""
        project = self.project()
        answer = subprocess.run(
            [str(PROGRAM), 'new', 'a'], cwd=project.folder, timeout=120, env=CLEAN,
            capture_output=True, text=True, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))
        self.assertEqual(answer.returncode, 1, answer.stderr)
        self.assertIn('File too large', answer.stderr)
        self.assertEqual(list(project.migrations.iterdir()), [])

    def test_umask(self):
        """init and new make the project's files as the umask says"""
        for mask, mode in ((0o002, 0o664), (0o077, 0o600)):
            project = self.project()
            for words in (('init',), ('new', 'first')):
                answer = subprocess.run([str(PROGRAM), *words], cwd=project.folder, timeout=120,
                                        env={**CLEAN, 'DATABASE_URL': project.url}, umask=mask,
                                        capture_output=True, text=True, start_new_session=True)
                self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
            made = [project.folder / 'varve.toml', *project.migrations.glob('*_first.*.sql')]
            self.assertEqual(len(made), 3)
            for path in made:
                self.assertEqual(path.stat().st_mode & 0o777, mode, path)

    def test_said_layout(self):
        """new: refused where another layout is said, though no migration is there yet"""
        for layout in ('flyway', 'dbmate'):
            for toml, words in (('', ['--layout', layout]),
                                (f'[migrations]\nlayout = "{layout}"\n', [])):
                project = self.project(toml)
                answer = self.plain(project, 'new', 'a', *words, code=2)
                self.assertIn('[layout-foreign]', answer.stderr)
                self.assertIn(layout, answer.stderr)
                self.assertEqual(list(project.migrations.iterdir()), [])
        project = self.project('[migrations]\nlayout = "flyway"\n')
        self.assertIn('[layout-unknown]',
                      self.plain(project, 'new', 'a', '--layout', 'flyawy', code=2).stderr)
        project.migrations.rmdir()
        self.assertIn('[layout-foreign]', self.plain(project, 'new', 'a', code=2).stderr)
        project = self.project('[migrations]\nlayout = "golang-migrate"\n')
        for name in ('a', 'b'):
            self.plain(project, 'new', name)
        self.plain(project, 'validate')

    def test_init_beside_another_tool(self):
        """init in a folder of another tool's files: no templates, and what is next can be done"""
        project = self.project()
        flyway = project.folder / 'sql'
        flyway.mkdir()
        (flyway / 'V1__a.sql').write_text('CREATE TABLE a ();\n')
        said = self.plain(project, 'init', '--migrations', 'sql').stdout
        self.assertEqual([path.name for path in flyway.iterdir()], ['V1__a.sql'])
        self.assertIn('Next: varve run; where flyway has applied some already, varve import', said)
        self.assertNotIn('varve new', said)
        self.plain(project, 'run')
        self.assertEqual(project.sql("SELECT to_regclass('a')"), 'a')


class Help(Case):
    def test_who_asks(self):
        """approvals and backups: the help names the variable, or the setting, that asks for them"""
        project = self.project('[environments.development]\nurl = "env:DATABASE_URL"\n')
        project.write('0001_a', 'CREATE TABLE a ();', 'DROP TABLE a;')
        self.plain(project, 'init')
        for name, code in (('MIGRATION_REQUIRE_APPROVAL', 5), ('MIGRATION_BACKUP_ENABLED', 4)):
            said = self.plain(project, 'run', env={name: 'true'}, code=code).stderr
            self.assertIn(f'take the variable {name} away', said)
            self.assertNotIn('the setting', said)
        with open(project.folder / 'varve.toml', 'a', encoding='utf-8') as file:
            file.write('approvals = 2\n')
        said = self.plain(project, 'run', env={'MIGRATION_REQUIRE_APPROVAL': 'true'}, code=5).stderr
        self.assertIn('take the setting "approvals" away', said)

    def test_new_passphrase(self):
        """keys passphrase: where the new one is not to be had, the help says how to give it"""
        project = self.project('key_passphrase = "env:VK"\n')
        key = {'VK': 'correct horse'}
        self.plain(project, 'init', env=key)
        said = self.plain(project, 'keys', 'passphrase', env=key, code=2).stderr
        self.assertRegex(said, r'passphrase-missing(.|\n)*--new env:NAME')
        self.assertNotIn('key_passphrase', said)
        said = self.plain(project, 'keys', 'passphrase', '--new', 'env:NOPE', env=key,
                          code=2).stderr
        self.assertIn('the environment variable NOPE is not set', said)
        self.assertNotIn('key_passphrase', said)

    def test_verifier_program(self):
        """export evidence: where the program that verifies is to be had from"""
        project = self.project('')
        project.write('0001_a', 'CREATE TABLE a ();', 'DROP TABLE a;')
        self.plain(project, 'run', '--init')
        said = self.plain(project, 'export', 'evidence', '--all', '--output', 'all.tar').stdout
        self.assertIn('To verify: python3 verify_evidence.py all.tar', said)
        self.assertIn("tools/verify_evidence.py of Varve's source", said)

    def test_digest_in_history(self):
        """history names the digest of a text as show takes it"""
        project = self.project('')
        project.write('0001_a', 'CREATE TABLE a ();', 'DROP TABLE a;')
        self.plain(project, 'run', '--init')
        said = self.plain(project, 'history', '--migration', '0001').stdout
        content, = re.findall(r'0001 registered: 0001_a\.up\.sql, (content:[0-9a-f]{64})', said)
        self.assertEqual(self.plain(project, 'show', content).stdout, 'CREATE TABLE a ();')


class Keys(Case):
    def files(self, project):
        return sorted(path for path in project.folder.iterdir()
                      if path.name.startswith('ledger.key'))

    def forms(self, project):
        return [PLAIN if path.read_text().startswith(PLAIN) else
                ENCRYPTED if ENCRYPTED in path.read_text() else '?'
                for path in self.files(project)]

    def test_encrypted_from_the_beginning(self):
        """a key is made encrypted where a passphrase is configured: init, run --init, keys rotate"""
        for toml, name, words in (('key_passphrase = "env:VK"\n', 'VK', ['init']),
                                  ('', 'VARVE_KEY_PASSPHRASE', ['run', '--init'])):
            project = self.project(toml)
            project.write('0001_a', 'CREATE TABLE a ();', 'DROP TABLE a;')
            key = {name: 'correct horse'}
            answer = self.plain(project, *words, env=key)
            self.assertNotIn('not encrypted', answer.stdout + answer.stderr)
            self.assertEqual(self.forms(project), [ENCRYPTED])
            self.plain(project, 'keys', 'rotate', env=key)
            self.assertEqual(self.forms(project), [ENCRYPTED] * 2)
            self.plain(project, 'run', env=key)
            self.assertEqual(self.plain(project, 'checkpoint', env=key).stderr, '')
            self.assertEqual(self.plain(project, 'keys').stdout.count(', encrypted:'), 2)
            self.plain(project, 'verify')

    def test_in_clear(self):
        """a key that lies in clear though a passphrase is configured is told, and can be encrypted"""
        project = self.project('key_passphrase = "env:VK"\n')
        project.write('0001_a', 'CREATE TABLE a ();', 'DROP TABLE a;')
        told = r'ledger\.key is not encrypted \(.*VK is not set\): varve keys passphrase'
        self.assertRegex(self.plain(project, 'run', '--init').stderr, told)
        self.assertEqual(self.forms(project), [PLAIN])
        self.assertIn('signs, not encrypted: ', self.plain(project, 'keys').stdout)
        key = {'VK': 'correct horse'}
        said = self.plain(project, 'keys', 'rotate', env=key).stderr
        self.assertRegex(said, r'ledger\.key is not encrypted: varve keys passphrase')
        self.assertEqual(self.forms(project), [PLAIN, ENCRYPTED])
        self.plain(project, 'keys', 'passphrase', env=key)
        self.assertEqual(self.forms(project), [ENCRYPTED] * 2)
        self.assertEqual(self.plain(project, 'checkpoint', env=key).stderr, '')

        other = self.project('key_passphrase = "env:VK"\n')
        self.assertRegex(self.plain(other, 'init').stderr, told)
        quiet = self.project('')
        self.assertEqual(self.plain(quiet, 'init').stderr, '')
        self.assertEqual(self.forms(quiet), [PLAIN])


class Restoring(Case):
    def test_right_after_a_backup(self):
        """restore right after backup: the one lost event is named by its type"""
        project = self.project('')
        project.write('0001_a', 'CREATE TABLE a ();', 'DROP TABLE a;')
        self.plain(project, 'run', '--init')
        self.plain(project, 'ledger', 'backup', 'copy')
        said = self.plain(project, 'ledger', 'restore', 'copy', '--replace', code=7).stdout
        self.assertRegex(said, r'Lost .*\n +the old folder has them: 1 ledger-copied\n')
