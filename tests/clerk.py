"""The clerk of `notary` signs a report of an office."""

from pathlib import Path

from notary import CLERK, PASSWORD

from pipeline.cli.entry import run
from pipeline.errors import ExitCode


def sign(folder: Path, name: str = "a/2021", *options: str) -> None:
    """The stamped report of a target, or the PDF of that name, gets a signature: signed.pdf."""
    certificate, password = folder / "clerk.p12", folder / "password.txt"
    certificate.write_bytes(CLERK.file())
    certificate.chmod(0o600)
    password.write_text(PASSWORD, encoding="utf-8")
    given = ["--certificate", str(certificate), "--password-file", str(password)]
    assert run(["sign", name, *given, *options]) == ExitCode.OK
