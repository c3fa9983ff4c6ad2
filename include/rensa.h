/* Rensa: everything. Include this one header. In C++ the macros with options do not compile; what they expand to does:
 * rn_relu_args a = {}; a.x = x; rn_relu_at(&a). */
#ifndef RENSA_H
#define RENSA_H

#include <rensa/base.h>
#include <rensa/error.h>
#include <rensa/profile.h>
#include <rensa/tensor.h>
#include <rensa/step.h>
#include <rensa/io.h>
#include <rensa/op.h>
#include <rensa/ops.h>
#include <rensa/lists.h>
#include <rensa/nn.h>
#include <rensa/optim.h>
#include <rensa/selftest.h>
#include <rensa/data.h>
#include <rensa/train.h>

#endif
