"""What the end-to-end tests need: the program, a disposable cluster, a project in a folder.

The program is named by VARVE; without it, that of the release build is taken.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / 'docs' / 'sample'
CORPORA = ROOT.parent / 'shared' / 'corpora'
PROGRAM = pathlib.Path(os.environ.get('VARVE', ROOT / 'build/release/tools/varve')).resolve()
CLUSTER_SCRIPT = ROOT / 'tests' / 'support' / 'cluster.sh'

# What a test says must not depend on who runs it, and where.
CLEAN = {name: value for name, value in os.environ.items()
         if not name.startswith(('PG', 'MIGRATION_', 'VARVE_CONFIG'))
         and name not in ('DATABASE_URL', 'STAGE')}


class Cluster:
    """One PostgreSQL server, shared by the test cases of a file; each has its own database."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='varve-e2e.')
        self.databases = 0
        subprocess.run([CLUSTER_SCRIPT, 'start', self.folder], check=True)

    def stop(self):
        subprocess.run([CLUSTER_SCRIPT, 'stop', self.folder], check=True)

    def owner(self, program, *arguments):
        """One of the server's programs, run as the server's user in the cluster's folder."""
        return subprocess.run([CLUSTER_SCRIPT, 'owner', self.folder, program, *map(str, arguments)],
                              check=True, capture_output=True, text=True, env=CLEAN, timeout=120)

    def control(self, verb, *arguments, data='data'):
        """pg_ctl: start, stop, restart, promote."""
        folder = f'{self.folder}/{data}'
        return self.owner('pg_ctl', f'--pgdata={folder}', f'--log={folder}/server.log', '--wait',
                          '--silent', verb, *arguments)

    def url(self, database):
        answer = subprocess.run([CLUSTER_SCRIPT, 'url', self.folder, database],
                                check=True, capture_output=True, text=True)
        return answer.stdout.strip()

    def new_database(self):
        self.databases += 1
        name = f'e2e_{self.databases}'
        self.sql('postgres', f'CREATE DATABASE {name} TEMPLATE template0')
        return name

    def sql(self, database, text):
        return self.sql_at(self.url(database), text)

    @staticmethod
    def sql_at(url, text):
        answer = subprocess.run(
            ['psql', '-X', '-qAt', '-v', 'ON_ERROR_STOP=1', '-d', url, '-f', '-'],
            input=text, capture_output=True, text=True, env=CLEAN)
        if answer.returncode:
            raise RuntimeError(answer.stderr)
        return answer.stdout.strip()

    def schema(self, database):
        """The schema as pg_dump tells it, without Varve's own and without what differs by run."""
        answer = subprocess.run(['pg_dump', '--schema-only', '--no-owner', '-N', 'varve',
                                 '-d', self.url(database)],
                                check=True, capture_output=True, text=True, env=CLEAN)
        skipped = ('--', '\\restrict', '\\unrestrict')
        return [line.rstrip() for line in answer.stdout.splitlines()
                if line.strip() and not line.startswith(skipped)]


class Project:
    """A folder with migrations, a ledger and a database of its own."""

    def __init__(self, cluster, migrations=None):
        self.cluster = cluster
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='varve-project.'))
        self.migrations = self.folder / 'migrations'
        self.ledger = self.folder / 'ledger'
        self.database = cluster.new_database()
        self.url = cluster.url(self.database)
        if migrations:
            shutil.copytree(migrations, self.migrations)
        else:
            self.migrations.mkdir()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, up, down=None):
        (self.migrations / f'{name}.up.sql').write_text(up, encoding='utf-8')
        if down is not None:
            (self.migrations / f'{name}.down.sql').write_text(down, encoding='utf-8')

    def arguments(self, *words):
        return [str(PROGRAM), *map(str, words), '--url', self.url,
                '--migrations', str(self.migrations), '--ledger', str(self.ledger)]

    def start(self, *words):
        return subprocess.Popen(self.arguments(*words), env=CLEAN, cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def varve(self, *words, env=None):
        return subprocess.run(self.arguments(*words), env={**CLEAN, **(env or {})},
                              cwd=self.folder, capture_output=True, text=True, timeout=600)

    def document(self, *words):
        """What a verb says with --format json, whatever its exit code."""
        answer = self.varve(*words, '--format', 'json')
        try:
            return json.loads(answer.stdout)
        except json.JSONDecodeError as error:
            raise AssertionError(f'{words}: no JSON: {answer.stdout}{answer.stderr}') from error

    def events(self, kind=None):
        events = self.document('history')['events']
        return [e for e in events if kind is None or e['type'].rsplit('.', 1)[0] == kind]

    def sql(self, text):
        return self.cluster.sql(self.database, text)

    def markers(self):
        """attempt, version, direction, done, total: one tuple a marker, in the order applied."""
        rows = self.sql('SELECT attempt_id, version, direction, statements_done, statements_total '
                        'FROM varve.__migrations_metadata ORDER BY applied_at, version')
        return [tuple(row.split('|')) for row in rows.splitlines()]


class Answers:
    """For test cases: that a command went well. Mixed into TestCase."""

    def good(self, answer, code=0):
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer.stdout + answer.stderr

    def done(self, project, *words, code=0):
        reason = ('--reason', 'x') if words[0] == 'resolve' else ()
        answer = project.varve(*words, *reason)
        self.good(answer, code)
        return answer.stdout


def stepped(test, cluster, *texts):
    """A project with migrations 0001_step, 0002_step ..., that goes with the test."""
    project = Project(cluster)
    test.addCleanup(project.remove)
    for number, text in enumerate(texts, 1):
        project.write(f'{number:04d}_step', text)
    return project
