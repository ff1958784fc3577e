from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = r"""(?P<matched>(?P<head>\b(?:import|export)\b[\s\w{},*$]*)["'](?P<url>\.{1,2}/[^"'\n]+)["'])"""


class Statics(CompressedManifestStaticFilesStorage):
    """Files under names that carry their hash, also where one of our script modules imports another.

    A module is named anew when one that it imports has changed. Imports name files beside them ("./x.js") and never
    go in a circle, which has no hash. Scripts of packages are left as they come.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((IMPORT, '%(head)s"%(url)s"'),)),
    )
