"""Targets that speak PostgreSQL's protocol and are none: what they answer is told, and never believed."""
import signal
import time
import unittest

from strange_server import StrangeServer
from varve import Cluster, Project

VERBS = (('run', '--lock-wait', '1s'), ('dry-run', '--no-rehearsal'), ('dry-run', '--live'), ('import', '--dry-run'),
         ('baseline', '0002', '--lock-wait', '1s'), ('resolve', '--all', '--adopt', '--lock-wait', '1s'),
         ('test', '--integrity'), ('recover', '--lock-wait', '1s'))
READING = ('test', 'recover')  # which find nothing in what is empty


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class StrangeServers(unittest.TestCase):
    def project(self, way):
        server = StrangeServer(way)
        self.addCleanup(server.stop)
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_t', 'CREATE TABLE t (id int);\n')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        project.write('0002_t', 'ALTER TABLE t ADD y int;\n')
        project.url = server.url
        return project

    def test_silent(self):
        """SIGTERM: a server that never answers a question holds nobody (exit 143)"""
        project = self.project('silent')
        process = project.start('run')
        time.sleep(2)
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 143, errors)
        self.assertLess(time.monotonic() - asked, 15)

    def new_project(self, way):
        """What the ledger has never seen, so that another tool's history is asked for, too."""
        server = StrangeServer(way)
        self.addCleanup(server.stop)
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('00001_a', 'SELECT 1;')
        project.varve('init')
        project.url = server.url
        return project

    def test_mute(self):
        """a server that lets one in and answers nothing: SIGTERM ends the question, and the program"""
        process = self.new_project('silent').start('run')
        time.sleep(3)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        self.assertIn('terminated', errors)
        self.assertIn('nothing was begun', errors)

    def test_copy(self):
        """a server that answers a question with a COPY is given up, and not listened to for ever"""
        for way in ('copy in', 'copy out'):
            answer = self.new_project(way).varve('run')
            self.assertEqual(answer.returncode, 1, answer.stderr)
            self.assertIn('COPY that nobody had asked for', answer.stderr)

    def test_wrong_answers(self):
        """a server whose answers are empty, NULL or nonsense is an error of its own, in every verb"""
        for way in ('empty', 'nulls', 'junk'):
            project = self.project(way)
            for words in VERBS:
                with self.subTest(way=way, words=words):
                    answer = project.varve(*words, '--reason', 'x')
                    expected = (1, 4, 7, 11) + ((0,) if words[0] in READING else ())
                    self.assertIn(answer.returncode, expected, answer.stderr)
                    self.assertNotIn('internal', answer.stderr)
            with self.subTest(way=way, words='verify'):
                answer = project.varve('verify', '--witnesses')
                self.assertIn(answer.returncode, (0, 7, 11), answer.stderr)
                self.assertRegex(answer.stdout, '(OK|NOT WHOLE)  ')
