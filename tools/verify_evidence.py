#!/usr/bin/env python3
"""Verifies an archive of evidence from a migration ledger, without the program that made it.

usage: verify_evidence.py ARCHIVE [--key VERIFIER]... [--witness VERIFIER]... [--old FILE]...
                          [--digest SHA256]

--key      the ledger's verifier key, as you have it from elsewhere. Without it the key is taken
           from the archive itself, and only its consistency is shown.
--witness  a witness's verifier key, likewise; its cosignature must then be there.
--old      a checkpoint that you have kept: a signed note, or the file `checkpoint` of an earlier
           archive. What it was signed over must be the beginning of this ledger.
--digest   the archive's SHA-256, as the ledger or its operator told it: the only proof of what is
           for reading alone (README.txt, report.html, comments and sentences).

Exit codes: 0 proved, 1 tampered with, 2 something is missing, 3 cannot tell (also: used wrongly, or
not signed by your key but by another that only the archive vouches for: trust nothing of it yet;
or your key is that of another ledger).

The verdict names what is NOT proved, and proves the rest (exit code 0 all the same):
- that nothing was left out of a migration or a run: only an export with --entries shows that;
- that no event of a range stands out of its order, in lines that are not there: likewise;
- a range's time after the last event of the checkpoint: the ledger had signed nothing of it yet;
- that no other key was added or retired, and no verification, review, redaction or restoration
  left out that concerns it: shown only where the lines of all events are there;
- what is said by the import or baseline that something was taken over by, in a bundle of an older
  version, which is without it;
- that content was named before it was redacted, where the lines that show it are not there;
- whose a cosignature is, without --witness;
- that nobody who has the ledger's key wrote its history anew and signed that. With --old it is
  proved of the events that the kept checkpoint has; with --witness, of the time since that witness
  first cosigned this ledger, as far as the bundle tells (its verdict has the size and the time): of
  what was before, a witness knows nothing;
- without --digest, what is for reading alone.

Needs Python 3.9 or newer and the openssl command (3.0 or newer). Written from
docs/ledger-format.md, "The evidence bundle". Reads the archive where it lies: nothing of it is
ever written to disk.
"""
import argparse
import base64
import binascii
import datetime
import hashlib
import json
import mmap
import os
import re
import stat
import struct
import subprocess
import sys
import tempfile
import zipfile

ARCHIVE_BYTES_MAX = 16 << 30
MEMBERS_MAX = 4_000_000
LINE_BYTES_MAX = 16 * 1024
TEXT_BYTES_MAX = 256 << 20  # of a document that is read whole
ROW_BYTES_MAX = 1 << 20  # of a line of one that has a line for each event or member
FAULTS_SHOWN = 20
TEXT_SHOWN = 400  # characters of one line
SIGNATURES_MAX = 100  # of a note
LISTED_MAX = 100  # events in a redaction
KEYS_MAX = 1000  # in keys.txt
EVENT_NUMBER_MAX = (1 << 53) - 1  # in a stored line
NUMBER_MAX = (1 << 63) - 1  # in another document

OK, TAMPERED, INCOMPLETE, CANNOT_TELL = 0, 1, 2, 3
NOTE, COSIGNATURE = 1, 4  # types of signatures


class Unreadable(Exception):
    """The bytes cannot be what the format describes."""


class Repacked(Exception):
    """What is inside may be whole, but nobody who writes bundles has packed it so."""

    def __init__(self, what):
        super().__init__(f'the archive was packed anew: {what}. What is inside may be whole, but '
                         'a place that no bundle has can hide something: ask for the archive as '
                         'it was exported')


class Report:
    """What was found. Tampering outweighs what is missing, and that outweighs doubt."""

    def __init__(self):
        self.faults = {TAMPERED: [], INCOMPLETE: [], CANNOT_TELL: []}
        self.told = []
        self.unproved = []  # "that ...", of what the scope cannot prove
        self.complete = ''  # of what nothing was left out

    def tampered(self, text):
        self.faults[TAMPERED].append(text)

    def missing(self, text):
        self.faults[INCOMPLETE].append(text)

    def doubt(self, text):
        self.faults[CANNOT_TELL].append(text)

    def tell(self, text):
        self.told.append(text)

    def cannot_prove(self, text):
        self.unproved.append(text)

    def verdict(self):
        for code in (TAMPERED, INCOMPLETE, CANNOT_TELL):
            if self.faults[code]:
                return code
        return OK


# Reading the archive ----------------------------------------------------------------------------

NAME = re.compile(r'''(?:
    README\.txt | report\.html | checkpoint | keys\.txt | policy | completeness\.json |
    control-map\.json | events\.jsonl | SHA256SUMS |
    events/(?:0|[1-9][0-9]{0,15})\.json | proofs/(?:0|[1-9][0-9]{0,15})\.tlog-proof |
    content/[0-9a-f]{64} |
    tile/(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/)*[0-9]{3}
        (?:\.p/(?:[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?
)''', re.VERBOSE)

DOCUMENTS = ('README.txt', 'report.html', 'checkpoint', 'keys.txt', 'policy', 'completeness.json',
             'control-map.json', 'events.jsonl')


def open_file(path, instead):
    # What is no file (a pipe, a device) has no bytes to come back to, and may never end.
    try:
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise OSError(f'{path} cannot be opened: {error.strerror}') from error
    kind = os.fstat(number).st_mode
    if stat.S_ISREG(kind):
        return open(number, 'rb')
    os.close(number)
    if stat.S_ISDIR(kind):
        raise OSError(f'{path} is a folder: give the archive as it was exported')
    raise OSError(f'{path} is no regular file: {instead}')


class Archive:
    """The members of a tar or zip by name, as places in the file. Hostile until shown otherwise."""

    def __init__(self, path):
        self.file = open_file(path, 'write the archive to one, and verify that')
        try:
            self.read()
        except BaseException:
            self.file.close()
            raise

    def read(self):
        size = os.fstat(self.file.fileno()).st_size
        if size == 0:
            raise Unreadable('the file is empty')
        if size > ARCHIVE_BYTES_MAX:
            raise Unreadable(f'the file has {size} bytes, more than this program reads')
        self.bytes = mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ)
        self.places = {}
        self.cut = False
        if self.bytes[:2] in (b'\x1f\x8b', b'BZ', b'\xfd7', b'(\xb5'):
            raise Repacked('it is compressed')
        if self.bytes[:2] == b'PK':
            self.read_zip()
        else:
            self.read_tar()

    def close(self):
        self.bytes.close()
        self.file.close()

    def digest(self):
        whole = hashlib.sha256()
        for begin in range(0, len(self.bytes), 1 << 20):
            whole.update(self.bytes[begin:begin + (1 << 20)])
        return whole.hexdigest()

    def add(self, name, begin, size):
        if not NAME.fullmatch(name):
            raise Unreadable(f'a member is named {name!r}, which no bundle has')
        if name in self.places:
            raise Unreadable(f'{name} is there twice')
        if len(self.places) >= MEMBERS_MAX:
            raise Unreadable('there are too many members')
        self.places[name] = (begin, size)

    def read_tar(self):
        at = 0
        while True:
            header = self.bytes[at:at + 512]
            if len(header) < 512:
                self.cut = True
                return
            if header == bytes(512):
                if len(self.bytes) - at > 1 << 20 or any(self.bytes[at:]):
                    raise Unreadable('there are bytes after the end of the archive')
                self.cut = len(self.bytes) - at < 1024
                return
            name, size = self.tar_member(header)
            begin = at + 512
            end = begin + (size + 511) // 512 * 512
            if end > len(self.bytes):
                self.cut = True
                return
            if any(self.bytes[begin + size:end]):
                raise Unreadable(f'the filling behind {name} is not empty')
            self.add(name, begin, size)
            at = end

    @staticmethod
    def tar_member(header):
        def octal(begin, end):
            digits = header[begin:end].rstrip(b'\0 ')
            if not re.fullmatch(b'[0-7]+', digits):
                raise Unreadable('a header of the archive is damaged (no tar of evidence)')
            return int(digits, 8)

        if header[257:265] == b'ustar  \0':
            raise Repacked('this is a tar of another kind than ustar')
        if header[257:265] != b'ustar\x0000':
            raise Unreadable('this is neither a tar nor a zip of evidence')
        if octal(148, 156) != sum(header[:148]) + 8 * 32 + sum(header[156:]):
            raise Unreadable('a header of the archive does not have its sum')
        name = header[:100].rstrip(b'\0').decode('ascii', 'backslashreplace')
        if header[156:157] not in b'0\0005xg' or any(header[157:257]) or \
                octal(100, 108) & ~0o777:
            raise Unreadable(f'{name!r} is a link or no plain file: no bundle has that')
        if header[156:157] != b'0' or any(header[265:329]) or \
                header[329:345] not in (bytes(16), b'0000000\0' * 2) or any(header[345:]) or \
                octal(100, 108) != 0o644 or octal(108, 116) or octal(116, 124):
            raise Repacked(f'{name!r} is a folder, or has a mode, an owner or more in its header '
                           'than a bundle has')
        return name, octal(124, 136)

    def read_zip(self):
        try:
            with zipfile.ZipFile(self.file) as archive:
                at = 0
                for member in archive.infolist():
                    at = self.zip_member(member, at)
                end = self.bytes[-22:]  # of the directory; what comes after it zipfile overlooks
                if at != archive.start_dir or archive.comment or \
                        end[:4] != b'PK\5\6' or end[-2:] != bytes(2):
                    raise Unreadable('there are bytes in the zip that belong to no member')
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise Unreadable(f'this zip cannot be read: {error}') from error

    def zip_member(self, member, at):
        """Where the next one begins. What the directory says must be what stands there."""
        name = member.orig_filename
        plain = (member.create_system, member.create_version, member.extract_version,
                 member.flag_bits, member.compress_type, member.internal_attr, member.volume,
                 member.external_attr >> 16, member.compress_size)
        if plain != (3, 20, 20, 0x0800, 0, 0, 0, 0o100644, member.file_size) or member.extra or \
                member.comment or member.external_attr & 0xffff:
            raise Repacked(f'{name!r} is compressed, or does not have the header that a bundle '
                           'gives it')
        year, month, day, hour, minute, second = member.date_time
        header = struct.pack('<4s5H3L2H', b'PK\3\4', 20, 0x0800, 0,
                             hour << 11 | minute << 5 | second // 2,
                             (year - 1980) << 9 | month << 5 | day, member.CRC, member.file_size,
                             member.file_size, len(name.encode()), 0) + name.encode()
        begin = at + len(header)
        if member.header_offset != at or self.bytes[at:begin] != header or \
                begin + member.file_size > len(self.bytes):
            raise Unreadable(f'{name!r} does not stand where the directory of the zip says')
        if binascii.crc32(self.bytes[begin:begin + member.file_size]) != member.CRC:
            raise Unreadable(f'{name!r} does not have its check sum')
        self.add(name, begin, member.file_size)
        return begin + member.file_size

    def __contains__(self, name):
        return name in self.places

    def get(self, name, size_max=TEXT_BYTES_MAX):
        begin, size = self.places[name]
        if size > size_max:
            raise Unreadable(f'{name} is larger than it can be')
        return self.bytes[begin:begin + size]

    def text(self, name):
        return decoded(self.get(name), name)

    def rows(self, name):
        """Its lines, one after the other: there is one for each event or member, however many."""
        begin, size = self.places[name]
        at, end = begin, begin + size
        while at < end:
            stop = self.bytes.find(b'\n', at, min(end, at + ROW_BYTES_MAX))
            if stop < 0:
                raise Unreadable(f'{name} does not end with its last line, or has one that is too '
                                 'long')
            yield decoded(self.bytes[at:stop], name)
            at = stop + 1


