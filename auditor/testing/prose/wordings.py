"""Wordings: how officers write of figures. Names in braces stand for figures, days and words.

They are data of the books that tests are made of, and say nothing of what the program reads.
"""

from __future__ import annotations

from typing import Final

from auditor.testing.prose.pen import Topic

TOPICS: Final = (
    Topic("出前講座の開催", "受講者", "人", "受講率", "受講した"),
    Topic("特定健康診査の実施", "受診者", "人", "受診率", "受診した"),
    Topic("住宅改修補助金の交付", "交付決定", "件", "交付率", "利用した"),
    Topic("オンライン申請の拡充", "電子申請", "件", "利用率", "電子で申請した"),
    Topic("放課後児童クラブの運営", "登録児童", "人", "登録率", "登録した"),
    Topic("空き家相談会の開催", "相談", "件", "相談率", "相談した"),
    Topic("防災訓練の実施", "参加者", "名", "参加率", "参加した"),
    Topic("農地集積の支援", "集積農家", "戸", "集積率", "応じた"),
    Topic("中小企業への専門家派遣", "派遣", "社", "派遣率", "活用した"),
    Topic("図書館資料の整備", "貸出", "冊", "貸出率", "貸し出された"),
    Topic("公園遊具の更新", "更新遊具", "基", "更新率", "更新した"),
    Topic("街路灯のLED化", "交換灯具", "灯", "交換率", "交換した"),
    Topic("高齢者の見守り活動", "見守り世帯", "世帯", "実施率", "見守りを受けた"),
    Topic("ごみ減量の啓発", "回収", "袋", "回収率", "回収した"),
    Topic("橋りょうの点検", "点検済橋りょう", "橋", "点検率", "点検した"),
    Topic("移住体験ツアーの実施", "申込み", "組", "参加率", "参加した"),
    Topic("文化財の公開", "来場者", "名", "来場率", "来場した"),
    Topic("予防接種の実施", "接種者", "人", "接種率", "接種を受けた"),
    Topic("敬老乗車証の交付", "交付者", "人", "交付率", "交付を受けた"),
    Topic("商店街の活性化支援", "参加店舗", "店舗", "参加率", "参加した"),
    Topic("水道管の布設替え", "完了区間", "区間", "完了率", "完了した"),
    Topic("学校図書の購入", "購入図書", "冊", "充足率", "購入した"),
    Topic("観光案内所の運営", "案内", "件", "対応率", "案内した"),
    Topic("町内会への支援", "助成団体", "団体", "加入率", "加入した"),
    Topic("スポーツ教室の開催", "参加児童", "人", "出席率", "出席した"),
    Topic("窓口アンケートの実施", "回答", "件", "回答率", "回答した"),
)

PARTS: Final = (
    ("男性", "女性"),
    ("市内", "市外"),
    ("大人", "小人"),
    ("午前の部", "午後の部"),
    ("新規", "継続"),
    ("本庁舎", "支所"),
    ("北部地区", "中部地区", "南部地区"),
    ("小学生", "中学生", "高校生"),
    ("一般", "学生", "関係者"),
    ("窓口", "郵送", "電子申請"),
    ("東町", "西町", "南町", "北町"),
    ("第一小学校", "第二小学校", "港小学校", "森小学校"),
    ("来庁", "電話", "メール", "訪問"),
    ("中央館", "東分館", "西分館", "南分館", "移動図書館"),
    ("春期", "夏期", "秋期", "冬期"),
)

SHARES: Final = (
    "{noun}は、対象{whole}のうち{part}（{rate}{ratio}）であった。",
    "対象{whole}中{part}が{verb}（{rate}{ratio}）",
    "{rate}：{ratio}（{part}／{whole}）",
    "{rate}　{ratio}（対象{whole}、{noun}{part}）",
    "対象となる{whole}に案内を送付し、{part}が{verb}（{rate}{ratio}）。",
    "対象者{whole}のうち{noun}は{part}で、全体に占める割合は{ratio}となった。",
    "{whole}のうち{part}、率にして{ratio}が{verb}。",
    "{rate}は{ratio}（{whole}中{part}）となった。",
    "アンケートは{whole}に配布し、{part}を回収した（回収率{ratio}）。",
    "{whole}の対象者に対し{noun}は{part}であり、{rate}は{ratio}である。",
    "{noun}は{part}（対象{whole}の{ratio}）であった。",
    "全{whole}中{part}で{ratio}の{rate}",
    "対象：{whole}　{noun}：{part}　{rate}：{ratio}",
    "対象{whole}、\n　うち{noun}{part}（{ratio}）",
    "{noun}{whole}のうち、\n　　市内の者は{part}であり、その割合は{ratio}であった。",
    "実施件数{part}/計画件数{whole}＝{ratio}",
)

