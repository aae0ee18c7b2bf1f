"""What the tests of checkpoints sent away share: a project, and a witness beside it."""
import re
import subprocess
import threading
import unittest

from varve import CLEAN, PROGRAM, Cluster, Project


class Case(unittest.TestCase):
    cluster: Cluster  # of the module that runs

    def setUp(self):
        self.project = Project(self.cluster)
        self.addCleanup(self.project.remove)
        self.number = 0
        self.write()

    def write(self):
        self.number += 1
        self.project.write(f'{self.number:04}_t', f'CREATE TABLE t{self.number} (id int);\n',
                           f'DROP TABLE t{self.number};\n')

    def configure(self, text):
        (self.project.folder / 'varve.toml').write_text(
            'organisation = "example.com"\n[checkpoints]\n' + text)

    def run_varve(self, *words, code=0, env=None):
        answer = self.project.varve(*words, env=env)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer

    def witness(self, *words, code=0):
        answer = subprocess.run([PROGRAM, 'witness', *words], cwd=self.project.folder, env=CLEAN,
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer.stdout

    def new_witness(self):
        made = self.witness('init', '--name', 'auditor.example.org/w')
        return re.search(r'auditor\S+\+[0-9a-f]{8}\+\S+', made)[0]

    def trust(self):
        for key in self.project.document('keys')['keys']:
            self.witness('trust', key['verifier'])

    def serve(self):
        process = subprocess.Popen([PROGRAM, 'witness', 'serve', '--listen', '127.0.0.1:0'],
                                   cwd=self.project.folder, env=CLEAN, stderr=subprocess.PIPE,
                                   text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for line in process.stderr:
            if found := re.search(r'listening on 127\.0\.0\.1:(\d+)', line):
                threading.Thread(target=lambda: [None for _ in process.stderr],
                                 daemon=True).start()
                return process, int(found[1])
        self.fail('the witness does not listen')
