/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Masks: no secret of any known form is left, and all the rest is as it was, byte for byte. Every
 * secret of these contents holds the word "canary". */
#include <config.h>

#include <string.h>

#include "view/mask.h"

#define M "********"
#define Q "\"" M "\""

static char *
mask(const char *text)
{
    g_autoptr(GBytes) content = g_bytes_new_static(text, strlen(text));
    const char *why = NULL;
    g_autoptr(GBytes) masked = vp_view_mask(content, &why);

    g_assert_cmpstr(why, ==, NULL);
    g_assert_nonnull(masked);
    return g_strndup(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked));
}

static void
assert_masked(const char *text, const char *wanted)
{
    g_autofree char *masked = mask(text);

    g_assert_cmpstr(masked, ==, wanted);
}

static void
assert_kept(const char *text)
{
    assert_masked(text, text);
}

static void
assert_hidden(const char *text)
{
    g_autofree char *masked = mask(text);

    if (strstr(masked, "canary") != NULL)
        g_test_message("left: %s", masked);
    g_assert_null(strstr(masked, "canary"));
    g_assert_nonnull(strstr(masked, M));
}

static void
assert_refused(const char *bytes, gsize size, const char *wanted)
{
    g_autoptr(GBytes) content = g_bytes_new_static(bytes, size);
    const char *why = NULL;
    g_autoptr(GBytes) masked = vp_view_mask(content, &why);

    g_assert_null(masked);
    g_assert_cmpstr(why, ==, wanted);
}

static void
test_cloud_config(void)
{
    assert_masked("#cloud-config\n"
                  "hostname: \"web1\"   # kept\n"
                  "password: canary\n"
                  "ssh_pwauth: true\n"
                  "chpasswd: {expire: false}\n"
                  "users:\n"
                  "  - name: root\n"
                  "    lock_passwd: false\n"
                  "    passwd: '$6$canary$canary'\n"
                  "    hashed_passwd: \"a\\ncanary\"\n"
                  "    ssh_authorized_keys: [ssh-ed25519 AAAA me@laptop]\n",
                  "#cloud-config\n"
                  "hostname: \"web1\"   # kept\n"
                  "password: " Q "\n"
                  "ssh_pwauth: true\n"
                  "chpasswd: {expire: false}\n"
                  "users:\n"
                  "  - name: root\n"
                  "    lock_passwd: false\n"
                  "    passwd: " Q "\n"
                  "    hashed_passwd: " Q "\n"
                  "    ssh_authorized_keys: [ssh-ed25519 AAAA me@laptop]\n");
    assert_masked("#cloud-config\r\npassword: canary\r\nruncmd: [a]\r\n",
                  "#cloud-config\r\npassword: " Q "\r\nruncmd: [a]\r\n");
    assert_masked("#cloud-config\nfqdn: Größe.example\npassword: |\n  canary\n  two\nlocale: de\n",
                  "#cloud-config\nfqdn: Größe.example\npassword: " Q "\nlocale: de\n");
}

static void
test_chpasswd(void)
{
    assert_masked(
        "#cloud-config\nchpasswd:\n  expire: false\n  list: |\n    root:canary\n    bob:can:ary\n",
        "#cloud-config\nchpasswd:\n  expire: false\n  list: |\n    root:" M "\n    bob:" M "\n");
    assert_masked("#cloud-config\nchpasswd:\n  list:\n    - root:canary\n    - \"bob:canary\"\n",
                  "#cloud-config\nchpasswd:\n  list:\n    - \"root:" M "\"\n    - \"bob:" M "\"\n");
    assert_masked(
        "#cloud-config\nchpasswd: {users: [{name: root, type: text, password: canary}]}\n",
        "#cloud-config\nchpasswd: {users: [{name: root, type: text, password: " Q "}]}\n");
    assert_hidden("#cloud-config\nchpasswd: {list: \"root:canary\\nbob:canary\"}\n");
    assert_hidden("#cloud-config\nchpasswd:\n  list: >-\n    root:canary\n");
}

