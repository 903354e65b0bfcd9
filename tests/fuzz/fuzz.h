/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a fuzz target defines, https://llvm.org/docs/LibFuzzer.html#fuzz-target. A target aborts if
 * a promise is broken. `make fuzz` links it with libFuzzer; `make check` with run-corpus.c.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
