# SPDX-License-Identifier: Apache-2.0
"""document.py ALLIANCE OPENAPI WORK: the document before a validator, and the validator before a spoiled one."""

import copy
import json
import sys

from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

with open(sys.argv[2], encoding="utf-8") as file:
    document = json.load(file)
validate(document)
spoiled = copy.deepcopy(document)
del spoiled["info"]["title"]
try:
    validate(spoiled)
except OpenAPIValidationError:
    pass
else:
    sys.exit("the validator takes a document without a title")
operations = [one for path in document["paths"].values() for one in path.values()]
print(f"{len(operations)} operations, {len(document['components']['schemas'])} schemas")
