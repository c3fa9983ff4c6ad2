/* What the fuzz targets share. A target is LLVMFuzzerTestOneInput, as libFuzzer calls it, and fuzz_seeds, which gives
 * the driver of main.c valid inputs to start from. */
#ifndef RENSA_TESTS_FUZZ_H
#define RENSA_TESTS_FUZZ_H

#include <rensa.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
void fuzz_seeds(void);

/* For fuzz_seeds: copies one input. */
void fuzz_add(const void *bytes, int64_t n);

/* Stops the program unless an error is pending exactly where the call failed; clears it. */
static inline void fuzz_settle(bool succeeded)
{
    if (succeeded != rn_ok()) {
        rn_report_error(stderr);
        abort();
    }
    rn_error_clear();
}

/* Puts the bytes where they can be opened as a file; the path holds until the next call. */
const char *fuzz_file(const void *bytes, int64_t n);

#endif
