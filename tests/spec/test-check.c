/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms of values: what is taken, what is refused, and that no message holds the value. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "spec/check.h"

#define ED25519 "AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLK"
#define ECDSA                                                                                      \
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEg2OcMc5KyWMLoHbOqK0X9JCA3nBngmRSw9hnQa" \
    "fO9T"                                                                                         \
    "zzHn/sdgkMkr1Ty7Ym9aiQspdSzpzcolR4HRJi3Jkk8="
#define CERTIFICATE                                                                                \
    "AAAAKGVjZHNhLXNoYTItbmlzdHAyNTYtY2VydC12MDFAb3BlbnNzaC5jb20AAAAgv/"                           \
    "BYbnr9ZdHnLuHbeZi+C8AeAM9WxYyF"                                                               \
    "GKCZeXgNTrkAAAAIbmlzdHAyNTYAAABBBEg2OcMc5KyWMLoHbOqK0X9JCA3nBngmRSw9hnQafO9TzzHn/"            \
    "sdgkMkr1Ty7Ym9a"                                                                              \
    "iQspdSzpzcolR4HRJi3Jkk8AAAAAAAAAAAAAAAEAAAACaWQAAAAIAAAABHJvb3QAAAAAAAAAAP//////////"         \
    "AAAAAAAAAAAA"                                                                                 \
    "AAAAAAAAMwAAAAtzc2gtZWQyNTUxOQAAACCcsknXAGvRWkMcdjoNK8Gg4vToM3MmP0TVlUc1CWXiygAAAFMAAAALc3No" \
    "LWVk"                                                                                         \
    "MjU1MTkAAABArX7xhjbW6fyo0+"                                                                   \
    "a4N47IPmdiQ4N3apzbntqcJru82HmFLhj9lqAKbpXccN1o0TrWwFPWJ0CteNdYt88OEh8b"                       \
    "Dw=="
#define SK_ED25519                                                                                 \
    "AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAAAA" \
    "BHNz"                                                                                         \
    "aDo="
#define SK_ECDSA                                                                                   \
    "AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBAAAAAAAAAAAAAAAAAAA" \
    "AAAA"                                                                                         \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEc3NoOg=="
#define SHA256 "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
#define LABEL63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TEN "aaaaaaaaaa"

typedef struct {
    const char *name;
    VpCheck *check;
    int code; /* of every refusal */
    const char *good[48];
    const char *bad[64];
} Form;

