/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which fields a guest's agent does not act on: each told once, by its name, and none that works.
 */
#include <config.h>

#include "view/diagnose-guest.h"
#include "advice.h"

#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLK"
static void
assert_told(const char *os, const char *fields, const char *wanted)
{
    g_autofree char *payload =
        g_strconcat("<cloud-init xmlns='" VP_NAMESPACE "'>", fields, "</cloud-init>", NULL);

    advice_assert(vp_view_diagnose_guest, os, payload, "", wanted);
}

static void
test_linux(gconstpointer data)
{
    const char *const *pair = data;

    assert_told("", pair[0], pair[1]);
}

/* Fields, and the advice on them. */
static const char *const linux_cases[][2] = {
    {"<user name='op'><password>x</password><shell>/bin/sh</shell><group>adm</group></user>", ""},
    {"<user name='debian'><password>x</password><sudo>ALL=(ALL) ALL</sudo></user>", ""},
    {"<default-user>yes</default-user><user name='debian'><password>x</password></user>", "user"},
    {"<default-user>yes</default-user><user name='op'/>", "user"},
    {"<default-user>yes</default-user><user name='root'><password>x</password></user>", ""},
    {"<user name='root'><ssh-key>" ED25519 "</ssh-key><shell>/bin/bash</shell></user>", "shell"},
    {"<user name='root'><password>x</password><group>adm</group></user>", "group"},
    {"<user name='root'><ssh-key>from=\"192.0.2.1\" " ED25519 "</ssh-key></user>", "user"},
    {"<user name='op'><lock-password>no</lock-password></user>", "lock-password"},
    {"<user name='op'><password>x</password><lock-password>no</lock-password></user>", ""},
    {"<user name='op'><uid>1500</uid></user>", "uid"},
    {"<user name='op'><uid>33</uid></user>", "uid uid"},
    {"<user name='www-data'><shell>/bin/bash</shell></user>", "shell"},
    {"<user name='www-data'><password>x</password></user>", ""},
    {"<user name='staff'><shell>/bin/bash</shell></user>", ""},
    {"<user name='op'><password expire='yes'>x</password></user>", "@expire"},
    {"<user name='root'><password expire='yes'>x</password></user>", "@expire"},
    {"<user name='root'><password expire='yes' clear='yes'>x</password></user>", ""},
    {"<user name='op'/><write-file path='/x' owner='op'>x</write-file>", "write-file"},
    {"<user name='op'/><write-file path='/home/op/x'>x</write-file>", "write-file"},
    {"<user name='op'/><write-file path='/home/op2/x'>x</write-file>", ""},
    {"<user name='op'/><write-file path='/x' owner='op' defer='no'>x</write-file>", "@owner"},
    {"<write-file path='/x' owner='redis:redis'>x</write-file>", "@owner"},
    {"<write-file path='/x' owner='redis' defer='yes'>x</write-file>", "write-file"},
    {"<write-file path='/x' owner='www-data:adm'>x</write-file>", ""},
    {"<write-file path='/x' permissions='0000'>x</write-file>", "@permissions"},
    {"<write-file path='/x' permissions='4755'>x</write-file>", "@permissions"},
    {"<write-file path='/x' permissions='2755'>x</write-file>", "@permissions"},
    {"<write-file path='/x' permissions='2644'>x</write-file>", ""},
    {"<write-file path='/x' permissions='1400'>x</write-file>", ""},
    {"<run-cmd>\n#!/usr/bin/python3\nprint()</run-cmd>", "run-cmd"},
    {"<boot-cmd>#!/bin/sh</boot-cmd>", "boot-cmd"},
    {"<apt-mirror>http://m/debian</apt-mirror>", "apt-mirror"},
    {"<apt-mirror>http://m/ubuntu</apt-mirror>", ""},
    {"<apt-mirror>http://m/debian</apt-mirror><apt-security-mirror>http://m/s</"
     "apt-security-mirror>",
     ""},
    {"<run-cmd>echo '#!/bin/sh'</run-cmd>", ""},
    {"<run-cmd><arg>#!</arg></run-cmd>", ""},
    {"<timezone>UTC</timezone><locale>C.UTF-8</locale>", ""},
};

static void
test_windows(void)
{
    assert_told(WINDOWS,
                "<timezone>UTC</timezone><user name='op'><password clear='yes'>x</password>"
                "<group>Remote Desktop Users</group><gecos>x</gecos></user>"
                "<write-file path='C:\\x' permissions='0644' append='yes'>x</write-file>"
                "<run-cmd>dir</run-cmd><run-cmd><arg>dir</arg><arg>C:\\</arg></run-cmd>",
                "");
    assert_told(WINDOWS,
                "<locale>C</locale><package>x</package><boot-cmd>x</boot-cmd>"
                "<user name='op'><password clear='yes' expire='yes'>x</password>"
                "<sudo>ALL=(ALL) ALL</sudo><shell>/bin/sh</shell></user>"
                "<write-file path='C:\\x' owner='op' defer='yes'>x</write-file>"
                "<run-cmd><arg>dir</arg><arg>C:\\Program Files</arg></run-cmd>",
                "locale package boot-cmd sudo shell @expire @owner @defer arg");
}

/* Only a host that has the database can tell. */
static void
test_names(void)
{
    gboolean zones = g_file_test("/usr/share/zoneinfo", G_FILE_TEST_IS_DIR);
    gboolean locales = g_file_test("/usr/share/i18n/locales", G_FILE_TEST_IS_DIR);

    assert_told("", "<timezone>Europe/Atlantis</timezone>", zones ? "timezone" : "");
    assert_told("", "<locale>xx_XX.UTF-8</locale>", locales ? "locale" : "");
    assert_told("", "<timezone>Europe/Vienna</timezone><locale>POSIX</locale>", "");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(linux_cases); i++) {
        g_autofree char *path = g_strdup_printf("/diagnose-guest/linux/%zu", i);

        g_test_add_data_func(path, linux_cases[i], test_linux);
    }
    g_test_add_func("/diagnose-guest/windows", test_windows);
    g_test_add_func("/diagnose-guest/names", test_names);
    return g_test_run();
}
