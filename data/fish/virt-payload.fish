# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of virt-payload for fish, from the program's own help; guests come from virsh.

function __virt_payload_commands
    virt-payload help 2>/dev/null |
        sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) *\(.*\)/\1\t\2/p'
    printf 'help\tshow the commands, or the options of one\n'
end

# The command on the line, if there is one yet.
function __virt_payload_command
    set -l words (commandline -opc)[2..-1]
    while set -q words[1]
        switch $words[1]
            case -c --connect --config-file-file
                set -e words[1]
            case '-*'
            case '*'
                echo $words[1]
                return 0
        end
        set -e words[1]
    end
    return 1
end

function __virt_payload_options
    virt-payload help (__virt_payload_command) 2>/dev/null | sed -n '/^Options:/,/^$/{
        s/^  \(-.\), \(--[a-z0-9-]*=\{0,1\}\)[^ ]* *\(.*\)/\2\t\3\n\1\t\3/p;t
        s/^      \(--[a-z0-9-]*=\{0,1\}\)[^ ]* *\(.*\)/\1\t\2/p
    }'
end

function __virt_payload_takes
    set -l command (__virt_payload_command); or return 1
    virt-payload help $command 2>/dev/null | sed -n '/^Usage:/,/^[^U ]/p' | grep -q -e $argv[1]
end

complete -c virt-payload -f
complete -c virt-payload -n 'not __virt_payload_command' -a '(__virt_payload_commands)'
complete -c virt-payload -n 'string match -q help -- (__virt_payload_command)' -a '(__virt_payload_commands)'
complete -c virt-payload -n 'string match -q -- "-*" (commandline -ct)' -a '(__virt_payload_options)'
complete -c virt-payload -n '__virt_payload_takes GUEST' -a '(virsh -q -r list --all --name 2>/dev/null)'
complete -c virt-payload -n '__virt_payload_takes "FILE\\|XML"' -F
