"""The service: pages on which people check numbers beside the page they came from, and the same as a JSON API.

    app = create_app(Service(store=store))

`app.py` puts it together; `visitors.py` says who asks and what they may do, `guards.py` what no request gets past,
`faults.py` how faults are told, `known.py` what is known of the store now. `pages/` and `api/` hold one module for
each subject.
"""

from evidence.web.app import create_app
from evidence.web.service import Service

__all__ = ["Service", "create_app"]
