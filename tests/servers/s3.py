"""An S3 store on this machine: moto in a thread, which s3fs finds by the variables that it finds every store by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from commons_ld.cluster.places import place_of

__all__ = ["serve"]

_BUCKET = "archive"


@contextmanager
def serve(patch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield the address of an empty bucket, for this process and for those that it starts."""
    import boto3
    import s3fs
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        patch.setenv(name, value)
    # What was connected to another one, which has ended.
    s3fs.S3FileSystem.clear_instance_cache()
    place_of.cache_clear()
    try:
        boto3.client("s3").create_bucket(Bucket=_BUCKET)
        yield f"s3://{_BUCKET}"
    finally:
        server.stop()
