"""varve dry-run: a target that is meant is asked, and where none is, that is said."""
import unittest

from varve import CLEAN, PROGRAM, Cluster, Project

import json
import subprocess

MEANT = '[environments.development]\nurl = "env:VARVE_TEST_URL"\n'
UNASKED = '"development" was not asked'


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class UnaskedTarget(unittest.TestCase):
    def setUp(self):
        self.project = Project(cluster)
        self.addCleanup(self.project.remove)
        self.project.write('0001_a', 'CREATE TABLE a (id int);', 'DROP TABLE a;')
        self.project.varve('run', '--init')

    def expect(self, code, *words, env=None):
        """Without the project's URL."""
        words = [PROGRAM, *words, '--ledger', 'ledger']
        answer = subprocess.run(words, cwd=self.project.folder, env={**CLEAN, **(env or {})},
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer

    def test_none(self):
        """dry-run: where no URL is configured, it says that the target was not asked"""
        for words in ((), ('--rollback',)):
            self.assertIn(UNASKED, self.expect(0, 'dry-run', '--no-rehearsal', *words).stdout)
            answer = self.expect(0, 'dry-run', '--no-rehearsal', '--format', 'json', *words)
            self.assertIn(UNASKED, ' '.join(json.loads(answer.stdout)['notes']))
        self.assertNotIn(UNASKED, self.project.varve('dry-run').stdout)

    def test_missing(self):
        """dry-run: a URL that is asked for and not there is refused as by a run, unless none is wanted"""
        (self.project.folder / 'varve.toml').write_text(MEANT)
        for words in (('--exit-code',), ('--rollback',)):
            answer = self.expect(2, 'dry-run', *words)
            self.assertIn('error[url-missing]', answer.stderr)
            self.assertIn('varve dry-run --ledger ledger --no-target', answer.stderr)
            self.assertIn(UNASKED, self.expect(0, 'dry-run', '--no-target', '--no-rehearsal',
                                               *words).stdout)
        answer = self.expect(0, 'dry-run', env={'VARVE_TEST_URL': self.project.url})
        self.assertNotIn(UNASKED, answer.stdout)
        answer = self.expect(0, 'dry-run', '--no-target', env={'VARVE_TEST_URL': 'nowhere'})
        self.assertIn(UNASKED, answer.stdout)

    def test_contradiction(self):
        """dry-run --no-target: what asks the target is refused"""
        for words in (('--live',), ('--shadow-from', 'target'), ('a.sql',)):
            answer = self.expect(2, 'dry-run', '--no-target', *words)
            self.assertIn('error[usage]', answer.stderr)


if __name__ == '__main__':
    unittest.main()
