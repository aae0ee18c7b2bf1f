"""Evidence of what was no ordinary run: taken over, renamed, without an outcome, half done."""
import pathlib
import tempfile

import evidence
from evidence_sample import PROVED
from taking_over import UP, TakingOver
from varve import Cluster

def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Told(TakingOver):
    def setUp(self):
        self.cluster = cluster

    def done(self, project, *words, code=0):
        answer = project.varve(*words)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer

    def export(self, project, *scope):
        folder = pathlib.Path(tempfile.mkdtemp(dir=project.folder))
        path = folder / 'e.tar'
        self.done(project, 'export', 'evidence', *scope, '--no-record', '--output', path)
        self.verified(PROVED, path)
        return path, evidence.members(path)

    def verified(self, code, path):
        got, said = evidence.verify(path)
        self.assertEqual(got, code, said)
        return said

    def exceptions(self, files):
        told = files['report.html'].decode().partition('<h2>Exceptions</h2>')[2]
        return told.partition('<h2>What changed</h2>')[0]

    def test_renamed(self):
        """evidence: of a migration that was renamed, each version's says what the other one is"""
        project = self.project({'0002_b.up.sql': UP.format(name='b')})
        self.done(project, 'run', '--init', '--ticket', 'OPS-7')
        (project.migrations / '0002_b.up.sql').rename(project.migrations / '0007_b.up.sql')
        self.done(project, 'resolve', '0002', '--mark-applied', '--reason', 'renumbered')
        for version, other in (('0007', 'was applied as "0002"'), ('0002', '0007_b.up.sql')):
            _, files = self.export(project, '--migration', version, '--entries')
            quoted = other.replace('"', '&quot;')
            self.assertIn(quoted, self.exceptions(files))
            told = files['report.html'].decode()
            self.assertEqual('none in this bundle: event' in told, version == '0007')
            self.assertIn(other, self.done(project, 'history', '--migration', version).stdout)
