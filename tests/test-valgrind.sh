#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The way of a prepare, module by module, under valgrind; make check-valgrind has every test.

. "${VP_SRCDIR:?}/tests/lib/tap.sh"

command -v valgrind >/dev/null || skip_all "valgrind is not installed"

for test in domain/test-domain spec/test-xml spec/test-ovirt render/test-render \
    image/test-iso image/test-vfat payload/test-rewrite payload/test-reference; do
    ok "$test" make -s -C "${VP_BUILDDIR:?}" check-valgrind "UNIT_TESTS=tests/$test" FUZZ_TARGETS=
done

done_testing
