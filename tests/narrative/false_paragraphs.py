"""Paragraphs of a result, invented, with one fault each; and the rules of which one must find it.

They are results of the fiscal year 2024 (令和６年度).
"""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["FALSE", "Fault"]


class Fault(NamedTuple):
    """A paragraph with a fault, the codes of which one must be found, and what was planned."""

    achieved: str
    codes: str
    planned: str = ""


FALSE: Final[dict[str, Fault]] = {
    # shares
    "rate of a share": Fault(
        "特定健康診査の対象者12,480人のうち5,316人が受診し、受診率は46.2％となった。", "TXT010"
    ),
    "digits of a rate": Fault("アンケート回収率　71.1％（回収180件／配布512件）", "TXT010"),
    "rate in brackets": Fault("申請件数3,120件中2,964件（利用率91.0％）", "TXT010"),
    "rate one line below": Fault(
        "◎利用実績：8,204件中7,999件\n　　　　　　　　（利用率95.7％）", "TXT010"
    ),
    "rate of the budget": Fault(
        "執行率は、予算現額18,400千円に対し決算額17,112千円で95.3％であった。", "TXT010"
    ),
    "full width rate": Fault(
        "対象２，３４０世帯のうち１，７５５世帯（７２．０％）に配布した。", "TXT010"
    ),
    "rate of completion": Fault("受講者86名のうち修了者は79名（修了率81.9％）であった。", "TXT010"),
    "whole of a share": Fault("登録者1,520人中1,368人（利用率94.0％）", "TXT010"),
    # part above whole
    "part above whole": Fault("参加者：48名（うち市職員84名）", "TXT011"),
    "part above whole with a rate": Fault("対象者415人のうち451人が受診した。", "TXT011 TXT010"),
    "more new than all": Fault("相談件数は283件（うち新規相談382件）であった。", "TXT011"),
    "among": Fault("17事業のうち71事業を採択した。", "TXT011"),
    # sums
    "sum in brackets": Fault(
        "相談件数：1,284件（来所512件、電話630件、訪問98件、その他71件）", "TXT012"
    ),
    "sum of two": Fault("参加者は計125人（会場104人、オンライン48人）であった。", "TXT012"),
    "sum at the end": Fault("大人870人、子ども364人の計1,324人が参加した。", "TXT012"),
    "sum of bullets": Fault(
        "市内の高校に通う生徒　計23名\n・北高校　３名\n・南高校　４名\n・港高校　10名\n・水産高校　９名",
        "TXT012",
    ),
    "sum at the foot": Fault(
        "・第一小学校　　36基\n・第二小学校　　16基\n・港小学校　　58基\n・計　　　　101基",
        "TXT012",
    ),
    "sum of amounts": Fault(
        "【売却収入】\n・一般競争入札　16,795千円\n・随意契約　　なし\n・合計　　　　16,975千円",
        "TXT012",
    ),
    "subtotal": Fault(
        "・窓口　　　120件\n・郵送　　　 45件\n・小計　　　175件\n・電子申請　 80件\n・合計　　　245件",
        "TXT012",
    ),
    "sum of areas": Fault(
        "間伐面積は、市有林42.35ha、私有林118.60ha、合計161.95haである。", "TXT012"
    ),
    "sum of a row": Fault("区分　東町　西町　南町　計\n申込み（組）　５　54　625　648", "TXT012"),
    "sum of a column": Fault("区分　　件数\n一般書　1,284\n児童書　872\n計　　　2,516", "TXT012"),
    "sum by age": Fault(
        "入所児童数：０歳児24人、１歳児61人、２歳児73人、３歳児以上238人、計369人", "TXT012"
    ),
    "breakdown": Fault("総事業費12,450千円（内訳：工事費10,200千円、委託料2,520千円）", "TXT012"),
    # remainders
    "rest": Fault(
        "52事業所から申請があり、うち２事業所が取下げ、残る48事業所に給付した。", "TXT014"
    ),
    "rest of projects": Fault("17事業のうち、１事業が辞退、15事業を審査した。", "TXT014"),
    "rest of metres": Fault(
        "1,870ｍのうち1,420ｍを施工し、残る540ｍを次年度へ繰り越した。", "TXT014"
    ),
    # changes
    "difference": Fault(
        "利用者数は41,265人で、前年度（38,904人）と比べ2,631人の増加となった。", "TXT015"
    ),
    "rate of a rise": Fault(
        "利用者数は41,265人で、前年度（38,904人）に比べ16.1％増加した。", "TXT015"
    ),
    "index": Fault("入湯客数：93,120人（前年度88,640人、前年度比150.1％）", "TXT015"),
    "points": Fault("受診率は42.6％で、前年度の41.9％から1.7ポイント上昇した。", "TXT015"),
    "fall by": Fault("排出量は18,204tで、前年度の18,733tから592t減少した。", "TXT015"),
    "rise for fall": Fault("排出量は18,204tで、前年度の18,733tから529t増加した。", "TXT016"),
    "fall for rise": Fault("来館者は12,480人で、前年度の11,903人を下回った。", "TXT016"),
    "fewer": Fault("相談件数は、前年度（347件）より減少し、401件となった。", "TXT016"),
    "arrow": Fault("令和５年度1,243品目 → 令和６年度2,295品目（1,502品目の増加）", "TXT015"),
    # counts
    "schools": Fault("モデル校５校（第一小、第二小、東小、港小）で実証を行った。", "TXT018"),
    "dated items": Fault(
        "①令和６年５月18日（土）\n②令和６年７月20日（土）\n③令和６年９月７日（土）\n　※全４回開催",
        "TXT018",
    ),
    "places": Fault(
        "次の３か所で実施した。\n・市民会館\n・中央公民館\n・港文化センター\n・東体育館", "TXT018"
    ),
    # days
    "a day too many": Fault("令和６年９月31日に完成した。", "TXT020"),
    "thirtieth of february": Fault("期間：令和７年１月20日～令和７年２月30日", "TXT020"),
    "no leap year": Fault("開催日：令和７年２月29日（土）", "TXT020"),
    "weekday": Fault("開催日　令和６年10月５日（日）", "TXT021"),
    "weekday of last year": Fault("令和６年６月21日（水）に研修会を開催した。", "TXT021"),
    "full width weekday": Fault("会期：令和６年１１月３０日（日）１０：００～１２：３０", "TXT021"),
    "weekday with slashes": Fault("R6/7/20（日）　防災訓練", "TXT021"),
    "weekday with dots": Fault("R6.9.17（水）　交付決定", "TXT021"),
    "years of two calendars": Fault("2024年（令和５年）に策定した計画に基づき実施した。", "TXT022"),
    "heisei": Fault("平成30年（2019年）に開設した施設である。", "TXT022"),
    "fiscal year of two calendars": Fault("令和６（2025）年度を基準年とする。", "TXT022"),
    "length of a period": Fault(
        "令和６年11月26日（火）～11月29日（金）の５日間、特集を掲載した。", "TXT023"
    ),
    "period backwards": Fault("期間：令和６年10月31日から令和６年10月１日まで", "TXT023"),
    "years of a plan": Fault("計画期間は令和６年度から令和10年度までの４年間である。", "TXT023"),
    # the sheet itself
    "one quantity with two values": Fault(
        "・延べ参加者数は402人であった。\n・アンケートでは、延べ参加者数420人の８割が満足と回答した。",
        "TXT032",
    ),
    "missed target": Fault("目標120件に対し、実績は98件であった。", "TXT033"),
    "item of the plan": Fault(
        "①研修会の開催\n・３回開催した。\n③冊子の作成\n・500部作成した。",
        "TXT040",
        "①研修会の開催\n②先進地視察\n③冊子の作成",
    ),
    "future tense": Fault("研修会を３回開催し、受講者の増加を図る予定である。", "TXT041"),
    "the plan again": Fault(
        "関係団体と連携し、空き店舗の活用に向けた相談会を年３回開催する。",
        "TXT042",
        "関係団体と連携し、空き店舗の活用に向けた相談会を年３回開催する。",
    ),
    "cut sentence": Fault(
        "研修会を３回開催し、受講者の理解を深めることができた。また、関係機関との連携を", "TXT043"
    ),
    "doubled particle": Fault("受入体制をを強化した。", "TXT044"),
    "two widths": Fault("ポスト総数：１0,717件", "TXT045"),
    "postponed": Fault(
        "（１）研修会\n　　３回実施した。\n（２）先進地視察\n　　実施を見送った。",
        "TXT050",
        "（１）研修会\n（２）先進地視察",
    ),
}
