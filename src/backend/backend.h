/* Devices of the back ends that are loaded, and pooled memory on them. Knows nothing of tensors or functions. */
#ifndef RNI_BACKEND_BACKEND_H
#define RNI_BACKEND_BACKEND_H

#include <rensa/backend.h>
#include <rensa/error.h>

typedef struct rni_pool rni_pool;

typedef struct rni_device {
    const rn_backend *backend;
    char name[48]; /* "cpu", "cuda:0", "check:cpu" */
    int index;
    void *handle;
    rni_pool *pool;
    struct rni_device *next;
} rni_device;

/* A piece of device memory, reference-counted; goes back to the pool of its device. */
typedef struct rni_buffer {
    rni_device *device;
    int64_t bytes, capacity;
    int32_t refs; /* atomic */
    void *data;
    void (*done)(void *user); /* of memory that belongs to somebody else */
    void *user;
} rni_buffer;

/* Opens (once per process) the device called `name`. NULL with an error pending. Devices live until the process ends.
 */
rni_device *rni_device_open(const char *name, const rn_site *site);
/* The plain C back end, which has a kernel for everything. */
rni_device *rni_device_ref(void);
/* Name of the i-th back end that can be found, loaded or not; NULL past the end. For listings. */
const char *rni_backend_at(int i);
/* The back end of that name, loaded if need be; NULL with an error pending. */
const rn_backend *rni_backend_find(const char *name, const rn_site *site);
/* Frees all devices; only when no buffer is alive. */
void rni_devices_close(void);

rni_buffer *rni_buffer_new(rni_device *device, int64_t bytes);
/* One that is given back soon: it may lie in unused memory of up to twice its size. */
rni_buffer *rni_buffer_scratch(rni_device *device, int64_t bytes);
/* Memory of somebody else; `done` (may be NULL) is called when the last reference is gone. */
rni_buffer *rni_buffer_wrap(rni_device *device, void *data, int64_t bytes, void (*done)(void *), void *user);
void rni_buffer_keep(rni_buffer *b);
void rni_buffer_drop(rni_buffer *b); /* NULL is fine */

typedef struct {
    int64_t used, peak, pooled;
} rni_pool_info;
rni_pool_info rni_pool_stats(const rni_device *device);
void rni_pool_reset_peak(rni_device *device);

/* Wrappers over the back end's copies. False with an error pending. */
bool rni_copy_in(rni_device *device, void *to, const void *host, int64_t bytes, const rn_site *site);
bool rni_copy_out(rni_device *device, void *host, const void *from, int64_t bytes, const rn_site *site);

/* The built-in back ends. */
const rn_backend *rn_backend_ref(void);
const rn_backend *rn_backend_null(void);
const rn_backend *rn_backend_check(void);
/* Host memory for back ends that compute there. */
void *rni_host_alloc(void *device, int64_t bytes);
void rni_host_free(void *device, void *p, int64_t bytes);
bool rni_host_copy_in(void *device, void *to, const void *host, int64_t bytes);
bool rni_host_copy_out(void *device, void *host, const void *from, int64_t bytes);
bool rni_host_sync(void *device);
int rni_host_count(void);

#endif