OTHER_BASES: Final = (
    "{whole}のうち{part}から回答があり、満足度は{ratio}であった。",
    "対象{whole}中{part}に通知し、開封率は{ratio}となっている。",
    "参加者{whole}（うち市外{part}）へのアンケートでは、{ratio}が「満足」と回答した。",
    "{noun}は{whole}、このうち{part}が初めての利用であった。なお、全国平均は{ratio}である。",
    "{noun}{whole}のうち{part}が継続を希望している（前年度の継続率{ratio}）。",
    "市内の{noun}は{part}（人口に対する割合{ratio}）で、県内全体では{whole}である。",
    "{rate}は{ratio}と高い水準を維持している。",
    "{rate}{ratio}（暫定値）",
    "国の目標である{ratio}に向け、{part}を新たに追加し、計{whole}とした。",
)

QUOTAS: Final = (
    "定員{whole}に対して{part}の申込みがあり、充足率は{ratio}であった。",
    "定員{whole}のところ、{part}の応募があった（応募倍率{times}倍）。",
    "計画{whole}に対し、実績は{part}（達成率{ratio}）",
    "募集{whole}、応募{part}、倍率{times}倍",
    "定員{whole}を上回る{part}の応募があり、抽選とした。",
)

SUMS: Final = (
    "{noun}は計{total}（{parts}）であった。",
    "{noun}{total}（内訳：{parts}）",
    "{noun}　合計{total}【内訳】{parts}",
    "{parts}の計{total}が{verb}。",
    "{parts}、合計{total}となった。",
    "{noun}　{parts}　計{total}",
    "{noun}総数：{total}（{parts}）",
    "{parts}を合わせた{total}を対象とした。",
    "{noun}の内訳は{parts}であり、合計は{total}である。",
    "{noun}：{total}（{parts}）",
)

LISTED_SUMS: Final = (
    "{noun}　計{total}\n{bullets}",
    "{noun}：合計{total}\n{bullets}",
    "{bullets}\n　合計　{total}",
    "{bullets}\n・計：{total}",
    "【{noun}】\n{bullets}\n　　計　　{total}",
    "○{noun}の状況　総数{total}\n{bullets}",
    "（内訳）\n{bullets}\n（合計）{total}",
)

SUBSETS: Final = (
    "{noun}：{whole}（うち市職員{part}）",
    "{noun}{whole}（うち新規{part}）",
    "{whole}を審査し、{part}を採択した。",
    "{noun}は{whole}で、このうち{part}が市外からであった。",
    "{noun}は{whole}（うち高校生{part}、大学生{other}ほか）",
    "延べ{whole}（実数{part}）が{verb}。",
    "{noun}：{whole}　※{part}はオンラインによる",
    "相談は{whole}あり、主なものは就労に関するもの{part}、住まいに関するもの{other}であった。",
)

APPROXIMATIONS: Final = (
    "{noun}は約{a}（市内約{b}、市外約{c}）であった。",
    "{high}程度の参加を見込んだが、実際は{low}程度にとどまった。",
    "約{high}に周知し、{low}から申込みがあった。",
    "{noun}はおおむね{a}で推移している。",
    "{a}余りの{noun}があった。",
    "A地区、B地区ほか{n}か所で実施し、延べ{a}が{verb}。",
    "{noun}数百{counter}（速報値）",
    "最大{high}、最小{low}、平均{mid}であった。",
    "{a}以上の団体を対象とし、{a}未満は対象外とした。",
)

