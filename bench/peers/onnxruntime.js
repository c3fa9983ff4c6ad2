// ONNX Runtime on the same work as bench_infer.
//
//     node onnxruntime.js PACKAGE FOLDER CASE THREADS SECONDS      "CASE median_ms onnxruntime-version parameters MiB"
//
// PACKAGE is where onnxruntime-node lies; CASE.onnx and CASE.json (input, output, parameters) in FOLDER are what peer.py
// exported. CASE load computes nothing. Calls go to the binding itself, which answers at once:
// InferenceSession.run waits for the event loop first.
'use strict';
const fs = require('fs');
const path = require('path');

const TOLERANCE = 1e-3; // of the largest output

const [package_, folder, name, threads, seconds] = process.argv.slice(2);
const { Tensor } = require(path.join(package_, '..', 'onnxruntime-common'));
const { binding, initOrt } = require(path.join(package_, 'dist', 'binding.js'));
const { version } = require(path.join(package_, 'package.json'));

function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Milliseconds of a call, as bench.h and peer.py measure it. */
function measure(step, budget) {
  for (let i = 0; i < 8; i++) step();
  let start = now();
  step();
  const once = now() - start;
  const calls = Math.max(1, Math.floor(20 / Math.max(once, 1e-4)));
  const samples = [];
  const n = Math.max(5, Math.min(40, Math.floor(budget / Math.max(once * calls, 1e-3))));
  for (let s = 0; s < n; s++) {
    start = now();
    for (let i = 0; i < calls; i++) step();
    samples.push((now() - start) / calls);
  }
  samples.sort((a, b) => a - b);
  return samples[samples.length >> 1];
}

function check(y, expected) {
  const largest = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...expected.map((e, i) => Math.abs(e - y[i])));
  if (!(y.length === expected.length && worst <= TOLERANCE * largest))
    throw new Error(`${name}: outputs differ by ${worst} from PyTorch's, the largest of which is ${largest}`);
}

function infer() {
  const given = JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`)));
  const session = new binding.InferenceSession();
  session.loadModel(path.join(folder, `${name}.onnx`), {
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    interOpNumThreads: 1,
    intraOpNumThreads: Number(threads),
  });
  const feeds = { x: new Tensor('float32', Float32Array.from(given.x), given.shape) };
  const fetches = { y: new Tensor('float32', new Float32Array(given.y.length), [1, given.y.length]) };
  const step = () => session.run(feeds, fetches, {});
  check(step().y.data, given.y);
  return [measure(step, Number(seconds) * 1e3), given.parameters];
}

initOrt();
const [ms, parameters] = name === 'load' ? [0, 0] : infer();
const resident = process.resourceUsage().maxRSS / 1024;
console.log(`${name} ${ms.toFixed(6)} onnxruntime-${version} ${parameters} ${resident.toFixed(1)}`);
