"""Evidence: archives that prove themselves to somebody who has nothing of Varve's."""
import base64
import csv
import hashlib
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest
import zipfile

import evidence
from varve import CLEAN, PROGRAM, ROOT, Cluster, Project

MANY = 205  # small migrations, so that there are tiles of every kind
SOAK = bool(os.environ.get('VARVE_SOAK'))
PROVED, TAMPERED, INCOMPLETE, CANNOT_TELL = range(4)


def setUpModule():
    global cluster, project, folder, key
    cluster = Cluster()
    project = Project(cluster)
    folder = pathlib.Path(tempfile.mkdtemp(prefix='varve-evidence.'))
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
    key = verifier_key(listed['name'], bytes.fromhex(listed['public_key']))


def tearDownModule():
    project.remove()
    shutil.rmtree(folder, ignore_errors=True)
    cluster.stop()


def verifier_key(name, public):
    number = hashlib.sha256(name.encode() + b'\n\x01' + public).hexdigest()[:8]
    return f'{name}+{number}+{base64.b64encode(bytes([1]) + public).decode()}'


def run(*words, code=0):
    answer = project.varve(*words)
    if answer.returncode != code:
        raise AssertionError(f'{words}: {answer.returncode}: {answer.stdout}{answer.stderr}')
    return answer


made = {}


def export(*scope, suffix='.tar'):
    """An archive of that scope, made once."""
    if (scope, suffix) not in made:
        path = folder / f'{len(made)}{suffix}'
        run('export', 'evidence', *scope, '--no-record', '--output', path)
        made[scope, suffix] = path
    return made[scope, suffix]


def first_run():
    return project.document('history', '--type', 'run-started')['events'][0]


def scopes():
    events = project.events()
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
    import datetime
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
        return self.expect(code, evidence.write(folder / 'forged.tar', files, sums), *words,
                           saying=saying)


