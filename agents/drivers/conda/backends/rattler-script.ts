/**
 * The Python part of the rattler back end, which reads and writes one JSON object per line. `py-rattler` can abort when its interpreter shuts down,
 * so the script exits immediately after its response.
 */
export const RATTLER_SCRIPT = `
import asyncio, hashlib, json, os, sys, urllib.parse, urllib.request
from rattler import Gateway, PackageCache, PackageRecord, RepoDataRecord, Client, VirtualPackage, install, solve
try:
    from rattler import BuildString
except ImportError:
    BuildString = str

def say(answer):
    sys.stdout.write(json.dumps(answer) + "\\n")
    sys.stdout.flush()

def told(record):
    return {"name": record.name.source, "version": str(record.version), "build": str(record.build), "subdir": record.subdir if isinstance(record.subdir, str) else str(record.subdir),
            "file": record.file_name, "url": record.url, "sha256": None if record.sha256 is None else record.sha256.hex(), "size": record.size}

def key(p):
    return (p["name"], p["version"], p["build"], p["subdir"])

async def run_solve(q, client):
    gateway = Gateway(cache_dir=q["cache"], client=client)
    subdirs = [q["platform"], "noarch"]
    locked = []
    if q["base"]:
        wanted = {key(p) for p in q["base"]}
        found = await gateway.query(q["channels"], subdirs, sorted({p["name"] for p in q["base"]}), recursive=False)
        locked = [r for part in found for r in part if key(told(r)) in wanted]
    records = await solve(sources=q["channels"], specs=q["specs"], gateway=gateway, platforms=subdirs, locked_packages=locked,
                          virtual_packages=VirtualPackage.detect(), channel_relations="disabled")
    return {"packages": [told(r) for r in records]}

def check(p):
    # py-rattler checks what it fetches by HTTP, and not what lies in a folder.
    at = urllib.parse.urlparse(p["url"])
    if at.scheme != "file":
        return
    with open(urllib.request.url2pathname(at.path), "rb") as f:
        found = hashlib.file_digest(f, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(f.read()).hexdigest()
    if found != p["sha256"]:
        raise ValueError("hash mismatch of %s: expected sha256 %s, found %s" % (p["url"], p["sha256"], found))

async def run_install(q, client):
    records = []
    for p in q["packages"]:
        check(p)
        records.append(RepoDataRecord(PackageRecord(name=p["name"], version=p["version"], build=BuildString(p["build"]), build_number=0, subdir=p["subdir"],
                                                    sha256=bytes.fromhex(p["sha256"]), size=p["size"]), p["file"], p["url"], p["url"].rsplit("/", 2)[0]))
    cache = PackageCache(q["cache"])
    await install(records, target_prefix=q["prefix"], package_cache=cache, show_progress=False, client=client, execute_link_scripts=False)
    return {}

async def main():
    client = Client.default_client()
    for line in sys.stdin:
        q = json.loads(line)
        try:
            say(await (run_solve if q["op"] == "solve" else run_install)(q, client))
        except BaseException as error:
            parts, cause = [], error
            while cause is not None:
                parts.append(str(cause) or repr(cause))
                cause = cause.__cause__
            say({"error": "\\n".join(parts), "kind": type(error).__name__})

asyncio.run(main())
sys.stdout.flush()
sys.stderr.flush()
os._exit(0)
`;
