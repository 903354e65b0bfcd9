/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options that take a secret by a letter: curl -u, mysql -p, ldapsearch -w and their like. */
#include <config.h>

#include <string.h>

#include "view/mask-command.h"

struct VpMaskCommand {
    const char *name;
    char letter;            /* of the option; '\0': none */
    gboolean attached;      /* only "-pSECRET", not "-p SECRET" */
    const char *options[3]; /* long ones, without "--" */
    const char *hiding[3];  /* subcommands: all that follows is secret; "": after the name, too */
    const char *leading;    /* letters that count only as a word's first: "-cSECRET", "-c SECRET" */
    const char *words[2];   /* options as they are written, whose value is the next word */
};

static const VpMaskCommand commands[] = {
    {"curl", 'u', FALSE, {"user", "proxy-user"}, {NULL}},
    {"sshpass", 'p', FALSE, {NULL}, {NULL}},
    {"useradd", 'p', FALSE, {NULL}, {NULL}},
    {"usermod", 'p', FALSE, {NULL}, {NULL}},
    {"groupadd", 'p', FALSE, {NULL}, {NULL}},
    {"login", 'p', FALSE, {NULL}, {NULL}},
    {"mysql", 'p', TRUE, {NULL}, {NULL}},
    {"mysqladmin", 'p', TRUE, {NULL}, {"password"}},
    {"mariadb-admin", 'p', TRUE, {NULL}, {"password"}},
    {"mariadb-dump", 'p', TRUE, {NULL}, {NULL}},
    {"mysqldump", 'p', TRUE, {NULL}, {NULL}},
    {"mariadb", 'p', TRUE, {NULL}, {NULL}},
    {"7z", 'p', TRUE, {NULL}, {NULL}},
    {"7za", 'p', TRUE, {NULL}, {NULL}},
    {"zip", 'P', FALSE, {NULL}, {NULL}},
    {"unzip", 'P', FALSE, {NULL}, {NULL}},
    {"mongosh", 'p', FALSE, {NULL}, {NULL}},
    {"ldappasswd", 's', FALSE, {NULL}, {NULL}},
    {"ldapsearch", 'w', FALSE, {NULL}, {NULL}},
    {"ldapadd", 'w', FALSE, {NULL}, {NULL}},
    {"ldapmodify", 'w', FALSE, {NULL}, {NULL}},
    {"redis-cli", 'a', FALSE, {NULL}, {NULL}},
    {"mosquitto_pub", 'P', FALSE, {NULL}, {NULL}},
    {"mosquitto_sub", 'P', FALSE, {NULL}, {NULL}},
    {"ipmitool", 'P', FALSE, {NULL}, {"password"}},
    {"smbclient", 'U', FALSE, {"user"}, {NULL}},
    {"openssl", '\0', FALSE, {NULL}, {"passwd"}, .words = {"-k", "-K"}},
    {"net", 'U', FALSE, {"user"}, {"user", "use"}},
    {"net.exe", '\0', FALSE, {NULL}, {"user", "use"}},
    {"nmcli", '\0', FALSE, {NULL}, {"password", "wifi-sec.psk", "802-11-wireless-security.psk"}},
    {"rabbitmqctl", '\0', FALSE, {NULL}, {"add_user", "change_password"}},
    {"htpasswd", '\0', FALSE, {NULL}, {""}},
    {"mkpasswd", '\0', FALSE, {NULL}, {""}},
    {"ConvertTo-SecureString", '\0', FALSE, {NULL}, {""}},
    {"wpa_passphrase", '\0', FALSE, {NULL}, {""}},
    {"wpa_cli", .hiding = {"psk", "password", "sae_password"}},
    {"mc", .hiding = {"set", "add"}},
    {"aws", .hiding = {"aws_secret_access_key", "aws_session_token"}},
    {"vault", .hiding = {"login", "unseal", "put"}},
    {"rclone", .hiding = {"obscure", "create"}},
    {"kubectl", .options = {"from-literal"}},
    {"ansible-vault", .hiding = {"encrypt_string"}},
    {"virsh", .hiding = {"secret-set-value", "set-user-password"}},
    {"mosquitto_passwd", .hiding = {""}},
    {"radtest", .hiding = {""}},
    {"etcdctl", .options = {"user"}},
    {"ldapdelete", 'w'},
    {"ldapwhoami", 'w'},
    {"ipa-client-install", .leading = "w"},
    {"ipa-server-install", .leading = "ap"},
    {"slappasswd", 's'},
    {"smbpasswd", .leading = "w"},
    {"ssh-keygen", .leading = "NP"},
    {"nsupdate", .leading = "y"},
    {"sqlplus", .hiding = {""}},
    {"xfreerdp", .hiding = {""}},
    {"iwconfig", .hiding = {"key"}},
    {"schtasks", .hiding = {"rp"}},
    {"mongodump", .leading = "p"},
    {"mongorestore", .leading = "p"},
    {"cqlsh", .leading = "p"},
    {"sqlcmd", .leading = "P"},
    {"valkey-cli", 'a'},
    {"lftp", .leading = "u"},
    {"7zr", 'p', TRUE},
    {"7zz", 'p', TRUE},
    {"snmpget", .leading = "cAX"},
    {"snmpgetnext", .leading = "cAX"},
    {"snmpset", .leading = "cAX"},
    {"snmpwalk", .leading = "cAX"},
    {"snmpbulkget", .leading = "cAX"},
    {"snmpbulkwalk", .leading = "cAX"},
    {"snmptable", .leading = "cAX"},
    {"snmptrap", .leading = "cAX"},
    /* lines of snmpd.conf */
    {"rocommunity", .hiding = {""}},
    {"rwcommunity", .hiding = {""}},
    {"com2sec", .hiding = {""}},
    {"createUser", .hiding = {""}},
};

