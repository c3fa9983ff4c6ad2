// The place Evaluate, while it is empty.
import { Icon } from "../lib/icons"
import { link, useAddress } from "../lib/router"
import { texts } from "../lib/texts"
import { Empty, Link } from "../lib/ui"

const T = texts({ title: "Nothing to evaluate yet", text: "When a training has finished, its confusion matrix and its worst mistakes are shown here.", go: "To the training" }, { title: "評価する結果がまだありません", text: "学習が終わると、混同行列と誤りの大きい画像がここに表示されます。", go: "学習へ" })

export default function Evaluate() {
  const { project } = useAddress()
  const t = T()
  return (
    <Empty title={t.title} text={t.text} picture={<Icon name="evaluate" size={56} />}>
      <Link className="button" to={link(project, "train")}>
        {t.go}
      </Link>
    </Empty>
  )
}
