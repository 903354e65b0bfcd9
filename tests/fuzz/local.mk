# SPDX-License-Identifier: LGPL-2.1-or-later
# The fuzz targets under libFuzzer: needs clang; inputs that are found stay in FUZZ_DIR.

FUZZ_CC = clang
FUZZ_CFLAGS = -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZ_RUNS = 100000
FUZZ_FLAGS = -timeout=10 -rss_limit_mb=1024 -max_len=65536
fuzz_sources = $(filter %.c,$(libvp_la_SOURCES) $(libvpcommand_la_SOURCES))

fuzz/%.o: %.c config.h
	$(AM_V_CC)$(MKDIR_P) $(@D) && \
	$(FUZZ_CC) $(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS) \
	  $(GLIB_CFLAGS) $(LIBXML_CFLAGS) $(LIBYAML_CFLAGS) $(JSONC_CFLAGS) $(LIBCRYPT_CFLAGS) \
	  $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<
fuzz/fuzz-%: fuzz/tests/fuzz/fuzz-%.o $(fuzz_sources:%.c=fuzz/%.o)
	$(AM_V_CCLD)$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $^ $(libvp_la_LIBADD)

# Inputs that were found, findings and sums
FUZZ_DIR = fuzz
EXTRA_DIST += tests/fuzz/run-fuzz
fuzz: $(FUZZ_TARGETS:tests/fuzz/%=fuzz/%)
	'$(srcdir)/tests/fuzz/run-fuzz' '$(FUZZ_DIR)' $(FUZZ_RUNS) $^ -- $(FUZZ_FLAGS)
.PHONY: fuzz
.SECONDARY: $(fuzz_sources:%.c=fuzz/%.o)
clean-fuzz:
	rm -rf fuzz
