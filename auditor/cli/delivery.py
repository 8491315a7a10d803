"""The folder that is handed round: ``--deliver``; and the option ``--since``."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser
from auditor.cli.output import Progress, Refused, has_output, print_error, write

if TYPE_CHECKING:
    from auditor.auditing.formats import ReportContext
    from auditor.auditing.report import Report
    from auditor.delivery.letter import LetterTemplate

__all__ = ["Deliverer", "add_delivery_options", "deliverer_of"]


def add_delivery_options(parser: Parser) -> None:
    """Add ``--deliver`` and ``--since``."""
    parser.option(
        "--deliver",
        use="filled",
        en="write a new folder with the reports, and in it a folder for each department with its "
        "reply form, letter and marked copies",
        ja="新しいフォルダーに点検結果を書き出します。その中に所管課・室ごとのフォルダー"
        "（回答票、照会文、指摘を書き込んだ写し）を作ります",
        metavar=("DIR", "フォルダー"),
        type=Path,
    )
    parser.option(
        "--since",
        use="read",
        en="say what changed since an earlier round: its folder, one of its JSON files, a file of "
        "freeze, or the documents themselves",
        ja="前回からの変化を示します。前回の結果のフォルダー、その中の 結果.json か 記録.json、"
        "校了の記録、または前回の文書を指定します",
        metavar=("RESULT", "前回の結果"),
        type=Path,
    )


class Deliverer:
    """What ``--deliver`` does, once its arguments are checked."""

    def __init__(self, arguments: Namespace, template: LetterTemplate) -> None:
        from auditor.delivery.names import DocumentNames

        self._arguments, self._template = arguments, template
        accounts = [arguments.accounts] if arguments.accounts else []
        self.names: DocumentNames = DocumentNames(
            [*arguments.files, *arguments.last_year, *accounts]
        )
        self._folder: Path = arguments.deliver

    def deliver(self, report: Report, context: ReportContext) -> None:
        """Write the folder, and show what it holds. Raises UnwritableFile, and MarkError for a
        document that changed since it was read.
        """
        from auditor.delivery.contents import deliver
        from auditor.delivery.copies import Copier
        from auditor.files.whole_folder import whole_folder
        from auditor.reports.brief import brief

        arguments, say = self._arguments, self._arguments.say
        if not report.documents:
            # A folder that holds nothing would be taken for a result.
            write(brief(report, context))
            print_error(
                say(
                    f"nothing was read, so {self._folder} was not written",
                    f"読み取れた文書がないため、{self._folder} は書き出していません",
                )
            )
            return
        copier = Copier(report, context, self.names, arguments.limits)
        with (
            Progress(say, "writing", "書き出し中") as progress,
            whole_folder(self._folder, arguments.force) as folder,
        ):
            delivered = deliver(folder, report, context, copier, self._template, progress.show)
        # A document of several departments is in the list once for each of them.
        for missing in dict.fromkeys(delivered.without_copy):
            why = missing.why.of(arguments.lang)
            print_error(
                say(
                    f"{missing.document}: no marked copy was made; {why}",
                    f"{missing.document}：指摘を書き込んだ写しは作れませんでした。{why}",
                )
            )
        for document, caution in delivered.cautions.items():
            print_error(say(": ", "：").join((document, caution.of(arguments.lang))))
        if not has_output():  # a scheduled task: the folder has it all
            return
        write(brief(report, context))
        count = delivered.departments
        text = say(
            f"Written: {self._folder} (folders for {count:,} departments)",
            f"書き出しました：{self._folder}（所管課・室のフォルダー{count:,}件）",
        )
        write(f"\n{text}\n")
        if number := delivered.without_department:
            entries = "entry has" if number == 1 else "entries have"
            text = say(
                f"{number:,} {entries} no known department; see the reports on all",
                f"所管課・室の分からない{number:,}か所は、点検結果.html と 点検結果.xlsx だけに"
                "あります",
            )
            write(f"{text}\n")
        if folder.earlier is not None:
            text = say(
                f"The earlier result is in {folder.earlier.name}",
                f"前回の結果は {folder.earlier.name} に残しています",
            )
            write(f"{text}\n")


def deliverer_of(arguments: Namespace) -> Deliverer | None:
    """What makes the folder; None without ``--deliver``. Raises Refused, UnwritableFile or
    LetterError, before any work, where it could not be made.
    """
    if arguments.deliver is None:
        return None
    others = {
        "--output": arguments.output,
        "--output-dir": arguments.output_dir,
        "--mark": arguments.mark,
        "--department": arguments.department,
        "--by": arguments.by,
        "--format": arguments.format != "terminal",
    }
    for option, value in others.items():
        if value:
            raise Refused(
                f"--deliver can't be combined with {option}",
                f"--deliver は {option} と同時に指定できません",
            )
    from auditor.delivery.letter import LetterTemplate
    from auditor.files.whole_folder import check_folder
    from auditor.reports.earlier import is_result

    check_folder(arguments.deliver, arguments.files, is_result, arguments.force)
    path = arguments.settings.letter.template
    template = LetterTemplate.at(Path(path)) if path else LetterTemplate.shipped(arguments.lang)
    return Deliverer(arguments, template)