static const Form forms[] = {
    {"line",
     vp_spec_check_line,
     VP_ERROR_TEXT,
     {"a b", "\xc3\xbc", "!@#$"},
     {"a\nb", "a\rb", "a\tb", "\x1b[0m", "\x7f", "\xc2\x9b", "\xe2\x80\xa8"}},
    {"hostname",
     vp_spec_check_hostname,
     VP_ERROR_HOSTNAME,
     {"a", "web1", "web1.example.com", "0day", "xn--bcher-kva.example", LABEL63, "10-0-0-5", "WEB"},
     {"", "a b", "a_b", "a..b", ".a", "a.", "-a", "a-", "a.-b", LABEL63 "a", "a\nruncmd:",
      "\xc3\xbc", "10.0.0.5", "$x", "a,b", LABEL63 "." LABEL63 "." LABEL63 "." LABEL63 ".a"}},
    {"user name",
     vp_spec_check_user_name,
     VP_ERROR_USER,
     {"root", "_apt", "a.b", "a-b", "Administrator", "pc1$", "0day", TEN TEN TEN "aa"},
     {"", "-a", ".a", "a:b", "a b", "a/b", "a\n", "1000", "$", TEN TEN TEN "aaa", "\xc3\xbc", "a,b",
      "a$b"}},
    {"group name",
     vp_spec_check_group_name,
     VP_ERROR_USER,
     {"wheel", "sudo"},
     {"", "a:b", "100", "a,b"}},
    {"windows group name",
     vp_spec_check_windows_group_name,
     VP_ERROR_USER,
     {"Users", "Remote Desktop Users", "Utilisateurs du Bureau \xc3\xa0 distance", "Hyper-V x"},
     {"a,b", "a:b", "a/b", "a\\b", "a\"b", "<a>", "a=b", "a\nb"}},
    {"sudo",
     vp_spec_check_sudo,
     VP_ERROR_VALUE,
     {"ALL=(ALL) NOPASSWD:ALL",
      "ALL=(ALL) ALL",
      "ALL = (ALL:ALL) NOPASSWD: ALL",
      "ALL=(root) NOPASSWD: /usr/bin/apt-get update, /bin/systemctl restart nginx",
      "web1,!db1=(www-data:www-data) NOEXEC: NOPASSWD:/bin/true",
      "ALL=/bin/ls : db1=(%dba) ALL",
      "ALL=(ALL) SERVICES, !/bin/su",
      "ALL=(#1000) sudoedit /etc/motd",
      "ALL=() ALL",
      "ALL=(ALL) CWD=/srv TIMEOUT=5m /bin/x",
      "ALL=(ALL) sha256:" SHA256 " /bin/x",
      "ALL=(ALL) /bin/rsync host\\:/x\\=y",
      "+hosts=(ALL) ALL",
      "ALL=ALL",
      "ALL=(ALL) sha256:LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564= /bin/x",
      "ALL=(ALL) sha256 : " SHA256 ", sha256:" SHA256 " ALL",
      "ALL=(:) ALL",
      "ALL=(!root,+net,#1000 : %dba,\"a b\") ALL",
      "ALL=(DOMAIN\\user) ALL",
      "a\\ b=ALL",
      "ALL=(ALL) CHROOT=/x CWD=~ ROLE=\"a b\" /bin/x",
      "ALL=(ALL) CWD=* NOPASSWD: ALL",
      "ALL=(ALL) sudoedit, sudoedit /etc/a",
      "ALL=(ALL) /usr/bin/, /bin/[a-z]* : web=ALL",
      "ALL=(ALL) /bin/my\\ prog \"a b\" \\*",
      "ALL=(ALL) ^/bin/\\w+$ ^-\\d$",
      "ALL=(ALL) ^/bin/a=b$ x=y",
      "ALL=(ALL) /bin/a --b=c d== =e f= g=\\,h, /bin/c i=",
      "ALL=(ALL) /bin/x ^-\\d$"},
     {"no",
      "yes",
      "true",
      "ALL",
      "op ALL=(ALL) ALL",
      "op ALL=(ALL) NOPASSWD:ALL",
      "=ALL",
      "ALL=",
      "ALL=(ALL",
      "ALL=(ALL) ",
      "ALL=(ALL) NOPASWD:ALL",
      "ALL=(ALL) apt",
      "ALL=(ALL) ALL,",
      "ALL=(ALL) ALL ALL",
      "ALL=(ALL) ALL :",
      "ALL=(ALL) ALL # all",
      "ALL=(ALL) ALL \\",
      "%sudo ALL=(ALL) ALL",
      "ALL ALL=(ALL) ALL",
      "Defaults !requiretty",
      "%group=ALL",
      "ALL,=ALL",
      "ALL=(a b) ALL",
      "ALL=(a,) ALL",
      "ALL=(,) ALL",
      "ALL=(a:) ALL",
      "ALL=(a:b:c) ALL",
      "ALL=(a#b) ALL",
      "ALL=(\"\") ALL",
      "ALL=(\"a) ALL",
      "ALL=(ALL) /bin/a =",
      "ALL=(ALL) /bin/a = b",
      "ALL=(ALL) /bin/a =\\,b",
      "ALL=(ALL) /bin/a b\\,= c",
      "ALL=(ALL) sudoeditor",
      "ALL=(ALL) sudoedit/etc/motd",
      "ALL=(ALL) sha1:" SHA256 " /bin/x",
      "ALL=(ALL) sha224:" SHA256 " /bin/x",
      "ALL=(ALL) sha256:abc= /bin/x",
      "ALL=(ALL) sha256" SHA256 " /bin/x",
      "ALL=(ALL) sha256:" SHA256,
      "ALL=(ALL) CWD=srv /bin/x",
      "ALL=(ALL) CHROOT= /bin/x",
      "ALL=(ALL) CWD=\"/srv\" /bin/x",
      "ALL=(ALL) TIMEOUT=soon /bin/x",
      "ALL=(ALL) /",
      "ALL=(ALL) /bin/ ls",
      "ALL=(ALL) /bin/x \\",
      "ALL=(ALL) /bin/x a\\b",
      "ALL=(ALL) sudoedit /etc/a\\b"}},
    {"gecos", vp_spec_check_gecos, VP_ERROR_VALUE, {"Olga Petrova,,,", "\xc3\xbc"}, {"a:b"}},
    {"ssh-import-id",
     vp_spec_check_ssh_import_id,
     VP_ERROR_VALUE,
     {"gh:octocat", "lp:a-b", "me"},
     {"", "-x", "gh:a b", "a;b", "$(id)"}},
    {"swap size",
     vp_spec_check_swap_size,
     VP_ERROR_VALUE,
     {"auto", "2G", "512M", "1T", "4096K"},
     {"", "2", "2GB", "0G", "-1G", "1.5G", "G", "2g", "auto ", "1000000000G"}},
    {"server",
     vp_spec_check_server,
     VP_ERROR_VALUE,
     {"ntp.example.com", "192.0.2.1"},
     {"", "a b", "2001:db8::1", "a_b", "-x"}},
    {"keyboard",
     vp_spec_check_keyboard,
     VP_ERROR_VALUE,
     {"de", "us,de", "nodeadkeys", "compose:rwin", "grp:alt_shift_toggle,x"},
     {"", "a b", "$(id)", "a;b", "\"x\""}},
    {"uri",
     vp_spec_check_uri,
     VP_ERROR_VALUE,
     {"http://deb.example.com/debian", "https://[2001:db8::1]/", "mirror+file:///etc/x"},
     {"", "deb.example.com", "http://", "://x", "http://a b", "http://a\nb"}},
    {"file name",
     vp_spec_check_file_name,
     VP_ERROR_VALUE,
     {"site", "a.b-c_d"},
     {"", "../x", "a/b", ".x", "-x"}},
    {"apt source",
     vp_spec_check_apt_source,
     VP_ERROR_VALUE,
     {"deb https://x $RELEASE main", "deb-src http://x y z", "ppa:a/b"},
     {"", "debx", "deb ", "https://x", "#deb http://x"}},
    {"certificates",
     vp_spec_check_certificates,
     VP_ERROR_VALUE,
     {"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
      "# CA\n-----BEGIN CERTIFICATE-----\nMA\nA=\n-----END CERTIFICATE-----\n"
      "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----"},
     {"", "MAA=", "-----BEGIN CERTIFICATE-----\nMAA=\n",
      "-----BEGIN CERTIFICATE-----\nMA\n-----END CERTIFICATE-----",
      "-----BEGIN CERTIFICATE-----\nAAA=\n-----END CERTIFICATE-----",
      "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
      "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
      "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----"}},
    {"private key",
     vp_spec_check_private_key,
     VP_ERROR_VALUE,
     {"-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----",
      "-----BEGIN EC PRIVATE KEY-----\nx\n-----END EC PRIVATE KEY-----\n"},
     {"", "ssh-ed25519 AAAA", "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n",
      "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----"}},
    {"owner",
     vp_spec_check_owner,
     VP_ERROR_USER,
     {"root", "root:root"},
     {"", ":", "root:", ":root", "a:b:c", "a b"}},
    {"timezone",
     vp_spec_check_timezone,
     VP_ERROR_VALUE,
     {"UTC", "Europe/Vienna", "Etc/GMT+1", "America/Argentina/Buenos_Aires"},
     {"", "/etc/passwd", "../x", "a//b", "a/", "a b", "Europe/Vienna\n"}},
    {"locale",
     vp_spec_check_locale,
     VP_ERROR_VALUE,
     {"C", "de_AT.UTF-8", "de_AT@euro"},
     {"", "de AT", "1", "a/b"}},
    {"windows locale",
     vp_spec_check_windows_locale,
     VP_ERROR_VALUE,
     {"de-AT", "0c07:00000407", "en-US;de-DE"},
     {"", "de AT", "<x>"}},
    {"product key",
     vp_spec_check_product_key,
     VP_ERROR_VALUE,
     {"AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"},
     {"", "AAAAA-BBBBB-CCCCC-DDDDD", "AAAAABBBBBCCCCCDDDDDEEEEEFFFF",
      "AAAAA-BBBBB-CCCCC-DDDDD-EEEE<"}},
    {"permissions",
     vp_spec_check_permissions,
     VP_ERROR_VALUE,
     {"644", "0644", "1777"},
     {"", "64", "0o644", "888", "00644", "-644", "rw"}},
    {"package",
     vp_spec_check_package,
     VP_ERROR_VALUE,
     {"vim", "g++", "libc6:i386", "nginx=1.2-3~a", "@development-tools", "python3*"},
     {"", "-y", "a b", "/etc/passwd", "./a.deb", "a;b", "a\nb"}},
    {"instance-id",
     vp_spec_check_instance_id,
     VP_ERROR_VALUE,
     {"i-1234", "web1", "0123"},
     {"", "a/b", ".", "..", "a b", "-x", "a\n"}},
    {"target",
     vp_spec_check_target,
     VP_ERROR_TARGET,
     {"vda", "sdb", "hdc", "fda", "vdaa"},
     {"", "vd", "xda", "vd1", "vda1", "vdaaaa", "../vda"}},
    {"guest path",
     vp_spec_check_guest_path,
     VP_ERROR_PATH,
     {"/etc/motd", "/a", "C:\\x\\y", "C:/x", "/a b"},
     {"", "a", "/", "//a", "/a/", "/a/../b", "/a/./b", "/a\nb", "C:x", "C:\\..\\x",
      "\\\\host\\share"}},
    {"reference",
     vp_spec_check_reference,
     VP_ERROR_PATH,
     {"web1", "web1/root.pw"},
     {"", "/etc/shadow", "../x", "a/../b", "a//b", "a/", "a\nb", "."}},
    {"password",
     vp_spec_check_password,
     VP_ERROR_PASSWORD,
     {"abc123", "no", "0123", "a:b", "R", "$6$x$y", " a ", "\xc3\xbc"},
     {"", "a\nroot:x", "a\rb", "a\tb", "a\x1b"}},
    {"hash",
     vp_spec_check_password_hash,
     VP_ERROR_PASSWORD,
     {"$y$j9T$bofWd7hBe940WPHICGKqT1$AK.CPsZNlY4L5hWs75HSgkTpuGQkC9k18c/wbMZUyt3",
      "$gy$j9T$qBYmH3LZNca6PhkXhQwq91$hUAdHvOtfXoa/PB1jpak/rsKYL0ueI4bU5fiq4eczh0",
      "$7$CU..../....hTUEyFTtS4PCl9dh7FTDk.$1bfhAL9An.7W/WgBejSmY7cIeVM6avUkHdf89Xjkz2A",
      "$2b$05$7o7oieVKzBOzT.dj8LTviunO003.d1CLuZUGRdgRBAXzgzylyMxp2",
      "$6$yelB/QpZbF9v70rg$OS.YydKgWu/"
      "M0Bdkeqp48YsDYDHuaYGTpAER.j8zXbUSmdr3zNAsBMPEMOfa25kQQ6ytZdQ0yznmFXLhoI5N61",
      "$6$rounds=656000$NkFl2CkWAXpdh9gx$THQjtxp2fQsKPTsW/7a/"
      "rCqNaVL7QPQVPoeTzcZqBGHncd9qKE6YhYt1UrIxHNOo19/CTtunMSlMI3GghAIFA1",
      "$5$u1sbBjGjJRDZioSL$c5SrXnqJ1nJzAktSejDWxbxcEqxnFL6urcfeegSDiw2",
      "$sha1$239465$DoOk29WvFLRGEFdhHaqT$ZWM3ISrR43T2H.pN2ZsMmkbwJYSr",
      "$md5,rounds=87351$1ZF/zgGj$$bGVzifwMRGh7D.86pgYpN1", "$1$QWwqZdAm$8iM8r2.mtZBK7AJjeQz9w.",
      "_J9..EtgI7Z4V860epQ.", "E8WEl9iWV1JbI"},
     {"", "abc123", "$6$", "$6$x$y", "*", "!",
      "$6$yelB/QpZbF9v70rg$OS.YydKgWu/"
      "M0Bdkeqp48YsDYDHuaYGTpAER.j8zXbUSmdr3zNAsBMPEMOfa25kQQ6ytZdQ0yznmFXLhoI5N6",
      "$1$QWwqZdAm$8iM8r2.mtZBK7AJjeQz9w.:x", "$1$QWwqZdAm$8iM8r2.mtZBK7AJjeQz9w.\n",
      "E8WEl9iWV1JbIx"}},
    {"ssh key",
     vp_spec_check_ssh_key,
     VP_ERROR_SSH_KEY,
     {"ssh-ed25519 " ED25519, "ssh-ed25519 " ED25519 " me@laptop",
      "ssh-ed25519  " ED25519 "\tme and you", "ecdsa-sha2-nistp256 " ECDSA,
      "ecdsa-sha2-nistp256-cert-v01@openssh.com " CERTIFICATE,
      "sk-ssh-ed25519@openssh.com " SK_ED25519, "sk-ecdsa-sha2-nistp256@openssh.com " SK_ECDSA,
      "from=\"10.0.0.0/8,*.example.com\",no-pty ssh-ed25519 " ED25519 " me",
      "command=\"echo \\\"a b\\\"\" ssh-ed25519 " ED25519, "restrict ssh-ed25519 " ED25519,
      "environment=\"A=b,c d\",X11-forwarding,tunnel=\"0\"\tssh-ed25519 " ED25519},
     {"",
      "ssh-ed25519",
      "ssh-ed25519 ",
      ED25519,
      "ssh-ed25519 " ED25519 "\nssh-ed25519 " ED25519,
      "ssh-ed25519 " ED25519 "\r",
      "ssh-dss " ED25519,
      "ssh-rsa " ED25519,
      "ssh-ed25519 " ECDSA,
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZe==",
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLKAAAA",
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5",
      "ssh-ed25519 AAAA",
      "ssh-ed25519 !!!!",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU=",
      "-----BEGIN RSA PRIVATE KEY-----",
      "PuTTY-User-Key-File-2: ssh-rsa",
      "---- BEGIN SSH2 PUBLIC KEY ----",
      "from=\"10.0.0.1 ssh-ed25519 " ED25519,
      "from=\"10.0.0.1\\\" ssh-ed25519 " ED25519,
      "from=10.0.0.1 ssh-ed25519 " ED25519,
      "from=\"10.0.0.1\"x ssh-ed25519 " ED25519,
      "no-pty, ssh-ed25519 " ED25519,
      ",no-pty ssh-ed25519 " ED25519,
      "web1.example.com ssh-ed25519 " ED25519,
      "[192.0.2.1]:22 ssh-ed25519 " ED25519,
      "op@web1 ssh-ed25519 " ED25519,
      "|1|a=|b= ssh-ed25519 " ED25519,
      "# ssh-ed25519 " ED25519,
      "no-pty ssh-dss " ED25519,
      "no-pty",
      "ssh-ed25519 " ED25519 " \x1b[0m",
      "ecdsa-sha2-nistp256-cert-v01@openssh.com " ECDSA,
      "ssh-ed448 " ED25519}},
    {"mac",
     vp_spec_check_mac,
     VP_ERROR_NETWORK,
     {"52:54:00:12:34:56", "52:54:00:AB:CD:EF"},
     {"", "52:54:00:aa:bb", "52-54-00-12-34-56", "525400123456", "52:54:00:12:34:5g",
      "00:00:00:00:00:00", "01:00:5e:00:00:01", "52:54:00:12:34:56:78", "52:54:00:12:34:56\n"}},
    {"address",
     vp_spec_check_address,
     VP_ERROR_NETWORK,
     {"192.0.2.10/24", "10.0.0.1/32", "2001:db8::10/64", "fe80::1/10", "::1/128"},
     {"", "192.0.9.7", "192.0.9.7/", "192.0.9.7/33", "192.0.9.7/0", "192.0.9.7/024",
      "192.0.9.7/+24", "192.0.2/24", "192.0.09.7/24", "0.0.0.0/8", "224.0.0.1/24", "2001:db8::10",
      "2001:db8::10/129", "2001:db8::10%eth0/64", "::/64", "ff02::1/64", "a/24", "192.0.9.7/24 x",
      "192.0.9.7/255.255.255.0"}},
    {"subnet",
     vp_spec_check_subnet,
     VP_ERROR_NETWORK,
     {"0.0.0.0/0", "::/0", "198.51.100.0/24", "10.0.0.128/25", "2001:db8::/32", "192.0.2.1/32"},
     {"", "default", "198.51.100.1/24", "10.0.0.129/25", "2001:db8::1/32", "10.0.0.0",
      "0.0.0.1/0"}},
    {"ip",
     vp_spec_check_ip,
     VP_ERROR_NETWORK,
     {"192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"},
     {"", "192.0.9.1/24", "a", "192.0.9", "fe80::1%eth0"}},
    {"search domain",
     vp_spec_check_search_domain,
     VP_ERROR_NETWORK,
     {"example.com", "lan"},
     {"", "a b", ".", "a_b", "a\n"}},
    {"link name",
     vp_spec_check_link_name,
     VP_ERROR_NETWORK,
     {"eth0", "bond0.100", "0", "aaaaaaaaaaaaaaa"},
     {"", "aaaaaaaaaaaaaaaa", "a b", "a/b", ".", "..", "-a", "a:b", "eth0\nx", "\xc3\xbc"}},
};

