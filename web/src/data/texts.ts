import { texts } from "../lib/texts"

export const T = texts(
  {
    title: "Data sets", use: "Use it", used: (name: string) => `The project learns from “${name}”`, inUse: "in use", look: "Look inside", next: "To the network",
    own: "Folders of pictures and tables on the server can be named in the project's text, too: \"data\": {\"train\": {\"source\": \"…\"}}.",
    noPictures: "no pictures", example: (i: number, label: string) => `example ${i}${label ? `: ${label}` : ""}`, before: "Before", after: "Next", classes: "Examples per class",
    column: "Column", shape: "Shape", least: "Least", most: "Most", mean: "Mean", deviation: "Deviation",
  },
  {
    title: "データセット", use: "使う", used: (name: string) => `このプロジェクトは「${name}」で学習します`, inUse: "使用中", look: "中を見る", next: "ネットワークへ",
    own: "サーバー上の画像フォルダーや表は、プロジェクトのテキストで指定できます：\"data\": {\"train\": {\"source\": \"…\"}}",
    noPictures: "画像なし", example: (i: number, label: string) => `例 ${i}${label ? `：${label}` : ""}`, before: "前へ", after: "次へ", classes: "クラスごとの例の数",
    column: "列", shape: "形状", least: "最小", most: "最大", mean: "平均", deviation: "標準偏差",
  },
)
