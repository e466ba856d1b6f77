"""Time is a channel: jobs that transactions start, and work that the clock starts.

A job is one action, idempotent, because a worker may die between its work and its mark.
"""

from abonent.faces.jobs.messages import render
from abonent.faces.jobs.work import Deliver, Tools, jobs, renew_plans, schedules

__all__ = ["Deliver", "Tools", "jobs", "render", "renew_plans", "schedules"]
