# SPDX-License-Identifier: LGPL-2.1-or-later
# Pages, and their pictures.

EXTRA_DIST += \
	doc/ansible.md \
	doc/cast-to-svg \
	doc/coming-from.md \
	doc/guests.md \
	doc/kubevirt.md \
	doc/lifecycle.md \
	doc/performance.md \
	doc/performance.svg \
	doc/threats.md \
	doc/profiles.md \
	doc/record \
	doc/session \
	doc/session.cast \
	doc/session.svg \
	doc/start.svg \
	doc/tools.md \
	doc/vdsm.md \
	$(NULL)

# Records README's picture of a session with a real guest again: a minute or two.
recording: tests/stage.stamp
	$(AM_TESTS_ENVIRONMENT) '$(srcdir)/doc/session'
.PHONY: recording
