"""The admin's page of accounts: roles, who may enter, and which tokens hold. Accounts and passwords are made at the
command line, where nobody looks over a network's shoulder."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from review import accounts, tokens
from review.desk import AtDesk
from review.desk import page as made
from review.roles import ROLES, Role, current_user, needs
from review.routes_read import number
from review.times import instant

router = APIRouter(prefix="/accounts")


@router.get("", response_class=HTMLResponse)
@needs(Role.ADMIN)
def listed(request: Request, desk: AtDesk) -> Response:
    """All accounts and tokens."""
    with desk.reading() as connection:
        known, shown = accounts.listed(connection), tokens.listed(connection)
    return made(
        "accounts.html", accounts=known, tokens=shown, roles=list(ROLES), me=current_user(request).name,
        instant=instant, now=desk.now(),
    )  # fmt: skip


@router.post("/tokens/{token_id}/revoke")
@needs(Role.ADMIN)
def revoke(desk: AtDesk, token_id: str) -> Response:
    """The token opens nothing from now on."""
    try:
        tokens.revoke(desk.engine, number(token_id, "token"), desk.now())
    except accounts.AccountError as error:
        raise HTTPException(404, "There is no such token, or it is revoked already.") from error
    return _back()


@router.post("/{name}/role")
@needs(Role.ADMIN)
def change_role(request: Request, desk: AtDesk, name: str, role: Annotated[str, Form()] = "") -> Response:
    """Another role; its sessions end."""
    _not_oneself(request, name)
    try:
        accounts.set_role(desk.engine, name, role)
    except accounts.AccountError as error:
        raise HTTPException(400, "There is no such account or role.") from error
    return _back()


@router.post("/{name}/enter")
@needs(Role.ADMIN)
def may_enter(request: Request, desk: AtDesk, name: str, may: Annotated[str, Form()] = "") -> Response:
    """`may` yes or no: whether it may log in; its sessions end."""
    _not_oneself(request, name)
    if may not in ("yes", "no"):
        raise HTTPException(400, "The form must say yes or no.")
    try:
        accounts.set_disabled(desk.engine, name, None if may == "yes" else desk.now())
    except accounts.AccountError as error:
        raise HTTPException(404, "There is no such account.") from error
    return _back()


def _not_oneself(request: Request, name: str) -> None:
    if current_user(request).name == name:
        raise HTTPException(400, "Nobody changes the own account here, so that one admin is always left.")


def _back() -> Response:
    return RedirectResponse("/accounts", status_code=303)
