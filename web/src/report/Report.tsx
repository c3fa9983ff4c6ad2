// The place Report, while it is empty.
import { Icon } from "../lib/icons"
import { link, useAddress } from "../lib/router"
import { texts } from "../lib/texts"
import { Empty, Link } from "../lib/ui"

const T = texts({ title: "No report yet", text: "A report gathers the data, the network, the settings, the curves and the evaluation of a training.", go: "To the training" }, { title: "レポートはまだありません", text: "レポートには、データ、ネットワーク、設定、学習曲線、評価がまとめられます。", go: "学習へ" })

export default function Report() {
  const { project } = useAddress()
  const t = T()
  return (
    <Empty title={t.title} text={t.text} picture={<Icon name="report" size={56} />}>
      <Link className="button" to={link(project, "train")}>
        {t.go}
      </Link>
    </Empty>
  )
}
