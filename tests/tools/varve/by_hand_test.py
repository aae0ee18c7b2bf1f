"""What docs/ledger-format.md says to paste, pasted."""
import pathlib
import re
import subprocess
import tempfile
import unittest

from varve import CLEAN, PROGRAM, ROOT, Cluster, Project


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class ByHand(unittest.TestCase):
    def signers(self, project):
        """The keys of the newest checkpoint, by the document's recipe, each with what it says."""
        document = (ROOT / 'docs' / 'ledger-format.md').read_text(encoding='utf-8')
        recipe, = re.findall(r'```\n(varve prove 0 .*?)```', document, re.S)
        folder = pathlib.Path(tempfile.mkdtemp(dir=project.folder))
        (folder / 'varve.toml').write_text(f'[ledger]\npath = "{project.ledger}"\n')
        (folder / 'varve').symlink_to(PROGRAM)
        answer = subprocess.run(['sh', '-c', recipe], cwd=folder, capture_output=True, text=True,
                                env={**CLEAN, 'PATH': f'{folder}:{CLEAN["PATH"]}'}, timeout=60)
        self.assertEqual((answer.returncode, answer.stderr), (0, ''))
        return re.findall(r'^\S+ ([0-9a-f]{8})\n(.*)', answer.stdout, re.M)

    def test_signatures(self):
        """a signature is checked with openssl: of one key, of two, of the one that is left"""
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_a', 'CREATE TABLE a (id int);')
        self.assertEqual(project.varve('run', '--init').returncode, 0)
        right = 'Signature Verified Successfully'
        old = project.document('keys')['keys'][0]['key_id']
        self.assertEqual(self.signers(project), [(old, right)])
        new = project.document('keys', 'rotate')['key_id']
        self.assertEqual(self.signers(project), [(old, right), (new, right)])
        self.assertEqual(project.varve('keys', 'retire', old).returncode, 0)
        self.assertEqual(self.signers(project), [(new, right)])


if __name__ == '__main__':
    unittest.main()