static gboolean
is_word(const char *text, gsize length, const char *word)
{
    return length == strlen(word) && memcmp(text, word, length) == 0;
}

const VpMaskCommand *
vp_view_mask_command(const char *word, gsize length)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (is_word(word, length, commands[i].name))
            return &commands[i];
    }
    return NULL;
}

gboolean
vp_view_mask_command_hides(const VpMaskCommand *command, const char *word, gsize length)
{
    for (gsize i = 0; i < G_N_ELEMENTS(command->hiding) && command->hiding[i] != NULL; i++) {
        const char *hiding = command->hiding[i];

        if (is_word(word, length, *hiding != '\0' ? hiding : command->name))
            return TRUE;
    }
    return FALSE;
}

static gssize
long_option(const VpMaskCommand *command, const char *word, gsize length)
{
    for (gsize i = 0; i < G_N_ELEMENTS(command->options) && command->options[i] != NULL; i++) {
        gsize size = strlen(command->options[i]);

        if (length < size + 2 || memcmp(word + 2, command->options[i], size) != 0)
            continue;
        if (length == size + 2)
            return length;
        if (word[size + 2] == '=')
            return size + 3;
    }
    return -1;
}

static gboolean
is_one_of(const VpMaskCommand *command, const char *word, gsize length)
{
    for (gsize i = 0; i < G_N_ELEMENTS(command->words) && command->words[i] != NULL; i++) {
        if (is_word(word, length, command->words[i]))
            return TRUE;
    }
    return FALSE;
}

gssize
vp_view_mask_command_option(const VpMaskCommand *command, const char *word, gsize length)
{
    const char *found;

    if (length > 2 && memcmp(word, "--", 2) == 0)
        return long_option(command, word, length);
    if (length < 2 || *word != '-')
        return -1;
    if (command->leading != NULL && word[1] != '\0' && strchr(command->leading, word[1]) != NULL)
        return 2;
    if (is_one_of(command, word, length))
        return length;
    if (command->letter == '\0')
        return -1;
    found = memchr(word + 1, command->letter, length - 1);
    if (found == NULL || (command->attached && (found != word + 1 || length == 2)))
        return -1;
    return found + 1 - word;
}