static void
test_yaml_forms(void)
{
    assert_hidden("#cloud-config\na: &p canary\npassword: *p\n");
    assert_hidden("#cloud-config\npassword: !!str canary\n");
    assert_hidden("#cloud-config\npassword: >\n  canary\n\n  canary\n");
    assert_hidden("#cloud-config\n? password\n: canary\n");
    assert_hidden("#cloud-config\n\"password\": [canary, {a: canary}]\n");
    assert_hidden("#cloud-config\nssh_keys:\n  rsa_private: canary\n  rsa_public: ssh-rsa AAAA\n");
    assert_hidden("#cloud-config\nubuntu_advantage: {token: canary}\n");
    assert_hidden("#cloud-config\n# password: canary\nlocale: C\n");
    assert_hidden("#cloud-config\nruncmd:\n- echo root:canary | chpasswd\n");
    assert_hidden("#cloud-config\nruncmd:\n- [curl, 'https://me:canary@example.com/']\n");
    assert_hidden("instance-id: x\nadmin_pass: canary\n");
    assert_hidden("## template: jinja\n#cloud-config\npassword: canary\n");
    assert_hidden("\xef\xbb\xbf#cloud-config\npassword: canary\n");
    assert_kept("#cloud-config\nssh_pwauth: false\nssh_deletekeys: true\nruncmd: [[echo, a b]]\n");
    assert_kept("version: 2\nethernets: {eth0: {dhcp4: true}}\n");
}

static void
test_write_files(void)
{
    assert_kept("#cloud-config\nwrite_files:\n- path: /etc/motd\n  content: |\n    hello\n");
    assert_masked("#cloud-config\nwrite_files:\n- path: /etc/key\n  content: |\n    canary\n  "
                  "permissions: '0600'\n- a: b\n",
                  "#cloud-config\nwrite_files:\n- path: /etc/key\n  content: " Q
                  "\n  permissions: '0600'\n- a: b\n");
    assert_hidden(
        "#cloud-config\nwrite_files:\n- {permissions: '0o640', content: canary, path: /a}\n");
    /* "password=canary" */
    assert_masked(
        "#cloud-config\nwrite_files:\n- {encoding: b64, content: cGFzc3dvcmQ9Y2FuYXJ5, path: /a}\n",
        "#cloud-config\nwrite_files:\n- {encoding: b64, content: " Q ", path: /a}\n");
    /* Python skips padding at the beginning, and knows no NUL */
    assert_masked("#cloud-config\nwrite_files:\n- {encoding: b64, content: =cGFzc3dvcmQ9Y2FuYXJ5, "
                  "path: /a}\n",
                  "#cloud-config\nwrite_files:\n- {encoding: b64, content: " Q ", path: /a}\n");
    assert_masked(
        "#cloud-config\nwrite_files:\n- {content: !!binary cGFzc3dvcmQ9Y2FuYXJ5, path: /a}\n",
        "#cloud-config\nwrite_files:\n- {content: !!binary " Q ", path: /a}\n");
    assert_hidden("#cloud-config\nwrite_files:\n- {encoding: gz+b64, content: canary, path: /a}\n");
    assert_hidden("#cloud-config\nwrite_files:\n- {encoding: GZ+B64, content: canary, path: /a}\n");
    assert_masked("#cloud-config\nwrite_files:\n- {encoding: ' B64', content: "
                  "cGFzc3dvcmQ9Y2FuYXJ5, path: /a}\n",
                  "#cloud-config\nwrite_files:\n- {encoding: ' B64', content: " Q ", path: /a}\n");
    assert_hidden("#cloud-config\nwrite_files:\n- path: /a\n  content: |\n    api_key = canary\n");
    assert_kept("#cloud-config\nwrite_files:\n- {encoding: b64, content: aGVsbG8=, path: /a}\n");
    assert_kept("#cloud-config\nwrite_files:\n- {encoding: b64, content: \"\", path: /a}\n");
}

