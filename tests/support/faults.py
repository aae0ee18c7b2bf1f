"""A project whose commands are ended, or halted, at a fail point; and what must hold afterwards."""
import os
import signal
import subprocess
import tempfile

from varve import CLEAN, PROGRAM, Project

WITH_FAIL_POINTS = PROGRAM.parents[1] / 'tests' / 'varve_with_fail_points'
SOAK = os.environ.get('VARVE_SOAK', '') not in ('', '0')

# Relations, columns, enum labels, and what the migrations told the log: all that may be lost or
# done twice.
STATE = '''
SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
  SELECT c.relkind::text || ' ' || c.relname || coalesce(' ' || i.indisvalid::text, '') AS line
    FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'column ' || attrelid::regclass || '.' || attname FROM pg_attribute
    JOIN pg_class c ON c.oid = attrelid AND c.relkind = 'r'
    WHERE c.relnamespace = 'public'::regnamespace AND attnum > 0
  UNION ALL SELECT 'label ' || enumlabel FROM pg_enum
  UNION ALL SELECT 'log ' || what || ' ' || count(*) FROM seen.log GROUP BY what) all_of_it
'''
LOG = 'CREATE SCHEMA seen; CREATE TABLE seen.log (what text)'


class Faulty(Project):
    """Its commands may be given fail points: `at` names them as VARVE_FAIL_POINT does."""

    def __init__(self, cluster):
        super().__init__(cluster)
        self.sql(LOG)

    def start_at(self, at, *words, trace=''):
        environment = {**CLEAN, 'VARVE_FAIL_POINT': at}
        if trace:
            environment['VARVE_FAIL_POINT_TRACE'] = trace
        arguments = [str(WITH_FAIL_POINTS), *self.arguments(*words)[1:]]
        return subprocess.Popen(arguments, env=environment, cwd=self.folder, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def kill_at(self, at, *words):
        """Whether the process was killed there."""
        process = self.start_at(at, *words)
        process.communicate(timeout=120)
        return process.returncode == -signal.SIGKILL

    def reached(self, *words):
        """(name, nth) of every point that the command comes to, and its exit code."""
        with tempfile.NamedTemporaryFile('r', prefix='varve-trace.') as trace:
            process = self.start_at('', *words, trace=trace.name)
            process.communicate(timeout=120)
            counts, points = {}, []
            for name in trace.read().split():
                counts[name] = counts.get(name, 0) + 1
                points.append((name, counts[name]))
        return points, process.returncode

    def halt_at(self, at, *words):
        """The process, stopped at the point that `at` says; to be ended by go_on."""
        process = self.start_at(at, *words)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            process.returncode = os.waitstatus_to_exitcode(status)
            raise AssertionError(f'{at} was not reached: {process.communicate()}')
        return process

    def go_on(self, process):
        process.send_signal(signal.SIGCONT)
        out, err = process.communicate(timeout=120)
        return process.returncode, out + err

    def state(self):
        return self.sql(STATE)


def kind_of(event):
    return event['type'].rsplit('.', 1)[0]


OUTCOMES = ('attempt-succeeded', 'attempt-failed', 'attempt-cancelled')


def open_attempts(events):
    """Attempts that have started and have no outcome."""
    ended = {e['data']['attempt'] for e in events if kind_of(e) in OUTCOMES}
    return [e['data'] for e in events
            if kind_of(e) == 'attempt-started' and e['data']['attempt'] not in ended]


def check(case, project, events, why):
    """Ledger and marker table tell the same, and every attempt has exactly one outcome."""
    started, outcomes, runs = {}, {}, 0
    for event in events:
        kind, data = kind_of(event), event['data']
        if kind == 'attempt-started':
            started[data['attempt']] = data
        elif kind in OUTCOMES:
            case.assertNotIn(data['attempt'], outcomes, f'{why}: a second outcome')
            outcomes[data['attempt']] = (kind, data)
        elif kind in ('run-started', 'rollback-started'):
            runs += 1
        elif kind in ('run-finished', 'rollback-finished'):
            runs -= 1
    case.assertEqual(set(started), set(outcomes), f'{why}: every attempt has an outcome')
    case.assertEqual(runs, 0, f'{why}: every run has an end')
    markers = {m[0]: m[1:] for m in project.markers()}
    for attempt, (kind, data) in outcomes.items():
        marker = markers.pop(attempt, None)
        if kind == 'attempt-succeeded':
            total = str(data['statement_count'])
            case.assertEqual(marker, (data['version'], data['direction'], total, total), why)
        elif marker is None:
            case.assertEqual(data['statements_done'], 0 if started[attempt]['transactional'] else
                             started[attempt]['first_statement_index'], f'{why}: {data}')
        else:
            case.assertFalse(started[attempt]['transactional'], f'{why}: a marker of {data}')
            case.assertEqual(marker[2], str(data['statements_done']), f'{why}: {data}')
    case.assertEqual(markers, {}, f'{why}: markers that the ledger knows nothing of')
    answer = project.varve('verify')
    case.assertEqual(answer.returncode, 0, f'{why}: {answer.stdout}{answer.stderr}')
