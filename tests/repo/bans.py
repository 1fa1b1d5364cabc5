"""What no line of the program may do, whatever it is good for."""

import ast
from collections.abc import Iterator

CALLS = {
    "eval": "runs text",
    "exec": "runs text",
    "compile": "runs text",
    "__import__": "runs what a name names",
    "pickle.load": "runs what it reads",
    "pickle.loads": "runs what it reads",
    "marshal.loads": "runs what it reads",
    "shelve.open": "runs what it reads",
    "yaml.load": "runs what it reads; safe_load does not",
    "yaml.unsafe_load": "runs what it reads",
    "os.system": "goes through a shell",
    "os.popen": "goes through a shell",
    "asyncio.create_subprocess_shell": "goes through a shell",
    "subprocess.getoutput": "goes through a shell",
    "tempfile.mktemp": "names a file that somebody else may make first",
    "hashlib.md5": "is broken",
    "hashlib.sha1": "is broken",
    "ssl._create_unverified_context": "believes every certificate",
    "random.random": "can be guessed",
    "random.choice": "can be guessed",
    "random.randint": "can be guessed",
    "print": "writes past the log",
}
KEYWORDS = {"verify": False, "check_hostname": False, "shell": True, "ssl": False}
# What is asked for a log is a constant; what it names are fields, and never a whole value of ours.
LOG_METHODS = {"debug", "info", "warning", "error", "critical", "exception"}


def banned(name: str, text: str) -> Iterator[str]:
    """Complain about each call that is on the list."""
    for node in ast.walk(ast.parse(text, filename=name)):
        if isinstance(node, ast.Call):
            for why in _of_call(node):
                yield f"{name}:{node.lineno}: {why}"


def _of_call(node: ast.Call) -> Iterator[str]:
    called = ast.unparse(node.func)
    if called in CALLS:
        yield f"{called}: {CALLS[called]}"
    for given in node.keywords:
        if given.arg in KEYWORDS and _is(given.value, KEYWORDS[given.arg]):
            yield f"{given.arg}={KEYWORDS[given.arg]}: is never right"
    method = called.rpartition(".")[2]
    if called.startswith("log.") and method in LOG_METHODS:
        yield from _of_log(node)


def _of_log(node: ast.Call) -> Iterator[str]:
    event = node.args[0] if node.args else None
    if not (isinstance(event, ast.Constant) and isinstance(event.value, str)):
        yield "log: an event is a constant"
    if node.args[1:] or any(given.arg is None for given in node.keywords):
        yield "log: a field is named where it is given"
    for given in node.keywords:
        if isinstance(given.value, ast.JoinedStr):
            yield f"log: {given.arg} is put together; give a field of its own"


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value
