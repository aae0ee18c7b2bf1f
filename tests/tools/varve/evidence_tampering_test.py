"""Evidence: whatever is changed in an archive is found and named."""
import hashlib
import json
import re

import evidence
from evidence_sample import (
    SOAK, PROVED, TAMPERED, INCOMPLETE, CANNOT_TELL, Case, export, instant, ready, scopes)
from varve import ROOT, Project


def setUpModule():
    global cluster, project, folder, key
    cluster, project, folder, key = ready()


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
        """evidence: a control map of an older format is held to the questions of that format"""
        files = evidence.members(export('--migration', '0002'))
        for number, wrong in ((1, 'cc8.1-tested'), (2, '10.2.1.2-actions'), (3, 'other words'),
                              (5, 'another format')):
            self.forged(evidence.changed(files, 'control-map.json',
                                         lambda d, it=number: d.update(format=it)),
                        TAMPERED, '--key', key, saying=wrong)

        def third(document):
            """As the program wrote it then."""
            document['format'] = 3
            for one in document['questions']:
                one['note'] = one['note'].replace(
                    ', as far as completeness.json proves that it has all of it', '')

        def second(document):
            third(document)
            document['format'] = 2
            questions = {one['id']: one for one in document['questions']}
            for name, types in evidence.verifier.CONTROL_QUESTIONS_2.items():
                questions[name]['types'] = types
            questions['a8.32-fallback']['note'] = (
                'The down script is in content/. It was tried beforehand where a migration-tested '
                'event of the suite rollback says so, with the result that stands there.')
            questions['6.5.1-recovery']['note'] = (
                'Down scripts. Attempts that failed in a transaction leave nothing behind; see the '
                'result of each attempt.')

        for older in third, second:
            self.forged(evidence.changed(files, 'control-map.json', older), PROVED, '--key', key)

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
        whole = evidence.members(export('--all'))
        size = int(whole['checkpoint'].split(b'\n')[1])
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
