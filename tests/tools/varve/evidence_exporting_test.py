"""Evidence: archives that prove themselves to somebody who has nothing of Varve's."""
import csv
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest.mock
import zipfile

import evidence
from evidence_sample import (
    PROVED, TAMPERED, INCOMPLETE, CANNOT_TELL, Case, attempts_in, events_in, export, first_run,
    instant, ready, run, scopes)
from varve import ROOT, Project


def setUpModule():
    global cluster, project, folder, key
    cluster, project, folder, key = ready()


class Exporting(Case):
    def test_scopes(self):
        """evidence: each scope is proved by the Python verifier, by the key known from elsewhere"""
        for name, scope in scopes().items():
            with self.subTest(name):
                said = self.expect(PROVED, export(*scope), '--key', key, saying='VERDICT: PROVED')
                unproved = said[said.index('VERDICT'):].partition('NOT proved')[2]
                self.assertEqual('nothing was left out' in unproved, name in ('migration', 'run'))
                self.assertIn('wrote the history anew', unproved)
                self.assertEqual('other key' in unproved, name in ('migration', 'run', 'range',
                                                                 'empty range'))
                self.assertEqual('after that' in unproved, name == 'range to the end')
                self.assertIn('report.html', unproved)
                self.expect(PROVED, export(*scope), saying='VERDICT: CONSISTENT')
        said = self.expect(PROVED, export('--all'), '--key', key)
        self.assertIn('without a gap', said)
        digest = hashlib.sha256(export('--all').read_bytes()).hexdigest()
        old = folder / 'old.checkpoint'
        first = project.events('checkpoint-signed')[0]['data']
        old.write_text(first['note'])
        said = self.expect(PROVED, export('--all'), '--key', key, '--digest', digest, '--old', old)
        self.assertIn(f"wrote the history anew from event {first['size']} on", said)
        old.write_bytes(evidence.members(export('--all'))['checkpoint'])
        said = self.expect(PROVED, export('--all'), '--key', key, '--digest', digest, '--old', old)
        self.assertRegex(said, 'nothing was left out of the ledger up to 20[-0-9T:.]*Z')
        self.assertNotIn('NOT proved', said)

    def test_up_to_when(self):
        """evidence: whatever is proved complete is so up to a time, which is told"""
        path = export('--migration', '2', '--entries')
        last = evidence.members(path)['README.txt'].decode().partition('events, up to ')[2][:27]
        said = self.expect(PROVED, path, '--key', key, saying=f'the last line is of {last}')
        self.assertIn(f'nothing was left out of the migration up to {last}', said)

    def test_odd_versions(self):
        """evidence: a migration with a space or an umlaut in its version is proved like any other"""
        other = Project(cluster)
        self.addCleanup(other.remove)
        for name in ('R__order views', 'R__Größe'):
            (other.migrations / f'{name}.sql').write_text('SELECT 1;\n')
        (other.migrations / 'V1__t.sql').write_text('CREATE TABLE t ();\n')
        self.assertEqual(other.varve('run', '--init').returncode, 0)
        for version in ('R__order views', 'R__Größe', '1'):
            for words in ((), ('--entries',)):
                path = other.folder / f'{len(os.listdir(other.folder))}.tar'
                answer = other.varve('export', 'evidence', '--migration', version, *words,
                                     '--output', path)
                self.assertEqual(answer.returncode, 0, answer.stderr)
                self.expect(PROVED, path)

    def test_many_events(self):
        """evidence: how many lines a document has for its events is no limit"""
        files = evidence.members(export('--all'))
        read_whole = max(len(data) for name, data in files.items() if name not in
                         ('events.jsonl', 'report.html', 'SHA256SUMS'))
        self.assertGreater(len(files['events.jsonl']), read_whole)
        get = evidence.verifier.Archive.get
        with unittest.mock.patch.object(get, '__defaults__', (read_whole,)):
            self.expect(PROVED, export('--all'), '--key', key)

    def test_other_openssl(self):
        """evidence: an openssl command that cannot check Ed25519 shows nothing, and is named"""
        place = folder / 'libressl'
        place.mkdir()
        (place / 'openssl').write_text(
            "#!/bin/sh\necho \"unknown option '-rawin'\" >&2\n"
            "echo ' -sigfile file      Signature file (verify operation only)' >&2\nexit 1\n")
        (place / 'openssl').chmod(0o755)
        answer = subprocess.run(
            [shutil.which('python3'), '-I', str(ROOT / 'tools' / 'verify_evidence.py'),
             export('--migration', '0002'), '--key', key], capture_output=True, text=True,
            env=dict(os.environ, PATH=f'{place}:{os.environ["PATH"]}'))
        self.assertEqual(answer.returncode, CANNOT_TELL, answer.stdout + answer.stderr)
        self.assertIn('OpenSSL 3.0 or newer', answer.stdout)

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
        self.assertRegex(told, f'<tr><td>{failed["position"]}</td>.*\(ticket OPS-1\)</td></tr>')
        self.assertRegex(files['report.html'].decode(),
                         r'validated: [0-9]+ findings?: [a-z-]+ at [^ ]+\.sql:[0-9]+')
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

        def told(*scope, project=other):
            path = project.folder / f'{len(os.listdir(project.folder))}.tar'
            answer = project.varve('export', 'evidence', *scope, '--no-record', '--output', path)
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
        self.assertIn(', beside the range)', middle)  # the event after it is its end
        self.assertNotIn('its end is not', middle)
        self.assertIn('2 of 3 statements are done and stay', middle)
        self.assertEqual(middle.count('CREATE TABLE'), 1)
        undone = Project(cluster)
        self.addCleanup(undone.remove)
        undone.write('0001_t', 'CREATE TABLE t ();\nSELECT 1 / 0;\n')
        self.assertEqual(undone.varve('run', '--init').returncode, 9)
        last = instant(undone.events('attempt-failed')[0])
        end, = told('--from', last, '--to', last, project=undone)
        self.assertNotIn('its beginning is not', end)
        self.assertIn('nothing: it was one transaction', end)

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
            answer = other.varve('export', 'evidence', '--migration', '0001', *words, '--output',
                                 other.folder / 'a.tar')
            self.assertEqual(answer.returncode, 4, answer.stdout + answer.stderr)
            self.assertIn('checkpoint-missing', answer.stderr)
            self.assertIn('varve checkpoint', answer.stderr)

        self.assertEqual(other.varve('run').returncode, 0)
        refused()
        before = len(other.events('checkpoint-signed'))
        (other.folder / 'away').rename(key_file)
        refused('--no-record')
        covered = other.folder / 'covered.tar'
        answer = other.varve('export', 'evidence', '--all', '--no-record', '--output', covered)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('can only be covered by the next one', answer.stdout)
        self.expect(PROVED, covered)
        covered.unlink()
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

    def test_redacted_unsigned(self):
        """evidence: a redaction that no checkpoint covers yet has to be covered first"""
        other = Project(cluster)
        self.addCleanup(other.remove)
        other.write('0001_t', 'CREATE TABLE t ();\n')
        self.assertEqual(other.varve('run', '--init').returncode, 0)
        key_file = pathlib.Path(f'{other.ledger}.key')
        key_file.rename(other.folder / 'away')
        digest = other.events('migration-registered')[0]['data']['up']['digest']
        answer = other.varve('redact', f'content:{digest}', '--reason', 'a secret', '--yes')
        self.assertEqual(answer.returncode, 0, answer.stderr)
        path = other.folder / 'a.tar'
        for scope in (('--migration', '0001'), ('--all', '--no-record')):
            answer = other.varve('export', 'evidence', *scope, '--output', path)
            self.assertEqual(answer.returncode, 4, answer.stdout + answer.stderr)
            self.assertIn('checkpoint-missing', answer.stderr)
        (other.folder / 'away').rename(key_file)
        answer = other.varve('export', 'evidence', '--migration', '0001', '--output', path)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.expect(PROVED, path, saying='1 redacted, each by its event')

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
