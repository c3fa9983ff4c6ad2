// The place Data, while it is empty.
import { Icon } from "../lib/icons"
import { link, useAddress } from "../lib/router"
import { texts } from "../lib/texts"
import { Empty, Link } from "../lib/ui"

const T = texts({ title: "Data sets", text: "A project names its data set in its text: a known one such as “mnist”, or a folder of pictures on the server.", go: "To the network" }, { title: "データセット", text: "使うデータセットはプロジェクトのテキストで指定します。「mnist」などの既知のデータセットか、サーバー上の画像フォルダーを使えます。", go: "ネットワークへ" })

export default function Data() {
  const { project } = useAddress()
  const t = T()
  return (
    <Empty title={t.title} text={t.text} picture={<Icon name="data" size={56} />}>
      <Link className="button" to={link(project, "network")}>
        {t.go}
      </Link>
    </Empty>
  )
}
