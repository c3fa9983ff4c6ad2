/* The table of built-in extensions. */
#include "train/trainer.h"

const rni_extension_row rni_extension_rows[] = {
    { &rni_ext_evaluate, rni_ext_evaluate_make, false }, { &rni_ext_log, rni_ext_file_make, true },
    { &rni_ext_print, rni_ext_print_make, false },       { &rni_ext_progress, rni_ext_progress_make, false },
    { &rni_ext_curve, rni_ext_file_make, true },         { &rni_ext_snapshot, rni_ext_snapshot_make, true },
    { &rni_ext_best, rni_ext_watch_make, true },         { &rni_ext_early_stop, rni_ext_watch_make, false },
    { &rni_ext_fail_on_nan, rni_ext_file_make, false },  { &rni_ext_graph, rni_ext_file_make, true },
    { &rni_ext_steps, rni_ext_steps_make, true },        { 0 },
};
