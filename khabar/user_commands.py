"""The commands under `khabar users`: who may enter the review page, and which programs may read its API."""

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from khabar.terminal import AsJson, console, print_json
from models.exits import Exit

users_app = typer.Typer(help="Accounts of the review page, and tokens for its API.", no_args_is_help=True)
token_app = typer.Typer(help="Tokens for programs that read the API.", no_args_is_help=True)
users_app.add_typer(token_app, name="token")

Name = Annotated[str, typer.Argument(help="The account's name; decisions carry it.")]
AsRole = Annotated[str, typer.Option("--role", help="reader, reviewer or admin.")]
PasswordFile = Annotated[
    Path | None, typer.Option(help="File whose first line is the password; - is standard input. Else it is asked.")
]


class NoPassword(Exception):
    """None was given, or not twice the same. One sentence."""

    exit_code = Exit.USAGE


@users_app.command("add")
def users_add(name: Name, role: AsRole, password_file: PasswordFile = None) -> None:
    """Add an account. The password is asked for twice; there is no default one."""
    from models.session import check_schema, engine
    from review.accounts import add, check_name, checked_role

    check_schema()
    check_name(name)
    checked_role(role)
    add(engine(), name, role, _password(name, password_file), _now())
    typer.echo(f"{name} may enter, as {role}.")


@users_app.command("list")
def users_list(as_json: AsJson = False) -> None:
    """Every account with its role and last login."""
    from models.session import check_schema, reading
    from review.accounts import listed

    check_schema()
    with reading() as connection:
        rows = listed(connection)
    _show(rows, ("name", "role", "created_at", "last_login_at", "disabled_at"), as_json)


@users_app.command("disable")
def users_disable(name: Name) -> None:
    """Let it in no longer: its sessions and tokens end at once, its decisions stay."""
    from models.session import check_schema, engine
    from review.accounts import set_disabled

    check_schema()
    set_disabled(engine(), name, _now())
    typer.echo(f"{name} is disabled.")


@users_app.command("enable")
def users_enable(name: Name) -> None:
    """Let a disabled account in again."""
    from models.session import check_schema, engine
    from review.accounts import set_disabled

    check_schema()
    set_disabled(engine(), name, None)
    typer.echo(f"{name} may enter again.")


@users_app.command("role")
def users_role(name: Name, role: Annotated[str, typer.Argument(help="reader, reviewer or admin.")]) -> None:
    """Give it another role. It has to log in again."""
    from models.session import check_schema, engine
    from review.accounts import set_role

    check_schema()
    set_role(engine(), name, role)
    typer.echo(f"{name} is {role} now.")


@users_app.command("password")
def users_password(name: Name, password_file: PasswordFile = None) -> None:
    """Give it another password. It has to log in again."""
    from models.session import check_schema, engine, reading
    from review.accounts import id_of, set_password

    check_schema()
    with reading() as connection:
        id_of(connection, name)  # an unknown name is said before anything is asked
    set_password(engine(), name, _password(name, password_file), _now())
    typer.echo(f"{name} has a new password.")


@token_app.command("add")
def token_add(
    name: Name,
    role: AsRole = "reader",
    days: Annotated[int, typer.Option(help="How long it holds.")] = 90,
    note: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:
    """Make a token of an account and print it: this once, since only its hash is kept."""
    from models.session import check_schema, engine
    from review.tokens import add

    check_schema()
    typer.echo(add(engine(), name, role, days, note, _now()))
    typer.echo("khabar: this token is not shown again", err=True)


@token_app.command("list")
def token_list(as_json: AsJson = False) -> None:
    """Every token with its account, role and end; never the token itself."""
    from models.session import check_schema, reading
    from review.tokens import listed

    check_schema()
    with reading() as connection:
        rows = listed(connection)
    _show(rows, ("id", "account", "role", "note", "created_at", "expires_at", "revoked_at"), as_json)


@token_app.command("revoke")
def token_revoke(token: Annotated[int, typer.Argument(help="Its number in the list.")]) -> None:
    """From now on it opens nothing."""
    from models.session import check_schema, engine
    from review.tokens import revoke

    check_schema()
    revoke(engine(), token, _now())
    typer.echo(f"Token {token} is revoked.")


def _password(name: str, file: Path | None) -> str:
    """From the file's first line, or asked for twice at the terminal."""
    if file is not None:
        try:
            text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise NoPassword(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from error
        return (text.splitlines() or [""])[0]
    if not sys.stdin.isatty():
        raise NoPassword("give --password-file FILE, or - to read it from standard input: nobody is at the terminal")
    password = getpass.getpass(f"Password of {name}: ")
    if getpass.getpass("Once more: ") != password:
        raise NoPassword("the password was not the same twice")
    return password


def _show(rows: list[dict[str, Any]], columns: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        for row in rows:
            print_json(row)
        return
    table = Table(*(name.removesuffix("_at").replace("_", " ") for name in columns), box=None)
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in columns))
    console.print(table)


def _cell(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else "–" if value is None else str(value)


def _now() -> datetime:
    return datetime.now(UTC)