/* A whole content, which cloudbase-init decodes; Python skips padding at the beginning. */
static void
test_base64(void)
{
    assert_masked("I2Nsb3VkLWNvbmZpZwpwYXNzd29yZDogY2FuYXJ5Cg==", M);
    assert_masked("=I2Nsb3VkLWNvbmZpZwpwYXNzd29yZDogY2FuYXJ5Cg==", M);
    assert_masked("I2Ns=\nb3VkLWNvbmZpZwpwYXNzd29yZDogY2FuYXJ5Cg==", M);
    assert_kept("hello hello hello hello\n");
}

static void
test_json(void)
{
    assert_masked("{\"uuid\": \"1\", \"admin_pass\": \"can\\\"ary\", \"meta\": {\"admin_pass\": 5, "
                  "\"a\": [true]}}\n",
                  "{\"uuid\": \"1\", \"admin_pass\": " Q ", \"meta\": {\"admin_pass\": " Q
                  ", \"a\": [true]}}\n");
    assert_masked("{\"cloud-init\": \"#cloud-config\\npassword: canary\\nlocale: C\\n\"}",
                  "{\"cloud-init\": \"#cloud-config\\npassword: \\\"" M "\\\"\\nlocale: C\\n\"}");
    assert_hidden("{\"ignition\": {}, \"storage\": {\"files\": [{\"contents\": {\"source\": "
                  "\"data:,canary\"}}]}}");
    assert_masked("{\"passwd\": {\"users\": [{\"name\": \"a\", \"passwordHash\": \"canary\"}]}}",
                  "{\"passwd\": {\"users\": [{\"name\": \"a\", \"passwordHash\": " Q "}]}}");
    assert_hidden("{\"passwd\": \"canary\"}");
    assert_hidden("{\"passwd\": [\"canary\"]}");
    assert_hidden("{\"random_seed\": \"canary\"}");
    assert_hidden("{\"a\": \"\\ud83d\\ude00\", \"password\": \"canary\"}");
    assert_kept(
        "{\"public_keys\": {\"a\": \"ssh-rsa AAAA\"}, \"password_set\": false, \"x\": null}");
    assert_kept("[]");
}

