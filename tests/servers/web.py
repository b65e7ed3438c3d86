"""Real web servers on loopback that serve a folder with the files of the content negotiation kit."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Final

from commons_ld.hosting import OAI, Served, caddyfile, htaccess, nginx
from tests.servers.processes import Server

__all__ = ["LAST_PAGE", "MOVED", "PHP_SERVERS", "SERVERS", "missing", "serve"]


_SOCKET: Final = "php.sock"
_MODULES: Final = Path("/usr/lib/apache2/modules")

#: The number of the last page of the feeds.
LAST_PAGE: Final = 12
#: Concepts that were given up, and what stands in their place.
MOVED: Final = {"concept/merged": "concept/y", "concept/given-up": ""}


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")


def missing(name: str) -> str:
    """Return why a server cannot be had, or nothing."""
    server, _, php = name.partition("-")
    is_there = _program({"apache": "apache2"}.get(server, server))
    has_php = {"apache": php_of_apache, "nginx": php_fpm, "caddy": php_fpm}.get(server) if php else None
    return "" if is_there and (has_php is None or has_php()) else f"there is no {name} here"


@contextmanager
def serve(name: str, site: Path, folder: Path, gone: tuple[str, ...], *, is_sharded: bool = False) -> Iterator[str]:
    """Yield the address at which a server serves ``site``, configured in ``folder``.

    :param is_sharded: whether its files are shared out among folders
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = (SERVERS | PHP_SERVERS)[name](site, folder, port, Served(LAST_PAGE, MOVED, gone, is_sharded))
    with _fpm(folder) if name in ("nginx-php", "caddy-php") else nullcontext():
        server = Server(command, folder / "log")
        try:
            server.wait_for(f"http://127.0.0.1:{port}/robots.txt")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def php_fpm() -> str | None:
    """Return the program by which nginx and Caddy have PHP run, if it is here; Debian's has the version in its name."""
    return next((str(path) for path in sorted(Path("/usr/sbin").glob("php-fpm*"))), None)


@contextmanager
def _fpm(folder: Path) -> Iterator[None]:
    """Run PHP as Debian sets it up, on a socket in the folder."""
    (folder / "fpm.conf").write_text(
        f"[global]\nerror_log = {folder}/fpm-error\ndaemonize = no\n"
        f"[www]\nlisten = {folder}/{_SOCKET}\nlisten.mode = 0666\npm = static\npm.max_children = 2\n"
        f"{'user = nobody' if os.geteuid() == 0 else ''}\n{'group = nogroup' if os.geteuid() == 0 else ''}\n"
    )
    server = Server([php_fpm() or "php-fpm", "--nodaemonize", "--fpm-config", str(folder / "fpm.conf")], folder / "fpm")
    try:
        server.wait_until((folder / _SOCKET).exists)
        yield
    finally:
        server.kill()


def _nginx(site: Path, folder: Path, port: int, served: Served, php: bool = False) -> list[str]:
    maps, rules = nginx(served)
    (folder / "maps.conf").write_bytes(maps)
    (folder / "site.conf").write_bytes(rules)
    (folder / "oai.conf").write_bytes(OAI)
    (folder / "fastcgi_params").write_bytes(Path("/etc/nginx/fastcgi_params").read_bytes() if php else b"")
    oai = f"set $commons_ld_php unix:{folder}/{_SOCKET}; include {folder}/oai.conf;" if php else ""
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error; events {{}}\n"
        f"{'user root;' if os.geteuid() == 0 else ''}\n"
        f"http {{ access_log off; map_hash_bucket_size 256; {temporary}\n include {folder}/maps.conf;\n"
        f"server {{ listen 127.0.0.1:{port}; root {site}; include {folder}/site.conf; {oai} }} }}\n"
    )
    return [_program("nginx") or "nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error")]


def php_of_apache() -> Path | None:
    """Return the module by which Apache runs PHP, if it is here."""
    return next(iter(sorted(_MODULES.glob("libphp*.so"))), None)


def _apache(site: Path, folder: Path, port: int, served: Served, php: Path | None = None) -> list[str]:
    (site / ".htaccess").write_bytes(htaccess(served))
    as_nobody = "User nobody\nGroup nogroup" if os.geteuid() == 0 else ""
    modules = "\n".join(
        f"LoadModule {name}_module {_MODULES}/mod_{name}.so"
        for name in (
            "mpm_prefork" if php else "mpm_event",
            "authz_core",
            "dir",
            "env",
            "headers",
            "mime",
            "negotiation",
            "rewrite",
            "setenvif",
        )
    )
    if php:
        # As Debian sets it up.
        modules += (
            f'\nLoadModule php_module {php}\n<FilesMatch "\\.php$">\nSetHandler application/x-httpd-php\n</FilesMatch>'
        )
    (folder / "apache.conf").write_text(
        f"ServerRoot {folder}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {folder}/pid\n"
        f"ErrorLog {folder}/error\n{modules}\n"
        f"{as_nobody}\n"
        f"DocumentRoot {site}\nTypesConfig /dev/null\nDirectoryIndex index.html\n"
        f"<Directory {site}>\nAllowOverride All\nRequire all granted\nOptions FollowSymLinks\n</Directory>\n"
    )
    for place in (folder, *folder.parents, *site.parents):
        if place != Path("/") and os.access(place, os.W_OK) and place != Path("/tmp"):
            place.chmod(place.stat().st_mode | 0o055)
    return [_program("apache2") or "apache2", "-f", str(folder / "apache.conf"), "-DFOREGROUND"]


def _caddy(site: Path, folder: Path, port: int, served: Served, php: bool = False) -> list[str]:
    text = caddyfile(served).decode()
    oai = f"import commons-ld-oai unix/{folder}/{_SOCKET}" if php else ""
    (folder / "Caddyfile").write_text(
        f"{{\n admin off\n auto_https off\n storage file_system {folder}/storage\n}}\n{text}\n"
        f"http://127.0.0.1:{port} {{\n root * {site}\n import commons-ld\n {oai}\n}}\n"
    )
    return [_program("caddy") or "caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def _apache_with_php(site: Path, folder: Path, port: int, served: Served) -> list[str]:
    return _apache(site, folder, port, served, php_of_apache())


def _php(site: Path, _folder: Path, port: int, _served: Served) -> list[str]:
    return [_program("php") or "php", "-S", f"127.0.0.1:{port}", "-t", str(site)]


_Command = Callable[[Path, Path, int, Served], list[str]]

#: Those that the kit is for.
SERVERS: Final[dict[str, _Command]] = {
    "apache": _apache,
    "nginx": _nginx,
    "caddy": _caddy,
}
#: Those that run PHP.
PHP_SERVERS: Final[dict[str, _Command]] = {
    "php": _php,
    "apache-php": _apache_with_php,
    "nginx-php": partial(_nginx, php=True),
    "caddy-php": partial(_caddy, php=True),
}
