"""Dependencies, computed where the package is built.

Everything else stands in pyproject.toml. These are computed because installing must succeed
everywhere, also where a C library has no wheel: a marker can name a Python version or a processor,
but no marker can name musl (Alpine), where miniupnpc would need a compiler.
What is missing then says so itself: `upstun ip --source upnp`.
"""

import sysconfig

from setuptools import setup

# miniupnpc 2.3 has wheels for these alone; elsewhere pip would have to compile it.
MINIUPNPC = (
    'miniupnpc>=2.3.3,<3; python_version < "3.14" and ('
    'sys_platform == "darwin"'
    ' or (sys_platform == "linux" and (platform_machine == "x86_64" or platform_machine == "aarch64"))'
    ' or (sys_platform == "win32" and platform_machine == "AMD64"))'
)
# aiortc needs pylibsrtp, which has no wheel for 32-bit ARM.
AIORTC = 'aiortc>=1.16,<2; platform_machine != "armv7l" and platform_machine != "armv6l"'

setup(
    install_requires=[
        "aioice>=0.10.2,<1",
        AIORTC,
        "aiohttp>=3.12,<4",
        "dnspython>=2.7,<3",
        "platformdirs>=4,<5",
        "idna>=3.7,<4",
        *([] if "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or "") else [MINIUPNPC]),
    ],
)
