# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What commands print with --json, held to the schema: source it after tap.sh.
#
#   json_need             skip the test if this cannot be done here
#   fits DEFINITION EXPRESSION < JSON
#                         it is what the schema defines, and EXPRESSION of it (j), in Python, is true

: "${tap_dir:?source tap.sh first}"

json_need()
{
    python3 -c 'import jsonschema' 2>/dev/null || skip_all "no python3-jsonschema"
}

fits()
{
    python3 - "$VP_SRCDIR/data/output.schema.json" "$1" "$2" 3<&0 <<'PYTHON'
import json, os, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
j = json.load(os.fdopen(3))
jsonschema.validate(j, dict(schema, **{"$ref": "#/definitions/" + sys.argv[2]}))
assert eval(sys.argv[3]), json.dumps(j, indent=1)
PYTHON
}
