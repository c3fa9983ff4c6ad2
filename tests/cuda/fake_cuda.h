/* The fake driver as tests see it. */
#ifndef RENSA_TESTS_FAKE_CUDA_H
#define RENSA_TESTS_FAKE_CUDA_H

#include "test.h"

#include "backend/backend.h"
#include "fake.h"

#include <dlfcn.h>

static inline void *fake_symbol(const char *name)
{
    void *object = dlopen(FAKE_DRIVER, RTLD_NOW | RTLD_LOCAL), *symbol = object ? dlsym(object, name) : NULL;
    if (!symbol) test_failed(__FILE__, __LINE__, "%s has no %s", FAKE_DRIVER, name);
    return symbol;
}

static inline fake_report fake_now(void)
{
    fake_report_fn *get;
    void *symbol = fake_symbol("fake_report_get");
    fake_report report;
    memcpy(&get, &symbol, sizeof get);
    get(&report);
    return report;
}

/* The n-th call from now fails with that code. */
static inline void fake_fail_at(long long n, int code)
{
    fake_fail_fn *set;
    void *symbol = fake_symbol("fake_fail");
    memcpy(&set, &symbol, sizeof set);
    set(n, code);
}

#define CHECK_NO_MISTAKES()                                                                                            \
    do {                                                                                                               \
        const fake_report f_ = fake_now();                                                                             \
        if (f_.mistakes) test_failed(__FILE__, __LINE__, "%lld mistakes: %s", f_.mistakes, f_.first_mistake);          \
    } while (0)

#endif
