/* The part of libcurl's interface that downloads use, so that neither its headers nor the library are needed to build.
 * The numbers are frozen by libcurl's ABI since 7.16; where the headers are installed, they are compared below. */
#ifndef RNI_IO_CURL_API_H
#define RNI_IO_CURL_API_H

#include <stdint.h>

typedef struct curl_handle curl_handle;

enum {
    CURL_API_GLOBAL_ALL = 3,
    CURL_API_PROTO_HTTP = 1,
    CURL_API_PROTO_HTTPS = 2,
    CURL_API_PROTO_FILE = 1 << 10,
    CURL_API_ERROR_SIZE = 256,

    CURL_API_OK = 0,
    CURL_API_ABORTED_BY_CALLBACK = 42,

    CURL_API_INFO_RESPONSE_CODE = 0x200000 + 2,
    CURL_API_INFO_CONTENT_LENGTH = 0x600000 + 15,

    /* Options with a number, then with a pointer, then with a function. */
    CURL_API_LOW_SPEED_LIMIT = 19,
    CURL_API_LOW_SPEED_TIME = 20,
    CURL_API_NOPROGRESS = 43,
    CURL_API_FAILONERROR = 45,
    CURL_API_FOLLOWLOCATION = 52,
    CURL_API_MAXREDIRS = 68,
    CURL_API_NOSIGNAL = 99,
    CURL_API_CONNECTTIMEOUT_MS = 156,
    CURL_API_PROTOCOLS = 181,
    CURL_API_REDIR_PROTOCOLS = 182,
    CURL_API_WRITEDATA = 10001,
    CURL_API_URL = 10002,
    CURL_API_RANGE = 10007,
    CURL_API_ERRORBUFFER = 10010,
    CURL_API_USERAGENT = 10018,
    CURL_API_HEADERDATA = 10029,
    CURL_API_CAINFO = 10065,
    CURL_API_XFERINFODATA = 10057,
    CURL_API_WRITEFUNCTION = 20011,
    CURL_API_HEADERFUNCTION = 20079,
    CURL_API_XFERINFOFUNCTION = 20219
};

typedef struct curl_api {
    int (*global_init)(long flags);
    curl_handle *(*easy_init)(void);
    int (*easy_setopt)(curl_handle *h, int option, ...);
    int (*easy_perform)(curl_handle *h);
    int (*easy_getinfo)(curl_handle *h, int info, ...);
    void (*easy_cleanup)(curl_handle *h);
    const char *(*easy_strerror)(int code);
} curl_api;

#endif
