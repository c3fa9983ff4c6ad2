"""What run and verify need of both sides."""
import os
import shutil
import subprocess

here = os.path.dirname(os.path.abspath(__file__))
build = os.path.join(os.path.dirname(os.path.dirname(here)), os.environ.get("BUILD", "build"))
PYTHON = ["/usr/bin/python3", "-W", "ignore"]  # Debian's, which has python3-torch
ONNXRUNTIME = "onnxruntime-node@1.30"


def require(*programs):
    """Builds our programs if they are not there, and ends with what to do where a side is missing."""
    if not all(os.path.exists(os.path.join(build, "bin", p)) for p in programs):
        print("building the programs of bench/", flush=True)
        made = subprocess.run(["ninja", "-C", build, "bench"], capture_output=True, text=True)
        if made.returncode:
            raise SystemExit(f"{made.stdout[-2000:]}{made.stderr}\nfirst: cmake -G Ninja -B {build} && ninja -C {build} bench")
    if subprocess.run(PYTHON + ["-c", "import torch"], capture_output=True).returncode:
        raise SystemExit("PyTorch is not there: apt-get install python3-torch")


def ours(program, *arguments):
    return [os.path.join(build, "bin", program), *arguments]


def peer(*arguments):
    return PYTHON + [os.path.join(here, "peer.py"), *arguments]


def onnxruntime(cases):
    """The command of ONNX Runtime's side, which is installed and has the cases exported for it in the build folder. None where
    there are no cases, and after a line that says why where it cannot be installed."""
    folder = os.path.join(build, "bench", "onnxruntime")
    package = os.path.join(folder, "node_modules", "onnxruntime-node")
    if not cases:
        return None
    if not os.path.exists(package):
        why = install(folder)
        if why:
            return print(f"no column for ONNX Runtime: {why}", flush=True)
    for case in cases:
        run(peer(case, "export", folder))
    return ["node", os.path.join(here, "onnxruntime.js"), package, folder]


def install(folder):
    """Why onnxruntime-node cannot be there; None if it is. Its install scripts fetch what only a GPU needs."""
    if not shutil.which("npm"):
        return "there is no npm"
    os.makedirs(folder, exist_ok=True)
    print(f"installing {ONNXRUNTIME} into {folder}", flush=True)
    made = subprocess.run(["npm", "install", "--ignore-scripts", "--prefix", folder, ONNXRUNTIME], capture_output=True, text=True)
    return f"npm install failed:\n{made.stderr[-500:]}" if made.returncode else None


def run(command, env=None):
    """Its words."""
    text = subprocess.run(command, env=env, capture_output=True, text=True)
    if text.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{text.stderr}")
    return text.stdout.split()
