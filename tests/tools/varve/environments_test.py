"""Environments that varve.toml no longer has, and those that it has and nobody has run yet."""
import json
import subprocess
import unittest

from varve import CLEAN, PROGRAM, Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Environments(unittest.TestCase):
    """One ledger for several environments, each with a database and a section of its own."""

    def setUp(self):
        self.project = Project(cluster)
        self.addCleanup(self.project.remove)
        self.urls = {'staging': self.project.url, 'production': cluster.url(cluster.new_database())}
        self.configure('staging', 'production')
        self.project.write('0001_a', 'CREATE TABLE a (id int);', 'DROP TABLE a;')

    def configure(self, *names):
        sections = ''.join(f'[environments.{name}]\nurl = "{self.urls[name]}"\n' for name in names)
        (self.project.folder / 'varve.toml').write_text(
            f'[ledger]\npath = "ledger"\n{sections}', encoding='utf-8')

    def varve(self, *words, env=None):
        return subprocess.run([str(PROGRAM), *words], env={**CLEAN, **(env or {})},
                              cwd=self.project.folder, capture_output=True, text=True, timeout=600)

    def expect(self, code, *words, env=None):
        answer = self.varve(*words, env=env)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer.stdout + answer.stderr

    def targets(self, *words):
        answer = self.varve('status', *words, '--format', 'json')
        return {each['target']: each for each in json.loads(answer.stdout)['targets']}

    def without_staging(self):
        """Both are run, then staging is taken out, and only production goes on."""
        self.expect(0, 'run', '--init', '--env', 'staging')
        self.expect(0, 'run', '--env', 'production')
        self.configure('production')
        self.project.write('0002_b', 'CREATE TABLE b (id int);', 'DROP TABLE b;')
        self.expect(3, 'status', '--exit-code')
        self.expect(0, 'run', '--env', 'production')

    def test_exit_code(self):
        """status --exit-code: what varve.toml no longer has is shown, and counts no more"""
        self.without_staging()
        text = self.expect(0, 'status', '--exit-code')
        self.assertRegex(text, r'staging  .*1 applied, 1 pending +\(not in varve.toml\)')
        self.assertNotRegex(text, r'production  .*not in varve.toml')
        self.assertEqual({name: each['configured'] for name, each in self.targets().items()},
                         {'staging': False, 'production': True})
        (self.project.migrations / '0001_a.up.sql').write_text('CREATE TABLE a (id bigint);')
        self.expect(7, 'status', '--exit-code')
        self.expect(0, 'status', '--exit-code', '--as-of', str(len(self.project.events())))

    def test_asked_for(self):
        """status, replay and history: a target that varve.toml no longer has can still be asked for"""
        self.without_staging()
        text = self.expect(3, 'status', '--exit-code', '--env', 'staging')
        self.assertIn('(not in varve.toml)', text)
        self.assertNotIn('production', text)
        self.assertFalse(self.targets('--env', 'staging')['staging']['configured'])
        self.expect(0, 'status', '--env', 'staging', '--as-of', '2999-01-01')
        self.assertIn('1 applied', self.expect(0, 'replay', '--env', 'staging'))
        self.assertIn('CREATE TABLE a', self.expect(0, 'replay', '--sql', '--env', 'staging'))
        self.assertIn('0001', self.expect(0, 'history', '--env', 'staging'))
        self.assertIn('0001', self.expect(0, 'history', env={'STAGE': 'staging'}))

    def test_misspelled(self):
        """status, replay and history: an environment that nobody knows is still an error"""
        self.without_staging()
        for words in (('status',), ('status', '--as-of', '5'), ('replay',), ('replay', '--sql'),
                      ('replay', '--from', '0'), ('history',)):
            text = self.expect(2, *words, '--env', 'stagin')
            self.assertIn('environment-unknown', text)
            self.assertIn('known: production', text)
        self.assertIn('environment-unknown', self.expect(2, 'run', '--env', 'staging'))

    def test_without_a_section(self):
        """status --exit-code: where varve.toml names no environment, every target counts"""
        self.without_staging()
        self.configure()
        text = self.expect(3, 'status', '--exit-code')
        self.assertNotIn('not in varve.toml', text)
        self.assertTrue(self.targets()['staging']['configured'])

    def test_none_left(self):
        """status --exit-code: where nothing of the ledger is in varve.toml, every target counts"""
        self.without_staging()
        self.urls['preprod'] = 'env:NOT_THERE'
        self.configure('preprod')
        text = self.expect(3, 'status', '--exit-code')
        self.assertIn('not in varve.toml', text)
        self.assertIn('Never run, and not counted: preprod', text)

    def test_never_run(self):
        """status --exit-code: what was never run is named, and counts with --env alone"""
        self.expect(0, 'run', '--init', '--env', 'staging')
        text = self.expect(0, 'status', '--exit-code')
        self.assertIn('Never run, and not counted: production', text)
        document = json.loads(self.varve('status', '--format', 'json').stdout)
        self.assertEqual(document['never_run'], ['production'])
        self.assertIn('1 pending', self.expect(3, 'status', '--exit-code', '--env', 'production'))
        self.assertNotIn('Never run', self.expect(0, 'status', '--env', 'staging'))
        self.expect(0, 'run', '--env', 'production')
        self.assertNotIn('Never run', self.expect(0, 'status', '--exit-code'))

    def test_by_url(self):
        """status --exit-code: a target that --url or DATABASE_URL leads to counts without a section"""
        self.expect(0, 'run', '--init', '--env', 'staging')
        self.expect(0, 'run', '--url', self.urls['production'])
        self.project.write('0002_b', 'CREATE TABLE b (id int);')
        self.configure('staging')
        self.expect(0, 'run', '--env', 'staging')
        self.expect(0, 'status', '--exit-code')
        text = self.expect(3, 'status', '--exit-code', env={'DATABASE_URL': self.urls['production']})
        self.assertNotIn('not in varve.toml', text)


if __name__ == '__main__':
    unittest.main()