def decoded(data, where):
    try:
        return data.decode('utf-8')
    except UnicodeDecodeError as error:
        raise Unreadable(f'{where} is not UTF-8') from error


def read_json(text, where, number_max=NUMBER_MAX):
    """Strict: no repeated members, no floats, no numbers beyond `number_max`, no text that is not
    Unicode; what is nested too deep for Python is refused."""
    def members(pairs):
        answer = dict(pairs)
        if len(answer) != len(pairs):
            raise Unreadable(f'{where} has a member twice')
        return answer

    def refuse(word):
        raise Unreadable(f'{where} has {word!r}, which is no whole number')

    def whole(digits):
        if len(digits) > 20 or abs(int(digits)) > number_max:
            raise Unreadable(f'{where} has a number that is too large: {digits[:40]}')
        return int(digits)

    try:
        answer = json.loads(text, object_pairs_hook=members, parse_int=whole, parse_float=refuse,
                            parse_constant=refuse)
        if re.search(r'\\u[dD][89a-fA-F]', text):  # half a pair is no text
            json.dumps(answer, ensure_ascii=False).encode()
        return answer
    except (ValueError, RecursionError) as error:
        raise Unreadable(f'{where} is no JSON: {error}') from error


def exactly(value, names, where):
    """The object, which has those members and no other: what nobody checks proves nothing."""
    if not isinstance(value, dict) or set(value) != set(names):
        wrong = set(value) ^ set(names) if isinstance(value, dict) else {'it is no object'}
        raise Unreadable(f'{where} does not have exactly the members that it must have: '
                         + ', '.join(sorted(wrong)))
    return value


