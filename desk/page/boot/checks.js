// The self-check when the page is opened: what the browser lacks, or what was damaged on the way.

const ASK = {
  en: "Show this sentence to your administrator.",
  ja: "この文を管理者に見せてください。",
};

function check(name, fits, en, ja) {
  return { name, fits, text: fits ? { en, ja } : { en: `${en} ${ASK.en}`, ja: `${ja}${ASK.ja}` } };
}

/** Whether a module worker from a data: address starts and answers. */
function workerStarts() {
  return new Promise((resolve) => {
    try {
      const worker = new Worker("data:text/javascript,postMessage(1)", { type: "module" });
      const end = (fits) => {
        worker.terminate();
        resolve(fits);
      };
      worker.onmessage = () => end(true);
      worker.onerror = () => end(false);
    } catch {
      resolve(false);
    }
  });
}

async function settled(promise) {
  try {
    return [await promise, true];
  } catch {
    return [null, false];
  }
}

/** The smallest module: whether WebAssembly is there and may run. */
const EMPTY_MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

/**
 * A loop that counts down: f(count). Times: compiled some milliseconds for five million, interpreted
 * (as with Edge's enhanced security) twenty times as much.
 */
const LOOP = new Uint8Array([
  ...EMPTY_MODULE, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0,
  10, 18, 1, 16, 0, 3, 64, 32, 0, 65, 1, 107, 34, 0, 13, 0, 11, 32, 0, 11,
]);
const ROUNDS = 5_000_000;
const SLOW = 60; // ms

/** Whether WebAssembly is compiled here, as far as the best of three tries tells. */
function isQuick() {
  try {
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(LOOP)).exports;
    const times = [1, 2, 3].map(() => {
      const began = performance.now();
      f(ROUNDS);
      return performance.now() - began;
    });
    return Math.min(...times) < SLOW;
  } catch {
    return true; // where nothing runs, another check says so
  }
}

function webAssemblyRuns() {
  try {
    return new WebAssembly.Module(EMPTY_MODULE) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

/** What is said before it is felt, and keeps nobody from working. */
export const ADVICE = ["speed", "memory"];

/** [{name, fits, text: {en, ja}}, …]; the texts of what does not fit say whom to ask. */
export async function checks(facts, hash, archive) {
  const [contents] = await settled(hash);
  const whole = contents === facts.contents;
  const [, unpacks] = whole ? await settled(archive) : [null, true];
  const runs = webAssemblyRuns();
  const quick = isQuick();
  const unpacking = typeof DecompressionStream === "function" && unpacks;
  const workers = await workerStarts();
  // navigator.deviceMemory is in GiB and never more than 8; some browsers do not tell it.
  const memory = navigator.deviceMemory === undefined || navigator.deviceMemory >= 4;
  return [
    whole
      ? check("contents", true, "The contents of this page are whole.", "この画面の中身に欠けはありません。")
      : check(
          "contents",
          false,
          "The contents of this page differ from those that it was made with: the copy is damaged or was changed. Copy it again from where it came from.",
          "この画面の中身が、作成時のものと一致しません。コピーの途中で壊れたか、書き換えられています。元の場所からコピーし直してください。",
        ),
    runs
      ? check("webassembly", true, "WebAssembly is there.", "WebAssembly を使えます。")
      : check(
          "webassembly",
          false,
          "This browser does not run WebAssembly, or its security settings forbid it. Microsoft Edge or Google Chrome, version 113 or newer, is needed.",
          "このブラウザーでは WebAssembly を使えないか、設定で禁止されています。Microsoft Edge または Google Chrome（113以降）が必要です。",
        ),
    unpacking
      ? check("unpacking", true, "The contents can be unpacked.", "中身を展開できます。")
      : check(
          "unpacking",
          false,
          "This browser cannot unpack the contents (DecompressionStream). Microsoft Edge or Google Chrome, version 113 or newer, is needed.",
          "このブラウザーでは中身を展開できません（DecompressionStream）。Microsoft Edge または Google Chrome（113以降）が必要です。",
        ),
    workers
      ? check("workers", true, "Work in the background can be started.", "裏で処理を進められます。")
      : check(
          "workers",
          false,
          "This browser does not start module workers in this page. Microsoft Edge or Google Chrome, version 113 or newer, is needed.",
          "このブラウザーでは、裏で進める処理（モジュール ワーカー）を開始できません。Microsoft Edge または Google Chrome（113以降）が必要です。",
        ),
    quick
      ? check("speed", true, "The program runs at its usual speed.", "プログラムは通常の速さで動きます。")
      : check(
          "speed",
          false,
          "This browser interprets the program (enhanced security, for example): it works, but takes several times as long as usual.",
          "このブラウザーの設定（拡張セキュリティなど）では、プログラムが低速で動きます。点検はできますが、通常の数倍の時間がかかります。",
        ),
    memory
      ? check("memory", true, "This machine has memory enough.", "メモリーは足りています。")
      : check(
          "memory",
          false,
          "This machine has less than 4 GB of memory; the page uses up to 1 GB. It works, but large workbooks may be refused.",
          "この端末のメモリーは4GB未満です（この画面は最大で約1GBを使います）。動作しますが、大きいブックは読み取れないことがあります。",
        ),
  ];
}
