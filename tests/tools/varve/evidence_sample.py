"""What the tests of evidence share: a ledger with entries, tiles and a rollback, and archives of it.

Each of them calls ready() in its setUpModule. The ledger is made for the first one, and is gone when
Python ends.
"""
import atexit
import base64
import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import tempfile
import unittest

import evidence
from varve import Cluster, Project

MANY = 205  # small migrations, so that there are tiles of every kind
SOAK = bool(os.environ.get('VARVE_SOAK'))
PROVED, TAMPERED, INCOMPLETE, CANNOT_TELL = range(4)


class Sample:
    """Made by the first who needs it."""
    archives = {}


def ready():
    """The cluster, the project, a folder for archives, and the ledger's verifier key."""
    if not hasattr(Sample, 'key'):
        atexit.register(remove)
        make()
    return Sample.cluster, Sample.project, Sample.folder, Sample.key


def make():
    Sample.cluster = Cluster()
    Sample.project = project = Project(Sample.cluster)
    Sample.folder = pathlib.Path(tempfile.mkdtemp(prefix='varve-evidence.'))
    project.write('0001_people', 'CREATE TABLE people (id int PRIMARY KEY);\n'
                  '-- <script>alert("x")</script> & more\n', 'DROP TABLE people;\n')
    project.write('0002_wrong', 'ALTER TABLE people ADD COLUMN born dat;\n')
    run('run', '--init', '--reason', 'first <b>tables</b>', '--ticket', 'OPS-1', code=9)
    project.write('0002_wrong', 'ALTER TABLE people ADD COLUMN born date;\n',
                  'ALTER TABLE people DROP COLUMN born;\n')
    for number in range(MANY):
        project.write(f'1{number:03}_step', f'SELECT {number};\n')
    run('run', '--reason', 'corrected', '--ticket', 'OPS-2')
    run('rollback', '--only', '0002', '--despite-dependents', '--reason', 'not wanted')
    run('checkpoint')
    listed = project.document('history', '--type', 'key-added')['events'][0]['data']
    Sample.key = verifier_key(listed['name'], bytes.fromhex(listed['public_key']))


def remove():
    Sample.project.remove()
    shutil.rmtree(Sample.folder, ignore_errors=True)
    Sample.cluster.stop()


def verifier_key(name, public):
    number = hashlib.sha256(name.encode() + b'\n\x01' + public).hexdigest()[:8]
    return f'{name}+{number}+{base64.b64encode(bytes([1]) + public).decode()}'


def run(*words, code=0):
    answer = Sample.project.varve(*words)
    if answer.returncode != code:
        raise AssertionError(f'{words}: {answer.returncode}: {answer.stdout}{answer.stderr}')
    return answer


def export(*scope, suffix='.tar'):
    """An archive of that scope, made once."""
    if (scope, suffix) not in Sample.archives:
        path = Sample.folder / f'{len(Sample.archives)}{suffix}'
        run('export', 'evidence', *scope, '--no-record', '--output', path)
        Sample.archives[scope, suffix] = path
    return Sample.archives[scope, suffix]


def first_run():
    return Sample.project.document('history', '--type', 'run-started')['events'][0]


def scopes():
    events = Sample.project.events()
    begin = next(e for e in events if e['data'].get('version') == '1050')
    end = next(e for e in events if e['data'].get('version') == '1060')
    return {
        'migration': ('--migration', '0002'),
        'migration with entries': ('--migration', '2', '--entries'),
        'run': ('--run', first_run()['run']),
        'range': ('--from', instant(begin), '--to', instant(end)),
        'range to the end': ('--from', instant(end)),
        'empty range': ('--to', '2001-01-01'),
        'all': ('--all',),
    }


def instant(event):
    micros = event['recorded_at_us']
    time = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)
    return f'{time:%Y-%m-%dT%H:%M:%S.%f}Z'


def events_in(files):
    return [json.loads(data) for name, data in sorted(
        files.items(), key=lambda one: (len(one[0]), one[0])) if name.startswith('events/')]


def attempts_in(files):
    """The report's part about each attempt."""
    changes = files['report.html'].decode().partition('<h2>Timeline')[0]
    return [part.partition('<h4>')[0] for part in
            re.split(r'<h4>Attempt [0-9]+</h4>', changes)[1:]]


class Case(unittest.TestCase):
    def expect(self, code, path, *words, saying=''):
        got, said = evidence.verify(path, *words)
        self.assertEqual(got, code, said)
        self.assertIn(saying, said)
        return said

    def forged(self, files, code, *words, sums=True, saying=''):
        return self.expect(code, evidence.write(Sample.folder / 'forged.tar', files, sums), *words,
                           saying=saying)
