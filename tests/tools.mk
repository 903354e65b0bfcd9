# SPDX-License-Identifier: LGPL-2.1-or-later
# The code under tools: what they find is a failure.

# Not "possible": the stacks of threads that GLib keeps. Not "reachable": what it keeps for types and quarks.
VALGRIND = valgrind -q --leak-check=full --errors-for-leak-kinds=definite,indirect --error-exitcode=9
# Not test-confine: valgrind ends a process whose execve(2) is refused, as the filter is there to do.
check-valgrind: $(check_PROGRAMS)
	set -e; $(AM_TESTS_ENVIRONMENT) \
	for test in $(filter-out tests/hook/test-confine,$(UNIT_TESTS)) $(FUZZ_TARGETS); do \
	  echo "valgrind $$test"; \
	  G_SLICE=always-malloc $(LIBTOOL) --mode=execute $(VALGRIND) $$test >$@.log 2>&1 || \
	    { cat $@.log; exit 1; }; \
	done
	rm -f $@.log

# A build of its own, of what a tarball holds: the rest of the tree stays as it is.
check-sanitizers: distdir
	rm -rf sanitizers && mv '$(distdir)' sanitizers && cd sanitizers && chmod -R u+w . && \
	./configure --prefix='$(prefix)' --sysconfdir='$(sysconfdir)' --enable-sanitizers --enable-werror \
	  CC='$(CC)' CFLAGS='-g -O1' && \
	$(MAKE) check check_DATA= TESTS='$(UNIT_TESTS) $(FUZZ_TARGETS)'

CPPCHECK = cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
	--enable=warning,portability,performance --library=gtk --suppress=missingInclude \
	--suppress=unknownMacro:$(srcdir)/src/base/error.c -D'G_GNUC_PRINTF(format, first)='
CLANG_FORMAT = clang-format
CLANG_QUERY = clang-query
# which tree they look at; test-checks.sh gives them one with planted faults
lint_srcdir = $(srcdir)
check-lint: lint-english lint-claims lint-headers lint-cppcheck lint-format lint-null
lint-english:
	'$(srcdir)/tests/check-english' '$(lint_srcdir)'
lint-claims:
	'$(srcdir)/tests/check-claims' '$(lint_srcdir)'
lint-headers: config.h
	'$(srcdir)/tests/check-headers' '$(lint_srcdir)' $(CC) $(analyze_flags)
lint-cppcheck:
	$(CPPCHECK) -j2 -I'$(lint_srcdir)/src' '$(lint_srcdir)/src' '$(lint_srcdir)/hooks'
lint-format:
	cd '$(lint_srcdir)' && find src hooks tests -name stage -prune -o -name '*.[ch]' -print | \
	xargs $(CLANG_FORMAT) --dry-run --Werror
lint-null:
	@set -e; cd '$(lint_srcdir)'; \
	find src hooks tests -name stage -prune -o -name '*.c' -print | \
	xargs sh -c '$(CLANG_QUERY) -f tests/null.clang-query "$$@" -- $(analyze_flags)' sh >'$(abs_builddir)/$@.log'; \
	if awk '/ binds here$$/ { place = $$1; getline; if (!/G_DEFINE_|_foreach|g_assert_no_error/) { print place $$0; n++ } } \
	  END { exit !n }' '$(abs_builddir)/$@.log'; \
	then echo 'check-lint: compare these pointers with NULL'; exit 1; fi; \
	rm -f '$(abs_builddir)/$@.log'

# Some minutes. clang-tidy brings scan-build's checks with it; .clang-tidy says which, and why not others.
# gcc's analyzer understands g_autofree and g_return_if_fail() only without optimisation and without the
# latter's returns, which are for mistakes of the programmer's.
analyzed = $(sort $(filter %.c,$(libvp_la_SOURCES) $(libvpcommand_la_SOURCES) $(virt_payload_SOURCES) \
	$(virt_payload_hook_SOURCES) $(virt_payload_core_la_SOURCES) $(virt_payload_kubevirt_SOURCES)))
analyze_flags = $(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS) $(GLIB_CFLAGS) $(LIBXML_CFLAGS) \
	$(LIBYAML_CFLAGS) $(JSONC_CFLAGS) $(LIBCRYPT_CFLAGS) $(LIBVIRT_CFLAGS)
GCC = gcc
CLANG_TIDY = clang-tidy
check-analyze: check-lint config.h
	set -e; for source in $(analyzed); do \
	  echo "gcc -fanalyzer $$source"; \
	  $(GCC) $(analyze_flags) -O0 -DG_DISABLE_CHECKS -fanalyzer -Werror -c -o /dev/null '$(srcdir)'/$$source; \
	done
	$(CLANG_TIDY) --quiet --config-file='$(srcdir)/.clang-tidy' $(analyzed:%='$(srcdir)'/%) -- $(analyze_flags)
.PHONY: check-valgrind check-sanitizers check-lint check-analyze lint-english lint-headers lint-cppcheck lint-format lint-null

clean-sanitizers:
	rm -rf sanitizers
.PHONY: clean-sanitizers
