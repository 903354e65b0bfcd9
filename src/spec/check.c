/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms of names, paths and other short texts. */
#include <config.h>

#include <arpa/inet.h>
#include <string.h>

#include "base/error.h"
#include "spec/check.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* 1 to max bytes, each of the set. */
static gboolean
is_made_of(const char *text, const char *set, gsize max)
{
    gsize length = strlen(text);

    return length > 0 && length <= max && strspn(text, set) == length;
}

static gboolean
has_control(const char *text)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029)
            return TRUE;
    }
    return FALSE;
}

gboolean
vp_spec_check_line(const char *text, GError **error)
{
    if (strpbrk(text, "\r\n") != NULL)
        return vp_error_set(error, VP_ERROR_TEXT, "has a line break; give one line");
    if (has_control(text))
        return vp_error_set(error, VP_ERROR_TEXT, "has a control character");
    return TRUE;
}

static gboolean
is_label(const char *start, gsize length)
{
    return length >= 1 && length <= 63 && start[0] != '-' && start[length - 1] != '-';
}

/* The rules that host names and search domains share; NULL if all hold. */
static const char *
domain_name_mistake(const char *text)
{
    if (!*text)
        return "is empty";
    if (strlen(text) > 253)
        return "is longer than 253 characters";
    if (strpbrk(text, " \t\r\n") != NULL)
        return "has a space; use letters, digits, '-' and '.'";
    if (strchr(text, '_') != NULL)
        return "has an underscore; use letters, digits, '-' and '.'";
    if (strspn(text, LETTERS DIGITS "-.") != strlen(text))
        return "has a character that host names cannot have; use letters, digits, '-' and '.'";
    for (const char *p = text;; p++) {
        gsize length = strcspn(p, ".");

        if (!is_label(p, length))
            return "has a part between dots that is empty, longer than 63 characters, or begins or "
                   "ends with '-'";
        p += length;
        if (!*p)
            return NULL;
    }
}

gboolean
vp_spec_check_hostname(const char *text, GError **error)
{
    const char *mistake = domain_name_mistake(text);
    struct in_addr address;

    if (mistake != NULL)
        return vp_error_set(error, VP_ERROR_HOSTNAME, "%s", mistake);
    if (inet_pton(AF_INET, text, &address) == 1)
        return vp_error_set(error, VP_ERROR_HOSTNAME, "is an address; give a name");
    return TRUE;
}

gboolean
vp_spec_check_search_domain(const char *text, GError **error)
{
    const char *mistake = domain_name_mistake(text);

    return mistake != NULL ? vp_error_set(error, VP_ERROR_NETWORK, "%s", mistake) : TRUE;
}

static gboolean
is_account_name(const char *text)
{
    gsize length = strlen(text);

    if (length > 1 && text[length - 1] == '$') /* Samba's machine accounts */
        length--;
    return length >= 1 && length <= 32 && text[0] != '-' && text[0] != '.' &&
           strspn(text, LETTERS DIGITS "_.-") >= length && strspn(text, DIGITS) < length;
}

gboolean
vp_spec_check_user_name(const char *text, GError **error)
{
    if (!is_account_name(text))
        return vp_error_set(
            error, VP_ERROR_USER,
            "is not a valid user name; use 1 to 32 letters, digits, '_', '.' and '-', not "
            "only digits, not '-' or '.' first");
    return TRUE;
}

gboolean
vp_spec_check_group_name(const char *text, GError **error)
{
    if (!is_account_name(text))
        return vp_error_set(
            error, VP_ERROR_USER,
            "is not a valid group name; use 1 to 32 letters, digits, '_', '.' and '-', not "
            "only digits, not '-' or '.' first");
    return TRUE;
}

/* "Naming conventions in Active Directory for computers, domains, sites, and OUs": what names of
 * accounts and groups lack. */
gboolean
vp_spec_check_windows_group_name(const char *text, GError **error)
{
    if (strlen(text) > 256 || strpbrk(text, "\"/\\[]:;|=,+*?<>@") != NULL || has_control(text))
        return vp_error_set(
            error, VP_ERROR_USER,
            "is not a group name; use at most 256 characters, none of \"/\\[]:;|=,+*?<>@");
    return TRUE;
}

gboolean
vp_spec_check_gecos(const char *text, GError **error)
{
    if (!vp_spec_check_line(text, error))
        return FALSE;
    if (strchr(text, ':') != NULL)
        return vp_error_set(error, VP_ERROR_VALUE, "has a colon, which passwd(5) cannot hold");
    return TRUE;
}

gboolean
vp_spec_check_ssh_import_id(const char *text, GError **error)
{
    if (!is_made_of(text, LETTERS DIGITS "_.:+-", 64) || text[0] == '-')
        return vp_error_set(
            error, VP_ERROR_VALUE,
            "is not an id of ssh-import-id(1); give it as in 'gh:NAME' or 'lp:NAME'");
    return TRUE;
}

gboolean
vp_spec_check_owner(const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 2);

    if (parts[0] == NULL || !is_account_name(parts[0]) ||
        (parts[1] != NULL && !is_account_name(parts[1])))
        return vp_error_set(error, VP_ERROR_USER, "is neither 'user' nor 'user:group'");
    return TRUE;
}

