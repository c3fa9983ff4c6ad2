/* Vector kernels come here; each file is compiled once per instruction set. */
#include <rensa/backend.h>
