"""What the program takes on its command line, and what it says: to a person, and to a program."""
import json
import pathlib
import shlex
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

    def test_operation(self):
        """json: a verb of a group has both words as its operation, whether it succeeds or not"""
        project = self.project()
        project.varve('run', '--init')
        for words in (['export', 'evidence', '--all'], ['export', 'evidence'],
                      ['export', 'evidence', '--bogus'],
                      ['ledger', 'backup', str(project.folder / 'backup')], ['ledger', 'backup'],
                      ['witness', 'show'], ['witness', 'init', '--name', 'example.org/witness'],
                      ['witness', 'show']):
            with self.subTest(words=words):
                self.assertEqual(project.document(*words)['operation'], ' '.join(words[:2]))

    def test_action(self):
        """json: the word after keys is a part of the operation"""
        project = self.project()
        project.varve('run', '--init')
        for words in (['keys'], ['keys', 'list'], ['keys', 'rotate'], ['keys', 'retire', '0' * 8]):
            with self.subTest(words=words):
                self.assertEqual(project.document(*words)['operation'], ' '.join(words[:2]))

    def test_foreign(self):
        """usage: what other tools call a verb or a flag is told, with what it is called here"""
        for words, ours in ((['drift'], 'varve dry-run'), (['clean'], 'varve rollback --to 0'),
                            (['redo'], 'varve rollback, then varve run'), (['seed'], 'varve new'),
                            (['run', '--dry-run'], 'varve dry-run'),
                            (['status', '--json'], '--format json'),
                            (['run', '--dir=x'], '--migrations')):
            with self.subTest(words=words):
                answer = self.bare(*words)
                self.assertEqual(answer.returncode, 2)
                self.assertIn('what others call', answer.stderr)
                self.assertIn(ours, answer.stderr)

    def test_init(self):
        """init: what it was told of layout and environment is in varve.toml for the next command"""
        folder = self.project().folder
        self.assertEqual(self.bare('init', '--layout', 'nope', folder=folder).returncode, 2)
        self.assertFalse((folder / '.varve').exists(), 'nothing was made')
        answer = self.bare('init', '--layout', 'flyway', '--env', 'staging 2',
                           '--migrations', 'sql', folder=folder)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        config = self.bare('config', '--env', 'staging 2', folder=folder)
        self.assertEqual(config.returncode, 0, config.stderr)
        self.assertRegex(config.stdout, r'migrations.layout +flyway +.varve.toml:')
        self.assertIn('[environments."staging 2"]', (folder / 'varve.toml').read_text())
        self.assertIn('layout-foreign', self.bare('new', 'x', folder=folder).stderr)

    def test_to_come(self):
        """status, replay, history: of a moment that is still to come they say that it is as of now"""
        project = self.project()
        project.varve('run', '--init')
        for words in (('status', '--as-of'), ('replay', '--to'), ('history', '--as-of')):
            with self.subTest(words=words):
                self.assertIn('still to come', project.varve(*words, '2999-01-01').stderr)
                self.assertNotIn('still to come', project.varve(*words, '2').stderr)

    def test_folder(self):
        """init: where no folder can be made, that is what is said"""
        folder = self.project().folder
        (folder / '.varve').write_text('')
        answer = self.bare('init', folder=folder)
        self.assertEqual(answer.returncode, 1)
        self.assertIn('key-unwritable', answer.stderr)
        self.assertIn('cannot make the folder', answer.stderr)

    def test_order(self):
        """usage: what was not expected is told in the order in which it was written"""
        answer = self.bare('rollback', '--count', '1')
        self.assertEqual(answer.returncode, 2)
        self.assertIn('--count 1', answer.stderr)
        self.assertIn('varve rollback --help', answer.stderr)
        self.assertIn('varve ledger backup --help', self.bare('ledger', 'backup').stderr)

    def test_before(self):
        """usage: an option before the verb is refused with where it belongs"""
        for words in (['--env', 'production', 'status'], ['-q', 'status'], ['--config', 'x']):
            with self.subTest(words=words):
                answer = self.bare(*words)
                self.assertEqual(answer.returncode, 2)
                self.assertIn('options stand after the verb', answer.stderr)

    def test_numbers(self):
        """usage: a limit below zero is no very large one"""
        project = self.project()
        project.varve('run', '--init')
        for number in ('-1', '99999999999999999999', '1e3'):
            with self.subTest(number=number):
                self.assertEqual(project.varve('history', '--limit', number).returncode, 2)
                self.assertEqual(project.varve('checkpoint', '--request', number).returncode, 2)

    def test_type(self):
        """history: a misspelled type of event is refused, and does not say that it never happened"""
        project = self.project()
        project.varve('run', '--init')
        for known in ('attempt-failed', 'attempt-failed.1', 'attempt-succeeded'):
            self.assertEqual(project.varve('history', '--type', known).returncode, 0, known)
        for unknown in ('attempt-fail', 'AttemptFailed', 'attempt_failed', 'failed'):
            answer = project.varve('history', '--type', unknown)
            self.assertEqual(answer.returncode, 2, unknown)
            self.assertIn('attempt-failed', answer.stderr)

    def test_secret(self):
        """secrets: a password in a reason, a ticket or a misplaced URL is neither kept nor shown"""
        project = self.project()
        url = f'postgresql://me:{SECRET}@db.example.com/app'
        told = [project.varve('run', '--init', '--reason', f'as {url} says', '--ticket', url),
                project.varve('run', url), project.varve('status', '--env', url),
                project.varve('history'), project.varve('history', '--format', 'json')]
        self.assertEqual(told[0].returncode, 0, told[0].stderr)
        self.assertIn('as postgresql://me:***@db.example.com/app says', told[3].stdout)
        for answer in told:
            self.assertNotIn(SECRET, answer.stdout + answer.stderr)
        for path in pathlib.Path(project.ledger).rglob('*'):
            if path.is_file():
                self.assertNotIn(SECRET.encode(), path.read_bytes(), path)

    def test_blank(self):
        """reason: a blank one is none"""
        project = self.project()
        project.varve('run', '--init')
        for verb in (['run', '--despite-history'], ['import', '--accept-digest'],
                     ['resolve', '1', '--mark-unapplied'],
                     ['rollback', '--only', '1', '--despite-dependents']):
            self.assertEqual(project.varve(*verb, '--reason', ' ').returncode, 2, verb)

    def test_forgotten(self):
        """reason: where its text was forgotten, the option that follows is not taken for it"""
        project = self.project()
        answer = project.varve('run', '--init', '--reason', '--strict-transactions')
        self.assertEqual(answer.returncode, 2, answer.stdout)
        self.assertIn('the option --strict-transactions follows', answer.stderr)
        self.assertFalse(project.ledger.exists())
        self.assertEqual(project.varve('run', '--init', '--reason', '-5 % of it').returncode, 0)

    def test_steering(self):
        """text: what others have written steers no terminal, and adds no line"""
        project = self.project()
        for number, word in enumerate(('\x1b[8mhidden', '\x1b[31mred', '\x9b8mhidden', 'bell\x07',
                                       '\u202eturned', '\u2066apart', 'next\nline')):
            project.write(f'1{number}_{word}', f'CREATE TABLE t{number} (id int);\n'
                                               f'DROP TABLE IF EXISTS elsewhere;')
        project.write('20_failing', r"DO $$ BEGIN RAISE E'\x1b[8mno\u202e' "
                                    r"USING DETAIL = E'\x1b]0;title\x07'; END $$;")
        for words in (['validate'], ['run', '--init'], ['dry-run'], ['status'], ['history'],
                      ['validate'], ['review']):
            answer = project.varve(*words)
            for text in (answer.stdout, answer.stderr):
                for mark in '\x1b\x9b\x07\u202e\u2066':
                    self.assertNotIn(mark, text, words)
            self.assertFalse([line for line in (answer.stdout + answer.stderr).split('\n')
                              if line.startswith('line')], answer.stdout + answer.stderr)

    def test_closed(self):
        """closed streams: what would be said goes nowhere, and never into a file of the ledger"""
        project = self.project()
        project.varve('run', '--init')
        for number, closed in enumerate(('>&-', '2>&-', '<&-', '>&- 2>&-', '<&- >&- 2>&-')):
            project.write(f'1{number}_b', f'CREATE TABLE b{number} (id int);')
            for verb, code in (('run', 0), ('run --to nothing', 2), ('status', 0), ('test', 0)):
                words = ' '.join(map(shlex.quote, project.arguments(*verb.split())))
                answer = subprocess.run(['bash', '-c', f'exec {words} {closed}'], env=CLEAN,
                                        cwd=project.folder, capture_output=True, timeout=60)
                self.assertEqual(answer.returncode, code, (verb, closed, answer.stderr))
            for path in pathlib.Path(project.ledger).rglob('*'):
                if path.is_file():
                    for said in (b'Applying', b'error[', b'Nothing to test'):
                        self.assertNotIn(said, path.read_bytes(), (path, closed))
        self.assertEqual(project.varve('verify').returncode, 0)

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
        told = project.varve('config', env={'MIGRATION_DRY_RUN': '1', 'MIGRATION_VALIDATE_ONLY': '1',
                                            'MIGRATION_ROLLBACK_ENABLED': '0'}).stdout
        for name in ('MIGRATION_DRY_RUN', 'MIGRATION_VALIDATE_ONLY', 'MIGRATION_ROLLBACK_ENABLED'):
            self.assertIn(f'({name})', told)
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

    def test_long_words(self):
        """usage: a reason or ticket that is not kept as it was said is refused before anything"""
        project = self.project()
        longest = 'ü' * 999 + '\n"'
        self.assertEqual(project.varve('run', '--init', '--reason', longest).returncode, 0)
        count = len(project.events())
        self.assertEqual(project.events('run-started')[0]['reason'], longest)
        project.write('0002_b', 'CREATE TABLE b (id int);', 'DROP TABLE b;')
        bad = b'caf\xe9'.decode('utf-8', 'surrogateescape')
        for option in '--reason', '--ticket':
            for verb in ('run',), ('review', '--ack'), ('verify', '--record'), ('keys', 'rotate'):
                for text, told in ((longest + '.', 'it has 2001 bytes, and 2000 are kept at most'),
                                   (bad, 'it is not UTF-8, from byte 4 on')):
                    answer = project.varve(*verb, option, text)
                    self.assertEqual(answer.returncode, 2, answer.stdout + answer.stderr)
                    self.assertIn('error[usage]', answer.stderr)
                    self.assertIn(option, answer.stderr)
                    self.assertIn(told, answer.stderr)
        self.assertEqual(len(project.events()), count)

    def test_no_scope(self):
        """usage: what is of the whole ledger does not take --env as if it chose a part of it"""
        project = self.project()
        project.varve('run', '--init', '--env', 'staging')
        for words in (('export', 'evidence', '--all'), ('export', 'history'), ('review',),
                      ('review', '--ack', '--reason', 'x')):
            with self.subTest(words=words):
                answer = project.varve(*words, '--env', 'staging')
                self.assertEqual(answer.returncode, 2, answer.stdout + answer.stderr)
                self.assertIn('of the whole ledger', answer.stderr)
                answer = project.varve(*words, env={'STAGE': 'staging'})
                self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_too_early(self):
        """replay and review: what was before the ledger knew it is not told as if it were there"""
        project = self.project()
        project.varve('run', '--init', '--env', 'staging')
        for words in (('--env', 'staging'), ('--target', 'staging')):
            answer = project.varve('replay', '--to', '1', *words)
            self.assertEqual(answer.returncode, 2)
            self.assertIn('give a later moment', answer.stderr)
            self.assertNotIn('varve replay', answer.stderr)
        answer = project.varve('review', '--to', '2001-01-01')
        self.assertEqual((answer.returncode, answer.stdout),
                         (0, 'Nothing is to be reviewed: no event was recorded up to then.\n'))
        answer = project.varve('review', '--ack', '--to', '2001-01-01', '--reason', 'x')
        self.assertIn('nothing-to-review', answer.stderr)

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
