/* Lines along one axis, a block of 256 threads for each: softmax, log_softmax and their gradients. CUDA C that is C as
 * well. KIND is one of the four; LOAD and STORE move elements; T is what is computed in. */
enum { SOFTMAX, SOFTMAX_GRAD, LOG_SOFTMAX, LOG_SOFTMAX_GRAD, THREADS = 256 };

typedef struct lines_args {
    int64_t n, step; /* elements of a line, and how far apart they lie */
    const void *in[2];
    void *out;
} lines_args;

/* The sum or the largest value of all threads. */
static inline T join_all(T *of, T mine, int largest)
{
    const int me = (int)threadIdx.x;
    __syncthreads();
    of[me] = mine;
    for (int half = THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (me < half && largest)
            of[me] = of[me] != of[me] || of[me] > of[me + half] ? of[me] : of[me + half];
        else if (me < half)
            of[me] += of[me + half];
    }
    __syncthreads();
    return of[0];
}

RNI_KERNEL void lines(const lines_args a)
{
    __shared__ T of[THREADS];
    const int64_t line = (int64_t)blockIdx.x, first = line / a.step * a.step * a.n + line % a.step;
    const int64_t me = (int64_t)threadIdx.x;
    const int forward = KIND == SOFTMAX || KIND == LOG_SOFTMAX;
    T most = -INFINITY, sum = 0;
    for (int64_t i = me; i < a.n && forward; i += THREADS) {
        const T x = LOAD(a.in[0], first + i * a.step);
        if (x > most || x != x) most = x;
    }
    if (forward) most = join_all(of, most, 1);
    if (most == -INFINITY && forward) {
        for (int64_t i = me; i < a.n; i += THREADS)
            STORE(a.out, first + i * a.step, KIND == SOFTMAX ? (T)0 : -INFINITY);
        return;
    }
    for (int64_t i = me; i < a.n; i += THREADS) {
        const T x = LOAD(a.in[0], first + i * a.step);
        sum += forward ? op_EXP(x - most)
                       : LOAD(a.in[1], first + i * a.step) * (KIND == SOFTMAX_GRAD ? x : (T)1);
    }
    sum = join_all(of, sum, 0);
    const T by = forward ? (KIND == SOFTMAX ? 1 / sum : most + op_LOG(sum)) : 0;
    for (int64_t i = me; i < a.n; i += THREADS) {
        const T x = LOAD(a.in[0], first + i * a.step);
        T y = KIND == SOFTMAX ? op_EXP(x - most) * by : x - by;
        if (!forward) {
            const T g = LOAD(a.in[1], first + i * a.step);
            y = KIND == SOFTMAX_GRAD ? x * (g - sum) : g - op_EXP(x) * sum;
        }
        STORE(a.out, first + i * a.step, y);
    }
}
