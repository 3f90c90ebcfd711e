#!/usr/bin/env python3
"""Makes an issuer of one's own for trying Hemlock out: keys and tokens, for the example `laptop`.

    deploy/helm/examples/tokens.py FOLDER [ISSUER]

writes keys.json, service-token and test-token, and prints the commands that bring them to a cluster. The
tokens are good for 30 days; who has key.pem can make more. Needs openssl.
"""
import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ISSUER = "https://hemlock.invalid"
DAYS = 30
ROLES = {"service-token": ["service"], "test-token": ["runner", "red-team", "steward", "viewer"]}


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, check=True, capture_output=True).stdout


def token(key, issuer, subject, roles):
    now = int(time.time())
    claims = {"iss": issuer, "aud": "hemlock", "sub": subject, "iat": now, "exp": now + DAYS * 86400,
              "roles": roles, "tenant": "default"}
    parts = [encoded(json.dumps(each).encode()) for each in ({"alg": "RS256", "typ": "JWT", "kid": "1"}, claims)]
    signature = openssl("dgst", "-sha256", "-sign", key, data=".".join(parts).encode())
    return ".".join([*parts, encoded(signature)])


def make(folder, issuer=ISSUER):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "key.pem"
    key.write_bytes(openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"))
    os.chmod(key, 0o600)
    modulus = openssl("rsa", "-in", key, "-noout", "-modulus").decode().strip().removeprefix("Modulus=")
    (folder / "keys.json").write_text(json.dumps({"keys": [{
        "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
        "n": encoded(bytes.fromhex(modulus)), "e": "AQAB"}]}))
    for name, roles in ROLES.items():
        (folder / name).write_text(token(key, issuer, name.removesuffix("-token"), roles))


def main():
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    folder = sys.argv[1]
    make(*sys.argv[1:])
    print(f"kubectl -n hemlock create configmap hemlock-issuer --from-file={folder}/keys.json")
    for name in ROLES:
        print(f"kubectl -n hemlock create secret generic hemlock-{name} --from-file=token={folder}/{name}")


if __name__ == "__main__":
    main()