def same(one, other):
    """Equal as JSON: true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


# Hashes and signatures --------------------------------------------------------------------------

def sha256(*parts):
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part)
    return whole.digest()


def leaf_hash(line):
    return sha256(b'\0', line)


def node_hash(left, right):
    return sha256(b'\1', left, right)


class Frontier:
    """The right edge of a growing tree."""

    def __init__(self):
        self.size, self.hashes = 0, []

    def append(self, leaf):
        self.size += 1
        bit = self.size
        while bit & 1 == 0:
            leaf = node_hash(self.hashes.pop(), leaf)
            bit >>= 1
        self.hashes.append(leaf)

    def root(self):
        if not self.hashes:
            return sha256(b'')
        answer = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            answer = node_hash(left, answer)
        return answer


def root_of(hashes):
    tree = Frontier()
    for one in hashes:
        tree.append(one)
    return tree.root()


def root_by_proof(leaf, index, size, proof):
    """RFC 9162, section 2.1.3.2; nothing where the proof has another length."""
    at, last, answer = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            answer = node_hash(sibling, answer)
            while at & 1 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            answer = node_hash(answer, sibling)
        at, last = at >> 1, last >> 1
    return answer if last == 0 else None


def from_base64(text, where):
    try:
        answer = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise Unreadable(f'{where}: {text[:40]!r} is no base64') from error
    if base64.b64encode(answer).decode() != text:
        raise Unreadable(f'{where}: {text[:40]!r} is not the canonical base64')
    return answer


class Verifier:
    """A verifier key: NAME+ID+BASE64(type, key)."""

    def __init__(self, text, kind):
        match = re.fullmatch(r'([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)', text)
        if not match:
            raise Unreadable(f'{text[:80]!r} is no verifier key')
        self.text, self.name = text, match[1]
        key = from_base64(match[3], 'a verifier key')
        if len(key) != 33 or key[0] != kind:
            raise Unreadable(f'{text[:80]!r} is no Ed25519 key of type {kind}')
        self.key = key[1:]
        self.id = sha256(self.name.encode(), b'\n', key)[:4]
        if self.id.hex() != match[2]:
            raise Unreadable(f'{text[:80]!r} does not have its own id')

    def holds(self, message, signature):
        return openssl_verify(self.key, message, signature)


def openssl_verify(key, message, signature):
    """Ed25519 by the openssl command: true, false, or OSError where there is none."""
    with tempfile.TemporaryDirectory(prefix='verify-evidence.') as folder:
        def put(name, data):
            path = os.path.join(folder, name)
            with open(path, 'wb') as file:
                file.write(data)
            return path

        der = bytes.fromhex('302a300506032b6570032100') + key
        answer = subprocess.run(
            ['openssl', 'pkeyutl', '-verify', '-rawin', '-pubin', '-keyform', 'DER',
             '-inkey', put('key', der), '-in', put('message', message),
             '-sigfile', put('signature', signature)],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    said = answer.stdout + answer.stderr
    if answer.returncode == 0 and b'Verified Successfully' in said:
        return True
    if b'Signature Verification Failure' in said:
        return False
    # Of whatever else it says nothing is known: LibreSSL tells how it is used, signatures and all.
    raise OSError('the openssl command did not check a signature; this needs OpenSSL 3.0 or newer '
                  '(openssl version tells): '
                  + ' '.join(said.decode(errors='replace').split())[:200])


class Note:
    """A C2SP signed note that is a checkpoint."""

    def __init__(self, text, where):
        if len(text) > 1 << 20 or '\n\n' not in text or not text.endswith('\n'):
            raise Unreadable(f'{where} is no signed note')
        body, signatures = text.rsplit('\n\n', 1)
        self.where, self.text, self.signatures = where, body + '\n', []
        for line in signatures[:-1].split('\n'):
            match = re.fullmatch('\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)', line)
            if not match:
                raise Unreadable(f'{where} has a line that is no signature')
            data = from_base64(match[2], where)
            if len(data) < 5:
                raise Unreadable(f'{where} has a signature without bytes')
            self.signatures.append((match[1], data[:4], data[4:]))
        if len(self.signatures) > SIGNATURES_MAX:
            raise Unreadable(f'{where} has more than {SIGNATURES_MAX} signatures')
        lines = self.text.split('\n')
        if len(lines) < 4 or not lines[0] or not re.fullmatch('0|[1-9][0-9]{0,15}', lines[1]):
            raise Unreadable(f'{where} is no checkpoint')
        self.origin, self.size = lines[0], int(lines[1])
        self.root = from_base64(lines[2], where)
        if len(self.root) != 32:
            raise Unreadable(f'{where} has a root that is no SHA-256')

    def signatures_of(self, verifier):
        return [signature for name, key_id, signature in self.signatures
                if (name, key_id) == (verifier.name, verifier.id)]

    def signed_by(self, verifier):
        """True, false where any signature by that key is bad, nothing where there is none."""
        answers = [len(signature) == 64 and verifier.holds(self.text.encode(), signature)
                   for signature in self.signatures_of(verifier)]
        return all(answers) if answers else None

    def cosigned_by(self, verifier):
        """The time of the first cosignature, false where any is bad, nothing where there is
        none."""
        times = [cosignature_time(self.text, verifier, signature)
                 for signature in self.signatures_of(verifier)]
        if any(time is False for time in times):
            return False
        return min(times) if times else None


def cosignature_time(text, verifier, signature):
    if len(signature) != 72:
        return False
    time = int.from_bytes(signature[:8], 'big')
    message = f'cosignature/v1\ntime {time}\n{text}'.encode()
    return time if verifier.holds(message, signature[8:]) else False


def kept_text(path):
    with open_file(path, 'give a file') as file:
        data = file.read(TEXT_BYTES_MAX)
    return decoded(data, path)


# The control map: which types of events answer a question, and which member they must have ------

SCRIPTS = ['migration-registered.1', 'migration-revised.1']
BEGINNINGS = ['run-started.1', 'rollback-started.1', 'difference-resolved.1', 'baseline-taken.1',
              'history-imported.1']
EXECUTIONS = ['attempt-started.1', 'statement-succeeded.1', 'attempt-succeeded.1',
              'attempt-failed.1', 'attempt-cancelled.1', 'run-finished.1', 'rollback-finished.1']
CONTROL_QUESTIONS = [
    ['cc8.1-documented', SCRIPTS, None],
    ['cc8.1-reason', BEGINNINGS, 'reason'],
    ['cc8.1-ticket', BEGINNINGS, 'ticket'],
    ['cc8.1-approved', [], None],
    ['cc8.1-tested', ['run-started.1', 'rollback-started.1', 'run-refused.1',
     'migration-validated.1', 'finding-accepted.1', 'migration-tested.1', 'integrity-checked.1'],
     None],
    ['cc8.1-implemented', EXECUTIONS, None],
    ['cc8.1-exceptions', ['run-refused.1', 'attempt-failed.1', 'attempt-cancelled.1',
     'difference-resolved.1', 'migration-adopted.1', 'baseline-taken.1', 'history-imported.1',
     'finding-accepted.1'], None],
    ['a8.32-planned', ['run-started.1', 'rollback-started.1'], None],
    ['a8.32-authorised', [], None],
    ['a8.32-communicated', [], None],
    ['a8.32-implemented', EXECUTIONS, None],
    ['a8.32-fallback', ['migration-registered.1', 'migration-revised.1', 'migration-tested.1'],
     'data.down'],
    ['a8.32-undone', ['rollback-started.1', 'rollback-finished.1'], None],
    ['6.5.1-reason', BEGINNINGS, 'reason'],
    ['6.5.1-impact', [], None],
    ['6.5.1-approved', [], None],
    ['6.5.1-tested', [], None],
    ['6.5.1-recovery', SCRIPTS, 'data.down'],
    ['10.2.1.2-actions', ['run-started.1', 'rollback-started.1', 'attempt-started.1',
     'difference-resolved.1', 'baseline-taken.1', 'history-imported.1', 'content-redacted.1'],
     None],
    ['10.2.1.3-log-access', ['export-produced.1', 'ledger-copied.1'], None],
    ['10.2.1.6-log-start', ['ledger-created.1', 'ledger-restored.1'], None],
    ['10.2.1.7-objects', ['statement-succeeded.1', 'attempt-succeeded.1'], None],
    ['10.2.2-details', EXECUTIONS, None],
    ['164.312b-recorded', EXECUTIONS, None],
    ['164.312b-examined', ['log-reviewed.1', 'ledger-verified.1'], None],
    ['itgc-population', ['checkpoint-signed.1', 'checkpoint-witnessed.1', 'ledger-verified.1'],
     None],
    ['itgc-approved', [], None],
    ['itgc-author', SCRIPTS, 'data.author'],
    ['itgc-deployer', ['run-started.1', 'rollback-started.1', 'attempt-started.1'], None],
    ['itgc-manual', ['difference-resolved.1', 'migration-adopted.1', 'baseline-taken.1',
     'history-imported.1', 'content-redacted.1', 'ledger-restored.1'], None],
]
CONTROL_QUESTIONS_2 = {  # format 2 had these otherwise
    '10.2.1.2-actions': ['run-started.1', 'rollback-started.1', 'attempt-started.1',
                         'difference-resolved.1', 'baseline-taken.1'],
}
CONTROL_QUESTIONS_1 = {  # and format 1 these
    **CONTROL_QUESTIONS_2,
    'cc8.1-tested': ['run-started.1', 'rollback-started.1', 'run-refused.1'],
    'cc8.1-exceptions': ['run-refused.1', 'attempt-failed.1', 'attempt-cancelled.1',
                         'difference-resolved.1', 'migration-adopted.1'],
    'a8.32-fallback': SCRIPTS,
    'itgc-manual': ['difference-resolved.1', 'migration-adopted.1', 'baseline-taken.1',
                    'history-imported.1', 'content-redacted.1'],
}
CONTROL_MEMBERS = ('id', 'framework', 'control', 'question', 'types', 'needs', 'answered',
                   'positions', 'note')
CONTROL_WORDS = ('id', 'framework', 'control', 'question', 'note')  # of each, a line each
CONTROL_WORDS_DIGESTS = {  # by format
    1: '4769600912199239ef5176a4cdd44b6e908258a01bbc13e392d4bcdbb737dacf',
    2: 'de666cbfea3b55d764a0a7acda63587c90dc7440488e701fb45dae4a23f439d3',
    3: 'cb3b8f036b44391f3632dba7fcf753531fa76b16050375fc3de0ddecb1a94757',
    4: '158b055cb112eae17c6fb5564eb5032ec095084fc84970552762ba4e6ffad495',
}


def control_questions(number):
    """The rows of that format."""
    otherwise = {1: CONTROL_QUESTIONS_1, 2: CONTROL_QUESTIONS_2}.get(number, {})
    return [[name, otherwise.get(name, types), needs]
            for name, types, needs in CONTROL_QUESTIONS]


# The bundle -------------------------------------------------------------------------------------

def spans(numbers):
    answer = []
    for number in sorted(numbers):
        if answer and answer[-1][1] + 1 == number:
            answer[-1][1] = number
        else:
            answer.append([number, number])
    return answer


def numbers_in(runs, where, limit):
    answer = []
    for run in runs:
        if not (isinstance(run, list) and len(run) == 2 and all(type(n) is int for n in run)
                and 0 <= run[0] <= run[1] <= limit):
            raise Unreadable(f'{where} has a run that is none')
        answer.extend(range(run[0], run[1] + 1))
        if len(answer) > limit + 1:  # never many more: a run is no longer than that
            raise Unreadable(f'{where} has more positions than there are')
    if any(a >= b for a, b in zip(answer, answer[1:])):
        raise Unreadable(f'{where} is out of order')
    return answer


def tile_name(level, index, width):
    path = f'{index % 1000:03}'
    index //= 1000
    while index:
        path = f'x{index % 1000:03}/{path}'
        index //= 1000
    return f'tile/{level}/{path}' + ('' if width == 256 else f'.p/{width}')


def tiles_of(size):
    """(level, index, width) of every tile of a tree."""
    level, hashes = 0, size
    while hashes:
        for index in range((hashes + 255) // 256):
            yield level, index, min(256, hashes - index * 256)
        level, hashes = level + 1, hashes // 256


def instant(micros):
    """The time as people read it; the number itself where there is no such time."""
    try:
        time = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)
    except OverflowError:
        return f'{micros} us'
    return f'{time.isoformat(timespec="microseconds")}Z'


def member(value, path):
    for name in path.split('.'):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def references(value):
    """Every (digest, byte_count, kind) below `value`."""
    if isinstance(value, dict):
        if set(value) == {'digest', 'byte_count', 'kind'}:
            yield value['digest'], value['byte_count'], value['kind']
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


# The stream that an event of a type stands in: the ledger's own, or that of what its data names.
OWN_STREAM = {
    **dict.fromkeys(('migration-registered.1', 'migration-revised.1', 'migration-validated.1',
                     'finding-accepted.1', 'migration-tested.1'), 'version'),
    **dict.fromkeys(('integrity-checked.1', 'target-registered.1', 'run-started.1',
                     'run-finished.1', 'run-refused.1', 'rollback-started.1',
                     'rollback-finished.1', 'attempt-started.1', 'statement-succeeded.1',
                     'attempt-succeeded.1', 'attempt-failed.1', 'attempt-cancelled.1',
                     'lock-waited.1', 'difference-resolved.1', 'migration-adopted.1',
                     'baseline-taken.1', 'history-imported.1', 'markers-written.1'), 'target'),
    **dict.fromkeys(('ledger-created.1', 'key-added.1', 'key-retired.1', 'checkpoint-signed.1',
                     'checkpoint-witnessed.1', 'ledger-verified.1', 'content-redacted.1',
                     'ledger-copied.1', 'ledger-restored.1', 'export-produced.1',
                     'log-reviewed.1'), 'ledger'),
}
ENVELOPE = ['v', 'ledger', 'position', 'batch', 'stream', 'stream_version', 'id', 'type',
            'recorded_at_us', 'clock_went_back', 'actor', 'run', 'correlation', 'causation',
            'reason', 'ticket', 'tool', 'data']


COMPLETENESS_MEMBERS = ('format', 'ledger', 'origin', 'scope', 'checkpoint', 'first', 'last',
                        'count', 'gapless', 'selected', 'context', 'boundary', 'before', 'after',
                        'entries', 'beyond_checkpoint', 'streams', 'content', 'statement')
COMPLETENESS_FORMATS = (1, 2)  # in the first a takeover is no context
CONTENT_MEMBERS = ('digest', 'byte_count', 'kind', 'state', 'redacted_by', 'positions')
VIEW_MEMBERS = ('position', 'role', 'recorded_at', 'leaf', 'says', 'event')


def read_event(line, where):
    if len(line) > LINE_BYTES_MAX:
        raise Unreadable(f'{where} is longer than an event can be')
    try:
        event = read_json(line.decode('utf-8'), where, EVENT_NUMBER_MAX)
    except UnicodeDecodeError as error:
        raise Unreadable(f'{where} is not UTF-8') from error
    right = isinstance(event, dict) and list(event) == ENVELOPE and \
        all(type(event[name]) is int for name in ('position', 'stream_version', 'recorded_at_us')) \
        and all(isinstance(event[name], str) for name in ('ledger', 'stream', 'type')) \
        and isinstance(event['data'], dict)
    if not right:
        raise Unreadable(f'{where} does not have the members of an event')
    return event


def names_in(event):
    """The target and the migration that an event names, or nothing."""
    names = [event['stream'][len(prefix):] if event['stream'].startswith(prefix) else None
             for prefix in ('target/', 'migration/')]
    said = (event['data'].get('target'), event['data'].get('version'))
    return [one if isinstance(one, str) else name for one, name in zip(said, names)]


# What states the root over the first events, and the member with their number.
STATED_SIZES = {'ledger-verified.1': 'size', 'ledger-copied.1': 'size', 'ledger-restored.1': 'size',
                'export-produced.1': 'size', 'log-reviewed.1': 'to_position'}


def stated_size(event):
    """Of how many events it states the root, or nothing."""
    name = STATED_SIZES.get(event['type'])
    if name is None or event['data'].get('fault_count'):
        return None  # what was not whole had another root than the one it goes on with
    return event['data'][name]


FOUNDATIONS = ('ledger-created.1', 'key-added.1', 'key-retired.1', 'ledger-restored.1')


def judgements_on(selected, known):
    """What was said of the selected events as a whole."""
    first, last, covering, verified = selected[0], selected[-1], None, None
    found = set()
    for position, event in known.items():
        kind, data = event['type'], event['data']
        if kind == 'checkpoint-signed.1' and covering is None and data['size'] > last:
            covering = data['size']
            found.add(position)
        elif kind == 'checkpoint-witnessed.1' and data['size'] == covering:
            found.add(position)
        elif kind == 'ledger-verified.1' and data['size'] > last:
            verified = position
        elif kind == 'log-reviewed.1' and data['from_position'] <= last and \
                data['to_position'] > first:
            found.add(position)
    return found | ({verified} if verified is not None else set())


TAKEOVERS = ('history-imported.1', 'baseline-taken.1')


def takeover_key(event):
    return event['stream'], event['correlation']


def takeovers_of(selected, known):
    """The imports and baselines by which selected migrations count as applied."""
    adopted = {takeover_key(known[position]) for position in selected
               if position in known and known[position]['type'] == 'migration-adopted.1'}
    return {position for position, event in known.items()
            if event['type'] in TAKEOVERS and takeover_key(event) in adopted} - set(selected)


def context_of(selected, known, form):
    """The positions that the format gives the role of context, of all events of the tree."""
    selected = sorted(selected)
    targets, versions = (set(names) - {None} for names in zip(*map(
        names_in, (known[position] for position in selected)))) if selected else (set(), set())
    found = judgements_on(selected, known) if selected else set()
    if form > 1:
        found |= takeovers_of(selected, known)
    for position, event in known.items():
        if event['type'] in FOUNDATIONS or \
                (event['type'] == 'target-registered.1' and event['data']['target'] in targets) or \
                (event['stream'].startswith('migration/') and
                 event['stream'][len('migration/'):] in versions):
            found.add(position)
    there = found | set(selected)
    named = {digest for position in there for digest, _, _ in references(known[position]['data'])}
    found.update(position for position, event in known.items()
                 if event['type'] == 'content-redacted.1' and
                 (event['data']['digest'] in named or there & set(event['data']['positions'])))
    return found - set(selected)


class Bundle:
    def __init__(self, archive, arguments, report):
        self.archive, self.arguments, self.report = archive, arguments, report
        self.events = {}   # position: the decoded line
        self.lines = {}    # position: the line, of every entry as well
        self.known = {}    # position: likewise, decoded
        self.leaves = None
        self.roles = {}    # position: role
        self.note = self.completeness = None
        self.keys = []     # (verifier, since, until)
        self.witnesses = []
        self.streams = {}  # stream: runs of its versions among selected and context events
        self.before = self.after = None  # of a range
        self.given_key = False
        self.absurd = False  # the checkpoint's size cannot be that of this bundle

    def has_its_events(self):
        """Whether documents can be held to the events: all that are listed are here."""
        return self.completeness is not None and set(self.roles) <= set(self.events)

    def check(self):
        for step in (self.check_sums, self.check_note, self.check_tiles, self.check_events,
                     self.check_entries, self.check_order, self.check_completeness,
                     self.check_keys, self.check_signature, self.check_kept, self.check_proofs,
                     self.check_stated_roots, self.check_checkpoints, self.check_content,
                     self.check_redactions, self.check_control_map, self.check_view,
                     self.check_policy):
            try:
                step()
            except Unreadable as error:
                self.report.tampered(str(error))
            except (KeyError, TypeError, AttributeError, IndexError, ValueError, ArithmeticError,
                    RecursionError) as error:
                self.report.tampered(f'a document does not have the form that it must have '
                                     f'({step.__name__}: {error!r})')
        if not self.arguments.digest:
            self.report.cannot_prove('README.txt, report.html, comments and sentences, which events '
                                     'lie beyond the checkpoint, and that no other witness has '
                                     'cosigned it (--digest proves them)')

    def check_sums(self):
        names = set(self.archive.places)
        for name in DOCUMENTS + ('SHA256SUMS',):
            if name not in names:
                self.report.missing(f'{name} is missing')
        if self.arguments.digest and self.archive.digest() != self.arguments.digest.lower():
            self.report.tampered(f'the archive is another one: its SHA-256 is '
                                 f'{self.archive.digest()}')
        if 'SHA256SUMS' not in names:
            return
        listed = []
        for line in self.archive.rows('SHA256SUMS'):
            match = re.fullmatch(r'([0-9a-f]{64})  (\S+)', line)
            if not match or not NAME.fullmatch(match[2]):
                raise Unreadable('SHA256SUMS has a line that is none')
            listed.append(match[2])
            if match[2] not in names:
                self.report.missing(f'{match[2]} is missing')
            elif sha256(self.archive.get(match[2], ARCHIVE_BYTES_MAX)).hex() != match[1]:
                self.report.tampered(f'{match[2]} does not have the digest in SHA256SUMS')
        for name in names - set(listed) - {'SHA256SUMS'}:
            self.report.tampered(f'{name} was put in: SHA256SUMS does not list it')
        self.report.tell(f'archive       {len(names)} files, SHA-256 {self.archive.digest()}')

    def check_note(self):
        if 'checkpoint' in self.archive:
            self.note = Note(self.archive.text('checkpoint'), 'checkpoint')

    def check_tiles(self):
        """The tree of the tiles, and which of them must be there."""
        if self.note is None:
            return
        leaves, upper, expected, whole = [], {}, set(), True
        if self.note.size > 256 * sum(name.startswith('tile/0/') for name in self.archive.places):
            self.report.missing('tiles of the tree are missing')
            self.absurd = True
            return
        for level, index, width in tiles_of(self.note.size):
            name = tile_name(level, index, width)
            expected.add(name)
            if name not in self.archive:
                self.report.missing(f'{name} is missing')
                whole = False
                continue
            data = self.archive.get(name, 8192)
            if len(data) != 32 * width:
                raise Unreadable(f'{name} does not have {width} hashes')
            hashes = [data[at:at + 32] for at in range(0, len(data), 32)]
            if level == 0:
                leaves.extend(hashes)
            for at, one in enumerate(hashes):
                below = upper.get((level, index * 256 + at))
                if level and below is not None and below != one:
                    self.report.tampered(f'{name}: hash {at} is not that of the tile below it')
            if width == 256:
                upper[level + 1, index] = root_of(hashes)
        for name in self.archive.places:
            if name.startswith('tile/') and not name.startswith('tile/entries/') \
                    and name not in expected:
                self.report.tampered(f'{name} is no tile of a tree of {self.note.size} events')
        if not whole:
            return
        self.leaves = leaves
        if root_of(leaves) != self.note.root:
            self.report.tampered('the tiles do not lead to the root of the checkpoint')
            return
        self.report.tell(f'tree          {self.note.size} leaves lead to root '
                         f'{self.note.root.hex()}')

    def leaf_is_right(self, position, line, where):
        if self.leaves is not None and leaf_hash(line) != self.leaves[position]:
            self.report.tampered(f'{where} is not event {position} of the signed tree')

    def check_events(self):
        for name in self.archive.places:
            if not name.startswith('events/'):
                continue
            position = int(name[7:-5])
            data = self.archive.get(name, LINE_BYTES_MAX + 1)
            if self.note is not None and position >= self.note.size:
                self.report.tampered(f'{name} is beyond the checkpoint')
                continue
            if data[-1:] != b'\n' or b'\n' in data[:-1]:
                self.report.tampered(f'{name} is not one line')
                continue
            self.leaf_is_right(position, data[:-1], name)
            try:
                event = read_event(data[:-1], name)
            except Unreadable as error:
                self.report.tampered(str(error))
                continue
            if event['position'] != position:
                self.report.tampered(f'{name} says that it is event {event["position"]}')
            self.events[position], self.lines[position] = event, data[:-1]
        self.report.tell(f'events        {len(self.events)} stored lines, each its own leaf')

    def check_order(self):
        """Every line that is here, entries too: one that lies about its time or its stream would be
        passed over by whoever asks for those."""
        known = self.every_event()
        ledger = next((event['ledger'] for event in known.values()), None)
        earlier, latest = None, {}
        for rank, (position, event) in enumerate(known.items()):
            if event['position'] != position:
                self.report.tampered(f'entry {position} says that it is event '
                                     f'{event["position"]}')
            if event['ledger'] != ledger:
                self.report.tampered(f'event {position} is of another ledger')
            if earlier is not None and event['recorded_at_us'] <= earlier:
                self.report.tampered(f'event {position} is not later than the one before')
            earlier = event['recorded_at_us']
            self.check_stream(event)
            self.check_version(event, position - rank, latest)

    def check_stream(self, event):
        kind = OWN_STREAM.get(event['type'])
        own = {None: event['stream'], 'ledger': 'ledger',
               'version': f'migration/{event["data"].get("version")}',
               'target': f'target/{event["data"].get("target")}'}[kind]
        if event['stream'] != own:
            self.report.tampered(f'event {event["position"]} is in the stream {event["stream"]}, '
                                 f'and belongs to {own}')

    def check_version(self, event, hidden, latest):
        """Versions of a stream rise by one: what lies between two of them is in lines that are not
        here, of which there are `hidden` up to this event."""
        stream, version = event['stream'], event['stream_version']
        before, hidden_before = latest.get(stream, (0, 0))
        if version <= before:
            self.report.tampered(f'event {event["position"]} goes back in its stream')
        elif version - before - 1 > hidden - hidden_before:
            self.report.tampered(f'event {event["position"]} is version {version} of its stream, '
                                 f'and there is no place for all versions after {before}')
        latest[stream] = (version, hidden)

    def check_entries(self):
        count = 0
        for name in self.archive.places:
            if not name.startswith('tile/entries/') or self.note is None:
                continue
            path, _, width = name[len('tile/entries/'):].partition('.p/')
            index = int(path.replace('x', '').replace('/', ''))
            begin = index * 256
            if begin >= self.note.size or \
                    name != tile_name('entries', index, min(256, self.note.size - begin)):
                self.report.tampered(f'{name} is no bundle of a tree of {self.note.size} events')
                continue
            data, at, position = self.archive.get(name), 0, begin
            while at < len(data):
                size = int.from_bytes(data[at:at + 2], 'big')
                line = data[at + 2:at + 2 + size]
                if len(line) != size or at + 2 > len(data) or position >= self.note.size:
                    raise Unreadable(f'{name} is cut')
                self.leaf_is_right(position, line, f'{name}, entry {position - begin}')
                if self.lines.setdefault(position, line) != line:
                    self.report.tampered(f'{name} and events/{position}.json differ')
                at, position, count = at + 2 + size, position + 1, count + 1
            if position - begin != int(width or 256):
                self.report.tampered(f'{name} has {position - begin} entries')
        if count:
            self.report.tell(f'entries       {count} lines in bundles, each its own leaf')

    # What is complete

    def check_completeness(self):
        if 'completeness.json' not in self.archive or self.note is None or self.absurd:
            return
        said = exactly(read_json(self.archive.text('completeness.json'), 'completeness.json'),
                       COMPLETENESS_MEMBERS, 'completeness.json')
        self.completeness, size = said, self.note.size
        for part in said['streams']:
            exactly(part, ('stream', 'versions'), 'a stream of completeness.json')
        for part in said['content']:
            exactly(part, CONTENT_MEMBERS, 'a content of completeness.json')
        if type(said['format']) is not int or said['format'] not in COMPLETENESS_FORMATS:
            raise Unreadable('completeness.json has another format than this program reads')
        if not same([said['checkpoint'], said['origin']],
                    [{'size': size, 'root': self.note.root.hex()}, self.note.origin]):
            self.report.tampered('completeness.json is about another checkpoint')
        if any(event['ledger'] != said['ledger'] for event in self.events.values()):
            self.report.tampered('completeness.json names another ledger than the events')
        for role in ('selected', 'context', 'boundary'):
            for position in numbers_in(said[role], f'completeness.json, {role}', size - 1):
                if self.roles.setdefault(position, role) != role:
                    raise Unreadable(f'completeness.json gives event {position} two roles')
        for position in sorted(self.roles):
            if position not in self.events:
                self.report.missing(f'event {position} is missing')
        for position in sorted(set(self.events) - set(self.roles)):
            self.report.tampered(f'event {position} was put in: completeness.json does not '
                                 'list it')
        selected = [p for p, role in sorted(self.roles.items()) if role == 'selected']
        if not same([said['count'], said['first'], said['last'], said['gapless']],
                    [len(selected), selected[0] if selected else None,
                     selected[-1] if selected else None, len(spans(selected)) <= 1]):
            self.report.tampered('completeness.json miscounts its events')
        self.check_streams()
        self.before, self.after = (self.edge(name) for name in ('before', 'after'))
        self.check_outside(said, size)
        self.check_bundles_there()
        self.check_foundations(selected)
        self.check_scope(selected)
        self.check_context(selected)
        self.tell_losses()

    def check_outside(self, said, size):
        """What it says of events that were not asked for: of a range the ones at its ends, and
        of what came after the checkpoint nothing but where."""
        edges = {edge['position'] for edge in (self.before, self.after) if edge}
        boundary = {p for p, role in self.roles.items() if role == 'boundary'}
        known = {p for p, role in self.roles.items() if role != 'boundary'}
        if boundary != edges - known or (edges and said['scope']['kind'] != 'range'):
            self.report.tampered('completeness.json has other events at its ends than a range has')
        beyond = said['beyond_checkpoint']
        if not isinstance(beyond, list) or any(type(one) is not int for one in beyond) or \
                beyond != sorted(set(beyond)) or (beyond and beyond[0] < size):
            self.report.tampered('completeness.json, beyond_checkpoint, is no list of positions '
                                 'beyond the checkpoint')
        if not isinstance(said['statement'], list) or \
                any(not isinstance(one, str) for one in said['statement']):
            self.report.tampered('completeness.json has a statement that is no list of sentences')

    def edge(self, name):
        """`before` or `after` of a range, with a position that the tree has; or nothing."""
        said = self.completeness[name]
        if said is None:
            return None
        if not (set(said) == {'position', 'recorded_at_us'} and
                all(type(number) is int for number in said.values()) and
                0 <= said['position'] < self.note.size):
            raise Unreadable(f'completeness.json: {name} is no event of the tree')
        return said

    def has_all_lines(self):
        """Whether nothing of the tree is undisclosed."""
        return self.note is not None and len(self.lines) == self.note.size

    def check_foundations(self, selected):
        """What every bundle has of whatever is in it: the format's context, as far as it shows."""
        first = self.events.get(0)
        if first is None:
            self.report.missing('event 0 is missing: it says which ledger this is')
        elif first['type'] != 'ledger-created.1' or \
                first['data'].get('origin') != self.note.origin:
            self.report.tampered('event 0 does not create the ledger of the checkpoint')
        if not self.has_its_events():
            return
        registered = {event['stream'] for event in self.events.values()
                      if event['type'] == 'target-registered.1'}
        needed = set()
        for position in selected:
            event = self.events[position]
            stream, version = event['stream'], event['data'].get('version')
            attempted = event['type'].startswith(('attempt-', 'statement-'))
            # What was refused may be older than all that registers.
            begun = attempted or event['type'] in ('run-started.1', 'rollback-started.1')
            if begun and stream not in registered:
                needed.add(stream)
            if attempted and f'migration/{version}' not in self.streams:
                needed.add(f'migration/{version}')
        for stream in sorted(needed):
            self.report.missing(f'the events that register {stream} are missing')
        for stream, versions in sorted(self.streams.items()):
            if stream.startswith('migration/') and \
                    (len(versions) != 1 or versions[0][0] != 1):
                self.report.missing(f'the stream {stream} has gaps: {versions}')

    def check_streams(self):
        versions = {}
        for position, event in self.events.items():
            if self.roles.get(position) in ('selected', 'context'):
                versions.setdefault(event['stream'], []).append(event['stream_version'])
        self.streams = {stream: spans(numbers) for stream, numbers in versions.items()}
        said = {part['stream']: part['versions'] for part in self.completeness['streams']}
        if self.has_its_events() and not (
                same(said, self.streams) and
                len(said) == len(self.completeness['streams'])):
            self.report.tampered('completeness.json misstates the streams')

    def check_bundles_there(self):
        said, size = self.completeness, self.note.size
        first, end = 0, (size + 255) // 256
        if said['entries'] == 'none':
            end = 0
        elif said['entries'] == 'covering':
            before, after = self.before, self.after
            first = (before['position'] if before else 0) // 256
            end = (after['position'] if after else size - 1) // 256 + 1
        elif said['entries'] != 'all':
            raise Unreadable('completeness.json: entries is none of all, covering, none')
        names = {tile_name('entries', index, min(256, size - index * 256))
                 for index in range(first, min(end, (size + 255) // 256))}
        there = {name for name in self.archive.places if name.startswith('tile/entries/')}
        for name in sorted(names - there):
            self.report.missing(f'{name} is missing')
        for name in sorted(there - names):
            self.report.tampered(f'{name} was put in: completeness.json does not speak of it')

    def check_scope(self, selected):
        scope, size = self.completeness['scope'], self.note.size
        members = {'all': [], 'range': ['from_us', 'to_us'], 'migration': ['migration'],
                   'run': ['run']}
        if not isinstance(scope['kind'], str) or scope['kind'] not in members or \
                set(scope) != {'kind', *members[scope['kind']]}:
            raise Unreadable('completeness.json has a scope of no known kind')
        if scope['kind'] == 'all':
            if spans(selected) != [[0, size - 1]] or not self.has_all_lines():
                self.report.missing('the bundle is said to have everything, and has not')
                return
            time = instant(self.events[size - 1]['recorded_at_us'])
            self.report.complete = f'the ledger up to {time}'
            self.report.tell(f'complete      everything: events 0 to {size - 1}, without a gap; '
                             f'the last is of {time}')
        elif scope['kind'] == 'range':
            self.check_range(scope, selected)
        else:
            self.check_by_rule(scope, selected)

    def check_range(self, scope, selected):
        before, after, size = self.before, self.after, self.note.size
        if not all(type(scope[name]) is int for name in ('from_us', 'to_us')) or \
                scope['from_us'] > scope['to_us']:
            raise Unreadable('completeness.json: the range ends before it begins')
        begin = before['position'] + 1 if before else 0
        end = after['position'] if after else size
        if begin > end:
            raise Unreadable('completeness.json: the event after the range is before it')
        if selected != list(range(begin, end)):
            self.report.missing(f'events {begin} to {end - 1} are said to be the range, and not '
                                'all of them are here')
        for edge, early in ((before, True), (after, False)):
            if edge is None:
                continue
            event = self.events.get(edge['position'])
            if event is None:
                self.report.missing(f'event {edge["position"]}, where the range ends, is missing')
                continue
            outside = event['recorded_at_us'] < scope['from_us'] if early else \
                event['recorded_at_us'] > scope['to_us']
            if not outside or event['recorded_at_us'] != edge['recorded_at_us']:
                self.report.tampered(f'event {edge["position"]} is not where the range ends')
        inside = {position for position, event in self.every_event().items()
                  if scope['from_us'] <= event['recorded_at_us'] <= scope['to_us']}
        for position in sorted(inside - set(selected)):
            self.report.missing(f'event {position} belongs to what was asked for, and is not '
                                'selected')
        for position in sorted(set(selected) & set(self.events) - inside):
            self.report.tampered(f'event {position} is outside the range')
        self.report.tell(f'range         from {instant(scope["from_us"])} to '
                         f'{instant(scope["to_us"])}, both included')
        since, until = (f'event {edge["position"]} of {instant(edge["recorded_at_us"])}'
                        if edge else end for edge, end in (
                            (before, 'the beginning'), (after, 'the end of the checkpoint')))
        self.report.tell(f'complete      the range: {len(selected)} events between {since} and '
                         f'{until}')
        self.report.complete = 'the range'
        if after is None:
            self.check_end(scope)
        if not self.has_all_lines():
            self.report.complete = f'what lies between {since} and {until}'
            self.report.cannot_prove('that no event of the range stands where the lines are not '
                                     'here, out of the order of time (export with --entries for '
                                     'that)')

    def check_end(self, scope):
        """Of a range without an event behind it: how far the checkpoint goes."""
        last = self.events.get(self.note.size - 1)
        if last is None:
            return  # told to be missing already
        time = last['recorded_at_us']
        if time < scope['from_us']:
            self.report.doubt(f'the last event of the checkpoint is of {instant(time)}, before the '
                              'range begins: nothing of the range is signed. Ask for an export '
                              'with a later checkpoint')
        elif time < scope['to_us']:
            self.report.tell('              NOT proved after '
                             f'{instant(time)}, the last event of the checkpoint')
            self.report.complete = f'the range up to {instant(time)}'
            self.report.cannot_prove('what was recorded after that')

    def belongs(self, scope, event, runs):
        names = [member(event, 'data.version')]
        if event['stream'].startswith('migration/'):
            names.append(event['stream'][len('migration/'):])
        if scope['kind'] == 'run':
            return event['run'] == scope['run']
        named = [name for name in names if name is not None]
        return scope['migration'] in named or (not named and event['run'] in runs)

    def check_by_rule(self, scope, selected):
        what = scope[scope['kind']]
        if not isinstance(what, str) or not what:
            raise Unreadable(f'completeness.json: {scope["kind"]} {what!r} is none')
        whole = self.has_all_lines()
        known = self.every_event()
        runs = {event['run'] for event in known.values()
                if self.belongs(scope, event, ()) and event['run'] is not None}
        belonging = {position for position, event in known.items()
                     if self.belongs(scope, event, runs)}
        for position in sorted(belonging - set(selected)):
            self.report.missing(f'event {position} belongs to what was asked for, and is not '
                                'selected')
        for position in sorted(set(selected) & set(known) - belonging):
            self.report.tampered(f'event {position} does not belong to what was asked for')
        if not selected:
            self.report.missing(f'there is no event of {scope["kind"]} {what}')
        elif scope['kind'] == 'migration' and not any(
                self.belongs(scope, self.events[p], ()) for p in selected if p in self.events):
            self.report.missing(f'no event here names migration {what}')
        if whole:
            time = instant(known[self.note.size - 1]['recorded_at_us'])
            self.report.complete = f'the {scope["kind"]} up to {time}'
            self.report.tell(f'complete      {scope["kind"]} {what}: of all {self.note.size} lines '
                             f'exactly {len(selected)} belong to it; the last line is of {time}')
            return
        self.report.tell(f'complete      {scope["kind"]} {what}: {len(selected)} events; that no '
                         'other belongs to it is NOT proved (export with --entries for that)')
        self.report.cannot_prove(f'that nothing was left out of the {scope["kind"]}')

    def every_event(self):
        """By position and in that order, of all lines that are here; read once. One that is no
        event is told by check_order."""
        if len(self.known) != len(self.lines):
            self.known = {position: self.events.get(position) or
                          read_event(line, f'entry {position}')
                          for position, line in sorted(self.lines.items())}
        return self.known

    def check_context(self, selected):
        """Where every line is here, what stands beside the selected events is no choice either."""
        self.check_takeovers(selected)
        if not self.has_all_lines():
            self.report.cannot_prove('that no verification, review, redaction or restoration '
                                     'beside it was left out')
            for position, event in self.every_event().items():
                if event['type'] in FOUNDATIONS and \
                        self.roles.get(position) not in ('selected', 'context'):
                    self.report.missing(f'event {position} ({event["type"]}) belongs into every '
                                        'bundle, and is not listed')
            return
        if self.report.verdict() in (TAMPERED, INCOMPLETE):
            return  # what was selected is in doubt itself
        if self.completeness['scope']['kind'] == 'all':
            return  # nothing can stand beside it
        known = self.every_event()
        wanted = context_of(selected, known, self.completeness['format'])
        listed = {p for p, role in self.roles.items() if role == 'context'}
        for position in sorted(wanted - listed):
            self.report.missing(f'event {position} ({known[position]["type"]}) belongs to what was '
                                'asked for as its context, and is not listed as that')
        for position in sorted(listed - wanted):
            self.report.tampered(f'event {position} is no context of what was asked for')

    def check_takeovers(self, selected):
        """What a migration was taken over by says what was known of it; of the older format it
        stands among the entries, if at all."""
        if not self.has_its_events():
            return
        there = {takeover_key(event) for position, event in self.events.items()
                 if event['type'] in TAKEOVERS and
                 self.roles.get(position) in ('selected', 'context')}
        for position in selected:
            event = self.events[position]
            if event['type'] != 'migration-adopted.1' or takeover_key(event) in there:
                continue
            text = f'the import or baseline by which event {position} was taken over'
            if self.completeness['format'] > 1:
                self.report.missing(f'{text} is missing')
            else:
                self.report.cannot_prove(f'what is said by {text}: a bundle of an older varve is '
                                         'without it')
                return

    def tell_losses(self):
        """Where a copy took the ledger's place: positions have no gap, and events are gone."""
        for position, event in sorted(self.events.items()):
            data = event['data']
            if event['type'] != 'ledger-restored.1':
                continue
            not_asked = [by for by in data['known_by'] if by.startswith('not asked: ')]
            if data['lost_to'] > data['size']:
                lost = f'positions {data["size"]} to {data["lost_to"] - 1}'
                self.report.tell(f'lost          at least {lost}, when the ledger went on from a '
                                 f'copy: event {position} says so')
                self.report.cannot_prove(f'what the events said that were at {lost} once, or '
                                         f'beyond, and are lost (event {position})')
            elif not_asked:
                self.report.cannot_prove('that no event was lost when the ledger went on from a '
                                         f'copy (event {position}: {not_asked[0]})')

    # Who signed

    def check_keys(self):
        if 'keys.txt' not in self.archive or self.note is None:
            return
        for line in self.archive.text('keys.txt').split('\n'):
            if line.startswith('#') or not line:
                continue
            if len(self.keys) + len(self.witnesses) >= KEYS_MAX:
                raise Unreadable(f'keys.txt has more than {KEYS_MAX} keys')
            match = re.fullmatch(r'key (\S+) since ([0-9]{1,16}) until (-|[0-9]{1,16})', line)
            if match:
                until = None if match[3] == '-' else int(match[3])
                self.keys.append((Verifier(match[1], NOTE), int(match[2]), until))
                continue
            match = re.fullmatch(r'witness (\S+)', line)
            if not match:
                raise Unreadable('keys.txt has a line that is none')
            self.witnesses.append(Verifier(match[1], COSIGNATURE))
        for verifier, _, _ in self.keys:
            if verifier.name != self.note.origin:
                self.report.tampered(f'keys.txt has a key of another name than the ledger: '
                                     f'{verifier.name}')
        added, retired = self.key_events()
        said = {(v.name, v.key.hex()): (since, until) for v, since, until in self.keys}
        if len(said) != len(self.keys):
            self.report.tampered('keys.txt has a key twice')
        for key in sorted(set(said) | set(added)):
            if key not in added and not self.has_its_events():
                continue
            if key not in added:
                self.report.tampered(f'keys.txt has a key {key[0]} ({key[1][:16]}...) that no '
                                     'event of the ledger adds')
            elif key not in said:
                self.report.tampered(f'keys.txt leaves out the key of event {added[key]}')
            elif said[key] != (added[key], retired.get(key)) and \
                    (self.has_its_events() or key in retired):
                self.report.tampered(f'keys.txt misstates from where to where {key[0]} counts')

        if not self.has_all_lines():
            self.report.cannot_prove('that no other key was added or retired')

    def key_events(self):
        """By name and public key: where a key was added, and how far a retired one counts; from
        every line that is here, whatever the bundle says of it."""
        added, retired = {}, {}
        for position, line in sorted(self.lines.items()):
            event = self.events.get(position)
            if event is None and b'key-' not in line:
                continue
            event = event or read_event(line, f'entry {position}')
            if event['type'] in ('key-added.1', 'key-retired.1'):
                self.take_key_event(event, added, retired)
        return added, retired

    def take_key_event(self, event, added, retired):
        """Each key is added once and retired once, and the first of either event holds: whoever has
        got hold of a retired key must not bring it back."""
        position, data = event['position'], event['data']
        key = (data['name'], data['public_key'])
        if event['type'] == 'key-added.1':
            if added.setdefault(key, position) != position:
                self.report.tampered(f'event {position} adds the key of event {added[key]} again'
                                     + (', which was retired' if key in retired else ''))
            return
        until = data['valid_up_to_size']
        if key in retired:
            self.report.tampered(f'event {position} retires a key again, which counts on '
                                 f'checkpoints of up to {retired[key]} events')
            return
        if until > position:
            self.report.tampered(f'event {position} lets a key that it retires count on checkpoints '
                                 f'of up to {until} events, more than there were before it')
        retired[key] = min(until, position)

    def good_keys(self, size):
        return [v for v, since, until in self.keys if since < size and (until is None or
                                                                        size <= until)]

    def check_signature(self):
        if self.note is None:
            return
        trusted = [Verifier(text, NOTE) for text in self.arguments.key or []]
        self.given_key = bool(trusted)
        good = self.good_keys(self.note.size)
        mine = [v for v in trusted if v.name == self.note.origin]
        if trusted and not mine:
            self.tell_other_ledger(trusted[0], self.holding(good))
            return
        trusted = mine  # whoever holds another ledger's key cannot speak for this one
        if not trusted and not good:
            self.report.doubt('there is no key to check the signature with')
            return
        held = self.holding(trusted + good)
        outdated = {v.text for v, _, _ in self.keys} - {v.text for v in good}
        wanted = [v for v in trusted if v.text not in outdated] if trusted else good
        if trusted and not wanted:
            self.tell_outdated([v.text in held for v in good])
            return
        if not any(v.text in held for v in wanted):
            signers = [v for v in good if v.text in held]
            if trusted and signers:
                self.tell_another_signer(wanted[0], signers[0])
            else:
                self.report.tampered('the checkpoint is not signed by ' + (
                    'the key that you gave, nor by a key of the ledger' if trusted else
                    'a key of the ledger'))
            return
        where = 'the key that you gave' if trusted else 'a key taken from the archive itself'
        self.report.tell(f'checkpoint    {self.note.size} events of {self.note.origin}, signed by '
                         f'{where}')
        self.check_cosignatures()

    def holding(self, verifiers):
        """Those whose signature is there and holds; one that does not condemns the note."""
        held = []
        for verifier in {v.text: v for v in verifiers}.values():
            answer = self.note.signed_by(verifier)
            if answer is False:
                self.report.tampered(f'the signature of {verifier.name} '
                                     f'({verifier.id.hex()}) on the checkpoint is bad')
            elif answer:
                held.append(verifier.text)
        return held

    def check_kept(self):
        """Checkpoints that somebody has kept: what they were signed over is where this begins."""
        if self.note is None:
            return
        self.kept_size = 0
        for path in self.arguments.old or []:
            try:
                note = Note(kept_text(path), path)
            except (Unreadable, OSError) as error:
                self.report.doubt(f'what you have kept cannot be read: {error}')
                continue
            if note.origin != self.note.origin:
                self.report.doubt(f'{path} is a checkpoint of another ledger, {note.origin}')
            elif self.is_kept_signed(note):
                self.hold_kept(note)
        self.tell_unkept()

    def tell_unkept(self):
        """What a history written anew would not contradict: neither what was kept nor a witness."""
        kept, size, first = self.kept_size, self.note.size, self.first_cosigned()
        if first:
            size, time, name = first
            when = f'at {instant(time * 1_000_000)}' if time else 'at a time that it does not tell'
            self.report.tell(f'vouched       {name} signed its first {size} events {when}: they '
                             'are the same since')
        if kept >= size:
            return
        since = f' from event {kept} on' if kept else ''
        before = f' before {name} saw it first, {when}, with {size} events as far as this bundle ' \
                 'tells,' if first else ''
        self.report.cannot_prove('that nobody who has the ledger\'s key wrote the history anew'
                                 f'{since}{before} and signed that (compare with a checkpoint that '
                                 f'you have kept{" since before then" if first else ""}: --old)')

    def first_cosigned(self):
        """The smallest size with a cosignature by a witness that was given, its time, its name; or
        nothing. A witness cosigns what grows out of what it has seen: of before it knows none."""
        answers = []
        for verifier in [Verifier(text, COSIGNATURE) for text in self.arguments.witness or []]:
            time = self.note.cosigned_by(verifier)
            if time is None or time is False:
                continue  # told by check_cosignatures
            answers.append((self.note.size, time, verifier.name))
            answers += self.earlier_cosignature(verifier)
        return min(answers, default=None)

    def earlier_cosignature(self, verifier):
        events = [event['data'] for event in self.every_event().values()
                  if event['type'] == 'checkpoint-witnessed.1' and
                  event['data']['verifier'] == verifier.text and self.leaves is not None and
                  0 < event['data']['size'] < self.note.size]
        for data in sorted(events, key=lambda one: (one['size'], one['witnessed_at_us'])):
            root = base64.b64encode(root_of(self.leaves[:data['size']])).decode()
            text = f'{self.note.origin}\n{data["size"]}\n{root}\n'
            time = Note(f'{text}\n{data["cosignature"]}\n', 'an event').cosigned_by(verifier)
            if time is not None and time is not False:
                return [(data['size'], time, verifier.name)]
        return []

    def is_kept_signed(self, note):
        """A retired key counts as well: who writes a history anew could retire any."""
        given = [Verifier(text, NOTE) for text in self.arguments.key or []]
        keys = {v.text: v for v in given + [v for v, _, _ in self.keys] if v.name == note.origin}
        answers = [note.signed_by(verifier) for verifier in keys.values()]
        if False in answers:
            self.report.doubt(f'{note.where} has a bad signature: it is not what was signed then')
        elif True not in answers:
            self.report.doubt(f'{note.where} is not signed by a key that is known here: give the '
                              'key of that time with --key too')
        return True in answers and False not in answers

    def hold_kept(self, note):
        lost = self.loss_of(note.size)
        if note.size <= self.note.size:
            if self.leaves is None:
                return
            if root_of(self.leaves[:note.size]) == note.root:
                self.kept_size = max(self.kept_size, note.size)
                self.report.tell(f'kept          {note.where}: its {note.size} events are where '
                                 'this ledger begins')
                return
        if lost is not None:
            self.report.doubt(f'{note.where} is of {note.size} events, some of which are lost, as '
                              f'event {lost} says: ask whoever accepted that, and compare with a '
                              'checkpoint of before')
        elif note.size > self.note.size:
            self.report.doubt(f'{note.where} is of {note.size} events, more than this bundle\'s '
                              'checkpoint has: this bundle is older than what you have kept, or '
                              'the ledger was cut off. Ask for one with a checkpoint of today')
        else:
            self.report.tampered(f'{note.where}: what was signed then, {note.size} events, is not '
                                 'in this ledger: its history was written anew')

    def loss_of(self, size):
        """The event that says that the last of so many events is lost, or nothing."""
        for position, event in sorted(self.events.items()):
            if event['type'] == 'ledger-restored.1' and \
                    event['data']['size'] < size <= event['data']['lost_to']:
                return position
        return None

    def tell_other_ledger(self, given, held):
        """An archive and a key that do not belong together say nothing of each other."""
        says = (f'the checkpoint is one of {self.note.origin}; the key that you gave is that of '
                f'another ledger, {given.name}')
        if held:
            self.report.doubt(f'{says}. Give the key of this one, as you have it from elsewhere, '
                              'with --key; or ask for the archive of that one')
        else:
            self.report.tampered(f'{says}; and no key of this one signed it')

    def tell_another_signer(self, given, signer):
        """A key that was added after the archive was made looks like the true one beside an archive
        of somebody else, who has made a ledger of the same name and signed it himself."""
        known = given.text in {v.text for v, _, _ in self.keys}
        self.report.doubt(f'the checkpoint is NOT signed by the key that you gave '
                          f'({given.id.hex()})' + ('' if known else
                          ', which this archive does not know: it was added later, or somebody '
                          'else made the archive')
                          + f'. The key {signer.id.hex()} signed it, for which the archive alone '
                          'vouches: ask the operator, by another way, whether it is theirs, and '
                          'only then give it with --key')

    def tell_outdated(self, held):
        """Every key that was given is one of the ledger's, but not one for this checkpoint."""
        if any(held):
            self.report.doubt('the key that you gave does not count for this checkpoint: it had '
                              'been retired, or was added later. Another key of the ledger signed '
                              'it: ask its operator, by another way than this archive, for the key '
                              'of that time, and give that with --key')
        else:
            self.report.tampered('the key that you gave does not count for this checkpoint: it had '
                                 'been retired, or was added later; and no other key of the ledger '
                                 'signed it')

    def check_cosignatures(self):
        given = [Verifier(text, COSIGNATURE) for text in self.arguments.witness or []]
        for verifier in {v.text: v for v in given + self.witnesses}.values():
            mine = verifier.text in {v.text for v in given}
            time = self.note.cosigned_by(verifier)
            if time is False:
                self.report.tampered(f'the cosignature of {verifier.name} is bad')
            elif time is None:
                (self.report.missing if mine else self.report.tampered)(
                    f'{verifier.name} has not cosigned this checkpoint')
            else:
                when = datetime.datetime.fromtimestamp(min(time, 1 << 36), datetime.timezone.utc)
                self.tell_unknown_witness(verifier)
                self.report.tell(f'witness       {verifier.name} saw it at '
                                 f'{when:%Y-%m-%d %H:%M:%S}Z (its key is '
                                 f'{"the one you gave" if mine else "taken from the archive"})')

    def tell_unknown_witness(self, verifier):
        """Its signature holds; whose key that is, nothing in the archive can show."""
        known = {Verifier(text, COSIGNATURE).text for text in self.arguments.witness or []}
        what = f'whose the cosignature of {verifier.name} ({verifier.id.hex()}) is (--witness ' \
               'proves it)'
        if verifier.text not in known and what not in self.report.unproved:
            self.report.cannot_prove(what)

    def check_proofs(self):
        if self.note is None:
            return
        checkpoint, count = self.archive.text('checkpoint'), 0
        for position in sorted(set(self.events) | set(self.roles)):
            name = f'proofs/{position}.tlog-proof'
            if name not in self.archive:
                self.report.missing(f'{name} is missing')
                continue
            head, _, note = self.archive.text(name).partition('\n\n')
            lines = head.split('\n')
            if lines[:2] != ['c2sp.org/tlog-proof@v1', f'index {position}']:
                self.report.tampered(f'{name} is no proof of event {position}')
                continue
            if note != checkpoint:
                self.report.tampered(f'{name} speaks of another checkpoint')
            try:
                if len(lines) > 2 + 64:
                    raise Unreadable(f'{name} is longer than a proof can be')
                hashes = [from_base64(line, name) for line in lines[2:]]
            except Unreadable as error:
                self.report.tampered(str(error))
                continue
            line = self.lines.get(position)
            if line is not None and root_by_proof(leaf_hash(line), position, self.note.size,
                                                  hashes) != self.note.root:
                self.report.tampered(f'{name} does not prove event {position}')
            count += 1
        for name in self.archive.places:
            if name.startswith('proofs/') and int(name[7:-11]) not in self.events:
                if int(name[7:-11]) not in self.roles:
                    self.report.tampered(f'{name} was put in: there is no such event')
        self.report.tell(f'proofs        {count} lead from an event to the root')

    def roots_at(self, sizes):
        """Of the tree at those sizes that it has had."""
        tree, roots = Frontier(), {0: sha256(b'')}
        for leaf in self.leaves:
            tree.append(leaf)
            if tree.size in sizes:
                roots[tree.size] = tree.root()
        return roots

    def check_stated_roots(self):
        """What was verified, copied, handed out and reviewed was this history: of every line that
        is here."""
        if self.leaves is None:
            return
        stated = []
        for position, line in sorted(self.lines.items()):
            event = self.events.get(position)
            if event is None and b'"root":' in line:
                event = read_event(line, f'entry {position}')
            size = stated_size(event) if event else None
            if size is not None:
                stated.append((event, size))
        roots = self.roots_at({size for _, size in stated})
        for event, size in stated:
            where = f'event {event["position"]} ({event["type"]})'
            if type(size) is not int or not 0 <= size <= event['position']:
                self.report.tampered(f'{where} states a root over more events than there were '
                                     'before it')
            elif event['data']['root'] != roots[size].hex():
                self.report.tampered(f'{where} states root {event["data"]["root"][:16]}... over '
                                     f'{size} events, and the tree has {roots[size].hex()[:16]}'
                                     '...: it was recorded of another history')

    def check_checkpoints(self):
        """What the events say of checkpoints and cosignatures: against the tree, and signed."""
        if self.leaves is None or not self.keys:
            return
        wanted = {}
        for event in self.events.values():
            if event['type'] in ('checkpoint-signed.1', 'checkpoint-witnessed.1'):
                wanted.setdefault(event['data']['size'], []).append(event)
        roots = self.roots_at(wanted)
        texts = {}
        for size, events in sorted(wanted.items()):
            for event in sorted(events, key=lambda one: one['position']):
                self.check_earlier(event, roots.get(size), texts)

    def check_earlier(self, event, root, texts):
        data, where = event['data'], f'event {event["position"]}'
        if root is None or data['root'] != root.hex():
            self.report.tampered(f'{where} speaks of a root that the tree never had')
            return
        if event['type'] == 'checkpoint-signed.1':
            note = Note(data['note'], where)
            texts[note.size] = note.text
            answers = [note.signed_by(v) for v in self.good_keys(note.size)]
            if (note.size, note.root, note.origin) != (data['size'], root, self.note.origin) or \
                    False in answers or True not in answers:
                self.report.tampered(f'the checkpoint in {where} is not signed as it must be')
        else:
            text = texts.get(data['size']) or \
                f'{self.note.origin}\n{data["size"]}\n{base64.b64encode(root).decode()}\n'
            self.check_witnessed(data, where, text)

    def check_witnessed(self, data, where, text):
        """Of a cosigner its name, its key and its signature over the checkpoint's text; of others
        nothing of that."""
        signed = [data[name] for name in ('cosignature', 'verifier', 'witnessed_at_us')]
        if data['kind'] != 'cosigner':
            if any(one is not None for one in signed):
                self.report.tampered(f'{where} has a cosignature of {data["witness"]}, which is no '
                                     'cosigner')
            return
        line, key, time_us = signed
        if line is None or key is None:
            self.report.tampered(f'{where} says that {data["witness"]} has cosigned, and has no '
                                 + ('cosignature' if line is None else 'key of it'))
            return
        note, verifier = Note(f'{text}\n{line}\n', where), Verifier(key, COSIGNATURE)
        time = note.cosigned_by(verifier)
        if len(note.signatures) != 1 or verifier.name != data['witness'] or \
                time is None or time is False:  # a clock may have said 0
            self.report.tampered(f'the cosignature in {where} is bad')
        elif type(time_us) is not int or time_us != time * 1000000:
            self.report.tampered(f'the cosignature in {where} is of another time than it says')
        else:
            self.tell_unknown_witness(verifier)

    # What events name, and what is made of them

    def check_content(self):
        named = {}
        for position in sorted(self.events):
            if self.roles.get(position) in ('selected', 'context'):
                for digest, size, kind in references(self.events[position]['data']):
                    named.setdefault(digest, (size, kind, []))[2].append(position)
        there = 0
        for name in self.archive.places:
            if not name.startswith('content/'):
                continue
            there += 1
            digest, data = name[8:], self.archive.get(name, ARCHIVE_BYTES_MAX)
            if sha256(data).hex() != digest:
                self.report.tampered(f'{name} is not what its name says')
            if digest not in named:
                if self.has_its_events():
                    self.report.tampered(f'{name} was put in: no event here names it')
            elif len(data) != named[digest][0]:
                self.report.tampered(f'{name} does not have the length that its event says')
        if not self.has_its_events():
            return
        gone = 0
        said = {one['digest']: one for one in self.completeness['content']}
        if set(said) != set(named) or len(said) != len(self.completeness['content']):
            self.report.tampered('completeness.json does not list the content that events name')
        for digest, one in said.items():
            if digest not in named:
                continue
            size, kind, positions = named[digest]
            if not same([one['byte_count'], one['kind'], one['positions']],
                        [size, kind, positions]):
                self.report.tampered(f'completeness.json misstates content {digest[:16]}...')
            if one['state'] != 'redacted' and one['redacted_by'] is not None:
                self.report.tampered(f'completeness.json names an event that redacted {digest}, '
                                     'which it does not say to be redacted')
            present = f'content/{digest}' in self.archive
            if one['state'] == 'included' and not present:
                self.report.missing(f'content/{digest} is missing')
            elif one['state'] != 'included':
                gone += self.is_gone(one, present)
        self.report.tell(f'content       {there} texts by their digest'
                         + (f'; {gone} redacted, each by its event' if gone else ''))

    def is_gone(self, said, present):
        """Whether content that is not here is away for a reason that an event proves."""
        digest, by = said['digest'], said['redacted_by']
        if said['state'] not in ('redacted', 'absent'):
            self.report.tampered(f'completeness.json: content {digest} has a state that is none')
        elif present:
            self.report.tampered(f'content/{digest} is there, and said not to be')
        elif said['state'] == 'absent':
            self.report.missing(f'content/{digest} is missing, and nothing says why')
        elif type(by) is not int or by < 0:
            self.report.tampered(f'completeness.json names no event that redacted {digest}')
        elif by >= self.note.size:
            self.report.missing(f'content/{digest} is missing; event {by}, said to have redacted '
                                'it, is beyond the checkpoint: ask for an export with a later one')
        elif by not in self.events:
            self.report.missing(f'event {by} is missing, said to have redacted content {digest}')
        elif self.events[by]['type'] != 'content-redacted.1' or not all(
                same(self.events[by]['data'].get(name), said[name])
                for name in ('digest', 'byte_count', 'kind')):
            self.report.tampered(f'event {by} did not redact content {digest}')
        else:
            return True
        return False

    def check_redactions(self):
        """What they say of the content that is gone: the events before them say it too."""
        known = self.every_event()
        redactions = [event for event in known.values() if event['type'] == 'content-redacted.1']
        referring = {event['data']['digest']: {} for event in redactions}
        for position, event in known.items() if redactions else ():
            for digest, size, kind in references(event['data']):
                if digest in referring:
                    referring[digest].setdefault(position, set()).add((size, kind))
        for event in redactions:
            fault = self.fault_of_redaction(event, referring[event['data']['digest']])
            if fault:
                self.report.tampered(f'event {event["position"]} redacted content '
                                     f'{event["data"]["digest"]}, and {fault}')

    def fault_of_redaction(self, event, referring):
        data, listed = event['data'], event['data']['positions']
        if not isinstance(listed, list) or any(type(one) is not int for one in listed) or \
                listed != sorted(set(listed)) or not 0 < len(listed) <= LISTED_MAX or \
                not 0 <= listed[0] <= listed[-1] < event['position']:
            return 'does not list the events before it that name it'
        for position in listed:
            if position in self.lines and data['digest'].encode() not in self.lines[position]:
                return f'lists event {position}, which does not name it'
        before = {position for position in referring if position < event['position']}
        if len(listed) < LISTED_MAX and not before <= set(listed):
            return f'leaves out event {min(before - set(listed))}, which names it'
        said = set().union(*(referring[position] for position in before))
        whole = said or all(position in self.lines for position in listed)
        if (data['byte_count'], data['kind']) not in said and whole:
            return 'no event before it gives it that size and kind'
        if not said and referring:
            self.report.cannot_prove(f'that content {data["digest"][:16]}... was there before '
                                     f'event {event["position"]} redacted it')
        return None

    def check_control_map(self):
        if 'control-map.json' not in self.archive or not self.has_its_events():
            return
        said = exactly(read_json(self.archive.text('control-map.json'), 'control-map.json'),
                       ('format', 'questions'), 'control-map.json')
        for one in said['questions']:
            exactly(one, CONTROL_MEMBERS, 'a question of control-map.json')
        open_count = 0
        self.check_questions(said)
        for question in said['questions']:
            positions = [
                position for position, event in sorted(self.events.items())
                if self.roles.get(position) != 'boundary' and event['type'] in question['types']
                and (question['needs'] is None or member(event, question['needs']) is not None)]
            if not same([question['positions'], question['answered']],
                        [positions, bool(positions)]):
                self.report.tampered(f'control-map.json: {question["id"]} does not name the events '
                                     'that answer it')
            open_count += not positions
        self.report.tell(f'control map   {len(said["questions"])} questions, {open_count} of them '
                         'not answered by an event')

    def check_questions(self, said):
        """The questions are the same for every ledger: which events answer one is no choice."""
        if type(said['format']) is not int or said['format'] not in CONTROL_WORDS_DIGESTS:
            raise Unreadable('control-map.json has another format than this program reads')
        rows = [[one['id'], one['types'], one['needs']] for one in said['questions']]
        questions = control_questions(said['format'])
        if not same(rows, questions):
            fixed = {row[0]: row for row in questions}
            wrong = [row[0] for row in rows if not same(fixed.pop(row[0], None), row)]
            self.report.tampered('control-map.json does not have the questions that every control '
                                 'map has, with the types that answer them: '
                                 + (', '.join(map(str, wrong + list(fixed))) or 'their order'))
        elif sha256(*(one[name].encode() + b'\n' for one in said['questions']
                      for name in CONTROL_WORDS)).hex() != CONTROL_WORDS_DIGESTS[said['format']]:
            self.report.tampered('control-map.json puts its questions in other words than every '
                                 'control map does')

    def check_view(self):
        if 'events.jsonl' not in self.archive or self.completeness is None:
            return
        seen = []
        for line in self.archive.rows('events.jsonl'):
            view = exactly(read_json(line, 'events.jsonl'), VIEW_MEMBERS, 'a line of events.jsonl')
            position = view['position']
            seen.append(position)
            event = self.events.get(position)
            if event is None:
                continue
            if not same(view['event'], event) or view['role'] != self.roles.get(position) or \
                    view['leaf'] != leaf_hash(self.lines[position]).hex() or \
                    view['recorded_at'] != instant(event['recorded_at_us']):
                self.report.tampered(f'events.jsonl misstates event {position}')
        if any(type(position) is not int for position in seen) or seen != sorted(set(seen)) or \
                not set(self.events) <= set(seen) or \
                not set(seen) <= set(self.events) | set(self.roles):
            self.report.tampered('events.jsonl does not have the events of the bundle')

    def check_policy(self):
        if 'policy' not in self.archive or 'keys.txt' not in self.archive or self.note is None:
            return
        names = [f'w{number}' for number, _ in enumerate(self.witnesses, 1)]
        lines = [f'log {v.text}' for v in self.good_keys(self.note.size)]
        lines += [f'witness {name} {v.text}' for name, v in zip(names, self.witnesses)]
        lines += [f'group witnesses any {" ".join(names)}', 'quorum witnesses'] if names else \
            ['quorum none']
        if self.archive.text('policy').split('\n') != lines + ['']:
            self.report.tampered('policy does not say the same as keys.txt')


VERDICTS = {
    TAMPERED: 'TAMPERED WITH. This is not what the ledger signed.',
    INCOMPLETE: 'INCOMPLETE. Something is missing; ask for the whole bundle.',
    CANNOT_TELL: 'CANNOT TELL. Nothing is shown either way.',
}


def plain(text):
    """Fit for a terminal: one line of printable ASCII, whatever was in the archive."""
    text = ''.join(one if ' ' <= one <= '~' else one.encode('unicode-escape').decode()
                   for one in text[:TEXT_SHOWN + 1])
    return text if len(text) <= TEXT_SHOWN else f'{text[:TEXT_SHOWN]}...'


def verdict_of(report, bundle, code):
    if code != OK:
        return VERDICTS[code]
    unproved = '; '.join(report.unproved)
    if bundle is not None and not bundle.given_key:
        return ('CONSISTENT. The key was taken from the archive itself: this shows that the bundle '
                'agrees with itself,\nnot whose it is. Give the key that you know from elsewhere '
                'with --key.' + (f'\nNOT proved even then: {unproved}.' if unproved else ''))
    left_out = f', and nothing was left out of {report.complete}' if report.complete else ''
    return (f'PROVED: none of its events was changed{left_out}.'
            + (f' NOT proved: {unproved}.' if unproved else ''))


def show(report, bundle, path):
    code = report.verdict()
    print(plain(path))
    for line in report.told:
        print(f'  {plain(line)}')
    for kind, word in ((TAMPERED, 'WRONG'), (INCOMPLETE, 'MISSING'), (CANNOT_TELL, 'UNKNOWN')):
        for text in report.faults[kind][:FAULTS_SHOWN]:
            print(f'  {word:<8}{plain(text)}')
        if len(report.faults[kind]) > FAULTS_SHOWN:
            print(f'  {word:<8}and {len(report.faults[kind]) - FAULTS_SHOWN} more')
    print(f'VERDICT: {verdict_of(report, bundle, code)}')
    return code


class Parser(argparse.ArgumentParser):
    def error(self, message):
        """Used wrongly: nothing was looked at, so that nothing can be told. (2 says more.)"""
        self.print_usage(sys.stderr)
        self.exit(CANNOT_TELL, f'{self.prog}: {plain(message)}\n')


def digest_text(text):
    if not re.fullmatch('[0-9a-fA-F]{64}', text):
        raise argparse.ArgumentTypeError('a SHA-256 is 64 hex digits')
    return text


def main():
    parser = Parser(description='Verifies an archive of evidence.',
                    formatter_class=argparse.RawDescriptionHelpFormatter,
                    epilog=__doc__[__doc__.index('Exit codes'):__doc__.index('Needs')])
    parser.add_argument('archive')
    parser.add_argument('--key', action='append', metavar='VERIFIER',
                        help="the ledger's key, known from elsewhere")
    parser.add_argument('--witness', action='append', metavar='VERIFIER',
                        help="a witness's key, known from elsewhere")
    parser.add_argument('--old', action='append', metavar='FILE',
                        help='a checkpoint that you have kept: a signed note')
    parser.add_argument('--digest', type=digest_text, metavar='SHA256',
                        help="the archive's, as the ledger has it")
    arguments = parser.parse_args()
    report, bundle = Report(), None
    try:
        for text in arguments.key or []:
            Verifier(text, NOTE)
        for text in arguments.witness or []:
            Verifier(text, COSIGNATURE)
    except Unreadable as error:
        report.doubt(f'a key that you gave cannot be used: {error}')
        return show(report, bundle, arguments.archive)
    try:
        archive = Archive(arguments.archive)
        try:
            if archive.cut:
                report.missing('the archive is cut off before its end')
            bundle = Bundle(archive, arguments, report)
            bundle.check()
        finally:
            archive.close()
    except Unreadable as error:
        report.tampered(str(error))
    except Repacked as error:
        report.doubt(str(error))
    except (OSError, subprocess.SubprocessError, MemoryError) as error:
        report.doubt(str(error) or repr(error))
    except Exception as error:  # never a traceback, whose exit code would be a verdict
        report.doubt(f'this program failed at it: {error!r}')
    return show(report, bundle, arguments.archive)


if __name__ == '__main__':
    sys.exit(main())