REMAINDERS: Final = (
    "{whole}の応募があり、うち{part}が辞退したため、{rest}を審査した。",
    "{whole}のうち、{part}が辞退、\n　　{rest}を採択。",
    "申請{whole}から取下げ{part}を除く{rest}について審査した。",
    "{whole}のうち{part}が完了し、残りは{rest}である。",
    "{whole}中{part}を実施し、残る{rest}については次年度に継続することとした。",
    "対象{whole}のうち、{part}は対象外となり、{rest}に交付した。",
    "定員{whole}のうち{part}が埋まり、空きは{rest}であった。",
)

CHANGES: Final = (
    "{noun}は{after}で、前年度（{before}）に比べ{difference}{direction}となった。",
    "{noun}は、前年度の{before}から{after}へ{difference}（{ratio}）{direction}した。",
    "{noun}：{after}（前年度{before}、{difference}{direction}）",
    "令和{last}年度{before} → 令和{this}年度{after}（{difference}の{direction}）",
    "{noun}は{after}（前年度比{difference}{direction}）であった。前年度は{before}である。",
    "令和{last}年度の{before}に対し、令和{this}年度は{after}となり、{difference}{direction}した。",
    "{noun}{after}（前年度{before}、前年度比{ratio}{direction}）",
    "前年度{before}、今年度{after}と、{difference}の{direction}であった。",
    "{noun}は{before}から{after}に{direction}した（{ratio}の{direction}）。",
    "R{last}：{before}　R{this}：{after}（対前年度{difference}{direction}）",
    "前年度と比較して{difference}{direction}し、{after}となった（前年度{before}）。",
)

RATIOS_OF_CHANGES: Final = (
    "{noun}は{after}で、前年度{before}に対し{index}となった。",
    "{noun}：{after}（前年度{before}、前年度比{index}）",
    "令和{this}年度{after}、令和{last}年度{before}（対前年度比{index}）",
)

POINTS: Final = (
    "{rate}は{after}で、前年度の{before}から{difference}{direction}した。",
    "{rate}：{after}（前年度{before}、{difference}{direction}）",
    "{rate}は前年度{before}から{after}となり、{difference}の{direction}となった。",
)

DIRECTIONS: Final = (
    "{noun}は{after}で、前年度の{before}を{above}。",
    "{noun}は前年度（{before}）より{direction}し、{after}となった。",
    "{noun}の数は、令和{last}年度{before}、令和{this}年度{after}と{direction}している。",
)

PRODUCTS: Final = (
    "月平均{factor}×{months}か月＝{product}",
    "１回当たり{factor}×{times}＝{product}",
    "１回{factor}の定員で{times}実施し、延べ{product}が{verb}。",
    "単価{price}×{count}＝{amount}",
    "{times}開催し、延べ{product}が{verb}（１回平均{factor}）。",
)

AVERAGES: Final = (
    "{times}開催し、延べ{total}が{verb}（１回平均{mean}）。",
    "延べ{total}（{times}開催、平均{mean}/回）",
    "年間{total}（月平均{mean}）の{noun}があった。",
)

COUNTS: Final = (
    "全{count}（{items}）を実施した。",
    "{noun}の会場は、{items}の{count}である。",
    "{items}の計{count}で実施",
    "次の{count}で実施した。\n{bullets}",
    "実施箇所：{count}（{items}）",
    "全{count}開催\n{numbered}",
    "{bullets}\n　　※全{count}、いずれも13:00～17:00で開催",
    "市内{count}（{items}）において開催した。",
)

COUNTS_OF_MORE: Final = (
    "{items}ほか、計{more}で実施した。",
    "{items}など{more}で実施",
    "{items}等の{more}が{verb}。",
    "{more}（主な会場：{items}）",
    "{more}に周知（{items}　等）",
)