/* TRUE if a path has an empty component, "." or "..". */
static gboolean
has_odd_component(const char *path, const char *separators)
{
    for (const char *p = path;; p++) {
        gsize length = strcspn(p, separators);

        if (length == 0 || (length == 1 && p[0] == '.') ||
            (length == 2 && strncmp(p, "..", 2) == 0))
            return TRUE;
        p += length;
        if (!*p)
            return FALSE;
    }
}

gboolean
vp_spec_check_guest_path(const char *text, GError **error)
{
    gboolean windows =
        g_ascii_isalpha(text[0]) && text[1] == ':' && text[2] && strchr("\\/", text[2]) != NULL;

    if (text[0] != '/' && !windows)
        return vp_error_set(error, VP_ERROR_PATH, "is not absolute; begin it with '/'");
    if (strlen(text) > 1023 || has_control(text))
        return vp_error_set(error, VP_ERROR_PATH,
                            "is longer than 1023 bytes or has a control character");
    if (has_odd_component(windows ? text + 3 : text + 1, windows ? "\\/" : "/"))
        return vp_error_set(error, VP_ERROR_PATH, "has an empty component, '.' or '..'");
    return TRUE;
}

gboolean
vp_spec_check_reference(const char *text, GError **error)
{
    if (text[0] == '/')
        return vp_error_set(
            error, VP_ERROR_PATH,
            "is absolute; give the name below the directory that the configuration sets");
    if (strlen(text) > 1023 || has_control(text))
        return vp_error_set(error, VP_ERROR_PATH,
                            "is longer than 1023 bytes or has a control character");
    if (has_odd_component(text, "/"))
        return vp_error_set(error, VP_ERROR_PATH, "has an empty component, '.' or '..'");
    return TRUE;
}

/* Of a file's name without its end, so that no name leaves the directory of profiles. */
gboolean
vp_spec_check_profiles(const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n", -1);
    guint count = 0;

    for (char **word = words; *word != NULL; word++) {
        if (**word == '\0')
            continue;
        if (!is_made_of(*word, LETTERS DIGITS "_.-", 64) || **word == '.')
            return vp_error_set(
                error, VP_ERROR_VALUE,
                "has a name that is not a profile's; use letters, digits, '.', '_' and "
                "'-', and spaces between several names");
        count++;
    }
    return count <= 16 || vp_error_set(error, VP_ERROR_QUOTA, "names more than 16 profiles");
}

gboolean
vp_spec_check_timezone(const char *text, GError **error)
{
    if (!is_made_of(text, LETTERS DIGITS "_+-/", 64) || has_odd_component(text, "/"))
        return vp_error_set(error, VP_ERROR_VALUE,
                            "is not a time zone; give its name, as in 'Europe/Vienna'");
    return TRUE;
}

gboolean
vp_spec_check_locale(const char *text, GError **error)
{
    if (!is_made_of(text, LETTERS DIGITS "_.@-", 64) || !g_ascii_isalpha(text[0]))
        return vp_error_set(error, VP_ERROR_VALUE,
                            "is not a locale; give its name, as in 'de_AT.UTF-8'");
    return TRUE;
}

gboolean
vp_spec_check_windows_locale(const char *text, GError **error)
{
    if (!is_made_of(text, LETTERS DIGITS "-:;", 255))
        return vp_error_set(error, VP_ERROR_VALUE,
                            "is not a Windows locale; give it as in 'de-AT' or '0c07:00000407'");
    return TRUE;
}

/* Five groups of five, as Windows prints them. */
gboolean
vp_spec_check_product_key(const char *text, GError **error)
{
    gboolean good = is_made_of(text, LETTERS DIGITS "-", 29) && strlen(text) == 29;

    for (gsize i = 0; good && i < 29; i++)
        good = (text[i] == '-') == (i % 6 == 5);
    if (!good)
        return vp_error_set(error, VP_ERROR_VALUE,
                            "is not a product key; give five groups of five letters and digits");
    return TRUE;
}

gboolean
vp_spec_check_permissions(const char *text, GError **error)
{
    if (!is_made_of(text, "01234567", 4) || strlen(text) < 3)
        return vp_error_set(error, VP_ERROR_VALUE,
                            "is not a file mode; give three or four octal digits, as in '0644'");
    return TRUE;
}

gboolean
vp_spec_check_package(const char *text, GError **error)
{
    if (!is_made_of(text, LETTERS DIGITS "@_.+:~=/*-", 255) || strchr("-/.", text[0]) != NULL)
        return vp_error_set(
            error, VP_ERROR_VALUE,
            "is not a package name; it has no spaces and does not begin with '-', '/' or '.'");
    return TRUE;
}

gboolean
vp_spec_check_instance_id(const char *text, GError **error)
{
    if (!is_made_of(text, LETTERS DIGITS "_.:+@-", 128) || text[0] == '.' || text[0] == '-')
        return vp_error_set(
            error, VP_ERROR_VALUE,
            "is neither 'uuid', 'content' nor an id of letters, digits and '_.:+@-', at most 128");
    return TRUE;
}

/* libvirt takes these prefixes and a number in letters: virDiskNameParse(). */
gboolean
vp_spec_check_target(const char *text, GError **error)
{
    static const char *const prefixes[] = {"vd", "sd", "hd", "fd"};

    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(text, prefixes[i]) &&
            is_made_of(text + 2, "abcdefghijklmnopqrstuvwxyz", 3))
            return TRUE;
    return vp_error_set(error, VP_ERROR_TARGET,
                        "is not a disk target; give one, as in 'vdb', 'sdb', 'hdc' or 'fda'");
}
