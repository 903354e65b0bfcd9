/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents of every kind that a payload holds, each with secrets planted in it, in every form that
 * is to be recognised. What they are is chosen by a row of bytes: of a random generator or of a
 * fuzzer. */
#pragma once

#include <glib.h>
#include <string.h>

#define CANARY "cAnArY0"

typedef struct {
    const guint8 *bytes; /* NULL: random ones */
    gsize size;
    gsize at;
    GRand *random;
} Choices;

static inline guint
choose(Choices *choices, guint n)
{
    if (choices->random != NULL)
        return g_rand_int_range(choices->random, 0, n);
    return choices->at < choices->size ? choices->bytes[choices->at++] % n : 0;
}

#define PICK(choices, list) ((list)[choose(choices, G_N_ELEMENTS(list))])

/* A secret: the canary with what may come before and after it. */
static inline char *
canary_value(Choices *choices)
{
    static const char *const befores[] = {"", "x", "P4-", "a.b_", "Zz9"};
    static const char *const behinds[] = {"", "0", "-q", ".Z", "_9", "+/=", "~w"};

    return g_strconcat(PICK(choices, befores), CANARY, PICK(choices, behinds), NULL);
}

static inline const char *
canary_name(Choices *choices)
{
    static const char *const names[] = {
        "password",      "db_password",  "DB_PASSWORD", "adminPassword", "passwd",
        "api_key",       "apiKey",       "API_TOKEN",   "token",         "auth-token",
        "client_secret", "secret",       "passphrase",  "psk",           "private_key",
        "privateKey",    "access_key",   "DB_PASS",     "wifi.psk",      "authkey",
        "authKey",       "bind_pw",      "smtp_pwd",    "credentials",   "presharedKey",
        "signing_key",   "X-Auth-Token", "vault_token",
    };

    return PICK(choices, names);
}

/* Lines that hold no secret, and that may confuse code that looks for the others. */
static inline const char *
harmless_line(Choices *choices)
{
    static const char *const lines[] = {
        "echo \"it's\"",
        "# don't",
        "echo 'a \"b'",
        ": a:b",
        "passwd_file=/etc/x",
        "MIME-Version: 1.0",
        "Content-Type: text/plain",
        "x=$(cat <<E\nE\n)",
        "echo \\\\",
        "if [ -f /x ]; then true; fi",
        "printf '%s\\n' a|b",
        "",
        "\t",
        "echo Gr\303\266\303\237e",
        "read -r password",
        "echo \"Password: \"",
        "<a href='x'>",
        "{{ v1.name }}",
        "curl -s https://host/path@v1 -o x",
    };

    return PICK(choices, lines);
}

/* --- lines of scripts and configuration files --------------------------------------------------
 */

static inline char *
base64_of(const char *text)
{
    return g_base64_encode((const guchar *)text, strlen(text));
}

/* 32 bytes in base64, as WireGuard writes its keys. */
static inline char *
key_value(void)
{
    return g_strdup("yLc" CANARY "8sWm0JQv3nTqR5uKfHdGxZpB2eVoXaSj1=");
}

