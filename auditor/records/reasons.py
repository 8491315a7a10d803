"""Why the system refused to open or write a file, in words for people."""

from __future__ import annotations

import errno
from typing import Final

__all__ = ["reason"]

_IN_JAPANESE: Final = {
    errno.ENOENT: "フォルダーがありません",
    errno.EACCES: "権限がありません",
    errno.EPERM: "権限がありません",
    errno.EROFS: "書き込みのできない場所です",
    errno.ENOSPC: "空き容量がありません",
    errno.EFBIG: "書き込める大きさを超えています",
    errno.EIO: "装置または接続に異常があります",
    errno.EBUSY: "ほかのプログラムが使用中です",
    errno.EISDIR: "同じ名前のフォルダーがあります",
    errno.EEXIST: "同じ名前のファイルがあります",
    errno.ENOTEMPTY: "同じ名前のフォルダーがあります",
    errno.ENOTDIR: "途中にフォルダーではないものがあります",
    errno.ENAMETOOLONG: "名前が長すぎます",
    errno.EILSEQ: "名前に、ファイル名として使えない文字があります",
    errno.ELOOP: "リンクが自分自身を指しています",
    errno.EDQUOT: "割り当てられた容量を使い切っています",
    errno.EMFILE: "開いているファイルが多すぎます",
    errno.ENFILE: "開いているファイルが多すぎます",
    errno.EINVAL: "この名前では扱えません",
    errno.ESTALE: "共有フォルダーとの接続が切れました",
    errno.ETIMEDOUT: "応答がありません",
    errno.ENXIO: "装置がありません",
    errno.ENODEV: "装置がありません",
}


def reason(fault: OSError) -> tuple[str, str]:
    """Why the system refused, in English and Japanese."""
    message = fault.strerror or str(fault)
    return message, _IN_JAPANESE.get(fault.errno or 0, message)
