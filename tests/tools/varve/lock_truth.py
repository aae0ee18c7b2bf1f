#!/usr/bin/env python3
"""Holds what varve dry-run measures to locks that were measured on PostgreSQL 15 by other means.

lock_truth.py TRUTH.jsonl SETUP.sql [ID]...   prints every difference, and how many agree; exits 1 on any

Compared are the locks on every relation, what is rewritten and reindexed, and which relations are read
from end to end. How many rows that are is not: the truth's own counts leave out what parallel workers
have read (219,065 to 288,540 of the same 300,000), so any number above none agrees with any other.
What the truth says of a statement tried where it cannot run (SQLSTATE 25001, locks none) is compared
with what the program says of that try.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / 'support')]
from varve import CLEAN, PROGRAM  # noqa: E402

# The table of the type changes, whose set-up is not kept: 5,000 rows, one index.
FILLED = {
    'bigint': 'g', 'int': 'g', 'smallint': '(g % 100)::smallint', 'oid': 'g::oid', 'money': 'g::money',
    'numeric(10,2)': 'g', 'text': "'t' || g", 'varchar': "'t' || g", 'varchar(50)': "'t' || g",
    'char(10)': "'t' || g", 'citext': "'t' || g", 'name': "'t' || g", 'bytea': "'t'::bytea",
    'timestamp': "'2020-01-01'", 'timestamptz': "'2020-01-01'", 'timestamp(3)': "'2020-01-01'",
    'timestamptz(3)': "'2020-01-01'", 'time(3)': "'10:00'", 'interval(3)': "'1 day'", 'date': "'2020-01-01'",
    'json': "'{}'", 'jsonb': "'{}'", 'xml': "'<a/>'", 'inet': "'10.0.0.0/8'", 'varbit(8)': "B'01'",
    'bit(8)': "B'00000001'", 'plainint': 'g', 'posint': 'g', 'mood': "'ok'::mood", 'uuid': 'gen_random_uuid()',
    'boolean': 'true', 'int[]': 'ARRAY[g]', 'varchar(10)[]': "ARRAY['x']", 'macaddr': "'08:00:2b:01:02:03'",
}
# Each statement in a transaction of its own: what makes the table is no part of what is measured.
APART = '-- varve: transaction off\n'
VALUES = {'type:text->jsonb': "'{}'", 'type:text->varchar(255)': "'t' || g"}


def type_case(row):
    """The history that makes the table, and the statement, of an id like type:int->bigint[tz=UTC]."""
    name = row['id'].removeprefix('type:')
    zone = re.search(r'\[tz=(.*)\]$', name)
    source, target = name.removesuffix(zone.group(0) if zone else '').split('->')
    value = VALUES.get(row['id'], FILLED[source])
    history = (f'CREATE TABLE ty(id int, a2 {source});\n'
               f'INSERT INTO ty SELECT g, {value} FROM generate_series(1, 5000) g;\n')
    if row.get('indexed') and source not in ('json', 'xml'):
        history += 'CREATE INDEX ty_i ON ty(a2);\n'
    statement = f'ALTER TABLE ty ALTER COLUMN a2 TYPE {target}'
    if row.get('needs_using'):
        statement += f' USING a2::{target}'
    return history, (f"SET timezone = '{zone.group(1)}';\n" if zone else '') + statement


def measure(setup, files):
    """What the program says of each file, each on the set-up alone."""
    words = [str(PROGRAM), 'dry-run', '--format', 'json', '--apart', '--history', str(setup)]
    answer = subprocess.run(words + [str(file) for file in files], env={**CLEAN, 'LC_ALL': 'C.UTF-8'},
                            capture_output=True, text=True, timeout=600)
    document = json.loads(answer.stdout or '{}')
    if 'statements' not in document:
        raise SystemExit(f'{words}: {answer.stderr}')
    measured = {str(file): [] for file in files}
    for statement in document['statements']:
        measured[statement['file']].append(statement)
    return [measured[str(file)] for file in files]


def whole(statements):
    """Several statements of one transaction as the one that the truth has measured."""
    last = statements[-1]
    failed = last['sqlstate'] or last['in_tx_sqlstate']
    return {
        'locks': last['locks'],
        'rewritten': sorted({name for each in statements for name in each['rewritten']}),
        'reindexed': sorted({name for each in statements for name in each['reindexed']}),
        'scanned': sorted({name for each in statements for name in each['scanned_rows']}),
        'sqlstate': failed, 'in_tx_ok': all(each['in_tx_ok'] for each in statements),
    }


def differences(row, statements):
    if not statements:
        return [('statements', 'one', 'none')]
    mine = whole(statements)
    if row.get('sqlstate'):
        return [(name, truth, mine[name]) for name, truth in
                (('sqlstate', row['sqlstate']), ('in_tx_ok', row.get('in_tx_ok', True)))
                if truth != mine[name] and not (name == 'in_tx_ok' and row['sqlstate'] != '25001')]
    if row.get('outside_tx'):
        if statements[-1]['outside_tx']:
            return [(name, row[name], statements[-1][name])
                    for name in ('locks', 'waits_behind_open_writer', 'wait_event')
                    if row[name] != statements[-1][name]]
        # It can run in a transaction, and is measured there: the truth has seen only its wait.
        name = 'waits_behind_open_writer'
        return [(name, row[name], statements[-1][name])] if row[name] != statements[-1][name] else []
    truth = {'locks': row['locks'], 'rewritten': sorted(row['rewritten']),
             'reindexed': sorted(row['reindexed']), 'scanned': sorted(row['scanned_rows']),
             'in_tx_ok': row.get('in_tx_ok', True)}
    return [(name, value, mine[name]) for name, value in truth.items() if value != mine[name]]


def text_of(row):
    """The file to rehearse, and how many of its last statements are the one in question."""
    if row['id'] == 'drop-index-concurrently':
        return APART + 'CREATE INDEX vt_c ON vt(a, id);\n' + row['sql'] + ';\n', 1
    if row['id'].startswith('type:'):
        history, sql = type_case(row)
        return APART + history + sql + ';\n', 1
    return row['sql'] + ';\n', 0


def judge(truth, setup, wanted):
    rows = [json.loads(line) for line in pathlib.Path(truth).read_text(encoding='utf-8').splitlines()]
    rows = [row for row in rows if not wanted or row['id'] in wanted]
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder) / f'{number:03}.sql' for number in range(len(rows))]
        for row, file in zip(rows, files):
            file.write_text(text_of(row)[0], encoding='utf-8')
        for row, statements in zip(rows, measure(setup, files)):
            found = differences(row, statements[-text_of(row)[1]:])
            differing += bool(found)
            for name, expected, got in found:
                print(f"{row['id']}: {row['sql']}\n    {name}: truth {json.dumps(expected)}\n"
                      f"    {' ' * len(name)}  varve {json.dumps(got)}")
    print(f'{len(rows) - differing} of {len(rows)} agree')
    return differing


if __name__ == '__main__':
    sys.exit(1 if judge(sys.argv[1], sys.argv[2], sys.argv[3:]) else 0)
