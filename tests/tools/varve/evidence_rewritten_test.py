"""Evidence of a history that was written anew with the ledger's own key, and contradicts itself."""
import pathlib

import evidence
from evidence_sample import PROVED, TAMPERED, Case, ready
from varve import Project


def setUpModule():
    global cluster
    cluster, _, _, _ = ready()


class Rewritten(Case):
    def ledger(self):
        """A ledger with its first migration applied, and the forger who has its key."""
        project = Project(cluster)
        self.addCleanup(project.remove)
        project.write('0001_t', 'CREATE TABLE t ();\n')
        self.done(project, 'run', '--init', '--reason', 'first')
        origin = project.events('key-added')[0]['data']['name']
        return project, evidence.Forger(origin, pathlib.Path(f'{project.ledger}.key'))

    def done(self, project, *words):
        answer = project.varve(*words)
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def bundle(self, project):
        path = project.folder / 'all.tar'
        self.done(project, 'checkpoint')
        self.done(project, 'export', 'evidence', '--all', '--no-record', '--output', path)
        return evidence.members(path)

    def test_stated_roots(self):
        """evidence: a verification, review, copy or export of another history is named"""
        project, forger = self.ledger()
        self.done(project, 'verify', '--record')
        self.done(project, 'review', '--ack', '--reason', 'examined')
        self.done(project, 'ledger', 'backup', project.folder / 'copy')
        self.done(project, 'export', 'evidence', '--all', '--output', project.folder / 'one.tar')
        project.write('0002_t', 'CREATE TABLE u ();\n')
        self.done(project, 'run')
        files = self.bundle(project)
        self.forged(evidence.rewritten(files, forger, lambda events: None), PROVED, '--key',
                    forger.verifier)
        kinds = ('ledger-verified', 'log-reviewed', 'ledger-copied', 'export-produced')
        at = {kind: project.events(kind)[0]['position'] for kind in kinds}

        def blame(events):
            next(e for e in events if e['type'] == 'run-started.1')['reason'] = 'another'

        said = self.forged(evidence.rewritten(files, forger, blame), TAMPERED, '--key',
                           forger.verifier, saying='it was recorded of another history')
        for kind, position in at.items():
            self.assertIn(f'event {position} ({kind}.1) states root', said)

        def ahead(events):
            events[at['log-reviewed']]['data']['to_position'] = len(events) + 1

        self.forged(evidence.rewritten(files, forger, ahead), TAMPERED, '--key', forger.verifier,
                    saying='more events than there were before it')

        def not_whole(events):
            events[at['ledger-verified']]['data'].update(root='0' * 64, fault_count=1)

        other = evidence.rewritten(files, forger, not_whole)
        said = self.forged(other, TAMPERED, '--key', forger.verifier)
        self.assertNotIn(f'event {at["ledger-verified"]} ', said)

    def test_stream(self):
        """evidence: an event that stands in another's stream is named"""
        project, forger = self.ledger()
        project.write('0002_u', 'CREATE TABLE u ();\n')
        self.done(project, 'run')
        files = self.bundle(project)
        at = project.events('migration-registered')[1]['position']
        begun = project.events('run-started')[1]['position']
        for moved, stream, own in ((at, 'migration/0001', 'migration/0002'),
                                   (begun, 'ledger', 'target/development')):
            with self.subTest(stream):
                def move(events):
                    last = [e for e in events[:moved] if e['stream'] == stream][-1]
                    events[moved].update(stream=stream,
                                         stream_version=last['stream_version'] + 1)

                self.forged(evidence.rewritten(files, forger, move), TAMPERED, '--key',
                            forger.verifier, saying=f'event {moved} is in the stream {stream}, '
                                                    f'and belongs to {own}')

    def test_cosignatures(self):
        """evidence: a cosignature that nobody gave is named, and whose a good one is, is not told"""
        project, forger = self.ledger()
        for number in (2, 3):
            project.write(f'000{number}_t', f'CREATE TABLE t{number} ();\n')
            self.done(project, 'run')
        files = self.bundle(project)
        at = project.events('checkpoint-witnessed')[0]['position']
        witness, other = evidence.Forger('w.example/1'), evidence.Forger('w.example/2')

        def told(by, **said):
            """As the event has it: of a checkpoint whose text is known once its root is."""
            def change(events):
                data = events[at]['data']
                lines, leaves = evidence.lines_anew(events[:data['size']], forger, forger.name)
                root = evidence.verifier.root_of(leaves)
                text = evidence.checkpoint_text(forger.name, data['size'], root)
                data.update({**by.cosigned(text, 1700000000), **said})
            return evidence.rewritten(files, forger, change)

        words = ('--key', forger.verifier)
        said = self.forged(told(witness), PROVED, *words)
        self.assertRegex(said, r'NOT proved:.*whose the cosignature of w.example/1 \(........\) is')
        # Of that size alone, without the event that has signed it.
        signed = [event['position'] for event in project.events('checkpoint-signed')]
        alone = [*signed, *range(at + 1, len(project.events()))]
        for one, code in (({}, PROVED), ({'witnessed_at_us': 1}, TAMPERED)):
            files_here = evidence.without(told(witness, **one), alone, entries='none')
            got, said = evidence.verify(evidence.write(project.folder / 'a.tar', files_here), *words)
            self.assertEqual('the cosignature in' in said, code == TAMPERED, said)
        line = witness.cosigned(b'another text', 1700000000)['cosignature']
        for by, one, why in (
                (witness, {'cosignature': None}, 'has no cosignature'),
                (witness, {'verifier': None}, 'has no key of it'),
                (witness, {'cosignature': None, 'verifier': None}, 'has no cosignature'),
                (other, {'witness': 'w.example/1'}, f'the cosignature in event {at} is bad'),
                (witness, {'cosignature': line}, f'the cosignature in event {at} is bad'),
                (witness, {'witnessed_at_us': None}, 'of another time'),
                (witness, {'kind': 'folder'}, 'no cosigner')):
            with self.subTest(why):
                self.forged(told(by, **one), TAMPERED, *words, saying=why)

    def test_retired_key(self):
        """evidence: a key that was retired is not brought back by a second event about it"""
        project, old = self.ledger()
        ids = []
        for number in range(2):
            ids.append(project.document('keys', 'list')['keys'][number]['key_id'])
            self.done(project, 'keys', 'rotate')
            self.done(project, 'keys', 'retire', ids[-1])
        self.done(project, 'keys', 'rotate')
        files = self.bundle(project)
        added, retired = (project.events(kind) for kind in ('key-added', 'key-retired'))
        key, first = added[0]['data'], retired[0]['data']

        def again(events):
            events[retired[1]['position']]['data'].update(
                public_key=first['public_key'], valid_up_to_size=1 << 50)

        def back(events):
            events[added[3]['position']]['data'].update(public_key=key['public_key'])

        def beyond(events):
            events[retired[0]['position']]['data'].update(valid_up_to_size=1 << 50)

        for change, why in (
                (again, f'event {retired[1]["position"]} retires a key again'),
                (back, f'event {added[3]["position"]} adds the key of event 1 again, which was '
                       'retired'),
                (beyond, f'event {retired[0]["position"]} lets a key that it retires count on')):
            with self.subTest(why):
                self.forged(evidence.rewritten(files, old, change), TAMPERED, '--key',
                            old.verifier, saying=why)
