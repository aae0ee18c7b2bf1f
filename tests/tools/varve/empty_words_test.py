"""What the command line refuses before anything is done: empty values, numbers that are none, slips."""
import pathlib
import re
import subprocess
import tempfile
import unittest

from varve import CLEAN, PROGRAM

# A blank reason is none, and a blank ticket neither.
MAY_BE_EMPTY = {'--reason', '--ticket'}
VALUE = r'(?:TEXT|UINT|INT|FLOAT)'


class EmptyWords(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix='varve-words.')
        self.addCleanup(self.folder.cleanup)
        (pathlib.Path(self.folder.name) / 'migrations').mkdir()

    def varve(self, *words):
        return subprocess.run([PROGRAM, *words], cwd=self.folder.name, env=CLEAN,
                              capture_output=True, text=True, timeout=20)

    def expect(self, code, *words):
        answer = self.varve(*words)
        self.assertEqual(answer.returncode, code, (words, answer.stdout + answer.stderr))
        return answer.stderr

    def help_of(self, *words):
        return self.varve(*words, '--help').stdout

    def verbs(self, *group):
        """Every verb as it is written: ["run"], ["ledger", "backup"]."""
        listed = re.search(r'\nSubcommands:\n((?:  .*\n)+)', self.help_of(*group))
        if listed is None:
            return [list(group)]
        names = re.findall(r'^  ([a-z-]+) ', listed.group(1), re.MULTILINE)
        return [verb for name in names for verb in self.verbs(*group, name)]

    def test_every_option(self):
        """usage: no option and no word of any verb takes an empty text: a variable that is not set"""
        count = 0
        for verb in self.verbs():
            text = self.help_of(*verb)
            options = re.findall(rf'^  (--[a-z-]+)(?:,--[a-z-]+)? {VALUE}', text, re.MULTILINE)
            for option in set(options) - MAY_BE_EMPTY:
                with self.subTest(verb=verb, option=option):
                    said = self.expect(2, *verb, option, '')
                    self.assertIn('error[usage]', said)
                    self.assertIn(f'{option}: it is empty; ', said)
                    count += 1
            for word in re.findall(rf'^  ([a-z]+) {VALUE}', text, re.MULTILINE)[:1]:
                with self.subTest(verb=verb, word=word):
                    self.assertIn(f'{word}: it is empty; ', self.expect(2, *verb, ''))
        self.assertGreater(count, 250)
        self.assertEqual([each.name for each in pathlib.Path(self.folder.name).iterdir()],
                         ['migrations'])

    def test_counts(self):
        """usage: a number that is none is told in our own words"""
        for option in '--count', '--lock-retries':
            for number in '-1', 'abc', '1e3':
                self.assertIn('is no whole number from 0 on', self.expect(2, 'run', option, number))
            self.assertIn('5000000000 is too large', self.expect(2, 'run', option, '5000000000'))

    def test_verb_of_a_group(self):
        """usage: a misspelled verb of a group is named, and where its verbs are listed"""
        for group, verb in (('ledger', 'bakcup'), ('export', 'evidnce'), ('witness', 'sreve')):
            said = self.expect(2, group, verb)
            self.assertIn(f'there is no verb "{group} {verb}"', said)
            self.assertIn(f'varve {group} --help', said)

    def test_interval(self):
        """ledger follow: without a pause between two looks it would do nothing else"""
        for interval in '0', '0s', '0.4ms':
            self.assertIn('error[usage]', self.expect(2, 'ledger', 'follow', 'a', 'b', '--interval',
                                                      interval))

    def test_placeholder_twice(self):
        """usage: a placeholder that is given twice has no value that was meant"""
        said = self.expect(2, 'validate', '--placeholder', 'a=1', '--placeholder', 'a=2')
        self.assertIn('error[usage]', said)
        self.assertIn('"a" is given twice', said)

    def test_long_name(self):
        """new: a name that no file can have is refused for its length"""
        said = self.expect(2, 'new', 'a' * 300)
        self.assertIn('error[usage]', said)
        self.assertIn('300', said)

    def test_full_disk(self):
        """help: what nobody got is no success"""
        for words in '--help', 'run --help', '--version':
            answer = subprocess.run(['bash', '-c', f'"$0" {words} >/dev/full', PROGRAM], env=CLEAN,
                                    capture_output=True, text=True, timeout=20)
            self.assertEqual(answer.returncode, 1, words)
            self.assertIn('error[output-lost]', answer.stderr)


if __name__ == '__main__':
    unittest.main()
