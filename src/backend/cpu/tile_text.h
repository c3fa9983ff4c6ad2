/* The text of an emitted kernel that does the instructions of a program for a tile. */
#ifndef RNI_BACKEND_CPU_TILE_TEXT_H
#define RNI_BACKEND_CPU_TILE_TEXT_H

#include "backend/cpu/program.h"
#include "backend/emit/emit.h"

/* Appends the function `rni_tile`, an rni_tile_fn (kernels/tile.h), to what rni_emit_ops gives. */
void rni_cpu_tile_text(rni_text *t, const rni_cpu_program *p);

#endif