static void
test_form(gconstpointer data)
{
    const Form *form = data;

    for (gsize i = 0; form->good[i] != NULL; i++) {
        g_autoptr(GError) error = NULL;

        if (!form->check(form->good[i], &error))
            g_error("'%s' is refused: %s", form->good[i], error->message);
    }
    for (gsize i = 0; form->bad[i] != NULL; i++) {
        g_autoptr(GError) error = NULL;

        if (form->check(form->bad[i], &error))
            g_error("'%s' is taken", form->bad[i]);
        g_assert_error(error, VP_ERROR, form->code);
        g_assert_true(g_str_is_ascii(error->message));
        g_assert_null(strpbrk(error->message, "\r\n"));
        if (strlen(form->bad[i]) > 4 && strstr(error->message, form->bad[i]) != NULL)
            g_error("'%s' shows its value", error->message);
    }
}

/* Messages of the commonest mistakes say what to fix. */
static void
test_messages(void)
{
    static const struct {
        VpCheck *check;
        const char *text;
        const char *message;
    } cases[] = {
        {vp_spec_check_hostname, "a b", "has a space"},
        {vp_spec_check_hostname, "a_b", "has an underscore"},
        {vp_spec_check_ssh_key, "-----BEGIN OPENSSH PRIVATE KEY-----\nx", "is a private key"},
        {vp_spec_check_ssh_key, "ssh-dss AAAA", "is a DSA key"},
        {vp_spec_check_ssh_key, "no-pty ssh-dss AAAA", "is a DSA key"},
        {vp_spec_check_ssh_key, "restrict ssh-ed448 AAAA", "does not name a known key type"},
        {vp_spec_check_ssh_key, "web1,192.0.2.1 ssh-ed25519 " ED25519,
         "begins with neither a known key type nor options of sshd(8)"},
        {vp_spec_check_ssh_key, "ssh-ed25519 " ED25519 "AAAA", "has bytes after its end"},
        {vp_spec_check_ssh_key, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "is cut off"},
        {vp_spec_check_ssh_key, "ssh-ed25519 " ED25519 "\nx", "one key in each ssh-key"},
        {vp_spec_check_ssh_key, "ssh-rsa " ED25519, "of another type than it names"},
        {vp_spec_check_password, "\nabc", "has a line break"},
        {vp_spec_check_subnet, "10.0.0.1/8", "has bits set beyond its prefix"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(cases[i].check(cases[i].text, &error));
        if (strstr(error->message, cases[i].message) == NULL)
            g_error("'%s' lacks '%s'", error->message, cases[i].message);
    }
}

static void
test_long(void)
{
    g_autofree char *password = g_strnfill(511, 'x');
    g_autofree char *long_password = g_strnfill(512, 'x');
    g_autofree char *comment = g_strnfill(20000, 'x');
    g_autofree char *key = g_strdup_printf("ssh-ed25519 " ED25519 " %s", comment);
    g_autofree char *path = g_strdup_printf("/%s", comment);

    g_assert_true(vp_spec_check_password(password, NULL));
    g_assert_false(vp_spec_check_password(long_password, NULL));
    g_assert_false(vp_spec_check_ssh_key(key, NULL));
    g_assert_false(vp_spec_check_guest_path(path, NULL));
    g_assert_false(vp_spec_check_package(comment, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *path = g_strdup_printf("/check/%s", forms[i].name);

        g_test_add_data_func(path, &forms[i], test_form);
    }
    g_test_add_func("/check/messages", test_messages);
    g_test_add_func("/check/long", test_long);
    return g_test_run();
}
