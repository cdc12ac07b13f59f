"""What a deployment decides, read from dundun.toml: every mistake names its file and key, and says what is expected.

`${NAME}` in a text is the environment's: secrets need not stand in the file.  Nothing here opens, connects or listens.
"""

from __future__ import annotations

import difflib
import hashlib
import hmac
import os
import re
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeGuard, TypeVar
from urllib.parse import quote, urlsplit
from zoneinfo import available_timezones

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=1, le=65535, description="a port, a whole number from 1 to 65535, is expected")]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", description='two capital letters, like "LR", are expected')]
Language = Annotated[str, Meta(pattern="^[a-z]{2,3}(-[A-Z]{2})?$", description='a language, like "en" or "pt-BR"')]
HttpUrl = Annotated[
    str, Meta(pattern="^https?://[^/]", description='an address is expected, like "https://sms.example.org"')
]
Days = Annotated[int, Meta(ge=1, description="a whole number of days, 1 or more, is expected")]
Month = Annotated[int, Meta(ge=30, description="a whole number of days, 30 or more, is expected")]
Hour = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description='a time is expected, like "20:00"')]
Key = Annotated[str, Meta(min_length=16, description="a key of 16 letters or more")]


KEY = Path("dundun.key")
"""The key file of a database server, where the settings name none."""

SERVERS = ("postgresql://", "postgres://")

_OTHERS = ("api", "channels", "actions", "systems")
"""The tables of whoever speaks with other systems: a running server."""

T = TypeVar("T", bound=msgspec.Struct)
Written = Any  # what TOML gives: tables, lists, texts, numbers
Kind = Any  # what a field's annotation says: a class, or a form of typing


class SettingsError(Exception):
    """Sentences, one a line, for the person who wrote the settings: file, key, what is wrong, what is expected."""


class Listen(msgspec.Struct, frozen=True):
    """Where the server listens; 127.0.0.1 is this machine only."""

    host: str = "127.0.0.1"
    port: Port = 8080


class Action(msgspec.Struct, frozen=True):
    """Where `do NAME` of a flow goes: an HTTP POST to `url`.

    `takes`: the names of all values that it can be given; without it, flows give what they like.
    """

    url: HttpUrl
    takes: tuple[str, ...] | None = None


class System(msgspec.Struct, frozen=True):
    """Where `submit to NAME` of a flow goes: an HTTP POST to `url`."""

    url: HttpUrl


class Api(msgspec.Struct, frozen=True):
    """Who may post events: keys as they are, or as `sha256:` and the 64 hex digits of their SHA-256."""

    keys: tuple[Key, ...] = ()

    def allows(self, key: str) -> bool:
        """Is this one of the keys?  In constant time for each."""
        digest = _digest(key)
        known = [each.removeprefix("sha256:") if each.startswith("sha256:") else _digest(each) for each in self.keys]
        return sum(hmac.compare_digest(digest, each) for each in known) > 0


class Metrics(msgspec.Struct, frozen=True):
    """Who may read /metrics without a key of the API: addresses and networks."""

    allow: tuple[str, ...] = ("127.0.0.1", "::1")


class Retention(msgspec.Struct, frozen=True):
    """After how many days what is stored goes; without a number it is kept.

    `messages`: what was written and sent, and what conversations that ended knew.  `answers`: what was answered.
    `seen`: which deliveries there were, so that none has a second effect.
    """

    messages: Days | None = None
    answers: Days | None = None
    seen: Month = 30


class Settings(msgspec.Struct, frozen=True):
    """All of dundun.toml.

    `database`: the path of a SQLite file, or the address of a PostgreSQL database.  `key`: the path of its key file.
    `channels`: by name, each with `type` and the keys of that type, which its adapter reads.  `country`: where numbers
    without a country code belong.  `languages`: of the deployment; the first speaks to numbers that nobody knows.
    `zone`: an IANA name, for workers and facilities without one.  `quiet`: when only answers go out, by each worker's
    clock, where a flow says nothing else.  `currency`: of what messages cost, like USD.  `unknown_number`: what such a
    number is answered ("": the engine's own sentence).
    """

    database: str | Path = Path("dundun.sqlite")
    key: Path | None = None
    flows: Path = Path("flows")
    public_url: HttpUrl = "http://127.0.0.1:8080"
    country: Country = "LR"
    languages: tuple[Language, ...] = ("en",)
    unknown_number: str = ""
    zone: str = "UTC"
    quiet: tuple[Hour, Hour] | None = None
    currency: str = ""
    listen: Listen = Listen()
    api: Api = Api()
    retention: Retention = Retention()
    metrics: Metrics = Metrics()
    channels: dict[str, dict[str, Any]] = {}
    actions: dict[str, Action] = {}
    systems: dict[str, System] = {}

    @property
    def key_file(self) -> Path:
        """The key of the database: where the settings say, else beside the file."""
        return self.key or Path(self.database).with_suffix(".key")

    @property
    def socket(self) -> Path:
        """Where commands on this machine reach the running server: beside the database file, or beside the key."""
        return (self.key_file if _is_address(self.database) else Path(self.database)).with_suffix(".sock")