static inline char *
secret_line(Choices *choices)
{
    g_autofree char *v = canary_value(choices);
    g_autofree char *encoded = base64_of(v), *key = key_value();
    const char *name = canary_name(choices);

    switch (choose(choices, 45)) {
    case 0:
        return g_strdup_printf("%s=%s", name, v);
    case 1:
        return g_strdup_printf("export %s=\"%s two\"", name, v);
    case 2:
        return g_strdup_printf("%s: %s", name, v);
    case 3:
        return g_strdup_printf("%s = '%s'", name, v);
    case 4:
        return g_strdup_printf("curl -u user:%s https://x/", v);
    case 5:
        return g_strdup_printf("curl -sSu 'user:%s' https://x/ -o y", v);
    case 6:
        return g_strdup_printf("curl -H \"Authorization: Bearer %s\" https://x/", v);
    case 7:
        return g_strdup_printf("Authorization: Basic %s", v);
    case 8:
        return g_strdup_printf("git clone https://%s@host/r.git", CANARY);
    case 9:
        return g_strdup_printf("wget https://me:%s@host/ -O z", v);
    case 10:
        return g_strdup_printf("machine h login u password %s", v);
    case 11:
        return g_strdup_printf("machine h\n  login u\n  password %s", v);
    case 12:
        return g_strdup_printf("psk=\"%s\"", v);
    case 13:
        return g_strdup_printf("\tpsk=%s", v);
    case 14:
        return g_strdup_printf("tailscale up --authkey=%s --ssh", v);
    case 15:
        return g_strdup_printf("tailscale up --authkey %s", v);
    case 16:
        return g_strdup_printf("run --password '%s two' --x", v);
    case 17:
        return g_strdup_printf("echo root:%s | chpasswd", v);
    case 18:
        return g_strdup_printf("chpasswd <<EOF\nroot:%s\nbob:%s\nEOF", v, v);
    case 19:
        return g_strdup_printf("echo %s | passwd --stdin root", v);
    case 20:
        return g_strdup_printf("-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE "
                               "KEY-----",
                               v);
    case 21:
        return g_strdup_printf("usermod -p '$6$%s$%s' root", CANARY, CANARY);
    case 22:
        return g_strdup_printf("PrivateKey = %s", key);
    case 23:
        return g_strdup_printf("mysql -u root -p%s db", v);
    case 24:
        return g_strdup_printf("sshpass -p %s ssh x", v);
    case 25:
        return g_strdup_printf("wget 'https://h/?token=%s&y=z'", v);
    case 26:
        return g_strdup_printf("%s=\"a\n%s\nb\" next", name, v);
    case 27:
        return g_strdup_printf("run \\\n  --password \\\n  %s", v);
    case 28:
        return g_strdup_printf("# %s: %s", name, v);
    case 29:
        return g_strdup_printf("# %s: |\n#   %s", name, v);
    case 30:
        return g_strdup_printf("echo '{\"%s\": \"%s\"}' >x", name, v);
    case 31:
        return g_strdup_printf("echo \"{\\\"%s\\\": \\\"%s\\\"}\" >x", name, v);
    case 32:
        return g_strdup_printf("$config['%s'] = '%s';", name, v);
    case 33:
        return g_strdup_printf("openssl passwd -6 %s", v);
    case 34:
        return g_strdup_printf("net user admin %s /add", v);
    case 35:
        return g_strdup_printf("passwd --stdin root <<< %s", v);
    case 36:
        return g_strdup_printf("chpasswd <<< 'root:%s'", v);
    case 37:
        return g_strdup_printf("echo \"<%s>%s</%s>\" >x", name, v, name);
    case 38:
        return g_strdup_printf("wg set wg0 private-key <(echo %s)", v);
    case 39:
        return g_strdup_printf("%s='it'\\''s %s'", name, v);
    case 40:
        return g_strdup_printf("echo x data:text/plain;base64,%s", encoded);
    case 41:
        return g_strdup_printf("cat <<E | chpasswd\nroot:%s\nE", v);
    case 42:
        return g_strdup_printf("it's %s=\"%s\"", name, v);
    case 43:
        return g_strdup_printf("sudo -S true <<X\n%s\nX", v);
    default:
        return g_strdup_printf("%s=[\"%s\",\n  \"%s\"]", name, v, v);
    }
}

static inline char *
script_document(Choices *choices)
{
    static const char *const heads[] = {"#!/bin/sh", "#!/bin/bash", "#cloud-boothook",
                                        "#!/usr/bin/env python3"};
    GString *text = g_string_new(PICK(choices, heads));

    g_string_append_c(text, '\n');
    for (guint i = choose(choices, 4) + 1; i > 0; i--) {
        g_autofree char *line = secret_line(choices);

        g_string_append_printf(text, "%s\n", harmless_line(choices));
        g_string_append_printf(text, "%s\n", line);
    }
    return g_string_free(text, FALSE);
}

/* --- YAML ------------------------------------------------------------------------------------- */

