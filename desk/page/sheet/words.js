// The words of the view of a document, in both languages; {} stands for a number or a name.

const WORDS = {
  view: { ja: "文書の表示", en: "View of the document" },
  worksheet: { ja: "ワークシート「{}」", en: "Worksheet {}" },
  tabs: { ja: "ワークシート", en: "Worksheets" },
  hidden: { ja: "（非表示）", en: " (hidden)" },
  marked: { ja: "、印{}か所", en: ", {} marked" },
  page: { ja: "{}ページ", en: "Page {}" },
  line: { ja: "{}行目", en: "Line {}" },
  cell: { ja: "セル{}", en: "Cell {}" },
  blank: { ja: "（空欄）", en: "(blank)" },
  picture: { ja: "図・画像", en: "Picture or chart" },
  likeliest: { ja: "誤りとみられる欄", en: "likely wrong" },
  candidate: { ja: "ほかの訂正候補", en: "other candidate" },
  follows: { ja: "あわせて直す欄", en: "to be corrected with it" },
  partner: { ja: "照らし合わせた欄", en: "compared with it" },
  unread: { ja: "読み取れなかった数値", en: "number that was not read" },
  computed: { ja: "計算上の値 {}", en: "computed {}" },
  loading: { ja: "読み込み中…", en: "Loading…" },
  failed: { ja: "表示できません。", en: "Can't be shown." },
  lost: {
    ja: "このワークシートは内容が壊れているか失われています。",
    en: "The content of this worksheet is damaged or missing.",
  },
  substitutes: {
    ja: "このページの文字には、PDF に字形が入っていないものがあります。代わりの字形で表示しているため、元の印刷物とは形や太さが違うことがあります。",
    en: "Some letters of this page are not in the PDF. They are shown in other fonts, and may have another shape or weight on paper.",
  },
  lacking: {
    ja: "このページの文字には、PDF に字形が入っていないものがあります。この表示では欠けることがあります。文字は元の文書で確かめてください。",
    en: "Some letters of this page are not in the PDF, and may lack here; see the document itself.",
  },
  outside: { ja: "{}は、表示している範囲の外にあります。", en: "{} lies outside of what is shown." },
  part: {
    ja: "画面に表示していたページだけを印刷しています。",
    en: "Only the pages that were on the screen are printed.",
  },
  empty: { ja: "何も記入されていません。", en: "Nothing is written here." },
};

// The text of a key in a language, with its gap filled in.
export function say(lang, key, value = "") {
  const text = WORDS[key];
  return (lang === "en" ? text.en : text.ja).replace("{}", String(value));
}

// Says whether every word is there in both languages; for tests.
export function wordsMissing() {
  return Object.keys(WORDS).filter((key) => !WORDS[key].ja || !WORDS[key].en);
}
