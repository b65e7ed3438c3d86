"""What a proxy in front says of the address that was asked for is believed where there is one, and nowhere else."""

import pytest
from starlette.requests import Request

from commons_ld.web.asked import asked_url


def asked(*, is_behind_proxy: bool = True, **headers: str) -> str:
    """Return the address of a request that came to the server with these headers."""
    given = {"host": "data.test", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http",
        "scheme": "http",
        "path": "/sparql",
        "query_string": b"",
        "server": ("127.0.0.1", 8000),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    return str(asked_url(Request(scope), is_behind_proxy=is_behind_proxy))


def test_the_encryption_and_the_path_that_a_proxy_took_off_are_put_back() -> None:
    """As the client wrote it."""
    assert asked() == "http://data.test/sparql"
    assert asked(x_forwarded_proto="HTTPS") == "https://data.test/sparql"
    assert asked(x_forwarded_prefix="/archive/ld/", x_forwarded_proto="https") == "https://data.test/archive/ld/sparql"


def test_without_a_proxy_nobody_is_believed() -> None:
    """A client could write what it likes."""
    said = {"x_forwarded_proto": "https", "x_forwarded_prefix": "/evil"}

    assert asked(is_behind_proxy=False, **said) == "http://data.test/sparql"


@pytest.mark.parametrize("prefix", ["archive", "//evil.test", "/a b", "/a?b", "/a#b", "/<a>", "/", "/a" * 99, "/é"])
def test_what_is_no_path_is_left_out(prefix: str) -> None:
    """Nothing of it comes into an address."""
    assert asked(x_forwarded_prefix=prefix) == "http://data.test/sparql"
