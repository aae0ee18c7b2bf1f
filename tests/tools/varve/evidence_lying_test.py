"""Evidence signed by one who has the ledger's key, and lies in it: its events are compared."""
import json
import unittest

import evidence
from evidence_sample import PROVED, TAMPERED, Case, instant, ready, verifier_key
from varve import Project


SCRIPT = 'CREATE TABLE IF NOT EXISTS t ();\n'


def setUpModule():
    """One small ledger, and the hand that can sign for it."""
    global project, key, forger
    project = Project(ready()[0])
    unittest.addModuleCleanup(project.remove)
    project.write('0001_t', SCRIPT)
    done('run', '--init', '--reason', 'first')
    project.write('0002_u', 'CREATE TABLE u ();\n')
    done('run')
    digest = project.events('migration-registered')[0]['data']['up']['digest']
    done('redact', f'content:{digest}', '--reason', 'a name', '--yes')
    project.write('0003_t', SCRIPT)  # which a redaction cannot list that was before it
    done('run')
    done('verify', '--record')
    added = project.events('key-added')[0]['data']
    key = verifier_key(added['name'], bytes.fromhex(added['public_key']))
    forger = evidence.Forger(added['name'], project.folder / 'ledger.key')


def done(*words):
    answer = project.varve(*words)
    if answer.returncode != 0:
        raise AssertionError(f'{words}: {answer.stdout}{answer.stderr}')


class Lying(Case):
    def bundle(self, *scope):
        path = project.folder / 'a.tar'
        path.unlink(missing_ok=True)
        done('export', 'evidence', *scope, '--no-record', '--output', path)
        return path, evidence.members(path)

    def first_run(self):
        """The scope of it."""
        return ('--from', instant(project.events('run-started')[0]),
                '--to', instant(project.events('run-finished')[0]))

    def lied(self, files, events, word):
        return self.forged(evidence.signed_anew(files, events, forger), TAMPERED, '--key',
                           key, saying=word)

    def test_nothing_changed(self):
        """evidence: a bundle that is signed anew over the same events is proved as before"""
        for scope in (self.first_run(), (*self.first_run(), '--entries'), ('--all',)):
            path, files = self.bundle(*scope)
            said = self.expect(PROVED, path, '--key', key)
            events = [json.loads(line) for line in evidence.lines_of(files)]
            again = self.forged(evidence.signed_anew(files, events, forger), PROVED, '--key',
                                key)
            self.assertEqual(again.partition('VERDICT')[2], said.partition('VERDICT')[2])

    def test_time(self):
        """evidence: an event from elsewhere whose time lies in a range is found in its line"""
        path, files = self.bundle(*self.first_run())
        events = [json.loads(line) for line in evidence.lines_of(files)]
        selected = evidence.positions_of(files, 'selected')
        moved = next(e for e in events if e['position'] > selected[-1] + 2 and
                     f'events/{e["position"]}.json' not in files)
        moved['recorded_at_us'] = events[selected[0] + 1]['recorded_at_us']
        said = self.lied(files, events, f'event {moved["position"]} is not later than')
        self.assertIn(f'event {moved["position"]} belongs to what was asked for', said)

    def test_envelope(self):
        """evidence: a line that was not asked for is held to its position, ledger and stream"""
        path, files = self.bundle(*self.first_run())
        lines = evidence.lines_of(files)
        hidden = next(p for p in range(len(lines) - 1, 0, -1) if f'events/{p}.json' not in files)
        for change, word in (({'position': 1}, f'entry {hidden} says that it is event 1'),
                             ({'ledger': 36 * '0'}, 'of another ledger'),
                             ({'stream_version': 900}, 'no place for all versions'),
                             ({'stream_version': 1, 'stream': 'ledger'}, 'goes back'),
                             ({'stream_version': 2, 'stream': 'migration/9'}, 'no place for all'),
                             ({'type': 'key-added.1', 'data': {'name': 'x', 'public_key': 'y'}},
                              'leaves out the key')):
            events = [json.loads(line) for line in lines]
            events[hidden].update(change)
            with self.subTest(word):
                self.lied(files, events, word)

    def test_redaction(self):
        """evidence: a redaction that says of its content what no event before it says is found"""
        path, files = self.bundle('--all')
        self.expect(PROVED, path, '--key', key)
        self.assertTrue(project.document('verify')['ok'])
        lines = evidence.lines_of(files)
        redaction = next(e for e in map(json.loads, lines) if e['type'] == 'content-redacted.1')
        listed = redaction['data']['positions']
        self.assertGreater(len(listed), 0)
        for change, word in (({'positions': []}, 'does not list the events before it'),
                             ({'positions': [*listed, listed[-1]]}, 'does not list'),
                             ({'positions': [redaction['position'] + 1]}, 'does not list'),
                             ({'positions': [1, *listed]}, 'lists event 1'),
                             ({'positions': listed[1:]}, 'leaves out event'),
                             ({'positions': ['1']}, 'does not list'),
                             ({'byte_count': 1}, 'that size and kind'),
                             ({'kind': 'error'}, 'that size and kind')):
            events = [json.loads(line) for line in lines]
            events[redaction['position']]['data'].update(change)
            with self.subTest(change):
                self.lied(files, events, word)
        path, files = self.bundle('--migration', '0003')
        self.assertIn(f'events/{redaction["position"]}.json', files)
        said = self.expect(PROVED, path, '--key', key)
        self.assertRegex(said, 'NOT proved: .*was there before event '
                         f'{redaction["position"]} redacted it')
        path, _ = self.bundle('--migration', '0003', '--entries')
        self.assertNotIn('was there before', self.expect(PROVED, path, '--key', key))

    def test_undisclosed(self):
        """evidence: of lines that are not there a range proves nothing, and the verdict says so"""
        path, files = self.bundle(*self.first_run())
        roles = {p: role for role in ('selected', 'context', 'boundary')
                 for p in evidence.positions_of(files, role)}
        closed = evidence.rebuilt(files, roles, entries='none')
        said = self.forged(closed, PROVED, '--key', key)
        self.assertRegex(said, 'nothing was left out of what lies between event .* and event .* '
                         'NOT proved: that no event of the range stands where')
        said = self.expect(PROVED, path, '--key', key)
        self.assertIn('nothing was left out of the range', said)


if __name__ == '__main__':
    unittest.main()
