"""Finding a document again: whatever was held of it may have been closed."""

from __future__ import annotations

from krita import Document, Krita

from cyclorama.protocol.errors import DocumentError

from .canvas import key_of

__all__ = ["document_of"]


def document_of(key: str) -> Document:
    """Return the open document of an identity.

    Raises
    ------
    DocumentError
        If it was closed.
    """
    for document in Krita.instance().documents():
        if key_of(document) == key:
            return document
    raise DocumentError(
        "The picture was closed in the meantime; nothing was inserted.", "Open it and start again."
    )