static inline char *
indented(const char *text, const char *indent)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *out = g_string_new(NULL);

    for (char **line = lines; *line != NULL; line++)
        g_string_append_printf(out, "%s%s%s", **line != '\0' ? indent : "", *line,
                               line[1] != NULL ? "\n" : "");
    return g_string_free(out, FALSE);
}

static inline char *
quoted(const char *text)
{
    GString *out = g_string_new("\"");

    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_printf(out, "\\%c", *text);
        else if (*text == '\n')
            g_string_append(out, "\\n");
        else if (*text == '\t')
            g_string_append(out, "\\t");
        else
            g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
    return g_string_free(out, FALSE);
}

/* A value that is a secret, in any style of YAML, after a key at this indentation. */
static inline char *
yaml_secret(Choices *choices, const char *indent)
{
    g_autofree char *v = canary_value(choices);

    switch (choose(choices, 9)) {
    case 0:
        return g_strdup(v);
    case 1:
        return g_strdup_printf("'%s'", v);
    case 2:
        return g_strdup_printf("\"%s \\x41\"", v);
    case 3:
        return g_strdup_printf("|\n%s  %s\n%s  two", indent, v, indent);
    case 4:
        return g_strdup_printf(">-\n%s  one\n\n%s  %s", indent, indent, v);
    case 5:
        return g_strdup_printf("[a, {b: %s}]", v);
    case 6:
        return g_strdup_printf("\n%s  k: %s", indent, v);
    case 7:
        return g_strdup_printf("!!str %s # %s", v, "comment");
    default:
        return g_strdup_printf("\n%s  - %s", indent, v);
    }
}

static inline char *
yaml_entry(Choices *choices, guint n)
{
    g_autofree char *v = canary_value(choices), *key = key_value(), *line = secret_line(choices);
    g_autofree char *secret = yaml_secret(choices, ""), *deep = yaml_secret(choices, "  ");
    g_autofree char *script = script_document(choices);
    g_autofree char *encoded = base64_of(script), *in6 = indented(script, "      ");
    g_autofree char *in4 = indented(line, "    "), *in2 = indented(line, "  ");
    g_autofree char *string = quoted(line);
    const char *name = canary_name(choices);

    switch (choose(choices, 27)) {
    case 0:
        return g_strdup_printf("password: %s\n", secret);
    case 1:
        return g_strdup_printf("x%u:\n  %s: %s\n", n, name, deep);
    case 2:
        return g_strdup_printf("x%u: &a%u %s\ny%u: {%s: *a%u}\n", n, n, v, n, name, n);
    case 3:
        return g_strdup_printf("x%u: &a%u |\n  %s\n  z\ny%u:\n  %s: *a%u\n", n, n, v, n, name, n);
    case 4:
        return g_strdup_printf("x%u: &a%u\n  k: [%s]\n  l: z\ny%u:\n  secret: *a%u\n", n, n, v, n,
                               n);
    case 5:
        return g_strdup_printf("x%u: &a%u [%s, &b%u z]\ny%u: {q: &c%u [*a%u], token: *c%u}\n", n, n,
                               v, n, n, n, n, n);
    case 6:
        return g_strdup_printf("x%u: &k%u password\ny%u:\n  *k%u : %s\n", n, n, n, n, v);
    case 7:
        return g_strdup_printf("\"pass\\x77ord%u\": %s\n", n, secret);
    case 8:
        return g_strdup_printf(
            "tunnels:\n  wg0:\n    mode: wireguard\n    key: %s\n    peers:\n    - "
            "keys: {public: x, shared: %s}\n",
            key, key);
    case 9:
        return g_strdup_printf("x%u:\n  keys:\n    private: %s\n", n, key);
    case 10:
        return g_strdup_printf("write_files:\n- path: /a\n  content: |\n    %s\n  permissions: "
                               "'0600'\n",
                               v);
    case 11:
        return g_strdup_printf("write_files:\n- path: /a\n  permissions: '0o640'\n  <<: {content: "
                               "%s}\n",
                               v);
    case 12:
        return g_strdup_printf("write_files:\n- path: /a\n  encoding: b64\n  content: %s\n",
                               encoded);
    case 13:
        return g_strdup_printf("write_files:\n- path: /a\n  content: !!binary |\n    %s\n",
                               encoded);
    case 14:
        return g_strdup_printf("write_files:\n  - path: /a\n    content: |\n%s\n    permissions: "
                               "'0755'\n",
                               in6);
    case 15:
        return g_strdup_printf("chpasswd:\n  list: |\n    root:%s\n    bob:%s\n", v, v);
    case 16:
        return g_strdup_printf("chpasswd: {list: \"root:%s\\nbob:%s\"}\n", v, v);
    case 17:
        return g_strdup_printf("chpasswd:\n  list: &a%u\n  - root:%s\n", n, v);
    case 18:
        return g_strdup_printf("runcmd:\n- [curl, -u, \"u:%s\", \"https://x/\"]\n", v);
    case 19:
        return g_strdup_printf("runcmd:\n- [mysql, -u, root, --password, %s]\n- - tailscale\n  - "
                               "--authkey\n  - %s\n",
                               v, v);
    case 20:
        return g_strdup_printf("runcmd:\n- |\n%s\n", in4);
    case 21:
        return g_strdup_printf("runcmd:\n- %s\n", string);
    case 22:
        return g_strdup_printf("x%u: {env: [{name: DB_PASSWORD, value: %s}]}\n", n, v);
    case 23:
        return g_strdup_printf("# %s: %s\nx%u: y # password=%s\n", name, v, n, v);
    case 24:
        return g_strdup_printf("x%u: |\n%s\n", n, in2);
    case 25:
        return g_strdup_printf("x%u: '{\"a\": {\"%s\": \"%s\"}}'\n", n, name, v);
    default:
        return g_strdup_printf("users:\n- name: bob\n  passwd: %s\n", deep);
    }
}

