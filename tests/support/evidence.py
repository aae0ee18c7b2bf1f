"""Archives of evidence, taken apart and put together again; and a key that nobody knows."""
import base64
import functools
import hashlib
import importlib.util
import io
import json
import contextlib
import subprocess
import tarfile
import tempfile
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def _load():
    spec = importlib.util.spec_from_file_location('verify_evidence',
                                                  ROOT / 'tools' / 'verify_evidence.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # The same few signatures are looked at hundreds of times.
    module.openssl_verify = functools.lru_cache(maxsize=None)(module.openssl_verify)
    return module


verifier = _load()


def verify(path, *words):
    """The verifier in this process: its exit code and what it says."""
    said = io.StringIO()
    argv, verifier.sys.argv = verifier.sys.argv, ['verify_evidence.py', str(path), *map(str, words)]
    try:
        with contextlib.redirect_stdout(said):
            code = verifier.main()
    finally:
        verifier.sys.argv = argv
    return code, said.getvalue()


def members(path):
    """Name and bytes of every member, in order."""
    with tarfile.open(path) as archive:
        return {one.name: archive.extractfile(one).read() for one in archive.getmembers()}


def write(path, files, sums=True):
    """The archive again; with `sums` as a forger would, who brings SHA256SUMS in line."""
    files = dict(files)
    if sums and 'SHA256SUMS' in files:
        files['SHA256SUMS'] = ''.join(
            f'{hashlib.sha256(data).hexdigest()}  {name}\n'
            for name, data in files.items() if name != 'SHA256SUMS').encode()
    with tarfile.open(path, 'w', format=tarfile.USTAR_FORMAT) as archive:
        for name, data in files.items():
            one = tarfile.TarInfo(name)
            one.size, one.mode = len(data), 0o644
            archive.addfile(one, io.BytesIO(data))
    return path


def changed(files, name, change):
    """The members again, after `change` of the document of that name."""
    document = json.loads(files[name])
    change(document)
    return {**files, name: json.dumps(document).encode()}


def positions_of(files, role):
    return [position for first, last in json.loads(files['completeness.json'])[role]
            for position in range(first, last + 1)]


def _listed(roles, role):
    return sorted(position for position, its in roles.items() if its == role)


def rebuilt(files, roles, **said):
    """A bundle of those events alone ({position: role}; each is in `files`), with every document
    brought in line, and `said` in completeness.json."""
    files = {name: data for name, data in files.items()
             if not name.startswith(('events/', 'proofs/')) or
             int(name.split('/')[1].split('.')[0]) in roles}
    events = {p: json.loads(files[f'events/{p}.json']) for p in sorted(roles)}
    known = {p: event for p, event in events.items() if roles[p] != 'boundary'}
    selected, streams, named = _listed(roles, 'selected'), {}, {}
    for position, event in known.items():
        streams.setdefault(event['stream'], []).append(event['stream_version'])
        for digest, _, _ in verifier.references(event['data']):
            named.setdefault(digest, []).append(position)

    def complete(it):
        it.update({role: verifier.spans(_listed(roles, role))
                   for role in ('selected', 'context', 'boundary')})
        it.update(count=len(selected), first=selected[0] if selected else None,
                  last=selected[-1] if selected else None,
                  gapless=len(it['selected']) <= 1,
                  streams=[{'stream': stream, 'versions': verifier.spans(versions)}
                           for stream, versions in streams.items()],
                  content=[{**one, 'positions': named[one['digest']]} for one in it['content']
                           if one['digest'] in named])
        it.update(said)

    files = changed(files, 'completeness.json', complete)
    for name in [name for name in files if name.startswith('content/') and name[8:] not in named]:
        del files[name]
    if said.get('entries') == 'none':
        files = {n: data for n, data in files.items() if not n.startswith('tile/entries/')}

    def answer(it):
        for question in it['questions']:
            question['positions'] = [
                p for p, event in known.items() if event['type'] in question['types'] and
                (question['needs'] is None or
                 verifier.member(event, question['needs']) is not None)]
            question['answered'] = bool(question['positions'])

    files = changed(files, 'control-map.json', answer)
    views = [json.loads(line) for line in files['events.jsonl'].splitlines()]
    files['events.jsonl'] = ''.join(
        json.dumps({**view, 'role': roles[view['position']]}) + '\n'
        for view in views if view['position'] in roles).encode()
    return files


def without(files, positions, **said):
    """The bundle as one who hides those events would hand it out."""
    roles = {position: role for role in ('selected', 'context', 'boundary')
             for position in positions_of(files, role) if position not in positions}
    return rebuilt(files, roles, **said)


def lines_of(files):
    """The stored lines, by position, of a bundle that has them all and fewer than 256."""
    data = next(data for name, data in files.items() if name.startswith('tile/entries/000'))
    lines = []
    while data:
        size = int.from_bytes(data[:2], 'big')
        lines.append(data[2:2 + size])
        data = data[2 + size:]
    return lines


def _path(index, leaves):
    """The siblings from a leaf up: RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return _path(index, leaves[:half]) + [verifier.root_of(leaves[half:])]
    return _path(index - half, leaves[half:]) + [verifier.root_of(leaves[:half])]


def _view(line, lines):
    """A line of events.jsonl, brought in line with the event."""
    view = json.loads(line)
    stored = lines[view['position']]
    event = json.loads(stored)
    return json.dumps({**view, 'event': event, 'leaf': verifier.leaf_hash(stored).hex(),
                       'recorded_at': verifier.instant(event['recorded_at_us'])}) + '\n'


def signed_anew(files, events, forger):
    """The bundle as one would hand it out who has the ledger's key, and these events in it."""
    lines = [json.dumps(event, ensure_ascii=False, separators=(',', ':')).encode()
             for event in events]
    leaves = [verifier.leaf_hash(line) for line in lines]
    root = verifier.root_of(leaves)
    origin = files['checkpoint'].split(b'\n')[0].decode()
    note = forger.sign(f'{origin}\n{len(lines)}\n{base64.b64encode(root).decode()}\n'.encode())
    files = changed({**files, 'checkpoint': note}, 'completeness.json',
                    lambda it: it['checkpoint'].update(root=root.hex()))
    files['policy'] = f'log {forger.verifier}\nquorum none\n'.encode()
    files['events.jsonl'] = ''.join(
        _view(line, lines) for line in files['events.jsonl'].splitlines()).encode()
    for name in files:
        part = name.split('/')
        number = int(part[1].split('.')[0]) if part[0] in ('events', 'proofs') else 0
        if part[0] == 'events':
            files[name] = lines[number] + b'\n'
        elif part[0] == 'proofs':
            files[name] = b'\n'.join(
                [b'c2sp.org/tlog-proof@v1', b'index %d' % number,
                 *map(base64.b64encode, _path(number, leaves)), b'', note])
        elif name.startswith('tile/0/'):
            files[name] = b''.join(leaves)
        elif name.startswith('tile/entries/'):
            files[name] = b''.join(len(line).to_bytes(2, 'big') + line for line in lines)
    return files


def flipped(data, at=None):
    at = len(data) // 2 if at is None else at
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


class Forger:
    """An Ed25519 key of one's own, under whatever name; or a ledger's, from its key file."""

    def __init__(self, name, key_file=None):
        self.name, self.folder = name, tempfile.TemporaryDirectory(prefix='varve-forger.')
        self.key = pathlib.Path(self.folder.name) / 'key.pem'
        if key_file is None:
            self.openssl('genpkey', '-algorithm', 'ed25519', '-out', self.key)
        else:
            seed = base64.b64decode(key_file.read_text().strip().split('+', 4)[4])[1:]
            der = bytes.fromhex('302e020100300506032b657004220420') + seed
            subprocess.run(['openssl', 'pkey', '-inform', 'DER', '-out', str(self.key)], input=der,
                           check=True, capture_output=True)
        public = self.openssl('pkey', '-in', self.key, '-pubout', '-outform', 'DER')[-32:]
        self.id = hashlib.sha256(name.encode() + b'\n\x01' + public).digest()[:4]
        self.verifier = f'{name}+{self.id.hex()}+{base64.b64encode(bytes([1]) + public).decode()}'

    @staticmethod
    def openssl(*words):
        return subprocess.run(['openssl', *map(str, words)], check=True, capture_output=True).stdout

    def signature(self, text):
        message = pathlib.Path(self.folder.name) / 'message'
        message.write_bytes(text)
        return self.openssl('pkeyutl', '-sign', '-rawin', '-inkey', self.key, '-in', message)

    def sign(self, text):
        line = base64.b64encode(self.id + self.signature(text)).decode()
        return text + f'\n\u2014 {self.name} {line}\n'.encode()

    def cosigned(self, text, time):
        """As a witness of that name: the members of its event."""
        public = bytes([4]) + base64.b64decode(self.verifier.split('+', 2)[2])[1:]
        number = hashlib.sha256(self.name.encode() + b'\n' + public).digest()[:4]
        made = self.signature(f'cosignature/v1\ntime {time}\n'.encode() + text)
        line = base64.b64encode(number + time.to_bytes(8, 'big') + made).decode()
        return {'kind': 'cosigner', 'witness': self.name,
                'cosignature': f'\u2014 {self.name} {line}',
                'verifier': f'{self.name}+{number.hex()}+{base64.b64encode(public).decode()}',
                'witnessed_at_us': time * 1000000}


def lines_anew(events, forger, origin):
    """The events as lines; each that is signed, or says what was, is of this history."""
    lines, leaves = [], []
    for event in events:
        data = event['data']
        if event['type'].startswith('checkpoint-'):
            root = verifier.root_of(leaves[:data['size']])
            data['root'] = root.hex()
            if 'note' in data:
                data['note'] = forger.sign(checkpoint_text(origin, data['size'], root)).decode()
        lines.append(json.dumps(event, ensure_ascii=False, separators=(',', ':')).encode())
        leaves.append(verifier.leaf_hash(lines[-1]))
    return lines, leaves


def checkpoint_text(origin, size, root):
    return f'{origin}\n{size}\n{base64.b64encode(root).decode()}\n'.encode()


def rewritten(files, forger, change):
    """A bundle of all of a small ledger after `change` of the list of its events, as one who has
    its key writes the whole history anew: the tree, what is signed, every document."""
    count = json.loads(files['completeness.json'])['count']
    events = [json.loads(files[f'events/{position}.json']) for position in range(count)]
    change(events)
    origin = events[0]['data']['origin']
    lines, leaves = lines_anew(events, forger, origin)
    root = verifier.root_of(leaves)
    note = forger.sign(checkpoint_text(origin, count, root))
    files = changed({**files, 'checkpoint': note}, 'completeness.json',
                    lambda it: it['checkpoint'].update(root=root.hex()))
    files[verifier.tile_name(0, 0, count)] = b''.join(leaves)
    files[verifier.tile_name('entries', 0, count)] = b''.join(
        len(line).to_bytes(2, 'big') + line for line in lines)
    views = [json.loads(line) for line in files['events.jsonl'].splitlines()]
    for view, event, line, leaf in zip(views, events, lines, leaves):
        position = event['position']
        view.update(event=event, leaf=leaf.hex())
        files[f'events/{position}.json'] = line + b'\n'
        files[f'proofs/{position}.tlog-proof'] = '\n'.join(
            ['c2sp.org/tlog-proof@v1', f'index {position}'] +
            [base64.b64encode(one).decode() for one in _path(position, leaves)] +
            ['', '']).encode() + note
    files['events.jsonl'] = ''.join(json.dumps(view) + '\n' for view in views).encode()
    return files