static void
test_text(void)
{
    assert_masked("#!/bin/sh\nPASSWORD=canary run\necho 'root:canary' | chpasswd\necho done\n",
                  "#!/bin/sh\nPASSWORD=" M "\necho " M " | chpasswd\necho done\n");
    assert_masked("#!/bin/sh\nchpasswd <<EOF\nroot:canary\nbob:canary\nEOF\necho a:b\n",
                  "#!/bin/sh\nchpasswd <<EOF\nroot:" M "\nbob:" M "\nEOF\necho a:b\n");
    assert_masked("#!/bin/sh\necho canary | passwd --stdin root\n",
                  "#!/bin/sh\necho " M " | passwd --stdin root\n");
    assert_masked("#!/bin/sh\nrun --password canary\nrun --db-password='canary two' --x\n",
                  "#!/bin/sh\nrun --password " M "\nrun --db-password='" M "' --x\n");
    assert_masked("#include\nhttps://me:canary@example.com/a?token=canary\n",
                  "#include\nhttps://" M "@example.com/a?token=" M "\n");
    assert_masked("#!/bin/sh\nusermod -p '$6$canary$canary.' root\n",
                  "#!/bin/sh\nusermod -p '" M "' root\n");
    assert_masked("#!/bin/sh\ncat <<E\n-----BEGIN OPENSSH PRIVATE KEY-----\ncanary\n-----END "
                  "OPENSSH PRIVATE KEY-----\nE\n",
                  "#!/bin/sh\ncat <<E\n-----BEGIN OPENSSH PRIVATE KEY-----" M
                  "-----END OPENSSH PRIVATE KEY-----\nE\n");
    assert_hidden("#!/bin/sh\n-----BEGIN RSA PRIVATE KEY-----\ncanary");
    assert_hidden(
        "[GuiUnattended]\r\nAdminPassword=canary one\r\n[UserData]\r\nProductKey=canary\r\n");
    assert_hidden("#ps1_sysnative\n$password = \"canary\"\n");
    assert_kept("#cloud-config\nusers: [{name: a, sudo: 'ALL=(ALL) NOPASSWD:ALL'}]\n");
    assert_kept("#!/bin/sh\necho hello\n: a:b $1 $HOME\nset -e\n");
    assert_kept("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert_kept("");
    assert_kept("\n");
}

static void
test_xml(void)
{
    assert_masked(
        "<?xml version=\"1.0\"?>\n<unattend xmlns=\"urn:x\">\n"
        "<component publicKeyToken=\"31bf\"><ComputerName>web1</ComputerName>"
        "<AdministratorPassword><Value>canary</Value><PlainText>true</PlainText>"
        "</AdministratorPassword><ProductKey>canary</ProductKey><TimeZone>UTC</TimeZone>\n",
        "<?xml version=\"1.0\"?>\n<unattend xmlns=\"urn:x\">\n"
        "<component publicKeyToken=\"31bf\"><ComputerName>web1</ComputerName>"
        "<AdministratorPassword><Value>" M "</Value><PlainText>true</PlainText>"
        "</AdministratorPassword><ProductKey>" M "</ProductKey><TimeZone>UTC</TimeZone>\n");
    assert_hidden("<Password><![CDATA[can<a>canary]]><!-- canary --></Password>");
    assert_hidden("<a:Password>canary<b></b>canary</a:Password>");
    assert_hidden("<!-- password=canary --><x/>");
    assert_hidden("<Password>canary");
    assert_kept("<");
    assert_kept("<a");
    assert_kept("<a><");
    assert_kept("<a></a></a><b/>text");
}

static void
test_mime(void)
{
    assert_masked("Content-Type: multipart/mixed; boundary=\"=b=\"\nMIME-Version: 1.0\n\n"
                  "--=b=\nContent-Type: text/cloud-config\n\n#cloud-config\npassword: canary\n"
                  "--=b=\nContent-Type: text/x-shellscript\n\n#!/bin/sh\ntrue\n--=b=--\n",
                  "Content-Type: multipart/mixed; boundary=\"=b=\"\nMIME-Version: 1.0\n\n"
                  "--=b=\nContent-Type: text/cloud-config\n\n#cloud-config\npassword: " Q "\n"
                  "--=b=\nContent-Type: text/x-shellscript\n\n#!/bin/sh\ntrue\n--=b=--\n");
    /* "#cloud-config\npassword: canary\n" */
    assert_masked("MIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary=b\n\n--b\r\n"
                  "Content-Type: text/cloud-config\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                  "I2Nsb3VkLWNvbmZpZwpwYXNzd29y\r\nZDogY2FuYXJ5Cg==\r\n--b--\r\n",
                  "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary=b\n\n--b\r\n"
                  "Content-Type: text/cloud-config\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                  "(decoded from base64)\n#cloud-config\npassword: " Q "\n\r\n--b--\r\n");
    assert_hidden("MIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n"
                  "Content-Type: text/cloud-config\n\npassword=3A canary\n");
    assert_hidden("MIME-Version: 1.0\n\npassword: canary\n");
    assert_hidden(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n--a\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\npassword: canary\n--b--\n--a--\n");
    assert_hidden("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\n"
                  "\x1f\x8b"
                  "canary\n--a--\n");
}

/* Where other readers of MIME find something else: shown is what Python's reads, masked, or less.
 */
static void
test_mime_as_agents(void)
{
    /* "password: canary" in base64 */
    static const char secret[] = "cGFzc3dvcmQ6IGNhbmFyeQ==";
    static const char *const hidden[] = {
        /* an mbox line before the message, and within its headers */
        "From me Mon\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n"
        "Content-Type: text/plain\n\n",
        "Content-Type: message/rfc822\nFrom me\n\nContent-Transfer-Encoding: base64\n\n",
        /* lines that end with a single CR */
        "Content-Type: text/plain\rContent-Transfer-Encoding: base64\r\r",
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\r--b\r"
        "Content-Transfer-Encoding: base64\r\r",
        /* another parameter that ends like boundary, one within quotation marks, a blank */
        "Content-Type: multipart/mixed; xboundary=a; boundary=b\n\n--a\n\n--b\n"
        "Content-Transfer-Encoding: base64\n\n",
        "Content-Type: multipart/mixed; x=\"boundary=a\"; boundary=b\n\n--a\n\n--b\n"
        "Content-Transfer-Encoding: base64\n\n",
        "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b\n"
        "Content-Transfer-Encoding: base64\n\n",
        "Content-Type: multipart/mixed; boundary*=utf-8''b\n\n--b\n\n",
        /* delimiters directly after one another, of which the second is a last one */
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n--b--\n"
        "Content-Transfer-Encoding: base64\n\n",
        /* messages that do not say so */
        "Content-Type: multipart/digest; boundary=b\n\n--b\n\nX-A: b\n"
        "Content-Transfer-Encoding: base64\n\n",
        /* types that Python lowers or strips */
        "Content-Type: \xc2\xa0multipart/mixed; boundary=b\n\n--b\n\n",
        /* base64 that agents read, or one version of Python does */
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n=",
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nYQ==",
        "Content-Type: text/plain\nContent-Transfer-Encoding: base64 \n\n",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(hidden); i++) {
        g_autofree char *content = g_strconcat(hidden[i], secret, "\n", NULL);
        const char *why = NULL;
        g_autoptr(GBytes) given = g_bytes_new_static(content, strlen(content));
        g_autoptr(GBytes) masked = vp_view_mask(given, &why);
        g_autofree char *text =
            masked != NULL ? g_strndup(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked))
                           : g_strdup("");

        g_test_message("%s", content);
        g_assert_null(strstr(text, secret));
        g_assert_null(strstr(text, "canary"));
    }
    /* a secret in a value that is folded, and a message that begins with another header */
    assert_hidden("Content-Type: text/plain; password=\n canary\n\n");
    assert_hidden("Date: today\nMIME-Version: 1.0\nContent-Transfer-Encoding: quoted-printable\n"
                  "Content-Type: text/plain\n\npass=77ord: canary\n");
    /* text that is said to be encoded, and is not */
    assert_hidden("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
                  "password: canary\n");
    assert_hidden("Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"
                  "password=canary\n");
    assert_kept("Content-Type: text/x-shellscript\nContent-Transfer-Encoding: quoted-printable\n\n"
                "#!/bin/sh\necho a=3Db=\n c\n");
}

static void
test_refused(void)
{
    assert_refused("\x1f\x8b\x08\0", 4, "compressed data");
    assert_refused("#cloud-config\npassword: [canary\n", 32, "malformed YAML or JSON");
    assert_refused("#cloud-config\n%}\npassword: canary\n", 33, "malformed YAML or JSON");
    assert_refused("{\"password\": \"canary\"", 21, "malformed YAML or JSON");
}

static void
test_utf16(void)
{
    static const char text[] =
        "\xff\xfe<\0P\0a\0s\0s\0w\0o\0r\0d\0>\0c\0<\0/\0P\0a\0s\0s\0w\0o\0r\0d\0>\0";
    g_autoptr(GBytes) content = g_bytes_new_static(text, sizeof(text) - 1);
    const char *why = NULL;
    g_autoptr(GBytes) masked = vp_view_mask(content, &why);
    static const char wanted[] = "<Password>" M "</Password>";

    g_assert_cmpmem(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked), wanted,
                    strlen(wanted));
}

/* Ordinary data stays readable: words that only sound like a secret, and values that are not one.
 */
static void
test_readable(void)
{
    assert_kept(
        "#cloud-config\nhostname: web1\nssh_pwauth: true\ndisable_root: false\n"
        "users:\n- name: bob\n  sudo: ALL=(ALL) NOPASSWD:ALL\n  lock_passwd: false\n"
        "  groups: [sudo, docker]\n  ssh_authorized_keys:\n  - ssh-ed25519 AAAAC3Nz bob@laptop\n"
        "chpasswd: {expire: false}\npasswd_file: /etc/x\ntoken_ring: 5\nmax_tokens: 3\n"
        "packages: [nginx, python3-passlib, tokei]\ntimezone: Europe/Berlin\n"
        "write_files:\n- path: /etc/motd\n  permissions: '0644'\n  content: |\n"
        "    Welcome: mind the [gap].\n    {not json}\n"
        "runcmd:\n- [systemctl, enable, --now, nginx]\n- echo done > /run/x\n"
        "- 'curl -sSL -o /tmp/x https://example.com/a@b?x=1'\n"
        "- docker run -p 80:80 -u 1000 nginx\n");
    assert_kept("#!/bin/sh\nset -eu\n: \"${DEBUG:=0}\"\nif [ \"$1\" = x ]; then\n  exit 1\nfi\n"
                "grep -q '^bob:' /etc/passwd || useradd -m bob\ngetent passwd root\n"
                "sed -i 's/^#*PasswordAuthentication .*/PasswordAuthentication no/' "
                "/etc/ssh/sshd_config\nread -rp 'Password: ' answer\npasswd --lock root\n"
                "echo \"Your secret santa is bob\" | mail -s token bob\n"
                "git clone ssh://git@github.com/x/y\nrsync -e ssh a b\n"
                "curl https://example.com:8443/a/b@c -o x\n");
    assert_kept("passwd: files systemd\nshadow: files\n");
    assert_kept("network:\n  version: 2\n  ethernets:\n    eth0:\n      match: {macaddress: "
                "52:54:00:12:34:56}\n      addresses: [192.0.2.5/24, '2001:db8::5/64']\n"
                "      routes: [{to: default, via: 192.0.2.1}]\n      nameservers:\n"
                "        search: [example.com]\n        addresses: [192.0.2.1]\n");
    assert_kept("{\"uuid\": \"c7a5\", \"hostname\": \"web1\", \"keys\": [{\"name\": \"bob\", "
                "\"type\": \"ssh\", \"data\": \"ssh-rsa AAAA\"}], \"launch_index\": 0}");
    assert_kept(
        "<unattend><component name=\"Microsoft-Windows-Shell-Setup\" publicKeyToken=\"31bf\">"
        "<ComputerName>web1</ComputerName><TimeZone>UTC</TimeZone><ProtectYourPC>3</ProtectYourPC>"
        "</component></unattend>");
}

/* 77: what is MIME is said by its first header, not by words in it. */
static void
test_not_mime(void)
{
    assert_masked("#!/bin/bash\nDB_PASSWORD=canary\nprintf 'MIME-Version: 1.0\\n' | sendmail root\n"
                  "TOKEN=canary\n",
                  "#!/bin/bash\nDB_PASSWORD=" M "\nprintf 'MIME-Version: 1.0\\n' | sendmail root\n"
                  "TOKEN=" M "\n");
    assert_masked("#cloud-config\npassword: canary\nruncmd:\n- |\n  echo 'MIME-Version: 1.0'\n",
                  "#cloud-config\npassword: " Q "\nruncmd:\n- |\n  echo 'MIME-Version: 1.0'\n");
    assert_hidden("Content-Type: multipart/mixed; boundary=b\nSubject: canary\nX-Key: canary\n\n"
                  "canary\n--b\nX-Key: canary\n\necho\n--b--\ncanary\n");
    assert_hidden("Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\ncanary\n");
    assert_hidden("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
                  "canary\n");
}

/* 79: forms that were missed. */
static void
test_missed(void)
{
    assert_masked("#!/bin/sh\ngit clone https://canary@host/x\n",
                  "#!/bin/sh\ngit clone https://" M "@host/x\n");
    assert_masked("#!/bin/sh\ncurl -sSu me:canary https://x/ -o y\n",
                  "#!/bin/sh\ncurl -sSu " M " https://x/ -o y\n");
    assert_masked("#!/bin/sh\ncurl -H \"Authorization: Bearer canary\" https://x/\n",
                  "#!/bin/sh\ncurl -H \"Authorization: " M "\" https://x/\n");
    assert_masked("#!/bin/sh\ntailscale up --authkey canary --ssh\n",
                  "#!/bin/sh\ntailscale up --authkey " M " --ssh\n");
    assert_masked("network={\n  ssid=\"home\"\n  psk=\"canary\"\n}\n",
                  "network={\n  ssid=\"home\"\n  psk=\"" M "\"\n}\n");
    assert_masked("#!/bin/sh\necho \"a --token \"canary\n", "#!/bin/sh\necho \"a --token " M "\n");
    assert_masked("machine h login u password canary\n", "machine h login u password " M "\n");
    assert_masked("tunnels: {wg0: {key: canary, peers: [{keys: {public: abc, shared: canary}}]}}\n",
                  "tunnels: {wg0: {key: " Q ", peers: [{keys: {public: abc, shared: " Q "}}]}}\n");
    assert_masked("#cloud-config\nx: &a |\n  canary\n  canary\npassword: *a\n",
                  "#cloud-config\nx: &a " Q "\npassword: *a\n");
    assert_masked("#cloud-config\nx: &a\n  b: [canary]\ntoken: *a\n",
                  "#cloud-config\nx: &a\n  b: [" Q "]\ntoken: *a\n");
    assert_masked("{\"a\": \"x: &a [canary]\\ny: {token: *a}\\nz: |\\n  \\tb\\n\"}",
                  "{\"a\": " Q "}");
    assert_masked("{\"pass\\u0077ord\": \"canary\"}", "{\"pass\\u0077ord\": " Q "}");
    assert_masked("{\"a\": \"Gr\xc3\xb6\xc3\x9f"
                  "e\", \"token\": \"canary\"}",
                  "{\"a\": \"Gr\xc3\xb6\xc3\x9f"
                  "e\", \"token\": " Q "}");
    assert_masked("{\"ignition\": {}, \"x\": \"data:;base64,canary\"}",
                  "{\"ignition\": {}, \"x\": \"data:" M "\"}");
    assert_hidden("{\"password\": \"canary\", \"x\": 1,}");
    assert_refused("#cloud-config\npassword: canary\n# \xff\n", 35, "malformed YAML or JSON");
    assert_refused("{\"password\": \"canary\", \"x\": [}", 30, "malformed YAML or JSON");
}

/* Neither deep nor wide content costs more than its size, nor does it crash. */
static void
test_hostile(void)
{
    static const char *const pieces[] = {
        "[",
        "{",
        "- ",
        "{\"a\":",
        "<a>",
        "<Password>",
        "token=\"\" ",
        "-----BEGIN ",
        "chpasswd <<E\n",
        "://a:b",
        "password: ",
        "#cloud-config\n",
        "\"",
        "a: &a [*a]\n",
        "$6$",
        "<![CDATA[",
        "echo:",
        "\"a --token ",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(GBytes) content = NULL, masked = NULL;
        const char *why = NULL;
        gint64 start;

        while (text->len < 200000)
            g_string_append(text, pieces[i]);
        content = g_bytes_new_static(text->str, text->len);
        start = g_get_monotonic_time();
        masked = vp_view_mask(content, &why);
        g_assert_true((masked != NULL) != (why != NULL));
        g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mask/cloud-config", test_cloud_config);
    g_test_add_func("/mask/chpasswd", test_chpasswd);
    g_test_add_func("/mask/yaml-forms", test_yaml_forms);
    g_test_add_func("/mask/write-files", test_write_files);
    g_test_add_func("/mask/base64", test_base64);
    g_test_add_func("/mask/json", test_json);
    g_test_add_func("/mask/text", test_text);
    g_test_add_func("/mask/xml", test_xml);
    g_test_add_func("/mask/mime", test_mime);
    g_test_add_func("/mask/mime-as-agents", test_mime_as_agents);
    g_test_add_func("/mask/refused", test_refused);
    g_test_add_func("/mask/utf16", test_utf16);
    g_test_add_func("/mask/readable", test_readable);
    g_test_add_func("/mask/not-mime", test_not_mime);
    g_test_add_func("/mask/missed", test_missed);
    g_test_add_func("/mask/hostile", test_hostile);
    return g_test_run();
}