static inline char *
yaml_document(Choices *choices)
{
    static const char *const heads[] = {"#cloud-config\n",
                                        "#cloud-config\n# comment\n",
                                        "\xef\xbb\xbf#cloud-config\n",
                                        "## template: jinja\n#cloud-config\n",
                                        "",
                                        "---\n"};
    GString *text = g_string_new(PICK(choices, heads));

    g_string_append(text, "hostname: web1\n");
    for (guint i = choose(choices, 4) + 1; i > 0; i--) {
        g_autofree char *entry = yaml_entry(choices, i);

        g_string_append(text, entry);
    }
    return g_string_free(text, FALSE);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static inline char *
json_member(Choices *choices, guint n)
{
    g_autofree char *v = canary_value(choices), *line = secret_line(choices);
    g_autofree char *yaml = yaml_document(choices), *string = quoted(yaml), *command = quoted(line);
    g_autofree char *key = key_value();
    const char *name = canary_name(choices);

    switch (choose(choices, 10)) {
    case 0:
        return g_strdup_printf("\"%s\": \"%s\"", name, v);
    case 1:
        return g_strdup_printf("\"pass\\u0077ord\": \"%s\\u00e9\"", v);
    case 2:
        return g_strdup_printf("\"x%u\": {\"\\u0074oken\": [\"%s\", {\"a\": \"%s\"}]}", n, v, v);
    case 3:
        return g_strdup_printf("\"x%u\": %s", n, string);
    case 4:
        return g_strdup_printf("\"x%u\": [\"curl\", \"-u\", \"u:%s\"]", n, v);
    case 5:
        return g_strdup_printf("\"x%u\": {\"contents\": {\"source\": \"data:,%s\"}}", n, CANARY);
    case 6:
        return g_strdup_printf("\"passwd\": {\"users\": [{\"passwordHash\": \"%s\"}]}", v);
    case 7:
        return g_strdup_printf("\"x%u\": {\"name\": \"API_TOKEN\", \"value\": \"%s\"}", n, v);
    case 8:
        return g_strdup_printf("\"x%u\": %s", n, command);
    default:
        return g_strdup_printf("\"x%u\": {\"keys\": {\"private\": \"%s\"}}", n, key);
    }
}

static inline char *
json_document(Choices *choices)
{
    static const char *const ends[] = {"}", "}\n", ",}", "\n", "} x", "}\xc3\xa9", "\n}\n"};
    GString *text = g_string_new("{\"uuid\": \"Gr\xc3\xb6\xc3\x9f"
                                 "e\"");

    for (guint i = choose(choices, 4) + 1; i > 0; i--) {
        g_autofree char *member = json_member(choices, i);

        g_string_append_printf(text, ", %s", member);
    }
    g_string_append(text, PICK(choices, ends));
    return g_string_free(text, FALSE);
}

/* --- XML -------------------------------------------------------------------------------------- */

static inline char *
xml_element(Choices *choices)
{
    g_autofree char *v = canary_value(choices);
    const char *name = canary_name(choices);

    switch (choose(choices, 11)) {
    case 0:
        return g_strdup_printf("<Password><Value>%s</Value><PlainText>true</PlainText></Password>",
                               v);
    case 1:
        return g_strdup_printf("<Password><![CDATA[<%s>]]></Password>", v);
    case 2:
        return g_strdup_printf("<!-- %s=%s -->", name, v);
    case 3:
        return g_strdup_printf("<a b='>' %s=\"%s\"/>", "password", v);
    case 4:
        return g_strdup_printf("<add key=\"%s\" value=\"%s\"/>", name, v);
    case 5:
        return g_strdup_printf("<meta key='%s'>%s</meta>", name, v);
    case 6:
        return g_strdup_printf("<x:ProductKey >%s</x:ProductKey>", v);
    case 7:
        return g_strdup_printf("<CommandLine>net user admin %s /add</CommandLine>", v);
    case 8:
        return g_strdup_printf("<c>pass&#119;ord=%s</c>", v);
    case 9:
        return g_strdup_printf("<key>%s</key><string>%s</string>", name, v);
    default:
        return g_strdup_printf("<c><![CDATA[\n#!/bin/sh\nTOKEN=%s\n]]></c>", v);
    }
}

static inline char *
xml_document(Choices *choices)
{
    GString *text = g_string_new("<?xml version=\"1.0\"?>\n<unattend xmlns=\"urn:x\">\n");

    for (guint i = choose(choices, 4) + 1; i > 0; i--) {
        g_autofree char *element = xml_element(choices);

        g_string_append_printf(text, "%s\n", element);
    }
    g_string_append(text, "</unattend>\n");
    return g_string_free(text, FALSE);
}

/* --- MIME ------------------------------------------------------------------------------------- */

static inline char *canary_document(Choices *choices, guint depth);

static inline char *
quoted_printable(const char *text)
{
    GString *out = g_string_new(NULL);
    guint column = 0;

    for (; *text != '\0'; text++) {
        if (column++ > 60 && *text != '\n') {
            g_string_append(out, "=\n");
            column = 0;
        }
        if (*text == '=' || (guchar)*text > 126 || (column % 7 == 3 && *text != '\n'))
            g_string_append_printf(out, "=%02X", (guchar)*text);
        else
            g_string_append_c(out, *text);
        if (*text == '\n')
            column = 0;
    }
    return g_string_free(out, FALSE);
}

static inline char *
wrapped_base64(const char *text)
{
    g_autofree char *encoded = base64_of(text);
    GString *out = g_string_new(NULL);

    for (gsize at = 0, size = strlen(encoded); at < size; at += 76)
        g_string_append_printf(out, "%.76s\n", encoded + at);
    return g_string_free(out, FALSE);
}

static inline char *
mime_part(Choices *choices, guint depth)
{
    static const char *const types[] = {"text/cloud-config", "text/x-shellscript", "text/plain",
                                        "application/octet-stream"};
    g_autofree char *body = canary_document(choices, depth + 1), *encoded = NULL;
    const char *type = PICK(choices, types);

    switch (choose(choices, 6)) {
    case 0:
        encoded = wrapped_base64(body);
        return g_strdup_printf("Content-Type: %s\nContent-Transfer-Encoding: base64\n\n%s", type,
                               encoded);
    case 1:
        encoded = quoted_printable(body);
        return g_strdup_printf("Content-Transfer-Encoding: Quoted-Printable\nContent-Type: "
                               "%s\n\n%s",
                               type, encoded);
    case 2:
        return g_strdup_printf("Content-Type: %s\nContent-Transfer-Encoding: x-other\n\n%s", type,
                               body);
    case 3:
        return g_strdup_printf("Content-Type: message/rfc822\n\nContent-Type: %s\n\n%s", type,
                               body);
    case 4:
        return g_strdup_printf("\n%s", body);
    default:
        return g_strdup_printf("Content-Type: %s;\n charset=\"utf-8\"\nX-Note: " CANARY "\n\n%s",
                               type, body);
    }
}

static inline char *
mime_document(Choices *choices, guint depth)
{
    g_autofree char *boundary = g_strdup_printf("=b%u=", depth);
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "Content-Type: multipart/mixed; boundary=\"%s\"\n", boundary);
    g_string_append_printf(text, "MIME-Version: 1.0\nSubject: %s" CANARY "\n",
                           choose(choices, 2) == 0 ? "password " : "a\n ");
    g_string_append_printf(text, "\n%s", choose(choices, 2) == 0 ? "preamble " CANARY "\n" : "");
    for (guint i = choose(choices, 2) + 1; i > 0; i--) {
        g_autofree char *part = mime_part(choices, depth);

        g_string_append_printf(text, "--%s\n%s\n", boundary, part);
    }
    g_string_append_printf(text, "--%s--\nepilogue " CANARY "\n", boundary);
    return g_string_free(text, FALSE);
}

