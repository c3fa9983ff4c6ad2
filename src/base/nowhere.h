/* For sources that call the library on behalf of somebody else: errors name the line of the call, and theirs would say
 * nothing to whoever runs them. Included behind the installed headers. */
#ifndef RNI_BASE_NOWHERE_H
#define RNI_BASE_NOWHERE_H

#include <rensa/base.h>

#undef RN_HERE
#undef RN_SITE
#define RN_HERE (&(const rn_site){ 0 })
#define RN_SITE(args_type)                                                                                             \
    {                                                                                                                  \
        .size = (int)sizeof(args_type)                                                                                 \
    }

#endif
