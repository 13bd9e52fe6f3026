"""Dependencies, computed where the package is built.

Everything else stands in pyproject.toml. These are computed because installing must succeed
everywhere, also where a C library has no wheel: a marker can name a Python version or a processor,
but no marker can name musl (Alpine), where miniupnpc would need a compiler.
What is missing then says so itself: `upstun ip --source upnp`.
"""

import sysconfig

from setuptools import setup

LINUX = (
    'sys_platform == "linux" and (platform_machine == "x86_64" or platform_machine == "aarch64")'
)
WINDOWS = 'sys_platform == "win32" and platform_machine == "AMD64"'

# miniupnpc 2.3 has wheels for these alone; elsewhere pip would have to compile it.
MINIUPNPC = (
    'miniupnpc>=2.3.3,<3; python_version < "3.14"'
    f' and (sys_platform == "darwin" or {LINUX} or {WINDOWS})'
)
# So has aiortc: pylibsrtp lacks one for 32-bit ARM, cryptography for Intel Macs and Windows on ARM.
AIORTC = (
    'aiortc>=1.16,<2; sys_platform == "darwin" and platform_machine == "arm64"'
    f" or {LINUX} or {WINDOWS}"
)

setup(
    install_requires=[
        "aioice>=0.10.2,<1",
        AIORTC,
        "aiohttp>=3.12,<4",
        "dnspython>=2.7,<3",
        "platformdirs>=4,<5",
        "idna>=3.7,<4",
        "rich>=13.7,<16",
        "jinja2>=3.1,<4",
        *([] if "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or "") else [MINIUPNPC]),
    ],
)
