"""What run and verify need of both sides."""
import os
import subprocess

here = os.path.dirname(os.path.abspath(__file__))
build = os.path.join(os.path.dirname(os.path.dirname(here)), os.environ.get("BUILD", "build"))
PYTHON = ["/usr/bin/python3", "-W", "ignore"]  # Debian's, which has python3-torch


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


def run(command, env=None):
    """Its words."""
    text = subprocess.run(command, env=env, capture_output=True, text=True)
    if text.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{text.stderr}")
    return text.stdout.split()