/* --- all of them ------------------------------------------------------------------------------ */

static inline char *
canary_document(Choices *choices, guint depth)
{
    static const char *const lines[] = {"\n", "\r\n"};
    g_autofree char *text = NULL;
    g_auto(GStrv) parts = NULL;

    switch (choose(choices, depth < 2 ? 6 : 4)) {
    case 0:
        text = yaml_document(choices);
        break;
    case 1:
        text = script_document(choices);
        break;
    case 2:
        text = json_document(choices);
        break;
    case 3:
        text = xml_document(choices);
        break;
    default:
        text = mime_document(choices, depth);
    }
    parts = g_strsplit(text, "\n", -1);
    return g_strjoinv(depth == 0 && choose(choices, 8) == 0 ? lines[1] : lines[0], parts);
}

/* Bytes that are not UTF-8, or UTF-16 altogether, now and then. */
static inline GBytes *
canary_bytes(Choices *choices)
{
    g_autofree char *text = canary_document(choices, 0);
    gsize size = strlen(text);
    GString *damaged;

    if (choose(choices, 8) == 0 && g_utf8_validate(text, size, NULL)) {
        gsize written;
        char *wide = g_convert(text, size, choose(choices, 2) == 0 ? "UTF-16" : "UTF-16BE", "UTF-8",
                               NULL, &written, NULL);

        return g_bytes_new_take(wide, written);
    }
    damaged = g_string_new(text);
    if (choose(choices, 6) == 0)
        g_string_append(damaged, "\n# \xff\xc3\n");
    if (choose(choices, 10) == 0)
        g_string_prepend(damaged, " \n");
    return g_string_free_to_bytes(damaged);
}

/* TRUE if the canary can be read in it: as it is, in base64, or with every other byte a NUL. */
static inline gboolean
canary_is_in(const char *text, gsize size)
{
    /* the middle of its base64, at each of three alignments */
    static const char *const forms[] = {CANARY, "Y0FuQXJZM", "NBbkFyWT", "QW5Bclkw"};
    g_autoptr(GString) narrow = g_string_new(NULL);

    for (gsize i = 0; i < size; i++) {
        if (text[i] != '\0')
            g_string_append_c(narrow, text[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (strstr(narrow->str, forms[i]) != NULL)
            return TRUE;
    }
    return FALSE;
}
