"""Evidence, verified by programs that are not ours: openssl, sha256sum, and one in Go."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import evidence
from evidence_sample import Case, export, ready, scopes
from varve import CLEAN, PROGRAM, ROOT, Project


def setUpModule():
    global cluster, project, folder, key
    cluster, project, folder, key = ready()


class ByHand(Case):
    @unittest.skipUnless(shutil.which('go') and
                         pathlib.Path('/usr/share/gocode/src/golang.org/x/mod').is_dir(),
                         'NO GO HERE: nothing of others has verified a bundle')
    def test_go(self):
        """evidence: a program on Go's own sumdb packages proves each scope, and finds forgeries"""
        program = folder / 'verify_bundle'
        subprocess.run(['go', 'build', '-o', program, './tests/evidence/verify_bundle'], cwd=ROOT,
                       check=True, capture_output=True,
                       env={**CLEAN, 'GO111MODULE': 'off', 'GOPATH': '/usr/share/gocode',
                            'GOCACHE': str(PROGRAM.parent.parent / 'go-cache')})

        def verify(path, verifier=key):
            return subprocess.run([program, path, verifier], capture_output=True, text=True)

        for name, scope in scopes().items():
            with self.subTest(name):
                answer = verify(export(*scope))
                self.assertEqual(answer.returncode, 0, answer.stdout)
                self.assertTrue(answer.stdout.startswith('OK: '), answer.stdout)
        files = evidence.members(export('--all'))
        for name in ('events/5.json', 'proofs/5.tlog-proof', 'tile/0/000', 'tile/entries/001',
                     'checkpoint'):
            path = evidence.write(folder / 'go.tar',
                                  {**files, name: evidence.flipped(files[name], 40)})
            self.assertEqual(verify(path).returncode, 1, name)
        other = evidence.Forger(key.split('+', maxsplit=1)[0])
        self.assertEqual(verify(export('--all'), other.verifier).returncode, 1)

    def test_tiles(self):
        """evidence: full and partial tiles, levels above leaves, sums that sha256sum takes"""
        files = evidence.members(export('--all'))
        size = int(files['checkpoint'].split(b'\n')[1])
        self.assertGreater(size, 600)
        whole, rest = divmod(size, 256)
        for name in ('tile/0/000', 'tile/0/001', f'tile/0/{whole:03}.p/{rest}', f'tile/1/000.p/{whole}',
                     'tile/entries/000', f'tile/entries/{whole:03}.p/{rest}', 'events/0.json',
                     f'proofs/{size - 1}.tlog-proof'):
            self.assertIn(name, files)
        place = folder / 'unpacked'
        place.mkdir()
        subprocess.run(['tar', '-xf', export('--all'), '-C', place], check=True)
        subprocess.run(['sha256sum', '--check', '--quiet', '--strict', 'SHA256SUMS'], cwd=place,
                       check=True)

    def check_signature(self, place, verifier, right=True):
        readme = (place / 'README.txt').read_text()
        commands = readme[readme.index('head -n 3'):readme.index('  5. A script')]
        _, number, public = verifier.split('+', 2)
        commands = commands.replace('KEY |', f"'{public}' |").replace('!= ID ', f'!= {number} ')
        self.assertIn(number, commands)
        answer = subprocess.run(['sh', '-ec', commands], cwd=place, capture_output=True, text=True)
        self.assertEqual('Verified Successfully' in answer.stdout, right, answer.stderr)

    def test_by_hand_rotated(self):
        """evidence: by hand a signature is checked by either key of two, and by no third"""
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_t', 'CREATE TABLE t ();\n')
        self.assertEqual(other.varve('run', '--init').returncode, 0)
        other.document('keys', 'rotate')
        keys = [one['verifier'] for one in other.document('keys')['keys']]
        self.assertEqual(len(keys), 2)
        other.varve('export', 'evidence', '--all', '--output', 'a.tar')
        for verifier in keys:
            place = pathlib.Path(tempfile.mkdtemp(dir=other.folder))
            subprocess.run(['tar', '-xf', other.folder / 'a.tar', '-C', place], check=True)
            self.check_signature(place, verifier)
        place = pathlib.Path(tempfile.mkdtemp(dir=other.folder))
        subprocess.run(['tar', '-xf', other.folder / 'a.tar', '-C', place], check=True)
        self.check_signature(place, key, right=False)

    def test_by_hand(self):
        """evidence: what README.txt says to do by hand is enough"""
        place = folder / 'by_hand'
        place.mkdir()
        subprocess.run(['tar', '-xf', export('--migration', '0002'), '-C', place], check=True)
        self.check_signature(place, key)
        leaf = subprocess.run(['sh', '-c', "{ printf '\\0'; tr -d '\\n' < events/1.json; } | "
                               'sha256sum'], cwd=place, capture_output=True, text=True)
        self.assertEqual(leaf.stdout.split()[0], evidence.verifier.leaf_hash(
            (place / 'events/1.json').read_bytes().rstrip(b'\n')).hex())
