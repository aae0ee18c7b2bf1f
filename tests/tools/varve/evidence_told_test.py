"""Evidence of what was no ordinary run: taken over, renamed, without an outcome, half done."""
import pathlib
import tempfile

import evidence
from evidence_sample import INCOMPLETE, PROVED, attempts_in, events_in
from meddling import wait_until
from taking_over import UP, TakingOver
from varve import Cluster

FLYWAY = '''CREATE TABLE flyway_schema_history (installed_rank integer PRIMARY KEY,
  version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL,
  script varchar(1000) NOT NULL, checksum integer, installed_by varchar(100) NOT NULL,
  installed_on timestamp NOT NULL DEFAULT now(), execution_time integer NOT NULL,
  success boolean NOT NULL);
INSERT INTO flyway_schema_history VALUES
  (1, '1', 'a', 'SQL', 'V1__a.sql', NULL, 'dba', '2024-01-01 10:00', 12, true),
  (2, '3', 'c', 'SQL', 'V3__c.sql', NULL, 'dba', '2024-01-03 10:00', 12, false);
'''


def setUpModule():
    global cluster
    cluster = Cluster()


def tearDownModule():
    cluster.stop()


class Told(TakingOver):
    def setUp(self):
        self.cluster = cluster

    def done(self, project, *words, code=0):
        answer = project.varve(*words)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer

    def export(self, project, *scope):
        folder = pathlib.Path(tempfile.mkdtemp(dir=project.folder))
        path = folder / 'e.tar'
        self.done(project, 'export', 'evidence', *scope, '--no-record', '--output', path)
        self.verified(PROVED, path)
        return path, evidence.members(path)

    def verified(self, code, path):
        got, said = evidence.verify(path)
        self.assertEqual(got, code, said)
        return said

    def exceptions(self, files):
        told = files['report.html'].decode().partition('<h2>Exceptions</h2>')[2]
        return told.partition('<h2>What changed</h2>')[0]

    def kinds(self, project):
        return [(e['kind'], e['event']['type'])
                for e in project.document('review')['review']['exceptions']]

    def test_never_finished(self):
        """evidence: what another tool recorded as failed is told so, with the import's own event"""
        project = self.project({'V1__a.sql': UP.format(name='a'), 'V3__c.sql': UP.format(name='c')})
        project.sql(FLYWAY + UP.format(name='a'))
        self.done(project, 'import', '--init', '--unfinished', 'applied', '--reason', 'seen')
        decision, = project.events('difference-resolved')
        self.assertEqual((decision['data']['version'], decision['reason']), ('3', 'seen'))
        self.assertIn('was never repaired', decision['data']['detail'])
        first, third = project.events('migration-adopted')
        self.assertEqual([one['data']['applied_by'] for one in (first, third)], ['dba', None])
        self.assertIn(('decision', 'difference-resolved.1'), self.kinds(project))
        told = self.done(project, 'history', '--migration', '3').stdout
        self.assertIn('was never repaired', told)
        for words in ((), ('--entries',)):
            path, files = self.export(project, '--migration', '3', *words)
            self.assertIn('was never repaired', self.exceptions(files))
            self.assertNotIn('dba', files['report.html'].decode())
            imported = next(e['position'] for e in events_in(files)
                            if e['type'] == 'history-imported.1')
            self.assertIn(imported, evidence.positions_of(files, 'context'))
            hidden = evidence.without(files, [imported])
            self.assertIn('was taken over is missing',
                          self.verified(INCOMPLETE, evidence.write(path, hidden)))
            older = evidence.changed(hidden, 'completeness.json', lambda d: d.update(format=1))
            self.assertIn('CONSISTENT', self.verified(PROVED, evidence.write(path, older)))
            self.assertIn('a bundle of an older varve is without it',
                          self.verified(PROVED, path))
        _, files = self.export(project, '--migration', '1', '--entries')
        self.assertIn('by dba', files['report.html'].decode())
        self.goes_on_after(project)

    def goes_on_after(self, project):
        self.write(project, {'V4__d.sql': UP.format(name='d')})
        self.goes_on(project, '4')
        self.done(project, 'replay', '--sql')

    def test_presumed(self):
        """evidence: what another tool has kept nothing of is told as presumed"""
        project = self.project({f'{n}_{name}.up.sql': UP.format(name=name)
                                for n, name in ((1, 'a'), (2, 'b'))})
        project.sql('CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean '
                    'NOT NULL); INSERT INTO schema_migrations VALUES (2, false);' +
                    UP.format(name='a') + UP.format(name='b'))
        self.done(project, 'import', '--init', '--from', 'golang-migrate')
        for version, presumed in (('1', True), ('2', False)):
            told = self.done(project, 'history', '--migration', version).stdout
            self.assertEqual('presumed' in told, presumed, told)
            _, files = self.export(project, '--migration', version)
            self.assertIn('keeps the newest version alone', self.exceptions(files))

    def test_baseline(self):
        """evidence: a migration below a baseline has the baseline beside it"""
        project = self.project({f'{n}_{name}.up.sql': UP.format(name=name)
                                for n, name in ((1, 'a'), (2, 'b'))})
        project.sql(UP.format(name='a') + UP.format(name='b'))
        self.done(project, 'baseline', '2', '--init', '--reason', 'it was there')
        _, files = self.export(project, '--migration', '1', '--entries')
        self.assertIn('baseline of', self.exceptions(files))

    def test_renamed(self):
        """evidence: of a migration that was renamed, each version's says what the other one is"""
        project = self.project({'0002_b.up.sql': UP.format(name='b')})
        self.done(project, 'run', '--init', '--ticket', 'OPS-7')
        (project.migrations / '0002_b.up.sql').rename(project.migrations / '0007_b.up.sql')
        self.done(project, 'resolve', '0002', '--mark-applied', '--reason', 'renumbered')
        for version, other in (('0007', 'was applied as "0002"'), ('0002', '0007_b.up.sql')):
            _, files = self.export(project, '--migration', version, '--entries')
            quoted = other.replace('"', '&quot;')
            self.assertIn(quoted, self.exceptions(files))
            told = files['report.html'].decode()
            self.assertEqual('none in this bundle: event' in told, version == '0007')
            self.assertIn(other, self.done(project, 'history', '--migration', version).stdout)

    def test_in_doubt(self):
        """evidence, review: an attempt without an outcome is an exception until it has one"""
        project = self.project({'1_a.up.sql': UP.format(name='a') + 'SELECT pg_sleep(60);\n'})
        self.done(project, 'init')
        process = project.start('run')
        wait_until(lambda: project.events('attempt-started'))
        process.kill()
        process.communicate()
        project.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                    "current_database() AND pid <> pg_backend_pid()")
        self.done(project, 'checkpoint')
        started, = project.events('attempt-started')
        self.assertIn(('in doubt', 'attempt-started.1'), self.kinds(project))
        for scope in (('--all',), ('--migration', '1'), ('--run', started['run'])):
            _, files = self.export(project, *scope)
            self.assertIn('no end of it is recorded', self.exceptions(files))
            self.assertIn('in doubt: up to the checkpoint', attempts_in(files)[0])
        self.done(project, 'recover')
        self.assertNotIn(('in doubt', 'attempt-started.1'), self.kinds(project))
        self.assertIn(('in doubt', 'attempt-started.1'),
                      [(e['kind'], e['event']['type']) for e in project.document(
                          'review', '--to', started['position'] + 1)['review']['exceptions']])
        self.done(project, 'checkpoint')
        _, files = self.export(project, '--migration', '1')
        self.assertNotIn('no end of it is recorded', self.exceptions(files))

    def test_what_stays(self):
        """evidence: what stays of a failed concurrent build is the invalid index that it left"""
        project = self.project({
            '1_t.up.sql': 'CREATE TABLE t (id int);\nINSERT INTO t VALUES (1), (1);\n',
            '2_u.up.sql': 'CREATE UNIQUE INDEX CONCURRENTLY once ON t (id);\n'})
        self.done(project, 'run', '--init', code=9)
        _, files = self.export(project, '--migration', '2')
        stays = attempts_in(files)[0].partition('What stays')[2].partition('</tr>')[0]
        self.assertIn('An invalid index stays: public.once', stays)
        self.assertNotIn('<th>Hint', attempts_in(files)[0])
