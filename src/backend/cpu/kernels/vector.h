/* The longest vectors of floats that the instruction set has. */
#ifndef RNI_CPU_KERNELS_VECTOR_H
#define RNI_CPU_KERNELS_VECTOR_H

#if defined(__AVX512F__)
enum { VECTOR = 16 };
#elif defined(__AVX__)
enum { VECTOR = 8 };
#else
enum { VECTOR = 4 };
#endif

typedef float vec __attribute__((vector_size(VECTOR * sizeof(float))));
typedef float vec_memory __attribute__((vector_size(VECTOR * sizeof(float)), aligned(sizeof(float)), may_alias));

static inline vec load(const float *p)
{
    return *(const vec_memory *)p;
}

static inline void store(float *p, vec v)
{
    *(vec_memory *)p = v;
}

#endif
