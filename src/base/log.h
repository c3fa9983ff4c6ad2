/* Log lines that explain decisions. Off unless RENSA_LOG or rn_log_levels asks for the topic; warnings always show. */
#ifndef RNI_BASE_LOG_H
#define RNI_BASE_LOG_H

#include <rensa/error.h>

void rni_log(rn_log_level level, const char *topic, const char *fmt, ...) RN_PRINTF(3, 4);
/* Whether a line of this level and topic would be shown; for callers whose text is costly to make. */
bool rni_log_on(rn_log_level level, const char *topic);

#endif
