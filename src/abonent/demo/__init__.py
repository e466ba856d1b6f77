"""The demo: an invented operator with its people, their phones, and time that goes on.

Everything here is built on the doors of the rooms, as any client would be; nothing of it runs in a
deployment that did not ask for the demo.
"""

from abonent.demo.loading import load_demo
from abonent.demo.phone import Received, deliver, received
from abonent.demo.phone_router import phone_routes
from abonent.demo.processes import WITH_PARENT, end_with_parent
from abonent.demo.pulse import pulse
from abonent.demo.supervisor import run_demo

__all__ = [
    "WITH_PARENT",
    "Received",
    "deliver",
    "end_with_parent",
    "load_demo",
    "phone_routes",
    "pulse",
    "received",
    "run_demo",
]
