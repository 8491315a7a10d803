// The invented book that the played workers answer from: three departments, a document that no form
// fits, and a project whose name is markup.

const MARKUP = "<img src=x onerror=document.title='ran'>改修事業";

export function words(lang) {
  const t = (ja, en) => (lang === "ja" ? ja : en);
  return {
    words: { error: t("要訂正", "error"), warning: t("要確認", "warning"), note: t("参考", "note") },
    marks: [
      { key: "likeliest", word: t("誤りとみられる欄", "likely wrong"), text: t("この欄を計算上の値にすると、数値が互いに合います。", "With the computed value here the figures agree.") },
      { key: "candidate", word: t("ほかの訂正候補", "other candidates"), text: t("この欄の誤りの可能性もあります。", "This may be the wrong one, too.") },
      { key: "partner", word: t("照らし合わせた欄", "compared with it"), text: t("食い違いを見つけるために照らし合わせた欄です。", "It was held against the others.") },
      { key: "follows", word: t("あわせて直す欄", "to be corrected with it"), text: t("誤った数値から計算されている欄です。", "It was computed from a wrong figure.") },
    ],
    severities: [
      { key: "error", word: t("要訂正", "error"), text: t("計算、暦または様式のうえで成り立たない箇所です。所管課の回答が必要です。", "What arithmetic, the calendar or the form does not allow; needs an answer.") },
      { key: "warning", word: t("要確認", "warning"), text: t("誤りの可能性がある箇所です。所管課の回答が必要です。", "What is likely a mistake; needs an answer.") },
      { key: "note", word: t("参考", "note"), text: t("記載の参考となる事項です。回答は必要ありません。", "What is good to know; needs no answer.") },
    ],
    answers: [
      { key: "as_printed", word: t("記載のとおり", "as printed"), text: t("原資料と照合した結果、訂正しないという回答です。理由が必要です。", "A source shows the print to be right; needs a reason.") },
      { key: "accepted", word: t("了承", "accepted"), text: t("訂正しないことを了承し、確認済み（訂正不要）とします。", "Accepted as it is.") },
      { key: "corrected", word: t("訂正した", "corrected"), text: t("所管課が訂正するという回答です。", "The department corrects it.") },
      { key: "ask", word: t("確認中", "being asked"), text: t("所管課に照会しています。", "The department was asked.") },
    ],
    waiver_kinds: { 端数調整: t("端数調整", "rounding"), 様式の例外: t("様式の例外", "exception of the form"), その他: t("その他", "other") },
  };
}

const spot = (document, cell, mark, label) => ({ document, sheet: "シート", cell, page: null, box: null, line: null, mark, label });

function entriesOf(lang, has, answers, round) {
  const t = (ja, en) => (lang === "ja" ? ja : en);
  const change = round > 1 ? ["open", "changed", "new", "open"] : [null, null, null, null];
  const first = "見本/01_市民課.xlsx";
  const second = "見本/02_農林課.xlsx";
  const third = "見本/03_観光課.pdf";
  const all = [
    { id: "e1", severity: "error", rule: "FND001", title: t("財源内訳の合計が事業費総額と一致しません", "The sources do not add up to the total"), document: first, department: "市民課",
      owner: t("窓口改善事業", "Counter project"), place: t("令和６年度、セルD4〜D6", "FY2024, cells D4 to D6"), certainty: t("この欄の誤りとみられます", "this cell is likely wrong"), waivable: true,
      spots: [spot(first, "D4", "partner", "総額"), spot(first, "D6", "likeliest", "一般財源")],
      proposed: [{ label: t("一般財源（令和６年度）", "General funds (FY2024)"), value: "130,709千円", copy: "130709" }] },
    { id: "e2", severity: "warning", rule: "TXT001", title: t("仮の文字が残っています：「○○○○」", "Filler text is left"), document: first, department: "市民課",
      owner: t("証明書発行事業", "Certificates"), place: t("目的と概要", "Purpose"), certainty: "", waivable: true, spots: [spot(first, "B9", "candidate", "目的と概要")], proposed: [] },
    { id: "e3", severity: "error", rule: "PCC001", title: t("市民一人あたりの費用が「事業費総額÷人口」と一致しません", "The cost per capita is not the total divided by the population"), document: second, department: "農林課",
      owner: MARKUP, place: t("令和６年度", "FY2024"), certainty: t("どの欄の誤りかは数値だけでは特定できません", "the figures alone do not tell which"), waivable: true,
      spots: [spot(second, "D5", "candidate", "一人あたり")], proposed: [] },
    { id: "e4", severity: "note", rule: "XLS003", title: t("数値が文字列として入力されています", "A number is typed as text"), document: third, department: "観光課",
      owner: t("観光案内所運営事業", "Tourist office"), place: t("2ページ", "page 2"), certainty: "", waivable: false, spots: [], proposed: [] },
  ];
  return all
    .filter((entry) => has(entry.document))
    .map((entry, index) => ({ ...entry, sheet: 1, change: change[index], answer: answerShown(lang, answers.get(entry.id)) }));
}

function answerShown(lang, answer) {
  if (!answer) return null;
  return { ...answer, kind_word: words(lang).answers.find(({ key }) => key === answer.kind).word };
}

function countsOf(entries) {
  const counts = { error: 0, warning: 0, note: 0 };
  for (const { severity } of entries) counts[severity] += 1;
  return counts;
}

