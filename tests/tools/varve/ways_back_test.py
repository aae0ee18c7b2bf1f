"""varve test --rollback: which ways back are good, on rows that the test makes."""
from suites_case import ORDERS, Case, begin, end


def setUpModule():
    begin()


def tearDownModule():
    end()


class WaysBack(Case):
    COUNTRY = '''CREATE TABLE country (code text PRIMARY KEY, name text NOT NULL, vat numeric NOT NULL DEFAULT 0, note text);
INSERT INTO country (code, name) VALUES ('de', 'Deutschland'), ('fr', 'France');
'''

    def test_forgets_a_column(self):
        """test --rollback: a down that forgets a column is found"""
        self.applied()
        self.project.write('0002_two', 'ALTER TABLE orders ADD a int;\nALTER TABLE orders ADD b int;',
                           'ALTER TABLE orders DROP a;')
        _, checks = self.result_of('--rollback')
        self.assertEqual(checks['catalog after the down as before the up'],
                         (False, 'column public.orders.b is new'))
        self.assertIn('already exists', checks['up again'][1])

    def test_loses_data(self):
        """test --rollback: a down that brings the column back without its values is found"""
        self.applied()
        self.project.write('0002_note', 'ALTER TABLE orders DROP COLUMN note;', 'ALTER TABLE orders ADD COLUMN note text;')
        result, checks = self.result_of('--rollback')
        self.assertIn('2 of 2 tables have rows', checks['sample rows'][1])
        name, detail = self.one_failure(checks)
        self.assertEqual(name, 'rows after the down as before the up')
        self.assertEqual(detail, 'values of column note of public.orders are others than before')
        self.assertNotIn('3-Sa m', str(result))

    def test_loses_rows(self):
        """test --rollback: a down that loses rows is found, and how many"""
        self.applied()
        self.project.write('0002_clean', 'CREATE TABLE kept AS SELECT * FROM orders ORDER BY id LIMIT 2;\nDELETE FROM orders;',
                           'INSERT INTO orders OVERRIDING SYSTEM VALUE SELECT * FROM kept;\nDROP TABLE kept;')
        _, checks = self.result_of('--rollback')
        self.assertEqual(checks['rows after the down as before the up'], (False, '1 row of 3 in public.orders lost'))

    def test_keeps_data(self):
        """test --rollback: columns in another order are no difference; values that are not put back are"""
        self.applied()
        self.project.write('0002_notes', '''CREATE TABLE notes (id bigint PRIMARY KEY REFERENCES orders (id), note text);
INSERT INTO notes SELECT id, note FROM orders;
ALTER TABLE orders DROP COLUMN note;
''', '''ALTER TABLE orders DROP COLUMN state;
ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE orders ADD COLUMN state varchar(8) NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid'));
ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;
UPDATE orders SET note = notes.note FROM notes WHERE notes.id = orders.id;
DROP TABLE notes;
''')
        _, checks = self.result_of('--rollback')
        name, detail = self.one_failure(checks)  # the states that were paid are not put back
        self.assertEqual(name, 'rows after the down as before the up')
        self.assertEqual(detail, 'values of column state of public.orders are others than before')

    def test_takes_one_for_another(self):
        """test --rollback: a down is found that fills a column from another, joins by another key, or swaps nothing"""
        self.project.write('0001_orders', '''CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, city text);
CREATE TABLE articles (id int PRIMARY KEY, name text NOT NULL, title text, author int REFERENCES users, editor int REFERENCES users,
    made timestamptz NOT NULL DEFAULT now(), changed timestamptz NOT NULL DEFAULT now(), total numeric(10, 2), net numeric(10, 2),
    old int, paid bool, sent bool);
''', 'DROP TABLE articles, users;')
        self.applied()
        pairs = (('title', 'text', 'name'), ('editor', 'int REFERENCES users', 'author'), ('net', 'numeric(10, 2)', 'total'),
                 ('changed', 'timestamptz NOT NULL DEFAULT now()', 'made'), ('old', 'int', 'id'), ('sent', 'bool', 'paid'))
        ways = [(column, f'ALTER TABLE articles DROP {column};',
                 f'ALTER TABLE articles ADD {column} {kind};\nUPDATE articles SET {column} = {other};')
                for column, kind, other in pairs]
        ways.insert(0, ('swap', 'UPDATE articles SET made = changed, changed = made;', 'SELECT 1;'))
        ways.append(('join', '''CREATE TABLE addresses (id bigserial PRIMARY KEY, person bigint NOT NULL UNIQUE REFERENCES users, city text);
INSERT INTO addresses (person, city) SELECT id, city FROM users ORDER BY id;
ALTER TABLE users DROP COLUMN city;
''', '''ALTER TABLE users ADD COLUMN city text;
UPDATE users SET city = a.city FROM addresses a WHERE a.id = users.id;
DROP TABLE addresses;
'''))
        found = self.round_trips(*ways)
        for name, *_ in ways:
            self.assertIn('are others than before', found[name], name)

    def test_shared_columns(self):
        """test --rollback: tables with the columns of two foreign keys in one get rows"""
        self.project.write('0001_orders', '''CREATE TABLE tenants (id serial PRIMARY KEY);
CREATE TABLE people (tenant int REFERENCES tenants, id serial, boss int, PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, boss) REFERENCES people);
CREATE TABLE jobs (tenant int REFERENCES tenants, id smallserial, PRIMARY KEY (tenant, id));
CREATE TABLE tasks (tenant int NOT NULL REFERENCES tenants, person int NOT NULL, job int NOT NULL,
    stars smallint CHECK (stars BETWEEN 1 AND 5), rate numeric(2, 2), share numeric(3, 2), flag char(1), other char(1),
    FOREIGN KEY (tenant, person) REFERENCES people, FOREIGN KEY (tenant, job) REFERENCES jobs);
''', 'DROP TABLE tasks, jobs, people, tenants;')
        self.applied()
        self.project.write('0002_day', 'ALTER TABLE tasks ADD day date;', 'ALTER TABLE tasks DROP day;')
        result, checks = self.result_of('--rollback')
        self.assertTrue(result['passed'], checks)
        self.assertIn('4 of 4 tables have rows', checks['sample rows'][1])
        self.assertNotIn('public.tasks', checks['sample rows'][1])

    def round_trips(self, *migrations):
        """What the rollback suite finds in each of those, which are tried one after the other."""
        for number, (name, up, down) in enumerate(migrations, 2):
            self.project.write(f'{number:04}_{name}', up, down)
        document = self.project.document('test', '--rollback', '--no-record')
        self.assertNotIn('error', document)
        faults = ['; '.join(check['detail'] for check in each['checks'] if not check['passed'])
                  for each in document['results']]
        self.assertEqual(len(faults), len(migrations))
        return {name: fault for (name, _, _), fault in zip(migrations, faults)}

    def test_good_ways_back(self):
        """test --rollback: a good down is not blamed: rights, sequences, partitions, settings"""
        self.project.write('0001_orders', f'''{ORDERS}
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE ticks (id serial PRIMARY KEY, n serial, at int);
CREATE TABLE rates (rate numeric NOT NULL);
CREATE TABLE days (day int) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (0) TO (100);''')
        self.applied()
        found = self.round_trips(
            ('rights', 'GRANT SELECT ON orders TO reader; GRANT USAGE ON SCHEMA public TO reader;'
             'GRANT EXECUTE ON FUNCTION one() TO reader; GRANT USAGE ON SEQUENCE ticks_n_seq TO reader;',
             'REVOKE ALL ON orders FROM reader; REVOKE USAGE ON SCHEMA public FROM reader;'
             'REVOKE ALL ON FUNCTION one() FROM reader; REVOKE ALL ON SEQUENCE ticks_n_seq FROM reader;'),
            ('defaults', 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader;',
             'ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM reader;'),
            ('owned', 'ALTER TABLE ticks ADD m int; UPDATE ticks SET m = n; ALTER SEQUENCE ticks_n_seq '
             'OWNED BY ticks.m; ALTER TABLE ticks DROP n; ALTER TABLE ticks RENAME m TO n;',
             "ALTER TABLE ticks ALTER n SET NOT NULL, ALTER n SET DEFAULT nextval('ticks_n_seq');"),
            ('identity', "ALTER TABLE ticks ALTER id DROP DEFAULT; DROP SEQUENCE ticks_id_seq; ALTER TABLE ticks "
             "ALTER id ADD GENERATED BY DEFAULT AS IDENTITY; SELECT setval('ticks_id_seq', max(id)) FROM ticks;",
             "ALTER TABLE ticks ALTER id DROP IDENTITY; CREATE SEQUENCE ticks_id_seq AS int OWNED BY ticks.id; ALTER "
             "TABLE ticks ALTER id SET DEFAULT nextval('ticks_id_seq'); "
             "SELECT setval('ticks_id_seq', max(id)) FROM ticks;"),
            ('used', 'INSERT INTO ticks (at) VALUES (-1);', 'DELETE FROM ticks WHERE at = -1;'),
            ('apart', 'ALTER TABLE days DETACH PARTITION days_1;',
             'ALTER TABLE days ATTACH PARTITION days_1 FOR VALUES FROM (0) TO (100);'),
            ('scale', 'ALTER TABLE rates ALTER rate TYPE numeric(12, 4);', 'ALTER TABLE rates ALTER rate TYPE numeric;'),
            ('options', 'ALTER TABLE ticks SET (fillfactor = 70, toast.autovacuum_enabled = false);',
             'ALTER TABLE ticks RESET (fillfactor, toast.autovacuum_enabled);'))
        self.assertEqual(set(found.values()), {''}, found)

    def test_what_is_left(self):
        """test --rollback: what a down leaves behind is found, whatever kind of object it is"""
        self.project.write('0001_orders', f'''{ORDERS}
CREATE SCHEMA app;
CREATE PUBLICATION feed FOR TABLE orders;
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FOREIGN DATA WRAPPER away;
CREATE TYPE mood AS ENUM ('calm');
CREATE TABLE holder (n int);
CREATE TABLE heir () INHERITS (holder);
CREATE MATERIALIZED VIEW sums AS SELECT sum(amount) FROM orders;''')
        self.applied()
        nothing = 'SELECT 1;'
        left = {
            'privileges': ('ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO reader;',
                           'default privileges of postgres in app on tables is new'),
            'watching': ('DROP EVENT TRIGGER IF EXISTS seen; CREATE EVENT TRIGGER seen ON ddl_command_end '
                         'EXECUTE FUNCTION watch();', 'event trigger seen is new'),
            'schema_feed': ('ALTER PUBLICATION feed ADD TABLES IN SCHEMA app;', 'schema app of publication feed is new'),
            'filter': ('ALTER PUBLICATION feed SET TABLE orders WHERE (id > 3), TABLES IN SCHEMA app;',
                       'table public.orders of publication feed is'),
            'casts': ('DROP CAST IF EXISTS (text AS mood); CREATE CAST (text AS mood) WITH INOUT;',
                      'cast text as public.mood is new'),
            'operators': ('DROP OPERATOR IF EXISTS === (int, int); CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, '
                          'FUNCTION = int4eq);', 'operator public.===(integer,integer) is new'),
            'words': ('DROP TEXT SEARCH CONFIGURATION IF EXISTS words; CREATE TEXT SEARCH CONFIGURATION words '
                      '(COPY = simple);', 'text search configuration public.words is new'),
            'foreign': ('CREATE SERVER IF NOT EXISTS there FOREIGN DATA WRAPPER away;', 'server there is new'),
            'objects': ("SELECT lo_from_bytea(0, 'abc');", 'large objects is new'),
            'off': ('ALTER TABLE orders DISABLE TRIGGER ALL;',
                    'triggers of constraint public.orders.orders_customer_fkey is new'),
            'small': ('ALTER TABLE orders ALTER note SET COMPRESSION pglz;', 'compression p'),
            'remark': ("COMMENT ON SCHEMA public IS 'ours';", "comment on schema public is 'ours'"),
            'language': ('REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;', 'language plpgsql is'),
            'database': ("DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database()); "
                         'END $$;', 'database is'),
            'method': ('DROP ACCESS METHOD IF EXISTS pile; CREATE ACCESS METHOD pile TYPE TABLE HANDLER '
                       'heap_tableam_handler;', 'access method pile is new'),
            'local': ('ALTER TABLE heir NO INHERIT holder; ALTER TABLE heir INHERIT holder;', 'column public.heir.n is'),
            'emptied': ('REFRESH MATERIALIZED VIEW sums WITH NO DATA;', 'not populated')}
        found = self.round_trips(*((name, up, nothing) for name, (up, _) in left.items()))
        for name, (_, what) in left.items():
            self.assertIn(what, found[name], name)

    def test_loses_precision(self):
        """test --rollback: what a narrower type, one case or an empty default has lost is found"""
        self.project.write('0001_orders', f'''{ORDERS}
CREATE TABLE facts (amount numeric(10, 2), ratio float8, at timestamptz, name text, tags text[] NOT NULL, up int,
    seen timestamptz, names text[], id int PRIMARY KEY);
ALTER TABLE facts ADD FOREIGN KEY (up) REFERENCES facts;
CREATE SEQUENCE numbers;
SELECT nextval('numbers');''')
        self.applied()
        back = 'ALTER TABLE facts ALTER {0} TYPE {1};'
        found = self.round_trips(
            ('amount', back.format('amount', 'int'), back.format('amount', 'numeric(10, 2)')),
            ('ratio', back.format('ratio', 'int'), back.format('ratio', 'float8')),
            ('at', back.format('at', 'date'), back.format('at', 'timestamptz')),
            ('seen', back.format('seen', 'timestamptz(3)'), back.format('seen', 'timestamptz')),
            ('names', back.format('names', "text USING array_to_string(names, ',')"),
             back.format('names', "text[] USING string_to_array(names, ',')")),
            ('name', 'UPDATE facts SET name = lower(name);', 'SELECT 1;'),
            ('tags', 'ALTER TABLE facts DROP tags;', "ALTER TABLE facts ADD tags text[] NOT NULL DEFAULT '{}'; "
             'ALTER TABLE facts ALTER tags DROP DEFAULT;'),
            ('up', 'ALTER TABLE facts DROP up;', 'ALTER TABLE facts ADD up int REFERENCES facts;'),
            ('numbers', 'DROP SEQUENCE numbers;', 'CREATE SEQUENCE numbers;'))
        self.assertEqual(found.pop('numbers'), 'sequence public.numbers gives 1 next, and would have given 2')
        self.assertEqual(found, {name: f'values of column {name} of public.facts are others than before'
                                 for name in ('amount', 'ratio', 'at', 'seen', 'names', 'name', 'tags', 'up')})

    def test_loses_blanks(self):
        """test --rollback: what splits a text at a blank, or trims it, and does not bring it back is found"""
        self.project.write('0001_orders', f'''{ORDERS}
CREATE DOMAIN letter AS char(1);
CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, title varchar(40), slug text CHECK (slug !~ '\\s'),
    initial letter UNIQUE, short varchar(2) UNIQUE);''')
        self.applied()
        found = self.round_trips(
            ('name', "ALTER TABLE people ADD first text, ADD last text; UPDATE people SET first = "
             "split_part(name, ' ', 1), last = split_part(name, ' ', 2); ALTER TABLE people DROP name;",
             "ALTER TABLE people ADD name text; UPDATE people SET name = first || ' ' || last; ALTER TABLE people "
             'ALTER name SET NOT NULL, DROP first, DROP last;'),
            ('title', 'UPDATE people SET title = rtrim(title);', 'SELECT 1;'),
            ('ltrim', 'UPDATE people SET title = ltrim(title);', 'SELECT 1;'),
            ('strict', 'UPDATE people SET title = trim(title); ALTER TABLE people ADD CHECK (title = trim(title));',
             'ALTER TABLE people DROP CONSTRAINT people_title_check;'))
        self.assertEqual(found, {each: 'values of column {} of public.people are others than before'.format(
            'name' if each == 'name' else 'title') for each in found})

    def test_plainer(self):
        """test --rollback: an up that asks for texts without blanks is tested on such, and it is said"""
        self.applied()
        self.project.write('0002_check', 'ALTER TABLE customers ADD CHECK (email = trim(email)), ADD n int;',
                           'ALTER TABLE customers DROP CONSTRAINT customers_email_check, DROP n;')
        result, checks = self.result_of('--rollback')
        self.assertTrue(result['passed'], checks)
        self.assertIn('tested on plainer ones', checks['up on sample rows'][1])
        self.assertEqual(checks['sample rows'], (True, '2 of 2 tables have rows'))

    def test_own_rows(self):
        """test --rollback: a table that has the history's own rows alone gets others, so that a loss is found"""
        self.project.write('0001_orders', self.COUNTRY, 'DROP TABLE country;')
        self.applied()
        found = self.round_trips(
            ('columns', 'ALTER TABLE country DROP COLUMN vat, DROP COLUMN note;',
             'ALTER TABLE country ADD COLUMN vat numeric NOT NULL DEFAULT 0, ADD COLUMN note text;'),
            ('good', 'ALTER TABLE country ADD x int;', 'ALTER TABLE country DROP x;'),
            ('again', 'DELETE FROM country;', 'DELETE FROM country;'))
        self.assertEqual(found['columns'], 'values of column note of public.country are others than before; '
                         'values of column vat of public.country are others than before')
        self.assertEqual(found['good'], '')
        self.assertIn('5 rows of 5 in public.country lost', found['again'])

    def test_constants(self):
        """test --rollback: a down that fills a table of constants again passes, and it is said"""
        self.project.write('0001_orders', self.COUNTRY, 'DROP TABLE country;')
        self.applied()
        self.project.write('0002_gone', 'DROP TABLE country;', self.COUNTRY)
        result, checks = self.result_of('--rollback')
        self.assertTrue(result['passed'], checks)
        self.assertIn("tested with the history's rows alone, for of others: 3 rows of 5 in public.country lost",
                      checks['sample rows'][1])

    def test_not_brought_back(self):
        """test --rollback: rows beside the history's that the up deletes, and no down brings back, are lost"""
        self.project.write('0001_orders', self.COUNTRY, 'DROP TABLE country;')
        self.applied()
        self.project.write('0002_gone', "DELETE FROM country WHERE code NOT IN (SELECT code FROM country LIMIT 2);",
                           'SELECT 1;')
        result, checks = self.result_of('--rollback')
        self.assertFalse(result['passed'], checks)
        self.assertIn('of 5 in public.country lost', checks['rows after the down as before the up'][1])

    def test_own_trigger(self):
        """test --rollback: what the table's own trigger writes is told, and fails no way back"""
        self.project.write('0001_orders', '''CREATE TABLE a (id int PRIMARY KEY, b int, updated_at timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at = clock_timestamp(); RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION touch();''')
        self.applied()
        found = self.round_trips(
            ('d', 'ALTER TABLE a ADD COLUMN d int; UPDATE a SET d = b WHERE id >= 0;', 'ALTER TABLE a DROP COLUMN d;'),
            ('lost', 'ALTER TABLE a DROP COLUMN updated_at;', 'ALTER TABLE a ADD COLUMN updated_at timestamptz;'))
        self.assertEqual(found['d'], '')
        self.assertEqual(found['lost'], 'values of column updated_at of public.a are others than before')
        _, checks = self.result_of('--rollback', '--migration', '2')
        self.assertEqual(checks['rows after the down as before the up'],
                         (True, "values of column updated_at of public.a are others than before: the table's own "
                          'trigger writes them'))

    def test_single_row(self):
        """test --rollback: of a table that takes no other rows, columns without a value of their own are named"""
        self.project.write('0001_orders', '''CREATE TABLE settings (id int PRIMARY KEY CHECK (id = 1), size int NOT NULL
    DEFAULT 7, at date DEFAULT now(), note text, name text DEFAULT 'x');
INSERT INTO settings (id, name) VALUES (1, 'y');''', 'DROP TABLE settings;')
        self.applied()
        self.project.write('0002_x', 'ALTER TABLE settings ADD x int;', 'ALTER TABLE settings DROP x;')
        result, checks = self.result_of('--rollback')
        self.assertTrue(result['passed'], checks)
        detail = checks['sample rows'][1]
        self.assertIn("public.settings has the history's rows alone: ", detail)
        self.assertTrue(detail.endswith('public.settings.note has no value in them; public.settings.size has only its '
                                        'default in them'), detail)

    def test_blocked(self):
        """test: what could not be tested, since a migration before it fails, is not called passed"""
        self.applied()
        self.project.write('0002_fails', 'SELECT 1/0;')
        self.project.write('0003_day', 'ALTER TABLE orders ADD day date;', 'ALTER TABLE orders DROP day;')
        for words in (['--migration', '3'], []):
            answer = self.project.varve('test', '--rollback', '--no-record', *words)
            self.assertEqual(answer.returncode, 4, answer.stdout)
            self.assertIn('NOT TESTED', answer.stdout)
        document = self.project.document('test', '--rollback', '--no-record', '--migration', '3')
        self.assertFalse(document['passed'])
        self.assertTrue(document['results'][0]['blocked'])
        self.assertFalse(document['results'][0]['passed'])

    def test_place_once(self):
        """test: of what no run would begin with, file and line are told once"""
        self.applied()
        for copy in ('COPY orders FROM STDIN;\n1\n\\.\n', 'COPY orders TO STDOUT;', 'COPY (SELECT 1) TO STDOUT;'):
            self.project.write('0002_copy', copy, 'SELECT 1;')
            _, checks = self.result_of('--dry-run')
            _, detail = self.one_failure(checks)
            self.assertEqual(detail.count('0002_copy.up.sql:1: '), 1, detail)

    def test_without_value(self):
        """test --rollback: a column that has no value in any sample row is named"""
        self.project.write('0001_orders', f'{ORDERS}CREATE TYPE place AS (x int, y int);\nALTER TABLE orders ADD p place;')
        self.applied()
        self.project.write('0002_p', 'ALTER TABLE orders DROP p;', 'ALTER TABLE orders ADD p place;')
        _, checks = self.result_of('--rollback')
        self.assertEqual(checks['sample rows'],
                         (True, '2 of 2 tables have rows; public.orders.p has no value in them'))

    def test_no_way_back(self):
        """test --rollback: no down script is said, and no result; irreversible is one, with its reason"""
        self.applied()
        self.project.write('0002_a', 'CREATE TABLE a (x int);')
        self.project.write('0003_b', '-- varve: irreversible reason="mails are sent"\nCREATE TABLE b (x int);')
        document = self.project.document('test', '--rollback')
        first, second = document['results']
        self.assertIn('no down script', first['skipped'])
        self.assertTrue(second['passed'])
        self.assertIn('irreversible because mails are sent', second['checks'][0]['detail'])
        self.assertEqual(document['recorded'], 1)

    def test_sample_rows_unfit(self):
        """test --rollback: where sample rows do not suit the up script, it is tested without them"""
        self.applied()
        self.project.write('0002_check', "ALTER TABLE customers ADD CHECK (email LIKE '%@%');",
                           'ALTER TABLE customers DROP CONSTRAINT customers_email_check;')
        result, checks = self.result_of('--rollback')
        self.assertTrue(result['passed'], checks)
        self.assertIn('tested without them', checks['up on sample rows'][1])

    def test_types(self):
        """test --rollback: rows are made for every built-in type, partitions, enums, domains, arrays"""
        self.project.write('0002_types', '''CREATE TYPE mood AS ENUM ('calm', 'glad');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE types (a smallint, b int UNIQUE, c bigint, d numeric(2, 2) NOT NULL, e real, f boolean NOT NULL, g char(1)
    UNIQUE, h varchar(3) NOT NULL, i text, j uuid NOT NULL UNIQUE, k json NOT NULL, l jsonb, m bytea, n date NOT NULL, o time,
    p timestamptz NOT NULL DEFAULT now(), q interval, r inet, s cidr, t macaddr, u bit(4), v varbit, w point, x box,
    y int4range, z tsvector, aa mood NOT NULL, bb positive NOT NULL, cc text[] NOT NULL, dd serial, ee xml, ff circle,
    gg int GENERATED ALWAYS AS (b * 2) STORED, hh text NOT NULL CHECK (char_length(hh) >= 40), ii money);
CREATE TABLE days (day date NOT NULL, parent int REFERENCES types (b)) PARTITION BY RANGE (day);
CREATE TABLE days_2024 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree (id));
''', 'DROP TABLE tree, days, types;\nDROP DOMAIN positive;\nDROP TYPE mood;')
        self.applied()
        self.project.write('0003_last', 'CREATE TABLE last (x int);', 'DROP TABLE last;')
        _, checks = self.result_of('--rollback')
        self.assertEqual(checks['sample rows'], (True, '5 of 5 tables have rows'))
