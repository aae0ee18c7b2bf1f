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
