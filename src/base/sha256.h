/* SHA-256 (FIPS 180-4), for checking what was downloaded and for naming contents. */
#ifndef RNI_BASE_SHA256_H
#define RNI_BASE_SHA256_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rni_sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
} rni_sha256;

#define RNI_SHA256_TEXT 65

void rni_sha256_begin(rni_sha256 *h);
void rni_sha256_add(rni_sha256 *h, const void *bytes, int64_t n);
void rni_sha256_end(rni_sha256 *h, unsigned char digest[32]);
/* 64 small hex digits and a NUL. */
char *rni_sha256_text(const unsigned char digest[32], char buf[RNI_SHA256_TEXT]);
/* Of bytes in memory, as text. */
char *rni_sha256_of(const void *bytes, int64_t n, char buf[RNI_SHA256_TEXT]);
/* Of a file, as text. Errors: IO. */
bool rni_sha256_file(const char *path, char buf[RNI_SHA256_TEXT]);

#endif
