// Wires bend in the gaps between rows and never turn back.
import assert from "node:assert/strict"
import { test } from "node:test"
import { corners } from "../../../web/src/network/Wire"

test("a wire goes down only, whatever its bends are moved by", () => {
  const route = [{ x: 0, y: 0 }, { x: 0, y: 20 }, { x: 0, y: 70 }, { x: 40, y: 120 }, { x: 40, y: 140 }]
  for (const shift of [-6, 0, 6]) {
    const way = corners({ x: 0, y: 0 }, route, { x: 60, y: 140 }, shift)
    assert.deepEqual([way[0], way.at(-1)], [{ x: 0, y: 0 }, { x: 60, y: 140 }])
    way.slice(1).forEach((p, i) => {
      assert.ok(p.y >= way[i]!.y, JSON.stringify(way))
      assert.ok(p.x === way[i]!.x || p.y === way[i]!.y, JSON.stringify(way))
    })
  }
})
