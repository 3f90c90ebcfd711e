#!/usr/bin/env python3
"""Makes an issuer and an authority of one's own for trying Hemlock out, for the example `laptop`.

    deploy/helm/examples/identities.py FOLDER

writes an issuer's keys and two tokens, an authority and a certificate for the services of a release named
hemlock, and prints the commands that bring them to a cluster. All are good for 30 days; whoever has key.pem
or ca.key can make more. Needs openssl 3.
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
SERVICES = ("hemlock-dataset", "hemlock-poison", "hemlock-trainer", "hemlock-evaluator")
ROLES = {"service-token": ["service"], "test-token": ["runner", "red-team", "steward", "viewer"]}


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, check=True, capture_output=True).stdout


def certificate(folder):
    """An authority, and what it says about the services."""
    names = ",".join(f"DNS:{name}" for name in SERVICES)
    openssl("req", "-x509", "-newkey", "rsa:3072", "-nodes", "-days", DAYS, "-subj", "/CN=hemlock authority",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", folder / "ca.key", "-out", folder / "ca.crt")
    openssl("req", "-x509", "-newkey", "rsa:3072", "-nodes", "-days", DAYS, "-subj", "/CN=hemlock",
            "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key", "-addext", f"subjectAltName={names}",
            "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth,clientAuth",
            "-keyout", folder / "tls.key", "-out", folder / "tls.crt")


def token(key, subject, roles):
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": "hemlock", "sub": subject, "iat": now, "exp": now + DAYS * 86400,
              "roles": roles, "tenant": "default"}
    parts = [encoded(json.dumps(each).encode()) for each in ({"alg": "RS256", "typ": "JWT", "kid": "1"}, claims)]
    signature = openssl("dgst", "-sha256", "-sign", key, data=".".join(parts).encode())
    return ".".join([*parts, encoded(signature)])


def make(folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "key.pem"
    key.write_bytes(openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"))
    os.chmod(key, 0o600)
    modulus = openssl("rsa", "-in", key, "-noout", "-modulus").decode().strip().removeprefix("Modulus=")
    (folder / "keys.json").write_text(json.dumps({"keys": [{
        "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
        "n": encoded(bytes.fromhex(modulus)), "e": "AQAB"}]}))
    certificate(folder)
    for name, roles in ROLES.items():
        (folder / name).write_text(token(key, name.removesuffix("-token"), roles))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    make(folder)
    print(f"kubectl -n hemlock create configmap hemlock-issuer --from-file={folder}/keys.json")
    print("kubectl -n hemlock create secret generic hemlock-tls"
          + "".join(f" --from-file={folder}/{name}" for name in ("ca.crt", "tls.crt", "tls.key")))
    for name in ROLES:
        print(f"kubectl -n hemlock create secret generic hemlock-{name} --from-file=token={folder}/{name}")


if __name__ == "__main__":
    main()
