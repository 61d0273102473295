"""Checks that text files are in their declared encoding, and turns other encodings into UTF-8.

An encoding is never guessed: a wrong byte is named by its offset, its value is not shown.
"""

import codecs
from pathlib import Path

_CHUNK_BYTES = 4 * 2**20


class EncodingError(ValueError):
    """A byte does not belong to the declared encoding.

    Attributes:
        path: the file.
        offset: position of the byte, from 0.
    """

    def __init__(self, path: Path, encoding: str, offset: int, problem: str) -> None:
        """Keep the facts and build the sentence."""
        self.path, self.encoding, self.offset = path, encoding, offset
        super().__init__(f"{path}: {problem} at byte offset {offset}, declared encoding {encoding}")


def utf8_copy(path: Path, encoding: str, folder: Path) -> Path:
    """Give ``path`` itself when it is clean UTF-8, else a UTF-8 copy of it in ``folder``.

    Raises:
        EncodingError: a byte is not of the declared encoding, or a NUL stands in the text.
    """
    copy = folder / f"{len(list(folder.iterdir())):05d}_{path.name}" if encoding != "utf-8" else None
    decoder = codecs.getincrementaldecoder(encoding)()
    target = copy.open("w", encoding="utf-8", newline="") if copy else None
    try:
        offset = 0
        with path.open("rb") as source:
            while True:
                chunk = source.read(_CHUNK_BYTES)
                pending = len(decoder.getstate()[0])
                try:
                    text = decoder.decode(chunk, final=not chunk)
                except UnicodeError as error:
                    start = error.start if isinstance(error, UnicodeDecodeError) else 0
                    raise EncodingError(path, encoding, offset - pending + start, "a byte cannot be decoded") from None
                if "\0" in text:
                    before = len(text[: text.index("\0")].encode(encoding.replace("utf-16", "utf-16-le")))
                    raise EncodingError(path, encoding, offset - pending + before, "a NUL character stands")
                if target:
                    target.write(text)
                if not chunk:
                    return copy or path
                offset += len(chunk)
    finally:
        if target:
            target.close()
