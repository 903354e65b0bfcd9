# SPDX-License-Identifier: LGPL-2.1-or-later
# The fuzz targets under libFuzzer: needs clang; inputs found stay in fuzz/.

FUZZ_CC = clang
FUZZ_CFLAGS = -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZ_RUNS = 100000
FUZZ_FLAGS = -timeout=10 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1
fuzz_sources = $(filter %.c,$(libvp_la_SOURCES) $(libvpcommand_la_SOURCES))

fuzz/%.o: %.c config.h
	$(AM_V_CC)$(MKDIR_P) $(@D) && \
	$(FUZZ_CC) $(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS) \
	  $(GLIB_CFLAGS) $(LIBXML_CFLAGS) $(LIBYAML_CFLAGS) $(JSONC_CFLAGS) $(LIBCRYPT_CFLAGS) \
	  $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<
fuzz/fuzz-%: fuzz/tests/fuzz/fuzz-%.o $(fuzz_sources:%.c=fuzz/%.o)
	$(AM_V_CCLD)$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $^ $(libvp_la_LIBADD)

fuzz: $(FUZZ_TARGETS:tests/fuzz/%=fuzz/%)
	set -e; for target in $(FUZZ_TARGETS); do \
	  name=$${target##*/fuzz-}; \
	  words='$(srcdir)'/tests/fuzz/$$name.dict; \
	  $(MKDIR_P) fuzz/corpus-$$name; \
	  fuzz/fuzz-$$name -runs=$(FUZZ_RUNS) $(FUZZ_FLAGS) -artifact_prefix=fuzz/$$name- \
	    $$(test ! -f "$$words" || echo "-dict=$$words") \
	    fuzz/corpus-$$name '$(srcdir)'/tests/fuzz/corpus/$$name; \
	done
.PHONY: fuzz
.SECONDARY: $(fuzz_sources:%.c=fuzz/%.o)
clean-fuzz:
	rm -rf fuzz
