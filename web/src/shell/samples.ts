// Projects to begin with: the networks that are built in.
import lenet from "../../../src/project/nets/lenet.json"
import mlp from "../../../src/project/nets/mlp.json"
import resnet20 from "../../../src/project/nets/resnet20.json"
import vgg11 from "../../../src/project/nets/vgg11.json"
import { parse, print, set } from "../lib/json"
import { isDict } from "../network/model"

const EMPTY = `{
  "rensa": 1,
  "name": "empty",
  "data": "drawn",
  "network": [],
  "training": {"batch": 64, "epochs": 10}
}
`

export const SAMPLES = [lenet, mlp, resnet20, vgg11].map((text) => {
  const value = parse(text).value
  return { name: isDict(value) ? String(value.name) : "", about: isDict(value) ? String(value.description ?? "") : "", text }
})

export function sampleText(sample: string | undefined, name: string): string {
  const text = SAMPLES.find((s) => s.name === sample)?.text ?? EMPTY
  return set(text, ["name"], name)
}

/** A file of another place as a project: its text is kept to the letter. */
export function importText(text: string): string {
  if (!isDict(parse(text).value)) throw new Error(print(text.slice(0, 40)))
  return text
}
