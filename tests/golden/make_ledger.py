#!/usr/bin/env python3
"""Makes the stored ledger of this version: make_ledger.py NAME, once a release, never again.

Writes NAME.tar.xz (the ledger's folder, closed) and NAME.json (what it says of itself), which every
later version must open, verify and tell the same of: tests/tools/varve/stored_ledger_test.py.
"""
import json
import pathlib
import sys
import tarfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'support'))
# pylint: disable=wrong-import-position
from varve import Cluster, Project

WHY = ('--reason', 'kept for later versions', '--ticket', 'OPS-1')


def fill(project):
    """A little of everything that can happen."""
    def varve(*words, code=0):
        answer = project.varve(*words)
        if answer.returncode != code:
            raise SystemExit(f'{words}: {answer.returncode}\n{answer.stdout}{answer.stderr}')
        return answer

    (project.folder / 'varve.toml').write_text('organisation = "example.com"\n')
    project.write('0001_orders', 'CREATE TABLE orders (id int PRIMARY KEY, note text);\n',
                  'DROP TABLE orders;\n')
    project.write('0002_index', '-- varve: transaction off\n'
                  'CREATE INDEX CONCURRENTLY orders_note ON orders (note);\n',
                  'DROP INDEX orders_note;\n')
    varve('run', '--init')
    project.write('0003_broken', 'SELECT nothing FROM nowhere;\n', 'SELECT 1;\n')
    varve('run', code=9)
    project.write('0003_broken', "INSERT INTO orders VALUES (1, 'to be forgotten');\n",
                  'DELETE FROM orders;\n')
    varve('run')
    varve('rollback', '--steps', '1', *WHY)
    varve('run')
    project.write('0001_orders', '-- a comment\nCREATE TABLE orders (id int PRIMARY KEY, note text);\n')
    varve('run', code=7)
    varve('resolve', '0001', '--accept-digest', *WHY)
    varve('keys', 'rotate', *WHY)
    digest = next(event['data']['up']['digest'] for event in project.events('migration-revised')
                  if event['data']['version'] == '0003')
    varve('redact', f'content:{digest}', '--yes', *WHY)
    varve('review', '--ack', *WHY)
    varve('verify', '--record', *WHY)
    varve('ledger', 'backup', str(project.folder / 'backup'))
    varve('export', 'evidence', '--all', '--output', str(project.folder / 'all.tar'))
    varve('checkpoint')


def main():
    cluster = Cluster()
    project = Project(cluster)
    try:
        fill(project)
        whole = project.document('verify')
        said = {'size': whole['size'], 'root': whole['root'],
                'types': [event['type'] for event in project.events()],
                'status': project.document('replay', '--to', str(whole['size']))}
        name = HERE / sys.argv[1]
        with tarfile.open(f'{name}.tar.xz', 'w:xz') as archive:
            for path in sorted(project.ledger.rglob('*')):
                if path.is_file() and 'views' not in path.parts:
                    archive.add(path, path.relative_to(project.ledger))
        pathlib.Path(f'{name}.json').write_text(json.dumps(said, indent=1) + '\n')
    finally:
        project.remove()
        cluster.stop()


main()