class Exporting(Case):
    def test_scopes(self):
        """evidence: each scope is proved by the Python verifier, by the key known from elsewhere"""
        for name, scope in scopes().items():
            with self.subTest(name):
                said = self.expect(PROVED, export(*scope), '--key', key, saying='VERDICT: PROVED')
                unproved = said[said.index('VERDICT'):].partition('NOT proved')[2]
                self.assertEqual('nothing was left out' in unproved, name in ('migration', 'run'))
                self.assertEqual('key' in unproved, name in ('migration', 'run', 'range',
                                                                 'empty range'))
                self.assertEqual('after that' in unproved, name == 'range to the end')
                self.assertIn('report.html', unproved)
                self.expect(PROVED, export(*scope), saying='VERDICT: CONSISTENT')
        said = self.expect(PROVED, export('--all'), '--key', key)
        self.assertIn('without a gap', said)
        digest = hashlib.sha256(export('--all').read_bytes()).hexdigest()
        said = self.expect(PROVED, export('--all'), '--key', key, '--digest', digest)
        self.assertIn('nothing was left out of the ledger up to this checkpoint', said)
        self.assertNotIn('NOT proved', said)

    def test_command(self):
        """evidence: the verifier is a program of its own, with exit codes"""
        program = ['python3', '-I', str(ROOT / 'tools' / 'verify_evidence.py')]
        path = export('--migration', '0002')
        answer = subprocess.run([*program, path, '--key', key], capture_output=True, text=True)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        answer = subprocess.run([*program, folder / 'none'], capture_output=True, text=True)
        self.assertEqual(answer.returncode, CANNOT_TELL, answer.stdout + answer.stderr)
        for words in ((), (path, '--nonsense'), (path, '--digest', 'abc'), (path, '--key'),
                      ('/dev/zero',), ('/dev/stdin',), (folder,)):
            answer = subprocess.run([*program, *words], stdin=subprocess.PIPE, timeout=60,
                                    capture_output=True, text=True)
            self.assertEqual(answer.returncode, CANNOT_TELL, answer.stdout + answer.stderr)
        os.mkfifo(folder / 'pipe')
        answer = subprocess.run([*program, folder / 'pipe'], timeout=60, capture_output=True,
                                text=True)
        self.assertEqual(answer.returncode, CANNOT_TELL, answer.stdout)
        self.assertIn('no regular file', answer.stdout)
        without = dict(os.environ, PATH='/nowhere')
        answer = subprocess.run([shutil.which('python3'), *program[1:], path, '--key', key],
                                env=without, capture_output=True, text=True)
        self.assertEqual(answer.returncode, CANNOT_TELL, answer.stdout + answer.stderr)

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

    def test_deterministic(self):
        """evidence: the same ledger and scope give the same bytes, in tar and in zip"""
        for suffix in ('.tar', '.zip'):
            path = export('--migration', '0002', suffix=suffix)
            again = folder / f'again{suffix}'
            run('export', 'evidence', '--migration', '0002', '--no-record', '--output', again)
            self.assertEqual(path.read_bytes(), again.read_bytes())
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            self.expect(PROVED, path, '--key', key)
        with zipfile.ZipFile(export('--migration', '0002', suffix='.zip')) as archive:
            self.assertIsNone(archive.testzip())
            tar = evidence.members(export('--migration', '0002'))
            self.assertEqual({n: archive.read(n) for n in archive.namelist()}, tar)

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

    def test_by_hand(self):
        """evidence: what README.txt says to do by hand is enough"""
        place = folder / 'by_hand'
        place.mkdir()
        subprocess.run(['tar', '-xf', export('--migration', '0002'), '-C', place], check=True)
        readme = (place / 'README.txt').read_text()
        commands = readme[readme.index('head -n 3'):readme.index('  5. A script')]
        commands = commands.replace('KEY |', f"'{key.split('+', 2)[2]}' |")
        answer = subprocess.run(['sh', '-ec', commands], cwd=place, capture_output=True, text=True)
        self.assertIn('Verified Successfully', answer.stdout, answer.stderr)
        leaf = subprocess.run(['sh', '-c', "{ printf '\\0'; tr -d '\\n' < events/1.json; } | "
                               'sha256sum'], cwd=place, capture_output=True, text=True)
        self.assertEqual(leaf.stdout.split()[0], evidence.verifier.leaf_hash(
            (place / 'events/1.json').read_bytes().rstrip(b'\n')).hex())

    def test_report(self):
        """evidence: the report stands alone, runs nothing, and escapes what it shows"""
        files = evidence.members(export('--migration', '0001'))
        report = files['report.html'].decode()
        self.assertNotIn('<script', report)
        self.assertNotIn('<b>', report)
        for word in ('src=', 'href=', '@import', 'url('):
            self.assertNotIn(word, report)
        for word in ('CREATE TABLE people', '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;',
                     'first &lt;b&gt;tables&lt;/b&gt;', 'OPS-1', '@media print', 'not answered',
                     'CC8.1', 'A.8.32', '6.5.1', '10.2', '164.312(b)', 'SOX ITGC'):
            self.assertIn(word, report)
        questions = json.loads(files['control-map.json'])['questions']
        open_ones = {q['id'] for q in questions if not q['answered']}
        self.assertIn('cc8.1-approved', open_ones)
        self.assertNotIn('cc8.1-ticket', open_ones)

    def test_report_attempts(self):
        """evidence: the report has attempts in their order, each with its script and what stays"""
        files = evidence.members(export('--migration', '0002'))
        told = attempts_in(files)
        started = [event for event in events_in(files) if event['type'] == 'attempt-started.1']
        self.assertEqual([event['data']['direction'] for event in started], ['up', 'up', 'down'])
        self.assertEqual(len(told), len(started))
        for attempt, event in zip(told, started):
            self.assertIn(f'(event {event["position"]})', attempt)
            self.assertIn(f'>{event["data"]["direction"]}<', attempt)
            self.assertIn(event['data']['digest'], attempt)
        self.assertIn('nothing: it was one transaction', told[0])
        self.assertNotIn('What stays', told[1])

    def test_report_exceptions(self):
        """evidence: the report tells first what was no routine, as varve review finds it"""
        files = evidence.members(export('--all'))
        told = files['report.html'].decode().partition('<h2>Exceptions</h2>')[2]
        told = told.partition('<h2>What changed</h2>')[0]
        found = {int(p) for p in re.findall(r'<tr><td>([0-9]+)</td>', told)}
        covered = json.loads(files['completeness.json'])['checkpoint']['size']
        reviewed = project.document('review', '--to', covered)['review']['exceptions']
        self.assertEqual(found, {one['event']['position'] for one in reviewed})
        failed = next(e for e in events_in(files) if e['type'] == 'attempt-failed.1')
        self.assertIn(failed['position'], found)
        other = Project(cluster)
        self.addCleanup(other.remove)
        for name, words in (('0002_u', ('run', '--init')), ('0001_t', ('run', '--out-of-order'))):
            other.write(name, f'CREATE TABLE t_{name} ();\n')
            self.assertEqual(other.varve(*words).returncode, 0)
        answer = other.varve('export', 'evidence', '--migration', '0001', '--output', 'a.tar')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('overridden: out of order: 0001',
                      evidence.members(other.folder / 'a.tar')['report.html'].decode())
    def test_report_partial(self):
        """evidence: the report says what a stopped attempt has done, and what only began or ended"""
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_many', ''.join(f'SELECT {number};\n' for number in range(200)))
        other.write('0002_t', '-- varve: transaction off\nCREATE TABLE t ();\nCREATE TABLE u ();\n'
                    'SELECT 1 / 0;\n')
        self.assertEqual(other.varve('run', '--init').returncode, 9)

        def told(*scope):
            path = other.folder / f'{len(os.listdir(other.folder))}.tar'
            answer = other.varve('export', 'evidence', *scope, '--no-record', '--output', path)
            self.assertEqual(answer.returncode, 0, answer.stderr)
            return attempts_in(evidence.members(path))

        failed, = told('--migration', '0002')
        self.assertIn('2 of 3 statements are done and stay', failed)
        self.assertEqual(failed.count('CREATE TABLE'), 2)
        succeeded, = told('--migration', '0001')
        self.assertEqual(succeeded.count('<td>SELECT 1</td>'), 200)
        second = instant(other.events('statement-succeeded')[1])
        middle, = told('--from', second, '--to', second)
        self.assertIn('its beginning is not in this bundle', middle)
        self.assertIn('its end is not in this bundle', middle)
        self.assertEqual(middle.count('CREATE TABLE'), 1)

    def test_record(self):
        """evidence: the ledger records the archive's digest, unless told not to"""
        before = len(project.events('export-produced'))
        path = folder / 'recorded.tar'
        document = project.document('export', 'evidence', '--run', first_run()['run'],
                                    '--output', path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self.assertEqual(document['digest'], digest)
        event = project.events('export-produced')[-1]
        self.assertEqual(len(project.events('export-produced')), before + 1)
        self.assertEqual(event['position'], document['recorded_at_position'])
        self.assertEqual(event['data']['digest'], digest)
        self.assertEqual(event['data']['byte_count'], path.stat().st_size)
        self.expect(PROVED, path, '--key', key, '--digest', digest)
        self.expect(TAMPERED, path, '--key', key, '--digest', '0' * 64)
        run('verify')

    def test_no_checkpoint(self):
        """evidence: a checkpoint that is missing is signed, or the export says how"""
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_t', 'CREATE TABLE t ();\n')
        self.assertEqual(other.varve('init').returncode, 0)
        key_file = pathlib.Path(f'{other.ledger}.key')
        key_file.rename(other.folder / 'away')

        def refused(*words):
            answer = other.varve('export', 'evidence', '--all', *words, '--output',
                                 other.folder / 'a.tar')
            self.assertEqual(answer.returncode, 4, answer.stdout + answer.stderr)
            self.assertIn('checkpoint-missing', answer.stderr)
            self.assertIn('varve checkpoint', answer.stderr)

        self.assertEqual(other.varve('run').returncode, 0)
        refused()
        before = len(other.events('checkpoint-signed'))
        (other.folder / 'away').rename(key_file)
        refused('--no-record')
        self.assertEqual([p for p in other.folder.iterdir() if p.suffix == '.tar'], [])
        answer = other.varve('export', 'evidence', '--all', '--output', other.folder / 'a.tar')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('SHA-256', answer.stdout)
        self.expect(PROVED, other.folder / 'a.tar')
        # One that covers what is exported, one after what the export has recorded.
        self.assertEqual(len(other.events('checkpoint-signed')), before + 2)

    def test_redacted(self):
        """evidence: redacted SQL is listed, not included, and everything is proved all the same"""
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_t', "CREATE TABLE t ();\n-- the secret's text\n")
        self.assertEqual(other.varve('run', '--init').returncode, 0)
        digest = other.events('migration-registered')[0]['data']['up']['digest']
        answer = other.varve('redact', f'content:{digest}', '--reason', 'a secret', '--yes')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        path = other.folder / 'a.tar'
        answer = other.varve('export', 'evidence', '--migration', '0001', '--output', path)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.expect(PROVED, path, saying='1 redacted, each by its event')
        files = evidence.members(path)
        self.assertNotIn(f'content/{digest}', files)
        for name, data in files.items():
            self.assertNotIn(b"the secret's text", data, name)
        self.assertIn(b'redacted by event', files['report.html'])
        event = other.events('content-redacted')[0]['position']
        hidden = evidence.without(files, [event])
        self.forged(hidden, INCOMPLETE, saying='said to have redacted')

    def test_redacted_before(self):
        """evidence: content that was redacted before an event came to name it is no gap"""
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_t', 'CREATE TABLE t ();\n', 'DROP TABLE t;\n')
        self.assertEqual(other.varve('run', '--init').returncode, 0)
        plan = other.events('run-started')[0]['data']['plan']['digest']
        answer = other.varve('redact', f'content:{plan}', '--reason', 'x', '--yes')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(other.varve('rollback', '--yes').returncode, 0)
        self.assertEqual(other.varve('run').returncode, 0)
        started = other.events('run-started')[1]
        self.assertEqual(started['data']['plan']['digest'], plan)
        for scope in (('--run', started['run']), ('--run', started['run'], '--entries'),
                      ('--from', instant(started)), ('--migration', '0001')):
            path = other.folder / f'{len(os.listdir(other.folder))}.tar'
            answer = other.varve('export', 'evidence', *scope, '--no-record', '--output', path)
            self.assertEqual(answer.returncode, 0, answer.stderr)
            self.expect(PROVED, path, saying='1 redacted, each by its event')

    def test_history(self):
        """export history: the audit log as CSV and as JSON Lines, by time"""
        first = first_run()
        table = run('export', 'history', '--format', 'csv', '--to', instant(first)).stdout
        rows = list(csv.DictReader(io.StringIO(table, newline='')))
        self.assertEqual([int(row['position']) for row in rows], list(range(first['position'] + 1)))
        self.assertEqual(rows[-1]['reason'], 'first <b>tables</b>')
        self.assertEqual(rows[-1]['run'], first['run'])
        lines = run('export', 'history', '--format', 'jsonl').stdout.splitlines()
        events = project.events()
        self.assertEqual([json.loads(line)['event'] for line in lines], events)
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_t', 'CREATE TABLE t ();\n')
        self.assertEqual(other.varve('run', '--init', '--reason', '=cmd("a"),\nb').returncode, 0)
        table = other.varve('export', 'history').stdout
        row = list(csv.DictReader(io.StringIO(table, newline='')))[0]
        self.assertEqual(row['reason'], '\'=cmd("a"),\nb')

    def test_refusals(self):
        """evidence: what cannot be exported is refused, says what to do, and leaves no file"""
        place = pathlib.Path(tempfile.mkdtemp(dir=folder))
        path = place / 'a.tar'
        for words, code, word in (
                ((), 2, 'which evidence'),
                (('--all', '--migration', '0001'), 2, 'more than one'),
                (('--migration', '9999'), 2, 'version-unknown'),
                (('--run', first_run()['correlation']), 2, 'event-unknown'),
                (('--run', 'x'), 2, 'no run id'),
                (('--from', 'yesterday'), 2, 'no time'),
                (('--from', '2026-02-01', '--to', '2026-01-01'), 2, 'later')):
            answer = project.varve('export', 'evidence', *words, '--output', path)
            self.assertEqual(answer.returncode, code, answer.stderr)
            self.assertIn(word, answer.stderr)
        answer = project.varve('export', 'evidence', '--all', '--output', place / 'a.tgz')
        self.assertEqual(answer.returncode, 2)
        path.write_text('mine')
        answer = project.varve('export', 'evidence', '--all', '--output', path)
        self.assertEqual(answer.returncode, 2)
        self.assertIn('file-exists', answer.stderr)
        self.assertEqual([p.name for p in place.iterdir()], ['a.tar'])
        self.assertEqual(path.read_text(), 'mine')


class Tampering(Case):
    """Whoever changes a member also brings SHA256SUMS in line, unless it is said otherwise."""

    def bundles(self):
        """Each bundle, and the members of it to be tampered with: of the second a sample of each
        kind, unless everything is to be tried."""
        path = export('--migration', '0002')
        yield path, list(evidence.members(path))
        path = export(*scopes()['range'])
        names = list(evidence.members(path))
        if not SOAK:
            kinds = [name.split('/')[0] + name.split('/')[1][:1] if '/' in name else name
                     for name in names]
            names = [name for at, name in enumerate(names) if kinds[at] not in kinds[:at]]
        yield path, names

    def test_every_member_changed(self):
        """evidence: one flipped byte in any member is found"""
        for path, names in self.bundles():
            files = evidence.members(path)
            for name in names:
                size = len(files[name])
                for at in {0, size // 2, size - 1} if SOAK or size > 4000 else {size - 1}:
                    with self.subTest(f'{name} at {at}'):
                        self.forged({**files, name: evidence.flipped(files[name], at)}, TAMPERED,
                                    '--key', key, sums=False)

    def test_every_member_changed_with_care(self):
        """evidence: one flipped byte in whatever is proved is found without the sums"""
        for path, names in self.bundles():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            files = evidence.members(path)
            for name in names:
                words = ['--key', key]
                if name in ('README.txt', 'report.html', 'completeness.json', 'control-map.json',
                            'events.jsonl', 'keys.txt'):
                    words += ['--digest', digest]  # some of it is for people alone
                if name != 'SHA256SUMS':
                    with self.subTest(name):
                        self.forged({**files, name: evidence.flipped(files[name])}, TAMPERED,
                                    *words)

    def test_every_member_removed(self):
        """evidence: each member that is taken away is missed"""
        for path, names in self.bundles():
            files = evidence.members(path)
            for name in names:
                for sums in (False, True):
                    if sums and name in ('README.txt', 'SHA256SUMS'):
                        continue
                    with self.subTest(f'{name}, sums {sums}'):
                        rest = {n: d for n, d in files.items() if n != name}
                        self.forged(rest, INCOMPLETE, '--key', key, sums=sums)

    def test_swapped(self):
        """evidence: events, proofs, contents and tiles in each other's place are found"""
        files = evidence.members(export('--all'))
        contents = [n for n in files if n.startswith('content/')]
        for one, two in (('events/5.json', 'events/6.json'),
                         ('proofs/5.tlog-proof', 'proofs/6.tlog-proof'),
                         ('tile/0/000', 'tile/0/001'), ('tile/entries/000', 'tile/entries/001'),
                         (contents[0], contents[1])):
            with self.subTest(one):
                self.forged({**files, one: files[two], two: files[one]}, TAMPERED, '--key', key)

    def test_proof_of_another(self):
        """evidence: the proof of another event proves nothing of this one"""
        files = evidence.members(export('--migration', '0002'))
        position = max(int(n[7:-5]) for n in files if n.startswith('events/'))
        other = files[f'proofs/{position - 1}.tlog-proof'].replace(
            b'index %d\n' % (position - 1), b'index %d\n' % position)
        self.forged({**files, f'proofs/{position}.tlog-proof': other}, TAMPERED, '--key', key,
                    saying=f'does not prove event {position}')

    def test_left_out(self):
        """evidence: an event that is left out everywhere, documents included, is missed"""
        files = evidence.members(export('--migration', '0002', '--entries'))
        said = json.loads(files['completeness.json'])
        gone = next(p for p in range(*said['selected'][-1]))
        rest = {n: d for n, d in files.items()
                if n not in (f'events/{gone}.json', f'proofs/{gone}.tlog-proof')}
        numbers = [p for a, b in said['selected'] for p in range(a, b + 1) if p != gone]
        said['selected'] = evidence.verifier.spans(numbers)
        said.update(count=len(numbers), first=numbers[0], last=numbers[-1],
                    gapless=len(said['selected']) == 1)
        rest['completeness.json'] = json.dumps(said).encode()
        code, text = evidence.verify(evidence.write(folder / 'forged.tar', rest), '--key', key)
        self.assertIn(f'event {gone} belongs to what was asked for', text)
        self.assertNotEqual(code, PROVED)

    def test_documents(self):
        """evidence: documents that say other things than the events are found"""
        files = evidence.members(export('--migration', '0002'))

        def changed(name, change):
            document = json.loads(files[name])
            change(document)
            return {**files, name: json.dumps(document).encode()}

        def answer_by_nothing(document):
            question = next(q for q in document['questions'] if q['id'] == 'cc8.1-approved')
            question['positions'], question['answered'] = [0], True

        self.forged(changed('control-map.json', answer_by_nothing), TAMPERED, '--key', key,
                    saying='cc8.1-approved')
        self.forged(changed('completeness.json', lambda d: d['content'].pop()), TAMPERED)
        self.forged(changed('completeness.json', lambda d: d.update(count=d['count'] + 1)),
                    TAMPERED)
        self.forged(changed('completeness.json',
                            lambda d: d['scope'].update(migration='0001')), TAMPERED)
        self.forged(changed('completeness.json', lambda d: d.pop('streams')), TAMPERED)
        lines = files['events.jsonl'].decode().split('\n')
        view = json.loads(lines[-2])
        view['event']['actor']['id'] = 'somebody'
        self.forged({**files, 'events.jsonl': '\n'.join(
            [*lines[:-2], json.dumps(view), '']).encode()}, TAMPERED, saying='events.jsonl')
        self.forged({**files, 'policy': b'quorum none\n'}, TAMPERED, saying='policy')

    def test_documents_added_to(self):
        """evidence: what nobody checks is not taken for proved, in whichever document it stands"""
        files = evidence.members(export('--migration', '0002'))

        def told(it):
            it['approved_by'] = 'the board'

        first = {'position': 0, 'recorded_at_us': 1}
        for name, change in (
                ('completeness.json', told),
                ('completeness.json', lambda d: told(d['content'][0])),
                ('completeness.json', lambda d: told(d['streams'][0])),
                ('completeness.json', lambda d: d['content'][0].update(redacted_by=0)),
                ('completeness.json', lambda d: d.update(beyond_checkpoint='nothing at all')),
                ('completeness.json', lambda d: d.update(beyond_checkpoint=[1])),
                ('completeness.json', lambda d: d.update(before=first)),
                ('completeness.json', lambda d: d.pop('statement')),
                ('completeness.json', lambda d: d.update(statement={'all': 'approved'})),
                ('control-map.json', told),
                ('control-map.json', lambda d: told(d['questions'][3]))):
            self.forged(evidence.changed(files, name, change), TAMPERED, '--key', key, saying=name)
        lines = files['events.jsonl'].decode().splitlines()
        views = [json.dumps({**json.loads(line), 'approved_by': 'the board'}) for line in lines]
        for text in ('\n'.join([*views, '']), '\n'.join([*lines, 'approved by the board'])):
            self.forged({**files, 'events.jsonl': text.encode()}, TAMPERED, '--key', key,
                        saying='events.jsonl')

    def test_context(self):
        """evidence: with all lines, nothing that stands beside the events can be left out or in"""
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_t', 'CREATE TABLE t ();\n')
        other.write('0002_u', 'CREATE TABLE u ();\n')
        for words in (('run', '--init'), ('verify', '--record'), ('keys', 'rotate'),
                      ('review', '--ack', '--to', '9', '--reason', 'looked at'), ('checkpoint',)):
            answer = other.varve(*words)
            self.assertEqual(answer.returncode, 0, answer.stderr)
        for scope in (('--migration', '0001'), ('--run', other.events('run-started')[0]['run']),
                      ('--from', instant(other.events('attempt-started')[0]),
                       '--to', instant(other.events('run-finished')[0]))):
            path = other.folder / f'{scope[0]}.tar'
            answer = other.varve('export', 'evidence', *scope, '--entries', '--no-record',
                                 '--output', path)
            self.assertEqual(answer.returncode, 0, answer.stderr)
            said = self.expect(PROVED, path)
            self.assertNotIn('beside it', said)
            files = evidence.members(path)
            context = evidence.positions_of(files, 'context')
            types = {json.loads(files[f'events/{p}.json'])['type'] for p in context}
            self.assertLessEqual({'ledger-verified.1', 'log-reviewed.1', 'key-added.1',
                                  'checkpoint-signed.1'}, types)
            after = json.loads(files['completeness.json'])['after'] or {}
            for position in {*context[1:]} - {after.get('position')}:
                said = self.forged(evidence.without(files, [position]), INCOMPLETE)
                self.assertRegex(said, f'event {position} |has gaps|that register')
        path = other.folder / 'all.tar'
        answer = other.varve('export', 'evidence', '--all', '--no-record', '--output', path)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        whole, files = (evidence.members(other.folder / name)
                        for name in ('all.tar', '--migration.tar'))
        roles = {p: role for role in ('selected', 'context')
                 for p in evidence.positions_of(files, role)}
        added = next(p for p in range(len(whole)) if p not in roles)
        more = evidence.rebuilt({**whole, **files, 'events.jsonl': whole['events.jsonl']},
                                {**roles, added: 'context'})
        self.forged(more, TAMPERED, saying=f'event {added} is no context')
        said = self.expect(PROVED, export('--migration', '0002'))
        self.assertIn('restoration beside it was left out', said)

    def test_bytes_after_zip(self):
        """evidence: what stands behind the directory of a zip belongs to nothing"""
        path = folder / 'more.zip'
        path.write_bytes(export('--migration', '0002', suffix='.zip').read_bytes() + b'approved')
        self.expect(TAMPERED, path, saying='belong to no member')

    def test_older_control_map(self):
        """evidence: a control map of format 1 is held to the questions of format 1"""
        files = evidence.members(export('--migration', '0002'))
        first = evidence.verifier.control_questions(1)
        self.assertNotEqual(first, evidence.verifier.control_questions(2))
        self.forged(evidence.changed(files, 'control-map.json', lambda d: d.update(format=1)),
                    TAMPERED, '--key', key, saying='cc8.1-tested')
        self.forged(evidence.changed(files, 'control-map.json', lambda d: d.update(format=3)),
                    TAMPERED, '--key', key, saying='another format')

    def test_content_withheld(self):
        """evidence: SQL that is not there is missed, unless an event here redacted that SQL"""
        files = evidence.members(export('--migration', '0002'))
        one = next(one for one in json.loads(files['completeness.json'])['content']
                   if one['kind'] == 'sql')
        rest = {n: d for n, d in files.items() if n != f'content/{one["digest"]}'}
        size = int(files['checkpoint'].split(b'\n')[1])
        for code, word, change in (
                (TAMPERED, 'did not redact', {'state': 'redacted', 'redacted_by': 0}),
                (TAMPERED, 'names no event', {'state': 'redacted', 'redacted_by': None}),
                (TAMPERED, 'names no event', {'state': 'redacted', 'redacted_by': True}),
                (INCOMPLETE, 'beyond the checkpoint', {'state': 'redacted', 'redacted_by': size}),
                (INCOMPLETE, 'nothing says why', {'state': 'absent'}),
                (TAMPERED, 'a state that is none', {'state': 'whatever'})):
            with self.subTest(change):
                def hide(document):
                    next(it for it in document['content']
                         if it['digest'] == one['digest']).update(change)

                self.forged(evidence.changed(rest, 'completeness.json', hide), code, '--key', key,
                            saying=word)

    def test_control_map(self):
        """evidence: which events answer a question of the control map is no choice of the bundle"""
        files = evidence.members(export('--migration', '0002'))
        attempts = [p for p in evidence.positions_of(files, 'selected')
                    if json.loads(files[f'events/{p}.json'])['type'] == 'attempt-succeeded.1']
        self.assertTrue(attempts)

        def approved(document):
            question = next(q for q in document['questions'] if q['id'] == 'cc8.1-approved')
            question.update(types=['attempt-succeeded.1'], positions=attempts, answered=True)

        def reworded(document):
            question = next(q for q in document['questions'] if q['id'] == 'cc8.1-implemented')
            question['question'] = 'Who approved it?'

        for change in (approved, reworded, lambda d: d.update(questions=[]),
                       lambda d: d['questions'].pop(), lambda d: d['questions'].reverse(),
                       lambda d: d['questions'].append(d['questions'][0]),
                       lambda d: d.update(format=True)):
            self.forged(evidence.changed(files, 'control-map.json', change), TAMPERED, '--key',
                        key, saying='control-map.json')

    def test_control_map_documented(self):
        """evidence: the format's document has the table that the verifier holds the map to"""
        document = (ROOT / 'docs' / 'ledger-format.md').read_text()
        for name, types, needs in evidence.verifier.CONTROL_QUESTIONS:
            row = re.search(rf'^\| `{re.escape(name)}` \| (.*) \|(.*)\|$', document, re.M)
            self.assertIsNotNone(row, name)
            words = {'scripts': evidence.verifier.SCRIPTS, 'none': [],
                     'beginnings': evidence.verifier.BEGINNINGS,
                     'executions': evidence.verifier.EXECUTIONS}
            said = words.get(row[1]) if row[1] in words else \
                [f'{one}.1' for one in re.findall('`(.*?)`', row[1])]
            self.assertEqual(said, types, name)
            self.assertEqual(row[2].strip(' `') or None, needs, name)
        for name in ('scripts', 'beginnings', 'executions'):
            row = re.search(rf'^- \*{name}\*: (.*?)[;.]$', document, re.M | re.S)
            self.assertEqual([f'{one}.1' for one in re.findall('`(.*?)`', row[1])], words[name])
        for digest in evidence.verifier.CONTROL_WORDS_DIGESTS.values():
            self.assertIn(digest, document)

    def test_hidden(self):
        """evidence: hiding events of a migration is missed, or the verdict says it is not proved"""
        for scope in (('--migration', '1050'), ('--migration', '1050', '--entries')):
            files = evidence.members(export(*scope))
            types = {p: json.loads(files[f'events/{p}.json'])['type']
                     for role in ('selected', 'context')
                     for p in evidence.positions_of(files, role)}

            def of(name):
                return [p for p, its in types.items() if its == name + '.1']

            self.forged(evidence.without(files, []), PROVED, '--key', key)
            selected = evidence.positions_of(files, 'selected')
            for gone, word in ((selected, 'no event of migration'), ([0], 'event 0 is missing'),
                               (of('migration-registered'), 'migration/1050')):
                with self.subTest(word):
                    self.forged(evidence.without(files, gone), INCOMPLETE, '--key', key,
                                saying=word)
            said = self.forged(evidence.without(files, of('attempt-succeeded'), entries='none'),
                               PROVED, '--key', key)
            self.assertRegex(said, 'VERDICT: PROVED.*NOT proved: that nothing was left out')
        self.forged(evidence.without(files, of('attempt-succeeded')), INCOMPLETE, '--key', key)

    def test_range(self):
        """evidence: a range is printed, has an order, and ends with the checkpoint"""
        files = evidence.members(export(*scopes()['range']))
        whole = evidence.members(export('--all'))
        size = int(files['checkpoint'].split(b'\n')[1])
        times = {p: json.loads(whole[f'events/{p}.json'])['recorded_at_us']
                 for p in (3, 12, size - 1)}
        early, late = ({'position': p, 'recorded_at_us': times[p]} for p in (3, 12))
        kept = {0: 'context', 1: 'context', 3: 'boundary', 12: 'boundary'}
        inverted = evidence.rebuilt(
            whole, kept, before=late, after=early, entries='none',
            scope={'kind': 'range', 'from_us': times[12] + 1, 'to_us': times[3] - 1})
        self.forged(inverted, TAMPERED, '--key', key, saying='ends before it begins')
        said = self.expect(PROVED, export(*scopes()['range']), '--key', key)
        self.assertIn('range         from 20', said)
        # Every export that is recorded is followed by a checkpoint: the next one ends later.
        last = evidence.verifier.instant(times[size - 1])[:10]
        said = self.expect(PROVED, export('--from', '2001-01-01', '--to', '2200-01-01'), '--key',
                           key, saying=f'NOT proved after {last}')
        self.assertRegex(said, 'VERDICT: PROVED.*NOT proved: what was recorded after')
        self.expect(CANNOT_TELL, export('--from', '2200-01-01', '--to', '2200-02-01'), '--key',
                    key, saying=f'the last event of the checkpoint is of {last}')
        self.expect(PROVED, export('--to', '9999-12-31'), '--key', key, saying=f'after {last}')

    def test_another_key(self):
        """evidence: a checkpoint signed anew with another key is found, with and without --key"""
        files = evidence.members(export('--migration', '0002'))
        text, _, _ = files['checkpoint'].partition(b'\n\n')
        forger = evidence.Forger(text.split(b'\n')[0].decode())
        note = forger.sign(text + b'\n')
        forged = {name: data.replace(files['checkpoint'], note) for name, data in files.items()}
        for name in ('keys.txt', 'policy'):
            forged[name] = files[name].replace(key.encode(), forger.verifier.encode())
        self.forged(forged, TAMPERED, '--key', key, saying='not signed by the key that you gave')
        self.forged(forged, TAMPERED, saying='no event of the ledger adds')
        self.forged(files, TAMPERED, '--key', forger.verifier)
        bad = files['checkpoint'][:-10] + files['checkpoint'][-10:].swapcase()
        self.forged({**files, 'checkpoint': bad}, TAMPERED, '--key', key)

    def rotated(self):
        """A ledger whose first key is retired: the project, the first key, and its forger."""
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_t', 'CREATE TABLE t ();\n')
        self.assertEqual(other.varve('run', '--init').returncode, 0)
        old = other.document('keys', 'list')['keys'][0]
        origin = other.events('key-added')[0]['data']['name']
        forger = evidence.Forger(origin, pathlib.Path(f'{other.ledger}.key'))
        other.document('keys', 'rotate')
        other.document('keys', 'retire', old['key_id'])
        other.write('0002_t', 'CREATE TABLE u ();\n')
        self.assertEqual(other.varve('run').returncode, 0)
        self.assertEqual(other.varve('checkpoint').returncode, 0)
        return other, forger

    def test_retired_key(self):
        """evidence: a retired key signs nothing, and its retirement cannot be hidden from lines"""
        other, forger = self.rotated()
        path = other.folder / 'a.tar'
        answer = other.varve('export', 'evidence', '--migration', '0001', '--entries',
                             '--no-record', '--output', path)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.expect(CANNOT_TELL, path, '--key', forger.verifier, saying='ask its operator')
        files = evidence.members(path)
        new = next(line.split()[1] for line in files['keys.txt'].decode().split('\n')
                   if line.endswith('until -'))
        self.expect(PROVED, path, '--key', new)
        note = forger.sign(files['checkpoint'].partition(b'\n\n')[0] + b'\n')
        forged = {name: data.replace(files['checkpoint'], note) for name, data in files.items()}
        self.forged(forged, TAMPERED, '--key', forger.verifier, saying='does not count')
        forged['keys.txt'] = re.sub(rb'until \d+', b'until -', files['keys.txt'])
        logs = [line.split()[1] for line in forged['keys.txt'].decode().split('\n')
                if line.startswith('key ')]
        forged['policy'] = ''.join([*(f'log {log}\n' for log in logs), 'quorum none\n']).encode()
        retired = [event['position'] for event in other.events('key-retired')]
        hidden = evidence.without(forged, retired)
        self.forged(hidden, TAMPERED, '--key', forger.verifier, saying='keys.txt misstates')
        said = self.forged(evidence.without(forged, retired, entries='none'), PROVED, '--key',
                           forger.verifier)
        self.assertRegex(said, 'VERDICT.*NOT proved.*that no other key was added or retired')

    def test_second_signature(self):
        """evidence: a bad signature by a known key condemns the note, beside a good one"""
        files = evidence.members(export('--migration', '0002'))
        line = files['checkpoint'].decode().split('\n')[-2].split(' ')
        bad = evidence.flipped(base64.b64decode(line[2]), 40)
        note = files['checkpoint'] + ' '.join(
            [*line[:2], base64.b64encode(bad).decode()]).encode() + b'\n'
        forged = {name: data.replace(files['checkpoint'], note) for name, data in files.items()}
        self.forged(forged, TAMPERED, '--key', key, saying='is bad')

    def test_cut(self):
        """evidence: an archive that is cut off is told to be, wherever it was cut"""
        data = export('--migration', '0002').read_bytes()
        path = folder / 'cut.tar'
        for size in (len(data) - 600, len(data) // 2, 700, 512, 100):
            path.write_bytes(data[:size])
            self.expect(INCOMPLETE, path, '--key', key)
        zipped = export('--migration', '0002', suffix='.zip').read_bytes()
        path.write_bytes(zipped[:len(zipped) // 2])
        self.expect(TAMPERED, path, '--key', key)


class Hostile(Case):
    def hostile(self, change):
        path = folder / 'hostile.tar'
        with tarfile.open(path, 'w', format=tarfile.USTAR_FORMAT) as archive:
            for name, data in evidence.members(export('--migration', '0002')).items():
                one = tarfile.TarInfo(name)
                one.size = len(data)
                archive.addfile(one, io.BytesIO(data))
            change(archive)
        return path

    def test_members(self):
        """evidence: links, folders, foreign paths and doubled members are refused"""
        def one(**members):
            info = tarfile.TarInfo(members.pop('name'))
            for name, value in members.items():
                setattr(info, name, value)
            return lambda archive: archive.addfile(info, io.BytesIO(b'x' * info.size))

        for change in (one(name='../../tmp/evil', size=1), one(name='/tmp/evil', size=1),
                       one(name='content/../../evil', size=1), one(name='tile/0/000.p/1', size=1),
                       one(name='content/' + 'a' * 64, type=tarfile.SYMTYPE, linkname='/etc/group'),
                       one(name='content/' + 'b' * 64, type=tarfile.LNKTYPE, linkname='policy'),
                       one(name='content', type=tarfile.DIRTYPE), one(name='checkpoint', size=1),
                       one(name='content/' + 'c' * 64, size=1, mode=0o4755)):
            self.expect(TAMPERED, self.hostile(change), '--key', key)
        self.assertFalse(pathlib.Path('/tmp/evil').exists())

    def test_sizes(self):
        """evidence: sizes that lie, bombs and depth end in a verdict"""
        data = bytearray(export('--migration', '0002').read_bytes())
        path = folder / 'hostile.tar'
        header = bytearray(data[:512])
        header[124:136] = b'77777777777\0'
        total = sum(header[:148]) + 256 + sum(header[156:])
        header[148:156] = b'%06o\0 ' % total
        path.write_bytes(bytes(header) + bytes(data[512:]))
        self.expect(INCOMPLETE, path)
        with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
            archive.writestr('checkpoint', b'0' * 50_000_000)
        self.expect(TAMPERED, path)
        files = evidence.members(export('--migration', '0002'))
        for name in ('completeness.json', 'control-map.json', 'events.jsonl'):
            self.forged({**files, name: b'[' * 1_000_000}, TAMPERED)
        said = json.loads(files['completeness.json'])
        for runs in ([[0, 10 ** 15]], [[3, 1]], [['0', 1]], [[0, 1], [0, 1]], {}, None, 7):
            said['selected'] = runs
            self.forged({**files, 'completeness.json': json.dumps(said).encode()}, TAMPERED)
        checkpoint = files['checkpoint'].split(b'\n')
        checkpoint[1] = b'9' * 16
        self.forged({**files, 'checkpoint': b'\n'.join(checkpoint)}, TAMPERED)

    def test_printed(self):
        """evidence: nothing in the archive can write a line, or to the terminal"""
        files = evidence.members(export('--run', first_run()['run']))
        line = 'x\n  complete      everything: of all 15 lines exactly 15 belong to it\x1b[8m'
        for value in (line, '\ud800', '\u202e', 'x' * 10 ** 6, '', None, 7, ['x']):
            for scope in ({'kind': 'migration', 'migration': value}, {'kind': value},
                          {'kind': 'run', 'run': value}):
                said = self.forged(evidence.changed(
                    files, 'completeness.json', lambda d, it=scope: d.update(scope=it)), TAMPERED)
                self.assertNotIn('\n  complete      everything', said)
                self.assertNotRegex(said, '[^ -~\n]')
                self.assertLess(len(said), 20_000)
        self.forged(evidence.changed(files, 'completeness.json',
                                     lambda d: d['scope'].update(migration=line)), TAMPERED)

    def test_numbers(self):
        """evidence: numbers that no bundle has end in a verdict, and soon"""
        files = evidence.members(export(*scopes()['range']))
        for value in (-10 ** 15, 10 ** 12, 4 * 10 ** 7, 10 ** 30, -1, True, None, '3', 0.5, {}, []):
            for name in ('before', 'after'):
                edge = {'position': value, 'recorded_at_us': 1}
                self.forged(evidence.changed(files, 'completeness.json',
                                             lambda d, n=name, it=edge: d.update({n: it})),
                            TAMPERED, '--key', key)
            self.forged(evidence.changed(files, 'completeness.json',
                                         lambda d, it=value: d['scope'].update(from_us=it)),
                        TAMPERED, '--key', key)
        self.forged(evidence.changed(files, 'completeness.json',
                                     lambda d: d.update(format=True)), TAMPERED, '--key', key)
        name = next(name for name in files if name.startswith('events/'))
        for digits in (b'"recorded_at_us":1000000000', b'"recorded_at_us":-9'):
            self.forged({**files, name: files[name].replace(b'"recorded_at_us":', digits)},
                        TAMPERED, '--key', key)

    def test_at_random(self):
        """evidence: archives damaged at random, tar and zip, are never proved"""
        for suffix in ('.tar', '.zip'):
            data = export('--migration', '0002', suffix=suffix).read_bytes()
            path = folder / f'random{suffix}'
            for seed in range(2000 if SOAK else 60):
                chance = random.Random(seed)
                damaged, at = bytearray(data), chance.randrange(len(data))
                if seed % 3 == 0:
                    damaged[at] ^= 1 << chance.randrange(8)
                elif seed % 3 == 1:
                    del damaged[at:at + chance.randrange(1, 2000)]
                else:
                    size, other = chance.randrange(1, 600), chance.randrange(len(data) - 600)
                    damaged[at:at + size] = damaged[other:other + size]
                if damaged != data:
                    path.write_bytes(damaged)
                    code, said = evidence.verify(path, '--key', key)
                    self.assertIn(code, (TAMPERED, INCOMPLETE), f'seed {seed}: {said}')

    def test_no_archive(self):
        """evidence: what is no archive at all is said to be none"""
        path = folder / 'none.tar'
        for data in (b'', b'PK', b'PK\3\4' + bytes(100), os.urandom(2000), b'\x1f\x8b' * 300):
            path.write_bytes(data)
            code, said = evidence.verify(path)
            self.assertNotEqual(code, PROVED, said)
            self.assertIn('VERDICT', said)


if __name__ == '__main__':
    unittest.main()
