"""Writes promotion.txt: NumPy's promotion of every pair of element types."""
import numpy as np

TYPES = {"bool": np.bool_, "u8": np.uint8, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64,
         "f16": np.float16, "f32": np.float32, "f64": np.float64}
NAMES = {np.dtype(t): name for name, t in TYPES.items()}

with open("promotion.txt", "w") as out:
    out.write("# a b result, from promotion.py and NumPy " + np.__version__ + "\n")
    for a, ta in TYPES.items():
        for b, tb in TYPES.items():
            result = np.promote_types(ta, tb)
            out.write(f"{a} {b} {NAMES[result]}\n")
