/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The default users of the distributions' images. */
#include <config.h>

#include "spec/default-user.h"

/* cloud-init's config/cloud.cfg.tmpl (most are the distribution's own name), and Oracle's images.
 */
static const char *const names[] = {
    "almalinux",  "alpine",     "amazon",      "aosc",    "arch",      "azurelinux",   "centos",
    "cloud-user", "cloudlinux", "cos",         "debian",  "devuan",    "ec2-user",     "eurolinux",
    "fedora",     "freebsd",    "gentoo",      "kali",    "mariner",   "miraclelinux", "netbsd",
    "omv",        "opc",        "opencloudos", "openbsd", "openeuler", "openmandriva", "opensuse",
    "photon",     "rhel",       "rocky",       "sles",    "suse",      "TencentOS",    "tencentos",
    "ubuntu",     "virtuozzo",  NULL};

gboolean
vp_spec_default_user_is_known(const char *name)
{
    return g_strv_contains(names, name);
}
