/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks the values of the vocabulary: one function for each form. A message is the end of
 * a sentence that begins with the place ("cloud-init/hostname (line 12): "), and never holds the
 * value. */
#pragma once

#include <glib.h>

typedef gboolean VpCheck(const char *text, GError **error);

/* VP_ERROR_TEXT: one line without control characters (C0, DEL, C1, U+2028, U+2029). */
gboolean vp_spec_check_line(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VP_ERROR_HOSTNAME. RFC 1123, section 2.1: labels of letters, digits and inner hyphens, 1 to 63
 * each, 253 in all. Not an IPv4 address, because cloud-init would turn that into "ip-192-0-2-1". */
gboolean vp_spec_check_hostname(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VP_ERROR_USER: what useradd(8) accepts on most distributions. */
gboolean vp_spec_check_user_name(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_group_name(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of Windows, whose own names contain spaces: "Remote Desktop Users". */
gboolean vp_spec_check_windows_group_name(const char *text,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "user" or "user:group", chown(1). */
gboolean vp_spec_check_owner(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VP_ERROR_VALUE: a rule of sudoers(5) without its User_List. */
gboolean vp_spec_check_sudo(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VP_ERROR_VALUE each. */
/* GECOS of passwd(5): one line without a colon. */
gboolean vp_spec_check_gecos(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "gh:NAME", "lp:NAME" or NAME, as ssh-import-id(1) takes them. */
gboolean vp_spec_check_ssh_import_id(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Names of profiles, separated by spaces. */
gboolean vp_spec_check_profiles(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_timezone(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_locale(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_windows_locale(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_product_key(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_permissions(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_package(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* It becomes a file name in the guest. */
gboolean vp_spec_check_instance_id(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VP_ERROR_TARGET: a disk's device name, "vdb". */
gboolean vp_spec_check_target(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VP_ERROR_PATH: absolute, in a guest (Windows' "C:\..." too); and a name below a directory of the
 * host. */
gboolean vp_spec_check_guest_path(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_reference(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VP_ERROR_PASSWORD: a text to be typed, at most what crypt(3) takes; a hash as crypt(5) has
 * them. */
gboolean vp_spec_check_password(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_password_hash(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VP_ERROR_SSH_KEY: one line of authorized_keys, sshd(8), "AUTHORIZED_KEYS FILE FORMAT"; the body
 * is decoded and must be of the type that is named (RFC 4253, section 6.6; RFC 5656; RFC 8709;
 * OpenSSH's PROTOCOL.u2f and PROTOCOL.certkeys). */
gboolean vp_spec_check_ssh_key(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VP_ERROR_NETWORK each. */
gboolean vp_spec_check_mac(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_address(const char *text,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT; /* of a host, CIDR */
gboolean vp_spec_check_subnet(const char *text,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT; /* CIDR, no host bits */
gboolean vp_spec_check_ip(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_search_domain(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_link_name(const char *text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT; /* Linux: 1 to 15 bytes */

/* VP_ERROR_VALUE each (check-system.c): "2G"; that or "auto"; a host name or IPv4 address; a name
 * of xkeyboard-config(7); a URI; a file's name without a path; a line of sources.list(5). */
gboolean vp_spec_check_size(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_swap_size(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_server(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_keyboard(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_uri(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_file_name(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_apt_source(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One or several certificates, and a private key, in PEM (RFC 7468). */
gboolean vp_spec_check_certificates(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_check_private_key(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
