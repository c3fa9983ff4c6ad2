import { texts } from "../lib/texts"

export const T = texts(
  {
    palette: "Blocks", search: "Search blocks", nothingFound: "No block of that name", units: "Units", networks: "Networks",
    undo: "Undo", redo: "Redo", addBlock: "Add a block…", replace: "Replace by…", connect: "Connect with…", remove: "Delete", duplicate: "Duplicate",
    copy: "Copy", cut: "Cut", paste: "Paste", all: "Select all", invert: "Invert the selection", arrange: "Arrange", arranged: "Blocks placed by hand are arranged again",
    fit: "Show everything", zoomIn: "Zoom in", zoomOut: "Zoom out", makeUnit: "Make a unit…", openUnit: "Open the unit", leave: "Back to where it is used",
    text: "Text", edit: "Options of the block", walkUp: "To the block above", walkDown: "To the block below", walkLeft: "To the block at the left", walkRight: "To the block at the right",
    svg: "Picture as SVG", png: "Picture as PNG", exportText: "Project as a file", editing: "Editing", view: "View", move: "Moving around",
    canvas: "Network", drawing: "Drawing of the network", block: "Block", inputs: "Inputs", input: "Input", output: "Output", outputOf: "Result of the network",
    nothing: "No block is chosen", nothingText: "Click a block to see its options. Press A to add one, ? for all keys.",
    many: (n: number) => `${n} blocks`, name: "Name", type: "Type", options: "Options", more: "More", parameters: "Parameters", cost: "Cost", reference: "Reference", formula: "Formula", help: "Help",
    emptyTitle: "An empty network", emptyText: "Double-click a block at the left, drag one here, or press A and type its name.",
    unset: "as default", yes: "yes", no: "no", expression: "Write an expression", plain: "Write a value", required: "needed", disconnect: "Take the connection away", addInput: "Add a connection…",
    errors: (n: number) => (n === 1 ? "1 error" : `${n} errors`), fine: "No errors", warnings: (n: number) => (n === 1 ? "1 warning" : `${n} warnings`),
    checking: "Checking…", checkFailed: "The server could not check this", textError: "The text cannot be read; the drawing shows its last state",
    newNetwork: "New network…", newUnit: "New unit…", rename: "Rename…", deleteNetwork: "Delete", networkMenu: "This network", unitName: "Name of the unit", networkName: "Name of the network",
    oneResult: "These blocks have several results; a unit has one", made: (name: string) => `Unit “${name}” made`, copied: (n: number) => (n === 1 ? "1 block copied" : `${n} blocks copied`),
    notABlock: "The clipboard holds no blocks", noClipboard: "The browser does not give the clipboard", arguments: "Arguments", argument: "Argument", addArgument: "Add an argument", defaultValue: "Default (empty: must be given)",
    statistics: "Cost for one example", perBlock: "by block", total: "Total",
    c_output: "Output", c_parameter: "Parameters", c_add: "Add", c_multiply: "Multiply", c_multiply_add: "Multiply-add", c_division: "Division", c_exp: "Exp", c_if: "If", c_bytes: "Memory", c_seconds: "Time",
    cat_conv: "Convolution", cat_linalg: "Linear", cat_norm: "Normalisation", cat_activation: "Activation", cat_pool: "Pooling", cat_shape: "Shape", cat_math: "Arithmetic", cat_reduce: "Reduction",
    cat_rnn: "Recurrent", cat_attention: "Attention", cat_random: "Random, dropout", cat_loss: "Loss", cat_index: "Index", cat_creation: "Constants", cat_evaluation: "Evaluation", cat_other: "Other",
    common: "Often used", unit: "Unit", repeat: "times", minimap: "Overview", taken: "This name is taken", badName: "Letters, digits, “_”, “.” and “-”", tools: "Tools",
    describe: (name: string, type: string, shape: string, errors: string) => `${name}, ${type}, ${shape}${errors}`, noShape: "shape not known", by: "from",
  },
  {
    palette: "ブロック", search: "ブロックを検索", nothingFound: "該当するブロックがありません", units: "ユニット", networks: "ネットワーク",
    undo: "元に戻す", redo: "やり直す", addBlock: "ブロックを追加…", replace: "種類を変更…", connect: "接続先を選ぶ…", remove: "削除", duplicate: "複製",
    copy: "コピー", cut: "切り取り", paste: "貼り付け", all: "すべて選択", invert: "選択を反転", arrange: "整列", arranged: "手で動かしたブロックを整列しました",
    fit: "全体を表示", zoomIn: "拡大", zoomOut: "縮小", makeUnit: "ユニットにまとめる…", openUnit: "ユニットを開く", leave: "呼び出し元へ戻る",
    text: "テキスト", edit: "ブロックの設定", walkUp: "上のブロックへ", walkDown: "下のブロックへ", walkLeft: "左のブロックへ", walkRight: "右のブロックへ",
    svg: "SVG 画像", png: "PNG 画像", exportText: "プロジェクトファイル", editing: "編集", view: "表示", move: "移動",
    canvas: "ネットワーク", drawing: "ネットワークの図", block: "ブロック", inputs: "入力", input: "入力", output: "出力", outputOf: "ネットワークの出力",
    nothing: "ブロックが選ばれていません", nothingText: "ブロックをクリックすると設定が表示されます。A キーで追加、? キーでキー操作の一覧を表示します。",
    many: (n: number) => `${n} 個のブロック`, name: "名前", type: "種類", options: "設定", more: "その他", parameters: "パラメーター", cost: "計算量", reference: "文献", formula: "式", help: "説明",
    emptyTitle: "空のネットワーク", emptyText: "左のブロックをダブルクリックするか、ここへドラッグしてください。A キーを押して名前を入力しても追加できます。",
    unset: "既定値", yes: "はい", no: "いいえ", expression: "式で書く", plain: "値で書く", required: "必須", disconnect: "接続を外す", addInput: "接続を追加…",
    errors: (n: number) => `エラー ${n} 件`, fine: "エラーなし", warnings: (n: number) => `警告 ${n} 件`,
    checking: "確認中…", checkFailed: "サーバーで確認できませんでした", textError: "テキストを解釈できないため、直前の図を表示しています",
    newNetwork: "新しいネットワーク…", newUnit: "新しいユニット…", rename: "名前を変更…", deleteNetwork: "削除", networkMenu: "このネットワーク", unitName: "ユニットの名前", networkName: "ネットワークの名前",
    oneResult: "選んだブロックの出力が複数あります。ユニットの出力は 1 つです", made: (name: string) => `ユニット「${name}」を作成しました`, copied: (n: number) => `${n} 個のブロックをコピーしました`,
    notABlock: "クリップボードにブロックがありません", noClipboard: "ブラウザーがクリップボードの使用を許可していません", arguments: "引数", argument: "引数", addArgument: "引数を追加", defaultValue: "既定値（空欄なら必須）",
    statistics: "1 例あたりの計算量", perBlock: "ブロック別", total: "合計",
    c_output: "出力", c_parameter: "パラメーター", c_add: "加算", c_multiply: "乗算", c_multiply_add: "積和", c_division: "除算", c_exp: "指数", c_if: "比較", c_bytes: "メモリー", c_seconds: "時間",
    cat_conv: "畳み込み", cat_linalg: "線形", cat_norm: "正規化", cat_activation: "活性化", cat_pool: "プーリング", cat_shape: "形状", cat_math: "算術", cat_reduce: "集約",
    cat_rnn: "再帰", cat_attention: "アテンション", cat_random: "乱数・ドロップアウト", cat_loss: "損失", cat_index: "添字", cat_creation: "定数", cat_evaluation: "評価", cat_other: "その他",
    common: "よく使う", unit: "ユニット", repeat: "回", minimap: "全体図", taken: "この名前は使われています", badName: "文字、数字、「_」「.」「-」が使えます", tools: "ツール",
    describe: (name: string, type: string, shape: string, errors: string) => `${name}、${type}、${shape}${errors}`, noShape: "形状は不明", by: "接続元",
  },
)

export function categoryName(topic: string): string {
  const t = T() as unknown as Record<string, string>
  return t[`cat_${topic}`] ?? topic
}

export const costName = (cost: string): string => (T() as unknown as Record<string, string>)[`c_${cost}`] ?? cost
