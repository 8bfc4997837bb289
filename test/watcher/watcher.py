"""A watcher that uses only the AsyncAPI document, and the address and login of a NATS server.

It speaks NATS's text protocol over a socket and uses only Python's standard library. It subscribes to the channel `events` and requests the
metrics of one node through the channel `query` without the node's secret, which is refused. It checks each message against the document's
schemas and prints a line of JSON for each.

    python3 watcher.py DOCUMENT HOST PORT USER PASSWORD NODE COUNT
"""
import base64
import json
import re
import socket
import sys

document_file, host, port, user, password, node, count = sys.argv[1:]
document = json.load(open(document_file))


def resolve(schema):
    while "$ref" in schema:
        part = document
        for word in schema["$ref"][2:].split("/"):
            part = part[word]
        schema = part
    return schema


TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name in ("number", "integer"):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and (name == "number" or float(value).is_integer())
    return isinstance(value, TYPES[name])


def problems(value, schema, at="$"):
    """Lists what is wrong with a value. Supports the JSON Schema keywords that the document uses. An unknown keyword is a problem too."""
    schema = resolve(schema)
    found = []
    for word, wanted in schema.items():
        if word in ("title", "description", "examples", "default", "format", "$comment"):
            continue
        elif word == "type":
            names = wanted if isinstance(wanted, list) else [wanted]
            if not any(is_type(value, name) for name in names):
                found.append(f"{at}: is no {wanted}")
        elif word == "const":
            if value != wanted:
                found.append(f"{at}: is not {wanted!r}")
        elif word == "enum":
            if value not in wanted:
                found.append(f"{at}: is none of {wanted}")
        elif word in ("anyOf", "oneOf"):
            if not any(problems(value, each, at) == [] for each in wanted):
                found.append(f"{at}: fits none of {word}")
        elif word == "allOf":
            for each in wanted:
                found += problems(value, each, at)
        elif word == "pattern":
            if isinstance(value, str) and not re.search(wanted, value):
                found.append(f"{at}: does not match {wanted}")
        elif word == "required":
            if isinstance(value, dict):
                found += [f"{at}.{name}: is missing" for name in wanted if name not in value]
        elif word == "properties":
            if isinstance(value, dict):
                for name, inner in wanted.items():
                    if name in value:
                        found += problems(value[name], inner, f"{at}.{name}")
        elif word == "additionalProperties":
            if isinstance(value, dict):
                for name in value.keys() - schema.get("properties", {}).keys():
                    if wanted is False:
                        found.append(f"{at}.{name}: is not known")
                    elif isinstance(wanted, dict):
                        found += problems(value[name], wanted, f"{at}.{name}")
        elif word == "propertyNames":
            if isinstance(value, dict):
                for name in value:
                    found += problems(name, wanted, f"{at}.{name}")
        elif word == "items":
            if isinstance(value, list):
                for index, each in enumerate(value):
                    found += problems(each, wanted, f"{at}[{index}]")
        elif word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            if isinstance(value, (int, float)):
                fits = {"minimum": value >= wanted, "maximum": value <= wanted, "exclusiveMinimum": value > wanted, "exclusiveMaximum": value < wanted}
                if not fits[word]:
                    found.append(f"{at}: {word} {wanted}")
        elif word in ("minLength", "maxLength", "minItems", "maxItems"):
            if isinstance(value, (str, list)) and not (len(value) >= wanted if word.startswith("min") else len(value) <= wanted):
                found.append(f"{at}: {word} {wanted}")
        elif word in ("minProperties", "maxProperties"):
            if isinstance(value, dict) and not (len(value) >= wanted if word.startswith("min") else len(value) <= wanted):
                found.append(f"{at}: {word} {wanted}")
        elif word == "not":
            if problems(value, wanted, at) == []:
                found.append(f"{at}: fits what it must not")
        elif word == "if":
            found += problems(value, schema.get("then" if problems(value, wanted, at) == [] else "else", {}), at)
        elif word in ("then", "else"):
            continue
        else:
            found.append(f"{at}: the document says {word}, which this reader does not know")
    return found


def address(channel, **values):
    """Returns the channel's subject, with wildcards for missing parameters."""
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], "*"), document["channels"][channel]["address"])


def message(channel, name):
    return resolve(document["channels"][channel]["messages"][name])


def check(parts, headers, payload):
    found = problems(payload, parts["payload"])
    if "headers" in parts:
        found += problems(headers, parts["headers"], "headers")
    return found


connection = socket.create_connection((host, int(port)), timeout=60)
stream = connection.makefile("rwb")


def send(line, payload=None):
    stream.write(line.encode() + b"\r\n" + (b"" if payload is None else payload + b"\r\n"))
    stream.flush()


def receive():
    """Returns the subject, headers and payload of the next message. Responds to the server's pings meanwhile."""
    while True:
        line = stream.readline().decode().strip()
        if line == "":
            sys.exit("the connection ended")
        word, *rest = line.split(" ")
        if word == "PING":
            send("PONG")
        elif word == "-ERR":
            sys.exit(line)
        elif word in ("MSG", "HMSG"):
            length = int(rest[-1])
            data = stream.read(length + 2)[:length]
            split = int(rest[-2]) if word == "HMSG" else 0
            lines = data[:split].decode().split("\r\n")[1:]
            headers = dict(each.split(":", 1) for each in lines if ":" in each)
            return rest[0], {name: value.strip() for name, value in headers.items()}, data[split:]


stream.readline()
login = {"verbose": False, "headers": True, "lang": "python", "version": "1", "name": "watcher", "user": user, "pass": password}
send(f"CONNECT {json.dumps(login)}")
send(f"SUB {address('events')} 1")
send("SUB _INBOX.watcher 2")

question = {"query": "metrics"}
assert problems(question, message("query", "Query")["payload"]) == []
token = base64.urlsafe_b64encode(node.encode()).decode().rstrip("=")
asked = json.dumps(question).encode()
send(f"PUB {address('query', node=token)} _INBOX.watcher {len(asked)}", asked)

events = 0
answers = 0
while events < int(count) or answers < 1:
    subject, headers, data = receive()
    payload = json.loads(data)
    if subject == "_INBOX.watcher":
        answers += 1
        print(json.dumps({"answer": payload, "problems": check(message("replies", "Refusal"), headers, payload)}), flush=True)
    else:
        events += 1
        category, kind = subject.split(".")[2:]
        parameters = document["channels"]["events"]["parameters"]
        known = category in parameters["category"]["enum"] and kind in parameters["type"]["enum"]
        found = check(message("events", kind), headers, payload) if known else [f"{subject} is not in the document"]
        print(json.dumps({"subject": subject, "id": payload["id"], "problems": found}), flush=True)