def load(file: Path, environment: Mapping[str, str] = os.environ, *, serves: bool = True) -> Settings:
    """The settings in `file`; relative paths count from its folder.  Raises SettingsError with every mistake.

    `serves`: all of it is needed.  Else secrets of other systems may be missing in the environment, as for a backup
    that is made by night.
    """
    place = f"{file}, key "
    faults: list[str] = []
    written: dict[str, Any] = {}
    for key, value in _written(file).items():
        unset: list[str] = []
        expanded = _expand(value, f"{place}{key}", environment, unset)
        if not unset or serves or key == "channels":
            written[key] = expanded
        if serves or key not in _OTHERS:
            faults += unset
    if faults:
        raise SettingsError("\n".join(faults))
    settings = read(Settings, written, place)
    if faults := list(_beyond_types(settings, place)):
        raise SettingsError("\n".join(faults))
    return _at_home(settings, file.resolve().parent)


def read(kind: type[T], written: Mapping[str, Any], place: str) -> T:
    """`written` as a struct of `kind`; `place` stands before each key's name.  Raises SettingsError."""
    faults: list[str] = []
    found = _read(kind, written, place, faults)
    if found is None:
        raise SettingsError("\n".join(faults))
    return found


def _at_home(settings: Settings, home: Path) -> Settings:
    """Paths count from the folder of the file; the key of a database server has none to stand beside but that."""
    address = _is_address(settings.database)
    named = settings.key or (KEY if address else None)
    return msgspec.structs.replace(
        settings,
        database=settings.database if address else home / settings.database,
        key=None if named is None else home / named,
        flows=home / settings.flows,
    )


def is_whole(address: str) -> bool:
    """Is it the address of a database server, with a name, and a port that is a number where it has one?"""
    try:
        parts = urlsplit(address)
        return _is_address(address) and parts.port != 0 and len(parts.path) > 1
    except ValueError:
        return False


def _is_address(database: str | Path) -> bool:
    return str(database).startswith(SERVERS)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _written(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f"There is no file {file}. Make one, or say where it is with --config.") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not UTF-8 text. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not written as TOML is: {error}.") from None


def _expand(value: Written, place: str, environment: Mapping[str, str], faults: list[str]) -> Written:
    """Every `${NAME}` in it replaced by the environment's; a password in an address is written as addresses demand."""
    if isinstance(value, dict):
        return {key: _expand(item, f"{place}.{key}", environment, faults) for key, item in value.items()}
    if isinstance(value, list):
        return [_expand(item, place, environment, faults) for item in value]
    if not isinstance(value, str):
        return value
    for name in re.findall(r"\$\{(\w+)\}", value):
        if name not in environment:
            faults.append(f"{place}: {name} is not set in the environment. Set it before the server starts.")
        given = environment.get(name, "?")
        value = value.replace(f"${{{name}}}", quote(given, safe="") if _is_address(value) else given)
    return value


def _read(kind: type[T], written: Mapping[str, Any], place: str, faults: list[str]) -> T | None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    hints = typing.get_type_hints(kind, include_extras=True)
    before = len(faults)
    faults += [f"{place}{key}: there is no such key. {_nearest(key, fields)}" for key in written if key not in fields]
    faults += [
        f"{place}{name} is missing: {_expected(hints[field.name])}."
        for name, field in fields.items()
        if field.required and name not in written
    ]
    values = {
        field.name: _value(hints[field.name], written[name], place + name, faults)
        for name, field in fields.items()
        if name in written
    }
    return kind(**values) if len(faults) == before else None


def _value(kind: Kind, written: Written, place: str, faults: list[str]) -> object:
    """One value, of any type; a struct, or a table of structs, is read key by key."""
    kind = typing.get_args(kind)[0] if _origin(kind) in (types.UnionType, typing.Union) else kind
    each = typing.get_args(kind)[1] if isinstance(written, Mapping) and _origin(kind) is dict else None
    if isinstance(written, Mapping) and _is_struct(kind):
        return _read(kind, written, f"{place}.", faults)
    if each is not None and _is_struct(each):
        return {name: _value(each, item, f"{place}.{name}", faults) for name, item in written.items()}
    try:
        return msgspec.convert(written, kind, dec_hook=lambda made, raw: made(raw))
    except (msgspec.ValidationError, TypeError):
        faults.append(f"{place}: {_expected(kind)}.")
        return None


def _origin(kind: Kind) -> Kind:
    return typing.get_origin(kind)


def _is_struct(kind: Kind) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _nearest(key: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"What can stand here: {', '.join(sorted(known))}."


_PLAIN = {
    str: "a text in quotes is expected",
    int: "a whole number is expected",
    float: "a number is expected",
    bool: "true or false is expected",
    Path: "a path in quotes is expected",
}


def _expected(kind: Kind) -> str:
    """What a person should write for this type."""
    described = [meta.description for meta in getattr(kind, "__metadata__", ()) if meta.description]
    if described:
        return str(described[0])
    if _origin(kind) in (tuple, list):
        each = _expected(typing.get_args(kind)[0]).removesuffix(" is expected")
        return f"a list is expected, each item {each}"
    return _PLAIN.get(kind, "a table with keys of its own is expected")


def _beyond_types(settings: Settings, place: str) -> typing.Iterator[str]:
    if "://" in str(settings.database) and not is_whole(str(settings.database)):
        yield f'{place}database: the path of a file, or "postgresql://user@host/name", is expected.'
    if settings.zone not in available_timezones():
        yield f'{place}zone: the name of a time zone is expected, like "Africa/Monrovia".'
    if not settings.languages:
        yield f'{place}languages: at least one language is expected, like ["en"].'
    for name, keys in settings.channels.items():
        if not re.fullmatch(r"[a-z0-9_-]+", name):
            yield f"{place}channels.{name}: a channel's name has small letters, digits, - and _ only."
        if not isinstance(keys.get("type"), str):
            yield f'{place}channels.{name}.type is missing: the kind of channel is expected, like "kannel".'
