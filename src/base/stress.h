/* The stress build (-DRENSA_STRESS=ON, preset `stress`) gives rare mistakes a chance. It is slower and computes the
 * same:
 *
 *   - memory that is freed, and memory that is handed out unwritten, is filled with NaN (negative numbers for integers)
 *   - small memory is not kept for reuse but given back, for the allocator to hand out to somebody else
 *   - the steps of a plan run in another order, drawn anew for each plan, that their inputs allow
 *
 * Every build reuses the device memory that was freed last, and computes each call at once where RENSA_EAGER says so.
 */
#ifndef RNI_BASE_STRESS_H
#define RNI_BASE_STRESS_H

#include <stdint.h>
#include <string.h>

#ifdef RN_STRESS
enum { RNI_STRESS = 1 };
#else
enum { RNI_STRESS = 0 };
#endif

/* Makes contents useless that nobody may read any more, or yet. */
static inline void rni_stress_fill(void *p, int64_t bytes)
{
    if (RNI_STRESS && p) memset(p, 0xff, (size_t)bytes);
}

#endif
