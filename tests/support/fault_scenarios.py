"""What is run while a command is ended at one fail point after another."""
from dataclasses import dataclass, field


def log(what):
    return f"INSERT INTO seen.log VALUES ('{what}');\n"


@dataclass
class Scenario:
    """Files, what is done before, and the command that is ended; `code` where nothing ends it."""
    name: str
    files: dict                                  # name: up, or (up, down)
    words: tuple = ('run', '--init')
    before: list = field(default_factory=list)   # SQL, (words, code) or (words, fail point)
    code: int = 0
    layout: str = ''                             # 'sqitch' has folders of its own

    def write(self, project):
        for name, text in self.files.items():
            up, down = text if isinstance(text, tuple) else (text, None)
            if self.layout == 'sqitch':
                path = project.migrations / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(up)
            else:
                project.write(name, up, down)

    def prepare(self, case, project):
        self.write(project)
        for step in self.before:
            if isinstance(step, str):
                project.sql(step)
            elif isinstance(step[1], int):
                answer = project.varve(*step[0])
                case.assertEqual(answer.returncode, step[1], answer.stdout + answer.stderr)
            else:
                case.assertTrue(project.kill_at(step[1], *step[0]), f'{self.name}: {step[1]}')


OFF = '-- varve: transaction off\n'
TABLE = ('CREATE TABLE a (id int, name text);\n' + log('1 up'), 'DROP TABLE a;\n' + log('1 down'))
WRAPPED = ('BEGIN;\nALTER TABLE a ADD COLUMN note text;\n' + log('2 up') + 'COMMIT;\n',
           'BEGIN;\nALTER TABLE a DROP COLUMN note;\n' + log('2 down') + 'COMMIT;\n')
INDEX = (log('3 up') + 'CREATE INDEX CONCURRENTLY a_id ON a (id);\n' + log('3 up, after'),
         log('3 down') + 'DROP INDEX CONCURRENTLY a_id;\n' + log('3 down, after'))
STEPS = (OFF + log('4 up') + 'BEGIN;\nCREATE TABLE b ();\n' + log('4 up, in a block') +
         'COMMIT;\nSET search_path = public;\n' + log('4 up, after') + 'VACUUM a;\n',
         OFF + log('4 down') + 'DROP TABLE b;\n' + log('4 down, after'))
ENUM = ("CREATE TYPE mood AS ENUM ('sad');\n", 'DROP TYPE mood;\n')
LABEL = log('6 up') + "ALTER TYPE mood ADD VALUE 'glad';\nCREATE TABLE c (m mood DEFAULT 'glad');\n"
EARLIER = "ALTER TYPE mood ADD VALUE 'calm';\n" + log('7 up') + "SELECT 'calm'::mood;\n"
ALL = {'0001_table': TABLE, '0002_wrapped': WRAPPED, '0003_index': INDEX, '0004_steps': STEPS}
UNIQUE = 'CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);\n' + log('2 up')
TWICE = 'CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (1);\n'
SQITCH = {
    '../sqitch.conf': '[core]\n    engine = pg\n    top_dir = migrations\n',
    'sqitch.plan': '%syntax-version=1.0.0\n%project=sample\n\n'
                   'one 2026-01-05T09:00:00Z A <a@example.com> # one\n',
    'deploy/one.sql': 'BEGIN;\nCREATE TABLE a (id int);\n' + log('1 up') + 'COMMIT;\n',
    'revert/one.sql': 'BEGIN;\nDROP TABLE a;\nCOMMIT;\n',
    'verify/one.sql': 'BEGIN;\nSELECT id FROM a;\n' + log('verified') + 'ROLLBACK;\n',
}
# Nothing but definitions: COMMIT is sent along, and no attempt waits for the ledger.
DEFINITIONS = {
    '0001_table': ('CREATE TABLE a (id int);\n', 'DROP TABLE a;\n'),
    '0002_column': ('ALTER TABLE a ADD COLUMN name text;\nCREATE INDEX a_name ON a (name);\n',
                    'ALTER TABLE a DROP COLUMN name;\n'),
    '0003_wrapped': ('BEGIN;\nCREATE VIEW v AS SELECT id FROM a;\nCOMMIT;\n', 'DROP VIEW v;\n'),
    '0004_type': ENUM,
}
RUN = ('run', '--init')
UNDO = ('rollback', '--to', '0')
TOGETHER = (*RUN, '--transaction', 'all')

SCENARIOS = [
    Scenario('one transaction each', {'0001_table': TABLE, '0002_wrapped': WRAPPED}),
    Scenario('all in one transaction', {'0001_table': TABLE, '0002_wrapped': WRAPPED,
                                        '0005_enum': ENUM}, words=TOGETHER),
    Scenario('a failure of all', {'0001_table': TABLE, '0002_bad': log('2 up') + 'SELECT 1 / 0;\n',
                                  '0005_enum': ENUM}, words=TOGETHER, code=9),
    Scenario('settling all', {'0001_table': TABLE, '0002_wrapped': WRAPPED, '0005_enum': ENUM},
             before=[(TOGETHER, 'commit-sent')]),
    Scenario('definitions', DEFINITIONS),
    Scenario('definitions undone', DEFINITIONS, words=UNDO, before=[(RUN, 0)]),
    Scenario('a definition that fails', {**DEFINITIONS, '0005_bad': 'DROP TABLE nothing;\n'},
             code=9),
    Scenario('a concurrent index', {'0001_table': TABLE, '0003_index': INDEX}),
    Scenario('steps', {'0001_table': TABLE, '0004_steps': STEPS}),
    Scenario('a label used at once', {'0005_enum': ENUM, '0006_label': LABEL}),
    Scenario('a label used later', {'0005_enum': ENUM, '0007_earlier': EARLIER}),
    Scenario('everything undone', ALL, words=UNDO, before=[(RUN, 0)]),
    Scenario('a failure', {'0001_table': TABLE, '0002_bad': log('2 up') + 'SELECT 1 / 0;\n'},
             code=9),
    Scenario('a failure amid steps', {'0001_bad': OFF + log('1 up') + 'SELECT 1 / 0;\n'}, code=9),
    Scenario('a leftover is dropped', {'0001_twice': TWICE, '0002_unique': UNIQUE},
             before=[(RUN, 9), 'DELETE FROM a; INSERT INTO a VALUES (1)']),
    Scenario('settling a commit', {'0001_table': TABLE}, before=[(RUN, 'commit-sent')]),
    Scenario('settling a transaction', {'0001_table': TABLE}, before=[(RUN, 'marker-written')]),
    Scenario('settling definitions', DEFINITIONS, before=[(RUN, 'commit-answered:3')]),
    Scenario('settling definitions undone', DEFINITIONS, words=('recover',),
             before=[(RUN, 0), (UNDO, 'commit-answered:3')]),
    Scenario('settling an index', {'0001_table': TABLE, '0003_index': INDEX},
             before=[(RUN, 'bare-statement-answered')]),
    Scenario('recovering an index', {'0001_table': TABLE, '0003_index': INDEX},
             words=('recover',), before=[(RUN, 'bare-statement-answered')]),
    Scenario('recovering a dropped index', ALL, words=('recover',),
             before=[(RUN, 0), (UNDO, 'before-bare-marked')]),
    Scenario('verified', SQITCH, layout='sqitch'),
]