export function book(lang, documents, answers, changes, round, conflicts) {
  const t = (ja, en) => (lang === "ja" ? ja : en);
  const isRead = (name) => documents.has(name) && !documents.get(name).code;
  const entries = entriesOf(lang, isRead, answers, round);
  const counts = countsOf(entries);
  const missed = [...documents.keys()].filter((name) => !isRead(name) || name.includes("様式なし"));
  const departments = ["市民課", "農林課", "観光課"]
    .map((name) => [name, entries.filter((entry) => entry.department === name)])
    .filter(([, items]) => items.length)
    .map(([name, items]) => ({
      name, title: name, counts: countsOf(items), sheets: items.length, entries: items.map(({ id }) => id),
      open: items.filter(({ severity, answer }) => severity !== "note" && !answer).length,
      documents: [...new Set(items.map(({ document }) => document))],
    }));
  const next = [
    ...missed.map((document) => ({ kind: "not_checked", document, text: t(`「${document}」を点検できませんでした。内容を確かめてください。`, `${document} was not checked. See why.`) })),
    ...departments.filter(({ open }) => open).map(({ name, open }) => ({ kind: "department", department: name, text: t(`${name}：未対応の指摘が${open}件あります。`, `${name}: ${open} findings are open.`) })),
    { kind: "deliver", text: t("所管課に渡すファイルを作ります。", "Make the files for the departments.") },
  ];
  return {
    lang, made_of: t("令和６年度", "FY2024"), round, changes, entries, departments, next, counts, conflicts, ...words(lang),
    sentence: t(`${documents.size}文書を点検し、訂正または確認が必要な箇所が${counts.error + counts.warning}件あります（要訂正${counts.error}件、要確認${counts.warning}件、参考${counts.note}件）。`, `${documents.size} documents were audited; ${counts.error + counts.warning} places need an answer.`),
    documents: [...documents.keys()].map((name) => documentShown(lang, name, documents.get(name), entries)),
    settled: round > 1 ? [{ title: t("評価に、様式で定めていない語が使われています", "An evaluation is no word of the form"), owner: t("窓口改善事業", "Counter project"), department: "市民課" }] : [],
    waived: [], unread: {}, rules: [], problems: [], notices: [],
    form_names: [{ name: "kushiro", title: t("釧路市 主要施策成果シート", "Kushiro") }, { name: "minato", title: t("みなと市 事業シート", "Minato") }],
  };
}

function documentShown(lang, name, { code, last_year: lastYear }, entries) {
  const t = (ja, en) => (lang === "ja" ? ja : en);
  const base = { name, form: "", form_name: "", sheets: 0, figures: 0, unread: 0, departments: [], counts: { error: 0, warning: 0, note: 0 }, near: null, sha256: "", changed: false, last_year: Boolean(lastYear) };
  const reasons = { hung: t("制限時間内に読み取れませんでした。", "It took too long."), died: t("読み取りの途中で止まりました。", "The reader stopped."), memory: t("大きすぎます。", "It is too large."), cancelled: t("読み取りを中止しました。", "It was cancelled.") };
  if (code) return { ...base, state: "not_checked", reasons: [reasons[code]] };
  if (name.includes("様式なし")) {
    return { ...base, state: "not_checked", reasons: [t("この文書に合う様式がありません。", "No form fits this document.")],
      near: { form: "kushiro", form_name: t("釧路市 主要施策成果シート", "Kushiro"), missing: ["釧路市民の人口", "市民一人あたりの費用"], way: t("見出しの違いだけなら、この様式をもとにした様式を作れば読み取れます。", "If only labels differ, a form derived from this one will read it.") } };
  }
  const items = entries.filter((entry) => entry.document === name);
  return { ...base, state: "audited", form: "kushiro", form_name: t("釧路市 主要施策成果シート", "Kushiro"), sheets: 4, figures: 124, departments: [...new Set(items.map(({ department }) => department))], counts: countsOf(items), reasons: [], sha256: "0a1b2c3d".repeat(8) };
}

export function cardOf(id, lang) {
  const t = (ja, en) => (lang === "ja" ? ja : en);
  const entry = entriesOf(lang, () => true, new Map(), 1).find((item) => item.id === id);
  const { severities } = words(lang);
  const severity = severities.find(({ key }) => key === entry.severity);
  const cell = (text, mark = null, more = {}) => ({ text, mark, number: "", computed: "", fits: "", unread: false, ...more });
  return {
    id, title: entry.title, severity: entry.severity, severity_word: severity.word, severity_help: severity.text,
    rule: entry.rule, rule_help: t("財源内訳の各欄を足すと、事業費総額になるはずです。", "The sources should add up to the total."), place: entry.place,
    tables: id === "e1" ? [{ caption: t("年度別の金額（千円）", "amounts by year"), heads: ["", t("令和５年度", "FY2023"), t("令和６年度", "FY2024")], numeric: true, more: "",
      rows: [
        { label: t("事業費 総額", "Total"), cells: [cell("12,000"), cell("261,418", "partner")] },
        { label: t("国道支出金", "Grants"), cells: [cell("4,000"), cell("130,709", "partner")] },
        { label: t("一般財源", "General funds"), cells: [cell("8,000"), cell("261,418", "likeliest", { number: "①", computed: "130,709" })] },
      ] }] : [],
    disagrees: [[t("数値", "figures"), "261,418 ≠ 130,709 ＋ 261,418 ＝ 392,127"], [t("差", "difference"), t("△130,709千円", "-130,709")]],
    reasons: [[t("疑わしい欄", "suspect"), t("一般財源：記載 261,418千円 → 計算上の値 130,709千円", "General funds: 261,418 to 130,709")]],
    action: t("財源内訳と総額を決算書・予算書と照合し、異なるほうを訂正してください。原資料（財務会計システム、決算書）で確認してください。", "Check both against the source."),
    following: id === "e1" ? { heading: t("訂正すると、ほかの1件の指摘も解消します", "One other finding goes with it"), items: [t("［要訂正］ 市民一人あたりの費用が一致しません", "error: cost per capita")] } : null,
  };
}
