/* What products and convolutions by oneDNN share. */
#ifndef RNI_BACKEND_CPU_ONEDNN_H
#define RNI_BACKEND_CPU_ONEDNN_H

#include <oneapi/dnnl/dnnl.h>
#include <rensa/backend.h>

/* One engine for the process, made at the first use; NULL if there is none. */
dnnl_engine_t rni_onednn_engine(void);
/* Whether this processor multiplies values of that type. */
bool rni_onednn_multiplies(rn_dtype dtype);
/* dnnl_data_type_undef for types that it does not multiply. */
dnnl_data_type_t rni_onednn_type(rn_dtype dtype);

#endif
