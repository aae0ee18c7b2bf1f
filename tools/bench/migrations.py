"""Makes the same migrations in the form of each program that is measured.

Each group of five makes a table, a column, an index, another column with a default, and a check:
what a project's history is mostly made of, small enough that what is around it shows.
"""
import datetime

FIRST = datetime.datetime(2024, 1, 1)


def change(index):
    """name, up and down of the migration at that place."""
    table = f't_{index // 5:05d}'
    return (
        (f'create_{table}',
         f'CREATE TABLE {table} (id bigint PRIMARY KEY, name text NOT NULL,'
         ' created_at timestamptz NOT NULL DEFAULT now());',
         f'DROP TABLE {table};'),
        (f'add_email_{table}', f'ALTER TABLE {table} ADD COLUMN email text;',
         f'ALTER TABLE {table} DROP COLUMN email;'),
        (f'index_email_{table}', f'CREATE INDEX {table}_email_idx ON {table} (email);',
         f'DROP INDEX {table}_email_idx;'),
        (f'add_quantity_{table}',
         f'ALTER TABLE {table} ADD COLUMN quantity integer NOT NULL DEFAULT 0;',
         f'ALTER TABLE {table} DROP COLUMN quantity;'),
        (f'check_quantity_{table}',
         f'ALTER TABLE {table} ADD CONSTRAINT {table}_quantity_check CHECK (quantity >= 0);',
         f'ALTER TABLE {table} DROP CONSTRAINT {table}_quantity_check;'),
    )[index % 5]


def one_large(statement_count):
    lines = ['CREATE TABLE big (id bigint PRIMARY KEY, name text NOT NULL,'
             ' quantity integer NOT NULL DEFAULT 0);']
    lines += [f"INSERT INTO big (id, name, quantity) VALUES ({i}, 'row number {i}', {i % 97});"
              for i in range(1, statement_count)]
    return [('one_large', '\n'.join(lines), 'DROP TABLE big;')]


def write(folder, changes):
    """Writes folder/floor, folder/varve and folder/dbmate."""
    for form in ('floor', 'varve', 'dbmate'):
        (folder / form).mkdir(parents=True)
    for index, (name, up, down) in enumerate(changes):
        version = (FIRST + datetime.timedelta(seconds=index)).strftime('%Y%m%d%H%M%S')
        (folder / 'floor' / f'{version}_{name}.sql').write_text(up + '\n')
        (folder / 'varve' / f'{version}_{name}.up.sql').write_text(up + '\n')
        (folder / 'varve' / f'{version}_{name}.down.sql').write_text(down + '\n')
        (folder / 'dbmate' / f'{version}_{name}.sql').write_text(
            f'-- migrate:up\n{up}\n\n-- migrate:down\n{down}\n')
    return folder
