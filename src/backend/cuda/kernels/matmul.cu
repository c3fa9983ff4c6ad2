/* Products of matrices with operands of any strides: tiles of 64x64 results, of which each of 256 threads computes 4x4.
 * CUDA C that is C as well. LOAD and STORE move elements of the operands' type; T is what sums are kept in. */
enum { TILE = 64, DEPTH = 16, THREADS = 256, OWN = 4, AXES = 8 };

typedef struct product_args {
    int64_t m, n, k, am, ak, bk, bn, tiles_n, batches, rank, dim[AXES], a_stride[AXES], b_stride[AXES];
    const void *a, *b, *bias;
    void *y;
} product_args;

/* Which element of a tile thread `e` moves: neighbours lie next to each other in memory. */
#define ALONG(e, contiguous) ((contiguous) ? (e) / DEPTH : (e) % TILE)
#define DEEP(e, contiguous) ((contiguous) ? (e) % DEPTH : (e) / TILE)

RNI_KERNEL void product(const product_args p)
{
    __shared__ T a_tile[DEPTH][TILE + OWN], b_tile[DEPTH][TILE + OWN];
    const int me = (int)threadIdx.x, row = me / (TILE / OWN) * OWN, column = me % (TILE / OWN) * OWN;
    const int64_t first_m = (int64_t)(blockIdx.x / p.tiles_n) * TILE, first_n = (int64_t)(blockIdx.x % p.tiles_n) * TILE;
    for (int64_t batch = blockIdx.y; batch < p.batches; batch += gridDim.y) {
        int64_t a_at = 0, b_at = 0, rest = batch;
        for (int i = (int)p.rank - 1; i >= 0; i--) {
            a_at += rest % p.dim[i] * p.a_stride[i];
            b_at += rest % p.dim[i] * p.b_stride[i];
            rest /= p.dim[i];
        }
        T sum[OWN][OWN] = { { 0 } };
        for (int64_t deep = 0; deep < p.k; deep += DEPTH) {
            __syncthreads();
            for (int e = me; e < TILE * DEPTH; e += THREADS) {
                const int m = ALONG(e, p.ak == 1), ka = DEEP(e, p.ak == 1);
                const int n = ALONG(e, p.bk == 1), kb = DEEP(e, p.bk == 1);
                a_tile[ka][m] = first_m + m < p.m && deep + ka < p.k
                                    ? LOAD(p.a, a_at + (first_m + m) * p.am + (deep + ka) * p.ak)
                                    : (T)0;
                b_tile[kb][n] = first_n + n < p.n && deep + kb < p.k
                                    ? LOAD(p.b, b_at + (deep + kb) * p.bk + (first_n + n) * p.bn)
                                    : (T)0;
            }
            __syncthreads();
#pragma unroll
            for (int k = 0; k < DEPTH; k++)
#pragma unroll
                for (int i = 0; i < OWN; i++)
#pragma unroll
                    for (int j = 0; j < OWN; j++)
                        sum[i][j] = MULTIPLY_ADD(a_tile[k][row + i], b_tile[k][column + j], sum[i][j]);
        }
#pragma unroll
        for (int i = 0; i < OWN; i++)
#pragma unroll
            for (int j = 0; j < OWN; j++) {
                const int64_t m = first_m + row + i, n = first_n + column + j;
                if (m < p.m && n < p.n)
                    STORE(p.y, (batch * p.m + m) * p.n + n, sum[i][j] + (p.bias ? LOAD(p.bias, n) : (T)0));
            }
    }
}
