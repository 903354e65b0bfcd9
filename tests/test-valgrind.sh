#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The way of a prepare, module by module, under valgrind; make check-valgrind has every test.

. "${VP_SRCDIR:?}/tests/lib/tap.sh"

command -v valgrind >/dev/null || skip_all "valgrind is not installed"

for module in domain spec-xml spec-ovirt render image-iso image-vfat rewrite reference; do
    ok "$module" make -s -C "${VP_BUILDDIR:?}" check-valgrind "UNIT_TESTS=tests/test-$module" FUZZ_TARGETS=
done

done_testing