NO_COUNTS: Final = (
    "地方自治法第233条第5項の規定に基づき、決算資料として議会に提出した。",
    "24時間365日対応の相談窓口を設置した。",
    "65歳以上の高齢者を対象に、１人につき１回実施した。",
    "会場：中央町5丁目3番 市民会館2階201会議室",
    "詳細は参考資料P.11を参照。",
    "SPI3を採用試験に導入した。",
    "問合せ：0154-99-0000（内線1234）",
    "国道38号沿いの案内板を更新した。",
    "GIGAスクール構想に基づく１人１台端末の活用を進めた。",
    "SDGs17の目標のうち3と11に資する取組である。",
    "第2期総合戦略（5か年計画）の中間年に当たる。",
    "2050年カーボンニュートラルの実現に向けた取組である。",
    "3歳児健診の会場で周知した。",
    "4K・8K放送に対応した機器とした。",
    "〒085-0000　港町1-2-3",
    "市長公約No.3に掲げる事業である。",
    "PM2.5の測定を継続した。",
    "Windows11への更新を行った。",
    "様式第1号（第3条関係）を改正した。",
    "A4判4ページのリーフレットを作成した。",
    "1級河川及び2級河川の河川敷を清掃した。",
    "午前10時から午後3時30分まで開設した。",
    "議案第45号として提案し、可決された。",
    "10人以上の団体は事前予約制とした。",
    "週3日、1日4時間の勤務とした。",
    "20代から40代の子育て世帯を対象とした。",
    "築40年を超える施設の長寿命化を図る。",
    "Ver.2.0に更新した。",
    "JIS Q 27001の認証を継続した。",
    "119番通報の外国語対応を開始した。",
    "6次産業化の推進を図った。",
    "昭和56年5月31日以前に建築された木造住宅を対象とした。",
    "（1）から（3）までの取組を一体的に進めた。",
    "1階から3階までの照明を更新した。",
    "5年に一度の一斉改選の年に当たる。",
    "年4回発行の情報誌に掲載した。",
    "2人に1人ががんにかかる時代である。",
)

PLAINS: Final = (
    "関係機関と連携し、円滑に実施した。",
    "参加者からは「分かりやすかった」との声が多く寄せられた。",
    "市ホームページ及び広報紙で周知を図った。",
    "計画どおり実施し、所期の目的を達成した。",
    "利用者の利便性が向上した。",
    "地域住民の防災意識の高揚が図られた。",
    "新たに指定管理者制度を導入した。",
    "事業者への訪問により、課題の把握に努めた。",
    "相談者に寄り添った支援を行うことができた。",
)

PLANS: Final = (
    "{title}を行い、市民サービスの向上を図る。",
    "{title}を継続して実施する。",
    "関係団体と連携し、{title}に取り組む。",
    "{title}により、{noun}の増加を目指す。",
    "対象者に周知し、{title}を行う。",
)

ISSUES: Final = (
    "担い手の高齢化が進んでおり、人材の確保が必要である。",
    "利用者の固定化が見られ、新たな層への周知が課題である。",
    "施設の老朽化への対応が必要である。",
    "物価高騰により事業費が増加傾向にある。",
    "関係部署との情報共有を更に進める必要がある。",
)

DIRECTIONS_OF_WORK: Final = (
    "引き続き関係機関と連携しながら取り組む。",
    "周知方法を見直し、利用の促進を図る。",
    "実施内容を検証し、より効果的な手法を検討する。",
    "令和{next}年度も継続して実施する。",
    "令和{next}年度以降は、対象地区の拡大を検討する。",
)

PURPOSES: Final = (
    "{title}を通じて、市民が安心して暮らせるまちづくりを進める。",
    "{title}により、地域の活性化を図る。",
    "{noun}を増やし、持続可能な地域社会の実現を目指す。",
)

TARGETS: Final = (
    "{noun}の目標{target}に対し、実績は{actual}で目標を達成した。",
    "目標値：{target}　実績値：{actual}",
    "{noun}は{actual}となり、目標の{target}を上回った。",
    "目標{target}に対して{actual}（達成率{ratio}）",
    "{noun}{actual}（目標{target}）",
)

AMOUNTS: Final = (
    "事業費総額は{amount}であった。",
    "令和{this}年度の事業費は{amount}（前年度{before}）となった。",
    "決算額：{amount}",
    "本事業の決算額は{amount}で、前年度決算額は{before}であった。",
    "総事業費{amount}",
)
