// The one kind of error that the desk's calls end with, and the sentences for what ends a worker.

/** Says in both languages what went wrong; `code` is for the page, the sentences are for people. */
export class DeskError extends Error {
  constructor(code, en, ja) {
    super(en);
    this.name = "DeskError";
    this.code = code;
    this.en = en;
    this.ja = ja;
  }
}

const SENTENCES = {
  hung: {
    en: "It took longer than its time limit and was stopped.",
    ja: "制限時間内に終わらなかったため、中止しました。",
  },
  died: {
    en: "The program broke down while it worked on this.",
    ja: "処理の途中で、プログラムが異常終了しました。",
  },
  memory: {
    en: "It needs more memory than this page may use.",
    ja: "この画面で使えるメモリーの上限を超えました。",
  },
  cancelled: { en: "It was cancelled.", ja: "取り消しました。" },
  ended: {
    en: "It was stopped before it was done.",
    ja: "終わる前に中止しました。",
  },
  damaged: {
    en: "The contents of this page are damaged, so nothing of it was started. Show this sentence to your administrator.",
    ja: "この画面の中身が壊れているため、何も開始していません。この文を管理者に見せてください。",
  },
  "not-started": {
    en: "The program in this page did not start. Close the page and open it again; if that does not help, ask your administrator.",
    ja: "この画面のプログラムを開始できませんでした。画面を閉じて開き直してください。続く場合は、管理者に連絡してください。",
  },
};

/** The error of a worker that ended with `code`: one of the keys above. */
export function ending(code) {
  const { en, ja } = SENTENCES[code];
  return new DeskError(code, en, ja);
}
