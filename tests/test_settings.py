"""What a deployment may write in dundun.toml, and what each mistake says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from settings import Api, Settings, SettingsError, load, read

WHOLE = """
database = "data/line.sqlite"
flows = "programmes"
public_url = "https://sms.example.org"
country = "ET"
languages = ["am", "en"]
unknown_number = "Who are you?"
zone = "Africa/Addis_Ababa"
[listen]
host = "0.0.0.0"
port = 9000
[api]
keys = ["${API_KEY}"]
[channels.main]
type = "kannel"
password = "a${SECRET}z"
[actions.certificate]
url = "http://127.0.0.1:9/certificate"
[systems.dhis2]
url = "http://127.0.0.1:9/dhis2"
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "dundun.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    settings = load(written(tmp_path, WHOLE), {"API_KEY": "a long secret key", "SECRET": "b"})
    assert settings.database == tmp_path / "data/line.sqlite"
    assert settings.socket == tmp_path / "data/line.sock"
    assert settings.flows == tmp_path / "programmes"
    assert settings.languages == ("am", "en")
    assert (settings.listen.host, settings.listen.port) == ("0.0.0.0", 9000)
    assert settings.channels == {"main": {"type": "kannel", "password": "abz"}}
    assert settings.actions["certificate"].url == "http://127.0.0.1:9/certificate"
    assert settings.systems["dhis2"].url == "http://127.0.0.1:9/dhis2"
    assert settings.api.allows("a long secret key")


def test_secrets_of_other_systems_are_not_needed_where_nothing_is_served(tmp_path: Path) -> None:
    settings = load(written(tmp_path, WHOLE), {}, serves=False)
    assert settings.channels["main"]["type"] == "kannel"
    assert settings.api == Api()
    with pytest.raises(SettingsError, match="key database: PASSWORD is not set in the environment"):
        load(written(tmp_path, "database = 'postgresql://u:${PASSWORD}@h/n'"), {}, serves=False)


def test_an_empty_file_is_enough(tmp_path: Path) -> None:
    assert load(written(tmp_path, "")) == msgspec.structs.replace(
        Settings(), database=tmp_path / "dundun.sqlite", flows=tmp_path / "flows"
    )


@pytest.mark.parametrize(
    ("text", "database", "key", "socket"),
    [
        ("", "HOME/dundun.sqlite", "HOME/dundun.key", "HOME/dundun.sock"),
        ("database = 'a/b.sqlite'", "HOME/a/b.sqlite", "HOME/a/b.key", "HOME/a/b.sock"),
        ("key = 'safe/my.key'", "HOME/dundun.sqlite", "HOME/safe/my.key", "HOME/dundun.sock"),
        (
            "database = 'postgresql://dundun:${SECRET}@db.example.org/dundun'",
            "postgresql://dundun:p%40ss%2Fword@db.example.org/dundun",
            "HOME/dundun.key",
            "HOME/dundun.sock",
        ),
        (
            "database = 'postgresql://dundun@db/dundun'\nkey = '/etc/dundun/line.key'",
            "postgresql://dundun@db/dundun",
            "/etc/dundun/line.key",
            "/etc/dundun/line.sock",
        ),
        ("database = '${URL}'", "postgresql://u:a%40b@h/d", "HOME/dundun.key", "HOME/dundun.sock"),
    ],
)
def test_a_database_is_a_file_or_an_address_and_has_its_key(
    tmp_path: Path, text: str, database: str, key: str, socket: str
) -> None:
    settings = load(written(tmp_path, text), {"SECRET": "p@ss/word", "URL": "postgresql://u:a%40b@h/d"})
    shown = [
        str(each).replace(str(tmp_path), "HOME") for each in (settings.database, settings.key_file, settings.socket)
    ]
    assert shown == [database, key, socket]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("databse = 'x'", "databse: there is no such key. Did you mean database?"),
        ("[listen]\nprot = 1", "listen.prot: there is no such key. Did you mean port?"),
        ("[listen]\nqqq = 1", "listen.qqq: there is no such key. What can stand here: host, port."),
        ("[listen]\nport = 99999", "listen.port: a port, a whole number from 1 to 65535, is expected."),
        ("listen = 8080", "listen: a table with keys of its own is expected."),
        ("country = 'Liberia'", 'country: two capital letters, like "LR", are expected.'),
        ("languages = 'en'", 'languages: a list is expected, each item a language, like "en" or "pt-BR".'),
        ("languages = []", 'languages: at least one language is expected, like ["en"].'),
        ("zone = 'Liberia'", 'zone: the name of a time zone is expected, like "Africa/Monrovia".'),
        ("public_url = 'sms.org'", 'public_url: an address is expected, like "https://sms.example.org".'),
        (
            "[actions.pay]\nurl = 'http://x'\nkey = ''",
            "actions.pay.key: there is no such key. What can stand here: takes, url.",
        ),
        ("[actions.pay]", 'actions.pay.url is missing: an address is expected, like "https://sms.example.org".'),
        ("[systems.dhis2]", 'systems.dhis2.url is missing: an address is expected, like "https://sms.example.org".'),
        ("[channels.a]\nurl = 'x'", 'channels.a.type is missing: the kind of channel is expected, like "kannel".'),
        ("[channels.'A b']\ntype = 'http'", "channels.A b: a channel's name has small letters, digits, - and _ only."),
        ("[api]\nkeys = ['short']", "api.keys: a list is expected, each item a key of 16 letters or more."),
        ("[api]\nkeys = ['${NO}']", "api.keys: NO is not set in the environment. Set it before the server starts."),
        (
            "database = 'mysql://h/d'",
            'database: the path of a file, or "postgresql://user@host/name", is expected.',
        ),
    ],
)
def test_a_mistake_names_file_and_key_and_what_is_expected(tmp_path: Path, text: str, sentence: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SettingsError) as error:
        load(file, {})
    assert str(error.value) == f"{file}, key {sentence}"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        load(written(tmp_path, "flow = 'x'\n[listen]\nport = 'many'"))
    assert len(str(error.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "There is no file"), (b"a = \n", "is not written as TOML is"), (b"a = '\xe9'", "is not UTF-8 text")],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "dundun.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=says):
        load(file)


def test_keys_may_stand_as_digests() -> None:
    key = "an unguessable key"
    api = Api(keys=("sha256:" + hashlib.sha256(key.encode()).hexdigest(),))
    assert api.allows(key)
    assert not api.allows(key + "!")
    assert not Api().allows("")


class Gateway(msgspec.Struct):
    send_url: str
    retries: int = 3


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "channels.main.send_url is missing: a text in quotes is expected."),
        ({"send_url": 5}, "channels.main.send_url: a text in quotes is expected."),
        ({"send_url": "x", "retries": "3"}, "channels.main.retries: a whole number is expected."),
        ({"send_ulr": "x", "send_url": "x"}, "channels.main.send_ulr: there is no such key. Did you mean send_url?"),
    ],
)
def test_keys_of_a_channel_are_read_by_the_same_rules(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsError) as error:
        read(Gateway, given, "dundun.toml, key channels.main.")
    assert str(error.value) == f"dundun.toml, key {sentence}"
