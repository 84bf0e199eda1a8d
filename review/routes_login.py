"""The door: log in, log out, one's own account."""

import logging
import re
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select, update

from models.account import Account
from models.session import reading, writing
from review import passwords, sessions, throttle
from review.accounts import AccountError, id_of, set_password
from review.desk import AtDesk, Desk, page
from review.door import front_of, give_cookie, secret_of, take_cookie
from review.roles import LOCAL, Role, current_user, needs

router = APIRouter()
log = logging.getLogger(__name__)

WRONG: Final = "Name and password do not fit together, or the account is disabled."
_OURS: Final = re.compile(r"/(?:[\w.-]+(?:/[\w.-]+)*)?(?:\?[\w.~%&=+,:*'()!-]*)?", re.ASCII)
"""Our own pages. No second slash, backslash or control character, so that no browser reads another host in it."""


@router.get("/login", response_class=HTMLResponse)
@needs(Role.ANYONE)
def login_form(request: Request) -> Response:
    """The form."""
    return page("login.html", there=where_to(request.query_params.get("next", "")), name="", wrong="")


@router.post("/login")
@needs(Role.ANYONE)
def login(
    request: Request,
    desk: AtDesk,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    there: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Let in who knows the password; everybody else gets the same answer, after the same work."""
    name, there = name.strip().lower()[:80], where_to(there)
    limits, wait = _count(request, desk, name)
    if wait:
        return _wait(there, name, wait)
    with reading(desk.engine) as connection:
        account = connection.execute(
            select(Account.id, Account.password_hash).where(Account.name == name, Account.disabled_at.is_(None))
        ).one_or_none()
    try:
        fits = passwords.fits(account and account.password_hash, password)
    except passwords.Crowded:
        return _wait(there, name, 5)
    if not fits or account is None:
        return page("login.html", 403, there=there, name=name, wrong=WRONG)
    at = desk.now()
    better = passwords.renewed(account.password_hash, password)
    with writing(desk.engine) as connection:
        still = (
            Account.id == account.id,
            Account.password_hash == account.password_hash,
            Account.disabled_at.is_(None),
        )
        values = {"last_login_at": at, "password_hash": better}
        if not connection.execute(update(Account).where(*still).values(**values)).rowcount:
            return page("login.html", 403, there=there, name=name, wrong=WRONG)
        throttle.give_back(connection, limits, at)
        secret = sessions.begin(connection, account.id, at, secret_of(request))
    answer = RedirectResponse(there, status_code=303)
    give_cookie(request, answer, secret)
    return answer


@router.post("/logout")
@needs(Role.ANYONE)
def logout(request: Request, desk: AtDesk) -> Response:
    """End this session; whoever has none is let out as well."""
    secret = secret_of(request)
    if secret:
        with writing(desk.engine) as connection:
            sessions.end(connection, secret)
    answer = RedirectResponse("/login", status_code=303)
    take_cookie(request, answer)
    return answer


@router.get("/account", response_class=HTMLResponse)
@needs(Role.READER)
def account(request: Request, desk: AtDesk) -> Response:
    """One's own account."""
    return _account(request, desk, 200, "")


@router.post("/account/password")
@needs(Role.READER)
def change_password(
    request: Request,
    desk: AtDesk,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Another password, for who knows the present one. All sessions end; this browser gets a new one."""
    name = current_user(request).name
    if current_user(request) is LOCAL:
        return _account(request, desk, 400, "There are no accounts on this desk.")
    if new != again:
        return _account(request, desk, 400, "The new password was not the same twice.")
    limits, wait = _count(request, desk, name)
    if wait:
        return _account(request, desk, 429, f"Too many attempts: try again in {wait} seconds.")
    with reading(desk.engine) as connection:
        stored = connection.execute(select(Account.password_hash).where(Account.name == name)).scalar_one()
    try:
        if not passwords.fits(stored, old):
            return _account(request, desk, 403, "That is not your present password.")
        at = desk.now()
        set_password(desk.engine, name, new, at)
    except passwords.Crowded:
        return _account(request, desk, 429, "Too many people are at the door: try again in a moment.")
    except AccountError as error:
        return _account(request, desk, 400, f"{str(error)[0].upper()}{str(error)[1:]}.")
    with writing(desk.engine) as connection:
        throttle.give_back(connection, limits, at)
        secret = sessions.begin(connection, id_of(connection, name), at, None)
    answer = RedirectResponse("/account", status_code=303)
    give_cookie(request, answer, secret)
    return answer


@router.post("/account/logout")
@needs(Role.READER)
def logout_everywhere(request: Request, desk: AtDesk) -> Response:
    """End every session of this account."""
    if current_user(request) is not LOCAL:
        with writing(desk.engine) as connection:
            sessions.end_all(connection, id_of(connection, current_user(request).name))
    answer = RedirectResponse("/login", status_code=303)
    take_cookie(request, answer)
    return answer


def where_to(wanted: str) -> str:
    """The page of ours to go on to after the login; the queue for anything else."""
    fits = len(wanted) <= 2000 and _OURS.fullmatch(wanted) and not wanted.startswith(("/login", "/logout"))
    return wanted if fits else "/"


def _count(request: Request, desk: Desk, name: str) -> tuple[dict[str, int], int]:
    """One attempt counted, before anything is tried; what was counted, and the seconds to wait."""
    peer = request.client.host if request.client else ""
    address = front_of(request).client(peer, request.headers)
    limits = throttle.keys(name, address)
    with writing(desk.engine) as connection:
        wait = throttle.take(connection, limits, desk.now())
    if wait:  # without the name: people type passwords there
        log.warning("too many logins, the last from %s", throttle.network(address))
    return limits, wait


def _wait(there: str, name: str, seconds: int) -> Response:
    sentence = f"Too many attempts: try again in {seconds} seconds."
    answer = page("login.html", 429, there=there, name=name, wrong=sentence)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _account(request: Request, desk: Desk, status: int, wrong: str) -> Response:
    user = current_user(request)
    at_once = 0
    if user is not LOCAL:
        with desk.reading() as connection:
            at_once = sessions.count(connection, id_of(connection, user.name), desk.now())
    return page("account.html", status, user=user, local=user is LOCAL, sessions=at_once, wrong=wrong)
