"""What the program takes on its command line, and what it says: to a person, and to a program."""
import json
import subprocess
import unittest

from varve import CLEAN, PROGRAM, Cluster, Project

SECRET = 'hunter2secret'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Words(unittest.TestCase):
    def project(self):
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_a', 'CREATE TABLE a (id int);', 'DROP TABLE a;')
        return project

    def bare(self, *words, folder=None):
        """The words alone, without any option before or after them."""
        return subprocess.run([PROGRAM, *words], cwd=folder or self.project().folder, env=CLEAN,
                              capture_output=True, text=True, timeout=60)

    def test_switches(self):
        """MIGRATION_*: a switch is understood however it is written, or refused, and never ignored"""
        project = self.project()
        self.assertEqual(self.bare('init', folder=project.folder).returncode, 0)
        project.varve('run', '--init')
        project.write('0002_b', 'CREATE TABLE b (id int);')
        for value in ('true', 'TRUE', 'True', '1', 'yes', 'on', ' true ', 'y', 'ture', 'enabled'):
            wanted = 2 if value in ('y', 'ture', 'enabled') else 0
            for name in ('MIGRATION_DRY_RUN', 'MIGRATION_VALIDATE_ONLY'):
                answer = project.varve('run', env={name: value})
                self.assertEqual(answer.returncode, wanted, (name, value, answer.stderr))
                if wanted:
                    self.assertIn(f'{name} is "{value}"', answer.stderr)
        for value in ('false', 'FALSE', '0', 'no', 'off'):
            answer = project.varve('rollback', env={'MIGRATION_ROLLBACK_ENABLED': value})
            self.assertIn('error[policy]', answer.stderr, value)
        for name, code in (('MIGRATION_REQUIRE_APPROVAL', 5), ('MIGRATION_BACKUP_ENABLED', 4)):
            self.assertEqual(project.varve('run', env={name: 'Yes'}).returncode, code, name)
        self.assertEqual(project.sql("SELECT to_regclass('a'), to_regclass('b')"), 'a|')
        off = {'MIGRATION_DRY_RUN': '0', 'MIGRATION_VALIDATE_ONLY': '',
               'MIGRATION_ROLLBACK_ENABLED': 'on'}
        self.assertEqual(project.varve('run', env=off).returncode, 0)
        self.assertEqual(project.sql("SELECT to_regclass('b')"), 'b')

    def test_no_folder(self):
        """status: without the folder nothing is said to be pending, which is said, and no exit code 0"""
        project = self.project()
        self.bare('init', folder=project.folder)
        (project.migrations / '.template.up.sql').unlink()
        self.assertEqual(self.bare('status', '--exit-code', folder=project.folder).returncode, 3)
        project.migrations.rename(project.folder / 'elsewhere')
        answer = self.bare('status', folder=project.folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('Nothing is said of what is pending or changed', answer.stderr)
        answer = self.bare('status', '--exit-code', folder=project.folder)
        self.assertEqual(answer.returncode, 2, answer.stdout + answer.stderr)
        self.assertIn('error[migrations-missing]', answer.stderr)

    def test_init_twice(self):
        """init: a second one leaves nothing behind beside the ledger and its key"""
        folder = self.project().folder
        self.assertEqual(self.bare('init', folder=folder).returncode, 0)
        self.assertEqual(self.bare('init', folder=folder).returncode, 2)
        self.assertEqual(sorted(path.name for path in (folder / '.varve').iterdir()),
                         ['ledger', 'ledger.key'])

    def test_empty_key(self):
        """keys: an empty file beside a key that is gone is not taken for it"""
        folder = self.project().folder
        self.bare('init', folder=folder)
        (folder / '.varve/ledger.key').unlink()
        (folder / '.varve/ledger.key.new').touch()
        answer = self.bare('keys', 'rotate', '--reason', 'lost', '--format', 'json', folder=folder)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertFalse((folder / '.varve/ledger.key').exists())

    def test_dangling(self):
        """configuration: a varve.toml that leads nowhere does not let the one above it decide"""
        folder = self.project().folder
        self.bare('init', folder=folder)
        below = folder / 'below'
        below.mkdir()
        (below / 'varve.toml').symlink_to('nowhere.toml')
        answer = self.bare('status', '--format', 'json', folder=below)
        self.assertEqual(answer.returncode, 2, answer.stdout + answer.stderr)
        error = json.loads(answer.stdout)['error']
        self.assertEqual(error['reason'], 'configuration-invalid')
        self.assertIn(str(below / 'varve.toml'), error['detail'])


if __name__ == '__main__':
    unittest.main()
