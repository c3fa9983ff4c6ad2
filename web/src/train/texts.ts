import { texts } from "../lib/texts"
import type { RunState } from "../lib/types"

export const T = texts(
  {
    title: "Training", start: "Start training", startMany: (n: number) => `Start ${n} trainings`, blocked: (n: number) => (n === 1 ? "1 error to mend first" : `${n} errors to mend first`), started: "Training has begun", queued: (n: number) => `${n} trainings are queued`,
    settings: "Settings", basics: "Training", optimizer: "Optimizer", schedule: "Schedule", hooks: "Gradients", more: "More", none: "none", byDefault: "as default", add: "Add…", remove: "Take away",
    sweepHint: "Several values, separated by commas, make a training of each", values: (n: number) => `${n} values`, rate: "rate", ratePlot: "Learning rate over the steps",
    batch: "Batch", epochs: "Epochs", loss: "Loss", metrics: "Metrics", seed: "Seed", accumulate: "Batches per step", precision: "Precision", seconds: "Time limit, s", limit: "Only so many examples", saveBest: "Keep the best", earlyStopping: "Stop early", patience: "Patience, epochs", device: "Device",
    curves: "Curves", noRuns: "No trainings yet", noRunsText: "Start one: the settings at the right have values that work. Its curves are drawn here while it runs.", noPoints: "No points yet", choose: "Choose a run below to see its curves",
    log: "Logarithmic", smoothing: "Smoothing", reset: "Show all steps", metric: "Metrics shown", steps: "step", runs: "Runs", filter: "Filter: words, state:failed, test_accuracy>0.9", columns: "Columns",
    run: "Run", state: "State", created: "Begun", time: "Time", progress: "Progress", tags: "Tags", notes: "Notes", note: "What was tried and why", left: (t: string) => `${t} left`,
    stop: "Stop", kill: "Kill", suspend: "Suspend", resume: "Resume", clone: "Train again", remove_: "Delete", compare: "Compare", openLog: "Log", details: "Details", close: "Close", removed: "The run is in the bin", error: "Error", command: "As command", request: "As request", copied: "Copied",
    difference: "Settings that differ", same: "These runs have the same settings", changed: "changed", project: "Project of the run", openProject: "Take its settings", taken: "The settings of the run are those of the project now", renamed: "Name",
    priority: "Priority", group: "Group", result: "Result", memory: "memory", trade: "Error against cost", addTag: "Add a tag", copy: "Copy",
  },
  {
    title: "学習", start: "学習を開始", startMany: (n: number) => `${n} 件の学習を開始`, blocked: (n: number) => `先に ${n} 件のエラーを直してください`, started: "学習を開始しました", queued: (n: number) => `${n} 件の学習をキューに入れました`,
    settings: "設定", basics: "学習", optimizer: "最適化手法", schedule: "学習率のスケジュール", hooks: "勾配の処理", more: "その他", none: "なし", byDefault: "既定値", add: "追加…", remove: "取り除く",
    sweepHint: "カンマで区切って複数の値を書くと、それぞれの値で学習します", values: (n: number) => `${n} 通り`, rate: "学習率", ratePlot: "ステップごとの学習率",
    batch: "バッチ", epochs: "エポック数", loss: "損失", metrics: "指標", seed: "乱数の種", accumulate: "勾配の累積回数", precision: "精度", seconds: "制限時間（秒）", limit: "使う例の数", saveBest: "最良のモデルを保存", earlyStopping: "早期終了", patience: "待つエポック数", device: "デバイス",
    curves: "学習曲線", noRuns: "学習はまだありません", noRunsText: "右側の設定はそのままで使えます。学習を開始すると、曲線がここに描かれます。", noPoints: "まだ点がありません", choose: "下の表から学習を選ぶと曲線が表示されます",
    log: "対数目盛", smoothing: "平滑化", reset: "全ステップを表示", metric: "表示する指標", steps: "ステップ", runs: "学習の一覧", filter: "絞り込み：語句、state:failed、test_accuracy>0.9", columns: "列",
    run: "学習", state: "状態", created: "開始", time: "時間", progress: "進み具合", tags: "タグ", notes: "メモ", note: "試したことと理由", left: (t: string) => `残り ${t}`,
    stop: "停止", kill: "強制終了", suspend: "一時停止", resume: "再開", clone: "同じ設定で学習", remove_: "削除", compare: "比較", openLog: "ログ", details: "詳細", close: "閉じる", removed: "学習をごみ箱に移しました", error: "エラー", command: "コマンドをコピー", request: "リクエストをコピー", copied: "コピーしました",
    difference: "異なる設定", same: "設定はすべて同じです", changed: "変更", project: "学習時のプロジェクト", openProject: "この設定を使う", taken: "学習時の設定をプロジェクトに取り込みました", renamed: "名前",
    priority: "優先度", group: "グループ", result: "結果", memory: "メモリー", trade: "誤差と計算量", addTag: "タグを追加", copy: "コピー",
  },
)

const STATES = texts(
  { queued: "Waiting", running: "Running", finished: "Finished", failed: "Failed", stopped: "Stopped", suspended: "Suspended", interrupted: "Interrupted", killed: "Killed" },
  { queued: "待機中", running: "学習中", finished: "完了", failed: "失敗", stopped: "停止", suspended: "一時停止", interrupted: "中断", killed: "強制終了" },
)
export const stateName = (state: RunState): string => (STATES() as Record<string, string>)[state] ?? state
