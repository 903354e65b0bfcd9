/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets in text of no structure: what of each line is shown, and that nothing but the secret is
 * hidden. Every secret of these lines holds the word "canary". */
#include <config.h>

#include <string.h>

#include "view/mask-edit.h"

#define M VP_MASK

typedef struct {
    const char *text;
    const char *shown; /* NULL: as it is */
} Case;

static char *
mask(const char *text)
{
    g_autoptr(GArray) edits = vp_view_mask_edits_new();
    g_autoptr(GBytes) content = g_bytes_new_static(text, strlen(text)), masked = NULL;

    vp_view_mask_text(text, 0, strlen(text), edits);
    masked = vp_view_mask_edits_apply(content, edits);
    return g_strndup(g_bytes_get_data(masked, NULL), g_bytes_get_size(masked));
}

static void
assert_shown(const Case *cases, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        g_autofree char *shown = mask(cases[i].text);
        const char *wanted = cases[i].shown != NULL ? cases[i].shown : cases[i].text;

        if (strcmp(shown, wanted) != 0)
            g_test_message("of: %s", cases[i].text);
        g_assert_cmpstr(shown, ==, wanted);
        g_assert_null(strstr(shown, "canary"));
    }
}

/* Options and arguments of commands whose names do not say "secret". */
static void
test_commands(void)
{
    static const Case cases[] = {
        {"sshpass -pcanary ssh bob@host", "sshpass -p" M " ssh bob@host"},
        {"sshpass -p 'can ary' ssh bob@host", "sshpass -p '" M "' ssh bob@host"},
        {"/usr/bin/curl --user me:canary -o x", "/usr/bin/curl --user " M " -o x"},
        {"curl --proxy-user=me:canary https://h/", "curl --proxy-user=" M " https://h/"},
        {"mysql -u root -pcanary db", "mysql -u root -p" M " db"},
        {"mysql -p db", NULL},
        {"docker login -u me -p canary reg.example", "docker login -u me -p " M " reg.example"},
        {"7z x -pcanary a.7z", "7z x -p" M " a.7z"},
        {"zip -P canary a.zip b", "zip -P " M " a.zip b"},
        {"ldapsearch -x -D cn=admin -w canary -b dc=x",
         "ldapsearch -x -D cn=admin -w " M " -b dc=x"},
        {"redis-cli -a canary ping", "redis-cli -a " M " ping"},
        {"smbclient //h/s -U bob%canary", "smbclient //h/s -U " M},
        {"openssl passwd -6 canary", "openssl passwd " M},
        {"openssl x509 -in a.pem", NULL},
        {"net user bob canary /add", "net user " M},
        {"htpasswd -b /etc/h bob canary; true", "htpasswd " M "; true"},
        {"x=$(mkpasswd canary)", "x=$(mkpasswd " M},
        {"wpa_passphrase home canary > /etc/x", "wpa_passphrase " M},
        {"curl -u \\\n  me:canary https://h/", "curl -u \\\n  " M " https://h/"},
        {"curl https://h/ | mail -u x", NULL},
        {"tar -u a; curl -u canary:x", "tar -u a; curl -u " M},
        {"ConvertTo-SecureString \"canary\" -AsPlainText -Force", "ConvertTo-SecureString " M},
        {"net use Z: \\\\srv\\x canary", "net use " M},
        {"net ads join -U admin%canary", "net ads join -U " M},
        {"nmcli device wifi connect home password canary",
         "nmcli device wifi connect home password " M},
        {"nmcli con add wifi-sec.psk canary", "nmcli con add wifi-sec.psk " M},
        {"ipmitool user set password 2 canary", "ipmitool user set password " M},
        {"ldappasswd -s canary", "ldappasswd -s " M},
        {"mongosh -u admin -p canary", "mongosh -u admin -p " M},
        {"docker run -d --name mongo -p 27017:27017 mongo", NULL},
        {"mysqladmin -u root password canary", "mysqladmin -u root password " M},
        {"mariadb-admin -u root password canary", "mariadb-admin -u root password " M},
        {"mariadb-dump -pcanary db", "mariadb-dump -p" M " db"},
        {"openssl enc -aes-256-cbc -k canary -in a", "openssl enc -aes-256-cbc -k " M " -in a"},
        {"openssl enc -K canary -iv 0", "openssl enc -K " M " -iv 0"},
        {"openssl req -newkey rsa:2048 -keyout a -key b", NULL},
        {"snmpget -v2c -c canary h sysName.0", "snmpget -v2c -c " M " h sysName.0"},
        {"snmpwalk -v2c -ccanary h", "snmpwalk -v2c -c" M " h"},
        {"snmpget -v3 -u bob -A canary -X 'can canary' h",
         "snmpget -v3 -u bob -A " M " -X '" M "' h"},
        {"rocommunity canary 127.0.0.1\nsyslocation here", "rocommunity " M "\nsyslocation here"},
        {"createUser bob SHA canary AES canary", "createUser " M},
        {"mc alias set minio http://h admin canary", "mc alias set " M},
        {"mc admin user add minio bob canary", "mc admin user add " M},
        {"mc cp a minio/b", NULL},
        {"aws configure set aws_secret_access_key canary",
         "aws configure set aws_secret_access_key " M},
        {"aws configure set region eu-west-1", NULL},
        {"vault login canary", "vault login " M},
        {"vault operator unseal canary; true", "vault operator unseal " M "; true"},
        {"vault kv put secret/db value=canary", "vault kv put " M},
        {"rclone config create r s3 key canary", "rclone config create " M},
        {"kubectl create secret generic a --from-literal=k=canary -n b",
         "kubectl create secret generic a --from-literal=" M " -n b"},
        {"virsh secret-set-value 1 canary", "virsh secret-set-value " M},
        {"wpa_cli set_network 0 psk '\"canary\"'", "wpa_cli set_network 0 psk " M},
        {"slappasswd -s canary", "slappasswd -s " M},
        {"etcdctl --user root:canary get a", "etcdctl --user " M " get a"},
        {"mongodump -u a -p canary -d b", "mongodump -u a -p " M " -d b"},
        {"lftp -u bob,canary h", "lftp -u " M " h"},
        {"mysql -u root -p\"canary\" db", "mysql -u root -p\"" M "\" db"},
        {"mysql -u root -p'can ary' db", "mysql -u root -p'" M "' db"},
        {"sh -c \"mysql -p\\\"canary\\\" db\"", "sh -c \"mysql -p" M " db\""},
        {"sshpass -p\"canary\" ssh h", "sshpass -p\"" M "\" ssh h"},
        {"sh -c 'mysql -p'", NULL},
        {"ssh-keygen -t rsa -N canary -f k", "ssh-keygen -t rsa -N " M " -f k"},
        {"sqlplus sys/canary@db; true", "sqlplus " M "; true"},
        {"iwconfig wlan0 key s:canary", "iwconfig wlan0 key " M},
        {"rabbitmqctl add_user bob canary", "rabbitmqctl add_user " M},
        {"rabbitmqctl change_password bob canary", "rabbitmqctl change_password " M},
    };

    assert_shown(cases, G_N_ELEMENTS(cases));
}

