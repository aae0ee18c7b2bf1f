"""Archives of evidence, taken apart and put together again; and a key that nobody knows."""
import base64
import functools
import hashlib
import importlib.util
import io
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


def flipped(data, at=None):
    at = len(data) // 2 if at is None else at
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


class Forger:
    """An Ed25519 key of one's own, under whatever name."""

    def __init__(self, name):
        self.name, self.folder = name, tempfile.TemporaryDirectory(prefix='varve-forger.')
        self.key = pathlib.Path(self.folder.name) / 'key.pem'
        self.openssl('genpkey', '-algorithm', 'ed25519', '-out', self.key)
        public = self.openssl('pkey', '-in', self.key, '-pubout', '-outform', 'DER')[-32:]
        self.id = hashlib.sha256(name.encode() + b'\n\x01' + public).digest()[:4]
        self.verifier = f'{name}+{self.id.hex()}+{base64.b64encode(bytes([1]) + public).decode()}'

    @staticmethod
    def openssl(*words):
        return subprocess.run(['openssl', *map(str, words)], check=True, capture_output=True).stdout

    def sign(self, text):
        message = pathlib.Path(self.folder.name) / 'message'
        message.write_bytes(text)
        signature = self.openssl('pkeyutl', '-sign', '-rawin', '-inkey', self.key, '-in', message)
        line = base64.b64encode(self.id + signature).decode()
        return text + f'\n\u2014 {self.name} {line}\n'.encode()
