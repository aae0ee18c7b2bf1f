"""What a person sees while a run works: on a terminal a line that is redrawn, in a pipe lines."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import tempfile
import termios
import unittest

from varve import CLEAN, Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Progress(unittest.TestCase):
    def project(self):
        project = Project(cluster)
        self.addCleanup(project.remove)
        for i in range(1, 4):
            project.write(f'{i}_bücher_列表', 'SELECT pg_sleep(0.5);\nSELECT pg_sleep(0.3);')
        return project

    def on_terminal(self, *words, columns=100, term='xterm', env=None, project=None, errors=None,
                    typed=''):
        """Everything that is written to a terminal of that width, and the exit code."""
        project = project or self.project()
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
        process = subprocess.Popen(project.arguments(*words), cwd=project.folder, stdin=theirs,
                                   stdout=theirs, stderr=errors or theirs,
                                   env={**CLEAN, 'TERM': term, **(env or {})})
        os.close(theirs)
        os.write(ours, typed.encode())
        written = b''
        while select.select([ours], [], [], 60)[0]:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            written += piece
        os.close(ours)
        return written.decode(), process.wait()

    def test_content(self):
        """show content:DIGEST: what steers a terminal does not reach one, and every byte a pipe"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('1_a', '-- \x1b[2Jgone\nSELECT 1;\n')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        content = 'content:' + project.events('migration-registered')[0]['data']['up']['digest']
        text, code = self.on_terminal('show', content, project=project)
        self.assertEqual((code, text), (0, '-- \ufffd[2Jgone\r\nSELECT 1;\r\n'))
        self.assertEqual(project.varve('show', content).stdout, '-- \x1b[2Jgone\nSELECT 1;\n')

    def test_question(self):
        """rollback, redact: an answer that is not yes is no success for what a script has after it"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('1_a', 'CREATE TABLE a (id int);', 'DROP TABLE a;')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        content = 'content:' + project.events('migration-registered')[0]['data']['up']['digest']
        before = len(project.events())
        for words in (('rollback', '--to', '0'), ('redact', content, '--reason', 'x')):
            for typed in ('n\n', '\n', '\x04'):
                with self.subTest(words=words, typed=typed):
                    text, code = self.on_terminal(*words, project=project, typed=typed)
                    self.assertEqual(code, 4, text)
                    self.assertIn('confirmation-declined', text)
                    self.assertIn('nothing was done', text)
        self.assertEqual(len(project.events()), before)
        text, code = self.on_terminal('rollback', '--to', '0', project=project, typed='y\n')
        self.assertEqual(code, 0, text)

    def drawn(self, text):
        """The lines of progress, in the order in which they were drawn."""
        return re.findall(r'\r([^\r\n]*)\x1b\[K', text)

    def test_terminal(self):
        """progress on a terminal: one line, redrawn while a statement runs, and gone at the end"""
        text, code = self.on_terminal('run', '--init')
        self.assertEqual(code, 0, text)
        lines = [line for line in self.drawn(text) if line]
        self.assertGreater(len(lines), 10, text)
        self.assertLess(len(lines), 40, 'drawn about ten times a second')
        self.assertTrue(lines[0].startswith('['), lines[0])
        self.assertIn('1/3  1  bücher_列表  statement 1/2  0 s', lines[0])
        self.assertTrue(any('3/3' in line and 'statement 2/2' in line for line in lines), lines)
        self.assertTrue(any(' left' in line for line in lines), lines)
        self.assertFalse(any(' left' in line for line in lines if '  0 s' in line), lines)
        # A screen of the terminal: what stays of each line.
        screen = [line.split('\x1b[K')[-1] for line in text.replace('\r\n', '\n').split('\n')]
        self.assertFalse(any('statement' in line for line in screen), screen)
        self.assertIn('Applied: ', screen[-2])

    def test_narrow(self):
        """progress on a narrow terminal is cut to its width"""
        text, _ = self.on_terminal('run', '--init', columns=30)
        lines = [line for line in self.drawn(text) if line]
        self.assertGreater(len(lines), 5)
        for line in lines:
            wide = sum(2 if '\u4e00' <= c <= '\u9fff' else 1 for c in line)
            self.assertLess(wide, 30, line)

    def test_plain(self):
        """no progress where nothing can be redrawn: TERM=dumb, --quiet, --format json, a pipe"""
        dumb, _ = self.on_terminal('run', '--init', term='dumb')
        self.assertNotIn('\x1b', dumb)
        self.assertEqual(dumb.count('ok'), 3)
        quiet, _ = self.on_terminal('run', '--init', '--quiet')
        self.assertEqual(self.drawn(quiet), [])
        json, _ = self.on_terminal('run', '--init', '--format', 'json')
        self.assertNotIn('\x1b', json)
        piped = self.project().varve('run', '--init')
        self.assertNotIn('\r', piped.stdout + piped.stderr)
        self.assertNotIn('\x1b', piped.stdout + piped.stderr)

    def test_no_colour(self):
        """progress with NO_COLOR has no colour"""
        text, _ = self.on_terminal('run', '--init', env={'NO_COLOR': '1'})
        self.assertTrue(self.drawn(text))
        self.assertNotRegex(text, r'\x1b\[[0-9;]*m')

    def test_errors_elsewhere(self):
        """colour is for the terminal alone: not in a file that takes the errors of a command on one"""
        with tempfile.TemporaryFile() as errors:
            text, code = self.on_terminal('run', '--env', 'x', '--config', 'none', errors=errors)
            errors.seek(0)
            said = errors.read().decode()
        self.assertEqual(code, 2, text + said)
        self.assertTrue(said.startswith('error[configuration-missing]'), said)

    def test_concealed(self):
        """colour on a terminal is Varve's own: what a name conceals or turns is seen"""
        project = self.project()
        for mark in ('\x1b[8m', '\x9b8m', '\u202e'):
            project.write(f'{4 + len(mark)}_{mark}name', 'SELECT 1;')
        text, code = self.on_terminal('run', '--init', project=project)
        self.assertEqual(code, 0, text)
        self.assertIn('\ufffd', text)
        for mark in ('\x1b[8m', '\x9b', '\u202e'):
            self.assertNotIn(mark, text)


if __name__ == '__main__':
    unittest.main()