static void
test_sql(void)
{
    static const Case cases[] = {
        {"mysql -e \"ALTER USER root IDENTIFIED BY 'canary'\"",
         "mysql -e \"ALTER USER root IDENTIFIED BY '" M "'\""},
        {"mysql -e 'CREATE USER bob IDENTIFIED WITH x BY \"canary\"; FLUSH'",
         "mysql -e 'CREATE USER bob IDENTIFIED WITH x BY \"" M "\"; FLUSH'"},
        {"mysql -e \"CREATE USER bob identified by \\\"canary\\\"; FLUSH\"",
         "mysql -e \"CREATE USER bob identified by " M "; FLUSH\""},
        {"psql -c \"ALTER USER bob WITH PASSWORD 'canary'\"",
         "psql -c \"ALTER USER bob WITH PASSWORD '" M "'\""},
        {"mysql -e \"SELECT a FROM b ORDER BY 'c'\"", NULL},
    };

    assert_shown(cases, G_N_ELEMENTS(cases));
}

/* What is fed to programs that read a secret from their standard input, several in a line. */
static void
test_input(void)
{
    static const Case cases[] = {
        {"echo canary | vncpasswd -f > x", "echo " M " | vncpasswd -f > x"},
        {"vncpasswd -f <<< canary > x", "vncpasswd -f <<< " M},
        {"echo canary | realm join -U admin dom", "echo " M " | realm join -U admin dom"},
        {"echo canary | adcli join --stdin-password d",
         "echo " M " | adcli join --stdin-password " M},
        {"echo canary | openssl passwd -6 -stdin", "echo " M " | openssl passwd " M},
        {"echo canary | docker secret create db -", "echo " M " | docker secret create db -"},
        {"podman secret create db - <<< canary", "podman secret create db - <<< " M},
        {"docker secret create db - <<EOF\ncanary\nEOF\ntrue",
         "docker secret create db - <<EOF\n" M "\nEOF\ntrue"},
        {"printf canary | wg pubkey > b", "printf " M " | wg pubkey > b"},
        {"echo canary | openssl enc -aes256 -pass stdin -in a",
         "echo " M " | openssl enc -aes256 -pass " M " -in a"},
        {"echo canary | htpasswd -i f bob", "echo " M " | htpasswd " M},
        {"echo canary | podman login --password-stdin",
         "echo " M " | podman login --password-stdin"},
        {"echo root:canary | chpasswd; echo bob:canary | chpasswd; true",
         "echo " M " | chpasswd" M " | chpasswd; true"},
        {"echo a:canary | chpasswd && mysql -pcanary", "echo " M " | chpasswd && mysql -p" M},
        {"curl -u me:canary h; chpasswd <<EOF && TOKEN=canary\nroot:canary\nEOF\necho a:b",
         "curl -u " M " h; chpasswd <<EOF && TOKEN=" M "\nroot:" M "\nEOF\necho a:b"},
        {"cat <<EOF | chpasswd\nroot:canary\nEOF\necho a:b",
         "cat <<EOF | chpasswd\nroot:" M "\nEOF\necho a:b"},
        {"echo canary | sudo -S tee x <<EOF\ncanary\nEOF\necho a:b",
         "echo " M " | sudo -S tee x <<EOF\n" M "\nEOF\necho a:b"},
        {"echo a | tee b; getent passwd | cut -d: -f1", NULL},
    };

    assert_shown(cases, G_N_ELEMENTS(cases));
}

/* More programs in a line than are looked at one by one. */
static void
test_many_programs(void)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *shown = NULL;

    for (guint i = 0; i < 100; i++)
        g_string_append(line, "echo bob:canary | chpasswd; ");
    shown = mask(line->str);
    g_assert_null(strstr(shown, "canary"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mask-text/commands", test_commands);
    g_test_add_func("/mask-text/sql", test_sql);
    g_test_add_func("/mask-text/input", test_input);
    g_test_add_func("/mask-text/many-programs", test_many_programs);
    return g_test_run();
}
