/* Moving planes into phases and back, for one type. Needs T and TYPE, its name. */

/* Columns of phase `c` of row `q`, counted from the start of the padding: where they lie, the first one inside the
 * plane and its column there, and how many there are. */
static inline T *RNI_PASTE2(line, TYPE)(const rni_phases *p, T *phases, int64_t q, int64_t c, int64_t *column,
                                        int64_t *n)
{
    const int64_t step = p->step[1], skip = p->pad[1] > c ? (p->pad[1] - c + step - 1) / step : 0;
    const int64_t end = (p->w + p->pad[1] - c + step - 1) / step, last = end < p->columns ? end : p->columns;
    *column = skip * step + c - p->pad[1];
    *n = last - skip;
    return phases + (q % p->step[0] * step + c) * p->phase + q / p->step[0] * p->columns + skip;
}

static void RNI_PASTE2(spread, TYPE)(const rni_phases *p, void *to, const void *plane)
{
    const int64_t step = p->step[1];
    for (int64_t r = 0; r < p->h && (r + p->pad[0]) / p->step[0] < p->rows; r++)
        for (int64_t c = 0; c < step; c++) {
            int64_t column, n;
            T *restrict d = RNI_PASTE2(line, TYPE)(p, to, r + p->pad[0], c, &column, &n);
            const T *restrict s = (const T *)plane + r * p->w + column;
            if (step == 1)
                for (int64_t i = 0; i < n; i++) d[i] = s[i];
            else if (step == 2)
                for (int64_t i = 0; i < n; i++) d[i] = s[2 * i];
            else
                for (int64_t i = 0; i < n; i++) d[i] = s[step * i];
        }
}

static void RNI_PASTE2(collect, TYPE)(const rni_phases *p, void *plane, const void *from)
{
    const int64_t step = p->step[1];
    memset(plane, 0, (size_t)(p->h * p->w) * sizeof(T));
    for (int64_t r = 0; r < p->h && (r + p->pad[0]) / p->step[0] < p->rows; r++)
        for (int64_t c = 0; c < step; c++) {
            int64_t column, n;
            const T *restrict s = RNI_PASTE2(line, TYPE)(p, (T *)(uintptr_t)from, r + p->pad[0], c, &column, &n);
            T *restrict d = (T *)plane + r * p->w + column;
            for (int64_t i = 0; i < n; i++) d[step * i] = s[i];
        }
}

static void RNI_PASTE2(crop, TYPE)(const rni_phases *p, void *to, const void *from, const void *divisor)
{
    T *restrict y = to;
    const T *restrict v = from, *restrict by = divisor;
    for (int64_t i = 0; i < p->oh; i++, y += p->ow, v += p->columns) {
        for (int64_t j = 0; j < p->ow && !by; j++) y[j] = v[j];
        for (int64_t j = 0; j < p->ow && by; j++) y[j] = v[j] / by[i * p->columns + j];
    }
}

static void RNI_PASTE2(place, TYPE)(const rni_phases *p, void *to, const void *from, const void *divisor)
{
    T *restrict v = to;
    const T *restrict y = from, *restrict by = divisor;
    for (int64_t i = 0; i < p->oh; i++, y += p->ow, v += p->columns, by += p->columns)
        for (int64_t j = 0; j < p->ow; j++) v[j] = y[j] / by[j];
}

/* Where window (i, j) begins in the plane. */
#define CORNER(p, i, j) (((i) * (p)->step[0] - (p)->pad[0]) * (p)->w + (j) * (p)->step[1] - (p)->pad[1])

static void RNI_PASTE2(scatter, TYPE)(const rni_phases *p, void *plane, const void *values, const int64_t *at)
{
    T *gx = plane;
    const T *gy = values;
    for (int64_t i = 0; i < p->oh; i++, at += p->columns)
        for (int64_t j = 0; j < p->ow; j++, gy++)
            if (at[j] >= 0) gx[CORNER(p, i, j) + at[j]] += *gy;
}

static void RNI_PASTE2(pick, TYPE)(const rni_phases *p, void *values, const void *plane, const int64_t *at)
{
    T *y = values;
    const T *z = plane;
    for (int64_t i = 0; i < p->oh; i++, at += p->columns)
        for (int64_t j = 0; j < p->ow; j++) *y++ = at[j] < 0 ? 0 : z[CORNER(p, i, j) + at[j]];
}

#undef CORNER
#undef T
#undef TYPE
