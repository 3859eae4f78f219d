"""HTTP requests: the only door to the network.

Plain ``http`` is spoken with this machine only, or with a mirror that the person named; a redirect never leaves
``https``. What comes back is not trusted: sizes and hashes are compared by the caller.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cyclorama.protocol.errors import DownloadError

__all__ = ["Response", "is_loopback", "is_offline", "request"]

_MOST_REDIRECTS = 8
_TIMEOUT_S = 30.0


class Response:
    """An answer that is being read.

    Attributes
    ----------
    status : HTTP status code, of an error too.
    headers : names in small letters.
    """

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.status = int(raw.status)
        self.headers: dict[str, str] = {name.lower(): value for name, value in raw.headers.items()}

    def read(self, count: int) -> bytes:
        """Return up to ``count`` bytes, none at the end.

        Raises
        ------
        ConnectionError
            If the connection broke.
        """
        try:
            # What has arrived, not the whole piece: on a slow line the person still sees progress and can stop.
            return bytes(self._raw.read1(count))
        except (OSError, http.client.HTTPException) as error:
            raise ConnectionError(str(error) or type(error).__name__) from error

    def length(self) -> int | None:
        """Return how many bytes the server says the body has; None if it does not say."""
        text = self.headers.get("content-length", "")
        return int(text) if text.isascii() and text.isdigit() else None

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()


def is_offline() -> bool:
    """Whether ``CYCLORAMA_OFFLINE`` forbids the network."""
    return os.environ.get("CYCLORAMA_OFFLINE", "").strip().lower() not in ("", "0", "false", "no")


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine, by its text: no name is looked up."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def request(
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    trusted_host: str = "",
    timeout_s: float = _TIMEOUT_S,
) -> Response:
    """Ask a server.

    Parameters
    ----------
    url : str
        ``https``, or ``http`` on this machine or on ``trusted_host``.
    headers : mapping, optional
        Request headers.
    method : str
        ``"GET"`` or ``"HEAD"``.
    trusted_host : str
        Host of a mirror that the person named, with which plain ``http`` is spoken.
    timeout_s : float
        How long the server may be silent.

    Returns
    -------
    Response
        Of any status.

    Raises
    ------
    DownloadError
        If the network is forbidden, or the address or a redirect is not allowed.
    ConnectionError
        If the server cannot be reached or is silent.
    """
    if is_offline():
        raise DownloadError(
            f"{url} was needed, but CYCLORAMA_OFFLINE forbids the network.",
            "Unset it, or name a folder of files in CYCLORAMA_MODELS_URL.",
        )
    _require_allowed(url, trusted_host)
    asked = urllib.request.Request(url, method=method)
    # "identity": a compressed body would have another length and another hash.
    fixed = {"User-Agent": "cyclorama", "Accept-Encoding": "identity"}
    for name, value in {**fixed, **(headers or {})}.items():
        asked.add_header(name, value)
    opener = urllib.request.build_opener(_Redirects(trusted_host))
    try:
        return Response(opener.open(asked, timeout=timeout_s))
    except urllib.error.HTTPError as error:
        return Response(error)
    except urllib.error.URLError as error:
        raise ConnectionError(str(error.reason)) from error
    except (OSError, http.client.HTTPException) as error:
        raise ConnectionError(str(error) or type(error).__name__) from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = _MOST_REDIRECTS

    def __init__(self, trusted_host: str) -> None:
        self._trusted_host = trusted_host

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        secure_before, secure_after = (urlsplit(url).scheme == "https" for url in (req.full_url, newurl))
        if secure_before and not secure_after:
            raise DownloadError(f"{req.full_url} redirects to {newurl}, which is not encrypted.")
        if is_loopback(newurl) and not is_loopback(req.full_url):
            raise DownloadError(f"{req.full_url} redirects into this machine, to {newurl}.")
        _require_allowed(newurl, self._trusted_host)
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None and req.get_method() == "HEAD":
            following.method = "HEAD"
        return following


def _require_allowed(url: str, trusted_host: str) -> None:
    parts = urlsplit(url)
    plain = parts.scheme == "http" and (is_loopback(url) or (trusted_host and parts.hostname == trusted_host))
    if parts.scheme != "https" and not plain:
        raise DownloadError(f"{url} is not an https address; nothing is fetched from it.")
